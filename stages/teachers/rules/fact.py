"""What the kinds of instruction are given, a fact, and what they give, drafts."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from stages.teachers.rules import wording
from stages.teachers.rules.grammar import Clause
from stages.teachers.rules.sentences import Sentence


@dataclass(frozen=True)
class Fact:
    """A sentence, its main clause (None where it doesn't parse), the page's subject and the seed's choices."""

    sentence: Sentence
    clause: Clause | None
    name: str  # as inside a sentence: "the Amazon River"
    names: frozenset[str]  # words that the page writes with a capital inside sentences
    rng: random.Random

    def worded(self, wordings: Sequence[str], **words: str) -> str:
        """One of the wordings, with its words filled in."""
        return self.rng.choice(wordings).format(**words)

    def is_named_in(self, text: str) -> bool:
        return bare(self.name) in text.lower()

    def about(self, question: str) -> str:
        """The question, with the page's subject named where it isn't yet."""
        if self.is_named_in(question):
            return question
        first, _, rest = question.partition(" ")
        return self.worded(wording.ABOUT, name=self.name, question=f"{first.lower()} {rest}")


@dataclass(frozen=True)
class Draft:
    kind: str
    instruction: str
    input: str
    output: str


Kind = Callable[[Fact], Iterator[Draft]]


def bare(name: str) -> str:
    """A name for comparison: without article and capitals."""
    return name.lower().removeprefix("the ").removeprefix("an ").removeprefix("a ")
