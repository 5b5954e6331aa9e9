from collections import Counter
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from stages import curate
from stages.curation.answer_in_input import answer_in_input
from stages.curation.exact_duplicate import exact_duplicate, question_key
from stages.errors import StageError
from stages.files import read_json, read_jsonl, write_jsonl
from stages.records import Example, Rejection
from tests.conftest import ROOT
from tests.stages.conftest import MakeExample

DEFAULTS = YAML(typ="safe").load(ROOT / "params.yaml")["curate"]
PARAMS = curate.Params.model_validate(DEFAULTS)


@pytest.mark.parametrize(
    ("instruction", "input", "output", "evidence"),
    [
        (
            "Name the stadium that hosted the opening match of the 2014 World Cup.",
            "Arena Corinthians",
            "The Arena Corinthians hosted the opening match.",
            "input 'Arena Corinthians' gives away 'arena corinthians'",
        ),
        ("Who painted the Mona Lisa?", "Leonardo da Vinci", "Leonardo da Vinci painted it.", "gives away"),
        ("Correct the spelling.", "recieve", "recieve should be receive", None),
        ("Give the plural of the following word.", "sheep", "sheep", None),
        ("Who wrote this sentence?", "Jane Austen", "Jane Austen", None),
        ("Which river is longer?", "the Nile, the Danube", "The Nile.", None),
        ("Who painted the Mona Lisa?", "", "Leonardo da Vinci.", None),
        ("Name the painter of the Mona Lisa.", "It was painted by Leonardo da Vinci in Italy.", "Leonardo", None),
    ],
)
def test_answer_in_input(make: MakeExample, instruction: str, input: str, output: str, evidence: str | None) -> None:
    """Guards against answers that are given away, and against work on a text taken for it."""
    found = answer_in_input(make(instruction, output, input), max_words=6)
    assert found is None if evidence is None else found is not None and evidence in found


def test_exact_duplicate(make: MakeExample) -> None:
    """Guards against twins that differ in case or spaces; another input makes another question."""
    first = make("Name a color.", "Blue.")
    seen = {question_key(first): first.id}
    assert exact_duplicate(make("  name a COLOR", "Red."), seen) == f"asks the same as {first.id}"
    assert exact_duplicate(make("Name a color.", "Red.", input="warm"), seen) is None


def test_every_example_is_kept_or_rejected_with_its_reason(project: Path, make: MakeExample) -> None:
    """Guards against rows that are lost; the counts add up and the rejected rows are all there."""
    examples = [
        make("Name a color.", "Blue."),
        make("name a color", "Red."),
        make("Name a planet.", ""),
        make("When was it built?", "It was built in 2031."),
        make("Name the capital of France.", "Paris.", input="Paris"),
        make("Nenne die Hauptstadt von Frankreich.", "Paris ist die Hauptstadt von Frankreich."),
        make("Name a fruit.", "Apple."),
    ]
    write_jsonl(curate.SYNTHETIC, examples)
    curate.main()
    kept = read_jsonl(curate.CURATED, Example)
    rejected = read_jsonl(curate.REJECTED, Rejection)
    assert kept == [examples[0], examples[6]]
    assert [one.example for one in rejected] == examples[1:6]
    reasons = ["exact_duplicate", "malformed", "after_cutoff", "answer_in_input", "not_english"]
    assert [one.reason for one in rejected] == reasons
    metrics = read_json(curate.METRICS)
    assert metrics["reasons"] == dict(Counter(reasons))
    assert metrics["read"] == metrics["kept"] + metrics["rejected"] == len(examples)


def test_nothing_kept_stops_the_stage(project: Path, make: MakeExample) -> None:
    write_jsonl(curate.SYNTHETIC, [make("Name a planet.", "")])
    with pytest.raises(StageError, match=r"all 1 examples were rejected: \{'malformed': 1\}"):
        curate.main()


def test_rejected_twin_does_not_reject_its_brother(make: MakeExample) -> None:
    """Guards against a good example that is dropped for the sake of a bad one."""
    bad, good = make("Name a color.", "Blue in 2030."), make("Name a color.", "Blue.")
    kept, rejected = curate.curate([bad, good], PARAMS)
    assert (kept, [one.reason for one in rejected]) == ([good], ["after_cutoff"])
