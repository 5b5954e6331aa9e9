"""Greedy decoding: batched with a KV cache, and a slow reference that it must equal token by token."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch

from model.gpt2 import GPT2
from model.rows import CachedRows


@dataclass(frozen=True)
class Generation:
    """New token ids without the stop token; `finish` is `length` where the limit or the context ended them."""

    tokens: tuple[int, ...]
    finish: Literal["stop", "length"]


@torch.inference_mode()
def generate(model: GPT2, prompts: Sequence[Sequence[int]], max_new_tokens: int, stop: int) -> list[Generation]:
    """The most likely continuation of each prompt, up to `stop`, `max_new_tokens` or the end of the context.

    All prompts run as one batch, padded at the right; a row that finishes leaves it. A prompt that already
    fills the context gets no token and `finish="length"`. Raises ValueError for an empty prompt.
    """
    context = model.config.n_positions
    if any(len(prompt) == 0 for prompt in prompts):
        raise ValueError("cannot continue an empty prompt")
    new: list[list[int]] = [[] for _ in prompts]
    stopped = [False] * len(prompts)
    rows = [row for row, prompt in enumerate(prompts) if len(prompt) < context and max_new_tokens > 0]
    if rows:
        device = model.wte.weight.device
        lengths = torch.tensor([len(prompts[row]) for row in rows], device=device)
        width = int(lengths.max())
        input_ids = torch.full((len(rows), width), stop, device=device)
        for index, row in enumerate(rows):
            input_ids[index, : len(prompts[row])] = torch.tensor(prompts[row], device=device)
        cache = model.cache(len(rows), min(context, width + max_new_tokens))
        positions = torch.arange(width, device=device).expand(len(rows), width)
        hidden = model.hidden(input_ids.flatten(), CachedRows(cache, positions))
        hidden = hidden.view(len(rows), width, -1)[torch.arange(len(rows)), lengths - 1]  # [B, C]
        while rows:
            tokens = model.logits(hidden).argmax(-1)
            going_on = []
            for index, token in enumerate(tokens.tolist()):
                row = rows[index]
                stopped[row] = token == stop
                if not stopped[row]:
                    new[row].append(token)
                    full = len(prompts[row]) + len(new[row]) >= context
                    if len(new[row]) < max_new_tokens and not full:
                        going_on.append(index)
            if not going_on:
                break
            if len(going_on) < len(rows):
                keep = torch.tensor(going_on, device=device)
                cache.keep(keep)
                tokens, lengths = tokens[keep], lengths[keep]
                rows = [rows[index] for index in going_on]
            hidden = model.hidden(tokens, CachedRows(cache, lengths[:, None]))
            lengths = lengths + 1
    return [Generation(tuple(new[i]), "stop" if stopped[i] else "length") for i in range(len(prompts))]


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
