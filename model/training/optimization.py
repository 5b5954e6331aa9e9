"""How weights are changed: AdamW, and its learning rate from step to step."""

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from model.training.config import TrainingConfig


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


class AdamW:
    """AdamW (Loshchilov and Hutter, 2019) with betas (0.9, 0.999) and epsilon 1e-8; weight decay on matrices alone,
    never on biases and layer norms.

    The kernel is the one under `torch.optim.AdamW(fused=True)`, to the bit. `torch.optim` itself would import torch's
    compiler, which takes about as long as torch itself.
    """

    def __init__(self, weight_decay: float) -> None:
        self.weight_decay = weight_decay
        self.state: dict[Tensor, dict[str, Tensor]] = {}  # both moments and the number of steps, in float32

    @torch.no_grad()
    def step(self, parameters: Iterable[Tensor], learning_rate: float) -> None:
        """Changes the parameters in place by their gradients; one without a gradient stays as it is."""
        moved = [parameter for parameter in parameters if parameter.grad is not None]
        for decay in (True, False):
            group: list[Tensor] = [parameter for parameter in moved if (parameter.dim() >= 2) == decay]
            if not group:
                continue
            states = [self._state(parameter) for parameter in group]
            steps = [state["step"] for state in states]
            for step in steps:
                step += 1
            torch._fused_adamw_(
                group,
                [parameter.grad for parameter in group if parameter.grad is not None],
                [state["exp_avg"] for state in states],
                [state["exp_avg_sq"] for state in states],
                [],
                steps,
                lr=learning_rate,
                beta1=0.9,
                beta2=0.999,
                weight_decay=self.weight_decay if decay else 0.0,
                eps=1e-8,
                amsgrad=False,
                maximize=False,
            )

    def _state(self, parameter: Tensor) -> dict[str, Tensor]:
        if parameter not in self.state:
            self.state[parameter] = {
                "step": torch.zeros((), dtype=torch.float32, device=parameter.device),
                "exp_avg": torch.zeros_like(parameter),
                "exp_avg_sq": torch.zeros_like(parameter),
            }
        return self.state[parameter]
