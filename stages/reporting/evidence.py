"""Everything that the report rests on, read once."""

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stages.errors import StageError
from stages.files import read_json, read_jsonl, read_text
from stages.records import Answers, Example, Judgment, Role

METRICS = ("extract", "synth", "curate", "split", "base", "train_full", "train_small", "infer", "judge")


@dataclass(frozen=True)
class Row:
    """One test instruction: where it comes from, what the models answered, how that was judged."""

    example: Example
    answers: Answers
    judgments: tuple[Judgment, ...]

    def total(self, role: Role) -> float | None:
        """The mean of a model's totals over the row's judgments; None where none of them is usable."""
        totals = [one.scores[role].total for one in self.judgments if one.status == "ok" and role in one.models]
        return sum(totals) / len(totals) if totals else None


@dataclass(frozen=True)
class Evidence:
    params: Mapping[str, Any]
    metrics: Mapping[str, Any]  # by stage
    curves: Mapping[str, list[dict[str, float]]]  # full, small
    rows: tuple[Row, ...]


def gather(data: Path, reports: Path, params: Mapping[str, Any]) -> Evidence:
    """Raises StageError where a file is missing or the test split, answers and judgments are not of one run."""
    examples = read_jsonl(data / "splits/full/test.jsonl", Example)
    answers = {one.id: one for one in read_jsonl(data / "answers.jsonl", Answers)}
    judgments: dict[str, list[Judgment]] = {}
    for judgment in read_jsonl(data / "judgments.jsonl", Judgment):
        judgments.setdefault(judgment.id, []).append(judgment)
    if lost := [example.id for example in examples if example.id not in answers or example.id not in judgments]:
        raise StageError(f"{data}/answers.jsonl and judgments.jsonl lack test example {lost[0]}; run `dvc repro` again")
    return Evidence(
        params=params,
        metrics={name: read_json(reports / f"metrics/{name}.json") for name in METRICS},
        curves={size: read_curve(reports / f"curves/{size}.csv") for size in ("full", "small")},
        rows=tuple(Row(one, answers[one.id], tuple(judgments[one.id])) for one in examples),
    )


def read_curve(path: Path) -> list[dict[str, float]]:
    """A row a point; an empty field is left out. Raises StageError for what is no finite number."""
    rows = csv.DictReader(read_text(path).splitlines())
    return [
        {name: _finite(value, f"{path}:{line}: {name}") for name, value in row.items() if value}
        for line, row in enumerate(rows, start=2)
    ]


def _finite(text: str, place: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if math.isfinite(number):
        return number
    raise StageError(f"{place}: must be a finite number (is {text}); run `dvc repro`: it writes the file anew")
