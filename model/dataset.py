"""Sequences of tokens to padded batches with targets.

The targets of a sequence are its own tokens, one to the left. A target of `IGNORED` is not supervised: padding
never is, the end-of-text that closes a response always is.
"""

import random
from collections.abc import Sequence as Rows
from dataclasses import dataclass
from typing import Literal

import tiktoken
import torch
from torch import Tensor

from model.prompt import render_prompt

IGNORED = -100  # what torch.nn.functional.cross_entropy leaves out by default
LossOn = Literal["all", "response"]


@dataclass(frozen=True)
class Sequence:
    """Token ids, and the index at which the response starts in them (0 where all of it is text to learn)."""

    tokens: tuple[int, ...]
    response_start: int = 0


@dataclass(frozen=True)
class Batch:
    """`inputs` and `targets` [B, T] (int64); `in_response` [B, T] (bool) marks the response's targets."""

    inputs: Tensor
    targets: Tensor
    in_response: Tensor


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


def collate(sequences: Rows[Sequence], pad: int, loss_on: LossOn = "all") -> Batch:
    """Pads at the right end. With `loss_on="response"` only the response's tokens are targets."""
    width = max(len(sequence.tokens) for sequence in sequences) - 1
    inputs = torch.full((len(sequences), width), pad)
    targets = torch.full((len(sequences), width), IGNORED)
    in_response = torch.zeros((len(sequences), width), dtype=torch.bool)
    for row, sequence in enumerate(sequences):
        tokens = torch.tensor(sequence.tokens)
        end = len(tokens) - 1
        first = max(sequence.response_start - 1, 0)  # the position that predicts the response's first token
        inputs[row, :end] = tokens[:-1]
        in_response[row, first:end] = True
        supervised = first if loss_on == "response" else 0
        targets[row, supervised:end] = tokens[1 + supervised :]
    return Batch(inputs, targets, in_response)


def length_grouped_batches(
    sequences: Rows[Sequence], batch_size: int, generator: random.Random, group: int = 16
) -> list[list[Sequence]]:
    """All sequences once, in random order, in batches of similar lengths: less padding to compute.

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
