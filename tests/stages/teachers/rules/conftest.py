"""A fact to ask about, from a sentence alone."""

from collections.abc import Callable

import pytest

from stages.teachers.rules.fact import Fact
from stages.teachers.rules.prose import Passage, to_passage
from stages.teachers.rules.sentences import Sentence
from stages.teachers.rules.subject import Subject

MakeFact = Callable[..., Fact]


@pytest.fixture
def fact() -> MakeFact:
    def make(text: str, name: str = "Moby-Dick", passage: str = "", seed: int = 1) -> Fact:
        around: Passage = to_passage(passage or text)
        subject = Subject(name, "", frozenset(["novel"]), frozenset(["It", "Its"]))
        return Fact(Sentence(text, around), subject, frozenset(["Ahab", "Herman", "Melville"]), str(seed))

    return make
