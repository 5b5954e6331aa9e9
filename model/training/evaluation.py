"""Mean losses over a set of sequences."""

import math
from collections.abc import Sequence as Rows

import torch
from torch import Tensor

from model.core.gpt2 import GPT2
from model.training.config import TrainingError
from model.training.data import Batch, Sequence, pack
from model.training.loss import linear_cross_entropy
from model.training.progress import Losses


@torch.no_grad()
def evaluate(model: GPT2, sequences: Rows[Sequence], pad: int, batch_size: int = 16) -> Losses:
    """The losses over all of `sequences`, weighted by tokens. Leaves the model in evaluation mode."""
    model.eval()
    ordered = sorted(sequences, key=lambda sequence: len(sequence.tokens))
    sums = torch.zeros(2, dtype=torch.float64)
    counts = torch.zeros(2, dtype=torch.float64)
    for start in range(0, len(ordered), batch_size):
        batch = pack(ordered[start : start + batch_size], pad).to(model.wte.weight.device)
        hidden = model.hidden(batch.rows.tokens, batch.rows)
        _, losses = batch_losses(model, hidden, batch, batch.rows.repeats)
        for index, weights in enumerate((batch.rows.repeats, batch.in_response)):
            sums[index] += (losses.double() * weights).sum().cpu()
            counts[index] += weights.sum().cpu()
    overall, response = (sums / counts).tolist()
    if not math.isfinite(overall):
        raise TrainingError(f"the validation loss is {overall}: lower the learning rate")
    return Losses(overall, response)


def batch_losses(model: GPT2, hidden: Tensor, batch: Batch, weights: Tensor) -> tuple[Tensor, Tensor]:
    """The weighted sum of a batch's losses, and each pair's own [M]."""
    weight = model.wte.weight
    return linear_cross_entropy(hidden[batch.rows.sources].to(weight.dtype), weight, batch.rows.targets, weights)
