"""Everything that the report rests on, read once. What a run doesn't have is left out, and the report says so."""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from stages.common.errors import StageError
from stages.common.files import read_json, read_jsonl, read_text
from stages.common.records import Answers, Example, Judgment, Role
from stages.reporting.sweep import Sweep, read_sweep

METRICS = ("extract", "synth", "curate", "split", "base", "train_full", "train_small", "infer", "judge")
SIZES = ("full", "small")

R = TypeVar("R", bound=BaseModel)
Curve = list[dict[str, float]]


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95% interval, where it has one."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Row:
    """One test instruction: where it comes from, what the models answered, how that was judged."""

    example: Example
    in_small: bool  # whether it is a test row of the small split, too
    answers: Answers | None
    judgments: tuple[Judgment, ...]

    @property
    def counts(self) -> bool:
        """Whether the row stands behind the judge's figures, which leave out rows with a failed judgment."""
        return bool(self.judgments) and all(one.status == "ok" for one in self.judgments)

    def comparisons(self, *roles: Role) -> list[Judgment]:
        """The judgments of two answers side by side, all of `roles` among them; none for a row that doesn't count."""
        both = [one for one in self.judgments if len(one.models) == 2 and set(roles) <= set(one.models)]
        return both if self.counts else []

    def score(self, role: Role) -> float | None:
        """The mean of a model's totals over the row's comparisons; None where there is none."""
        totals = [one.scores[role].total for one in self.comparisons(role)]
        return sum(totals) / len(totals) if totals else None


@dataclass(frozen=True)
class Evidence:
    params: Mapping[str, Any]  # params.yaml, by section
    metrics: Mapping[str, Any]  # by stage; {} for a stage without
    curves: Mapping[str, Curve]  # full, small; [] for a run without
    rows: tuple[Row, ...]
    sweep: Sweep | None = None  # how much data a model needs; None where nobody asked

    def number(self, stage: str, *path: str) -> float | None:
        """A figure of a stage's metrics, None where it isn't there."""
        found: Any = self.metrics.get(stage, {})
        for name in path:
            found = found.get(name) if isinstance(found, Mapping) else None
        return found if isinstance(found, int | float) else None

    def estimate(self, stage: str, *path: str) -> Estimate | None:
        """A figure with the interval that stands beside it, as `NAME_low` and `NAME_high`."""
        *outer, name = path
        value = self.number(stage, *path)
        low, high = (self.number(stage, *outer, f"{name}_{end}") for end in ("low", "high"))
        return None if value is None else Estimate(value, low, high)

    def part(self, stage: str, *path: str) -> Mapping[str, Any]:
        """A table of a stage's metrics, empty where it isn't there."""
        found: Any = self.metrics.get(stage, {})
        for name in path:
            found = found.get(name, {})
        return found if isinstance(found, Mapping) else {}


def gather(data: Path, reports: Path, params: Mapping[str, Any]) -> Evidence:
    """Files may be missing or empty. Raises StageError where one is damaged, or answers or judgments are not those of
    the test split."""
    examples = _records(data / "splits/full/test.jsonl", Example)
    answers = {one.id: one for one in _records(data / "answers.jsonl", Answers)}
    judgments: dict[str, list[Judgment]] = {}
    for judgment in _records(data / "judgments.jsonl", Judgment):
        judgments.setdefault(judgment.id, []).append(judgment)
    small = {example.id for example in _records(data / "splits/small/test.jsonl", Example)}
    known = {example.id for example in examples}
    if strange := sorted((answers.keys() | judgments.keys()) - known) or (answers and sorted(known - answers.keys())):
        raise StageError(
            f"{data}/answers.jsonl and judgments.jsonl are not those of the test split, which differs in "
            f"{strange[0]}; run `dvc repro` again"
        )
    return Evidence(
        params=params,
        metrics={name: _metrics(reports / f"metrics/{name}.json") for name in METRICS},
        curves={size: _curve(reports / f"curves/{size}.csv") for size in SIZES},
        rows=tuple(
            Row(one, one.id in small, answers.get(one.id), tuple(judgments.get(one.id, ()))) for one in examples
        ),
        sweep=read_sweep(reports, params),
    )


def _records(path: Path, record: type[R]) -> list[R]:
    return read_jsonl(path, record) if _has_content(path) else []


def _metrics(path: Path) -> Any:
    return read_json(path) if _has_content(path) else {}


def _curve(path: Path) -> Curve:
    """A row a point; an empty field is left out. Raises StageError for what is no finite number."""
    rows = csv.DictReader(read_text(path).splitlines()) if _has_content(path) else ()
    return [
        {name: _finite(value, f"{path}:{line}: {name}") for name, value in row.items() if value}
        for line, row in enumerate(rows, start=2)
    ]


def _has_content(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _finite(text: str, place: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if math.isfinite(number):
        return number
    raise StageError(f"{place}: must be a finite number (is {text}); run `dvc repro`: it writes the file anew")
