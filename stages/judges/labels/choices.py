"""What people chose on the label page: reads the files that it downloads, and gives the answers their models back."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from stages.common.errors import StageError
from stages.common.files import describe, read_text
from stages.common.records import Answers, Record, Role
from stages.judges.labels.blinding import Comparison

log = logging.getLogger(__name__)

PAIRS = ("full-base", "full-small", "small-base")
ANEW = "`python -m stages.judge --label 50` writes a page of the present ones"

Key = tuple[str, str]  # a row's id and a pair of models
Choices = dict[Key, Role | Literal["tie"]]  # who won which comparison


class Label(Record):
    id: str  # of the row
    token: str  # of the comparison: blinding.py
    choice: Literal["A", "B", "tie"]


class LabelFile(Record):
    version: Literal[1]
    labeller: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]  # drawn by the page, so that it names nobody
    labels: Annotated[list[Label], Field(min_length=1)]


@dataclass(frozen=True)
class Labels:
    people: list[Choices]  # of each person, who chose anything about the present answers
    of_other_answers: int  # labels about what the models don't answer now, which are left out


def read_labels(path: Path, rows: Sequence[Answers]) -> Labels:
    """From one file, or from all *.json of a folder, which may hold none.

    Labels of answers that aren't those of `rows`, such as another training's, are counted and named in the log. Raises
    StageError for a file that the page didn't write, for a comparison that is labelled twice, and for two files of one
    person.
    """
    if not path.exists():
        raise StageError(f"{path} does not exist; judge.labels names a file of the label page, or a folder of them")
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    comparisons = _by_token(rows) if files else {}
    labellers: dict[str, Path] = {}
    people, others = [], 0
    for file in files:
        content = _read(file)
        earlier = labellers.setdefault(content.labeller, file)
        if earlier is not file:
            raise StageError(f"{earlier} and {file} are by the same person; keep the fuller one and delete the other")
        present = [label for label in content.labels if label.token in comparisons]
        if present:
            people.append(_choices(file, present, comparisons))
        if other := len(content.labels) - len(present):
            others += other
            log.warning("%s: %d of %d labels are about other answers; %s", file, other, len(content.labels), ANEW)
    return Labels(people, others)


def _read(file: Path) -> LabelFile:
    try:
        return LabelFile.model_validate_json(read_text(file))
    except ValidationError as error:
        raise StageError(f"{file} is not a file of the label page: {describe(error)}") from None


def _by_token(rows: Sequence[Answers]) -> dict[str, Comparison]:
    """Every comparison that a page of these answers may show."""
    comparisons = [Comparison(*one) for one in product(rows, PAIRS, (False, True))]
    return {comparison.token: comparison for comparison in comparisons}


def _choices(file: Path, labels: Sequence[Label], comparisons: Mapping[str, Comparison]) -> Choices:
    choices: Choices = {}
    for label in labels:
        comparison = comparisons[label.token]
        key = (comparison.row.id, comparison.pair)
        if key in choices:
            raise StageError(f"{file}: {comparison.pair} of row {label.id} is labelled twice; keep one of the two")
        choices[key] = "tie" if label.choice == "tie" else comparison.models["AB".index(label.choice)]
    return choices
