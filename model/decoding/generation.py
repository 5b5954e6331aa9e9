"""Decoding: batched with a KV cache, all at once or piece by piece, and a slow greedy reference that it must equal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import torch

from model.core.gpt2 import GPT2
from model.decoding.cache import CachedRows, KVCache, PromptRows
from model.decoding.sampling import GREEDY, Draws, Sampling, choose

# Rows that are done stay in the batch until no more than this share of it goes on: each time rows are dropped, the
# whole cache is copied, which takes as long as one or two steps.
DROP_AT = 0.75


@dataclass(frozen=True)
class Generation:
    """New token ids without the stop token; `finish` is `length` where the limit or the context ended them."""

    tokens: tuple[int, ...]
    finish: Literal["stop", "length"]


def generate(
    model: GPT2,
    prompts: Sequence[Sequence[int]],
    max_new_tokens: int,
    stop: int,
    sampling: Sampling = GREEDY,
    places: Sequence[int] | None = None,
) -> list[Generation]:
    """The continuation of each prompt that `stream` gives piece by piece, with the same arguments and errors."""
    new: list[list[int]] = [[] for _ in prompts]
    for step in stream(model, prompts, max_new_tokens, stop, sampling, places):
        for row, token in step:
            new[row].append(token)
    return [
        Generation(tuple(tokens[:-1]), "stop") if tokens[-1:] == [stop] else Generation(tuple(tokens), "length")
        for tokens in new
    ]


@torch.inference_mode()
def stream(
    model: GPT2,
    prompts: Sequence[Sequence[int]],
    max_new_tokens: int,
    stop: int,
    sampling: Sampling = GREEDY,
    places: Sequence[int] | None = None,
) -> Iterator[list[tuple[int, int]]]:
    """A continuation of each prompt, up to and with `stop`, or to `max_new_tokens` or the end of the context; the most
    likely one unless `sampling` says otherwise. Yields the tokens of each step as soon as they are chosen, each with
    the index of its prompt.

    All prompts run as one batch; rows that are done leave it, a few at a time. A prompt that already fills the context
    gets no token. What is drawn for a prompt depends on the seed and its place, by default its index here; where
    prompts are decoded in several batches, `places` are their indices among them all. Raises ValueError for an empty
    prompt.
    """
    if any(len(prompt) == 0 for prompt in prompts):
        raise ValueError("cannot continue an empty prompt")
    context = model.config.n_positions
    room = [min(max_new_tokens, context - len(prompt)) for prompt in prompts]  # 0 for a row that is done
    rows = [row for row, tokens in enumerate(room) if tokens > 0]
    if not rows:
        return
    device = model.wte.weight.device
    draws = Draws(sampling.seed, rows if places is None else [places[row] for row in rows])
    positions = [len(prompts[row]) for row in rows]  # of the tokens to come
    cache = KVCache(model, len(rows), min(context, max(positions) + max_new_tokens))
    layout = PromptRows(cache, positions, device)
    hidden = model.hidden(torch.tensor([token for row in rows for token in prompts[row]], device=device), layout)
    hidden = hidden[layout.last]  # [B, C]
    while True:
        tokens = choose(model.logits(hidden), sampling, draws)
        step = [(row, token) for row, token in zip(rows, tokens.tolist(), strict=True) if room[row] > 0]
        for row, token in step:
            room[row] = 0 if token == stop else room[row] - 1
        yield step
        going_on = [index for index, row in enumerate(rows) if room[row] > 0]
        if not going_on:
            return
        if len(going_on) <= DROP_AT * len(rows):
            keep = torch.tensor(going_on, device=device)
            cache.keep(keep)
            draws.keep(going_on)
            tokens = tokens[keep]
            rows, positions = ([old[index] for index in going_on] for old in (rows, positions))
        hidden = model.hidden(tokens, CachedRows(cache, positions, device))
        positions = [min(position + 1, cache.length - 1) for position in positions]  # the end: rows that are done


@torch.inference_mode()
def generate_slowly(model: GPT2, prompt: Sequence[int], max_new_tokens: int, stop: int) -> Generation:
    """The same for one prompt, without a cache or a batch: the reference that tests hold `generate` to."""
    tokens = list(prompt)
    while len(tokens) < min(len(prompt) + max_new_tokens, model.config.n_positions):
        hidden = model(torch.tensor([tokens]))
        token = int(model.logits(hidden[0, -1]).argmax())
        if token == stop:
            return Generation(tuple(tokens[len(prompt) :]), "stop")
        tokens.append(token)
    return Generation(tuple(tokens[len(prompt) :]), "length")
