"""How the next token is chosen from the scores: the most likely one, or one drawn at random."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Sampling:
    """Temperature, top-k (Fan et al., 2018) and top-p (Holtzman et al., 2020), applied in this order.

    Raises ValueError that lists whatever is out of range.
    """

    temperature: float = 0.0  # divides the scores; 0 takes the most likely token
    top_k: int = 0  # draws from the so many most likely tokens, 0 from all
    top_p: float = 1.0  # draws from the fewest most likely tokens that have this probability together, 1 from all
    seed: int = 0  # of the draws, from 0

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


class Draws:
    """The random numbers of the rows at `places`, by which they are drawn alike whatever batch they are in."""

    def __init__(self, seed: int, places: Sequence[int]) -> None:
        self._generators = [np.random.Generator(np.random.PCG64([seed, place])) for place in places]

    def next(self) -> Tensor:
        """One number of each row [B] (float64), from 0 to below 1."""
        return torch.tensor([generator.random() for generator in self._generators], dtype=torch.float64)

    def keep(self, rows: Sequence[int]) -> None:
        """Drops all rows but these."""
        self._generators = [self._generators[row] for row in rows]


def choose(logits: Tensor, sampling: Sampling, draws: Draws) -> Tensor:
    """The next token of each row of `logits` [B, V]: token ids [B] (int64)."""
    return most_likely(logits) if sampling.greedy else draw(logits, sampling, draws.next().to(logits.device))


def most_likely(logits: Tensor) -> Tensor:
    """The first of the largest scores in each row of `logits` [B, V]: token ids [B] (int64)."""
    if logits.device.type != "cpu":
        return logits.argmax(-1)
    # torch's own takes a fifth of a step for 32 rows, NumPy's a hundredth of that.
    return torch.from_numpy(logits.float().numpy().argmax(-1))


def draw(logits: Tensor, sampling: Sampling, uniform: Tensor) -> Tensor:
    """Token ids [B] (int64) where the numbers `uniform` [B] (0 to below 1) fall among the cumulated probabilities of
    `logits` [B, V]; of tokens with the same score the one with the lower id comes first."""
    scores = logits.float()
    order: Tensor | None = None  # token ids [B, K], the most likely first; None: all tokens, by their ids
    if 0 < sampling.top_k < scores.shape[-1]:
        order = scores.topk(sampling.top_k, dim=-1).indices.sort(dim=-1).values
        scores = scores.gather(-1, order)
    # Before they are divided, as a low temperature would send them to infinity; the largest is 0 then.
    scores = scores - scores.amax(dim=-1, keepdim=True)
    probabilities = torch.softmax(scores / sampling.temperature, dim=-1, dtype=torch.float64)
    if sampling.top_p < 1:
        probabilities, by_rank = probabilities.sort(dim=-1, descending=True, stable=True)
        order = by_rank if order is None else order.gather(-1, by_rank)
        before = probabilities.cumsum(-1) - probabilities  # the probability of the tokens before this one
        probabilities = probabilities.masked_fill(before >= sampling.top_p, 0)
    cumulated = probabilities.cumsum(-1)
    # The first token whose cumulated probability exceeds the number: never one of probability 0.
    threshold = uniform.to(cumulated)[:, None] * cumulated[:, -1:]
    index = torch.searchsorted(cumulated, threshold, right=True).clamp(max=cumulated.shape[-1] - 1)
    return (index if order is None else order.gather(-1, index))[:, 0]
