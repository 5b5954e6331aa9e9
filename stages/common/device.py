"""Which device a stage computes on."""

import os
from typing import TYPE_CHECKING, Literal

from stages.common.errors import StageError

if TYPE_CHECKING:
    import torch

Device = Literal["auto", "cpu", "cuda"]


def choose_device(wanted: Device, key: str) -> "torch.device":
    """The device that the parameter `key` asks for: auto is a GPU if there is one. Under torchrun, each process of a
    machine takes another GPU. Raises StageError."""
    import torch

    has_gpu = torch.cuda.is_available()
    if wanted == "cuda" and not has_gpu:
        raise StageError(f"params.yaml: {key} is cuda, but torch sees no GPU; use cpu or auto")
    if wanted == "cpu" or not has_gpu:
        return torch.device("cpu")
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS is deterministic only with a fixed workspace
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", "0")))
    torch.cuda.set_device(device)
    return device
