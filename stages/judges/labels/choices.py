"""What people chose on the label page, which shows answers under the letters A and B: reads the files it downloads.

The page has no model names, only a token for each comparison. Only someone who has the answers can find out which
models a token means, by computing the tokens of all comparisons.
"""

import hashlib
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
from stages.judges.protocol import pair_roles

log = logging.getLogger(__name__)

PAIRS = ("full-base", "full-small", "small-base")
HINT = "`wikitune label 50` writes a page of the present ones"

Key = tuple[str, str]  # a row's id and a pair of models
Choices = dict[Key, Role | Literal["tie"]]  # who won which comparison


@dataclass(frozen=True)
class Comparison:
    """Two models' answers to one instruction, shown as A and B."""

    row: Answers
    pair: str  # such as "full-base"
    swapped: bool  # False: A is the pair's first model and B its second; True: the other way round

    @property
    def models(self) -> tuple[Role, Role]:
        """The models of A and B."""
        first, second = pair_roles(self.pair)
        return (second, first) if self.swapped else (first, second)

    @property
    def texts(self) -> tuple[str, str]:
        """The answers A and B."""
        a, b = self.models
        return self.row.answers[a].text, self.row.answers[b].text

    @property
    def token(self) -> str:
        """The first 16 hex digits of the SHA-256 of all texts shown and of the models: other answers, another token."""
        parts = (self.row.id, self.row.instruction, self.row.input, self.row.output, *self.texts, *self.models)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


class Label(Record):
    id: str  # of the row
    token: str  # of the comparison
    choice: Literal["A", "B", "tie"]


class LabelFile(Record):
    version: Literal[1]
    labeller: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]  # a random number of the page, which identifies nobody
    labels: Annotated[list[Label], Field(min_length=1)]


@dataclass(frozen=True)
class Labels:
    people: list[Choices]  # of each person who labelled any of the present answers
    of_other_answers: int  # number of labels about other answers than the present ones; they are left out


def read_labels(path: Path, rows: Sequence[Answers]) -> Labels:
    """Reads one file, or every *.json file of a folder, which may have none.

    Labels about other answers than those of `rows`, such as those of an earlier training, are counted and named in the
    log. Raises StageError for a path that doesn't exist, a file that the page didn't write, a comparison labelled
    twice, and two files by the same person.
    """
    if not path.exists():
        raise StageError(f"{path} does not exist; judge.labels names a file of the label page, or a folder of them")
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    comparisons = _by_token(rows) if files else {}
    labellers: dict[str, Path] = {}
    people, of_other_answers = [], 0
    for file in files:
        content = _read_label_file(file)
        earlier = labellers.setdefault(content.labeller, file)
        if earlier is not file:
            raise StageError(f"{earlier} and {file} are by the same person; keep the fuller one and delete the other")
        present = [label for label in content.labels if label.token in comparisons]
        if present:
            people.append(_choices(file, present, comparisons))
        if other := len(content.labels) - len(present):
            of_other_answers += other
            log.warning("%s: %d of %d labels are about other answers; %s", file, other, len(content.labels), HINT)
    return Labels(people, of_other_answers)


def _read_label_file(file: Path) -> LabelFile:
    try:
        return LabelFile.model_validate_json(read_text(file))
    except ValidationError as error:
        raise StageError(f"{file} is not a file of the label page: {describe(error)}") from None


def _by_token(rows: Sequence[Answers]) -> dict[str, Comparison]:
    """Every comparison that a page with these answers can show."""
    comparisons = (Comparison(row, pair, swapped) for row, pair, swapped in product(rows, PAIRS, (False, True)))
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
