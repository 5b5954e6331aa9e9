"""Direct preference optimization (DPO): learning from pairs of answers, of which one is better.

Rafailov et al., 2023, "Direct Preference Optimization: Your Language Model is Secretly a Reward Model"
(arXiv:2305.18290), equation 7. A model's implicit reward for an answer is beta times how much more likely the answer is
than under the reference model, in nats; the loss is that of a logistic regression on the difference of the two rewards.
The reference is the model as it was before. It enters only by its log-probabilities, which are computed once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import fmean

import torch
import torch.nn.functional as F
from torch import Tensor

from model.core.gpt2 import GPT2
from model.training.data import Batch, LossOn, TokenSequence, pack

BATCH = 8  # pairs that are scored at a time


@dataclass(frozen=True, kw_only=True)
class PreferencePair(TokenSequence):
    """The better answer to a prompt, as a sequence, with the worse one to the same prompt beside it."""

    rejected: TokenSequence
    # How much more likely the better answer is than the worse one under the reference model: the difference of their
    # log-probabilities, in nats.
    reference_margin: float = 0.0

    def supervised(self, loss_on: LossOn) -> int:  # noqa: ARG002
        """A pair counts once in the loss, however long its answers are."""
        return 1


@dataclass(frozen=True)
class PreferenceFit:
    """How well a model tells the better answers of pairs from the worse ones; means over the pairs, in nats."""

    loss: float
    accuracy: float  # share of the pairs whose better answer has the higher reward, 0 to 1; equal ones count half
    reward_margin: float  # by how much
    chosen_change: float  # of the better answers' log-probabilities, against the reference
    rejected_change: float


def make_pair(chosen: TokenSequence, rejected: TokenSequence) -> PreferencePair:
    return PreferencePair(chosen.tokens, chosen.response_start, rejected=rejected)


def flatten_pairs(pairs: Sequence[PreferencePair]) -> list[TokenSequence]:
    """The sequences of the pairs: all better ones, then all worse ones."""
    chosen = [TokenSequence(pair.tokens, pair.response_start) for pair in pairs]
    return [*chosen, *(pair.rejected for pair in pairs)]


def preference_losses(margins: Tensor, reference_margins: Tensor, beta: float) -> Tensor:
    """The loss of each pair, [B], from how much more likely its better answer is than its worse one under the model and
    under the reference, [B] each, in nats."""
    return -F.logsigmoid(beta * (margins - reference_margins))


def response_log_probabilities(model: GPT2, hidden: Tensor, batch: Batch, rows: int) -> Tensor:
    """The log-probability of each row's response, [rows] (float32), from the hidden states [N, C] of the batch."""
    places = batch.in_response.nonzero()[:, 0]
    scores = model.logits(hidden[batch.packed.sources[places]]).float()
    losses = F.cross_entropy(scores, batch.packed.targets[places], reduction="none")
    return -torch.zeros(rows, device=losses.device).index_add(0, batch.packed.row_index[places], losses)


@torch.no_grad()
def pair_log_probabilities(model: GPT2, pairs: Sequence[PreferencePair], pad: int) -> Iterator[tuple[float, float]]:
    """The log-probabilities of each pair's better and worse answer, in nats. Puts the model in evaluation mode."""
    model.eval()
    for start in range(0, len(pairs), BATCH):
        rows = flatten_pairs(pairs[start : start + BATCH])
        batch = pack(rows, pad).to(model.wte.weight.device)
        found = response_log_probabilities(model, model.hidden(batch.packed.tokens, batch.packed), batch, len(rows))
        chosen, rejected = found.view(2, -1).tolist()
        yield from zip(chosen, rejected, strict=True)


def with_reference(
    pairs: Sequence[PreferencePair], log_probabilities: Sequence[tuple[float, float]]
) -> list[PreferencePair]:
    """The pairs with the margins of a reference model, from what `pair_log_probabilities` says of it."""
    return [
        replace(pair, reference_margin=chosen - rejected)
        for pair, (chosen, rejected) in zip(pairs, log_probabilities, strict=True)
    ]


def preference_fit(
    reference: Sequence[tuple[float, float]], model: Sequence[tuple[float, float]], beta: float
) -> PreferenceFit:
    """Compares a model with its reference, by the log-probabilities that they give the answers of the same pairs."""
    changes = torch.tensor(model, dtype=torch.float64) - torch.tensor(reference, dtype=torch.float64)  # [pairs, 2]
    margins = changes[:, 0] - changes[:, 1]
    return PreferenceFit(
        loss=preference_losses(margins, torch.zeros_like(margins), beta).mean().item(),
        accuracy=fmean((margin > 0) + (margin == 0) / 2 for margin in margins.tolist()),
        reward_margin=beta * margins.mean().item(),
        chosen_change=changes[:, 0].mean().item(),
        rejected_change=changes[:, 1].mean().item(),
    )
