"""Facts, from which instructions are made, and drafts, which are the instructions made from them."""

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from stages.english.inflection import is_past
from stages.teachers.rules import context
from stages.teachers.rules.casing import Casing
from stages.teachers.rules.definites import names_unknown
from stages.teachers.rules.grammar import Clause, main_clause
from stages.teachers.rules.mentions import A_YEAR
from stages.teachers.rules.sentences import Sentence
from stages.teachers.rules.subject import Subject, bare

_OF_PLOTS = frozenset(["plot", "story", "synopsis", "contents"])  # headings of sections that tell a plot
_REFERS = re.compile(r"\b(?:its|his|her|their)\b")
_TWO_FIRST_NAMES = re.compile(r"[A-Z]\w+ and [A-Z]\w+")  # "Marie and Pierre"
WORKS = frozenset(
    "novel novella play tragedy comedy epic poem opera film musical drama series story trilogy saga tale narrative "
    "movie romance fable legend fiction".split()
)


@dataclass(frozen=True)
class Fact:
    """A sentence of a page about a subject."""

    sentence: Sentence
    subject: Subject
    casing: Casing
    seed: str
    definition: Clause | None = None  # the page's statement of what its subject is
    years: Mapping[str, int] = field(default_factory=dict)  # in how many sentences of the page each year is

    @cached_property
    def clause(self) -> Clause | None:
        """The sentence's main clause, or None if it doesn't parse."""
        return main_clause(self.sentence.text, self.casing)

    @cached_property
    def askable(self) -> Clause | None:
        """The main clause if a question can be made of it, otherwise None."""
        return self.clause if self.clause and context.can_be_asked(self.clause, self.subject) else None

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
        return context.names(self.subject, text)

    def is_clear(self, instruction: str) -> bool:
        """Whether an instruction about the fact can be understood without the page."""
        if self.clause and not self.is_named_in(instruction) and (self.in_plot or not self.is_about_a_full_name):
            return False
        return context.is_clear(instruction, self.subject)

    @cached_property
    def is_about_a_full_name(self) -> bool:
        """Whether the clause's subject has a name by which it is known: not "Thomson", "the first chapters"."""
        subject = self.clause.subject if self.clause else ""
        full = " " in subject and re.search("[A-Z]", subject) and not _TWO_FIRST_NAMES.fullmatch(subject)
        cut_short = bare(subject) != bare(self.name) and bare(subject) in bare(self.name)  # "the Civil War"
        return bool(full) and not cut_short and not _REFERS.search(subject)

    @cached_property
    def stands_alone(self) -> bool:
        """Whether the sentence says what it speaks of: not "The team won the cup", "The poem opens in his absence"."""
        if self.clause and not context.has_known_pronouns(self.clause, self.subject):
            return False
        return self.in_plot or not names_unknown(self.sentence.text, self.subject)

    def has_years_to_itself(self, text: str) -> bool:
        """Whether no other sentence of the page has one of the years in `text`, which then have one answer."""
        return all(self.years.get(year, 1) == 1 for year in A_YEAR.findall(text))

    @property
    def in_plot(self) -> bool:
        """Whether the sentence tells a story in the present tense."""
        tells = self.clause and not is_past(self.clause.verb) and self.clause.verb not in {"was", "were"}
        return bool(tells) and self.sentence.passage.heading.lower() in _OF_PLOTS

    def placed(self, question: str) -> str:
        """A question about the plot of a work, with the work's name: "In Hamlet, does Claudius ...?"."""
        if self.is_named_in(question) or not self.in_plot or self.subject.nouns.isdisjoint(WORKS):
            return question
        return f"In {self.name}, {question[:1].lower()}{question[1:]}"


@dataclass(frozen=True)
class Draft:
    """An example without its source."""

    kind: str
    instruction: str
    input: str
    output: str


# A kind of instruction: it yields drafts about a fact, or none if its pattern doesn't fit.
Kind = Callable[[Fact], Iterator[Draft]]
# A kind that needs several facts of a page.
PageKind = Callable[[Sequence[Fact], random.Random], Iterator[Draft]]
