"""The one training loop: the base model, the full and the small instruction-tuning all use it.

Losses are sums over supervised tokens divided by the number of supervised tokens, in a batch and in a whole
validation set alike, so that long and short examples weigh as much as their tokens do.
"""

import math
import random
from collections.abc import Callable, Sequence as Rows
from dataclasses import dataclass
from typing import Literal

import torch
import torch.nn.functional as F
from torch import Tensor
from tqdm import tqdm

from model.dataset import IGNORED, Batch, LossOn, Sequence, collate, length_grouped_batches
from model.gpt2 import GPT2

Schedule = Literal["constant", "linear", "cosine"]
Keep = Literal["best", "last"]


class TrainingError(Exception):
    """Training that cannot start or go on; the message says why and what to do."""


@dataclass(frozen=True)
class TrainingConfig:
    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float = 0.1
    warmup: float = 0.1  # share of all steps
    schedule: Schedule = "cosine"
    clip_norm: float = 1.0
    loss_on: LossOn = "all"
    evaluations: int = 10  # evenly spread over the run, the last one at its end
    keep: Keep = "best"  # of the evaluated states: the lowest validation loss on the tokens trained on, or the last
    seed: int = 0


@dataclass(frozen=True)
class Losses:
    """Mean cross-entropy in nats a token; `response` counts the tokens of responses alone."""

    all: float
    response: float


@dataclass(frozen=True)
class CurvePoint:
    """One evaluation. `train_loss` is the mean over the tokens since the point before (None before training)."""

    step: int
    epoch: float
    tokens: int
    learning_rate: float
    train_loss: float | None
    val_loss: float
    val_response_loss: float


@dataclass(frozen=True)
class TrainingResult:
    curve: tuple[CurvePoint, ...]
    kept: CurvePoint
    steps: int
    tokens: int  # supervised tokens seen


def train(
    model: GPT2, training: Rows[Sequence], validation: Rows[Sequence], config: TrainingConfig, pad: int
) -> TrainingResult:
    """Trains `model` in place and leaves it, in evaluation mode, in the state that `config.keep` names.

    AdamW (Loshchilov and Hutter, 2019) with its default betas (0.9, 0.999); weight decay on
    matrices alone, never on biases and layer norms. Raises TrainingError where there is nothing to train or
    validate on, or where the loss is not a number.
    """
    if not training or not validation:
        raise TrainingError(
            f"{len(training)} training and {len(validation)} validation sequences: need at least one each"
        )
    torch.use_deterministic_algorithms(True)
    torch.manual_seed(config.seed)  # dropout
    order = random.Random(config.seed)
    steps_per_epoch = math.ceil(len(training) / config.batch_size)
    steps = config.epochs * steps_per_epoch
    evaluate_at = {round(steps * (i + 1) / config.evaluations) for i in range(config.evaluations)}
    optimizer = _optimizer(model, config)
    rate_at = learning_rate_schedule(config, steps)

    start = evaluate(model, validation, pad)
    curve = [CurvePoint(0, 0.0, 0, 0.0, None, start.all, start.response)]
    kept = _Kept(config)
    step = tokens = 0
    loss_sum, loss_tokens = 0.0, 0
    with tqdm(total=steps, unit="step", desc="train", disable=None) as progress:
        for _ in range(config.epochs):
            for rows in length_grouped_batches(training, config.batch_size, order):
                for group in optimizer.param_groups:
                    group["lr"] = rate_at(step)
                batch_sum, batch_tokens = _step(model, optimizer, collate(rows, pad, config.loss_on), config, step)
                step += 1
                tokens += batch_tokens
                loss_sum, loss_tokens = loss_sum + batch_sum, loss_tokens + batch_tokens
                progress.update()
                progress.set_postfix(loss=f"{batch_sum / batch_tokens:.3f}", refresh=False)
                if step in evaluate_at:
                    losses = evaluate(model, validation, pad)
                    point = CurvePoint(
                        step=step,
                        epoch=step / steps_per_epoch,
                        tokens=tokens,
                        learning_rate=rate_at(step - 1),
                        train_loss=loss_sum / loss_tokens,
                        val_loss=losses.all,
                        val_response_loss=losses.response,
                    )
                    curve.append(point)
                    kept.offer(point, model)
                    loss_sum, loss_tokens = 0.0, 0
    return TrainingResult(tuple(curve), kept.restore(model), steps, tokens)


@torch.no_grad()
def evaluate(model: GPT2, sequences: Rows[Sequence], pad: int, batch_size: int = 16) -> Losses:
    """The losses over all of `sequences`, weighted by tokens. Leaves the model in evaluation mode."""
    model.eval()
    ordered = sorted(sequences, key=lambda sequence: len(sequence.tokens))
    total = torch.zeros(2, dtype=torch.float64)
    counts = torch.zeros(2, dtype=torch.int64)
    for start in range(0, len(ordered), batch_size):
        batch = collate(ordered[start : start + batch_size], pad)
        losses = token_losses(model, batch).double()
        in_response = batch.in_response[batch.targets != IGNORED]
        for index, some in enumerate((losses, losses[in_response])):
            total[index] += some.sum()
            counts[index] += len(some)
    overall, response = (total / counts).tolist()
    if not math.isfinite(overall):
        raise TrainingError(f"the validation loss is {overall}: lower the learning rate")
    return Losses(overall, response)


def token_losses(model: GPT2, batch: Batch) -> Tensor:
    """Cross-entropy of the supervised targets, in the order of the rows, [N].

    The logits of other positions, which can be most of a batch, are never computed.
    """
    supervised = batch.targets != IGNORED
    logits = model.logits(model(batch.inputs)[supervised])  # [N, vocab_size]
    return F.cross_entropy(logits, batch.targets[supervised], reduction="none")


def learning_rate_schedule(config: TrainingConfig, steps: int) -> Callable[[int], float]:
    """The rate at each step from 0: linear warm-up to `learning_rate`, then constant, linear or cosine to a tenth."""
    warmup = round(config.warmup * steps)
    floor = 0.1 * config.learning_rate

    def rate(step: int) -> float:
        if step < warmup:
            return config.learning_rate * (step + 1) / warmup
        done = (step - warmup) / max(1, steps - warmup)
        left = {"constant": 1.0, "linear": 1 - done, "cosine": (1 + math.cos(math.pi * done)) / 2}[config.schedule]
        return floor + (config.learning_rate - floor) * left

    return rate


def _optimizer(model: GPT2, config: TrainingConfig) -> torch.optim.AdamW:
    matrices = [parameter for parameter in model.parameters() if parameter.dim() >= 2]
    others = [parameter for parameter in model.parameters() if parameter.dim() < 2]
    groups = [{"params": matrices, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=config.learning_rate, fused=True)


def _step(
    model: GPT2, optimizer: torch.optim.Optimizer, batch: Batch, config: TrainingConfig, step: int
) -> tuple[float, int]:
    """One update; returns the sum of the batch's losses and the number of its supervised tokens."""
    model.train()
    supervised = int((batch.targets != IGNORED).sum())
    loss = token_losses(model, batch).sum() / supervised
    if not torch.isfinite(loss):
        raise TrainingError(
            f"the loss is {loss.item()} at step {step + 1}: lower the learning rate ({config.learning_rate})"
        )
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip_norm)
    if not torch.isfinite(norm):
        raise TrainingError(
            f"the gradient is {norm.item()} at step {step + 1}: lower the learning rate ({config.learning_rate})"
        )
    optimizer.step()
    return loss.item() * supervised, supervised


class _Kept:
    """The weights of the evaluation that counts."""

    def __init__(self, config: TrainingConfig) -> None:
        self.config = config
        self.point: CurvePoint | None = None
        self.weights: dict[str, Tensor] = {}

    def loss(self, point: CurvePoint) -> float:
        """The validation loss of the tokens that are trained on."""
        return point.val_loss if self.config.loss_on == "all" else point.val_response_loss

    def offer(self, point: CurvePoint, model: GPT2) -> None:
        if self.point is None or self.config.keep == "last" or self.loss(point) < self.loss(self.point):
            self.point = point
            self.weights = {name: tensor.clone() for name, tensor in model.state_dict().items()}

    def restore(self, model: GPT2) -> CurvePoint:
        if self.point is None:
            raise TrainingError("nothing was evaluated: `evaluations` must be at least 1")
        model.load_state_dict(self.weights)
        model.eval()
        return self.point
