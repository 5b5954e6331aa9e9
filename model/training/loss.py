"""Cross-entropy of an output layer, without the whole of its scores in single precision."""

from typing import Any

import torch
from torch import Tensor

CHUNK = 32  # rows of scores in float32 at a time: 6 MB for GPT-2's vocabulary, which a cache holds


class _LinearCrossEntropy(torch.autograd.Function):
    """The gradient of the scores takes the place of the scores, chunk by chunk, in the weight's precision: the
    backward pass is then two matrix products."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, targets: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
        losses = torch.empty(len(hidden), dtype=torch.float32, device=hidden.device)
        gradient = torch.mm(hidden, weight.t())  # the scores [N, V], for now
        for start in range(0, len(hidden), CHUNK):
            some = slice(start, start + CHUNK)
            scores = gradient[some].float()
            each = torch.arange(len(scores), device=scores.device)
            of_target = scores[each, targets[some]]
            largest = scores.amax(1, keepdim=True)
            total = scores.sub_(largest).exp_().sum(1, keepdim=True)
            losses[some] = (total.log() + largest)[:, 0] - of_target
            gradient[some] = scores.mul_(weights[some, None] / total)
            gradient[start + each, targets[some]] -= weights[some].to(gradient.dtype)
        ctx.save_for_backward(hidden, weight, gradient)
        ctx.mark_non_differentiable(losses)
        return (losses * weights).sum(), losses

    @staticmethod
    def backward(ctx: Any, of_total: Tensor, _: Tensor) -> tuple[Tensor, Tensor | None, None, None]:
        hidden, weight, gradient = ctx.saved_tensors
        of_hidden = (gradient @ weight).mul_(of_total)
        of_weight = (gradient.t() @ hidden).mul_(of_total) if ctx.needs_input_grad[1] else None  # it may be frozen
        return of_hidden, of_weight, None, None


def linear_cross_entropy(hidden: Tensor, weight: Tensor, targets: Tensor, weights: Tensor) -> tuple[Tensor, Tensor]:
    """The weighted sum of the cross-entropies (nats) of `targets` [N] under the scores `hidden @ weight.T`, and the
    single, unweighted losses [N] (float32, without gradient).

    `hidden` [N, C] and `weight` [V, C] have one dtype, in which the scores are computed; softmax and sums are in
    float32. `weights` [N] (float32) multiply the losses.
    """
    result: tuple[Tensor, Tensor] = _LinearCrossEntropy.apply(hidden, weight, targets, weights)  # type: ignore[no-untyped-call]
    return result
