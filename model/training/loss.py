"""The loss: cross-entropy of the next token, of one batch for training and over a whole set for validation.

All losses are in nats. Means are over tokens: a long example weighs more than a short one, by its number of targets.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from model.core.gpt2 import GPT2
from model.training.data import Batch, PaddedBatch, TokenSequence, pack, pad_rows, padded_width
from model.training.graphs import Graphs, pinned

# Rows of scores converted to float32 at a time.
CHUNK = 32  # on a CPU: 6 MB for GPT-2's vocabulary, which fits its cache
GPU_CHUNK = 4096  # on a GPU, where each step of the loop waits for a dozen kernels to start: 800 MB
# A GPU multiplies matrices a fraction as fast if their rows don't start at multiples of 128 bytes.
ALIGNMENT = 64  # columns of scores in bfloat16
Softmax = Callable[[Tensor, Tensor], Tensor]  # `softmax_in_place`, or a compiled form of it
EVALUATION_TOKENS = 2**14  # of a padded batch: enough to keep a GPU busy


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


class PaddedEvaluation:
    """`evaluate` for a GPU: in large padded batches that stay the same from call to call, without waiting for one
    before the next. The sums stay on the device until the end."""

    def __init__(
        self, model: GPT2, sequences: Sequence[TokenSequence], pad: int, graphs: Graphs, tokens: int = EVALUATION_TOKENS
    ) -> None:
        """`tokens` limits a batch, padding included; a row that is longer is a batch of its own."""
        self.model, self.graphs = model, graphs
        context = model.config.n_positions
        ordered = sorted(sequences, key=lambda sequence: len(sequence.tokens))
        self.tables: list[Tensor] = []
        for width, group in groupby(ordered, lambda sequence: padded_width(len(sequence.tokens) - 1, context)):
            rows = list(group)
            most = max(1, tokens // width)
            parts = [rows[start : start + most] for start in range(0, len(rows), most)]
            self.tables += [pinned(pad_rows(part, pad, len(part), context).table, graphs.device) for part in parts]
        # Losses over all targets and over those of responses, then their numbers.
        self.sums = torch.zeros(4, dtype=torch.float64, device=model.wte.weight.device)

    def expect(self, times: int) -> None:
        """Says how often `mean_losses` is to be called."""
        self.graphs.expect("evaluate", [table.shape for table in self.tables] * times)

    @torch.no_grad()
    def mean_losses(self) -> MeanLosses:
        """The mean losses over all sequences. Puts the model in evaluation mode and leaves it there."""
        self.model.eval()
        self.sums.zero_()
        for table in self.tables:
            self.graphs.run("evaluate", table, self._add)
        loss, response_loss, count, response_count = self.sums.tolist()
        return MeanLosses(loss / count, response_loss / response_count)

    def _add(self, table: Tensor) -> None:
        """Adds a batch's losses to the sums."""
        batch = PaddedBatch(table)
        embedding = self.model.wte.weight
        hidden = self.model.hidden(batch.tokens, batch.layout()).to(embedding.dtype)
        losses = _token_losses(hidden, embedding, batch.targets).double()
        weights = torch.stack([batch.weights("all"), batch.weights("response")]).double()
        self.sums += torch.cat([(weights * losses).sum(1), weights.sum(1)])


def softmax_in_place(scores: Tensor, targets: Tensor) -> Tensor:
    """Replaces the scores [N, V] by the probabilities of all tokens. Returns the losses of `targets` [N] (float32)."""
    log_probabilities = torch.log_softmax(scores, 1, dtype=torch.float32)
    torch.exp(log_probabilities, out=scores)
    return -log_probabilities.gather(1, targets[:, None])[:, 0]


def padded_batch_loss(
    model: GPT2, hidden: Tensor, batch: PaddedBatch, weights: Tensor, softmax: Softmax = softmax_in_place
) -> Tensor:
    """The sum of a padded batch's losses, each multiplied by its entry of `weights` [N] (float32).

    `hidden` [N, C] are the hidden states of the batch's tokens. `softmax` may be a compiled `softmax_in_place`.
    """
    embedding = model.wte.weight
    loss: Tensor = _CrossEntropyInLargePieces.apply(  # type: ignore[no-untyped-call]
        hidden.to(embedding.dtype), embedding, batch.targets, weights, softmax
    )
    return loss


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


class _CrossEntropyInLargePieces(torch.autograd.Function):
    """The same for a GPU: few kernels, each over many rows. All are deterministic, and none waits for the device, so a
    graph can hold them. (`index_put`, which assigns through indices, sorts them where it must be deterministic, and
    reads them first.)"""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, targets: Tensor, weights: Tensor, softmax: Softmax) -> Tensor:
        aligned = _aligned(weight)
        gradient = _scores(hidden, aligned, len(weight))  # their gradient replaces them below
        losses = torch.empty(len(hidden), dtype=torch.float32, device=hidden.device)
        for start in range(0, len(hidden), GPU_CHUNK):
            chunk = slice(start, start + GPU_CHUNK)
            losses[chunk] = softmax(gradient[chunk], targets[chunk])
        # Softmax - one-hot target. One element a row, so the order of the atomic additions doesn't matter.
        gradient.scatter_(1, targets[:, None], -1.0, reduce="add")
        ctx.save_for_backward(hidden, aligned, gradient, weights)
        ctx.vocabulary = len(weight)
        return (losses * weights).sum()

    @staticmethod
    def backward(ctx: Any, total_gradient: Tensor) -> tuple[Tensor, Tensor | None, None, None, None]:
        hidden, aligned, gradient, weights = ctx.saved_tensors
        hidden_gradient = (gradient @ aligned).mul_((weights * total_gradient)[:, None])
        weight_gradient = None
        if ctx.needs_input_grad[1]:  # LoRA freezes it
            weighted = hidden * weights[:, None].to(hidden.dtype)
            weight_gradient = (gradient.t() @ weighted)[: ctx.vocabulary].mul_(total_gradient)
        return hidden_gradient, weight_gradient, None, None, None


def _token_losses(hidden: Tensor, weight: Tensor, targets: Tensor) -> Tensor:
    """The loss of each target [N] (float32), without a gradient, for a GPU."""
    aligned = _aligned(weight)
    losses = torch.empty(len(hidden), dtype=torch.float32, device=hidden.device)
    for start in range(0, len(hidden), GPU_CHUNK):
        chunk = slice(start, start + GPU_CHUNK)
        losses[chunk] = softmax_in_place(_scores(hidden[chunk], aligned, len(weight)), targets[chunk])
    return losses


def _aligned(weight: Tensor) -> Tensor:
    """The output matrix [V, C] with rows of zeros at its end, so that their number is a multiple of `ALIGNMENT`."""
    return F.pad(weight, (0, 0, 0, -len(weight) % ALIGNMENT))


def _scores(hidden: Tensor, aligned: Tensor, vocabulary: int) -> Tensor:
    """The scores [N, V'] of an aligned matrix; those that belong to no token are minus infinity."""
    scores = hidden @ aligned.t()
    scores[:, vocabulary:] = -torch.inf
    return scores
