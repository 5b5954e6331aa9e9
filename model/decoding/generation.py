"""Decoding: batched with a KV cache, and a slow greedy version that it must equal.

On a GPU, `StaticDecoder` does the work (`model/decoding/static_decoding.py`). The loop here is the CPU's: its cache
grows with the answers, and finished rows leave the batch.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import torch

from model.core.gpt2 import GPT2
from model.decoding.kv_cache import CachedRows, KVCache, PromptRows
from model.decoding.sampling import GREEDY, Sampling, choose_tokens, row_generator
from model.decoding.static_decoding import NO_TOKEN, StaticDecoder

# Finished rows stay in the batch until at most this share of it is still running. Dropping rows copies the whole
# cache, which takes as long as one or two steps.
DROP_AT = 0.75
READ_EVERY = 16  # steps on a GPU between two looks at the tokens, if nobody waits for them

Steps = Iterator[list[tuple[int, int]]]  # of each step, its tokens with the indices of their prompts
# Continues prompts with their generators of random numbers. Yields the tokens of each step, one per prompt.
Decode = Callable[[Sequence[Sequence[int]], Sequence[np.random.Generator]], Iterator[list[int]]]


@dataclass(frozen=True)
class Generation:
    """New token ids without the stop token. `finish` is "stop" if the model stopped, "length" if the token limit or the
    context ended it."""

    tokens: tuple[int, ...]
    finish: Literal["stop", "length"]


def generate_batches(
    model: GPT2,
    prompts: Sequence[Sequence[int]],
    batch_size: int,
    max_new_tokens: int,
    stop: int,
    sampling: Sampling = GREEDY,
) -> Iterator[dict[int, Generation]]:
    """The continuations of all prompts by their indices, `batch_size` prompts at a time. Prompts of similar length are
    in one batch, which saves padding. Errors are those of `stream`."""
    order = sorted(range(len(prompts)), key=lambda index: len(prompts[index]))
    decode = _choose_decoder(model, prompts, batch_size, max_new_tokens, stop, sampling, READ_EVERY)
    for start in range(0, len(order), batch_size):
        indices = order[start : start + batch_size]
        batch = [prompts[index] for index in indices]
        steps = _steps(decode, batch, max_new_tokens, model.config.n_positions, sampling, indices)
        yield dict(zip(indices, _collect(steps, len(batch), stop), strict=True))


def generate(
    model: GPT2,
    prompts: Sequence[Sequence[int]],
    max_new_tokens: int,
    stop: int,
    sampling: Sampling = GREEDY,
    row_ids: Sequence[int] | None = None,
) -> list[Generation]:
    """The whole continuation of each prompt. Arguments and errors are those of `stream`."""
    decode = _choose_decoder(model, prompts, len(prompts), max_new_tokens, stop, sampling, READ_EVERY)
    steps = _steps(decode, prompts, max_new_tokens, model.config.n_positions, sampling, row_ids)
    return _collect(steps, len(prompts), stop)


def stream(
    model: GPT2,
    prompts: Sequence[Sequence[int]],
    max_new_tokens: int,
    stop: int,
    sampling: Sampling = GREEDY,
    row_ids: Sequence[int] | None = None,
) -> Steps:
    """Continues each prompt until the token `stop`, `max_new_tokens` or the end of the context. Yields the tokens of
    each step as soon as they are chosen, as pairs of the prompt's index and the token; `stop` is among them.

    All prompts run as one batch. A prompt that already fills the context gets no token. A row's random numbers depend
    on the seed and its id: by default the prompt's index here. If prompts are decoded in several batches, pass their
    indices among all prompts as `row_ids`. Raises ValueError for an empty prompt.
    """
    decode = _choose_decoder(model, prompts, len(prompts), max_new_tokens, stop, sampling, read_every=1)
    return _steps(decode, prompts, max_new_tokens, model.config.n_positions, sampling, row_ids)


def _choose_decoder(
    model: GPT2,
    prompts: Sequence[Sequence[int]],
    batch_size: int,
    max_new_tokens: int,
    stop: int,
    sampling: Sampling,
    read_every: int,
) -> Decode:
    """What decodes the prompts, in batches of up to `batch_size`: on a GPU a `StaticDecoder`."""
    if model.wte.weight.device.type != "cuda":
        return partial(_decode_growing, model, max_new_tokens, stop, sampling)
    length = max(map(len, prompts), default=0) + max_new_tokens
    rows = min(batch_size, len(prompts))
    return StaticDecoder(model, rows, length, max_new_tokens, stop, sampling, read_every).decode


def _steps(
    decode: Decode,
    prompts: Sequence[Sequence[int]],
    max_new_tokens: int,
    context: int,
    sampling: Sampling,
    row_ids: Sequence[int] | None,
) -> Steps:
    if any(len(prompt) == 0 for prompt in prompts):
        raise ValueError("cannot continue an empty prompt")
    begun = [index for index, prompt in enumerate(prompts) if min(max_new_tokens, context - len(prompt)) > 0]
    ids = row_ids or range(len(prompts))
    generators = [row_generator(sampling.seed, ids[index]) for index in begun]
    for tokens in decode([prompts[index] for index in begun], generators) if begun else ():
        yield [(index, token) for index, token in zip(begun, tokens, strict=True) if token != NO_TOKEN]


@dataclass
class _Row:
    """One prompt's row of the batch, while it is decoded."""

    prompt: int  # the index of its prompt
    position: int  # of the next token
    room: int  # how many tokens it may still get; 0 when it is finished
    generator: np.random.Generator


@torch.inference_mode()
def _decode_growing(
    model: GPT2,
    max_new_tokens: int,
    stop: int,
    sampling: Sampling,
    prompts: Sequence[Sequence[int]],
    generators: Sequence[np.random.Generator],
) -> Iterator[list[int]]:
    """Continues each prompt, for which the context has room. Yields the tokens of each step, one per prompt: `NO_TOKEN`
    for one that is finished. The cache grows with the answers, and finished rows leave it."""
    context, device = model.config.n_positions, model.wte.weight.device
    rows = [
        _Row(index, len(prompt), min(max_new_tokens, context - len(prompt)), generator)
        for index, (prompt, generator) in enumerate(zip(prompts, generators, strict=True))
    ]
    lengths = [row.position for row in rows]
    cache = KVCache(model, len(rows), min(context, max(lengths) + max_new_tokens))
    layout = PromptRows(cache, lengths, device)
    prompt_tokens = torch.tensor([token for prompt in prompts for token in prompt], device=device)
    hidden = model.hidden(prompt_tokens, layout)[layout.last]  # [B, C]
    while True:
        tokens = choose_tokens(model.logits(hidden), sampling, [row.generator for row in rows])
        step = [NO_TOKEN] * len(prompts)
        for row, token in zip(rows, tokens.tolist(), strict=True):
            if row.room > 0:
                step[row.prompt] = token
                row.room = 0 if token == stop else row.room - 1
        yield step
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


def _collect(steps: Steps, count: int, stop: int) -> list[Generation]:
    """The whole continuations of `count` prompts."""
    new: list[list[int]] = [[] for _ in range(count)]
    for step in steps:
        for prompt, token in step:
            new[prompt].append(token)
    return [
        Generation(tuple(tokens[:-1]), "stop") if tokens[-1:] == [stop] else Generation(tuple(tokens), "length")
        for tokens in new
    ]


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
