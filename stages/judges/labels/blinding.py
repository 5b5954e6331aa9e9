"""Two answers under letters instead of names, and a token by which only who has the answers can tell whose they are."""

import hashlib
from dataclasses import dataclass

from stages.common.records import Answers, Role
from stages.judges.sheets import pair_roles


@dataclass(frozen=True)
class Comparison:
    """What a person is asked about: two models' answers to one instruction."""

    row: Answers
    pair: str  # "full-base": A is the first of them, B the second
    swapped: bool  # or the other way round

    @property
    def models(self) -> tuple[Role, Role]:
        """Whose answers A and B are."""
        first, second = pair_roles(self.pair)
        return (second, first) if self.swapped else (first, second)

    @property
    def texts(self) -> tuple[str, str]:
        """A and B."""
        a, b = self.models
        return self.row.answers[a].text, self.row.answers[b].text

    @property
    def token(self) -> str:
        """16 hex digits of the SHA-256 of all that is shown and of whose it is: other answers, another token."""
        parts = (self.row.id, self.row.instruction, self.row.input, self.row.output, *self.texts, *self.models)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
