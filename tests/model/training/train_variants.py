"""Trains a tiny model in each of several ways, for a test that runs it under torchrun.

python -m tests.model.training.train_variants OUT [NAME...]
"""

import hashlib
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config
from model.training.data import TokenSequence
from model.training.loop import TrainingConfig, TrainingRun, train
from model.training.parallel import Ranks
from model.training.snapshots import Snapshots

PLAIN = TrainingConfig(epochs=2, batch_size=5, learning_rate=3e-3, evaluations=2, keep="last", seed=3)
VARIANTS = {  # of 21 rows, so each epoch has a batch with a single row
    "plain": PLAIN,
    "one row a batch": replace(PLAIN, batch_size=1, epochs=1),
    "micro-batches": replace(PLAIN, micro_batch_size=1),
    "responses only": replace(PLAIN, loss_on="response"),
    "bfloat16": replace(PLAIN, precision="bfloat16"),
    "LoRA": replace(PLAIN, lora_rank=2),
    "LoRA in bfloat16": replace(PLAIN, lora_rank=2, learning_rate=3e-4, precision="bfloat16", micro_batch_size=1),
    "padded": replace(PLAIN, layout="padded"),
    "padded micro-batches": replace(PLAIN, layout="padded", micro_batch_size=1),
    "compiled": replace(PLAIN, epochs=1, compile=True),
}
GENERATOR = torch.Generator().manual_seed(2)
ROWS = [
    TokenSequence((7, 8, *torch.randint(0, 49, (3 + i % 17,), generator=GENERATOR).tolist()), response_start=3)
    for i in range(25)
]


def initial() -> GPT2:
    model = GPT2(GPT2Config(vocab_size=50, n_positions=24, n_embd=32, n_layer=2, n_head=2))
    return model.init_weights(torch.Generator().manual_seed(1), embedding_std=0.5)


def train_variant(
    config: TrainingConfig, ranks: Ranks, snapshots: Snapshots | None = None
) -> tuple[list[float], dict[str, Tensor]]:
    """The training losses and the validation losses, and the weights at the end."""
    model = initial()
    curve = train(model, ROWS[:21], ROWS[21:], config, pad=49, snapshots=snapshots, ranks=ranks).curve
    losses = [loss for point in curve for loss in (point.train_loss, point.val_loss) if loss is not None]
    return losses, dict(model.state_dict())


def gradient_norms(config: TrainingConfig, ranks: Ranks) -> list[float]:
    """The norm of the gradient that AdamW gets of a batch of five rows, and of one. AdamW's steps hardly show it."""
    norms = []
    for batch in (ROWS[:5], ROWS[:1]):
        run = TrainingRun(initial(), ROWS, ROWS, replace(config, clip_norm=1e9), 49, None, ranks)
        run.step(batch)
        moments = [run.optimizer.state[weight]["exp_avg"] for weight in run.weights.trained.values()]
        norms.append(torch.nn.utils.get_total_norm(moments).item() / (1 - 0.9))
    return norms


def digest(weights: dict[str, Tensor]) -> str:
    return hashlib.sha256(b"".join(tensor.numpy().tobytes() for tensor in weights.values())).hexdigest()


def train_interrupted(config: TrainingConfig, ranks: Ranks, folder: Path) -> dict[str, Tensor]:
    """The weights of a run that stops in all processes after 7 of 10 steps, and then continues from its snapshot."""
    step = TrainingRun.step

    def stopping(run: TrainingRun, batch: Sequence[TokenSequence]) -> None:
        if run.progress.step == 7:
            raise InterruptedError
        step(run, batch)

    TrainingRun.step = stopping  # type: ignore[method-assign, assignment]
    try:
        train_variant(config, ranks, Snapshots(folder, minutes=0.0))
    except InterruptedError:
        TrainingRun.step = step  # type: ignore[method-assign]
    assert not ranks.writes or list(folder.glob("step-000000007-*"))
    return train_variant(config, ranks, Snapshots(folder, minutes=1e9))[1]


def main() -> None:
    out, names = Path(sys.argv[1]), sys.argv[2:]
    results = {}
    with Ranks.from_environment() as ranks:
        for name in names:
            config = VARIANTS[name]
            losses, weights = train_variant(config, ranks)
            norms = [] if config.compile is True else gradient_norms(config, ranks)
            results[name] = {"losses": losses, "gradients": norms, "weights": digest(weights)}
        if "plain" in names:
            weights = train_interrupted(VARIANTS["plain"], ranks, out / "snapshots")
            results["resumed"] = {"weights": digest(weights)}
    (out / f"{ranks.rank}.json").write_text(json.dumps(results))


if __name__ == "__main__":
    main()
