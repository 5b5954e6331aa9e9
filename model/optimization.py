"""How weights are changed: AdamW, and its learning rate from step to step."""

import math
from collections.abc import Callable

import torch

from model.training_config import TrainingConfig


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


def adamw(trained: dict[str, torch.nn.Parameter], config: TrainingConfig) -> torch.optim.AdamW:
    """AdamW (Loshchilov and Hutter, 2019) with its default betas (0.9, 0.999); weight decay on matrices alone, never on
    biases and layer norms."""
    matrices = [parameter for parameter in trained.values() if parameter.dim() >= 2]
    others = [parameter for parameter in trained.values() if parameter.dim() < 2]
    groups = [{"params": matrices, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=config.learning_rate, fused=True)
