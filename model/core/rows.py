"""How rows of tokens lie in one flat run, and how each row attends within itself.

All of GPT-2 but its attention treats tokens one by one, so it runs on a flat [N, C] without padding; attention asks
the layout which tokens belong together. Shape letters: N tokens, B rows, T tokens of a row, S that it sees, H heads,
D head size.
"""

from collections.abc import Sequence
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor


class Rows(Protocol):
    """A layout: `positions` [N] (int64) and the attention of each token to those before it in its own row."""

    positions: Tensor

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor, dropout: float) -> Tensor:
        """From q, k and v [N, H, D], the attended values [N, H, D]; `layer` counts the blocks from 0."""


class EqualRows:
    """B rows of the same length T (or padded to it at the right end, where no token of a row looks)."""

    def __init__(self, rows: int, length: int, device: torch.device) -> None:
        self.rows = rows
        self.positions = torch.arange(length, device=device).repeat(rows)

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor, dropout: float) -> Tensor:
        q, k, v = (x.view(self.rows, -1, *x.shape[1:]).transpose(1, 2) for x in (q, k, v))  # [B, H, T, D]
        y = F.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=True)
        return y.transpose(1, 2).flatten(0, 1)


class PackedRows:
    """Rows of any lengths one after the other, behind the tokens that they all begin with, which stand there once.

    In an instruction data set a third of the tokens and more are the preamble that every prompt begins with. Their
    hidden states are the same in every row, as no token looks to its right, so they are computed once for all.

    `tokens` [N] are: the shared prefix, the rest of the first row, of the second, ... and what is added, after the
    last row, to make N a multiple of `MULTIPLE`. Each token that has a successor makes a pair: `sources` [M] says
    where it stands in `tokens`, `targets` [M] what follows it, `row` [M] in which row (-1: in all of them),
    `target_index` [M] at which place of the row, and `repeats` [M] (float32) for how many rows the pair stands.
    """

    MULTIPLE = 16  # kernels are prepared once for each shape: few different ones should come up

    def __init__(self, rows: Sequence[Sequence[int]], at_most_shared: int = 0, pad: int = 0) -> None:
        """`rows` of at least two tokens each; of their common prefix `at_most_shared` tokens are shared."""
        self.shared = shared = _shared_prefix(rows, at_most_shared)
        tokens = list(rows[0][:shared])
        positions = list(range(shared))
        # source, target, row, target_index, repeats
        pairs = [(index, rows[0][index + 1], -1, index + 1, len(rows)) for index in range(shared - 1)]
        starts = []
        for number, row in enumerate(rows):
            starts.append(len(tokens))
            if shared:  # what follows the last shared token is the row's own
                pairs.append((shared - 1, row[shared], number, shared, 1))
            tokens += row[shared:-1]
            positions += range(shared, len(row) - 1)
            pairs += [(starts[-1] + i - shared, row[i + 1], number, i + 1, 1) for i in range(shared, len(row) - 1)]
        added = -len(tokens) % self.MULTIPLE
        self.tokens = torch.tensor(tokens + [pad] * added)
        self.positions = torch.tensor(positions + [0] * added)
        self.sources, self.targets, self.row, self.target_index, repeats = torch.tensor(pairs).unbind(1)
        self.repeats = repeats.float()
        # Attention is over a rectangle [B, T]: `slots` says which token stands where in it, `back` the reverse.
        lengths = [len(row) - 1 - shared for row in rows]
        self._spans = list(zip(starts, lengths, strict=True))
        width = -(-max(lengths) // 8) * 8
        self.slots = torch.zeros(len(rows), width, dtype=torch.int64)
        back: list[int] = []
        for number, (start, length) in enumerate(self._spans):
            self.slots[number, :length] = torch.arange(start, start + length)
            back += range(number * width, number * width + length)
        self.back = torch.tensor(back + [0] * added)
        self.visible = torch.ones(width, shared + width, dtype=torch.bool).tril(shared)  # [T, shared + T]
        self.visible_in_prefix = torch.ones(shared, shared, dtype=torch.bool).tril()

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor, dropout: float) -> Tensor:
        count, width = self.slots.shape
        rectangle = self.slots.flatten()

        def in_rows(x: Tensor) -> Tensor:  # [N, H, D] -> [B, H, T, D]
            return x.index_select(0, rectangle).view(count, width, *x.shape[1:]).transpose(1, 2)

        def in_prefix(x: Tensor) -> Tensor:  # [N, H, D] -> [1, H, shared, D]
            return x[: self.shared].transpose(0, 1)[None]

        def all_seen(x: Tensor) -> Tensor:  # [N, H, D] -> [B, H, shared + T, D]
            return torch.cat([in_prefix(x).expand(count, -1, -1, -1), in_rows(x)], dim=2)

        y = _attention(in_rows(q), all_seen(k), all_seen(v), self.visible, dropout)
        y = y.transpose(1, 2).flatten(0, 1).index_select(0, self.back)
        if not self.shared:
            return y
        of_prefix = _attention(in_prefix(q), in_prefix(k), in_prefix(v), self.visible_in_prefix, dropout)
        return torch.cat([of_prefix[0].transpose(0, 1), y])

    def spans(self) -> list[tuple[int, int]]:
        """Where each row's own tokens start in `tokens`, and how many they are."""
        return list(self._spans)

    def to(self, device: torch.device) -> "PackedRows":
        for name, value in vars(self).items():
            if isinstance(value, Tensor):
                setattr(self, name, value.to(device, non_blocking=True))
        return self


def _attention(q: Tensor, k: Tensor, v: Tensor, visible: Tensor, dropout: float) -> Tensor:
    """Attended values [B, H, T, D] from q [B, H, T, D], k and v [B, H, S, D] and the mask `visible` [T, S].

    On a CPU the fused kernel's backward pass takes longer for short rows than the plain products do.
    """
    if q.device.type != "cpu":
        return F.scaled_dot_product_attention(q, k, v, attn_mask=visible, dropout_p=dropout)
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
    probabilities = torch.softmax(scores.masked_fill(~visible, -torch.inf), dim=-1)
    return F.dropout(probabilities, dropout, dropout > 0) @ v


def _shared_prefix(rows: Sequence[Sequence[int]], at_most: int) -> int:
    """How many tokens all rows begin with, up to `at_most`; at least two of each row's stay its own."""
    if len(rows) == 1:
        return 0
    first = rows[0]
    longest = max(0, min(at_most, min(map(len, rows)) - 2))
    return next((i for i in range(longest) if any(row[i] != first[i] for row in rows)), longest)
