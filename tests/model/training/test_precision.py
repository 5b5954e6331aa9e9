"""The weights that are trained, and the copy that is computed with."""

import copy

import pytest
import torch

from model.core.gpt2 import GPT2
from model.training.optimization import AdamW
from model.training.precision import Weights


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("scale", [1.0, 0.25])
def test_an_update_in_parts_is_the_update_of_the_whole(tiny: GPT2, precision: torch.dtype, scale: float) -> None:
    """Guards against a part that is left out, done twice, or scaled by another's factor; over two steps, so that the
    optimizer's state counts."""
    whole = copy.deepcopy(tiny)
    weights = Weights(tiny, precision)
    optimizer = AdamW(weight_decay=0.1)
    expected = dict(whole.named_parameters())
    reference = AdamW(weight_decay=0.1)
    generator = torch.Generator().manual_seed(1)
    for _ in range(2):
        for name, parameter in expected.items():
            gradient = torch.randn(parameter.shape, generator=generator)
            worked = weights.working.get_parameter(name)
            worked.grad = gradient.to(worked.dtype)
            parameter.grad = worked.grad.float() * scale
        weights.update(optimizer, 1e-2, scale)
        reference.step(expected.values(), 1e-2)
    for name, parameter in expected.items():
        assert torch.equal(tiny.get_parameter(name), parameter), name
        worked = weights.working.get_parameter(name)
        assert torch.equal(worked, parameter.to(worked.dtype)), name
        assert worked.grad is None and tiny.get_parameter(name).grad is None


def test_bfloat16_gradients_are_never_all_there_in_float32(tiny: GPT2) -> None:
    """Guards against half a gigabyte more for the 124M model: only the largest part has room."""
    weights = Weights(tiny, torch.bfloat16)
    assert weights._buffer.numel() == max(p.numel() for p in tiny.parameters())
    assert Weights(tiny, torch.float32)._buffer.numel() == 0
