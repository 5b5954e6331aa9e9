"""Names of subjects, and the words that stand for them."""

from collections.abc import Callable

import pytest

from stages.common.records import Page
from stages.teachers.rules.sentences import select_sentences
from stages.teachers.rules.subject import Subject, find_subject

MakePage = Callable[..., Page]


@pytest.mark.parametrize(
    ("title", "text", "name"),
    [
        ("Amazon River", "The Amazon River is long. Boats sail the Amazon River.", "the Amazon River"),
        ("Photosynthesis", "In nature, photosynthesis makes sugar.", "photosynthesis"),
        ("Odyssey", "Homer wrote the Odyssey.", "the Odyssey"),
        ("Hamlet", "Shakespeare wrote Hamlet.", "Hamlet"),
        ("Go (game)", "Players love Go.", "Go"),
        ("The Tale of Genji", "Murasaki wrote The Tale of Genji.", "The Tale of Genji"),
        ("Geography of Norway", "Norway is long.", "'Geography of Norway'"),
        ("Christina, Queen of Sweden", "Christina was a queen of Sweden.", "Christina"),
        ("Telescope", "A telescope is a tube. Some telescopes are big. Early telescopes broke.", "the telescope"),
        ("Fall of Rome", "The fall of Rome was slow. Kings saw the fall of Rome.", "the fall of Rome"),
        ("A Doll's House", "A Doll's House is a play.", "A Doll's House"),
        ("(500) Days of Summer", "In 2009, (500) Days of Summer was shown.", "(500) Days of Summer"),
        ("Pioneers of flight", "Pioneers of flight built kites.", "pioneers of flight"),
        ("Adansonia digitata", "Adansonia digitata is a tree.", "Adansonia digitata"),
        ("İznik", "İznik is a town.", "İznik"),  # a capital that has two lower-case characters
    ],
)
def test_the_subject_has_the_name_that_the_page_uses(page: MakePage, title: str, text: str, name: str) -> None:
    assert select_sentences(page(title, text)).subject.name == name


@pytest.mark.parametrize(
    ("opening", "nouns", "pronouns"),
    [
        ("Emma is a novel by Jane Austen.", {"novel"}, {"It", "Its"}),
        ("Emma is an old German comic opera.", {"opera"}, {"It", "Its"}),
        ("Emma was a composer. She sang. She died. Her songs live on.", set(), {"She", "Her"}),
        ("Emma is a Brazilian forward. She ran. She won. Her goals counted.", set(), {"She", "Her"}),
        ("Emma was a king. He ruled. He died. His sons ruled.", set(), {"He", "His"}),
        ("Emma was a composer. She sang. She died. He died.", set(), set()),  # whom a pronoun means isn't certain
        ("The opera is a play about Emma.", set(), {"It", "Its"}),  # it doesn't say what Emma is
    ],
)
def test_the_words_that_stand_for_a_subject(page: MakePage, opening: str, nouns: set[str], pronouns: set[str]) -> None:
    """Guards against "it" for a person, and against "she" where two people are meant."""
    subject = find_subject(page("Emma", opening), [opening], opening)
    assert (set(subject.nouns), set(subject.pronouns)) == (nouns, pronouns)


def test_a_heading_stands_for_nothing(page: MakePage) -> None:
    """Guards against "'Santos FC' won the cup", on a page that calls the club Santos."""
    text = "Santos is a club from the city of Santos. It won the cup."
    subject = find_subject(page("Santos FC", text), [text], text)
    assert (subject.name, set(subject.nouns), set(subject.pronouns)) == ("'Santos FC'", set(), set())


@pytest.mark.parametrize(
    ("title", "text", "short"),
    [
        ("Herman Melville", "Melville was a writer.", "Melville"),
        ("Herman Melville", "Herman was a writer.", ""),  # the page doesn't use the surname
        ("Herman Melville", "Herman was a writer of the Post-Melville years.", ""),
        ("Melville", "Melville was a writer.", ""),
    ],
)
def test_a_surname_is_one_that_the_page_uses(page: MakePage, title: str, text: str, short: str) -> None:
    assert find_subject(page(title, text), [text], text).short == short


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Suttner wrote it.", "Suttner"),
        ("Von Suttner wrote it.", "Von Suttner"),
        ("Bertha von Suttner wrote it.", "Bertha von Suttner"),
        ("Suttnerites read it.", ""),
        ("Her novel sold well.", ""),
    ],
)
def test_a_name_at_the_start_is_whole(text: str, name: str) -> None:
    subject = Subject("Bertha von Suttner", "Suttner", frozenset(), frozenset(["She", "Her"]))
    assert subject.name_at_start(text) == name


@pytest.mark.parametrize(
    ("phrase", "full"),
    [
        ("Sebastian Bach", True),
        ("Johann Sebastian Bach", True),
        ("Sebastian Bach son", False),
        ("Anna Bach", False),
        ("the music of Sebastian Bach", False),
    ],
)
def test_a_longer_name_has_all_words_of_the_name(phrase: str, full: bool) -> None:
    assert Subject("Sebastian Bach", "Bach", frozenset(), frozenset()).is_full_name(phrase) == full
