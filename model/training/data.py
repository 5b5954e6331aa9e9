"""Sequences of tokens to batches with targets.

The targets of a sequence are its own tokens, one to the left; the end-of-text that closes a response always is one.
"""

import random
from collections.abc import Sequence as Rows
from dataclasses import dataclass
from typing import Literal

import tiktoken
import torch
from torch import Tensor

from model.core.prompt import render_prompt
from model.core.rows import PackedRows

LossOn = Literal["all", "response"]


@dataclass(frozen=True)
class Sequence:
    """Token ids, and the index at which the response starts in them (0 where all of it is text to learn)."""

    tokens: tuple[int, ...]
    response_start: int = 0

    def supervised(self, loss_on: LossOn) -> int:
        """How many of its tokens are targets; the first token of all never is."""
        return len(self.tokens) - max(1, self.response_start if loss_on == "response" else 0)


@dataclass(frozen=True)
class Batch:
    """Packed rows; `weights` [M] (float32) count each pair of token and target as often as it is supervised,
    `in_response` [M] (bool) marks the targets that belong to a response."""

    rows: PackedRows
    weights: Tensor
    in_response: Tensor

    def to(self, device: torch.device) -> "Batch":
        return Batch(self.rows.to(device), self.weights.to(device), self.in_response.to(device))


def encode_example(encoding: tiktoken.Encoding, instruction: str, input: str, output: str) -> Sequence:
    """The sequence of one instruction: prompt, response, end-of-text.

    Prompt and response are encoded apart, so that the prompt has the same tokens as at inference.
    """
    prompt = encoding.encode_ordinary(render_prompt(instruction, input))
    response = encoding.encode_ordinary(output)
    return Sequence((*prompt, *response, encoding.eot_token), response_start=len(prompt))


def encode_documents(encoding: tiktoken.Encoding, texts: Rows[str], length: int) -> list[Sequence]:
    """Texts joined by end-of-text and cut into sequences of at most `length` tokens.

    Neighbours overlap by one token, so that every token but the very first is a target once.
    """
    tokens: list[int] = [encoding.eot_token]
    for text in texts:
        tokens += [*encoding.encode_ordinary(text), encoding.eot_token]
    starts = range(0, len(tokens) - 1, length - 1)
    return [Sequence(tuple(tokens[start : start + length])) for start in starts]


def pack(sequences: Rows[Sequence], pad: int, loss_on: LossOn = "all", share_prefix: bool = True) -> Batch:
    """The sequences as one run without padding. With `loss_on="response"` only the response's tokens are targets.

    What all of them begin with is computed once where `share_prefix` allows it: with dropout or noise each row has
    its own.
    """
    starts = torch.tensor([sequence.response_start for sequence in sequences])
    shareable = int(starts.min()) if share_prefix else 0  # prompts alone
    rows = PackedRows([sequence.tokens for sequence in sequences], shareable, pad)
    in_response = (rows.row >= 0) & (rows.target_index >= starts[rows.row])
    weights = rows.repeats * in_response if loss_on == "response" else rows.repeats
    return Batch(rows, weights, in_response)


def length_grouped_batches(
    sequences: Rows[Sequence], batch_size: int, generator: random.Random, group: int = 16
) -> list[list[Sequence]]:
    """All sequences once, in random order, in batches of similar lengths: less padding in attention.

    Lengths are sorted within groups of `group` batches only, so that batches still differ from epoch to epoch.
    """
    order = list(sequences)
    generator.shuffle(order)
    batches = []
    for start in range(0, len(order), group * batch_size):
        chunk = sorted(order[start : start + group * batch_size], key=lambda sequence: len(sequence.tokens))
        batches += [chunk[i : i + batch_size] for i in range(0, len(chunk), batch_size)]
    generator.shuffle(batches)
    return batches
