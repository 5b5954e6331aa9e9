"""Batched decoding against the slow reference."""

import pytest
import torch

from model.core.gpt2 import GPT2
from model.decoding import generation
from model.decoding.generation import Generation, generate, generate_slowly, stream
from model.decoding.kv_cache import KVCache

STOP = 49


def prompts(*lengths: int) -> list[list[int]]:
    generator = torch.Generator().manual_seed(7)
    return [torch.randint(0, STOP, (length,), generator=generator).tolist() for length in lengths]


@pytest.mark.parametrize("max_new_tokens", [0, 1, 6, 40])
def test_batched_equals_the_slow_reference(tiny: GPT2, max_new_tokens: int) -> None:
    """Guards against padding or a cache that changes a row's answer, with mixed lengths and at the context's end."""
    rows = prompts(1, 5, 12, 23, 24, 3)
    expected = [generate_slowly(tiny, row, max_new_tokens, STOP) for row in rows]
    assert generate(tiny, rows, max_new_tokens, STOP) == expected


def test_rows_that_stop_leave_the_batch(tiny: GPT2) -> None:
    """Guards against rows that are mixed up after one has left, and against a stop token in an answer."""
    rows = prompts(2, 4, 6, 8, 10)
    free = [generate_slowly(tiny, row, 5, STOP).tokens for row in rows]
    stop = next(token for token in free[1] if any(token not in tokens for tokens in free))
    expected = [generate_slowly(tiny, row, 5, stop) for row in rows]
    assert {row.finish for row in expected} == {"stop", "length"}
    assert generate(tiny, rows, 5, stop) == expected


def test_stop_as_the_first_token_is_an_empty_answer(tiny: GPT2) -> None:
    row = prompts(4)[0]
    stop = generate_slowly(tiny, row, 1, STOP).tokens[0]
    assert generate(tiny, [row], 5, stop) == [Generation((), "stop")]


def test_full_context_leaves_no_room_for_an_answer(tiny: GPT2) -> None:
    assert generate(tiny, prompts(24), 5, STOP) == [Generation((), "length")]


def test_empty_prompt_is_refused(tiny: GPT2) -> None:
    with pytest.raises(ValueError, match="cannot continue an empty prompt"):
        generate(tiny, [[1], []], 5, STOP)


@pytest.mark.parametrize("chunk", [1, 3, 64])
@pytest.mark.parametrize("drop_at", [0.0, 0.5, 1.0])
def test_growth_and_compaction_change_nothing(
    tiny: GPT2, monkeypatch: pytest.MonkeyPatch, chunk: int, drop_at: float
) -> None:
    """Guards against a cache that loses positions when it grows or rows when it shrinks, and against finished rows that
    run past the context while they wait to be dropped."""
    monkeypatch.setattr(KVCache, "CHUNK", chunk)
    monkeypatch.setattr(generation, "DROP_AT", drop_at)
    rows = prompts(23, 1, 20, 5, 12, 3, 22, 2)
    assert generate(tiny, rows, 40, STOP) == [generate_slowly(tiny, row, 40, STOP) for row in rows]


def test_equal_lengths_need_no_mask(tiny: GPT2) -> None:
    """Guards against a fault in the shortcut for rows of the same length, which the other tests don't use."""
    for count in (1, 4):
        rows = prompts(*[6] * count)
        assert generate(tiny, rows, 30, STOP) == [generate_slowly(tiny, row, 30, STOP) for row in rows]


def test_a_stream_is_the_batch_step_by_step(tiny: GPT2) -> None:
    """Guards against tokens that come late, twice, or after their row has stopped."""
    rows = [[1, 2], [3, 4, 5], [6], list(range(24))]
    stop = generate(tiny, rows, 6, STOP)[1].tokens[2]
    steps = list(stream(tiny, rows, 6, stop))
    expected = generate(tiny, rows, 6, stop)
    for prompt, row in enumerate(expected):
        tokens = [token for step in steps for index, token in step if index == prompt]
        assert tuple(tokens) == row.tokens + ((stop,) if row.finish == "stop" else ())
    assert [len(step) for step in steps] == sorted((len(step) for step in steps), reverse=True)
    assert len(steps) == max(len(row.tokens) + (row.finish == "stop") for row in expected)
