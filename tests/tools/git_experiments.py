"""Experiments as commits of a real Git repository, as DVC makes them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from tools.experiments import git


def commit_experiment(name: str, loss: float, total: float, rows: str = "", **train: Any) -> None:
    """A commit under the reference that DVC gives an experiment of that name, on HEAD."""
    head = git("rev-parse", "HEAD").strip()
    write_experiment(loss, total, rows, **train)
    git("add", "--all")
    git("commit", "--quiet", "--message", name)
    git("update-ref", f"refs/exps/{head[:2]}/{head[2:]}/{name}", "HEAD")
    git("reset", "--quiet", "--hard", head)


def write_experiment(loss: float, total: float, rows: str = "", **train: Any) -> None:
    """The files of a run, into the current folder."""
    metrics = Path("reports/metrics")
    metrics.mkdir(parents=True, exist_ok=True)
    params = {"train": {"seed": 1, "rate": 0.1, "keep": "best", "pairs": ["a"]} | train}
    Path("params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    for size in ("full", "small"):
        (metrics / f"train_{size}.json").write_text(json.dumps({"val_loss": loss + (size == "small")}))
    models = {"base": {"total": 1.0}, "full": {"total": total}, "small": {"total": total - 1}}
    (metrics / "judge.json").write_text(json.dumps({"models": models}))
    if rows:
        Path("reports/tables").mkdir(exist_ok=True)
        Path("reports/tables/rows.csv").write_text(rows)


def row_lines(full: Sequence[int], small: Sequence[int], base: int = 0, first: int = 0) -> str:
    """reports/tables/rows.csv: a row for each total of `full` and `small`; two rows of each three are about one page.

    `first` is the number of the first row.
    """
    lines = ["id,page,base,small,full,full-base,full-small"]
    for row, (high, low) in enumerate(zip(full, small, strict=True), start=first):
        outcomes = [0.5 if high == other else float(high > other) for other in (base, low)]
        page = "" if row % 3 == 2 else f"Page {row // 3}"
        lines.append(f"row{row},{page},{base},{low},{high},{outcomes[0]},{outcomes[1]}")
    return "\n".join(lines) + "\n"


def commit_sweep() -> None:
    for rate, losses in ((0.1, (4.0, 5.0, 6.0)), (0.01, (3.0, 3.0, 3.0)), (1.0, (9.0, 9.0))):
        for seed, loss in enumerate(losses, start=1):
            commit_experiment(f"r{rate}-s{seed}", loss, 5.0 + seed, rate=rate, seed=seed)
