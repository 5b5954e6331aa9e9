"""Weights as transformers saves them, and changes to them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from model.core.gpt2 import GPT2
from model.core.weights import load_weights
from model.core.weights_file import check_weights

Tensors = dict[str, Tensor]
TINY_SIZES = {"vocab_size": 50, "n_positions": 24, "n_embd": 16, "n_layer": 2, "n_head": 2}


def save_as_transformers_does(folder: Path, scale: float, **changed: int) -> Path:
    """A checkpoint with scaled-up random weights and embeddings of equal length, so that the greedy text varies."""
    from transformers import GPT2Config, GPT2LMHeadModel

    sizes: dict[str, Any] = TINY_SIZES | changed
    torch.manual_seed(5)
    peer = GPT2LMHeadModel(GPT2Config(**sizes, bos_token_id=0, eos_token_id=sizes["vocab_size"] - 1))
    with torch.no_grad():
        for parameter in peer.parameters():
            parameter.mul_(scale if parameter.dim() == 2 else 1)
        peer.transformer.wte.weight.div_(peer.transformer.wte.weight.norm(dim=1, keepdim=True))
    peer.save_pretrained(folder)
    return folder


def load_folder(path: Path) -> GPT2:
    return load_weights(check_weights(path))


def change_tensors(folder: Path, edit: Callable[[Tensors], Any]) -> Path:
    """Edits the tensors of a checkpoint; returns their file."""
    file = folder / "model.safetensors"
    tensors = {name: tensor.clone() for name, tensor in load_file(file).items()}
    edit(tensors)
    save_file(tensors, file, metadata={"format": "pt"})
    return file
