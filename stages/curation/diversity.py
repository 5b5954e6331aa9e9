"""How different the kept examples are from one another, in numbers that runs can be compared by."""

import math
from collections import Counter
from collections.abc import Mapping
from hashlib import blake2b

from stages.common.records import Example
from stages.english.normal_form import normal_form

FIELDS = ("instruction", "input", "output")
QUANTILES = {"min": 0.0, "p5": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95, "max": 1.0}
SHOWN_WORDS = 20  # first words that are listed


class Diversity:
    """Counts examples one by one. It keeps eight bytes of each distinct text, so that millions fit into memory."""

    def __init__(self) -> None:
        self._examples = 0
        self._instructions: set[bytes] = set()
        self._answers: set[bytes] = set()
        self._first_words: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._lengths: dict[str, Counter[int]] = {field: Counter() for field in FIELDS}  # words -> examples

    def add(self, example: Example) -> None:
        self._examples += 1
        self._instructions.add(_digest(example.instruction))
        self._answers.add(_digest(example.output))
        words = example.instruction.split()
        self._first_words[words[0].strip(".,:;!?\"'").lower() if words else ""] += 1
        self._kinds[example.kind] += 1
        for field, lengths in self._lengths.items():
            if text := getattr(example, field):  # most examples have no input
                lengths[len(text.split())] += 1

    def metrics(self) -> dict[str, object]:
        """All counts. An effective number is that of equally frequent kinds with the same entropy."""
        return {
            "examples": self._examples,
            "distinct_instructions": len(self._instructions),
            "distinct_answers": len(self._answers),
            "first_words": len(self._first_words),
            "effective_first_words": effective_number(self._first_words),
            "kinds": len(self._kinds),
            "effective_kinds": effective_number(self._kinds),
            "words": {field: quantiles(lengths) for field, lengths in self._lengths.items() if lengths},
            "most_common_first_words": dict(_by_count(self._first_words)[:SHOWN_WORDS]),
            "most_common_kinds": dict(_by_count(self._kinds)[:SHOWN_WORDS]),
        }


def effective_number(counts: Mapping[str, int]) -> float:
    """The exponential of the entropy of the shares (Hill, 1973: the diversity number of order 1); 0 of nothing."""
    total = sum(counts.values())
    return math.exp(-sum(n / total * math.log(n / total) for n in sorted(counts.values()))) if total else 0.0


def quantiles(lengths: Mapping[int, int]) -> dict[str, int]:
    """Nearest-rank quantiles of at least one length; `lengths` says how many examples have each."""
    total = sum(lengths.values())
    found: dict[str, int] = {}
    for name, share in QUANTILES.items():
        rank, seen = max(1, math.ceil(share * total)), 0
        for length in sorted(lengths):
            seen += lengths[length]
            if seen >= rank:
                found[name] = length
                break
    return found


def _by_count(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _digest(text: str) -> bytes:
    return blake2b(normal_form(text).encode("utf-8", "surrogatepass"), digest_size=8).digest()
