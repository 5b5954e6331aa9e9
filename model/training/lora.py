"""LoRA: training small matrices beside frozen large ones (Hu et al., 2021, "LoRA: Low-Rank Adaptation of Large
Language Models"). Merged, they leave a checkpoint like any other."""

from typing import TypeVar

import torch
from torch import Tensor, nn

from model.core.gpt2 import GPT2, Conv1D

Layer = TypeVar("Layer", bound=nn.Module)


class LoRA(nn.Module):
    """A frozen linear layer plus `alpha / rank` times the product of two trained matrices, the second of which starts
    at zero."""

    def __init__(self, linear: Conv1D, rank: int, alpha: float, generator: torch.Generator) -> None:
        super().__init__()
        inputs, outputs = linear.weight.shape
        like = linear.weight
        self.linear = linear.requires_grad_(False)
        self.scale = alpha / rank
        self.down = nn.Parameter(torch.empty(inputs, rank, dtype=like.dtype))
        self.up = nn.Parameter(torch.zeros(rank, outputs, dtype=like.dtype, device=like.device))
        nn.init.normal_(self.down, std=rank**-0.5, generator=generator)
        self.down.data = self.down.data.to(like.device)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.linear(x)
        return y + (x.to(self.down.dtype) @ self.down @ self.up) * self.scale

    def merged(self) -> Conv1D:
        with torch.no_grad():
            self.linear.weight.add_((self.down @ self.up) * self.scale)
        return self.linear


def add_lora(model: GPT2, rank: int, alpha: float, seed: int) -> None:
    """Freezes the model and puts trainable matrices of `rank` beside all linear layers of its blocks."""
    generator = torch.Generator().manual_seed(seed)
    model.requires_grad_(False)
    for parent, name, linear in _children(model, Conv1D):
        setattr(parent, name, LoRA(linear, rank, alpha, generator))


def merge_lora(model: GPT2) -> None:
    """Adds the trained products to the weights that they stood beside, and puts those back in their places."""
    for parent, name, layer in _children(model, LoRA):
        setattr(parent, name, layer.merged())
    model.requires_grad_(True)


def _children(model: GPT2, kind: type[Layer]) -> list[tuple[nn.Module, str, Layer]]:
    return [
        (parent, name, child)
        for parent in model.modules()
        for name, child in parent.named_children()
        if isinstance(child, kind)
    ]
