"""What two sides share is found, and what they may share isn't."""

import re
from collections.abc import Callable

import pytest

from stages.common.errors import StageError
from stages.common.records import Example, Source
from stages.splitting.allocation import Split
from stages.splitting.proof import prove, refuse_leaks
from tests.stages.conftest import MakeExample

SENTENCE = "The Golden Bear went to the film in Berlin in 2002."
NONE = {
    "questions_on_two_sides": 0,
    "pages_on_two_sides": 0,
    "word_runs_on_two_sides": 0,
    "near_duplicates_on_two_sides": 0,
    "test_examples_that_leak": 0,
}


@pytest.fixture
def general(make: MakeExample) -> Callable[..., Example]:
    """A general task, of no page."""
    return lambda *texts: make(*texts, source=Source(kind="general"))


def split_of(train: Example, val: Example, test: Example) -> Split:
    return {"train": [train], "val": [val], "test": [test]}


def test_a_clean_split_shares_nothing(general: Callable[..., Example]) -> None:
    split = split_of(general("Name a color."), general("Name a bird.", "The wren."), general("Name a tree."))
    assert prove(split, []).metrics() == NONE
    refuse_leaks(prove(split, []))


def test_the_same_question_on_two_sides(general: Callable[..., Example]) -> None:
    """Guards against a test question that was trained on with another answer, case or full stop."""
    twin = general("name a  COLOR", "Red.")
    proof = prove(split_of(general("Name a color."), general("Name a bird."), twin), [])
    assert proof.metrics() == NONE | {"questions_on_two_sides": 1, "test_examples_that_leak": 1}
    with pytest.raises(StageError, match=rf"1 questions, such as 'name a color' of {twin.id} \('name a  COLOR'\)"):
        refuse_leaks(proof)


def test_a_page_on_two_sides(make: MakeExample) -> None:
    """Guards against a test about a page that other facts were learnt of; val and train leak, too, test doesn't."""
    of = {title: Source(kind="synthetic", title=title) for title in ("Poland", "Peru")}
    split = split_of(
        make("Name a city.", source=of["Peru"]), make("Name a sea.", source=of["Peru"]), make("A?", source=of["Poland"])
    )
    assert prove(split, []).metrics() == NONE | {"pages_on_two_sides": 1}


@pytest.mark.parametrize(
    ("train", "test", "runs"),
    [
        (("Who won?", SENTENCE), ("When?", "It was then: " + SENTENCE), 4),  # answer and answer
        (("Who won?", "A film.", SENTENCE), ("When?", "2002.", "Once, the golden bear went to the film in Rome."), 1),
        (("Is it true? " + SENTENCE, "Yes."), ("When?", SENTENCE), 4),  # instruction and answer
        (("Who won?", SENTENCE), ("Is it true? " + SENTENCE, "Yes."), 4),  # answer and instruction
        (("Is it true or is it false? The sea is blue.", "Yes."), ("Is it true or is it false? The sun.", "No."), 0),
        (
            ("Who won?", "The Golden Bear went to the film."),
            ("When?", "The Golden Bear went to the film."),
            0,
        ),  # 7 words
    ],
)
def test_a_run_of_eight_words_on_two_sides(
    general: Callable[..., Example], train: tuple[str, ...], test: tuple[str, ...], runs: int
) -> None:
    """Guards against content that leaks under another question, and against the wording of a task taken for it."""
    proof = prove(split_of(general(*train), general("Name a bird."), general(*test)), [])
    assert proof.metrics() == NONE | {"word_runs_on_two_sides": runs, "test_examples_that_leak": min(runs, 1)}


def test_near_duplicates_count_where_they_are_apart(general: Callable[..., Example]) -> None:
    """Guards against pairs that are counted though they are together, or not though they are apart; one that was not
    taken into the split is on no side."""
    train, val, test, left = (general(text) for text in ("Who?", "What?", "Where?", "Why?"))
    split = {"train": [train, val], "val": [], "test": [test]}
    proof = prove(split, [(train, test), (train, val), (left, test)])
    assert proof.metrics() == NONE | {"near_duplicates_on_two_sides": 1, "test_examples_that_leak": 1}
    with pytest.raises(StageError, match=f"1 near duplicates, such as .* of {train.id} .* and {test.id} "):
        refuse_leaks(proof)


def test_the_error_has_a_line_for_each_sort_of_leak(make: MakeExample) -> None:
    """Guards against a reader who mends one leak, and meets the next one at the next run."""
    proof = prove(split_of(make("Who won?", SENTENCE), make("A?"), make("Who won?", SENTENCE + " Yes.")), [])
    with pytest.raises(StageError) as raised:
        refuse_leaks(proof)
    lines = str(raised.value).splitlines()
    assert [re.split(r"\W+", line.strip())[1] for line in lines[1:4]] == ["questions", "pages", "word"]
    assert lines[-1].endswith("set split.decontaminate to false, which lets both stand")
