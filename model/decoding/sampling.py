"""How the next token is chosen from the scores: the most likely one, or one sampled at random."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Sampling:
    """Temperature, top-k (Fan et al., 2018) and top-p (Holtzman et al., 2020), applied in this order.

    Raises ValueError that lists every value that is out of range.
    """

    temperature: float = 0.0  # divides the scores; 0 takes the most likely token
    top_k: int = 0  # sample from the k most likely tokens; 0 for all
    top_p: float = 1.0  # sample from the fewest most likely tokens whose probabilities add up to this; 1 for all
    seed: int = 0  # of the random numbers, from 0

    def __post_init__(self) -> None:
        problems = []
        if not 0 <= self.temperature < float("inf"):
            problems.append(f"temperature is {self.temperature}, must be a number from 0")
        if self.top_k < 0:
            problems.append(f"top_k is {self.top_k}, must be from 0")
        if not 0 < self.top_p <= 1:
            problems.append(f"top_p is {self.top_p}, must be above 0 and at most 1")
        if self.seed < 0:
            problems.append(f"seed is {self.seed}, must be from 0")
        if problems:
            raise ValueError("; ".join(problems))

    @property
    def greedy(self) -> bool:
        return self.temperature == 0 or self.top_k == 1


GREEDY = Sampling()


def row_generator(seed: int, row_id: int) -> np.random.Generator:
    """The random numbers of one row. They depend on nothing else, so a row gets the same tokens in any batch."""
    return np.random.Generator(np.random.PCG64([seed, row_id]))


def choose_tokens(logits: Tensor, sampling: Sampling, generators: Sequence[np.random.Generator]) -> Tensor:
    """The next token of each row of `logits` [B, V]: token ids [B] (int64). Each row has its own generator."""
    if sampling.greedy:
        return most_likely(logits)
    uniform = torch.tensor([generator.random() for generator in generators], dtype=torch.float64)
    return sample_tokens(logits, sampling, uniform.to(logits.device))


def most_likely(logits: Tensor) -> Tensor:
    """The token with the highest score in each row of `logits` [B, V]: token ids [B] (int64). Of equal scores, the
    lowest id wins."""
    if logits.device.type != "cpu":
        return logits.argmax(-1)
    # For 32 rows, torch's argmax takes a fifth of a decoding step; NumPy's takes a hundredth of that.
    return torch.from_numpy(logits.float().numpy().argmax(-1))


def sample_tokens(logits: Tensor, sampling: Sampling, uniform: Tensor) -> Tensor:
    """Token ids [B] (int64), sampled by inverting the cumulative distribution of each row of `logits` [B, V] at
    `uniform` [B] (float64, 0 to below 1). Of tokens with equal scores, the lower id ranks first."""
    scores = logits.float()
    token_ids: Tensor | None = None  # of the columns [B, K]; None while column v is token v
    if 0 < sampling.top_k < scores.shape[-1]:
        token_ids = scores.topk(sampling.top_k, dim=-1).indices.sort(dim=-1).values
        scores = scores.gather(-1, token_ids)
    # Subtract the largest score first: dividing by a low temperature could overflow.
    scores = scores - scores.amax(dim=-1, keepdim=True)
    probabilities = torch.softmax(scores / sampling.temperature, dim=-1, dtype=torch.float64)
    if sampling.top_p < 1:
        probabilities, by_rank = probabilities.sort(dim=-1, descending=True, stable=True)
        token_ids = by_rank if token_ids is None else token_ids.gather(-1, by_rank)
        before = probabilities.cumsum(-1) - probabilities  # the probability of all more likely tokens
        probabilities = probabilities.masked_fill(before >= sampling.top_p, 0)
    cumulative = probabilities.cumsum(-1)
    # The first column whose cumulative probability exceeds the threshold; it never has probability 0.
    threshold = uniform.to(cumulative)[:, None] * cumulative[:, -1:]
    column = torch.searchsorted(cumulative, threshold, right=True).clamp(max=cumulative.shape[-1] - 1)
    return (column if token_ids is None else token_ids.gather(-1, column))[:, 0]
