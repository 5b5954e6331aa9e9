"""The learning rate schedule, AdamW compared with torch's own, and master weights."""

import copy
from collections.abc import Callable

import pytest
import torch

from model.core.gpt2 import GPT2
from model.training import optimization
from model.training.optimization import (
    AdamW,
    MasterWeights,
    OnDevice,
    Schedule,
    best_precision,
    learning_rate_schedule,
)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [("constant", [1.0, 1.0]), ("linear", [0.55, 0.1]), ("cosine", [0.55, 0.1])],
)
def test_learning_rate_warms_up_and_falls(schedule: Schedule, expected: list[float]) -> None:
    """Guards against a first step at rate 0 and a schedule that never reaches its end."""
    rate = learning_rate_schedule(schedule, peak=1.0, warmup=0.2, steps=100)
    assert [rate(0), rate(9), rate(19), rate(20)] == pytest.approx([0.05, 0.5, 1.0, 1.0])
    assert [rate(60), rate(100)] == pytest.approx(expected)


def test_without_warmup_the_first_step_has_the_peak() -> None:
    """Guards against a division by zero, and a schedule that starts below its peak."""
    assert learning_rate_schedule("linear", peak=2.0, warmup=0.0, steps=1)(0) == 2.0
    assert learning_rate_schedule("cosine", peak=2.0, warmup=1.0, steps=4)(3) == 2.0


@pytest.fixture(params=["private kernel", "torch.optim"])
def either_kernel(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """AdamW as it is, and as it is where torch lacks the private kernel."""
    if request.param == "torch.optim":
        monkeypatch.setattr(optimization, "_fused_kernel", lambda: None)
    elif not hasattr(torch, "_fused_adamw_"):
        pytest.skip("this torch has no private kernel")
    return str(request.param)


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_adamw_is_that_of_torch(tiny: GPT2, weight_decay: float, either_kernel: str) -> None:
    """Guards against a bias or a layer norm that decays, a matrix that doesn't, and another constant or order of
    operations than the published one: the same bits, over three steps at changing rates."""
    twin = copy.deepcopy(tiny)
    matrices = [parameter for parameter in twin.parameters() if parameter.dim() >= 2]
    others = [parameter for parameter in twin.parameters() if parameter.dim() < 2]
    groups = [{"params": matrices, "weight_decay": weight_decay}, {"params": others, "weight_decay": 0.0}]
    expected, ours = torch.optim.AdamW(groups, fused=True), AdamW(weight_decay)
    assert (ours._kernel is None) == (either_kernel == "torch.optim")
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
        assert ours.state[parameter].keys() == expected.state[same].keys()
        assert all(torch.equal(ours.state[parameter][key], value) for key, value in expected.state[same].items())


def test_a_parameter_without_a_gradient_stays(tiny: GPT2, either_kernel: str) -> None:
    """Guards against decay of weights that a step doesn't train."""
    before = copy.deepcopy(tiny)
    tiny.wpe.weight.grad = torch.ones_like(tiny.wpe.weight)
    AdamW(0.1).step(tiny.parameters(), 1e-2)
    changed = [n for n, p in tiny.named_parameters() if not torch.equal(p, before.get_parameter(n))]
    assert changed == ["wpe.weight"]


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("scale", [1.0, 0.25])
def test_an_update_in_parts_is_the_update_of_the_whole(tiny: GPT2, precision: torch.dtype, scale: float) -> None:
    """Guards against a part that is left out, done twice, or scaled by another's factor; over two steps, so that the
    optimizer's state counts."""
    whole = copy.deepcopy(tiny)
    weights = MasterWeights(tiny, precision)
    optimizer = AdamW(weight_decay=0.1)
    expected = dict(whole.named_parameters())
    reference = AdamW(weight_decay=0.1)
    generator = torch.Generator().manual_seed(1)
    for _ in range(2):
        for name, parameter in expected.items():
            gradient = torch.randn(parameter.shape, generator=generator)
            working = weights.working.get_parameter(name)
            working.grad = gradient.to(working.dtype)
            parameter.grad = working.grad.float() * scale
        weights.update(optimizer, 1e-2, scale)
        reference.step(expected.values(), 1e-2)
    for name, parameter in expected.items():
        assert torch.equal(tiny.get_parameter(name), parameter), name
        working = weights.working.get_parameter(name)
        assert torch.equal(working, parameter.to(working.dtype)), name
        assert working.grad is None and tiny.get_parameter(name).grad is None


@pytest.mark.parametrize("precision", [torch.float32, torch.bfloat16])
def test_an_update_by_tensors_is_one_by_numbers(tiny: GPT2, precision: torch.dtype, either_kernel: str) -> None:
    """Guards against a rate, a factor or a skipped step that the kernel never sees, and a skipped step that counts for
    the correction of AdamW's bias. Over three steps, of which the second is skipped."""
    twin = copy.deepcopy(tiny)
    ours, theirs = MasterWeights(tiny, precision), MasterWeights(twin, precision)
    optimizer, reference = AdamW(weight_decay=0.1), AdamW(weight_decay=0.1)
    generator = torch.Generator().manual_seed(1)
    for skipped in (0.0, 1.0, 0.0):
        for _, one in ours.working.named_parameters():
            one.grad = torch.randn(one.shape, generator=generator).to(one.dtype)
            if skipped:
                one.grad[0] = torch.nan
        for name, other in theirs.working.named_parameters():
            gradient = ours.working.get_parameter(name).grad
            assert gradient is not None
            other.grad = gradient.clone()
        on_device = OnDevice(torch.tensor(4.0), torch.tensor(skipped))
        ours.update(optimizer, torch.tensor(2.0**-7), on_device=on_device)
        if skipped:
            theirs.clear_gradients()
        else:
            theirs.update(reference, 2.0**-7, scale=0.25)
    for name, parameter in twin.named_parameters():
        assert torch.equal(tiny.get_parameter(name), parameter), name
        state = optimizer.state[tiny.get_parameter(name)]
        assert all(torch.equal(state[key], value) for key, value in reference.state[parameter].items())
        assert state["step"] == 2.0


def test_bfloat16_gradients_are_never_all_there_in_float32(tiny: GPT2) -> None:
    """Guards against half a gigabyte more for the 124M model: only the largest part has room."""
    weights = MasterWeights(tiny, torch.bfloat16)
    assert weights._buffer.numel() == max(p.numel() for p in tiny.parameters())
    assert MasterWeights(tiny, torch.float32)._buffer.numel() == 0


def test_the_norm_is_over_all_gradients_together(tiny: GPT2) -> None:
    """Guards against a norm of each tensor alone, and against a weight that no backward pass reached."""
    weights = MasterWeights(tiny, torch.float32)
    tiny.ln_f.bias.grad = torch.full((8,), 3.0)
    tiny.ln_f.weight.grad = torch.full((8,), 4.0)
    assert weights.gradient_norm().item() == pytest.approx(5 * 8**0.5)
    assert len(weights.gradients()) == len(list(tiny.parameters()))


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        (lambda: {"avx512_bf16": True}, torch.bfloat16),
        (lambda: {"avx512_bf16": False, "amx_bf16": True}, torch.bfloat16),
        (lambda: {"avx512_bf16": False, "avx2": True}, torch.float32),
        (None, torch.float32),  # an older torch, which cannot say
    ],
)
def test_the_best_precision_is_what_the_processor_multiplies_fast(
    monkeypatch: pytest.MonkeyPatch, capabilities: Callable[[], dict[str, bool]] | None, expected: torch.dtype
) -> None:
    if capabilities:
        monkeypatch.setattr(torch.cpu, "get_capabilities", capabilities, raising=False)
    else:
        monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    assert best_precision(torch.device("cpu")) == expected
