"""Statements and passages to work on, one sentence at a time."""

import pytest

from stages.teachers.rules.exercises import (
    complete,
    correct_error,
    fill_blank,
    find_sentence,
    list_years,
    passage_fits,
    shorten,
    summary,
    to_question,
    topic,
    true_or_false,
    yes_no,
)
from stages.teachers.rules.fact import Kind
from tests.stages.teachers.rules.conftest import Ask, MakeFact


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (fill_blank, "Ahab read Wind, Sand and Stars."),  # a piece of a title
        (fill_blank, "Ahab passed Mt. Everest."),
        (fill_blank, "The ship hunted the white Mobyling."),  # the name of the subject gives it away
        (shorten, "Moby-Dick was published in London in 1851, and it sold badly."),  # both parts matter
        (to_question, "Ahab might have hunted the whale."),
    ],
)
def test_a_kind_makes_nothing_of_a_sentence_that_does_not_fit(drafts: Ask, kind: Kind, text: str) -> None:
    assert drafts(kind, text) == []


@pytest.mark.parametrize("seed", range(8))
def test_a_statement_is_true_or_has_a_wrong_number(drafts: Ask, seed: int) -> None:
    """Guards against a false statement that is true after all."""
    text = "Moby-Dick was published in 1851."
    [draft] = drafts(true_or_false, text, seed=seed)
    claimed = text in draft.instruction
    assert draft.output.lower().startswith("true" if claimed else "false") or draft.output.startswith("That is")
    assert ("1851" in draft.instruction) == claimed
    assert ("true" in draft.output.lower()) == claimed
    assert "1851" in draft.output
    [question] = drafts(yes_no, text, seed=seed)
    assert question.output in {"Yes, Moby-Dick was published in 1851.", "No, Moby-Dick was published in 1851."}
    assert question.output.startswith("Yes") == ("1851" in question.instruction)


def test_gaps_and_ends(drafts: Ask) -> None:
    text = "Moby-Dick was written by Herman Melville in Pittsfield."
    outputs = {draft.output for seed in range(30) for draft in drafts(fill_blank, text, seed=seed)}
    assert "The missing words are Herman Melville." in outputs
    assert "The missing word is Pittsfield." in outputs
    [draft] = drafts(complete, text)
    assert "Moby-Dick was written by ..." in draft.instruction
    assert draft.output == text


def test_kinds_that_work_on_their_input(drafts: Ask) -> None:
    text = "Moby-Dick was published in London in 1851, where few people bought it."
    [question] = drafts(to_question, text)
    assert (question.input, question.output) == (
        "Moby-Dick was published in London in 1851.",
        "Was Moby-Dick published in London in 1851?",
    )
    [short] = drafts(shorten, text)
    assert (short.input, short.output) == (text, "Moby-Dick was published in London in 1851.")
    [correction] = drafts(correct_error, text)
    assert "1851" not in correction.input
    assert correction.output == "Moby-Dick was published in London in 1851."


PASSAGE = (
    "Moby-Dick is a novel by Herman Melville. It was published in 1851. Ahab hunts the whale. "
    "John Huston made a film in 1956."
)


def test_kinds_about_a_passage(drafts: Ask) -> None:
    first = "Moby-Dick is a novel by Herman Melville."
    assert [draft.output for draft in drafts(summary, first, passage=PASSAGE)] == [first]
    assert next(iter(drafts(topic, first, passage=PASSAGE, seed=3))).output.endswith("Moby-Dick.")
    [years] = drafts(list_years, "It was published in 1851.", passage=PASSAGE)
    assert "1851 and 1956" in years.output
    [found] = drafts(find_sentence, "John Huston made a film in 1956.", passage=PASSAGE)
    assert "1956" in found.instruction
    assert (found.input, found.output) == (PASSAGE, "John Huston made a film in 1956.")


def test_a_sentence_is_found_by_what_no_other_mentions(drafts: Ask) -> None:
    """Guards against a question with two right answers."""
    passage = "Moby-Dick is a novel. It was published in 1851. Its author left in 1851."
    assert drafts(find_sentence, "It was published in 1851.", passage=passage) == []


@pytest.mark.parametrize(("words", "fits"), [(24, False), (25, True), (110, True), (111, False)])
def test_a_passage_is_neither_short_nor_long(fact: MakeFact, words: int, fits: bool) -> None:
    assert passage_fits(fact("It sank.", passage=" ".join(["word"] * words))) == fits
