"""What a base model that is trained from scratch reads, and how much of the test split is in it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from stages import split
from stages.common.files import read_json, read_jsonl, write_jsonl
from stages.common.records import Example, Page, Source
from stages.english.normal_form import normal_form
from stages.splitting.base_pages import BaseSource, choose_base_pages
from stages.teachers.rules.teacher import teach
from tests.stages.conftest import MakeExample

MakePage = Callable[..., Page]
SENTENCE = "The river flows north through nine countries to the sea."


def source(pages: str, name: str = "scratch") -> BaseSource:
    return BaseSource.model_validate({"source": name, "pages": pages, "epochs": 1})


@pytest.fixture
def sides(make: MakeExample) -> dict[str, list[Example]]:
    """A split with an example about a page on each side, and a general task in test."""

    def about(title: str, output: str) -> Example:
        return make(f"What is {title}?", output, source=Source(kind="synthetic", title=title))

    return {
        "train": [about("Moon", "A moon.")],
        "val": [about("Nile", "A river.")],
        "test": [
            about("Tide", "It rises."),
            make("Shorten this.", "It flows.", SENTENCE, source=Source(kind="general")),
        ],
    }


@pytest.fixture
def pages(page: MakePage) -> list[Page]:
    return [page(title, f"{title} is a thing.") for title in ("Moon", "Nile", "Tide", "Rain")]


def test_base_reads_all_pages_and_test_pages_are_counted(sides: dict[str, list[Example]], pages: list[Page]) -> None:
    """Guards against a proof of zeros beside a base model that has read every test page."""
    reading = choose_base_pages(pages, sides, source("all"))
    assert (reading.left_out, reading.test_pages, reading.read_test_pages, reading.sharing) == ({}, 1, 1, 0)
    assert reading.read == {"Tide": True}
    without = choose_base_pages(pages[:2], sides, source("all"))
    assert (without.read_test_pages, without.read) == (0, {"Tide": False})


def test_the_bundled_model_has_read_what_its_list_says(sides: dict[str, list[Example]], pages: list[Page]) -> None:
    """Guards against a model that is taken to have read the pages of this run, or to obey `base.pages`."""
    for choice in ("all", "train"):
        reading = choose_base_pages(pages, sides, source(choice, "bundled"), pages[:2])
        assert (reading.left_out, reading.read_test_pages, reading.read) == ({}, 0, {"Tide": False})
    assert choose_base_pages(pages[:1], sides, source("all", "bundled"), pages).read == {"Tide": True}


def test_base_reads_the_training_side_alone(sides: dict[str, list[Example]], pages: list[Page], page: MakePage) -> None:
    """Guards against a page of val or test that base reads, also one that only quotes a test example."""
    quoting = page("Africa", "A lead.", f"Old text. {SENTENCE.upper()}")
    reading = choose_base_pages([quoting, *pages], sides, source("train"))
    assert reading.left_out == {"Africa": "words_of_test", "Nile": "page_of_val", "Tide": "page_of_test"}
    assert reading.metrics() == {
        "pages_left_out": 3,
        "test_pages": 1,
        "read_test_pages": 0,
        "test_examples_that_share_words": 0,
    }
    assert choose_base_pages([quoting, *pages], sides, source("all")).sharing == 1


def test_the_bundled_model_has_read_its_own_pages(sides: dict[str, list[Example]], page: MakePage) -> None:
    """Guards against counting the pages of this run, which the bundled model has never seen."""
    own = [page("Nile", "A river."), page("Tide", f"It rises. {SENTENCE}")]
    reading = choose_base_pages([page("Tide", "Other words.")], sides, source("train", "bundled"), own)
    assert (reading.left_out, reading.test_pages, reading.read_test_pages, reading.sharing) == ({}, 1, 1, 1)
    assert choose_base_pages([page("Tide", SENTENCE)], sides, source("all", "bundled"), own[:1]).read_test_pages == 0


def test_titles_are_compared_in_normal_form(make: MakeExample, page: MakePage) -> None:
    """Guards against a test page that base reads under another spelling of its title."""
    about = make("What is it?", "A town.", source=Source(kind="synthetic", title="Orle\u0301ans"))
    reading = choose_base_pages([page("Orléans", "A town.")], {"train": [], "val": [], "test": [about]}, source("all"))
    assert (reading.test_pages, reading.read_test_pages, reading.read) == (1, 1, {"Orle\u0301ans": True})


@pytest.mark.parametrize("choice", ["all", "train"])
@pytest.mark.parametrize("name", ["huggingface", "path"])
def test_what_others_have_trained_on_is_unknown(
    sides: dict[str, list[Example]], pages: list[Page], name: str, choice: str
) -> None:
    """Guards against a zero for what nobody has counted."""
    reading = choose_base_pages(pages, sides, source(choice, name))
    assert (reading.left_out, reading.read) == ({}, {})
    assert reading.metrics()["read_test_pages"] == reading.metrics()["test_examples_that_share_words"] == "unknown"


def test_the_bundled_pages_by_a_plain_count(project: Path, root: Path) -> None:
    """Guards against a count that depends on the code it checks: runs are found here by other means."""
    pages = read_jsonl(split.PAGES, Page)
    examples = [example for page in pages[:60] for example in teach(page, 8, 1).examples]
    write_jsonl(split.CURATED, examples)
    text = Path("params.yaml").read_text()
    for choice in ("all", "train"):
        text = re.sub(r"^  source: bundled( +# bundled: a tiny)", r"  source: scratch\1", text, flags=re.M)
        Path("params.yaml").write_text(re.sub(r"^  pages: all", f"  pages: {choice}", text, flags=re.M))
        split.main()
        left_out = read_json(split.LEFT_OUT)
        spoken = [f" {words(page.plain_text)} " for page in pages if page.title not in left_out]
        test = read_jsonl(split.SPLITS / "full/test.jsonl", Example)
        sharing = sum(any(f" {run} " in page for run in plain_runs(row) for page in spoken) for row in test)
        metrics = read_json(split.METRICS)["base"]
        assert metrics["test_examples_that_share_words"] == sharing
        titles = {row.source.title for row in test if row.source.title}
        assert metrics["test_pages"] == len(titles)
        assert metrics["read_test_pages"] == len(titles - left_out.keys())
        assert read_json(split.TEST_PAGES) == {title: title not in left_out for title in sorted(titles)}
        assert (sharing > 0, bool(left_out)) == ((True, False) if choice == "all" else (False, True))


def words(text: str) -> str:
    return " ".join(re.findall(r"\w+", normal_form(text)))


def plain_runs(row: Example) -> list[str]:
    texts = [words(text).split() for text in (row.instruction, row.input, row.output)]
    return [" ".join(text[start : start + 8]) for text in texts for start in range(len(text) - 7)]
