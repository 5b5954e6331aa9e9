"""Statements, true or false, whole or with a gap."""

from dataclasses import replace
from pathlib import Path

import pytest

from stages.sources.input_files import read_pages
from stages.teachers.rules.fact import Kind
from stages.teachers.rules.statements import (
    choose,
    complete,
    correct_error,
    event_of_year,
    fill_blank,
    true_or_false,
    yes_no,
)
from stages.teachers.rules.teacher import teach
from tests.stages.teachers.rules.conftest import Ask, MakeFact


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (fill_blank, "Ahab read Wind, Sand and Stars."),  # a piece of a title
        (fill_blank, "Ahab passed Mt. Everest."),
        (fill_blank, "The early parts of Moby-Dick are Romantic in manner."),  # anything fits
        (fill_blank, "Moby-Dick became a World Heritage Site."),
        (fill_blank, "The ship hunted the white Mobyling."),  # the name of the subject gives it away
        (complete, "Moby-Dick was listed as a Memory of the World in full."),  # a piece of a name
        (complete, "Moby-Dick was the first book of a group of old novels."),  # anything can follow
        (complete, "The ship was built by the carpenters of Nantucket."),  # which ship?
        (complete, "Moby-Dick is the longest book of the whole world, at about 900 pages."),
        (complete, "Moby-Dick opened in New Haven in January with 21 readers."),
        (complete, "Moby-Dick was described by sailors in print in 1829."),  # "described in 1829" would do, too
        (yes_no, "Moby-Dick began to swim."),  # too little to ask about
        (yes_no, "The ship was built in Nantucket in 1838."),
        (choose, "The ship was built in 1838."),
        (correct_error, "The ship was built in 1838."),
    ],
)
def test_a_kind_makes_nothing_of_a_sentence_that_does_not_fit(drafts: Ask, kind: Kind, text: str) -> None:
    assert drafts(kind, text) == []


@pytest.mark.parametrize("seed", range(30))
def test_a_statement_is_true_or_has_a_wrong_number(drafts: Ask, seed: int) -> None:
    """Guards against a false statement that is true after all, and against "Yes" for a wrong number."""
    text = "Moby-Dick was published in 1851."
    for draft in drafts(true_or_false, text, seed=seed):
        right = draft.output.startswith(("True", "That is true", "Yes", "The claim is correct"))
        assert ("1851" in draft.instruction) == right
        assert draft.output.endswith("oby-Dick was published in 1851.")
    for question in drafts(yes_no, text, seed=seed):
        assert question.output in {"Yes, Moby-Dick was published in 1851.", "No, Moby-Dick was published in 1851."}
        assert question.output.startswith("Yes") == ("1851" in question.instruction)


@pytest.mark.parametrize("seed", range(30))
def test_true_or_false_is_answered_in_its_words(drafts: Ask, seed: int) -> None:
    """Guards against "Judge whether this claim is true or false" that is answered "No, that is not correct"."""
    for draft in drafts(true_or_false, "Moby-Dick was published in 1851.", seed=seed):
        begins = ("True.", "False.", "That is true.", "That is false.")
        assert ("true or false" in draft.instruction.lower()) == draft.output.startswith(begins)


def test_a_true_definition_is_not_asked_about(drafts: Ask) -> None:
    """Guards against a question that its answer only repeats."""
    text = "Moby-Dick was a whale that sank the ship of Captain Ahab."
    assert [
        draft for seed in range(30) for kind in (yes_no, true_or_false) for draft in drafts(kind, text, seed=seed)
    ] == []


def test_as_many_statements_are_true_as_false(root: Path) -> None:
    """Guards against a model that learns to say yes: nearly one to one over two seeds."""
    pages = read_pages(root / "data/bundled/pages.jsonl")
    right = wrong = 0
    for seed in range(2):
        for page in pages:
            for example in teach(page, per_page=8, seed=seed).examples:
                if example.kind in {"yes_no", "true_or_false"}:
                    no = example.output.startswith(("No", "False", "That is false", "The claim is wrong"))
                    right, wrong = right + (not no), wrong + no
    assert right + wrong >= 40
    assert 0.4 <= right / (right + wrong) <= 0.6


def test_gaps_and_ends(drafts: Ask) -> None:
    text = "Moby-Dick was written by Herman Melville in Pittsfield."
    outputs = {draft.output for seed in range(30) for draft in drafts(fill_blank, text, seed=seed)}
    assert "The missing words are Herman Melville." in outputs
    assert "The missing word is Pittsfield." in outputs
    [draft] = drafts(complete, text)
    assert "Moby-Dick was written by ..." in draft.instruction
    assert draft.output == text


def test_the_right_year_is_among_three(drafts: Ask) -> None:
    text = "Moby-Dick was published in 1851."
    for seed in range(20):
        [draft] = drafts(choose, text, seed=seed)
        options = dict(line.split(") ") for line in draft.input.split("\n"))
        assert list(options) == ["A", "B", "C"] and len(set(options.values())) == 3
        assert draft.output == f"{draft.output[0]}) 1851. {text}" and options[draft.output[0]] == "1851"
        assert "In which year was Moby-Dick published?" in draft.instruction


def test_an_error_is_corrected(drafts: Ask) -> None:
    [draft] = drafts(correct_error, "Moby-Dick was published in London in 1851.")
    assert "1851" not in draft.input
    assert draft.output == "Moby-Dick was published in London in 1851."


def test_a_year_of_the_name_is_no_event(drafts: Ask) -> None:
    """Guards against "Name an event of 1883 in connection with the 1883 eruption"."""
    text = "Moby-Dick was destroyed in 1883."
    assert len(drafts(event_of_year, text)) == 1
    assert drafts(event_of_year, text, name="the 1883 eruption") == []


def test_an_event_is_asked_for_only_if_the_page_has_one_of_that_year(fact: MakeFact) -> None:
    """Guards against "Which event of 1803 has to do with Moby-Dick?", where two sentences name that year."""
    once = fact("Moby-Dick was printed in 1851.")
    assert len(list(event_of_year(replace(once, years={"1851": 1})))) == 1
    assert list(event_of_year(replace(once, years={"1851": 2}))) == []


@pytest.mark.parametrize(
    "text",
    [
        "Moby-Dick won the prize in 1960, 1961 and 1966.",
        "The 14-bis covered 220 meters in 1906.",  # nobody knows it outside the page
        "Marie and Pierre shared a prize in 1903.",
        "Upper Peru became independent in 1825.",  # what has that to do with Moby-Dick?
        "Moby-Dick was printed in about 1851.",
    ],
)
def test_an_event_is_clear_and_has_one_exact_year(drafts: Ask, text: str) -> None:
    assert drafts(event_of_year, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "Moby-Dick is a Uruguayan playmaker.",  # anything fits before a noun
        "Moby-Dick sold well in 1960, 1961 and 1966.",
    ],
)
def test_no_gap_that_nobody_can_fill(drafts: Ask, text: str) -> None:
    assert [draft for seed in range(20) for draft in drafts(fill_blank, text, seed=seed)] == []


def test_a_possibility_is_not_judged(drafts: Ask) -> None:
    text = "Moby-Dick may have been printed in London in secret."
    assert [draft for seed in range(20) for draft in drafts(true_or_false, text, seed=seed)] == []
