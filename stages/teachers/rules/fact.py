"""What the kinds of instruction are given, a fact, and what they give, drafts."""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from stages.teachers.rules import phrasing
from stages.teachers.rules.grammar import Clause, main_clause
from stages.teachers.rules.sentences import Sentence
from stages.teachers.rules.subject import Subject, bare


@dataclass(frozen=True)
class Fact:
    """A sentence on a page about a subject."""

    sentence: Sentence
    subject: Subject
    names: frozenset[str]  # words that keep their capital inside sentences, and the subject's name
    seed: str

    @cached_property
    def clause(self) -> Clause | None:
        """The sentence's main clause, or None where it doesn't parse."""
        return main_clause(self.sentence.text, self.names)

    @cached_property
    def rng(self) -> random.Random:
        """Makes the choices about this sentence, so that they don't hang on the other sentences."""
        return random.Random(f"{self.seed} {self.sentence.text}")

    @property
    def name(self) -> str:
        return self.subject.name

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
        return self.worded(phrasing.ABOUT, name=self.name, question=f"{first.lower()} {rest}")


@dataclass(frozen=True)
class Draft:
    kind: str
    instruction: str
    input: str
    output: str


Kind = Callable[[Fact], Iterator[Draft]]
