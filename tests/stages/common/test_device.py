"""The device that a parameter asks for, on machines with and without a GPU."""

import os

import pytest
import torch

from stages.common.device import choose_device
from stages.common.errors import StageError

CPU = torch.device("cpu")


def test_a_gpu_that_is_not_there_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a message that names the parameter of another stage."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert choose_device("auto", "train.device") == choose_device("cpu", "train.device") == CPU
    with pytest.raises(StageError, match=r"params.yaml: infer.device is cuda, but torch sees no GPU; use cpu or auto"):
        choose_device("cuda", "infer.device")


def test_a_gpu_that_is_there_is_used_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against processes of torchrun that share one GPU, and against products that differ from run to run."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    used: list[torch.device] = []
    monkeypatch.setattr(torch.cuda, "set_device", used.append)
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    monkeypatch.delenv("LOCAL_RANK", raising=False)
    assert choose_device("cpu", "train.device") == CPU
    assert choose_device("auto", "train.device") == torch.device("cuda", 0)
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
    monkeypatch.setenv("LOCAL_RANK", "1")
    assert choose_device("cuda", "train.device") == torch.device("cuda", 1)
    assert used == [torch.device("cuda", 0), torch.device("cuda", 1)]
