"""From texts to token sequences, and from token sequences to batches with targets.

The targets of a sequence are its tokens shifted left by one. The end-of-text token that closes a response is always a
target; padding never is.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import tiktoken
import torch
from torch import Tensor

from model.core.prompt import render_prompt
from model.core.rows import PackedRows

LossOn = Literal["all", "response"]


@dataclass(frozen=True)
class TokenSequence:
    """Token ids, and the index of the response's first token (0 if the whole sequence is text to learn)."""

    tokens: tuple[int, ...]
    response_start: int = 0

    def supervised(self, loss_on: LossOn) -> int:
        """The number of tokens that are targets. The first token never is."""
        return len(self.tokens) - max(1, self.response_start if loss_on == "response" else 0)


@dataclass(frozen=True)
class Batch:
    """Packed rows, with two tensors [M] over their pairs of token and target (see `PackedRows`): `weights` (float32)
    is how often a pair counts in the loss, `in_response` (bool) whether its target belongs to a response."""

    packed: PackedRows
    weights: Tensor
    in_response: Tensor

    def to(self, device: torch.device) -> "Batch":
        return Batch(self.packed.to(device), self.weights.to(device), self.in_response.to(device))


def encode_example(encoding: tiktoken.Encoding, instruction: str, input: str, output: str) -> TokenSequence:
    """The sequence of one example: prompt, response, end-of-text.

    Prompt and response are encoded separately, so that the prompt has the same tokens as at inference.
    """
    prompt = encoding.encode_ordinary(render_prompt(instruction, input))
    response = encoding.encode_ordinary(output)
    return TokenSequence((*prompt, *response, encoding.eot_token), response_start=len(prompt))


def encode_documents(encoding: tiktoken.Encoding, texts: Sequence[str], length: int) -> list[TokenSequence]:
    """Joins the texts with end-of-text tokens and cuts the result into sequences of at most `length` tokens.

    Neighbours overlap by one token, so that every token except the very first is a target exactly once.
    """
    tokens: list[int] = [encoding.eot_token]
    for text in texts:
        tokens += [*encoding.encode_ordinary(text), encoding.eot_token]
    starts = range(0, len(tokens) - 1, length - 1)
    return [TokenSequence(tuple(tokens[start : start + length])) for start in starts]


def pack(sequences: Sequence[TokenSequence], pad: int, loss_on: LossOn = "all", share_prefix: bool = True) -> Batch:
    """Packs the sequences into one batch. With `loss_on="response"`, only the response's tokens are targets.

    `share_prefix` computes the common prefix of the prompts once. It must be off if the rows' prefixes can differ
    while training, by dropout or noise.
    """
    starts = torch.tensor([sequence.response_start for sequence in sequences])
    at_most_shared = int(starts.min()) if share_prefix else 0  # responses are never shared
    packed = PackedRows([sequence.tokens for sequence in sequences], at_most_shared, pad)
    in_response = (packed.row_index >= 0) & (packed.target_positions >= starts[packed.row_index])
    weights = packed.repeats * in_response if loss_on == "response" else packed.repeats
    return Batch(packed, weights, in_response)


def length_grouped_batches(
    sequences: Sequence[TokenSequence], batch_size: int, generator: random.Random, group: int = 16
) -> list[list[TokenSequence]]:
    """Every sequence once, in batches of similar lengths, in random order. Similar lengths waste less attention.

    Sequences are sorted by length only within groups of `group` batches, so that batches differ from epoch to epoch.
    The last batch of the last group may be smaller.
    """
    shuffled = list(sequences)
    generator.shuffle(shuffled)
    batches = []
    for start in range(0, len(shuffled), group * batch_size):
        similar = sorted(shuffled[start : start + group * batch_size], key=lambda sequence: len(sequence.tokens))
        batches += [similar[i : i + batch_size] for i in range(0, len(similar), batch_size)]
    generator.shuffle(batches)
    return batches
