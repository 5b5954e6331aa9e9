"""Trains a tiny model, for tests that kill it or run it under torchrun.

python -m tests.model.training.train_tiny OUT [CACHE]

The environment may set DROPOUT (0) and LAYOUT (auto).
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config
from model.training.data import TokenSequence
from model.training.loop import TrainingConfig, train
from model.training.parallel import Ranks
from model.training.snapshots import Snapshots


def main() -> None:
    out = Path(sys.argv[1])
    dropout = float(os.environ.get("DROPOUT", "0"))
    model = GPT2(GPT2Config(vocab_size=50, n_positions=24, n_embd=32, n_layer=2, n_head=2, dropout=dropout))
    model.init_weights(torch.Generator().manual_seed(1))
    generator = torch.Generator().manual_seed(2)
    rows = [
        TokenSequence(tuple(torch.randint(0, 49, (5 + i % 17,), generator=generator).tolist()), response_start=2)
        for i in range(60)
    ]
    layout: Any = os.environ.get("LAYOUT", "auto")
    config = TrainingConfig(
        epochs=10, batch_size=4, learning_rate=1e-3, evaluations=5, patience=4, layout=layout, seed=3
    )
    snapshots = Snapshots(Path(sys.argv[2]), minutes=0.0) if len(sys.argv) > 2 else None
    with Ranks.from_environment() as ranks:
        result = train(model, rows[:50], rows[50:], config, pad=49, snapshots=snapshots, ranks=ranks)
        if ranks.writes:
            save_file(model.state_dict(), out)
            out.with_suffix(".json").write_text(json.dumps([point.val_loss for point in result.curve]))


if __name__ == "__main__":
    main()
