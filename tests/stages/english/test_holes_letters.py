"""The letters with which the patterns of holes begin: those that are written beside each of them."""

import inspect
import re
from collections.abc import Iterator
from re import _constants as codes, _parser as parser  # type: ignore[attr-defined] # Python's own, without types
from typing import Any

import pytest

from stages.english import holes

FOLDED = re.IGNORECASE.value


def guarded(tree: Any) -> Iterator[tuple[set[str], Any]]:
    """What `_at` made, anywhere in a parsed pattern: its letters, and the pattern that they are for."""
    nodes = list(tree)
    for node, following in zip(nodes, [*nodes[1:], None], strict=True):
        code, value = node
        if code in (codes.IN, codes.LITERAL) and following and following[0] is codes.ASSERT and following[1][0] < 0:
            inner = list(following[1][1])
            if len(inner) == 2 and inner[0][0] is codes.ASSERT and inner[1][0] is codes.ANY:
                yield letters_of(node), inner[0][1][1]
                continue
        for part in parts_of(code, value):
            yield from guarded(part)


def parts_of(code: Any, value: Any) -> list[Any]:
    if code is codes.SUBPATTERN:
        return [value[3]]
    if code is codes.BRANCH:
        return list(value[1])
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT):
        return [value[2]]
    return [value[1]] if code in (codes.ASSERT, codes.ASSERT_NOT) else []


def letters_of(node: Any) -> set[str]:
    """The characters that a literal or a class can be."""
    code, value = node
    if code is codes.LITERAL:
        return {chr(value)}
    found: set[str] = set()
    for kind, what in value:
        assert kind in (codes.LITERAL, codes.RANGE), f"a match may begin with {kind}, which no letters cover"
        found |= {chr(what)} if kind is codes.LITERAL else {chr(letter) for letter in range(what[0], what[1] + 1)}
    return found


def first_letters(tree: Any, folded: bool = False) -> tuple[set[str], bool]:
    """With which characters a match can begin, and whether it can be empty."""
    found: set[str] = set()
    for code, value in tree:
        if code in (codes.AT, codes.ASSERT, codes.ASSERT_NOT):  # takes no character
            continue
        letters, may_be_empty = first_of_one(code, value, folded)
        found |= letters
        if not may_be_empty:
            return found, False
    return found, True


def first_of_one(code: Any, value: Any, folded: bool) -> tuple[set[str], bool]:
    if code in (codes.LITERAL, codes.IN):
        letters = letters_of((code, value))
        return ({case for letter in letters for case in (letter.lower(), letter.upper())} if folded else letters), False
    if code is codes.SUBPATTERN:
        return first_letters(value[3], folded or bool(value[1] & FOLDED))
    if code is codes.BRANCH:
        each = [first_letters(branch, folded) for branch in value[1]]
        return set().union(*(letters for letters, _ in each)), any(empty for _, empty in each)
    assert code in (codes.MAX_REPEAT, codes.MIN_REPEAT), f"a match may begin with {code}, which no letters cover"
    letters, empty = first_letters(value[2], folded)
    return letters, empty or value[0] == 0


GUARDED = list(guarded(parser.parse(holes._WRONG_WORD.pattern)))


def test_all_patterns_are_looked_at() -> None:
    """Guards against a test that finds no pattern, because they are written in another way."""
    assert len(GUARDED) == len(re.findall(r"(?<!def )\b_at\(", inspect.getsource(holes))) > 20


@pytest.mark.parametrize(("letters", "pattern"), GUARDED)
def test_a_pattern_begins_with_the_letters_beside_it(letters: set[str], pattern: Any) -> None:
    """Guards against a new alternative that never matches, because it begins with a letter that isn't listed, and
    against letters that slow the search for nothing."""
    first, may_be_empty = first_letters(pattern)
    assert first == letters and not may_be_empty


@pytest.mark.parametrize(
    ("pattern", "first"),
    [
        ("abc|de", "ad"),
        (r"(?<!x)^(?:up )?to", "ut"),
        ("(?i:of)|[b-d]x", "Oobcd"),
        ("a*b+", "ab"),
    ],
)
def test_first_letters(pattern: str, first: str) -> None:
    assert first_letters(parser.parse(pattern)) == (set(first), False)
