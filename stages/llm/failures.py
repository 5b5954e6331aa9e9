"""The requests that got no usable answer: each is named in the log, and too many of them stop the run."""

import logging
from collections import Counter

from stages.common.errors import StageError
from stages.llm.outcomes import Outcome

log = logging.getLogger(__name__)

NAMES_SHOWN = 5


class Failures:
    def __init__(self, stage: str, wanted: Counter[str], most: float) -> None:
        """`wanted` is how many requests have a key, `most` the share of all that may fail."""
        self._stage, self._wanted, self._most = stage, wanted, most
        self._failed: dict[str, Outcome] = {}

    def note(self, key: str, result: Outcome) -> None:
        """Raises StageError where there are too many now. A list that is too short is none: what it holds is used."""
        if result.reason is None:
            return
        what = "no usable answer" if result.value is None else "a part of an answer"
        log.warning("%s: %s: %s, %s (%s)", self._stage, result.name, what, result.reason, result.detail)
        if result.value is not None:
            return
        self._failed[key] = result
        failures = sum(self._wanted[one] for one in self._failed)
        if failures / self._wanted.total() > self._most:
            raise StageError(self._too_many(failures))

    def _too_many(self, failures: int) -> str:
        reasons: Counter[str] = Counter()
        for key, result in self._failed.items():
            reasons[str(result.reason)] += self._wanted[key]
        names = [result.name for result in self._failed.values()]
        cut = "\n  Raise max_output_tokens for what was cut: at temperature 0 it is not asked again with the same limit"
        return (
            f"{self._stage}: {failures} of {self._wanted.total()} requests have no usable answer, and max_failure_rate "
            f"is {self._most:g}: "
            + ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
            + f"\n  among them: {', '.join(names[:NAMES_SHOWN])}"
            + (cut if "cut_at_the_limit" in reasons else "")
            + "\n  The answers are in the journal: run again to ask only what has none, or raise max_failure_rate"
        )
