"""The one training loop: the base model, the full and the small instruction-tuning all use it.

Losses are sums over supervised tokens divided by the number of supervised tokens, in a batch and in a whole
validation set alike, so that long and short examples weigh as much as their tokens do. How a batch is cut into
pieces, over processes or over memory, changes nothing but rounding.
"""

import hashlib
import json
import math
import random
from collections.abc import Callable, Iterator, Sequence as Rows
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import torch
from torch import Tensor
from tqdm import tqdm

from model.dataset import Batch, LossOn, Sequence, length_grouped_batches, pack
from model.gpt2 import GPT2
from model.lora import add_lora, merge_lora
from model.loss import linear_cross_entropy
from model.memory import keep_freed_memory
from model.parallel import Ranks
from model.resume import Snapshots
from model.weights import Weights

Schedule = Literal["constant", "linear", "cosine"]
Keep = Literal["best", "last"]
Precision = Literal["float32", "bfloat16"]
PRECISIONS: dict[Precision, torch.dtype] = {"float32": torch.float32, "bfloat16": torch.bfloat16}


class TrainingError(Exception):
    """Training that cannot start or go on; the message says why and what to do."""


@dataclass(frozen=True)
class TrainingConfig:
    epochs: int
    batch_size: int
    learning_rate: float
    micro_batch_size: int | None = None  # rows computed at a time, where a whole batch needs too much memory
    weight_decay: float = 0.1
    warmup: float = 0.1  # share of all steps
    schedule: Schedule = "cosine"
    clip_norm: float = 1.0
    loss_on: LossOn = "all"
    lora_rank: int | None = None  # train matrices of this rank beside the frozen weights, and merge them in the end
    lora_alpha: float = 16.0
    neftune: float = 0.0  # noise on the embeddings; 5 to 15 in the paper, 0 for none
    evaluations: int = 10  # evenly spread over the run, the last one at its end
    patience: int | None = None  # evaluations in a row without a lower validation loss that end the run
    keep: Keep = "best"  # of the evaluated states: the lowest validation loss on the tokens trained on, or the last
    precision: Precision = "float32"  # of the matrix products
    compile: bool = False  # torch.compile the forward pass
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


@dataclass
class _Progress:
    """Where a run is; with the weights and the optimizer's state, all that going on needs."""

    step: int = 0
    tokens: int = 0
    loss_sum: float = 0.0  # since the last evaluation, as are its tokens
    loss_tokens: int = 0
    without_gain: int = 0  # evaluations
    curve: list[CurvePoint] = field(default_factory=list)
    kept: CurvePoint | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, state: dict[str, Any]) -> "_Progress":
        curve = [CurvePoint(**point) for point in state["curve"]]
        kept = CurvePoint(**state["kept"]) if state["kept"] else None
        return cls(**state | {"curve": curve, "kept": kept})


def train(
    model: GPT2,
    training: Rows[Sequence],
    validation: Rows[Sequence],
    config: TrainingConfig,
    pad: int,
    snapshots: Snapshots | None = None,
    ranks: Ranks | None = None,
) -> TrainingResult:
    """Trains `model` in place and leaves it, in evaluation mode, in the state that `config.keep` names.

    AdamW (Loshchilov and Hutter, 2019) with its default betas (0.9, 0.999); weight decay on matrices alone, never on
    biases and layer norms. With `snapshots`, a run that was killed goes on from its newest one, to the same weights.
    Raises TrainingError where there is nothing to train or validate on, where the loss is not a number, or where
    memory is short.
    """
    if not training or not validation:
        raise TrainingError(
            f"{len(training)} training and {len(validation)} validation sequences: need at least one each"
        )
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]  # all is written first
    keep_freed_memory()
    run = _Run(model, training, validation, config, pad, snapshots, ranks or Ranks())
    try:
        return run.to_the_end()
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise TrainingError(
            f"memory is short at step {run.progress.step + 1}: set train.micro_batch_size below "
            f"{config.micro_batch_size or config.batch_size} rows ({error})"
        ) from error


def stepwise(model: GPT2, batches: Rows[Rows[Sequence]], config: TrainingConfig, pad: int) -> Iterator[float]:
    """Trains on the given batches, in their order and without evaluations; yields each one's mean loss."""
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    keep_freed_memory()
    every = [sequence for batch in batches for sequence in batch]
    run = _Run(model, every, every, config, pad, None, Ranks())
    for rows in batches:
        yield run.step(rows)[0]


class _Run:
    def __init__(
        self,
        model: GPT2,
        training: Rows[Sequence],
        validation: Rows[Sequence],
        config: TrainingConfig,
        pad: int,
        snapshots: Snapshots | None,
        ranks: Ranks,
    ) -> None:
        self.model, self.training, self.validation = model, training, validation
        self.config, self.pad, self.snapshots, self.ranks = config, pad, snapshots, ranks
        if config.lora_rank:
            add_lora(model, config.lora_rank, config.lora_alpha, config.seed)
        self.weights = Weights(model, PRECISIONS[config.precision])
        self.hidden = (
            torch.compile(self.weights.working.hidden, dynamic=True)
            if config.compile
            else (self.weights.working.hidden)
        )
        self.optimizer = _optimizer(self.weights.trained, config)
        self.steps_per_epoch = math.ceil(len(training) / config.batch_size)
        self.steps = config.epochs * self.steps_per_epoch
        self.evaluate_at = {round(self.steps * (i + 1) / config.evaluations) for i in range(config.evaluations)}
        self.rate_at = learning_rate_schedule(config, self.steps)
        self.progress = _Progress()
        self.kept_weights: dict[str, Tensor] = {}
        self.device = model.wte.weight.device

    def to_the_end(self) -> TrainingResult:
        self._go_on_from_snapshot()
        progress = self.progress
        if not progress.curve:
            losses = evaluate(self.weights.working, self.validation, self.pad)
            progress.curve.append(CurvePoint(0, 0.0, 0, 0.0, None, losses.all, losses.response))
        show = None if self.ranks.writes else True
        with tqdm(total=self.steps, initial=progress.step, unit="step", desc="train", disable=show) as bar:
            for epoch in range(progress.step // self.steps_per_epoch, self.config.epochs):
                order = random.Random(f"{self.config.seed} {epoch}")
                batches = length_grouped_batches(self.training, self.config.batch_size, order)
                for rows in batches[progress.step - epoch * self.steps_per_epoch :]:
                    loss, tokens = self.step(rows)
                    bar.update()
                    rate = bar.format_dict["rate"] or 0.0
                    bar.set_postfix_str(f"loss {loss:.3f}, {rate * tokens:,.0f} tokens/s", refresh=False)
                    if progress.step in self.evaluate_at:
                        self._evaluate()
                        if progress.without_gain == (self.config.patience or math.inf):
                            return self._result()
                    if self.snapshots and self.ranks.writes and self.snapshots.due():
                        self._save_snapshot()
        return self._result()

    def step(self, rows: Rows[Sequence]) -> tuple[float, int]:
        """One update; returns the batch's mean loss and the number of its supervised tokens."""
        config, progress = self.config, self.progress
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate_at(progress.step)
        # Dropout and noise are a function of seed and step, so that a run that goes on draws what it would have.
        torch.manual_seed((config.seed << 32) + progress.step * self.ranks.world + self.ranks.rank)
        supervised = sum(row.supervised(config.loss_on) for row in rows)
        if not supervised:
            raise TrainingError(f"no token of the batch of step {progress.step + 1} is supervised: check the examples")
        own = self.ranks.share(rows)
        size = config.micro_batch_size or config.batch_size
        self.weights.working.train()
        losses = [self._backward(own[start : start + size], supervised) for start in range(0, len(own), size)]
        loss_sum = torch.tensor(sum(losses), dtype=torch.float64, device=self.device)
        self.ranks.add_up([*self.weights.gradients(), loss_sum])
        loss = loss_sum.item()
        norm = self.weights.gradient_norm().item()
        for name, value in (("loss", loss), ("gradient", norm)):
            if not math.isfinite(value):
                raise TrainingError(
                    f"the {name} is {value} at step {progress.step + 1}: "
                    f"lower the learning rate ({config.learning_rate})"
                )
        self.weights.hand_over_gradients(min(1.0, config.clip_norm / (norm + 1e-6)))
        self.optimizer.step()
        self.weights.refresh()
        progress.step += 1
        progress.tokens += supervised
        progress.loss_sum += loss
        progress.loss_tokens += supervised
        return loss / supervised, supervised

    def _backward(self, rows: Rows[Sequence], supervised: int) -> float:
        """Adds the gradient of some rows' share of the batch's mean loss; returns their summed loss."""
        working, config = self.weights.working, self.config
        same_for_all = working.config.dropout == 0 and config.neftune == 0
        batch = pack(rows, self.pad, config.loss_on, share_prefix=same_for_all).to(working.wte.weight.device)
        noise = _noise(batch, working, config.neftune) if config.neftune else None
        hidden = self.hidden(batch.rows.tokens, batch.rows, noise)
        total, _ = _losses(working, hidden, batch, batch.weights)
        (total / supervised).backward()  # type: ignore[no-untyped-call]
        return float(total.item())

    def _evaluate(self) -> None:
        config, progress = self.config, self.progress
        losses = evaluate(self.weights.working, self.validation, self.pad)
        point = CurvePoint(
            step=progress.step,
            epoch=progress.step / self.steps_per_epoch,
            tokens=progress.tokens,
            learning_rate=self.rate_at(progress.step - 1),
            train_loss=progress.loss_sum / progress.loss_tokens,
            val_loss=losses.all,
            val_response_loss=losses.response,
        )
        progress.curve.append(point)
        progress.loss_sum, progress.loss_tokens = 0.0, 0
        best = min((self._loss(one) for one in progress.curve[1:-1]), default=math.inf)
        progress.without_gain = 0 if self._loss(point) < best else progress.without_gain + 1
        if config.keep == "last" or progress.without_gain == 0:
            progress.kept = point
            if config.keep == "best":
                self.kept_weights = {name: tensor.clone() for name, tensor in self.model.state_dict().items()}

    def _loss(self, point: CurvePoint) -> float:
        """The validation loss of the tokens that are trained on."""
        return point.val_loss if self.config.loss_on == "all" else point.val_response_loss

    def _result(self) -> TrainingResult:
        progress = self.progress
        if progress.kept is None:
            raise TrainingError("nothing was evaluated: `evaluations` must be at least 1")
        if self.kept_weights:
            self.model.load_state_dict(self.kept_weights)
        if self.config.lora_rank:
            merge_lora(self.model)
        self.model.eval()
        return TrainingResult(tuple(progress.curve), progress.kept, progress.step, progress.tokens)

    def _save_snapshot(self) -> None:
        assert self.snapshots is not None
        tensors = {f"weights/{name}": tensor for name, tensor in self.model.state_dict().items()}
        tensors |= {f"kept/{name}": tensor for name, tensor in self.kept_weights.items()}
        for name, parameter in self.weights.trained.items():
            for key, value in self.optimizer.state[parameter].items():
                tensors[f"optimizer/{key}/{name}"] = value
        self.snapshots.save(self.progress.step, tensors, self.progress.to_json())

    def _go_on_from_snapshot(self) -> None:
        found = self.snapshots.latest() if self.snapshots and self.ranks.writes else None
        known = torch.tensor([float(found is not None)], device=self.device)
        self.ranks.add_up([known])  # the others go on from what the first one found sound
        if self.snapshots and not self.ranks.writes and known.item():
            found = self.snapshots.latest()
        if found is None:
            return
        tensors, state = found
        self.progress = _Progress.from_json(state)
        parts: dict[str, dict[str, Tensor]] = {"weights": {}, "kept": {}, "optimizer": {}}
        for name, tensor in tensors.items():
            part, _, rest = name.partition("/")
            parts[part][rest] = tensor
        self.model.load_state_dict(parts["weights"])
        self.kept_weights = parts["kept"]
        for key_and_name, tensor in parts["optimizer"].items():
            key, _, name = key_and_name.partition("/")
            self.optimizer.state[self.weights.trained[name]][key] = tensor
        self.weights.refresh()


def fingerprint(
    model: GPT2, training: Rows[Sequence], validation: Rows[Sequence], config: TrainingConfig, ranks: Ranks
) -> str:
    """64 hex digits that differ wherever two runs could end in different weights."""
    digest = hashlib.sha256()
    digest.update(json.dumps([asdict(config), asdict(model.config), torch.__version__, ranks.world]).encode())
    for rows in (training, validation):
        digest.update(json.dumps([[row.response_start, *row.tokens] for row in rows]).encode())
    for name, tensor in model.state_dict().items():
        digest.update(name.encode())
        digest.update(tensor.cpu().contiguous().view(torch.uint8).numpy().data)
    return digest.hexdigest()


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
        _, losses = _losses(model, hidden, batch, batch.rows.repeats)
        for index, weights in enumerate((batch.rows.repeats, batch.in_response)):
            sums[index] += (losses.double() * weights).sum().cpu()
            counts[index] += weights.sum().cpu()
    overall, response = (sums / counts).tolist()
    if not math.isfinite(overall):
        raise TrainingError(f"the validation loss is {overall}: lower the learning rate")
    return Losses(overall, response)


def _losses(model: GPT2, hidden: Tensor, batch: Batch, weights: Tensor) -> tuple[Tensor, Tensor]:
    """The weighted sum of a batch's losses, and each pair's own [M]."""
    weight = model.wte.weight
    return linear_cross_entropy(hidden[batch.rows.sources].to(weight.dtype), weight, batch.rows.targets, weights)


def _noise(batch: Batch, model: GPT2, alpha: float) -> Tensor:
    """Uniform noise [N, C] on the embeddings, of size alpha / sqrt(L C) for a row of L tokens: NEFTune (Jain et al.,
    2023, "NEFTune: Noisy Embeddings Improve Instruction Finetuning")."""
    positions = batch.rows.positions
    noise = torch.rand(len(positions), model.config.n_embd, device=positions.device) * 2 - 1
    lengths = torch.ones(len(positions), device=positions.device)
    for start, length in batch.rows.spans():
        lengths[start : start + length] = length
    return noise * (alpha / (lengths * model.config.n_embd).sqrt())[:, None]


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


def _optimizer(trained: dict[str, torch.nn.Parameter], config: TrainingConfig) -> torch.optim.AdamW:
    matrices = [parameter for parameter in trained.values() if parameter.dim() >= 2]
    others = [parameter for parameter in trained.values() if parameter.dim() < 2]
    groups = [{"params": matrices, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=config.learning_rate, fused=True)
