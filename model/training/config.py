"""What a training run is told, and the error that it ends with."""

from dataclasses import dataclass
from typing import Literal

import torch

from model.training.data import LossOn

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
