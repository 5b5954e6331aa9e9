"""GPT-2, exactly, in one file that reads from top to bottom.

The model of Radford et al. (2019), "Language Models are Unsupervised Multitask Learners": a decoder-only
transformer with learned positions, layer norm before each sublayer, the tanh form of GELU and an output
matrix tied to the token embedding. Parameters carry GPT-2's own names and shapes, so that a checkpoint
loads without renaming or transposing.

What is unusual:
- Linear layers are stored input-first, [in, out], as OpenAI published them (`Conv1D`).
- Tokens run through the model as one flat [N, C]. The caller passes in a layout (`model/core/rows.py`) that says which
  tokens form a row. When decoding, the layout also holds the KV cache (`model/decoding/kv_cache.py`), so that no module
  has state.
- Each linear layer computes in the precision of its weight, while the residual stream stays in float32. So mixed
  precision needs no other code than `to_precision`.

Shape letters in comments: N tokens, B rows, T tokens of a row, C = n_embd, H = n_head, D = C / H.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from model.core.gpt2_config import GPT2Config
from model.core.rows import EqualRows, RowLayout


class Conv1D(nn.Module):
    """A linear layer whose weight is stored [in, out]."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(inputs, outputs))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: Tensor) -> Tensor:
        return torch.addmm(self.bias, x.to(self.weight.dtype), self.weight)


def _empty_embedding(rows: int, width: int) -> nn.Embedding:
    """An embedding without torch's random weights, which are always replaced. Sampling them on the device `meta` would
    import torch's compiler, which takes as long as the rest of torch."""
    embedding: nn.Embedding = nn.Embedding.from_pretrained(torch.empty(rows, width), freeze=False)  # type: ignore[no-untyped-call]
    return embedding


class Attention(nn.Module):
    """Multi-head causal self-attention, [N, C] to [N, C]. `layer` counts the blocks from 0."""

    def __init__(self, config: GPT2Config, layer: int) -> None:
        super().__init__()
        self.layer = layer
        self.n_head = config.n_head
        self.dropout = config.dropout
        self.c_attn = Conv1D(config.n_embd, 3 * config.n_embd)
        self.c_proj = Conv1D(config.n_embd, config.n_embd)

    def forward(self, x: Tensor, layout: RowLayout) -> Tensor:
        N, C = x.shape
        q, k, v = self.c_attn(x).view(N, 3, self.n_head, -1).unbind(1)  # each [N, H, D]
        y = layout.attend(self.layer, q, k, v, self.dropout if self.training else 0.0)
        return F.dropout(self.c_proj(y.reshape(N, C)), self.dropout, self.training)


class MLP(nn.Module):
    """Two linear layers with GELU between them, [N, C] to [N, C]."""

    def __init__(self, config: GPT2Config) -> None:
        super().__init__()
        self.dropout = config.dropout
        self.c_fc = Conv1D(config.n_embd, 4 * config.n_embd)
        self.c_proj = Conv1D(4 * config.n_embd, config.n_embd)

    def forward(self, x: Tensor) -> Tensor:
        x = F.gelu(self.c_fc(x), approximate="tanh")
        return F.dropout(self.c_proj(x), self.dropout, self.training)


class Block(nn.Module):
    """Attention and MLP, each after a layer norm and added to the residual stream, [N, C] to [N, C]."""

    def __init__(self, config: GPT2Config, layer: int) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(config.n_embd, eps=config.layer_norm_epsilon)
        self.attn = Attention(config, layer)
        self.ln_2 = nn.LayerNorm(config.n_embd, eps=config.layer_norm_epsilon)
        self.mlp = MLP(config)

    def forward(self, x: Tensor, layout: RowLayout) -> Tensor:
        x = x + self.attn(self.ln_1(x), layout)
        x = x + self.mlp(self.ln_2(x))
        return x


class GPT2(nn.Module):
    """Token ids in, hidden states out. `logits` then scores the next token, for the positions that need it."""

    def __init__(self, config: GPT2Config) -> None:
        super().__init__()
        self.config = config
        self.wte = _empty_embedding(config.vocab_size, config.n_embd)
        self.wpe = _empty_embedding(config.n_positions, config.n_embd)
        self.h = nn.ModuleList(Block(config, layer) for layer in range(config.n_layer))
        self.ln_f = nn.LayerNorm(config.n_embd, eps=config.layer_norm_epsilon)

    def init_weights(self, generator: torch.Generator, embedding_std: float = 0.02) -> "GPT2":
        """Samples GPT-2's initial weights from a normal distribution with standard deviation 0.02. Each block adds two
        projections to the residual stream, so those are scaled down by sqrt(2 * n_layer) (section 2.3 of the paper).
        Biases stay zero. Returns the model.

        GPT-2 is at least 768 wide. A narrower model learns faster from a larger `embedding_std`.
        """
        for name, parameter in self.named_parameters():
            if name.startswith(("wte", "wpe")):
                nn.init.normal_(parameter, std=embedding_std, generator=generator)
            elif name.endswith("c_proj.weight"):
                nn.init.normal_(parameter, std=0.02 / math.sqrt(2 * self.config.n_layer), generator=generator)
            elif parameter.dim() == 2:
                nn.init.normal_(parameter, std=0.02, generator=generator)
        return self

    def forward(self, input_ids: Tensor) -> Tensor:
        """Hidden states [B, T, C] (float32) of `input_ids` [B, T] (int64). Each row starts at position 0.

        Rows padded at their right end need no mask: no position looks to its right. Raises ValueError if T exceeds
        the context length.
        """
        B, T = input_ids.shape
        if T > self.config.n_positions:
            raise ValueError(f"{T} positions exceed the model's context of {self.config.n_positions}")
        return self.hidden(input_ids.flatten(), EqualRows(B, T, input_ids.device)).view(B, T, -1)

    def hidden(self, tokens: Tensor, layout: RowLayout, noise: Tensor | None = None) -> Tensor:
        """Hidden states [N, C] (float32) of `tokens` [N] (int64), which `layout` arranges in rows. `noise` [N, C] is
        added to their embeddings."""
        return self.blocks(self.embed(tokens, layout, noise), layout)

    def embed(self, tokens: Tensor, layout: RowLayout, noise: Tensor | None = None) -> Tensor:
        """The sum [N, C] (float32) of the tokens' embeddings, their positions' and the noise."""
        x = self.wte(tokens).float() + self.wpe(layout.positions).float()
        if noise is not None:
            x = x + noise
        return F.dropout(x, self.config.dropout, self.training)

    def blocks(self, x: Tensor, layout: RowLayout) -> Tensor:
        """Hidden states [N, C] (float32) from embeddings [N, C]: all blocks, and the last layer norm."""
        for block in self.h:
            x = block(x, layout)
        hidden: Tensor = self.ln_f(x)
        return hidden

    def logits(self, hidden: Tensor) -> Tensor:
        """Scores [..., vocab_size] of the next token, from hidden states [..., C]."""
        return F.linear(hidden.to(self.wte.weight.dtype), self.wte.weight)

    def to_precision(self, dtype: torch.dtype) -> "GPT2":
        """Converts embeddings and linear layers to `dtype`, in place. Layer norms and the residual stream stay in
        float32. Returns the model."""
        for module in self.modules():
            if not isinstance(module, nn.LayerNorm):
                for parameter in module.parameters(recurse=False):
                    parameter.data = parameter.data.to(dtype)
        return self

    def parameter_count(self) -> int:
        """The number of weights. The output matrix is the token embedding and counts once."""
        return sum(parameter.numel() for parameter in self.parameters())
