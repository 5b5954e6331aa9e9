"""How rows of tokens are laid out in one flat tensor, and how each row attends within itself.

Everything in GPT-2 except attention treats tokens one by one, so it runs on a flat [N, C] without padding. Attention
asks the layout which tokens belong to the same row. The layouts for decoding are in `model/decoding/kv_cache.py`.

Shape letters: N tokens, B rows, T tokens of a row, S tokens that a row sees, M pairs of token and target, H heads,
D head size.
"""

from collections.abc import Sequence
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor


class RowLayout(Protocol):
    """The position of each token in its own row, `positions` [N] (int64), and attention within rows."""

    positions: Tensor

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor, dropout: float) -> Tensor:
        """Causal attention within each row: q, k and v [N, H, D] to [N, H, D]. `layer` counts the blocks from 0."""


class EqualRows:
    """B rows of the same length T. Shorter rows may be padded at their right end: no token looks to its right."""

    def __init__(self, rows: int, length: int, device: torch.device) -> None:
        self.rows = rows
        self.positions = torch.arange(length, device=device).repeat(rows)

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor, dropout: float) -> Tensor:
        q, k, v = (x.view(self.rows, -1, *x.shape[1:]).transpose(1, 2) for x in (q, k, v))  # [B, H, T, D]
        y = F.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=True)
        return y.transpose(1, 2).flatten(0, 1)


class PackedRows:
    """Rows of any lengths one after the other, without padding, for training. Their common prefix is stored once.

    In an instruction data set, a third of the tokens or more are the preamble that every prompt begins with. No token
    looks to its right, so the hidden states of the preamble are the same in every row and are computed once.

    `tokens` [N] holds the shared prefix, then the rest of the first row, of the second row, and so on, then padding
    that makes N a multiple of `MULTIPLE`. A row's last token is only ever a target, so it is not among them.

    Each token that is followed by another one makes a pair. The pairs are described by five tensors [M]: `sources`
    (the token's index in `tokens`), `targets` (the token that follows it), `row_index` (the row it belongs to, or -1
    for a pair inside the prefix, which belongs to all rows), `target_positions` (the target's position in its row) and
    `repeats` (float32, the number of rows that the pair counts for).
    """

    MULTIPLE = 16  # kernels are prepared once for each shape, so there should be few different shapes

    def __init__(self, rows: Sequence[Sequence[int]], at_most_shared: int = 0, pad: int = 0) -> None:
        """`rows` have at least two tokens each. At most `at_most_shared` tokens of their common prefix are shared."""
        self.shared = shared = _shared_prefix(rows, at_most_shared)
        self.equal = not shared and len({len(row) for row in rows}) == 1 and (len(rows[0]) - 1) % self.MULTIPLE == 0
        if self.equal:
            self._lay_out_equal_rows(torch.tensor(rows))
            return
        tokens = list(rows[0][:shared])
        positions = list(range(shared))
        starts: list[int] = []  # of each row's own tokens, in `tokens`
        for row in rows:
            starts.append(len(tokens))
            tokens += row[shared:-1]
            positions += range(shared, len(row) - 1)
        padding = -len(tokens) % self.MULTIPLE
        self.tokens = torch.tensor(tokens + [pad] * padding)
        self.positions = torch.tensor(positions + [0] * padding)
        self._spans = [(start, len(row) - 1 - shared) for start, row in zip(starts, rows, strict=True)]
        self._pair_tokens_with_targets(rows, starts)
        self._index_attention(padding)

    def _lay_out_equal_rows(self, table: Tensor) -> None:
        """The same for rows [B, T + 1] of one length that need no padding, in a hundredth of the time: pre-training
        has thousands of tokens in a row."""
        B, T = len(table), table.shape[1] - 1
        places = torch.arange(B * T)
        self.tokens, self.targets = table[:, :-1].flatten(), table[:, 1:].flatten()
        self.positions = torch.arange(T).repeat(B)
        self.target_positions = self.positions + 1
        self.sources = self.from_rectangle = places
        self.to_rectangle = places.view(B, T)
        self.row_index = places // T
        self.repeats = torch.ones(B * T)
        self._spans = [(start, T) for start in range(0, B * T, T)]
        self.visible = torch.ones(T, T, dtype=torch.bool).tril()
        self.visible_in_prefix = torch.ones(0, 0, dtype=torch.bool)

    def _pair_tokens_with_targets(self, rows: Sequence[Sequence[int]], starts: Sequence[int]) -> None:
        # First the pairs inside the prefix: token and target are both shared.
        shared_pairs = max(0, self.shared - 1)
        sources = list(range(shared_pairs))
        targets = list(rows[0][1 : self.shared])
        row_index = [-1] * shared_pairs
        target_positions = list(range(1, self.shared))
        # Then the pairs of each row, beginning with the last shared token: the token after it is the row's own.
        for number, (row, start) in enumerate(zip(rows, starts, strict=True)):
            own_pairs = range(shared_pairs, len(row) - 1)  # by the position of the token
            sources += [i if i < self.shared else start + i - self.shared for i in own_pairs]
            targets += row[shared_pairs + 1 :]
            row_index += [number] * len(own_pairs)
            target_positions += range(shared_pairs + 1, len(row))
        self.sources = torch.tensor(sources)
        self.targets = torch.tensor(targets)
        self.row_index = torch.tensor(row_index)
        self.target_positions = torch.tensor(target_positions)
        self.repeats = torch.ones(len(sources))
        self.repeats[:shared_pairs] = len(rows)

    def _index_attention(self, padding: int) -> None:
        """Attention works on a rectangle [B, T] of the rows' own tokens: `to_rectangle` [B, T] holds the index in
        `tokens` of each of its cells, and `from_rectangle` the cell of each of the rows' own tokens."""
        longest = max(length for _, length in self._spans)
        width = -(-longest // 8) * 8
        self.to_rectangle = torch.zeros(len(self._spans), width, dtype=torch.int64)
        from_rectangle: list[int] = []
        for number, (start, length) in enumerate(self._spans):
            self.to_rectangle[number, :length] = torch.arange(start, start + length)
            from_rectangle += range(number * width, number * width + length)
        self.from_rectangle = torch.tensor(from_rectangle + [0] * padding)
        self.visible = torch.ones(width, self.shared + width, dtype=torch.bool).tril(self.shared)  # [T, shared + T]
        self.visible_in_prefix = torch.ones(self.shared, self.shared, dtype=torch.bool).tril()

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor, dropout: float) -> Tensor:
        count, width = self.to_rectangle.shape  # read from the tensor, so that compiled code takes any size
        if self.equal:
            q, k, v = (x.view(count, width, *x.shape[1:]).transpose(1, 2) for x in (q, k, v))
            return _attention(q, k, v, None, dropout).transpose(1, 2).flatten(0, 1)
        cells = self.to_rectangle.flatten()

        def own(x: Tensor) -> Tensor:  # the rows' own tokens: [N, H, D] -> [B, H, T, D]
            return x.index_select(0, cells).view(count, width, *x.shape[1:]).transpose(1, 2)

        def prefix(x: Tensor) -> Tensor:  # [N, H, D] -> [1, H, shared, D]
            return x[: self.shared].transpose(0, 1)[None]

        def prefix_and_own(x: Tensor) -> Tensor:  # [N, H, D] -> [B, H, shared + T, D]
            return torch.cat([prefix(x).expand(count, -1, -1, -1), own(x)], dim=2)

        y = _attention(own(q), prefix_and_own(k), prefix_and_own(v), self.visible, dropout)
        y = y.transpose(1, 2).flatten(0, 1).index_select(0, self.from_rectangle)
        if not self.shared:
            return y
        y_prefix = _attention(prefix(q), prefix(k), prefix(v), self.visible_in_prefix, dropout)
        return torch.cat([y_prefix[0].transpose(0, 1), y])

    def spans(self) -> list[tuple[int, int]]:
        """For each row: the index of its first own token in `tokens`, and the number of its own tokens."""
        return list(self._spans)

    def to(self, device: torch.device) -> "PackedRows":
        """Moves all tensors to `device`, in place."""
        for name, value in vars(self).items():
            if isinstance(value, Tensor):
                setattr(self, name, value.to(device, non_blocking=True))
        return self


def _attention(q: Tensor, k: Tensor, v: Tensor, visible: Tensor | None, dropout: float) -> Tensor:
    """Attention of q [B, H, T, D] to k and v [B, H, S, D] where the mask `visible` [T, S] allows it: [B, H, T, D].
    Without a mask, S is T and each token sees those up to itself.

    On a CPU it is written out: for short rows, the backward pass of the fused kernel takes longer than this.
    """
    if visible is None:
        return F.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=True)
    if q.device.type != "cpu":
        return F.scaled_dot_product_attention(q, k, v, attn_mask=visible, dropout_p=dropout)
    scores = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
    probabilities = torch.softmax(scores.masked_fill(~visible, -torch.inf), dim=-1)
    return F.dropout(probabilities, dropout, dropout > 0) @ v


def _shared_prefix(rows: Sequence[Sequence[int]], at_most: int) -> int:
    """The length of the rows' common prefix, at most `at_most`. At least two tokens of each row stay outside it."""
    if len(rows) == 1:
        return 0
    first = rows[0]
    longest = max(0, min(at_most, min(map(len, rows)) - 2))
    return next((i for i in range(longest) if any(row[i] != first[i] for row in rows)), longest)
