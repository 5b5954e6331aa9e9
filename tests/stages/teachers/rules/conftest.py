"""Facts to ask about, from a sentence alone, and the drafts that a kind makes of one."""

from collections.abc import Callable

import pytest

from stages.teachers.rules.casing import Casing
from stages.teachers.rules.fact import Draft, Fact, Kind
from stages.teachers.rules.sentences import Passage, Sentence, to_passage
from stages.teachers.rules.subject import Subject

MakeFact = Callable[..., Fact]
Ask = Callable[..., list[Draft]]


@pytest.fixture
def fact() -> MakeFact:
    def make(text: str, name: str = "Moby-Dick", passage: str = "", seed: int = 1) -> Fact:
        around: Passage = to_passage(passage or text)
        subject = Subject(name, "", frozenset(["novel"]), frozenset(["It", "Its"]))
        casing = Casing(frozenset(["Ahab", "Herman", "Melville", "Harper"]), frozenset(["hunters"]))
        return Fact(Sentence(text, around), subject, casing, str(seed))

    return make


@pytest.fixture
def drafts(fact: MakeFact) -> Ask:
    """All drafts of a kind about a sentence."""

    def ask(kind: Kind, text: str, **context: object) -> list[Draft]:
        return list(kind(fact(text, **context)))

    return ask
