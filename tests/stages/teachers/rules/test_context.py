"""Questions that can be understood without the page."""

import pytest

from stages.teachers.rules.casing import Casing
from stages.teachers.rules.context import (
    can_be_asked,
    is_clear,
    is_vague,
    names,
    points_at_page,
    says_enough,
    speaks_of,
)
from stages.teachers.rules.grammar import parse_clause
from stages.teachers.rules.subject import Subject

MOBY = Subject("Moby-Dick", "", frozenset(["novel"]), frozenset(["It", "Its"]))
CURIE = Subject("Marie Curie", "Curie", frozenset(), frozenset(["She", "Her"]))


@pytest.mark.parametrize(
    ("instruction", "clear"),
    [
        ("When was Moby-Dick written?", True),
        ("When was the captain of Moby-Dick born?", True),
        ("When was the name of Moby-Dick found?", True),
        ("When did Moby-Dick get the name?", False),
        ("When did Moby-Dick become the object?", False),
        ("When was the captain born?", False),
        ("When did Ahab drown?", False),  # which Ahab?
        ("When did Captain Ahab drown?", True),
        ("Does Ahab drown in 1851?", False),  # "Does Ahab" is no name
        ("When did Captain Ahab see the whale?", False),
        ("When did the captain Herman Melville see the whale?", False),
        ("When did Herman Melville win the Nobel Prize?", True),
        ("When did Herman Melville see the queen of Spain?", True),
        ("When did Herman Melville write a longer version?", False),
        ("When did Herman Melville build a lighter boat?", False),
        ("When did Herman Melville try a safer boat?", False),
        ("When did Moby-Dick give similar results?", False),
        ("The London edition was printed by Captain Ahab.", False),
        ("Was Jean Anouilh's French version staged in Paris?", False),
    ],
)
def test_is_clear(instruction: str, clear: bool) -> None:
    """Guards against "the name", "the object", "the king", and against people whom only the page introduces."""
    assert is_clear(instruction, MOBY) == clear


@pytest.mark.parametrize(
    ("text", "named", "spoken_of"),
    [
        ("Moby-Dick sank.", True, True),
        ("moby-dick sank.", True, True),
        ("Old Moby-Dick sank.", True, False),
        ("Moby-Dick Island sank.", True, False),
        ("Moby-Dickens sank.", False, False),
    ],
)
def test_a_longer_name_is_another_thing(text: str, named: bool, spoken_of: bool) -> None:
    """Guards against facts about Louis Braille in a list about braille."""
    assert (names(MOBY, text), speaks_of(MOBY, text)) == (named, spoken_of)


def test_what_only_the_page_explains() -> None:
    assert is_vague("Where is the place?") and not is_vague("Where is the place of birth?")
    assert points_at_page("the ship sank")
    assert points_at_page("the captain Ahab saw the ship")  # the second "the"
    assert not points_at_page("the Pacific Ocean")


@pytest.mark.parametrize(
    ("sentence", "subject", "asked"),
    [
        ("Ahab hunted the whale in the Pacific.", MOBY, True),
        ("Ahab probably was hunted there.", MOBY, False),
        ("Ahab was probably born in Nantucket.", MOBY, False),
        ("Ahab would hunt the whale.", MOBY, False),
        ("Ahab has no leg.", MOBY, False),
        ("Marie Curie loved her work.", CURIE, True),
        ("Robert Schumann loved her work.", CURIE, False),  # whose?
        ("Moby-Dick hit his ship.", MOBY, False),
        ("Marie Curie was the last survivor of it.", CURIE, False),  # of what?
        ("Marie Curie gave the Polish element its name.", CURIE, True),
        ("A ship in its way sank the boat.", MOBY, False),
        ("Jim Henson created its famous puppets.", MOBY, False),
        ("Ahab was born in Pisa in 1564, the son of a sailor.", MOBY, False),
        ("The old captain of the big ship of the king of the sea saw the whale.", MOBY, False),  # a long subject
        ("Ahab saw a a a a a a a a a a a a a a a a a a a ship.", MOBY, False),  # a long clause
    ],
)
def test_can_be_asked(sentence: str, subject: Subject, asked: bool) -> None:
    """Guards against questions with "probably", "no", "her" and "its", and against ones that are hard to read."""
    clause = parse_clause(sentence, Casing(frozenset(["Ahab", "Moby-Dick"])))
    assert (clause is not None and can_be_asked(clause, subject)) == asked


@pytest.mark.parametrize(
    ("sentence", "enough"),
    [
        ("Ahab began to paint.", False),
        ("Ahab saw a whale of the sea.", True),
        ("Ahab was better for small ships at sea.", False),  # better than what?
        ("Ahab was better at sea than his mates.", True),
    ],
)
def test_says_enough(sentence: str, enough: bool) -> None:
    clause = parse_clause(sentence, Casing(frozenset(["Ahab"])))
    assert clause and says_enough(clause) == enough
