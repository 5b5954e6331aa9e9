"""Decoding: batched with a KV cache, and a slow greedy version that it must equal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch

from model.core.gpt2 import GPT2
from model.decoding.kv_cache import CachedRows, KVCache, PromptRows
from model.decoding.sampling import GREEDY, Sampling, choose_tokens, row_generator

# Finished rows stay in the batch until at most this share of it is still running. Dropping rows copies the whole
# cache, which takes as long as one or two steps.
DROP_AT = 0.75


@dataclass(frozen=True)
class Generation:
    """New token ids without the stop token. `finish` is "stop" if the model stopped, "length" if the token limit or the
    context ended it."""

    tokens: tuple[int, ...]
    finish: Literal["stop", "length"]


@dataclass
class _Row:
    """One prompt's row of the batch, while it is decoded."""

    prompt: int  # the index of its prompt
    position: int  # of the next token
    room: int  # how many tokens it may still get; 0 when it is finished
    generator: np.random.Generator


def generate(
    model: GPT2,
    prompts: Sequence[Sequence[int]],
    max_new_tokens: int,
    stop: int,
    sampling: Sampling = GREEDY,
    row_ids: Sequence[int] | None = None,
) -> list[Generation]:
    """The whole continuation of each prompt. Arguments and errors are those of `stream`."""
    new: list[list[int]] = [[] for _ in prompts]
    for step in stream(model, prompts, max_new_tokens, stop, sampling, row_ids):
        for prompt, token in step:
            new[prompt].append(token)
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
    row_ids: Sequence[int] | None = None,
) -> Iterator[list[tuple[int, int]]]:
    """Continues each prompt until the token `stop`, `max_new_tokens` or the end of the context. Yields the tokens of
    each step as soon as they are chosen, as pairs of the prompt's index and the token; `stop` is among them.

    All prompts run as one batch. A prompt that already fills the context gets no token. A row's random numbers depend
    on the seed and its id: by default the prompt's index here. If prompts are decoded in several batches, pass their
    indices among all prompts as `row_ids`. Raises ValueError for an empty prompt.
    """
    if any(len(prompt) == 0 for prompt in prompts):
        raise ValueError("cannot continue an empty prompt")
    context, device = model.config.n_positions, model.wte.weight.device
    rows = [
        _Row(
            prompt=index,
            position=len(prompt),
            room=min(max_new_tokens, context - len(prompt)),
            generator=row_generator(sampling.seed, index if row_ids is None else row_ids[index]),
        )
        for index, prompt in enumerate(prompts)
    ]
    rows = [row for row in rows if row.room > 0]
    if not rows:
        return
    lengths = [row.position for row in rows]
    cache = KVCache(model, len(rows), min(context, max(lengths) + max_new_tokens))
    layout = PromptRows(cache, lengths, device)
    prompt_tokens = torch.tensor([token for row in rows for token in prompts[row.prompt]], device=device)
    hidden = model.hidden(prompt_tokens, layout)[layout.last]  # [B, C]
    while True:
        tokens = choose_tokens(model.logits(hidden), sampling, [row.generator for row in rows])
        step = [(row, token) for row, token in zip(rows, tokens.tolist(), strict=True) if row.room > 0]
        for row, token in step:
            row.room = 0 if token == stop else row.room - 1
        yield [(row.prompt, token) for row, token in step]
        running = [index for index, row in enumerate(rows) if row.room > 0]
        if not running:
            return
        if len(running) <= DROP_AT * len(rows):
            kept = torch.tensor(running, device=device)
            cache.keep(kept)
            tokens = tokens[kept]
            rows = [rows[index] for index in running]
        hidden = model.hidden(tokens, CachedRows(cache, [row.position for row in rows], device))
        for row in rows:  # a finished row may wait at the end of the cache
            row.position = min(row.position + 1, cache.length - 1)


@torch.inference_mode()
def generate_slowly(model: GPT2, prompt: Sequence[int], max_new_tokens: int, stop: int) -> Generation:
    """Greedy decoding of one prompt without a cache or a batch: the reference that tests compare `generate` with."""
    tokens = list(prompt)
    while len(tokens) < min(len(prompt) + max_new_tokens, model.config.n_positions):
        hidden = model(torch.tensor([tokens]))
        token = int(model.logits(hidden[0, -1]).argmax())
        if token == stop:
            return Generation(tuple(tokens[len(prompt) :]), "stop")
        tokens.append(token)
    return Generation(tuple(tokens[len(prompt) :]), "length")
