"""What benchmarks/gpu.py checks: that on this device, results are exact where they should be.

Each check returns whether it holds, and what was found.
"""

import hashlib
import importlib
import importlib.util
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from benchmarks.gpu_rates import (
    NO_STOP,
    Scale,
    batches_of,
    begin_afresh,
    fresh_model,
    fresh_peer,
    seeded_rows,
    settings,
    train_ours,
)
from model.core.gpt2 import GPT2
from model.decoding.generation import generate
from model.training.loop import TrainingError, train, train_on_batches
from model.training.snapshots import Snapshots

LOGITS_NEAR = 1e-4  # largest difference of two logits in float32
LOSSES_NEAR = 0.02  # nats
GRAPHS = "model.training.graphs"

Finding = tuple[bool, str]


class InterruptedTrainingError(Exception):
    """Ends a run right after its snapshot."""


class OneSnapshot(Snapshots):
    """Takes a snapshot after `steps` steps, and ends the run."""

    def __init__(self, folder: Path, steps: int) -> None:
        super().__init__(folder, minutes=0.0)
        self.steps = steps

    def due(self, evaluated: bool = False) -> bool:  # noqa: ARG002 # the loop asks after every step
        self.steps -= 1
        return self.steps == 0

    def save(self, step: int, tensors: dict[str, Tensor], state: dict[str, Any], evaluated: bool = False) -> None:
        super().save(step, tensors, state, evaluated)
        raise InterruptedTrainingError


def digest_of(model: GPT2) -> str:
    digest = hashlib.sha256()
    for tensor in model.state_dict().values():
        digest.update(tensor.cpu().contiguous().view(torch.uint8).numpy().data)
    return digest.hexdigest()


def check_logits(scale: Scale) -> Finding:
    config = scale.sizes["124M"]
    ours, peer = fresh_model(config, scale.device), fresh_peer(config, scale.device)
    rows = torch.tensor([row.tokens[:40] for row in seeded_rows(8, scale, 3)], device=scale.device)
    with torch.inference_mode():
        difference = (ours.logits(ours(rows)) - peer(input_ids=rows).logits).abs().max().item()
    return difference <= LOGITS_NEAR, f"largest difference {difference:.1e}, at most {LOGITS_NEAR:.0e}"


def _trained(scale: Scale, **changes: Any) -> str:
    """The weights after some steps, as a digest."""
    config = scale.sizes["124M"]
    model = fresh_model(config, scale.device)
    batches = batches_of(seeded_rows(8 * scale.checked_steps, scale, 4), 8, scale.checked_steps)
    for _ in train_on_batches(model, batches, settings(8, **changes), config.vocab_size - 1):
        pass
    return digest_of(model)


def check_two_runs(scale: Scale, precision: str) -> Finding:
    same = _trained(scale, precision=precision) == _trained(scale, precision=precision)
    return same, f"{scale.checked_steps} steps of 124M in {precision}"


@contextmanager
def without_graphs() -> Iterator[None]:
    """No shape comes often enough for a graph."""
    graphs: Any = importlib.import_module(GRAPHS)
    uses, graphs.USES = graphs.USES, 2**60
    try:
        yield
    finally:
        graphs.USES = uses


def check_graphs(scale: Scale) -> Finding:
    if not importlib.util.find_spec(GRAPHS):
        return True, "nothing to compare: training doesn't use graphs"
    with_graphs = _trained(scale)
    with without_graphs():
        same = _trained(scale) == with_graphs
    return same, f"{scale.checked_steps} steps of 124M in bfloat16" + (
        "" if scale.device.type == "cuda" else " (no graphs here)"
    )


def check_resuming(scale: Scale) -> Finding:
    config, rows = scale.sizes["124M"], seeded_rows(8 * scale.checked_steps, scale, 5)

    def run(snapshots: Snapshots | None) -> str:
        model = fresh_model(config, scale.device)
        train(model, rows, rows[:8], settings(8, evaluations=1), config.vocab_size - 1, snapshots)
        return digest_of(model)

    with tempfile.TemporaryDirectory() as folder:
        with suppress(InterruptedTrainingError):
            run(OneSnapshot(Path(folder), scale.checked_steps // 2))
        taken = [int(file.name.split("-")[1]) for file in Path(folder).glob("step-*")]
        if not taken:
            return False, "no snapshot was taken"
        same = run(Snapshots(Path(folder), minutes=1e9)) == run(None)
    return same, f"{scale.checked_steps} steps of 124M in bfloat16, interrupted after step {taken[0]}"


def check_batched_decoding(scale: Scale) -> Finding:
    config = scale.sizes["124M"]
    model = fresh_model(config, scale.device)
    prompts = [list(row.tokens[: 20 + 3 * i]) for i, row in enumerate(seeded_rows(8, scale, 6))]
    new = min(64, scale.new_tokens)
    together = generate(model, prompts, new, NO_STOP)
    single = [generate(model, [prompt], new, NO_STOP)[0] for prompt in prompts]
    differ = sum(a != b for a, b in zip(together, single, strict=True))
    return differ == 0, f"{differ} of {len(prompts)} answers of {new} tokens differ"


def check_bfloat16_losses(scale: Scale) -> Finding:
    config = scale.sizes["124M"]
    batches = batches_of(seeded_rows(8 * scale.checked_steps, scale, 7), 8, scale.checked_steps)
    exact, mixed = (
        list(train_ours(config, batches, scale.device, precision=precision)) for precision in ("float32", "bfloat16")
    )
    largest = max(abs(a - b) for a, b in zip(exact, mixed, strict=True))
    return (
        largest <= LOSSES_NEAR,
        f"largest difference of {scale.checked_steps} losses {largest:.4f}, at most {LOSSES_NEAR}",
    )


CHECKS: dict[str, Callable[[Scale], Finding]] = {
    "logits equal transformers' in float32": check_logits,
    "two runs end in the same bytes, float32": lambda scale: check_two_runs(scale, "float32"),
    "two runs end in the same bytes, bfloat16": lambda scale: check_two_runs(scale, "bfloat16"),
    "a resumed run ends in the same bytes": check_resuming,
    "graphs change no byte": check_graphs,
    "batched decoding equals single, float32": check_batched_decoding,
    "losses in bfloat16 are near float32's": check_bfloat16_losses,
}


def run_check(name: str, scale: Scale) -> Finding:
    """One of `CHECKS`. An error is a check that fails."""
    begin_afresh()
    try:
        return CHECKS[name](scale)
    except (RuntimeError, ValueError, TrainingError) as error:
        return False, (str(error) or type(error).__name__).splitlines()[0]
