"""Two options that change what the layers compute while training: LoRA and NEFTune.

The result is a plain GPT-2 in both cases: LoRA's matrices are merged into the weights at the end, and NEFTune's noise
is added only while training.
"""

from typing import TypeVar

import torch
from torch import Tensor, nn

from model.core.gpt2 import GPT2, Conv1D

Layer = TypeVar("Layer", bound=nn.Module)


class LoRA(nn.Module):
    """A frozen linear layer plus `alpha / rank` times the product of two small trained matrices (Hu et al., 2021,
    "LoRA: Low-Rank Adaptation of Large Language Models"). The second matrix starts at zero, so that the layer computes
    what it did before."""

    def __init__(self, linear: Conv1D, rank: int, alpha: float, generator: torch.Generator) -> None:
        super().__init__()
        inputs, outputs = linear.weight.shape
        like = linear.weight
        self.linear = linear.requires_grad_(False)
        self.scale = alpha / rank
        self.down = nn.Parameter(torch.empty(inputs, rank, dtype=like.dtype))
        self.up = nn.Parameter(torch.zeros(rank, outputs, dtype=like.dtype, device=like.device))
        # Drawn on the CPU, so that the numbers are the same on any device.
        nn.init.normal_(self.down, std=rank**-0.5, generator=generator)
        self.down.data = self.down.data.to(like.device)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.linear(x)
        return y + (x.to(self.down.dtype) @ self.down @ self.up) * self.scale

    def merged(self) -> Conv1D:
        """The linear layer, with the trained product added to its weight."""
        with torch.no_grad():
            self.linear.weight.add_((self.down @ self.up) * self.scale)
        return self.linear


def add_lora(model: GPT2, rank: int, alpha: float, seed: int) -> None:
    """Freezes the model and puts trainable matrices beside all linear layers of its blocks, in place."""
    generator = torch.Generator().manual_seed(seed)
    model.requires_grad_(False)
    for parent, name, linear in _children(model, Conv1D):
        setattr(parent, name, LoRA(linear, rank, alpha, generator))


def merge_lora(model: GPT2) -> None:
    """Replaces each LoRA layer by its merged linear layer and makes all weights trainable again, in place."""
    for parent, name, layer in _children(model, LoRA):
        setattr(parent, name, layer.merged())
    model.requires_grad_(True)


def neftune_noise(lengths: Tensor, width: int, alpha: float) -> Tensor:
    """Noise [N, C] for embeddings of C = `width`: uniform between -s and s, with s = alpha / sqrt(L C) in a row of L
    tokens (Jain et al., 2023, "NEFTune: Noisy Embeddings Improve Instruction Finetuning"). `lengths` [N] (float32) has
    L for each token. The rows must not share a prefix."""
    noise = torch.rand(len(lengths), width, device=lengths.device) * 2 - 1
    return noise * (alpha / (lengths * width).sqrt())[:, None]


def _children(model: GPT2, kind: type[Layer]) -> list[tuple[nn.Module, str, Layer]]:
    """All layers of this kind, each with its parent module and its name there."""
    return [
        (parent, name, child)
        for parent in model.modules()
        for name, child in parent.named_children()
        if isinstance(child, kind)
    ]
