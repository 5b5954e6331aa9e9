"""All that the report is based on, read once: parameters, metrics, curves, test rows and, if there is one, the sweep.

Files of the run may be missing or empty: the report leaves out what they would show, and says so.
"""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from stages.common.errors import StageError
from stages.common.files import read_json, read_jsonl, read_text
from stages.common.params import dotted_keys
from stages.common.records import Answers, Example, Judgment, Role

METRICS = ("extract", "synth", "curate", "diversity", "split", "base", "train_full", "train_small", "infer", "judge")
SIZES = ("full", "small")
SWEEP_PICTURE = Path("compare/split.small.svg")  # below reports/

R = TypeVar("R", bound=BaseModel)
Curve = list[dict[str, float]]  # a point a row: epoch, val_loss, ...


@dataclass(frozen=True)
class Measurement:
    """A value and, if it has one, its 95% interval."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class ReportRow:
    """One test instruction: where it comes from, what the models answered, how the answers were judged."""

    example: Example
    in_small: bool  # whether it is also a test row of the small split
    answers: Answers | None
    judgments: tuple[Judgment, ...]
    exact: Mapping[Role, bool] = field(default_factory=dict)  # whether each answer is exact; {} if nobody counted

    @property
    def counts(self) -> bool:
        """Whether the judge's figures include the row. They leave out rows that have a failed judgment."""
        return bool(self.judgments) and all(judgment.status == "ok" for judgment in self.judgments)

    def comparisons(self, *roles: Role) -> list[Judgment]:
        """The judgments of two answers side by side that all of `roles` are part of; [] if the row doesn't count."""
        if not self.counts:
            return []
        return [
            judgment for judgment in self.judgments if len(judgment.models) == 2 and set(roles) <= set(judgment.models)
        ]

    def score(self, role: Role) -> float | None:
        """A model's mean total over the row's comparisons, 0 to 15; None if there are none."""
        totals = [judgment.scores[role].total for judgment in self.comparisons(role)]
        return sum(totals) / len(totals) if totals else None


@dataclass(frozen=True)
class Sweep:
    """How much data is enough: the sweep of `split.small`, as `wikitune compare` has drawn it."""

    picture: str  # SVG
    differing: tuple[str, ...]  # dotted parameters in which the experiments differ from this run


@dataclass(frozen=True)
class Evidence:
    params: Mapping[str, Any]  # params.yaml, by section
    metrics: Mapping[str, Any]  # by stage; {} for a stage without metrics
    curves: Mapping[str, Curve]  # full, small; [] for a training without a curve
    rows: tuple[ReportRow, ...]
    sweep: Sweep | None = None

    def number(self, stage: str, *path: str) -> float | None:
        """A number in a stage's metrics; None if it isn't there."""
        value: Any = self.metrics.get(stage, {})
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value if isinstance(value, int | float) else None

    def measurement(self, stage: str, *path: str) -> Measurement | None:
        """A number with its interval, which the metrics store beside it as `NAME_95`, a list of its ends."""
        *outer, name = path
        value = self.number(stage, *path)
        low, high = self.table(stage, *outer).get(f"{name}_95", (None, None))
        return None if value is None else Measurement(value, low, high)

    def table(self, stage: str, *path: str) -> Mapping[str, Any]:
        """A mapping in a stage's metrics; {} if it isn't there."""
        value: Any = self.metrics.get(stage, {})
        for name in path:
            value = value.get(name, {})
        return value if isinstance(value, Mapping) else {}


def read_evidence(data: Path, reports: Path, params: Mapping[str, Any]) -> Evidence:
    """Reads a run from its folders; `params` is by section.

    Raises StageError if a file is damaged, or if the answers or judgments are not those of the test split.
    """
    examples = _read_records(data / "splits/full/test.jsonl", Example)
    answers = {row.id: row for row in _read_records(data / "answers.jsonl", Answers)}
    judgments: dict[str, list[Judgment]] = {}
    for judgment in _read_records(data / "judgments.jsonl", Judgment):
        judgments.setdefault(judgment.id, []).append(judgment)
    small = {example.id for example in _read_records(data / "splits/small/test.jsonl", Example)}
    exact = _read_object(data / "exact.json")
    tested = {example.id for example in examples}
    if foreign := sorted((answers.keys() | judgments.keys()) - tested) or (answers and sorted(tested - answers.keys())):
        raise StageError(
            f"{data}/answers.jsonl and judgments.jsonl are not those of the test split, which differs in "
            f"{foreign[0]}; run `dvc repro` again"
        )
    return Evidence(
        params=params,
        metrics={name: _read_object(reports / f"metrics/{name}.json") for name in METRICS},
        curves={size: _read_curve(reports / f"curves/{size}.csv") for size in SIZES},
        rows=tuple(
            ReportRow(
                example,
                in_small=example.id in small,
                answers=answers.get(example.id),
                judgments=tuple(judgments.get(example.id, ())),
                exact=exact.get(example.id, {}),
            )
            for example in examples
        ),
        sweep=read_sweep(reports, params),
    )


def read_sweep(reports: Path, params: Mapping[str, Any]) -> Sweep | None:
    """The sweep of `split.small`; None if nobody drew it. Raises StageError if a file of it is missing or damaged."""
    path = reports / SWEEP_PICTURE
    if not path.is_file():
        return None
    picture = read_text(path)
    if not ("<svg" in picture and picture.rstrip().endswith("</svg>")):
        raise StageError(f"{path} is not a complete SVG picture; draw it again with `wikitune compare`")
    shared = path.with_suffix(".json")  # the parameters that all of the experiments have in common
    if not shared.is_file():
        raise StageError(f"{path} has no {shared.name} beside it; draw it again with `wikitune compare`")
    ours = dotted_keys(params)
    return Sweep(picture, tuple(key for key, value in read_json(shared).items() if ours.get(key) != value))


def _read_records(path: Path, record: type[R]) -> list[R]:
    return read_jsonl(path, record) if _has_content(path) else []


def _read_object(path: Path) -> Any:
    return read_json(path) if _has_content(path) else {}


def _read_curve(path: Path) -> Curve:
    """The points of a CSV file, without the fields that are empty. Raises StageError for a value that isn't a finite
    number."""
    lines = csv.DictReader(read_text(path).splitlines()) if _has_content(path) else ()
    return [
        {name: _finite_number(text, f"{path}:{number}: {name}") for name, text in line.items() if text}
        for number, line in enumerate(lines, start=2)
    ]


def _has_content(path: Path) -> bool:
    return path.is_file() and path.stat().st_size > 0


def _finite_number(text: str, place: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if math.isfinite(number):
        return number
    raise StageError(f"{place}: must be a finite number (is {text}); run `dvc repro`: it writes the file again")
