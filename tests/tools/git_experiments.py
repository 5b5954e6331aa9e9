"""Experiments as commits of a real Git repository, as DVC makes them."""

import json
from pathlib import Path
from typing import Any

import yaml

from tools.sweeps import git


def commit_experiment(name: str, loss: float, total: float, **train: Any) -> None:
    """A commit under the reference that DVC gives an experiment of that name, on HEAD."""
    head = git("rev-parse", "HEAD").strip()
    metrics = Path("reports/metrics")
    metrics.mkdir(parents=True, exist_ok=True)
    params = {"train": {"seed": 1, "rate": 0.1, "keep": "best", "pairs": ["a"]} | train}
    Path("params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    for size in ("full", "small"):
        (metrics / f"train_{size}.json").write_text(json.dumps({"val_loss": loss + (size == "small")}))
    models = {"base": {"total": 1.0}, "full": {"total": total}, "small": {"total": total - 1}}
    (metrics / "judge.json").write_text(json.dumps({"models": models}))
    git("add", "--all")
    git("commit", "--quiet", "--message", name)
    git("update-ref", f"refs/exps/{head[:2]}/{head[2:]}/{name}", "HEAD")
    git("reset", "--quiet", "--hard", head)


def commit_sweep() -> None:
    for rate, losses in ((0.1, (4.0, 5.0, 6.0)), (0.01, (3.0, 3.0, 3.0)), (1.0, (9.0, 9.0))):
        for seed, loss in enumerate(losses, start=1):
            commit_experiment(f"r{rate}-s{seed}", loss, 5.0 + seed, rate=rate, seed=seed)
