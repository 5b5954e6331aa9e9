"""The KV cache, and the layouts (see `model/core/rows.py`) of rows that use it: prompts, and one new token a row.

Shape letters: N tokens, B rows, T tokens of a prompt, S cached positions, H heads, D head size.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from model.core.gpt2 import GPT2


class KVCache:
    """Keys and values of the positions seen so far, for a batch of rows of different lengths.

    Row b's position p lives at index p, whatever the other rows' lengths: what stands beyond a row's own
    position is not yet its own, is never looked at, and is overwritten when the row gets there. Until then it is zero,
    because a probability of 0 times a number that memory happened to hold may be NaN.

    `keys` and `values` hold a tensor [B, H, S, D] a layer, whose S grows by `CHUNK` positions at a time, up to
    `length`: a batch whose rows all stop early never pays for the answers that were allowed. Attention is over all of
    S, as a slice of it would be copied in each product; so a larger chunk is copied less often, but read in vain.
    """

    CHUNK = 16
    # Up to so many rows, a CPU keeps them in float32, whatever the model computes in: its kernel for attention then
    # takes half the time of products in bfloat16, until reading twice as many bytes costs more.
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
        """Makes room for `length` positions a row and returns S; raises ValueError for more than the cache is for."""
        size = self.keys[0].shape[2]
        if length > self.length:
            raise ValueError(f"{length} positions exceed the cache's {self.length}")
        if length > size:
            grown = min(self.length, -(-length // self.CHUNK) * self.CHUNK)
            for tensors in (self.keys, self.values):
                for layer, tensor in enumerate(tensors):  # one by one, so that few are there twice
                    tensors[layer] = F.pad(tensor, (0, 0, 0, grown - size))
        return self.keys[0].shape[2]

    def keep(self, rows: Tensor) -> None:
        """Drops all rows but these (indices [B'], int64)."""
        for tensors in (self.keys, self.values):
            for layer, tensor in enumerate(tensors):
                tensors[layer] = tensor.index_select(0, rows)


class PromptRows:
    """The first tokens of each of B rows, `lengths` [B] of them, one row after the other without padding; their keys
    and values go into an empty cache. `last` [B] says where each row's last token stands among the N."""

    def __init__(self, cache: KVCache, lengths: Sequence[int], device: torch.device) -> None:
        self.cache = cache
        self.width = max(lengths)
        cache.reserve(min(self.width + 1, cache.length))  # with room for what comes next
        self.equal = min(lengths) == self.width
        self.positions = torch.cat([torch.arange(length) for length in lengths]).to(device)
        self.last = torch.tensor(lengths, device=device).cumsum(0) - 1
        # Attention is over a rectangle [B, T], where each row is padded at its right end, at which no token looks.
        starts = torch.arange(len(lengths)).repeat_interleave(torch.tensor(lengths)) * self.width
        self.slots = starts.to(device) + self.positions

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor, dropout: float) -> Tensor:
        q, k, v = (self._in_rows(x) for x in (q, k, v))
        self.cache.keys[layer][:, :, : self.width] = k
        self.cache.values[layer][:, :, : self.width] = v
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(0, 1)
        return y if self.equal else y.index_select(0, self.slots)

    def _in_rows(self, x: Tensor) -> Tensor:  # [N, H, D] -> [B, H, T, D]
        count = len(self.last)
        if not self.equal:
            x = x.new_zeros(count * self.width, *x.shape[1:]).index_copy_(0, self.slots, x)
        return x.view(count, self.width, *x.shape[1:]).transpose(1, 2)


class CachedRows:
    """One new token of each of B rows, at `positions` [B], which sees what the cache holds of its row."""

    def __init__(self, cache: KVCache, positions: Sequence[int], device: torch.device) -> None:
        self.cache = cache
        size = cache.reserve(max(positions) + 1)
        self.positions = torch.tensor(positions, device=device)
        self.row = torch.arange(len(positions), device=device)
        # The position, if that of all rows is the same.
        self.shared = positions[0] if min(positions) == max(positions) else None
        like = cache.keys[0]
        unseen = torch.arange(size, device=device) > self.positions[:, None]
        bias = like.new_zeros(unseen.shape).masked_fill_(unseen, -torch.inf)
        # The fused kernel, but for bfloat16 on a CPU, where it takes several times as long as two products.
        self.fused = like.dtype == torch.float32 or device.type != "cpu"
        self.bias = bias[:, None, None] if self.fused else bias.repeat_interleave(like.shape[1], dim=0)[:, None]

    def attend(self, layer: int, q: Tensor, k: Tensor, v: Tensor, dropout: float) -> Tensor:
        keys, values = self.cache.keys[layer], self.cache.values[layer]  # [B, H, S, D]
        if self.shared is not None:
            keys[:, :, self.shared] = k
            values[:, :, self.shared] = v
        else:
            keys[self.row, :, self.positions] = k.to(keys.dtype)
            values[self.row, :, self.positions] = v.to(values.dtype)
        B, H, D = q.shape
        if self.fused:
            attended = F.scaled_dot_product_attention(q[:, :, None].to(keys.dtype), keys, values, attn_mask=self.bias)
            return attended.to(q.dtype).view(B, H, D)
        scores = torch.baddbmm(self.bias, q.reshape(B * H, 1, D), keys.flatten(0, 1).mT, alpha=D**-0.5)  # [B H, 1, S]
        return torch.bmm(torch.softmax(scores, dim=-1), values.flatten(0, 1)).view(B, H, D)
