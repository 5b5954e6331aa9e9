"""The one training loop: the base model, the full and the small instruction-tuning all use it.

Losses are sums over supervised tokens divided by the number of supervised tokens, in a batch and in a whole
validation set alike, so that long and short examples weigh as much as their tokens do. How a batch is cut into
pieces, over processes or over memory, changes nothing but rounding.
"""

import hashlib
import json
import math
import random
from collections.abc import Iterator, Sequence as Rows
from dataclasses import asdict

import torch
from torch import Tensor
from tqdm import tqdm

from model.core.gpt2 import GPT2
from model.training.config import PRECISIONS, TrainingConfig, TrainingError
from model.training.data import Sequence, length_grouped_batches, pack
from model.training.evaluation import batch_losses, evaluate
from model.training.lora import add_lora, merge_lora
from model.training.neftune import neftune_noise
from model.training.optimization import AdamW, learning_rate_schedule
from model.training.parallel import Ranks
from model.training.precision import Weights
from model.training.progress import CurvePoint, Progress, TrainingResult
from model.training.snapshots import Snapshots


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

    With `snapshots`, a run that was killed goes on from its newest one, to the same weights. Raises TrainingError where
    there is nothing to train or validate on, where the loss is not a number, or where memory is short.
    """
    if not training or not validation:
        raise TrainingError(
            f"{len(training)} training and {len(validation)} validation sequences: need at least one each"
        )
    try:
        return _Run(model, training, validation, config, pad, snapshots, ranks or Ranks()).to_the_end()
    except (RuntimeError, MemoryError) as error:
        if not _memory_is_short(error):
            raise
        raise TrainingError(
            f"memory is short: set micro_batch_size below {config.micro_batch_size or config.batch_size} rows "
            f"({str(error).splitlines()[0]})"
        ) from error


def stepwise(model: GPT2, batches: Rows[Rows[Sequence]], config: TrainingConfig, pad: int) -> Iterator[float]:
    """Trains on the given batches, in their order and without evaluations; yields each one's mean loss."""
    every = [sequence for batch in batches for sequence in batch]
    run = _Run(model, every, every, config, pad, None, Ranks())
    for rows in batches:
        yield run.step(rows)[0]


def _memory_is_short(error: RuntimeError | MemoryError) -> bool:
    """torch has an error of its own for GPUs alone; on a CPU its allocator, C++ or oneDNN say it in a RuntimeError."""
    said = ("DefaultCPUAllocator: can't allocate memory", "std::bad_alloc", "could not create a memory object")
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or any(words in str(error) for words in said)


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
        # The same as `use_deterministic_algorithms`, which imports torch's compiler even where nothing is compiled.
        torch.set_deterministic_debug_mode("error")
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]  # all is written first
        if config.lora_rank:
            add_lora(model, config.lora_rank, config.lora_alpha, config.seed)
        self.weights = Weights(model, PRECISIONS[config.precision])
        hidden = self.weights.working.hidden
        self.hidden = hidden
        if config.compile:
            torch.use_deterministic_algorithms(True)  # in compiled code, too
            self.hidden = torch.compile(hidden, dynamic=True)
        self.optimizer = AdamW(config.weight_decay)
        self.steps_per_epoch = math.ceil(len(training) / config.batch_size)
        self.steps = config.epochs * self.steps_per_epoch
        self.evaluate_at = {round(self.steps * (i + 1) / config.evaluations) for i in range(config.evaluations)}
        self.rate_at = learning_rate_schedule(config, self.steps)
        self.progress = Progress()
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
        scale = min(1.0, config.clip_norm / (norm + 1e-6))
        self.weights.update(self.optimizer, self.rate_at(progress.step), scale)
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
        noise = neftune_noise(batch, working, config.neftune) if config.neftune else None
        hidden = self.hidden(batch.rows.tokens, batch.rows, noise)
        total, _ = batch_losses(working, hidden, batch, batch.weights)
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
        self.progress = Progress.from_json(state)
        parts: dict[str, dict[str, Tensor]] = {"weights": {}, "kept": {}, "optimizer": {}}
        for name, tensor in tensors.items():
            part, _, rest = name.partition("/")
            parts[part][rest] = tensor
        self.model.load_state_dict(parts["weights"])
        self.kept_weights = parts["kept"]
        for key_and_name, tensor in parts["optimizer"].items():
            key, _, name = key_and_name.partition("/")
            self.optimizer.state.setdefault(self.weights.trained[name], {})[key] = tensor.to(self.device)
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
