"""Definite nouns that say which thing is meant, and those that don't."""

import pytest

from stages.teachers.rules.definites import names_unknown
from stages.teachers.rules.subject import Subject

MOBY = Subject("Moby-Dick", "", frozenset(["novel"]), frozenset(["It", "Its"]))


@pytest.mark.parametrize(
    "text",
    [
        "The team beat Real Madrid in Tokyo in November 2000.",
        "Peñarol won the cup in 1960.",
        "Seven champions took part in the first tournament.",
        "Zico became the highest scorer of all in the club's history.",
        "The crowd applauded the visitors.",
        "The field was enlarged to 47 clubs in 2017.",
        "Moby-Dick was shown in the city.",
        "Kings waited while the village burned.",
        "Lovelace wrote an article on the machine by the engineer Menabrea.",
        "Spencer scored twice, and the coach praised him.",
    ],
)
def test_a_noun_is_unknown(text: str) -> None:
    assert names_unknown(text, MOBY)


@pytest.mark.parametrize(
    "text",
    [
        "Ahab lived in the city of Lima.",
        "Ahab played for the club from southern Italy.",
        "Ahab praised the coach Zagallo and the team that won.",
        "Ahab saw the stadium in Montevideo.",
        "Ahab founded a club in 1900, and the club won.",
        "Moby-Dick was praised by Hawthorne, but the book was forgotten.",  # it names the subject
        "Hawthorne praised the novel.",  # the subject's own kind
        "The sun is hot, and the sea is deep.",  # of which there is one
        "The cup-shaped flower opens.",
        "Ahab was the first captain to sail north of Greenland.",
    ],
)
def test_a_noun_is_known(text: str) -> None:
    """Guards against a teacher that drops every sentence with an article."""
    assert not names_unknown(text, MOBY)


def test_a_word_of_the_name_is_known() -> None:
    tower = Subject("the Eiffel Tower", "", frozenset(["tower"]), frozenset(["It", "Its"]))
    assert not names_unknown("The tower was finished in 1889.", tower)
    assert names_unknown("The bridge was finished in 1889.", tower)
    battle = Subject("the Battle of Adwa", "", frozenset(), frozenset(["It", "Its"]))
    assert not names_unknown("Italy sent no more troops after the battle.", battle)
