"""Linear layers in int8 against products of the same integers, and of the weights that they stand for."""

import os
import subprocess
import sys
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
import torch.nn.functional as F

from model.decoding.int8 import Int8Linear, int8_problem, quantize_weight

CPU = torch.device("cpu")
needs_int8 = pytest.mark.skipif(bool(int8_problem(CPU)), reason=int8_problem(CPU) or "int8 is there")

# The hardest case for a CPU that adds pairs in 16 bits: all weights and all activations are as large as can be.
EXACT = """
import torch
from model.decoding.int8 import Int8Linear, quantize_weight
signs = torch.ones(3, 64)
signs[1] = -1
signs[2, ::2] = -1
integers, scales = quantize_weight(signs)
x = torch.ones(2, 64)
x[1, ::3] = -1
expected = x @ integers.float().t() * scales
print((Int8Linear(signs, None)(x) - expected).abs().max().item())
"""


def random(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("inputs", [16, 17])
def test_integers_times_scales_are_the_weight(inputs: int) -> None:
    """Guards against scales of inputs instead of outputs: rounding is off by half a scale at most."""
    weight = random(5, inputs) * torch.tensor([1e-6, 1.0, 0.0, 1e3, 1.0])[:, None]
    integers, scales = quantize_weight(weight)
    assert ((integers * scales[:, None] - weight).abs() <= 0.5001 * scales[:, None]).all()
    assert integers[2].eq(0).all()


def test_neighbours_of_one_sign_add_up_to_128_at_most() -> None:
    """Guards against sums that a CPU without VNNI cuts at 2^15: 255 * 128 is below it, 255 * 129 above."""
    weights = torch.cat((random(2000, 64), torch.ones(1, 64), -torch.ones(1, 64)))
    pairs = quantize_weight(weights)[0].int().reshape(len(weights), -1, 2)
    same_sign = pairs[..., 0].sign() == pairs[..., 1].sign()
    assert (pairs.sum(-1).abs() * same_sign).max() == 128
    assert pairs.abs().max() == 127


@needs_int8
@pytest.mark.parametrize("fine", [False, True])
@pytest.mark.parametrize("rows", [1, 2, 33])
def test_integers_give_the_exact_product(rows: int, fine: bool) -> None:
    """Guards against a weight that is transposed, a scale of another output, or a bias that is left out."""
    generator = torch.Generator().manual_seed(3)
    integers = torch.randint(-60, 61, (24, 32), generator=generator).float()
    integers[:, :2] = torch.tensor([127.0, -127.0])  # so that the scale is 1
    x = torch.randint(-126, 127, (rows, 32), generator=generator).float()
    x[:, 0] = 127
    bias = torch.arange(24.0)
    expected = x @ integers.t() + bias
    assert torch.equal(Int8Linear(integers, bias, fine=fine)(x), expected)
    assert torch.equal(Int8Linear(integers, bias, gelu=True, fine=fine)(x), F.gelu(expected, approximate="tanh"))


@needs_int8
@pytest.mark.parametrize(("fine", "steps"), [(False, 127), (True, 127 * 254)])
def test_the_product_is_within_the_quantization_bound(fine: bool, steps: int) -> None:
    """Each weight is off by half a scale at most, each activation by half a step."""
    weight, bias, x = random(40, 96), random(40, seed=2), random(7, 96, seed=3) * 10
    scales = quantize_weight(weight)[1]
    of_weights = 0.5 * x.abs().sum(1, keepdim=True) * scales
    of_activations = 0.5 * x.abs().amax(1, keepdim=True) / steps * (weight.abs() + scales[:, None]).sum(1)
    difference = (Int8Linear(weight, bias, fine=fine)(x) - F.linear(x, weight, bias)).abs()
    assert (difference <= of_weights + of_activations + 1e-4).all()
    assert difference.max() > 0


@needs_int8
@pytest.mark.parametrize("fine", [False, True])
def test_a_row_does_not_depend_on_its_batch(fine: bool) -> None:
    """Guards against one scale for all rows, with which batched answers would not be those of single prompts."""
    layer = Int8Linear(random(50, 32), random(50, seed=2), fine=fine)
    x = random(9, 32, seed=3) * torch.logspace(-8, 3, 9)[:, None]
    x[4] = 0
    together = layer(x)
    assert torch.equal(together, torch.cat([layer(row[None]) for row in x]))
    assert torch.equal(together[4], random(50, seed=2))


@needs_int8
def test_the_largest_sums_are_not_cut_without_vnni(root: Path) -> None:
    """Guards against other answers on a CPU without VNNI, on which weights of 8 bits usually overflow."""
    environment = os.environ | {"FBGEMM_ENABLE_INSTRUCTIONS": "AVX2"}
    program = [sys.executable, "-c", EXACT]
    shown = subprocess.run(program, cwd=root, env=environment, capture_output=True, text=True, check=True)
    assert float(shown.stdout) < 1e-4


@needs_int8
def test_packing_leaves_the_engine_and_says_nothing() -> None:
    engine = torch.backends.quantized.engine
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Int8Linear(random(4, 4), None)
    assert torch.backends.quantized.engine == engine


def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert int8_problem(torch.device("cuda")) == "int8 is for CPUs, and the model is on cuda; use bfloat16 there"
    monkeypatch.setattr(torch.backends, "quantized", SimpleNamespace(supported_engines=["qnnpack"]))
    assert "x86 processor with AVX2" in int8_problem(CPU)
    monkeypatch.setattr(torch.backends, "quantized", SimpleNamespace(supported_engines=["fbgemm"]))
    monkeypatch.setattr(torch.ops, "quantized", SimpleNamespace())
    assert "has no operator" in int8_problem(CPU)
