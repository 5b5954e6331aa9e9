"""GPT-2, exactly, in one file that reads from top to bottom.

The model of Radford et al. (2019), "Language Models are Unsupervised Multitask Learners": a decoder-only
transformer with learned positions, layer norm before each sublayer, the tanh form of GELU and an output
matrix tied to the token embedding. Parameters carry GPT-2's own names and shapes, so that a checkpoint
loads without renaming or transposing.

What is unusual: linear layers are stored input-first, [in, out], as OpenAI published them (`Conv1D`), and
the KV cache is an object that the caller passes in, never state of a module.

Shape letters in comments: B rows, T new positions, S positions in the cache, C = n_embd, H = n_head, D = C / H.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@dataclass(frozen=True)
class GPT2Config:
    """The sizes of a GPT-2; the defaults are those of the 124M model."""

    vocab_size: int = 50257
    n_positions: int = 1024
    n_embd: int = 768
    n_layer: int = 12
    n_head: int = 12
    dropout: float = 0.0
    layer_norm_epsilon: float = 1e-5

    def __post_init__(self) -> None:
        if self.n_embd % self.n_head:
            raise ValueError(f"n_embd ({self.n_embd}) must be a multiple of n_head ({self.n_head})")


class KVCache:
    """Keys and values of the positions seen so far, for a batch of rows of different lengths.

    Row b's position p lives at index p, whatever the other rows' lengths: what stands beyond a row's own
    position is not yet its own, is never looked at, and is overwritten when the row gets there.
    """

    def __init__(self, config: GPT2Config, rows: int, length: int, like: Tensor) -> None:
        head_size = config.n_embd // config.n_head
        shape = (config.n_layer, rows, config.n_head, length, head_size)  # [n_layer, B, H, S, D]
        self.keys = like.new_zeros(shape)
        self.values = like.new_zeros(shape)

    @property
    def length(self) -> int:
        """How many positions a row can hold."""
        return self.keys.shape[3]

    def update(self, layer: int, positions: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Writes k and v [B, H, T, D] at `positions` [B, T]; returns all the layer's keys and values [B, H, S, D]."""
        rows = torch.arange(len(positions), device=positions.device)[:, None]
        self.keys[layer, rows, :, positions] = k.transpose(1, 2)
        self.values[layer, rows, :, positions] = v.transpose(1, 2)
        return self.keys[layer], self.values[layer]

    def keep(self, rows: Tensor) -> None:
        """Drops all rows but these (indices [B'], int64)."""
        self.keys = self.keys[:, rows]
        self.values = self.values[:, rows]


class Conv1D(nn.Module):
    """A linear layer whose weight is stored [in, out]."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight.t(), self.bias)


class Attention(nn.Module):
    def __init__(self, config: GPT2Config, layer: int) -> None:
        super().__init__()
        self.layer = layer
        self.n_head = config.n_head
        self.dropout = config.dropout
        self.c_attn = Conv1D(config.n_embd, 3 * config.n_embd)
        self.c_proj = Conv1D(config.n_embd, config.n_embd)

    def forward(self, x: Tensor, positions: Tensor, cache: KVCache | None) -> Tensor:
        B, T, C = x.shape
        q, k, v = self.c_attn(x).view(B, T, 3, self.n_head, -1).permute(2, 0, 3, 1, 4)  # each [B, H, T, D]
        if cache is None:
            dropout = self.dropout if self.training else 0.0
            y = F.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=True)
        else:
            k, v = cache.update(self.layer, positions, k, v)  # [B, H, S, D]
            # `is_causal` would align the mask to the first cached position; each row has its own here.
            visible = torch.arange(cache.length, device=x.device) <= positions[:, None, :, None]  # [B, 1, T, S]
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=visible)
        y = y.transpose(1, 2).reshape(B, T, C)
        return F.dropout(self.c_proj(y), self.dropout, self.training)


class MLP(nn.Module):
    def __init__(self, config: GPT2Config) -> None:
        super().__init__()
        self.dropout = config.dropout
        self.c_fc = Conv1D(config.n_embd, 4 * config.n_embd)
        self.c_proj = Conv1D(4 * config.n_embd, config.n_embd)

    def forward(self, x: Tensor) -> Tensor:
        x = F.gelu(self.c_fc(x), approximate="tanh")
        return F.dropout(self.c_proj(x), self.dropout, self.training)


class Block(nn.Module):
    def __init__(self, config: GPT2Config, layer: int) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(config.n_embd, eps=config.layer_norm_epsilon)
        self.attn = Attention(config, layer)
        self.ln_2 = nn.LayerNorm(config.n_embd, eps=config.layer_norm_epsilon)
        self.mlp = MLP(config)

    def forward(self, x: Tensor, positions: Tensor, cache: KVCache | None) -> Tensor:
        x = x + self.attn(self.ln_1(x), positions, cache)
        x = x + self.mlp(self.ln_2(x))
        return x


class GPT2(nn.Module):
    """Token ids in, hidden states out; `logits` turns those of the positions that matter into scores."""

    def __init__(self, config: GPT2Config) -> None:
        super().__init__()
        self.config = config
        self.wte = nn.Embedding(config.vocab_size, config.n_embd)
        self.wpe = nn.Embedding(config.n_positions, config.n_embd)
        self.h = nn.ModuleList(Block(config, layer) for layer in range(config.n_layer))
        self.ln_f = nn.LayerNorm(config.n_embd, eps=config.layer_norm_epsilon)

    def init_weights(self, generator: torch.Generator, embedding_std: float = 0.02) -> "GPT2":
        """GPT-2's initialisation: N(0, 0.02); the two projections into the residual stream of each block are
        scaled down by sqrt(2 * n_layer), because that many of them add up in it (section 2.3 of the paper).

        GPT-2's widths are 768 and more; a narrow model learns faster from a larger `embedding_std`.
        """
        for name, parameter in self.named_parameters():
            if name.startswith(("wte", "wpe")):
                nn.init.normal_(parameter, std=embedding_std, generator=generator)
            elif name.endswith("c_proj.weight"):
                nn.init.normal_(parameter, std=0.02 / math.sqrt(2 * self.config.n_layer), generator=generator)
            elif parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.02, generator=generator)
        return self

    def forward(self, input_ids: Tensor, positions: Tensor | None = None, cache: KVCache | None = None) -> Tensor:
        """Hidden states [B, T, C] of `input_ids` [B, T] (int64).

        `positions` [B, T] (int64) are needed with a `cache`; without one they are 0..T-1. Rows padded at their
        right end need no mask: no position looks to its right. Raises ValueError past the context length.
        """
        B, T = input_ids.shape
        if T > self.config.n_positions:
            raise ValueError(f"{T} positions exceed the model's context of {self.config.n_positions}")
        if positions is None:
            if cache is not None:
                raise ValueError("a cache needs the positions of the new tokens")
            positions = torch.arange(T, device=input_ids.device).expand(B, T)
        x = self.wte(input_ids) + self.wpe(positions)
        x = F.dropout(x, self.config.dropout, self.training)
        for block in self.h:
            x = block(x, positions, cache)
        hidden: Tensor = self.ln_f(x)
        return hidden

    def logits(self, hidden: Tensor) -> Tensor:
        """Scores [..., vocab_size] of the next token after hidden states [..., C]."""
        return F.linear(hidden, self.wte.weight)

    def parameter_count(self) -> int:
        return sum(parameter.numel() for parameter in self.parameters())
