"""Preferences under real DVC: an experiment like any other, and never about a test row."""

import json

import pytest

from tests.pipeline.conftest import Workspace


def write_preferences(workspace: Workspace, side: str) -> None:
    """Prefers the reference of each row to another answer."""
    lines = (workspace.folder / f"data/splits/full/{side}.jsonl").read_text(encoding="utf-8").splitlines()
    examples = [json.loads(line) for line in lines]
    rows = [
        {
            "prompt": [{"role": "user", "content": example["instruction"]}],
            "chosen": [{"role": "assistant", "content": example["output"]}],
            "rejected": [{"role": "assistant", "content": "It is not known."}],
        }
        for example in examples
        if not example["input"]
    ]
    path = workspace.folder / "data/preferences/own.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@pytest.mark.slow
def test_an_experiment_learns_preferences_and_is_judged(workspace: Workspace) -> None:
    """Guards against an objective that DVC doesn't see, and against preferences that change another model than full."""
    small = workspace.read("data/checkpoints/small/model.safetensors")
    full = workspace.read("data/checkpoints/full/model.safetensors")
    write_preferences(workspace, "train")
    workspace.run("dvc", "exp", "run", "-S", "train.objective=dpo", "-S", "train.dpo.learning_rate=1e-3")
    assert json.loads(workspace.read("reports/metrics/train_full.json"))["dpo"]["accuracy"] > 0.5
    assert workspace.read("data/checkpoints/small/model.safetensors") == small
    assert workspace.read("data/checkpoints/full/model.safetensors") != full
    assert "Full then learned" in workspace.read("reports/report.md").decode()
    assert "full" in json.loads(workspace.read("reports/metrics/judge.json"))["models"]

    write_preferences(workspace, "test")
    output = workspace.run("dvc", "exp", "run", "-S", "train.objective=dpo", fails=True)
    assert "is no instruction of the training side; preferences about other rows, such as test rows" in output
