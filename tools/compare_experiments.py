"""Experiments as Git keeps them: DVC makes each a commit, with its parameters and its metrics."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from ruamel.yaml import YAML

from stages.common.errors import StageError
from stages.common.params import Scalar, dotted_keys

JUDGE = "reports/metrics/judge.json"
TRAIN = {size: f"reports/metrics/train_{size}.json" for size in ("full", "small")}


@dataclass(frozen=True)
class Experiment:
    name: str  # of the experiment, or the revision as it was given
    params: dict[str, Scalar]  # by dotted key; a list as JSON
    val_loss: dict[str, float]  # nats a token, by model; each on its own validation set
    totals: dict[str, float]  # mean of the judge's totals, 0 to 15 points, by model


def find(revisions: Sequence[str]) -> list[Experiment]:
    """Those revisions (experiments by their names, commits, branches), or all experiments of the commit that is checked
    out. Raises StageError where one isn't there, or hasn't been run to its end."""
    if revisions:
        return [read(revision, _reference(revision)) for revision in revisions]
    head = git("rev-parse", "HEAD").strip()
    found = _references(f"refs/exps/{head[:2]}/{head[2:]}")
    if not found:
        raise StageError(
            "the commit that is checked out has no experiment; run some with `dvc exp run --queue -S ...` and "
            "`dvc queue start`, or name revisions"
        )
    return [read(reference.rpartition("/")[2], reference) for reference in found]


def read(name: str, revision: str) -> Experiment:
    params = YAML(typ="safe").load(_file(name, revision, "params.yaml"))
    train = {size: json.loads(_file(name, revision, path)) for size, path in TRAIN.items()}
    judge = json.loads(_file(name, revision, JUDGE))
    return Experiment(
        name=name,
        params=dotted_keys(params),
        val_loss={size: metrics["val_loss"] for size, metrics in train.items()},
        totals={role: scores["total"] for role, scores in judge["models"].items() if "total" in scores},
    )


def _reference(revision: str) -> str:
    named = [one for one in _references("refs/exps") if one.endswith(f"/{revision}")]
    return named[0] if len(named) == 1 else revision  # of several, Git says that it doesn't know which


def _references(start: str) -> list[str]:
    """Of experiments, in the order of their names; DVC keeps other things there, too."""
    lines = git("for-each-ref", "--format=%(refname)", start).split()
    return [one for one in lines if len(one.split("/")) == 5]


def _file(name: str, revision: str, path: str) -> str:
    try:
        return git("show", f"{revision}:{path}")
    except StageError as error:
        raise StageError(
            f"{name} has no {path}: {error}\n  `dvc exp show` lists what there is, `dvc queue status` what failed"
        ) from None


def git(*words: str) -> str:
    """What Git answers. Raises StageError with the first line of what it says."""
    done = subprocess.run(["git", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise StageError((done.stderr.strip() or f"git {words[0]} failed").splitlines()[0])
    return done.stdout
