"""The teachers, which write the examples: each makes a Lesson about a page. One module or package per teacher."""

from collections import Counter
from dataclasses import dataclass, field

from stages.common.records import Example


@dataclass(frozen=True)
class Lesson:
    """The examples that a teacher wrote about a page."""

    examples: list[Example]
    empty_because: str | None = None  # why there are no examples, as a code; None if there are some
    skipped: Counter[str] = field(default_factory=Counter)  # sentences that were passed over, by reason
    fewer: bool = False  # a language model wrote fewer examples than it was asked for
    surplus: int = 0  # examples beyond what it was asked for; they are left out
    stripped: tuple[str, ...] = ()  # what stood around the object in a language model's reply
