"""Decoding: batched with a KV cache, and a slow greedy version that it must equal."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from model.core.gpt2 import GPT2, Block, Conv1D
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


def prepare_for_decoding(model: GPT2) -> GPT2:
    """A copy of `model` that decodes faster, if it computes in bfloat16 on a CPU that allows it; otherwise `model`.

    A decoding step reads every weight once and does little with each, so reading takes most of its time. oneDNN would
    rearrange the weights in each product, which takes as long again; in the copy they are already rearranged. The copy
    needs memory for all matrices a second time (236 MB for the 124M model), and does not see later changes of `model`.
    """
    weight = model.wte.weight
    if weight.device.type != "cpu" or weight.dtype != torch.bfloat16 or not _can_rearrange():
        return model
    return _RearrangedGPT2(model)


class _RearrangedGPT2(GPT2):
    def __init__(self, model: GPT2) -> None:
        with torch.device("meta"):
            super().__init__(model.config)
        self.load_state_dict(model.state_dict(), assign=True)
        self.head = _RearrangedLinear(model.wte.weight, None)
        for block in self.h:
            assert isinstance(block, Block)
            block.attn.add_module("c_attn", _rearranged(block.attn.c_attn))
            block.attn.add_module("c_proj", _rearranged(block.attn.c_proj))
            block.add_module(
                "mlp", nn.Sequential(_rearranged(block.mlp.c_fc, gelu=True), _rearranged(block.mlp.c_proj))
            )
        self.train(model.training)

    def logits(self, hidden: Tensor) -> Tensor:
        scores: Tensor = self.head(hidden)
        return scores


class _RearrangedLinear(nn.Module):
    """A linear layer in bfloat16 whose weight is in the layout of oneDNN's kernels, which only they can read.

    It uses the two operators by which torch's compiler replaces linear layers. They are private. If torch lacks them,
    `prepare_for_decoding` returns the model as it is.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, gelu: bool = False) -> None:
        """`weight` [out, in] and `bias` [out] (bfloat16). `gelu` applies the tanh form of GELU to the output."""
        super().__init__()
        with torch.no_grad():
            self.weight = torch.ops.mkldnn._reorder_linear_weight(weight.detach().contiguous())
        self.bias = bias
        self.activation: tuple[str, list[float], str] = ("gelu", [], "tanh") if gelu else ("none", [], "")

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = torch.ops.mkldnn._linear_pointwise(x.to(torch.bfloat16), self.weight, self.bias, *self.activation)
        return y


def _rearranged(layer: Conv1D, gelu: bool = False) -> _RearrangedLinear:
    return _RearrangedLinear(layer.weight.t(), layer.bias, gelu)


def _can_rearrange() -> bool:
    """Whether this torch has the operators, and this CPU computes in bfloat16 with them."""
    needed = ("_reorder_linear_weight", "_linear_pointwise", "_is_mkldnn_bf16_supported")
    available: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    if not available or not all(hasattr(torch.ops.mkldnn, name) for name in needed):
        return False
    supported: bool = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return supported
