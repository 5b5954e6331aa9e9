"""The records that stages pass to one another: frozen, validated, one JSON object per line."""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Text = Annotated[str, Field(min_length=1)]
Role = Literal["base", "small", "full"]
# Whose text a judge sees: a model's or, in a check of the judge itself, the probe or the text it is compared with.
Contestant = Role | Literal["probe", "rival"]
CheckName = Literal["same_answer", "empty", "constant", "reference", "padded", "truncated", "declared_winner"]
Score = Annotated[int, Field(ge=0, le=5)]

ROLES: tuple[Role, ...] = ("base", "small", "full")
CRITERIA = ("factual_correctness", "instruction_adherence", "clarity_and_usefulness")
TOTAL_MAX = 5 * len(CRITERIA)


class Record(BaseModel):
    """The base of all records. Unknown keys are errors, and no value is converted to another type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Section(Record):
    heading: str  # "" for the lead
    level: Annotated[int, Field(ge=1, le=6)]
    text: str  # an empty line separates paragraphs


def fold_empty_sections(sections: Sequence[Section]) -> tuple[list[Section], int]:
    """The sections with text, and how many sections without text left no trace.

    The heading of a section without text becomes part of the headings of its subsections: "Spring / Weather".
    """
    kept: list[Section] = []
    above: list[tuple[int, Section]] = []  # the sections without text that the current one belongs to, by position
    in_headings: set[int] = set()  # positions
    for position, section in enumerate(sections):
        while above and above[-1][1].level >= section.level:
            above.pop()
        if section.text.strip():
            names = [*(parent.heading for _, parent in above), section.heading]
            kept.append(section.model_copy(update={"heading": " / ".join(names)}))
            in_headings.update(parent for parent, _ in above)
        elif section.heading:
            above.append((position, section))
    return kept, len(sections) - len(kept) - len(in_headings)


class Page(Record):
    """A wiki's page at one revision, as sections of plain prose."""

    title: Text
    page_id: int
    revision_id: int
    revision_timestamp: Text  # ISO 8601
    url: Text
    language: Text
    license: Text  # SPDX identifier
    sections: list[Section]

    @property
    def has_text(self) -> bool:
        return any(section.text.strip() for section in self.sections)

    @property
    def plain_text(self) -> str:
        """Title, headings and paragraphs, one per line."""
        parts = [self.title]
        for section in self.sections:
            parts += [section.heading, *section.text.split("\n")]
        return "\n".join(part for part in parts if part.strip())


class Source(Record):
    """Where an example comes from. Only synthetic examples have a page: `title`, `revision_id` and `url`."""

    kind: Literal["synthetic", "general"]
    title: str | None = None
    revision_id: int | None = None
    url: str | None = None


class Teacher(Record):
    """Who wrote an example or a judgment: the rules, the rubric, a file, or a language model (`model`)."""

    name: Text
    model: str | None = None


@lru_cache(maxsize=256)
def _share_source(source: Source) -> Source:
    """The first of equal sources. Examples take two fifths less memory if those of a page have one in common."""
    return source


@lru_cache(maxsize=256)
def _share_teacher(teacher: Teacher) -> Teacher:
    return teacher


class Example(Record):
    """One instruction with its answer. `kind` is the kind of task ("plural", "when"), or "" if that is unknown."""

    id: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    instruction: str
    input: str
    output: str
    kind: str
    source: Annotated[Source, AfterValidator(_share_source)]
    teacher: Annotated[Teacher, AfterValidator(_share_teacher)]

    @model_validator(mode="after")
    def _id_is_the_hash_of_the_texts(self) -> "Example":
        expected = example_id(self.instruction, self.input, self.output)
        if self.id != expected:
            raise ValueError(f"id {self.id} is not the hash of the three texts, which is {expected}")
        return self


class RawRow(Record):
    """A row that should be an example, but is malformed."""

    place: Text  # file and line
    text: Annotated[str, Field(max_length=200)]  # its beginning


class Rejection(Record):
    """An example that curation or the split left out, and why."""

    example: Example | RawRow
    reason: Annotated[str, Field(pattern=r"^[a-z_]+$")]  # the name of a rule, or the auditor's reason
    evidence: Text  # for people to read


class Answer(Record):
    """A model's answer. `finish` is "stop" if the model ended it, "length" if the token limit or the context did."""

    text: str
    tokens: Annotated[int, Field(ge=0)]
    finish: Literal["stop", "length"]


class Answers(Record):
    """A test instruction, its reference answer (`output`) and the answer of each model."""

    id: str
    instruction: str
    input: str
    output: str
    answers: dict[Role, Answer]


class Scores(Record):
    factual_correctness: Score
    instruction_adherence: Score
    clarity_and_usefulness: Score
    total: Annotated[int, Field(ge=0, le=TOTAL_MAX)]

    @model_validator(mode="after")
    def _total_is_the_sum(self) -> "Scores":
        if self.total != sum(getattr(self, criterion) for criterion in CRITERIA):
            raise ValueError(f"total {self.total} is not the sum of the three criteria")
        return self


class Judgment(Record):
    """A judge's reply about one answer, or about two, in the order in which the judge saw them."""

    id: str
    models: Annotated[tuple[Contestant, ...], Field(min_length=1, max_length=2)]
    repeat: Annotated[int, Field(ge=0)]
    scores: dict[Contestant, Scores]  # of each model; empty if the judgment failed
    declared: Contestant | Literal["tie"] | None  # the judge's own choice; None for a single answer
    winner: Contestant | Literal["tie"] | None  # by the totals; None for a single answer
    justification: str  # the judge's words, or what went wrong
    judge: Teacher
    status: Literal["ok", "failed"]
    reason: str | None = None  # why it failed, as a code: not_json, timed_out, ...
    raw: str  # the unparsed reply; "" for the rubric
    stripped: tuple[str, ...] = ()  # what stood around the object in it: thinking, fence, prose, ...

    @model_validator(mode="after")
    def _failed_or_complete(self) -> "Judgment":
        if set(self.scores) != (set(self.models) if self.status == "ok" else set()):
            raise ValueError(f"{self.status}, with scores of {sorted(self.scores)}, about {', '.join(self.models)}")
        return self


class CheckJudgment(Judgment):
    """A judge's reply in a check of the judge itself."""

    check: CheckName
    constant: str = ""  # in the check of that name: the answer to everything that is tried


def example_id(instruction: str, input: str, output: str) -> str:
    """The first 16 hex digits of the SHA-256 of the three texts, joined by NUL characters."""
    return hashlib.sha256("\0".join((instruction, input, output)).encode()).hexdigest()[:16]


def make_example(
    *, instruction: str, input: str = "", output: str, kind: str, source: Source, teacher: Teacher
) -> Example:
    return Example(
        id=example_id(instruction, input, output),
        instruction=instruction,
        input=input,
        output=output,
        kind=kind,
        source=source,
        teacher=teacher,
    )
