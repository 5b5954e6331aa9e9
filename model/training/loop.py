"""The training loop, used for the base model and for both instruction-tunings.

The loss of a batch is the sum over its supervised tokens divided by their number, whether the batch runs as a whole, in
micro-batches or over several processes. So every token weighs the same, and splitting a batch changes only rounding.
The step itself is in `model/training/step.py`, the loss in `loss.py`.
"""

import math
import random
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from model.core.gpt2 import GPT2
from model.training.adapters import add_lora, merge_lora
from model.training.data import LossOn, TokenSequence, length_grouped_batches
from model.training.loss import MeanLosses, PaddedEvaluation, evaluate
from model.training.optimization import (
    PRECISIONS,
    AdamW,
    MasterWeights,
    Precision,
    Schedule,
    learning_rate_schedule,
)
from model.training.parallel import Ranks
from model.training.progress import CurvePoint, Progress, TrainingResult, Watch
from model.training.snapshots import Snapshots
from model.training.step import Compile, Layout, make_graphs, make_step

Keep = Literal["best", "last"]


class TrainingError(Exception):
    """Training cannot start or continue. The message says why and what to do."""


class ShortMemoryError(TrainingError):
    """Memory runs out. The message has the number of rows computed at a time; what to lower depends on the caller."""


@dataclass(frozen=True)
class TrainingConfig:
    """The settings of one run of `train`."""

    epochs: int
    batch_size: int  # rows per step
    learning_rate: float  # the peak
    micro_batch_size: int | None = None  # rows computed at a time, if a whole batch needs too much memory
    weight_decay: float = 0.1  # of matrices; biases and layer norms have none
    warmup: float = 0.1  # share of all steps over which the learning rate rises
    schedule: Schedule = "cosine"
    clip_norm: float = 1.0  # longer gradients are scaled down to this Euclidean norm
    loss_on: LossOn = "all"
    lora_rank: int | None = None  # train matrices of this rank beside the frozen weights, and merge them at the end
    lora_alpha: float = 16.0  # scale of their product, times the rank
    neftune: float = 0.0  # noise on the embeddings; 5 to 15 in the paper, 0 for none
    evaluations: int = 10  # evenly spread over the run; the last one is at its end
    patience: int | None = None  # stop after this many evaluations in a row without a lower validation loss
    keep: Keep = "best"  # of the evaluated states: the one with the lowest validation loss, or the last
    precision: Precision = "float32"  # of the matrix products
    compile: Compile = "auto"  # torch.compile; auto: on a GPU, if the run is long enough for it to pay
    layout: Layout = "auto"  # of the rows: packed, padded, or auto: padded on a GPU
    preference_beta: float | None = None  # DPO's beta: the rows are pairs of answers (`PreferencePair`)
    seed: int = 0


def train(
    model: GPT2,
    training: Sequence[TokenSequence],
    validation: Sequence[TokenSequence],
    config: TrainingConfig,
    pad: int,
    snapshots: Snapshots | None = None,
    ranks: Ranks | None = None,
    watch: Watch | None = None,
) -> TrainingResult:
    """Trains `model` in place and leaves it, in evaluation mode, in the state that `config.keep` names.

    `pad` is any valid token id. With `snapshots`, a run that was killed continues from its newest snapshot and ends in
    the same weights. Raises TrainingError if there is nothing to train or validate on, if the loss is not finite, or if
    memory runs out.
    """
    if not training or not validation:
        raise TrainingError(
            f"{len(training)} training and {len(validation)} validation sequences: need at least one each"
        )
    try:
        return TrainingRun(model, training, validation, config, pad, snapshots, ranks or Ranks(), watch).finish()
    except (RuntimeError, MemoryError) as error:
        if not _is_out_of_memory(error):
            raise
        rows = config.micro_batch_size or config.batch_size
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise ShortMemoryError(f"memory is short for {rows} rows at a time ({reason})") from error


def train_on_batches(
    model: GPT2, batches: Sequence[Sequence[TokenSequence]], config: TrainingConfig, pad: int
) -> Iterator[float]:
    """Trains on the given batches in their order, without evaluations, and yields each batch's mean loss. On a GPU the
    losses come some steps later, several at a time."""
    sequences = [sequence for batch in batches for sequence in batch]
    run = TrainingRun(model, sequences, sequences, config, pad, None, Ranks())
    with run.graphs.own_stream() if run.graphs else nullcontext():
        run.updates.expect(batches)
        for batch in batches:
            run.step(batch)
            if len(run.unread) >= run.updates.read_every:
                yield from run.read_losses()
        yield from run.read_losses()


def _is_out_of_memory(error: RuntimeError | MemoryError) -> bool:
    """torch has an error class for GPUs only. On a CPU its allocator, C++ or oneDNN raise a RuntimeError."""
    messages = ("DefaultCPUAllocator: can't allocate memory", "std::bad_alloc", "could not create a memory object")
    if isinstance(error, torch.OutOfMemoryError | MemoryError):
        return True
    return any(message in str(error) for message in messages)


class TrainingRun:
    """One run of `train`: its model, data and optimizer, and how far it is."""

    def __init__(
        self,
        model: GPT2,
        training: Sequence[TokenSequence],
        validation: Sequence[TokenSequence],
        config: TrainingConfig,
        pad: int,
        snapshots: Snapshots | None,
        ranks: Ranks,
        watch: Watch | None = None,
    ) -> None:
        self.model, self.training, self.validation = model, training, validation
        self.watch = watch or Watch()
        self.config, self.pad, self.snapshots, self.ranks = config, pad, snapshots, ranks
        # Like `use_deterministic_algorithms`, which imports torch's compiler even if nothing is compiled.
        torch.set_deterministic_debug_mode("error")
        # Every tensor is written before it is read, so new memory needs no fill.
        torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
        if config.lora_rank:
            add_lora(model, config.lora_rank, config.lora_alpha, config.seed)
        self.weights = MasterWeights(model, PRECISIONS[config.precision])
        self.device = model.wte.weight.device
        self.optimizer = AdamW(config.weight_decay)
        self.graphs = graphs = make_graphs(self.weights.working, config, ranks, self.device)
        self.updates = make_step(self.weights, self.optimizer, config, training, pad, ranks, graphs)
        self.evaluation = PaddedEvaluation(self.weights.working, validation, pad, graphs) if graphs else None
        if self.evaluation:
            self.evaluation.expect(config.evaluations + 1)
        self.steps_per_epoch = math.ceil(len(training) / config.batch_size)
        self.steps = config.epochs * self.steps_per_epoch
        self.evaluate_at = {round(self.steps * (i + 1) / config.evaluations) for i in range(config.evaluations)}
        self.rate_at = learning_rate_schedule(config.schedule, config.learning_rate, config.warmup, self.steps)
        self.progress = Progress()
        self.unread: list[tuple[int, int, Tensor]] = []  # of each step: its number, its targets, loss and norm
        self.kept_weights: dict[str, Tensor] = {}

    def finish(self) -> TrainingResult:
        """Trains to the end of the run, from the newest snapshot if there is one."""
        with self.graphs.own_stream() if self.graphs else nullcontext():
            self._load_snapshot()
            return self._train_on()

    def _train_on(self) -> TrainingResult:
        progress = self.progress
        if not progress.curve:
            losses = self._validate()
            progress.curve.append(CurvePoint(0, 0.0, 0, 0.0, None, losses.all, losses.response))
        self._tell()
        with self.watch.open_bar(self.steps, progress.step, hidden=not self.ranks.writes) as bar:
            for epoch in range(progress.step // self.steps_per_epoch, self.config.epochs):
                generator = random.Random(f"{self.config.seed} {epoch}")
                batches = length_grouped_batches(self.training, self.config.batch_size, generator)
                coming = batches[progress.step - epoch * self.steps_per_epoch :]
                self.updates.expect(coming)
                for batch in coming:
                    self.step(batch)
                    bar.update()
                    evaluates = progress.step in self.evaluate_at
                    saves = self.snapshots is not None and self.ranks.writes and self.snapshots.due(evaluates)
                    if evaluates or saves or len(self.unread) >= self.updates.read_every:
                        tokens = self.unread[-1][1]
                        loss, rate = self.read_losses()[-1], bar.format_dict["rate"] or 0.0
                        bar.set_postfix_str(f"loss {loss:.3f}, {rate * tokens:,.0f} tokens/s", refresh=False)
                    if evaluates:
                        self._evaluate()
                        self._tell()
                        if progress.without_gain == (self.config.patience or math.inf):
                            return self._result()
                    if saves:
                        self._save_snapshot(evaluates)
        return self._result()

    def step(self, batch: Sequence[TokenSequence]) -> None:
        """One update. Its loss is read later, by `read_losses`."""
        config, progress = self.config, self.progress
        # Dropout and noise depend only on seed, step and rank, so that a resumed run gets the same random numbers. On a
        # CPU, torch uses only the low 32 bits of its seed, so all three must go into these.
        torch.manual_seed(random.Random(f"{config.seed} {progress.step} {self.ranks.rank}").getrandbits(32))
        supervised = sum(sequence.supervised(config.loss_on) for sequence in batch)
        if not supervised:
            raise TrainingError(f"no token of the batch of step {progress.step + 1} is supervised: check the examples")
        loss_and_norm = self.updates.run(batch, supervised, self.rate_at(progress.step))
        progress.step += 1
        progress.tokens += supervised
        self.unread.append((progress.step, supervised, loss_and_norm))

    def read_losses(self) -> list[float]:
        """The mean losses of the steps since the last call, added to the progress; waits for the device. Raises
        TrainingError for the first step whose loss or gradient is not finite. No such step has changed the weights."""
        unread, self.unread = self.unread, []
        losses = []
        values = torch.stack([loss_and_norm for _, _, loss_and_norm in unread]).tolist() if unread else []
        for (step, supervised, _), (loss, norm) in zip(unread, values, strict=True):
            for name, value in (("loss", loss), ("gradient", norm)):
                if not math.isfinite(value):
                    raise TrainingError(
                        f"the {name} is {value} at step {step}: lower the learning rate ({self.config.learning_rate})"
                    )
            self.progress.loss_sum += loss
            self.progress.loss_tokens += supervised
            losses.append(loss / supervised)
        return losses

    def _validate(self) -> MeanLosses:
        if self.evaluation is not None:
            losses = self.evaluation.mean_losses()
        else:
            losses = evaluate(self.weights.working, self.validation, self.pad)
        if not math.isfinite(losses.all):
            raise TrainingError(f"the validation loss is {losses.all}: lower the learning rate")
        return losses

    def _evaluate(self) -> None:
        """Adds a point to the curve, and keeps the weights if they are to be kept."""
        config, progress = self.config, self.progress
        losses = self._validate()
        point = CurvePoint(
            step=progress.step,
            epoch=progress.step / self.steps_per_epoch,
            tokens=progress.tokens,
            learning_rate=self.rate_at(progress.step - 1),
            train_loss=progress.loss_sum / progress.loss_tokens,
            val_loss=losses.all,
            val_response_loss=losses.response,
        )
        progress.loss_sum, progress.loss_tokens = 0.0, 0
        earlier = [self._supervised_loss(trained) for trained in progress.curve[1:]]  # [0] is the untrained model
        improved = not earlier or self._supervised_loss(point) < min(earlier)
        progress.curve.append(point)
        progress.without_gain = 0 if improved else progress.without_gain + 1
        if improved or config.keep == "last":
            progress.kept = point
        if improved and config.keep == "best":
            self.kept_weights = {name: tensor.clone() for name, tensor in self.model.state_dict().items()}

    def _supervised_loss(self, point: CurvePoint) -> float:
        """The validation loss of the kind of tokens that are trained on."""
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
        return progress.result()

    def _tell(self) -> None:
        if self.watch.evaluated and self.ranks.writes:
            self.watch.evaluated(self.progress.result())

    def _save_snapshot(self, evaluated: bool) -> None:
        assert self.snapshots is not None
        tensors = {f"weights/{name}": tensor for name, tensor in self.model.state_dict().items()}
        tensors |= {f"kept/{name}": tensor for name, tensor in self.kept_weights.items()}
        for name, parameter in self.weights.trained.items():
            for key, value in self.optimizer.state[parameter].items():
                tensors[f"optimizer/{key}/{name}"] = value
        self.snapshots.save(self.progress.step, tensors, self.progress.to_json(), evaluated)

    def _load_snapshot(self) -> None:
        """Continues from the newest sound snapshot, if there is one."""
        snapshot = self.snapshots.latest() if self.snapshots and self.ranks.writes else None
        exists = torch.tensor([float(snapshot is not None)], device=self.device)
        self.ranks.sum_over_ranks([exists])  # the other ranks load what rank 0 found to be sound
        if self.snapshots and not self.ranks.writes and exists.item():
            snapshot = self.snapshots.latest()
        if snapshot is None:
            return
        tensors, state = snapshot
        self.progress = Progress.from_json(state)
        parts: dict[str, dict[str, Tensor]] = {"weights": {}, "kept": {}, "optimizer": {}}
        for path, tensor in tensors.items():
            part, _, name = path.partition("/")
            parts[part][name] = tensor
        self.model.load_state_dict(parts["weights"])
        self.kept_weights = parts["kept"]
        for path, tensor in parts["optimizer"].items():
            key, _, name = path.partition("/")
            self.optimizer.state.setdefault(self.weights.trained[name], {})[key] = tensor.to(self.device)
        self.weights.refresh()
