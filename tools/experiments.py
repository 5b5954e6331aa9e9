"""Experiments: the parameters, metrics and test rows of a run, from its Git commit or from its folder.

DVC makes each experiment a Git commit, and all that is read here is in Git: no checkout and no cache of DVC is needed.
"""

import csv
import io
import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from stages.common.errors import StageError
from stages.common.files import read_text
from stages.common.params import Scalar, dotted_keys
from stages.common.records import ROLES
from stages.common.yaml_files import parse_yaml

JUDGE = "reports/metrics/judge.json"
TRAIN = {size: f"reports/metrics/train_{size}.json" for size in ("full", "small")}
ROWS = "reports/tables/rows.csv"


@dataclass(frozen=True)
class Experiment:
    name: str  # of the experiment, or the revision or folder as the user gave it
    params: dict[str, Scalar]  # by dotted key; a list as JSON
    val_loss: dict[str, float]  # nats per token, by model; each on its own validation set
    totals: dict[str, float]  # mean of the judge's totals, 0 to 15 points, by model
    place: str | Path = ""  # its revision, or its folder


@dataclass(frozen=True)
class JudgedRow:
    """A test row that counts: none of its judgments failed."""

    cluster: str  # its page, or the row itself if it is about none
    totals: dict[str, float]  # mean total, 0 to 15, by model
    outcomes: dict[str, float]  # by pair: 1 if its first model won, 0 if the second did, 0.5 for a tie


def find_experiments(names: Sequence[str]) -> list[Experiment]:
    """The folders of runs and the revisions (names of experiments, commits, branches); without any, all experiments of
    the commit that is checked out.

    Raises StageError if one doesn't exist, or hasn't been run to its end.
    """
    if names:
        return [read_experiment(name, _place(name)) for name in names]
    head = git("rev-parse", "HEAD").strip()
    references = _references(f"refs/exps/{head[:2]}/{head[2:]}")
    if not references:
        raise StageError(
            "the commit that is checked out has no experiment; run some with `dvc exp run --queue -S ...` and "
            "`dvc queue start`, or name revisions"
        )
    return [read_experiment(reference.rpartition("/")[2], reference) for reference in references]


def read_experiment(name: str, place: str | Path) -> Experiment:
    """Reads a run from its revision or folder. Raises StageError if it lacks parameters or metrics."""
    params = parse_yaml(_file(name, place, "params.yaml"), f"params.yaml of {name}")
    train = {size: json.loads(_file(name, place, path)) for size, path in TRAIN.items()}
    judge = json.loads(_file(name, place, JUDGE))
    return Experiment(
        name=name,
        params=dotted_keys(params),
        val_loss={size: metrics["val_loss"] for size, metrics in train.items()},
        totals={role: scores["total"] for role, scores in judge["models"].items() if "total" in scores},
        place=place,
    )


def read_judged_rows(experiment: Experiment) -> dict[str, JudgedRow | None]:
    """By id, in the order of the split; None for a row that doesn't count. Raises StageError if there are none."""
    lines = csv.DictReader(io.StringIO(_file(experiment.name, experiment.place, ROWS), newline=""))
    rows: dict[str, JudgedRow | None] = {}
    for line in lines:
        totals: dict[str, float] = {role: float(line[role]) for role in ROLES if line.get(role)}
        outcomes = {pair: float(outcome) for pair, outcome in line.items() if "-" in pair and outcome}
        cluster = f"page: {line['page']}" if line["page"] else f"row: {line['id']}"
        rows[line["id"]] = JudgedRow(cluster, totals, outcomes) if totals else None
    if not any(rows.values()):
        raise StageError(f"{experiment.name} has no judged row in {ROWS}; run it to its end")
    return rows


def _place(name: str) -> str | Path:
    """A folder with a run; otherwise the full reference of an experiment with this name; the name itself if there is
    none, or more than one: then Git says that it is unknown."""
    if (Path(name) / "params.yaml").is_file():
        return Path(name)
    named = [reference for reference in _references("refs/exps") if reference.endswith(f"/{name}")]
    return named[0] if len(named) == 1 else name


def _references(start: str) -> list[str]:
    """The references of experiments, in the order of their names: refs/exps/XX/REST_OF_THE_COMMIT/NAME. DVC keeps other
    things under refs/exps, too."""
    references = git("for-each-ref", "--format=%(refname)", start).split()
    return [reference for reference in references if reference.count("/") == 4]


def _file(name: str, place: str | Path, path: str) -> str:
    if isinstance(place, Path):
        return read_text(place / path)
    try:
        return git("show", f"{place}:{path}")
    except StageError as error:
        raise StageError(
            f"{name} has no {path}: {error}\n  `dvc exp show` lists what there is, `dvc queue status` what failed"
        ) from None


def git(*words: str) -> str:
    """The output of a Git command. Raises StageError with the first line of its error message."""
    done = subprocess.run(["git", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise StageError((done.stderr.strip() or f"git {words[0]} failed").splitlines()[0])
    return done.stdout
