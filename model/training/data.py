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
from model.core.rows import EqualRows, PackedRows

LossOn = Literal["all", "response"]

# What a target in a padded batch is.
PADDING, OF_PROMPT, OF_RESPONSE = 0, 1, 2


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

    def lengths(self) -> Tensor:
        """Of each token, how many own tokens its row has, [N] (float32); 1 for padding."""
        lengths = torch.ones(len(self.packed.positions), device=self.packed.positions.device)
        for start, length in self.packed.spans():
            lengths[start : start + length] = length
        return lengths

    def to(self, device: torch.device) -> "Batch":
        return Batch(self.packed.to(device), self.weights.to(device), self.in_response.to(device))


@dataclass(frozen=True)
class PaddedBatch:
    """B rows padded at their right end to one width T: more tokens than `Batch`, but neither an index nor a mask, and
    few different shapes. That suits a GPU, which waits for each kernel to start, and runs a captured graph of a shape
    without waiting.

    `table` [3, B, T] (int64) holds tokens, targets, and what each target is (`PADDING`, `OF_PROMPT`, `OF_RESPONSE`). It
    is one tensor, so that a batch is one copy to the device.
    """

    table: Tensor

    @property
    def tokens(self) -> Tensor:
        """[N] (int64), row after row."""
        return self.table[0].flatten()

    @property
    def targets(self) -> Tensor:
        """[N] (int64)."""
        return self.table[1].flatten()

    def weights(self, loss_on: LossOn) -> Tensor:
        """How often each target counts in the loss: 0 or 1, [N] (float32)."""
        return (self.table[2].flatten() >= (OF_PROMPT if loss_on == "all" else OF_RESPONSE)).float()

    def lengths(self) -> Tensor:
        """Of each token, the length of its row without the padding, 1 at least, [N] (float32)."""
        _, rows, width = self.table.shape
        real = (self.table[2] != PADDING).sum(1, keepdim=True).clamp(min=1)
        return real.expand(rows, width).flatten().float()

    def layout(self) -> EqualRows:
        _, rows, width = self.table.shape
        return EqualRows(rows, width, self.table.device)


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


def padded_width(length: int, context: int) -> int:
    """The width that a batch is padded to if its longest row has `length` inputs: a multiple of an eighth of the next
    power of two, of 16 at least, and the context at most.

    So there are 16, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320 and so on: 20 widths up to 1,024. Beyond 64,
    less than a fifth of the longest row's width is padding.
    """
    step = max(16, (1 << (length - 1).bit_length()) // 8)
    return min(-(-length // step) * step, context)


def pad_rows(sequences: Sequence[TokenSequence], pad: int, rows: int, context: int) -> PaddedBatch:
    """The sequences as a batch of `rows` rows; those that are missing are all padding. `context` is the longest width.

    The token `pad` fills the rest of a row. It may be any token: no other position sees it, and it is no target.
    """
    width = padded_width(max((len(sequence.tokens) - 1 for sequence in sequences), default=1), context)
    tokens, targets, kinds = [], [], []
    for sequence in sequences:
        length = len(sequence.tokens) - 1
        fill = [pad] * (width - length)
        prompt = max(0, sequence.response_start - 1)  # targets before the response's first token
        tokens += [*sequence.tokens[:-1], *fill]
        targets += [*sequence.tokens[1:], *fill]
        kinds += [OF_PROMPT] * prompt + [OF_RESPONSE] * (length - prompt) + [PADDING] * len(fill)
    missing = (rows - len(sequences)) * width
    table = [tokens + [pad] * missing, targets + [pad] * missing, kinds + [PADDING] * missing]
    return PaddedBatch(torch.tensor(table).view(3, rows, width))


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
