"""What a teacher makes of a page."""

from collections import Counter
from dataclasses import dataclass, field

from stages.common.records import Example


@dataclass(frozen=True)
class Lesson:
    """A page's examples; `nothing` says why there are none, `skipped` why sentences were passed over.

    Of a language model: whether it wrote fewer than it was asked for, and how many more, which are left out.
    """

    examples: list[Example]
    nothing: str | None = None
    skipped: Counter[str] = field(default_factory=Counter)
    fewer: bool = False
    surplus: int = 0
