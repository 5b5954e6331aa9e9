import pytest
import torch

from model.generation import Generation, generate, generate_slowly
from model.gpt2 import GPT2

STOP = 49


def prompts(*lengths: int) -> list[list[int]]:
    generator = torch.Generator().manual_seed(7)
    return [torch.randint(0, STOP, (length,), generator=generator).tolist() for length in lengths]


@pytest.mark.parametrize("max_new_tokens", [0, 1, 6, 40])
def test_batched_equals_the_slow_reference(tiny: GPT2, max_new_tokens: int) -> None:
    """Guards against padding or a cache that changes a row's answer, for mixed lengths and at the context's end."""
    rows = prompts(1, 5, 12, 23, 24, 3)
    expected = [generate_slowly(tiny, row, max_new_tokens, STOP) for row in rows]
    assert generate(tiny, rows, max_new_tokens, STOP) == expected


def test_rows_that_stop_leave_the_batch(tiny: GPT2) -> None:
    """Guards against rows that answer for one another after one has left, and against a stop token in an answer."""
    rows = prompts(2, 4, 6, 8, 10)
    free = [generate_slowly(tiny, row, 5, STOP).tokens for row in rows]
    stop = next(token for token in free[1] if any(token not in other for other in free))
    expected = [generate_slowly(tiny, row, 5, stop) for row in rows]
    assert {one.finish for one in expected} == {"stop", "length"}
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
