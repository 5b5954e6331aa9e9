"""Sampling the next token, alone and inside `generate`."""

import math
from collections import Counter
from dataclasses import replace

import pytest
import torch

from model.core.gpt2 import GPT2
from model.decoding.generation import Generation, generate
from model.decoding.sampling import GREEDY, Sampling, most_likely, row_generator, sample_tokens

STOP = 49
LOGITS = torch.tensor([[2.0, 1.0, 3.0, 0.0, -1.0, 3.0]])  # two tokens are equally likely


def frequencies(sampling: Sampling, count: int = 20_000) -> list[float]:
    uniform = torch.rand(count, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    counted = Counter(sample_tokens(LOGITS.expand(count, -1), sampling, uniform).tolist())
    return [counted[token] / count for token in range(LOGITS.shape[1])]


def expected(logits: list[float]) -> list[float]:
    weights = [math.exp(logit) for logit in logits]
    return [weight / sum(weights) for weight in weights]


NONE = -math.inf


@pytest.mark.parametrize(
    ("sampling", "probabilities"),
    [
        (Sampling(1.0), expected([2, 1, 3, 0, -1, 3])),
        (Sampling(0.5), expected([4, 2, 6, 0, -2, 6])),
        (Sampling(4.0), expected([0.5, 0.25, 0.75, 0, -0.25, 0.75])),
        (Sampling(1.0, top_k=3), expected([2, NONE, 3, NONE, NONE, 3])),
        (Sampling(1.0, top_k=100), expected([2, 1, 3, 0, -1, 3])),
        (Sampling(1.0, top_p=0.5), expected([NONE, NONE, 3, NONE, NONE, 3])),  # 0.40, 0.80 | 0.94 ...
        (Sampling(1.0, top_p=0.85), expected([2, NONE, 3, NONE, NONE, 3])),
        (Sampling(1.0, top_k=4, top_p=0.99), expected([2, 1, 3, NONE, NONE, 3])),
        (Sampling(1.0, top_k=2, top_p=0.6), expected([NONE, NONE, 3, NONE, NONE, 3])),  # of the two, not of all
    ],
)
def test_frequencies_are_the_probabilities(sampling: Sampling, probabilities: list[float]) -> None:
    """Guards against filtered tokens that occur, filters that don't renormalise, and filters in the wrong order."""
    count = 20_000
    for found, probability in zip(frequencies(sampling, count), probabilities, strict=True):
        if probability in (0, 1):
            assert found == probability
        assert abs(found - probability) < 5 * math.sqrt(probability * (1 - probability) / count) + 1e-9


def test_the_largest_number_never_samples_a_filtered_token() -> None:
    """Guards against a sum that rounding moves past the last token that is left."""
    largest = torch.tensor([1 - 2**-53], dtype=torch.float64)
    for top_k in (2, 3, 4):
        token = sample_tokens(LOGITS, Sampling(0.7, top_k=top_k), largest).item()
        assert token in {2: {2, 5}, 3: {0, 2, 5}, 4: {0, 1, 2, 5}}[top_k]
    assert sample_tokens(LOGITS, Sampling(1.0, top_p=0.9), largest).item() in {0, 2, 5}


def test_top_p_stops_as_soon_as_the_probability_is_reached() -> None:
    """Guards against one token too many where probabilities add up to top-p exactly, and one too few just above."""
    equal, nearly_one = torch.zeros(1, 4), torch.tensor([1 - 1e-9], dtype=torch.float64)  # four times 0.25
    assert sample_tokens(equal, Sampling(1.0, top_p=0.5), nearly_one).item() == 1
    assert sample_tokens(equal, Sampling(1.0, top_p=0.501), nearly_one).item() == 2


def test_a_token_of_probability_0_is_never_sampled() -> None:
    """Guards against a first token that the random number 0 would choose, though it is impossible."""
    assert (
        sample_tokens(torch.tensor([[-1e9, 0.0]]), Sampling(1.0), torch.tensor([0.0], dtype=torch.float64)).item() == 1
    )


def test_a_tiny_temperature_does_not_overflow() -> None:
    token = sample_tokens(LOGITS * 1e4, Sampling(1e-30), torch.tensor([0.3], dtype=torch.float64)).item()
    assert token in {2, 5}


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_most_likely_is_the_first_of_equals(dtype: torch.dtype) -> None:
    """Guards against ties, which are common in bfloat16, that are broken differently in different places."""
    assert most_likely(LOGITS.to(dtype)).tolist() == [2]
    scores = torch.randn(7, 1000, generator=torch.Generator().manual_seed(1)).to(dtype)
    assert torch.equal(most_likely(scores), scores.argmax(-1))


def prompts() -> list[list[int]]:
    generator = torch.Generator().manual_seed(7)
    return [torch.randint(0, STOP, (length,), generator=generator).tolist() for length in (1, 5, 12, 3, 3)]


@pytest.mark.parametrize("sampling", [Sampling(2.0, top_k=1), Sampling(2.0, top_p=1e-9), Sampling(2.0, 1, 0.5)])
def test_one_candidate_is_greedy(tiny: GPT2, sampling: Sampling) -> None:
    assert generate(tiny, prompts(), 8, STOP, sampling) == generate(tiny, prompts(), 8, STOP, GREEDY)


def test_the_seed_decides(tiny: GPT2) -> None:
    sampling = Sampling(3.0, seed=5)
    first = generate(tiny, prompts(), 8, STOP, sampling)
    assert generate(tiny, prompts(), 8, STOP, sampling) == first
    assert generate(tiny, prompts(), 8, STOP, replace(sampling, seed=6)) != first
    assert generate(tiny, prompts(), 8, STOP) != first


def test_a_rows_random_numbers_are_its_own(tiny: GPT2) -> None:
    """Guards against random numbers that depend on the other rows, on their number, or on which have stopped."""
    rows = prompts()
    sampling = Sampling(3.0, top_k=20, seed=5)
    stop = generate(tiny, rows, 12, STOP, sampling)[1].tokens[3]
    together = generate(tiny, rows, 12, stop, sampling)
    assert len({len(row.tokens) for row in together}) > 1  # some stop before others
    alone = [generate(tiny, [row], 12, stop, sampling, row_ids=[index])[0] for index, row in enumerate(rows)]
    assert alone == together
    backwards = generate(tiny, rows[::-1], 12, stop, sampling, row_ids=[4, 3, 2, 1, 0])
    assert backwards[::-1] == together


def test_equal_prompts_with_different_ids_are_answered_differently(tiny: GPT2) -> None:
    """Guards against one stream of random numbers for all rows."""
    answers: set[Generation] = set(generate(tiny, [[1, 2]] * 6, 8, STOP, Sampling(3.0)))
    assert len(answers) == 6


def test_random_numbers_lie_between_0_and_1() -> None:
    numbers = [row_generator(3, row_id).random() for row_id in range(1000)]
    assert 0 <= min(numbers) and max(numbers) < 1
    assert sum(numbers) / 1000 == pytest.approx(0.5, abs=0.05)


def test_every_row_of_every_seed_has_its_own_random_numbers() -> None:
    """Guards against a seed that only moves the numbers on by a row: row 1 of seed 0 would get those of row 0 of seed
    1."""
    numbers = {row_generator(seed, row_id).random() for seed in range(10) for row_id in range(10)}
    assert len(numbers) == 100


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"temperature": -0.1}, "temperature is -0.1, must be a number from 0"),
        ({"temperature": math.nan}, "temperature is nan"),
        ({"temperature": math.inf}, "temperature is inf"),
        ({"top_k": -1}, "top_k is -1, must be from 0"),
        ({"top_p": 0.0}, "top_p is 0.0, must be above 0 and at most 1"),
        ({"top_p": 1.5, "seed": -1}, "top_p is 1.5, .*; seed is -1, must be from 0"),
    ],
)
def test_values_out_of_range_are_refused(settings: dict[str, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Sampling(**settings)  # type: ignore[arg-type]
