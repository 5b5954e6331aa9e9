"""GPT-2's own weights under real DVC."""

import json
from pathlib import Path

import torch

from tests.pipeline.conftest import Workspace
from tests.pipeline.test_dag import EXPECTED

AFTER_SPLIT = [*EXPECTED[EXPECTED.index("split") :]]  # split counts what base has read


def publish(folder: Path, seed: int) -> None:
    """Saves a GPT-2 of one block as transformers does."""
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(seed)
    GPT2LMHeadModel(GPT2Config(n_embd=16, n_layer=1, n_head=2, n_positions=512)).save_pretrained(folder)


def test_other_weights_under_the_same_path_run_the_stages_again(
    workspace: Workspace, gpt2_vocabulary: Path, tmp_path: Path
) -> None:
    """Guards against a report about weights that were there once, and against pages read for nothing."""
    publish(tmp_path / "published", seed=1)
    source = {"source": "path", "path": str(tmp_path / "published"), "vocabulary": str(gpt2_vocabulary)}
    workspace.set_params({"base": source})
    assert workspace.repro()[0] == AFTER_SPLIT
    first = json.loads(workspace.read("reports/metrics/base.json"))
    assert first["source"] == "path"
    assert workspace.repro("base")[0] == []
    publish(tmp_path / "published", seed=2)
    assert workspace.repro("base")[0] == ["base"]
    assert json.loads(workspace.read("reports/metrics/base.json"))["sha256"] != first["sha256"]


def test_weights_that_are_not_there_stop_the_run_with_a_message(workspace: Workspace, gpt2_vocabulary: Path) -> None:
    """Guards against a traceback for the folder as it comes with the project: without weights."""
    workspace.set_params({"base": {"source": "path", "vocabulary": str(gpt2_vocabulary)}})
    ran, output = workspace.repro(fails=True)
    assert ran == ["split", "base"]
    assert "error: data/weights/model.safetensors is missing" in output
    assert "Traceback" not in output
