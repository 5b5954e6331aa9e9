"""Facts, from which instructions are made, and drafts, which are the instructions made from them."""

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
    """A sentence of a page about a subject."""

    sentence: Sentence
    subject: Subject
    names: frozenset[str]  # words that have a capital inside sentences, too, and the subject's name
    seed: str

    @cached_property
    def clause(self) -> Clause | None:
        """The sentence's main clause, or None if it doesn't parse."""
        return main_clause(self.sentence.text, self.names)

    @cached_property
    def rng(self) -> random.Random:
        """Random choices about this sentence, which don't depend on the other sentences."""
        return random.Random(f"{self.seed} {self.sentence.text}")

    @property
    def name(self) -> str:
        return self.subject.name

    def phrase(self, templates: Sequence[str], **words: str) -> str:
        """One of the templates, with its words filled in."""
        return self.rng.choice(templates).format(**words)

    def is_named_in(self, text: str) -> bool:
        return bare(self.name) in text.lower()

    def about(self, question: str) -> str:
        """The question, with the page's subject named before it if it isn't yet."""
        if self.is_named_in(question):
            return question
        first, _, rest = question.partition(" ")
        return self.phrase(phrasing.ABOUT, name=self.name, question=f"{first.lower()} {rest}")


@dataclass(frozen=True)
class Draft:
    """An example without its source."""

    kind: str
    instruction: str
    input: str
    output: str


# A kind of instruction: it yields drafts about a fact, or none if its pattern doesn't fit.
Kind = Callable[[Fact], Iterator[Draft]]
