"""One training step, from a batch of rows to updated weights, in two forms that compute the same but for rounding.

`PackedStep` packs the rows without padding and reads loss and norm at once: the CPU's. `PaddedStep` pads them to few
shapes and never waits for the device: the GPU's. `PreferenceStep` is the packed one for pairs of answers, on any
device. All return loss and norm as a tensor, and leave the weights as they are if one of them is not finite; then the
loop stops when it reads them.
"""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, Protocol, cast

import torch
from torch import Tensor

from model.core.gpt2 import GPT2
from model.core.rows import RowLayout
from model.training.adapters import neftune_noise
from model.training.data import PaddedBatch, TokenSequence, pack, pad_rows, padded_width
from model.training.graphs import CudaCapture, Graphs, pinned
from model.training.loss import Softmax, batch_loss, padded_batch_loss, softmax_in_place
from model.training.optimization import AdamW, MasterWeights, OnDevice
from model.training.parallel import Forward, Ranks
from model.training.preferences import PreferencePair, flatten_pairs, preference_losses, response_log_probabilities

if TYPE_CHECKING:
    from model.training.loop import TrainingConfig

Layout = Literal["packed", "padded", "auto"]
Compile = bool | Literal["auto"]
Rows = Sequence[TokenSequence]

# Tokens of a run from which torch.compile pays on a GPU. Measured on an H200: it took 16 s for 124M parameters and 65 s
# for 355M, and saved 0.8 and 1.1 microseconds a token in rows of 1,024 tokens, 2.4 in short rows of 355M. So it earns
# its time back after 21 to 58 million tokens.
COMPILE_FROM = 50_000_000
READ_EVERY = 16  # steps of a GPU whose losses are read together


class Step(Protocol):
    """What the loop needs of a step."""

    read_every: int  # steps after which the losses should be read: reading waits for the device

    def expect(self, batches: Sequence[Rows]) -> None:
        """Says which batches are to come."""

    def run(self, batch: Rows, supervised: int, learning_rate: float) -> Tensor:
        """One update by all processes' `batch`, which has `supervised` targets that count. Returns the batch's summed
        loss and the norm of its mean loss's gradient, [2] (float64), on the device."""


class PackedStep:
    """A step on rows without padding (see `PackedRows`)."""

    read_every = 1

    def __init__(
        self,
        weights: MasterWeights,
        optimizer: AdamW,
        hidden: Forward,
        config: "TrainingConfig",
        pad: int,
        ranks: Ranks,
    ) -> None:
        self.weights, self.optimizer, self.hidden = weights, optimizer, hidden
        self.config, self.pad, self.ranks = config, pad, ranks
        self.device = weights.working.wte.weight.device

    def expect(self, batches: Sequence[Rows]) -> None:
        """Nothing depends on it."""

    def run(self, batch: Rows, supervised: int, learning_rate: float) -> Tensor:
        own = self.ranks.share(batch)
        size = self.config.micro_batch_size or self.config.batch_size
        self.weights.working.train()
        parts = [own[start : start + size] for start in range(0, len(own), size)]
        with self.ranks.keep_gradients_here(self.hidden):
            losses = [self._backward(part, supervised) for part in parts[:-1]]
        # A process without rows takes part as well, with a row that counts 0 times, because the others wait for it.
        losses.append(self._backward(parts[-1] if own else batch[:1], supervised, counted=len(own) > 0))
        loss_sum = torch.tensor(sum(losses), dtype=torch.float64, device=self.device)
        self.ranks.sum_over_ranks([loss_sum])
        loss, norm = loss_sum.item(), self.weights.gradient_norm().item()
        if math.isfinite(loss) and math.isfinite(norm):
            scale = min(1.0, self.config.clip_norm / (norm + 1e-6))
            self.weights.update(self.optimizer, learning_rate, scale)
        else:
            self.weights.clear_gradients()
        return torch.tensor([loss, norm], dtype=torch.float64)

    def _backward(self, micro_batch: Rows, supervised: int, counted: bool = True) -> float:
        """Adds the gradient of the micro-batch's part of the batch's mean loss. Returns its summed loss. If it is not
        `counted`, both are 0."""
        working, config = self.weights.working, self.config
        # With dropout or noise, equal prefixes get different hidden states.
        share_prefix = not draws_random_numbers(working, config)
        batch = pack(micro_batch, self.pad, config.loss_on, share_prefix).to(self.device)
        noise = neftune_noise(batch.lengths(), working.config.n_embd, config.neftune) if config.neftune else None
        hidden = self.hidden(batch.packed.tokens, batch.packed, noise)
        weights = batch.weights if counted else torch.zeros_like(batch.weights)
        loss_sum, _ = batch_loss(working, hidden, batch, weights)
        # The mean over the processes of what each divides by its part of the tokens is the sum divided by all tokens.
        (loss_sum / (supervised / self.ranks.world)).backward()  # type: ignore[no-untyped-call]
        return float(loss_sum.item())


class PreferenceStep(PackedStep):
    """A step on pairs of answers (`PreferencePair`), with the loss of DPO. Its unit is the pair, not the token."""

    def _backward(self, micro_batch: Rows, supervised: int, counted: bool = True) -> float:
        working, beta = self.weights.working, self.config.preference_beta
        assert beta is not None
        pairs = cast(Sequence[PreferencePair], micro_batch)
        rows = flatten_pairs(pairs)
        batch = pack(rows, self.pad, share_prefix=not draws_random_numbers(working, self.config)).to(self.device)
        hidden = self.hidden(batch.packed.tokens, batch.packed, None)
        chosen, rejected = response_log_probabilities(working, hidden, batch, len(rows)).view(2, -1)
        reference = torch.tensor([pair.reference_margin for pair in pairs], device=self.device)
        loss_sum = preference_losses(chosen - rejected, reference, beta).sum() * counted
        (loss_sum / (supervised / self.ranks.world)).backward()  # type: ignore[no-untyped-call]
        return float(loss_sum.item())


class PaddedStep:
    """A step on rows padded to few shapes (see `PaddedBatch`), in which nothing waits for the device.

    It is a function of tensors that stay where they are, from the forward pass to the refreshed working copy: the
    batch, the learning rate and the number of targets go in, loss and norm come out. So it can be captured as one graph
    for each shape. A batch in several parts, or of several processes, runs without a graph.
    """

    read_every = READ_EVERY

    def __init__(
        self,
        weights: MasterWeights,
        optimizer: AdamW,
        hidden: Forward,
        config: "TrainingConfig",
        pad: int,
        ranks: Ranks,
        graphs: Graphs,
        softmax: Softmax = softmax_in_place,
    ) -> None:
        self.weights, self.optimizer, self.hidden, self.softmax = weights, optimizer, hidden, softmax
        self.config, self.pad, self.ranks, self.graphs = config, pad, ranks, graphs
        self.device = graphs.device
        share = math.ceil(config.batch_size / ranks.world)
        self.rows = min(config.micro_batch_size or share, share)  # computed at a time
        # The learning rate, and the targets that count divided by the number of processes, as the gradient will be the
        # mean over processes.
        self._inputs = torch.zeros(2, device=self.device)
        self._outputs = torch.zeros(2, dtype=torch.float64, device=self.device)  # summed loss, norm

    def expect(self, batches: Sequence[Rows]) -> None:
        context = self.weights.working.config.n_positions
        widths = [padded_width(max(len(row.tokens) - 1 for row in batch), context) for batch in batches]
        if self.rows == self.config.batch_size:
            self.graphs.expect("step", [torch.Size((3, self.rows, width)) for width in widths])

    def run(self, batch: Rows, supervised: int, learning_rate: float) -> Tensor:
        self.weights.working.train()
        inputs = torch.tensor([learning_rate, supervised / self.ranks.world])
        self._inputs.copy_(pinned(inputs, self.device), non_blocking=True)
        parts = self._parts(batch)
        if len(parts) == 1:
            self.graphs.run("step", pinned(parts[0], self.device), self._whole_step)
        else:
            self._outputs.zero_()
            with self.ranks.keep_gradients_here(self.hidden):
                for part in parts[:-1]:
                    self._add_gradient(part.to(self.device))
            self._add_gradient(parts[-1].to(self.device))
            self._update()
        return self._outputs.clone()

    def _parts(self, batch: Rows) -> list[Tensor]:
        """The padded tables of this process's rows. At least one, so that all processes do the same."""
        own = self.ranks.share(batch)
        context = self.weights.working.config.n_positions
        starts = range(0, max(1, len(own)), self.rows)
        return [pad_rows(own[start : start + self.rows], self.pad, self.rows, context).table for start in starts]

    def _whole_step(self, table: Tensor) -> None:
        self._outputs.zero_()
        self._add_gradient(table)
        self._update()

    def _add_gradient(self, table: Tensor) -> None:
        """Adds the gradient of this part of the batch's mean loss, and its summed loss to the outputs."""
        working, config, batch = self.weights.working, self.config, PaddedBatch(table)
        noise = neftune_noise(batch.lengths(), working.config.n_embd, config.neftune) if config.neftune else None
        hidden = self.hidden(batch.tokens, batch.layout(), noise)
        loss_sum = padded_batch_loss(working, hidden, batch, batch.weights(config.loss_on), self.softmax)
        (loss_sum / self._inputs[1]).backward()  # type: ignore[no-untyped-call]
        self._outputs[0] += loss_sum.detach()

    @torch.no_grad()
    def _update(self) -> None:
        """Clips the gradient and updates the weights, unless loss or norm is not finite."""
        self.ranks.sum_over_ranks([self._outputs[0]])
        norm = self.weights.gradient_norm()
        self._outputs[1] = norm
        divisor = ((norm + 1e-6) / self.config.clip_norm).clamp(min=1.0)
        skipped = (~self._outputs.isfinite().all()).float()
        self.weights.update(self.optimizer, self._inputs[0], on_device=OnDevice(divisor, skipped))


def draws_random_numbers(model: GPT2, config: "TrainingConfig") -> bool:
    """Whether training draws random numbers: dropout or noise."""
    return model.config.dropout > 0 or config.neftune > 0


def make_graphs(model: GPT2, config: "TrainingConfig", ranks: Ranks, device: torch.device) -> Graphs | None:
    """What runs padded batches, or None if rows are packed: `config.layout` decides, and `auto` pads on a GPU.
    Pairs of answers are always packed.

    Graphs are captured on a GPU, unless training draws random numbers or there are several processes.
    """
    packs = config.layout == "packed" or (config.layout == "auto" and device.type != "cuda")
    if packs or config.preference_beta is not None:
        return None
    captures = device.type == "cuda" and ranks.world == 1 and not draws_random_numbers(model, config)
    return Graphs(device, CudaCapture() if captures else None)


def make_step(
    weights: MasterWeights,
    optimizer: AdamW,
    config: "TrainingConfig",
    training: Rows,
    pad: int,
    ranks: Ranks,
    graphs: Graphs | None,
) -> Step:
    """The step of a run: on pairs of answers, or on rows, which are padded with `graphs` and packed without."""
    working = weights.working
    hidden: Forward = working.hidden
    softmax: Softmax = softmax_in_place
    if compiles(config, working.wte.weight.device, training):
        lengths = {len(row.tokens) - 1 for row in training}
        widths = lengths if graphs is None else {padded_width(length, working.config.n_positions) for length in lengths}
        dynamic = None if len(widths) == 1 else True  # None: compiled for the first shape alone
        hidden = compiled_hidden(working, dynamic)
        softmax = torch.compile(softmax_in_place, dynamic=dynamic)
    hidden = ranks.average_gradients(working, hidden)
    if config.preference_beta is not None:
        return PreferenceStep(weights, optimizer, hidden, config, pad, ranks)
    if graphs is None:
        return PackedStep(weights, optimizer, hidden, config, pad, ranks)
    return PaddedStep(weights, optimizer, hidden, config, pad, ranks, graphs, softmax)


def compiles(config: "TrainingConfig", device: torch.device, training: Rows) -> bool:
    """Whether the model is compiled. `auto` compiles on a GPU if the run is long enough (`COMPILE_FROM`)."""
    if config.compile != "auto":
        return config.compile
    tokens = config.epochs * sum(len(row.tokens) for row in training)
    return device.type == "cuda" and tokens >= COMPILE_FROM


def compiled_hidden(model: GPT2, dynamic: bool | None) -> Forward:
    """`GPT2.hidden` with compiled blocks. `dynamic` is torch.compile's: True for batches of several shapes.

    The embeddings stay as they are: the compiler would turn the sum of their gradients into an assignment through
    indices, which is slow where it is deterministic, and may wait for the device.
    """
    torch.use_deterministic_algorithms(True)  # for compiled code, too
    blocks = torch.compile(model.blocks, dynamic=dynamic)

    def hidden(tokens: Tensor, layout: RowLayout, noise: Tensor | None) -> Tensor:
        states: Tensor = blocks(model.embed(tokens, layout, noise), layout)
        return states

    return hidden
