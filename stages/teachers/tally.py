"""What becomes of pages in the stage `synth`: lines to write, and counts, added up so that few pages are in memory."""

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from stages.common.records import Page
from stages.teachers import Lesson


@dataclass
class Tally:
    """Counts over pages. An example takes eight bytes here."""

    pages: int = 0
    with_input: int = 0
    kinds: Counter[str] = field(default_factory=Counter)  # examples by kind; a model's have none
    without: Counter[str] = field(default_factory=Counter)  # pages without examples, by reason
    passed_over: Counter[str] = field(default_factory=Counter)  # sentences, by reason
    fewer: int = 0  # pages about which a language model wrote fewer examples than asked for
    surplus: int = 0  # examples that it wrote beyond that; they are left out
    stripped: Counter[str] = field(default_factory=Counter)  # what stood around the objects in its replies
    ids: "array[int]" = field(default_factory=lambda: array("Q"))  # of the examples; copies have the same id

    def add(self, lesson: Lesson) -> None:
        self.pages += 1
        self.passed_over += lesson.skipped
        self.kinds.update(example.kind or "unnamed" for example in lesson.examples)
        self.fewer += lesson.fewer
        self.surplus += lesson.surplus
        self.stripped.update(lesson.stripped)
        self.ids.extend(int(example.id, 16) for example in lesson.examples)
        self.with_input += sum(example.input != "" for example in lesson.examples)
        if lesson.empty_because:
            self.without[lesson.empty_because] += 1

    def update(self, other: "Tally") -> None:
        """Adds the counts over other pages."""
        for part in fields(self):
            value = getattr(self, part.name)
            value += getattr(other, part.name)  # counters and ids in place
            setattr(self, part.name, value)

    @property
    def different(self) -> int:
        """How many examples are no copies. The ids are sorted for that, in place."""
        if not self.ids:
            return 0
        ids = np.frombuffer(self.ids, np.uint64)
        ids.sort()
        return 1 + int(np.count_nonzero(ids[1:] != ids[:-1]))

    @property
    def copies(self) -> int:
        """How many examples repeat an earlier one word for word. Curation rejects them."""
        return self.kinds.total() - self.different

    def facts(self) -> dict[str, Any]:
        """Everything but the ids, as JSON."""
        return {part.name: getattr(self, part.name) for part in fields(self) if part.name != "ids"}

    @classmethod
    def of(cls, facts: dict[str, Any], ids: bytes) -> "Tally":
        """The tally with these `facts()`; each id is an unsigned number of 64 bits."""
        counts: dict[str, Any] = {
            name: Counter(value) if isinstance(value, dict) else value for name, value in facts.items()
        }
        return cls(**counts, ids=array("Q", ids))


@dataclass(frozen=True)
class TaughtPart:
    """What a teacher has written about some pages."""

    lines: Sequence[str]  # examples as JSON
    tally: Tally  # of these pages
    empty: Sequence[tuple[str, str]]  # titles of the pages without examples, with the reason as a code


def taught_part(lessons: Iterable[tuple[Page, Lesson]]) -> TaughtPart:
    """All lessons together."""
    lines, tally, empty = [], Tally(), []
    for page, lesson in lessons:
        tally.add(lesson)
        lines += [example.model_dump_json() for example in lesson.examples]
        if lesson.empty_because:
            empty.append((page.title, lesson.empty_because))
    return TaughtPart(lines, tally, empty)
