"""What a rule would reject at another threshold, as far as it can be told from the examples and the evidence.

Some thresholds are compared with what anyone can count, such as the words of an answer: then the numbers hold for kept
examples, too. Of others, only the evidence has the number, so that only a laxer threshold can be tried on paper. The
rest can't be told without running the rule.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from stages.common.records import Example
from stages.reporting.example_rows import ExampleFate

Bound = Literal["exact", "at_least"]
Told = Literal["both", "laxer", "not"]


@dataclass(frozen=True)
class Setting:
    """A threshold of a rule: a key of section `curate`."""

    key: str
    rejects: Literal["below", "above"] = "above"
    evidence: str = ""  # a pattern whose group is the number in the evidence of its rejections
    count: Callable[[ExampleFate], float | None] | None = None  # the number of any example; None: only evidence has it
    values: tuple[float, ...] = ()  # to try; (): fractions and multiples of the threshold
    bound: Bound = "exact"


@dataclass(frozen=True)
class Alternative:
    value: float
    rejected: int  # examples by this rule, for this threshold
    is_current: bool


@dataclass(frozen=True)
class WhatIf:
    """One threshold, and what other values of it would do; no alternatives where that can't be told."""

    key: str
    value: Any  # as in params.yaml
    told: Told
    bound: Bound
    alternatives: tuple[Alternative, ...]


def _words(*fields: str) -> Callable[[ExampleFate], float | None]:
    def count(fate: ExampleFate) -> float | None:
        example = fate.example
        return sum(len(getattr(example, field).split()) for field in fields) if isinstance(example, Example) else None

    return count


def _difficulty(fate: ExampleFate) -> float | None:
    """Only synthetic examples are sifted by it."""
    synthetic = isinstance(fate.example, Example) and fate.example.source.kind == "synthetic"
    return fate.score.difficulty if fate.score and synthetic else None


_SHARES = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
_DIFFICULTIES = (0.2, 0.4, 0.6, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)
_FACTORS = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
_LATER = 5  # years
SETTINGS: dict[str, tuple[Setting, ...]] = {
    "too_short": (
        Setting("min_task_words", "below", r"^the task has (\d+) word", _words("instruction", "input")),
        Setting("min_open_words", "below", r"is answered with (\d+) word"),
    ),
    "too_long": (
        Setting("max_instruction_words", "above", r"^instruction has (\d+) words", _words("instruction")),
        Setting("max_passage_words", "above", r"^input has (\d+) words", _words("input")),
        Setting("max_output_words", "above", r"^output has (\d+) words", _words("output")),
        Setting("max_word_length", "above", r"has a word of (\d+) characters"),
    ),
    "not_english": (Setting("max_foreign", "above", r"with probability (\d\.\d+)", values=_SHARES),),
    # The evidence is the first late date of an example, which may have others.
    "after_cutoff": (Setting("cutoff", "above", r"speaks of '.*?(2\d{3})", bound="at_least"),),
    "answer_in_input": (Setting("max_input_words"),),
    "contradicts_input": (Setting("max_input_words"),),
    "near_duplicate": (Setting("min_similarity"),),
    "too_easy": (Setting("min_ifd", "below", count=_difficulty, values=_DIFFICULTIES),),
    "too_hard": (Setting("max_ifd", "above", count=_difficulty, values=_DIFFICULTIES),),
}


def try_thresholds(rule: str, rows: Sequence[ExampleFate], curate: Mapping[str, Any]) -> Iterator[WhatIf]:
    """What other thresholds of a rule would do. `rows` are kept examples and those that the rule rejected; `curate` is
    the section of params.yaml."""
    for setting in SETTINGS.get(rule, ()):
        value = curate.get(setting.key)
        if setting.key == "cutoff":
            yield _try_cutoffs(setting, rows, str(value))
            continue
        current = float(value) if isinstance(value, int | float) else None  # a difficulty may be `none`
        numbers = list(_numbers(setting, rule, rows))
        told: Told = "both" if setting.count else "laxer" if setting.evidence else "not"
        if told == "not" or (told == "laxer" and current is None):
            yield WhatIf(setting.key, value, "not", setting.bound, ())
            continue
        below = setting.rejects == "below"
        alternatives = tuple(
            Alternative(tried, sum(number < tried if below else number > tried for number in numbers), tried == current)
            for tried in _values(setting, current)
            if told == "both" or current is None or (tried <= current if below else tried >= current)
        )
        yield WhatIf(setting.key, value, told, setting.bound, alternatives)


def _numbers(setting: Setting, rule: str, rows: Sequence[ExampleFate]) -> Iterator[float]:
    """What the threshold is compared with: of each example, or of those that the rule rejected for it."""
    for row in rows:
        mine = row.reason == rule and (not setting.evidence or re.search(setting.evidence, row.evidence))
        if setting.count and (mine or not row.reason):
            if (number := setting.count(row)) is not None:
                yield number
        elif mine and isinstance(mine, re.Match):
            yield float(mine[1])


def _values(setting: Setting, current: float | None) -> list[float]:
    """The thresholds to try, rising, with the current one."""
    if setting.values:
        return sorted({*setting.values, *([] if current is None else [current])})
    assert current is not None
    near = {current - 1, current + 1, current + 2} if current < 10 else set[float]()
    return sorted({max(1.0, round(current * factor)) for factor in _FACTORS} | {one for one in near if one >= 1})


def _try_cutoffs(setting: Setting, rows: Sequence[ExampleFate], cutoff: str) -> WhatIf:
    """Later years only: an example that was kept may speak of any year before."""
    years = [int(found[1]) for row in rows if (found := re.search(setting.evidence, row.evidence))]
    first = int(cutoff[:4])
    rejected = sum(row.reason == "after_cutoff" for row in rows)
    later = (
        Alternative(year, sum(found > year for found in years), False) for year in range(first + 1, first + 1 + _LATER)
    )
    return WhatIf(setting.key, cutoff, "laxer", setting.bound, (Alternative(first, rejected, True), *later))
