"""Noise on the embeddings while training: NEFTune."""

import torch
from torch import Tensor

from model.core.gpt2 import GPT2
from model.training.data import Batch


def neftune_noise(batch: Batch, model: GPT2, alpha: float) -> Tensor:
    """Uniform noise [N, C], of size alpha / sqrt(L C) for a row of L tokens (Jain et al., 2023, "NEFTune: Noisy
    Embeddings Improve Instruction Finetuning")."""
    positions = batch.rows.positions
    noise = torch.rand(len(positions), model.config.n_embd, device=positions.device) * 2 - 1
    lengths = torch.ones(len(positions), device=positions.device)
    for start, length in batch.rows.spans():
        lengths[start : start + length] = length
    return noise * (alpha / (lengths * model.config.n_embd).sqrt())[:, None]
