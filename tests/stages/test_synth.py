"""The stage synth with the rule-based teacher: what it writes, counts and refuses."""

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from stages import synth
from stages.common.errors import StageError
from stages.common.files import read_json, read_jsonl, write_jsonl
from stages.common.params import load_params
from stages.common.records import Example, Page
from stages.sources.input_files import read_pages
from stages.teachers import Lesson
from stages.teachers.tally import Tally, taught_part
from tests.stages.conftest import MakeExample

MakePage = Callable[..., Page]

PASSAGE = (
    "Moby-Dick is a novel by Herman Melville. It was published in 1851. Ahab hunts the whale. "
    "John Huston made a film in 1956."
)
GERMAN = "Der Wal ist ein Säugetier, das im Meer lebt. Er wurde 1851 in einem Roman von Herman Melville beschrieben."


def test_every_example_of_the_bundled_pages(project: Path) -> None:
    """Guards against too few examples, kinds that crowd out others, and answers that the page doesn't hold."""
    pages = {page.title: page for page in read_pages(Path("data/bundled/pages.jsonl"))}
    write_jsonl(synth.PAGES, pages.values())
    synth.main()
    examples = read_jsonl(synth.SYNTHETIC, Example)
    kinds = Counter(example.kind for example in examples)
    assert len(examples) >= 1000
    assert len(kinds) >= 15
    assert len({example.kind for example in examples if example.input}) >= 5
    assert max(kinds.values()) <= 0.2 * len(examples)
    for example in examples:
        assert example.source.title is not None
        source = pages[example.source.title]
        assert (example.source.revision_id, example.source.url) == (source.revision_id, source.url)
        text = " ".join(section.text for section in source.sections) + source.title
        numbered = re.compile(r"^\d\. ", re.M)  # the items of a list
        figures = {word.strip(".,;:?'\"()") for word in numbered.sub("", example.output).split() if word[0].isdigit()}
        if example.kind == "years_between":
            continue  # its answer is computed
        assert all(figure in text for figure in figures), example
    metrics = read_json(synth.METRICS)
    assert metrics["examples"] == len(examples) == sum(metrics["kinds"].values())


@pytest.mark.parametrize("profile", ["football", "general"])
def test_the_profiles_of_bundled_pages_have_enough_examples(project: Path, root: Path, profile: str) -> None:
    """Guards against two runs that differ in more than their pages: the sizes of both are those of the profiles."""
    words = (root / f"profiles/{profile}.args").read_text().split()
    wanted = dict(word.split("=") for word in words if word != "-S")
    write_jsonl(synth.PAGES, read_pages(root / wanted["extract.path"]))
    text = Path("params.yaml").read_text()
    for key in ("per_page", "at_least"):
        text = re.sub(rf"^  {key}: \d+", f"  {key}: {wanted[f'synth.{key}']}", text, flags=re.M)
    Path("params.yaml").write_text(text)
    synth.main()
    assert read_json(synth.METRICS)["examples"] >= int(wanted["split.synthetic.at_most"])


def test_bad_pages_are_counted_and_named(
    project: Path, page: MakePage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against one bad page that stops the stage, or that disappears without a word."""
    lower_the_limit(project)
    write_jsonl(synth.PAGES, [page("Empty"), page("Moby-Dick", PASSAGE), page("Wal", GERMAN), page("Leer", " ")])
    synth.main()
    metrics = read_json(synth.METRICS)
    assert metrics["pages"] == 4
    assert metrics["pages_without_examples"] == {"no_text": 2, "not_english": 1}
    reasons = ["Empty: no example (no text)", "Wal: no example (not english)", "Leer: no example (no text)"]
    assert caplog.messages == reasons


def test_copies_of_one_example_count_once(project: Path, make: MakeExample, page: MakePage) -> None:
    """Guards against a teacher that writes one example a hundred times and seems to have written enough."""
    params = load_params("synth", synth.Params)
    tally = Tally()
    lesson = Lesson([make()] * params.at_least)
    with pytest.raises(
        StageError, match=r"gave 1 examples, synth.at_least asks for 600 \(599 copies of these don't count\)"
    ):
        list(synth.synthesize([taught_part([(page("Colors"), lesson)])], params, tally))
    assert synth.synth_metrics(tally, params)["copies"] == params.at_least - 1


def lower_the_limit(project: Path) -> None:
    params = project / "params.yaml"
    params.write_text(params.read_text().replace("at_least: 600", "at_least: 1"))


def test_too_few_examples_stop_the_stage(project: Path, page: MakePage) -> None:
    write_jsonl(synth.PAGES, [page("Moby-Dick", PASSAGE)])
    with pytest.raises(StageError, match=r"1 pages gave \d examples, synth.at_least asks for 600; extract more pages"):
        synth.main()
    assert not synth.SYNTHETIC.exists()
    assert list(synth.SYNTHETIC.parent.glob(".*")) == []  # and no temporary file is left
