"""Passages to work on."""

from dataclasses import replace

import pytest

from stages.teachers.rules.passages import (
    find_sentence,
    heading,
    list_years,
    passage_fits,
    passage_question,
    passage_why,
    topic,
)
from tests.stages.teachers.rules.conftest import Ask, MakeFact

PASSAGE = (
    "Moby-Dick is a novel by Herman Melville. It was published in 1851. Ahab hunts the whale. "
    "John Huston made a film in 1956."
)


def test_kinds_about_a_passage(drafts: Ask) -> None:
    first = "Moby-Dick is a novel by Herman Melville."
    assert next(iter(drafts(topic, first, passage=PASSAGE.replace("It was", "Moby-Dick was"), seed=3))).output.endswith(
        "Moby-Dick."
    )
    [years] = drafts(list_years, "It was published in 1851.", passage=PASSAGE)
    assert "1851 and 1956" in years.output
    [found] = drafts(find_sentence, "John Huston made a film in 1956.", passage=PASSAGE)
    assert "the year 1956" in found.instruction
    assert (found.input, found.output) == (PASSAGE, "John Huston made a film in 1956.")


def test_a_sentence_is_found_by_what_no_other_mentions(drafts: Ask) -> None:
    """Guards against a question with two right answers."""
    passage = "Moby-Dick is a novel. It was published in 1851. Its author left in 1851."
    assert drafts(find_sentence, "It was published in 1851.", passage=passage) == []
    passage = "The Eiffel Tower is old. Ahab saw the Eiffel Tower once. It is tall."
    assert drafts(find_sentence, "Ahab saw the Eiffel Tower once.", passage=passage) == []


@pytest.mark.parametrize(("words", "fits"), [(24, False), (25, True), (110, True), (111, False)])
def test_a_passage_is_neither_short_nor_long(fact: MakeFact, words: int, fits: bool) -> None:
    assert passage_fits(fact("It sank.", passage=" ".join(["word"] * words))) == fits


def test_a_passage_answers_what_it_is_needed_for(drafts: Ask) -> None:
    """Guards against "the name", and against a question without its passage."""
    text = "The ship sank in 1851 because its hull broke."
    [why] = drafts(passage_why, text)
    assert "Why did the ship sink in 1851?" in why.instruction and why.input == text
    [question] = drafts(passage_question, "The ship was built in 1838.")
    assert "was the ship built?" in question.instruction
    assert drafts(passage_question, "The name was found in 1838.") == []


def test_a_passage_that_names_something_else_first_has_another_topic(drafts: Ask) -> None:
    passage = "The whale is old. Moby-Dick is a novel about it. Moby-Dick is long."
    assert drafts(topic, "Moby-Dick is long.", passage=passage) == []


@pytest.mark.parametrize(
    ("text", "others"),
    [
        ("Ahab met Santos Dumont there.", "The Santos-Dumont museum is old. It is small."),
        (
            "Ahab saw the Great Fire there.",
            "It was hot. It was old.",
        ),
        ("Ahab met James Cook there.", "Cook was old. It was small."),
        ("Ahab won a Nobel Prize there.", "It was old. It was small."),  # "names Nobel Prize"
        ("Ahab played at three World Cups there.", "It was old. It was small."),
    ],
)
def test_a_mark_is_unique_whole_and_not_of_the_title(drafts: Ask, text: str, others: str) -> None:
    passage = f"{text} {others}"
    assert drafts(find_sentence, text, passage=passage, name="the Great Fire of London") == []


@pytest.mark.parametrize(
    "other", ["in 480 BC", "in the year 330", "in 930", "in the 1920s", "in 1957-58", "in 2013–14"]
)
def test_a_list_of_years_is_complete(drafts: Ask, other: str) -> None:
    """Guards against a list that leaves out a year which is written otherwise."""
    text = "Ahab saw the whale in 1851."
    assert drafts(list_years, text, passage=f"{text} He sailed in 1841.") != []
    assert drafts(list_years, text, passage=f"{text} He sailed in 1841. Others came {other}.") == []


@pytest.mark.parametrize(
    ("name", "title", "good"),
    [
        ("Moby-Dick", "Reception", True),
        ("Moby-Dick", "Rosario Central", False),  # "Elias Figueroa: Chile"
        ("Moby-Dick", "Building", False),
        ("Moby-Dick", "The battle", False),
        ("'Symphony No. 9'", "Reception", False),  # a heading rather than a name
        ("the reception", "Reception", False),
    ],
)
def test_a_title_is_an_aspect_of_the_subject(fact: MakeFact, name: str, title: str, good: bool) -> None:
    """Guards against "The Danube: Delta", and against "The eruption of the eruption"."""
    plain = fact("Ahab hunts the whale.", name=name)
    passage = replace(plain.sentence.passage, heading=title)
    headed = replace(plain, sentence=replace(plain.sentence, passage=passage))
    assert [draft.output for draft in heading(headed)] == (["The reception of Moby-Dick"] if good else [])


def test_only_the_start_of_a_page_is_about_its_title(fact: MakeFact) -> None:
    """Guards against a paragraph on the baiji that is said to be about the Yangtze."""
    plain = fact("Moby-Dick is old.", passage="Moby-Dick is old. Moby-Dick is long.")
    passage = replace(plain.sentence.passage, heading="Wildlife")
    assert len(list(topic(plain))) == 1
    [draft] = topic(replace(plain, sentence=replace(plain.sentence, passage=passage)))
    assert draft.output.endswith(" about the wildlife of Moby-Dick.")
    passage = replace(passage, heading="Nantucket")
    assert list(topic(replace(plain, sentence=replace(plain.sentence, passage=passage)))) == []
