"""The loss: cross-entropy of the next token, of one batch for training and over a whole set for validation.

All losses are in nats. Means are over tokens: a long example weighs more than a short one, by its number of targets.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from model.core.gpt2 import GPT2
from model.training.data import Batch, TokenSequence, pack

# Rows of scores converted to float32 at a time.
CHUNK = 32  # on a CPU: 6 MB for GPT-2's vocabulary, which fits its cache
GPU_CHUNK = 4096  # on a GPU, where each step of the loop waits for a dozen kernels to start: 800 MB


@dataclass(frozen=True)
class MeanLosses:
    """Mean losses per token: over all targets, and over the targets that belong to responses."""

    all: float
    response: float


def batch_loss(model: GPT2, hidden: Tensor, batch: Batch, weights: Tensor) -> tuple[Tensor, Tensor]:
    """The sum of a batch's losses, each multiplied by its weight, and the unweighted losses [M] (no gradient).

    `hidden` [N, C] are the hidden states of the batch's tokens; `weights` [M] (float32) belong to its pairs of token
    and target.
    """
    embedding = model.wte.weight  # also the output matrix
    return linear_cross_entropy(
        hidden[batch.packed.sources].to(embedding.dtype), embedding, batch.packed.targets, weights
    )


@torch.no_grad()
def evaluate(model: GPT2, sequences: Sequence[TokenSequence], pad: int, batch_size: int = 16) -> MeanLosses:
    """The mean losses over all of `sequences`. Puts the model in evaluation mode and leaves it there."""
    model.eval()
    ordered = sorted(sequences, key=lambda sequence: len(sequence.tokens))
    sums = torch.zeros(2, dtype=torch.float64)  # over all targets, over those of responses
    counts = torch.zeros(2, dtype=torch.float64)
    for start in range(0, len(ordered), batch_size):
        batch = pack(ordered[start : start + batch_size], pad).to(model.wte.weight.device)
        hidden = model.hidden(batch.packed.tokens, batch.packed)
        _, losses = batch_loss(model, hidden, batch, batch.packed.repeats)
        for index, weights in enumerate((batch.packed.repeats, batch.in_response)):
            sums[index] += (losses.double() * weights).sum().cpu()
            counts[index] += weights.sum().cpu()
    mean, response_mean = (sums / counts).tolist()
    return MeanLosses(mean, response_mean)


def linear_cross_entropy(hidden: Tensor, weight: Tensor, targets: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """Cross-entropy of `targets` [N] (int64) under the scores `hidden @ weight.T`, never holding all scores in float32.

    Returns the sum of the losses, each multiplied by its entry of `weights` [N] (float32), and the unweighted losses
    [N] (float32, no gradient). `hidden` [N, C] and `weight` [V, C] have the same dtype, in which the scores are
    computed; softmax and sums are in float32.
    """
    result: tuple[Tensor, Tensor] = _LinearCrossEntropy.apply(hidden, weight, targets, weights)  # type: ignore[no-untyped-call]
    return result


class _LinearCrossEntropy(torch.autograd.Function):
    """The forward pass already computes the gradient of the scores and overwrites the scores with it, chunk by chunk.
    The backward pass is then two matrix products."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, targets: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        losses = torch.empty(len(hidden), dtype=torch.float32, device=hidden.device)
        gradient = torch.mm(hidden, weight.t())  # [N, V]: the scores, which their gradient replaces below
        rows_at_a_time = CHUNK if hidden.device.type == "cpu" else GPU_CHUNK
        for start in range(0, len(hidden), rows_at_a_time):
            chunk = slice(start, start + rows_at_a_time)
            scores = gradient[chunk].float()
            rows = torch.arange(len(scores), device=scores.device)
            target_scores = scores[rows, targets[chunk]]
            largest = scores.amax(1, keepdim=True)
            total = scores.sub_(largest).exp_().sum(1, keepdim=True)  # `scores` now holds exponentials
            losses[chunk] = (total.log() + largest)[:, 0] - target_scores
            # Gradient of a weighted loss: weight * (softmax - one-hot target).
            gradient[chunk] = scores.mul_(weights[chunk, None] / total)
            gradient[start + rows, targets[chunk]] -= weights[chunk].to(gradient.dtype)
        ctx.save_for_backward(hidden, weight, gradient)
        ctx.mark_non_differentiable(losses)
        return (losses * weights).sum(), losses

    @staticmethod
    def backward(ctx: Any, total_gradient: Tensor, _: Tensor) -> tuple[Tensor, Tensor | None, None, None]:
        hidden, weight, gradient = ctx.saved_tensors
        hidden_gradient = (gradient @ weight).mul_(total_gradient)
        weight_gradient = None
        if ctx.needs_input_grad[1]:  # LoRA freezes it
            weight_gradient = (gradient.t() @ hidden).mul_(total_gradient)
        return hidden_gradient, weight_gradient, None, None
