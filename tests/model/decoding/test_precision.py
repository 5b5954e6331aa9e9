"""The choice of a precision, with planted speeds and differences, and the warning about emulated bfloat16."""

import pytest
import torch
import torch.nn.functional as F

from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config
from model.decoding.generation import Generation, generate, generate_slowly
from model.decoding.int8 import int8_problem
from model.decoding.precision import (
    Precision,
    Trial,
    available_precisions,
    emulates_bfloat16,
    fastest_that_keeps,
    in_precision,
    try_precision,
)
from model.decoding.sampling import GREEDY, Sampling

CPU, GPU = torch.device("cpu"), torch.device("cuda")
STOP = 49
PROMPTS = [[1, 2, 3], [4], [5, 6, 7, 8]]
needs_int8 = pytest.mark.skipif(bool(int8_problem(CPU)), reason=int8_problem(CPU) or "int8 is there")


def trial(precision: Precision, rate: float, differing: int, rows: int = 20) -> Trial:
    return Trial(precision, rate, differing, [Generation((1,), "stop")] * rows)


@pytest.mark.parametrize(
    ("bfloat16", "int8", "expected"),
    [
        ((200, 0), (300, 2), "int8"),
        ((200, 0), (300, 3), "bfloat16"),
        ((90, 0), (300, 3), "float32"),
        ((90, 0), (80, 0), "float32"),
        ((400, 1), (300, 0), "bfloat16"),
    ],
)
def test_the_fastest_that_keeps_nine_in_ten_is_chosen(
    bfloat16: tuple[float, int], int8: tuple[float, int], expected: str
) -> None:
    """Guards against a choice by speed alone, and against a limit that is off by one."""
    trials = [trial("float32", 100, 0), trial("bfloat16", *bfloat16), trial("int8", *int8)]
    assert fastest_that_keeps(trials).precision == expected


def test_of_few_rows_none_may_differ() -> None:
    assert fastest_that_keeps([trial("float32", 1, 0, 9), trial("int8", 2, 1, 9)]).precision == "float32"


def test_a_trial_counts_answers_that_differ_in_any_token(tiny: GPT2) -> None:
    """Guards against a comparison with other prompts, or of lengths only."""
    reference = try_precision(tiny, "float32", PROMPTS, 6, STOP, GREEDY, None)
    assert reference.answers == generate(tiny, PROMPTS, 6, STOP)
    assert reference.differing == 0
    assert reference.rate > 0
    first = reference.answers[0]
    other = Generation((*first.tokens[:-1], 48 - first.tokens[-1]), first.finish)
    changed = Trial("float32", 1, 0, [other, *reference.answers[1:]])
    assert try_precision(tiny, "int8", PROMPTS, 6, STOP, GREEDY, changed).differing == 1


@needs_int8
@pytest.mark.parametrize("precision", ["int8", "int8_weights"])
def test_answers_in_int8_are_those_of_float32(precision: Precision) -> None:
    """Guards against a head, a bias or a GELU that is left out: a model that has learnt to count is sure of itself."""
    model = GPT2(GPT2Config(vocab_size=50, n_positions=24, n_embd=32, n_layer=2, n_head=2))
    model.init_weights(torch.Generator().manual_seed(0), embedding_std=0.1)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    generator = torch.Generator().manual_seed(1)
    for _ in range(150):
        rows = (torch.randint(STOP, (16, 1), generator=generator) + torch.arange(25) * 3) % STOP
        loss = F.cross_entropy(model.logits(model(rows[:, :-1])).flatten(0, 1), rows[:, 1:].flatten())
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    model.eval()
    rows_of_prompts = [[1, 4, 7], [40], [46, 0, 3, 6]]
    expected = [generate_slowly(model, row, 12, STOP) for row in rows_of_prompts]
    assert expected[1].tokens[:5] == (43, 46, 0, 3, 6)
    prepared = in_precision(model, precision)
    assert generate(prepared, rows_of_prompts, 12, STOP) == expected
    assert [generate_slowly(prepared, row, 12, STOP) for row in rows_of_prompts] == expected


@needs_int8
def test_sampled_answers_in_int8_do_not_depend_on_the_batch(tiny: GPT2) -> None:
    prepared, sampling = in_precision(tiny, "int8"), Sampling(temperature=1.0, seed=3)
    together = generate(prepared, PROMPTS, 12, STOP, sampling)
    assert [generate(prepared, [row], 12, STOP, sampling, [i])[0] for i, row in enumerate(PROMPTS)] == together
    assert generate(prepared, PROMPTS, 12, STOP, Sampling(temperature=1.0, seed=4)) != together


def test_float32_and_bfloat16_are_what_they_say(tiny: GPT2) -> None:
    assert in_precision(tiny, "float32") is tiny
    assert in_precision(tiny, "bfloat16").wte.weight.dtype == torch.bfloat16


@pytest.mark.parametrize(
    ("capabilities", "emulated"), [({}, True), ({"avx512_bf16": True}, False), ({"amx_bf16": True}, False)]
)
def test_a_cpu_without_bfloat16_emulates_it(
    monkeypatch: pytest.MonkeyPatch, capabilities: dict[str, bool], emulated: bool
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities, raising=False)
    assert emulates_bfloat16(CPU) == emulated
    assert ("bfloat16" in available_precisions(CPU)) != emulated
    assert not emulates_bfloat16(GPU)
    assert available_precisions(GPU) == ["float32", "bfloat16"]


@pytest.mark.skipif(not hasattr(torch.cpu, "get_capabilities"), reason="this torch doesn't know what a CPU can do")
def test_an_old_torch_takes_bfloat16_for_emulated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(torch.cpu, "get_capabilities")
    assert emulates_bfloat16(CPU)
