"""The examples of whole pages."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from stages.common.records import Page, Section
from stages.english.wiki_text import without_parentheses
from stages.sources.input_files import read_pages
from stages.teachers.rules.sentences import select_sentences
from stages.teachers.rules.teacher import teach

MakePage = Callable[..., Page]


def test_most_questions_of_a_page_are_about_other_sentences_than_the_first(root: Path) -> None:
    """Guards against a set of definitions: 60% of a page's answers aren't its first sentence, unless it has one."""
    for page in read_pages(root / "data/bundled/pages.jsonl"):
        first = without_parentheses(select_sentences(page).kept[0].passage.sentences[0]).rstrip(".").lower()
        answers = [example.output.lower() for example in teach(page, per_page=8, seed=1).examples]
        others = [answer for answer in answers if first not in answer and answer.rstrip(".") not in first]
        assert len(others) >= 0.6 * len(answers) or len(answers) == 1, page.title


_EXAMPLES_OF_TEN_PAGES = """
from pathlib import Path
from stages.sources.input_files import read_pages
from stages.teachers.rules.teacher import teach
pages = read_pages(Path("data/bundled/pages.jsonl"))
for page in [*pages[:10], *(page for page in pages if page.title == "Alberto Santos-Dumont")]:
    print(*teach(page, per_page=8, seed=1).examples, sep="\\n")
"""


def test_examples_do_not_depend_on_the_order_of_a_set(root: Path) -> None:
    """Guards against other examples in one run of three: Python orders a set of texts anew in each process."""
    printed = {
        subprocess.run(
            [sys.executable, "-c", _EXAMPLES_OF_TEN_PAGES],
            cwd=root,
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in (0, 4)  # gave different examples about Santos-Dumont
    }
    assert len(printed) == 1 and printed.pop().count(b"instruction=") > 60


def test_a_short_page_is_not_asked_about_its_first_sentence_alone(page: MakePage) -> None:
    lesson = teach(page("Okapi", "The okapi is a mammal of the Congo. It was described in 1901."), per_page=8, seed=1)
    about_first = [example for example in lesson.examples if "1901" not in example.output + example.input]
    assert len(lesson.examples) >= 5
    assert len(about_first) <= 0.4 * len(lesson.examples)


def test_a_pages_examples_depend_on_the_page_and_the_seed_alone(root: Path) -> None:
    """Guards against one more page that changes the questions about all others."""
    pages = read_pages(root / "data/bundled/pages.jsonl")[:5]
    alone = teach(pages[3], per_page=8, seed=1)
    together = [teach(page, per_page=8, seed=1) for page in pages]
    assert together[3] == alone
    assert teach(pages[3], per_page=8, seed=2) != alone
    assert len(teach(pages[3], per_page=3, seed=1).examples) == 3


GERMAN = "Der Wal ist ein Säugetier, das im Meer lebt. Er wurde 1851 in einem Roman von Herman Melville beschrieben."


@pytest.mark.parametrize(
    ("texts", "reason", "skipped"),
    [
        ([""], "no_text", {}),
        ([], "no_text", {}),
        (
            ["Apples\n- Pears, red and green.\n* Plums\nFigs | 3"],
            "no_prose",
            {"list_or_table": 3, "not_a_statement": 1},
        ),
        ([GERMAN], "not_english", {}),
        (["Never before had they seen a bigger whale."], "nothing_to_ask", {}),
    ],
)
def test_a_page_without_english_prose_gives_nothing_and_says_why(
    page: MakePage, texts: list[str], reason: str, skipped: dict[str, int]
) -> None:
    lesson = teach(page("Whales", *texts), per_page=8, seed=1)
    assert (lesson.examples, lesson.empty_because, lesson.skipped) == ([], reason, skipped)


def test_a_page_of_one_sentence_gives_one_example(page: MakePage) -> None:
    """Guards against several examples that all say the same."""
    assert len(teach(page("Okapi", "The okapi is a mammal of the Congo."), per_page=8, seed=1).examples) == 1


def test_no_opening_and_no_kind_is_common(root: Path) -> None:
    """Guards against a quarter of the instructions that begin "A question about": no opening is above 5%."""
    pages = read_pages(root / "data/bundled/pages.jsonl")
    examples = [example for page in pages for example in teach(page, per_page=8, seed=1).examples]
    for words in (2, 3):
        openings = Counter(" ".join(example.instruction.split()[:words]) for example in examples)
        assert openings.most_common(1)[0][1] <= 0.05 * len(examples), openings.most_common(1)
    kinds = Counter(example.kind for example in examples)
    assert len(kinds) >= 40 and kinds.most_common(1)[0][1] <= 0.12 * len(examples)


@pytest.mark.parametrize("seed", range(8))
def test_no_sentence_is_asked_about_twice_before_the_others(page: MakePage, seed: int) -> None:
    """Guards against a teacher that asks ten things about the sentence that is easiest to ask about."""
    years = ("1801", "1812", "1823", "1834", "1845", "1856")
    text = "\n\n".join(f"The Pequod was repaired in {year}." for year in years)
    examples = teach(page("Pequod", text), per_page=6, seed=seed).examples
    asked = [[year for year in years if year in example.output + example.input] for example in examples]
    alone = [found[0] for found in asked if len(found) == 1]  # the others ask about several sentences
    assert len(alone) >= 4 and len(set(alone)) == len(alone)


# Pieces of which broken pages are made, beside any characters at all.
_PIECES = st.sampled_from(
    [
        "Ahab", " ", "\n", ".", ",", "(", ")", "(Listen ...)", "is", "was", "a", "an", "the", "The", "of", "and", "in",
        "1851", "In 1851, ", "born", "because", "by", "captain", "whale", "hunted", "It", "He", "'s", '"', "-",
        "3", "m", "The whale", " was built in 1838. ", " is a novel by Herman Melville. ", "; ", ":", "\u00a0",
        "\u200b", "É",
    ]
)  # fmt: skip
_TEXTS = st.one_of(st.lists(_PIECES, max_size=40).map("".join), st.lists(_PIECES, max_size=30).map(" ".join), st.text())


@settings(max_examples=150, deadline=None)
@given(title=_TEXTS, heading=_TEXTS, texts=st.lists(_TEXTS, max_size=3), seed=st.integers(0, 9))
def test_any_page_is_read(title: str, heading: str, texts: list[str], seed: int) -> None:
    """Guards against a broken title or text that ends the stage: "(Listen ...)", or spaces alone."""
    sections = [Section(heading=heading, level=2, text=text) for text in texts]
    # English prose, so that the page isn't left out for its language
    sections.append(
        Section(heading="", level=1, text=f"{title} is a novel that was written in 1851. It was sold in 1852.")
    )
    read = Page(
        title=title or "Ahab",
        page_id=1,
        revision_id=7,
        revision_timestamp="2022-01-01T00:00:00Z",
        url="https://example.org/page",
        language="en",
        license="CC0-1.0",
        sections=sections,
    )
    lesson = teach(read, per_page=50, seed=seed)
    assert lesson.examples or lesson.empty_because
    assert all(example.instruction.strip() and example.output.strip() for example in lesson.examples)


@pytest.mark.parametrize("title", [" ", "(...)", "   \u00a0 ", "()", "—"])
def test_a_page_without_a_title_gives_nothing(page: MakePage, title: str) -> None:
    """Guards against an IndexError, and against questions about ""."""
    assert teach(page(title, "The whale is an animal of the sea."), per_page=8, seed=1).empty_because == "no_title"


def test_a_title_in_brackets_is_read(page: MakePage) -> None:
    text = "James Cook sighted New Zealand in 1769. It was described in London in 1901."
    assert teach(page("(Listen ...)", text), per_page=8, seed=1).examples
    assert teach(page("(500) Days", text), per_page=8, seed=1).examples
