"""AdamW, held against torch's own."""

import copy

import pytest
import torch

from model.core.gpt2 import GPT2
from model.training.optimization import AdamW


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_adamw_is_that_of_torch(tiny: GPT2, weight_decay: float) -> None:
    """Guards against a bias or a layer norm that decays, a matrix that doesn't, and another constant or order of
    operations than the published one: to the bit, over three steps at changing rates."""
    twin = copy.deepcopy(tiny)
    matrices = [parameter for parameter in twin.parameters() if parameter.dim() >= 2]
    others = [parameter for parameter in twin.parameters() if parameter.dim() < 2]
    groups = [{"params": matrices, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
    expected, ours = torch.optim.AdamW(groups, fused=True), AdamW(weight_decay)
    for learning_rate in (1e-2, 3e-3, 1e-3):
        for parameter, same in zip(tiny.parameters(), twin.parameters(), strict=True):
            parameter.grad = torch.randn_like(parameter)
            same.grad = parameter.grad.clone()
        for group in expected.param_groups:
            group["lr"] = learning_rate
        ours.step(tiny.parameters(), learning_rate)
        expected.step()
    for (name, parameter), same in zip(tiny.named_parameters(), twin.parameters(), strict=True):
        assert torch.equal(parameter, same), name


def test_a_parameter_without_a_gradient_stays(tiny: GPT2) -> None:
    """Guards against decay of weights that a step doesn't train."""
    before = copy.deepcopy(tiny)
    tiny.wpe.weight.grad = torch.ones_like(tiny.wpe.weight)
    AdamW(0.1).step(tiny.parameters(), 1e-2)
    changed = [n for n, p in tiny.named_parameters() if not torch.equal(p, before.get_parameter(n))]
    assert changed == ["wpe.weight"]
