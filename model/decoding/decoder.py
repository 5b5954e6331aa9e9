"""A GPT-2 whose weights lie as a CPU's bfloat16 kernels read them, for decoding alone.

A decoding step reads every weight once and does little with each, so it takes as long as that reading does. With the
weights stored in rows, oneDNN rearranges them in each product, which takes as long again; here that is done once.
"""

import torch
from torch import Tensor, nn

from model.core.gpt2 import GPT2, Block, Conv1D


def prepare_for_decoding(model: GPT2) -> GPT2:
    """`model` as it decodes fastest: with a rearranged copy of its matrices where it computes in bfloat16 on a CPU
    whose kernels know that layout, otherwise `model` itself. What changes in `model` afterwards, the copy doesn't see.

    The copy takes the space of the matrices once more: 236 MB for the 124M model.
    """
    weight = model.wte.weight
    if weight.device.type != "cpu" or weight.dtype != torch.bfloat16 or not _can_rearrange():
        return model
    return _Decoder(model)


class _Decoder(GPT2):
    def __init__(self, model: GPT2) -> None:
        with torch.device("meta"):
            super().__init__(model.config)
        self.load_state_dict(model.state_dict(), assign=True)
        self.head = _Rearranged(model.wte.weight, None)
        for block in self.h:
            assert isinstance(block, Block)
            block.attn.add_module("c_attn", _linear(block.attn.c_attn))
            block.attn.add_module("c_proj", _linear(block.attn.c_proj))
            block.add_module("mlp", nn.Sequential(_linear(block.mlp.c_fc, gelu=True), _linear(block.mlp.c_proj)))
        self.train(model.training)

    def logits(self, hidden: Tensor) -> Tensor:
        scores: Tensor = self.head(hidden)
        return scores


class _Rearranged(nn.Module):
    """A linear layer in bfloat16 whose weight is in the layout of oneDNN's kernels, which only they can read.

    The two operators are those that torch's compiler puts in place of linear layers.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, gelu: bool = False) -> None:
        """`weight` [out, in] and `bias` [out] (bfloat16); `gelu` applies its tanh form to what comes out."""
        super().__init__()
        with torch.no_grad():
            self.weight = torch.ops.mkldnn._reorder_linear_weight(weight.detach().contiguous())
        self.bias = bias
        self.after: tuple[str, list[float], str] = ("gelu", [], "tanh") if gelu else ("none", [], "")

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = torch.ops.mkldnn._linear_pointwise(x.to(torch.bfloat16), self.weight, self.bias, *self.after)
        return y


def _linear(layer: Conv1D, gelu: bool = False) -> _Rearranged:
    return _Rearranged(layer.weight.t(), layer.bias, gelu)


def _can_rearrange() -> bool:
    needed = ("_reorder_linear_weight", "_linear_pointwise", "_is_mkldnn_bf16_supported")
    available: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    if not available or not all(hasattr(torch.ops.mkldnn, name) for name in needed):
        return False
    supported: bool = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return supported
