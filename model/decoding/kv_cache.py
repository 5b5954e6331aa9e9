"""The KV cache, and the layouts (see `model/core/rows.py`) that use it: whole prompts, then one new token per row.

On a GPU, `StaticRows` takes the place of `CachedRows`.

Shape letters: N tokens, B rows, T tokens of a prompt, S cached positions, H heads, D head size.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from model.core.gpt2 import GPT2


class KVCache:
    """Keys and values of the positions seen so far, for a batch of rows of different lengths.

    Row b's position p is stored at index p, whatever the lengths of the other rows. Positions that a row has not
    reached yet are masked, and overwritten when it gets there. Until then they are zero: a masked probability of 0
    times a NaN that happened to be in memory would still be NaN.

    `keys` and `values` hold one tensor [B, H, S, D] per layer. S grows by `CHUNK` positions at a time, up to `length`,
    so that a batch whose rows all stop early does not pay for the longest possible answer. Attention always reads all
    of S, because a slice would be copied in each product. So a larger chunk means fewer copies but more wasted reads.
    """

    CHUNK = 16
    # With at most this many rows, a CPU caches in float32 even if the model computes in bfloat16: the float32
    # attention kernel takes half the time. With more rows, reading twice as many bytes costs more than that saves.
    FEW_ROWS = 16

    def __init__(self, model: GPT2, rows: int, length: int) -> None:
        """An empty cache for `rows` rows of at most `length` positions."""
        config = model.config
        empty = (rows, config.n_head, 0, config.n_embd // config.n_head)
        self.length = length
        weight = model.wte.weight
        dtype = torch.float32 if weight.device.type == "cpu" and rows <= self.FEW_ROWS else weight.dtype
        self.keys = [weight.new_zeros(empty, dtype=dtype) for _ in range(config.n_layer)]
        self.values = [weight.new_zeros(empty, dtype=dtype) for _ in range(config.n_layer)]

    def reserve(self, length: int) -> int:
        """Makes room for `length` positions per row and returns S. Raises ValueError if that exceeds the cache."""
        size = self.keys[0].shape[2]
        if length > self.length:
            raise ValueError(f"{length} positions exceed the cache's {self.length}")
        if length > size:
            grown = min(self.length, -(-length // self.CHUNK) * self.CHUNK)
            for tensors in (self.keys, self.values):
                for layer, tensor in enumerate(tensors):  # one by one, so that few are in memory twice
                    tensors[layer] = F.pad(tensor, (0, 0, 0, grown - size))
        return self.keys[0].shape[2]

    def keep(self, rows: Tensor) -> None:
        """Drops all rows except these (indices [B'], int64)."""
        for tensors in (self.keys, self.values):
            for layer, tensor in enumerate(tensors):
                tensors[layer] = tensor.index_select(0, rows)


class PromptRows:
    """The prompts of B rows, one after the other without padding; `lengths` [B] are their numbers of tokens. Their
    keys and values go into the first B rows of the cache. `last` [B] (int64) holds the index of each row's last token
    among the N."""

    def __init__(self, cache: KVCache, lengths: Sequence[int], device: torch.device) -> None:
        self.cache = cache
        self.width = max(lengths)
        cache.reserve(min(self.width + 1, cache.length))  # with room for the first new token
        self.same_length = min(lengths) == self.width
        self.positions = torch.cat([torch.arange(length) for length in lengths]).to(device)
        self.last = torch.tensor(lengths, device=device).cumsum(0) - 1
        # Attention works on a rectangle [B, T]. Each row is padded at its right end, where no token looks.
        starts = torch.arange(len(lengths)).repeat_interleave(torch.tensor(lengths)) * self.width
        self.cells = starts.to(device) + self.positions  # of each token in the rectangle

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor, dropout: float) -> Tensor:  # noqa: ARG002 # not in decoding
        q, k, v = (self._to_rectangle(x) for x in (q, k, v))
        self.cache.keys[layer][: len(k), :, : self.width] = k
        self.cache.values[layer][: len(v), :, : self.width] = v
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(0, 1)
        return y if self.same_length else y.index_select(0, self.cells)

    def _to_rectangle(self, x: Tensor) -> Tensor:  # [N, H, D] -> [B, H, T, D]
        count = len(self.last)
        if not self.same_length:
            x = x.new_zeros(count * self.width, *x.shape[1:]).index_copy_(0, self.cells, x)
        return x.view(count, self.width, *x.shape[1:]).transpose(1, 2)


class CachedRows:
    """One new token for each of B rows, at `positions` [B]. It sees the cached positions of its row and itself."""

    def __init__(self, cache: KVCache, positions: Sequence[int], device: torch.device) -> None:
        self.cache = cache
        size = cache.reserve(max(positions) + 1)
        self.positions = torch.tensor(positions, device=device)
        self.row = torch.arange(len(positions), device=device)
        self.common_position = positions[0] if min(positions) == max(positions) else None
        like = cache.keys[0]
        unseen = torch.arange(size, device=device) > self.positions[:, None]
        bias = like.new_zeros(unseen.shape).masked_fill_(unseen, -torch.inf)
        # In bfloat16 on a CPU, the fused kernel takes several times as long as two matrix products.
        self.fused = like.dtype == torch.float32 or device.type != "cpu"
        self.bias = bias[:, None, None] if self.fused else bias.repeat_interleave(like.shape[1], dim=0)[:, None]

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor, dropout: float) -> Tensor:  # noqa: ARG002 # not in decoding
        keys, values = self.cache.keys[layer], self.cache.values[layer]  # [B, H, S, D]
        if self.common_position is not None:
            keys[:, :, self.common_position] = k
            values[:, :, self.common_position] = v
        else:
            keys[self.row, :, self.positions] = k.to(keys.dtype)
            values[self.row, :, self.positions] = v.to(values.dtype)
        B, H, D = q.shape
        if self.fused:
            y = F.scaled_dot_product_attention(q[:, :, None].to(keys.dtype), keys, values, attn_mask=self.bias)
            return y.to(q.dtype).view(B, H, D)
        scores = torch.baddbmm(self.bias, q.reshape(B * H, 1, D), keys.flatten(0, 1).mT, alpha=D**-0.5)  # [B H, 1, S]
        return torch.bmm(torch.softmax(scores, dim=-1), values.flatten(0, 1)).view(B, H, D)


class StaticRows:
    """One new token for each row of a cache that has its whole length already, as a CUDA graph can record it: all
    shapes are fixed, and the `positions` [B] of the tokens (int64) are known to the device only.

    A token sees the first `span` cached positions of its row, up to its own, which must be among them.
    """

    def __init__(self, cache: KVCache, positions: Tensor, span: int) -> None:
        self.cache = cache
        self.span = span
        self.positions = positions
        self.row = torch.arange(len(positions), device=positions.device)
        unseen = torch.arange(span, device=positions.device) > positions[:, None]
        bias = cache.keys[0].new_zeros(unseen.shape).masked_fill_(unseen, -torch.inf)
        self.bias = bias[:, None, None]  # [B, 1, 1, span]

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor, dropout: float) -> Tensor:  # noqa: ARG002 # not in decoding
        keys, values = self.cache.keys[layer], self.cache.values[layer]  # [B, H, S, D]
        keys[self.row, :, self.positions] = k.to(keys.dtype)
        values[self.row, :, self.positions] = v.to(values.dtype)
        q_rows = q[:, :, None].to(keys.dtype)
        y = F.scaled_dot_product_attention(
            q_rows, keys[:, :, : self.span], values[:, :, : self.span], attn_mask=self.bias
        )
        return y[:, :, 0].to(q.dtype)
