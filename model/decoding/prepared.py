"""A model prepared for decoding: the same GPT-2, with matrices that are read faster."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn

from model.core.gpt2 import GPT2, Block, Conv1D
from model.decoding.int8 import Int8Linear, int8_problem


def prepare_for_decoding(model: GPT2) -> GPT2:
    """A copy of `model` that decodes faster, if it computes in bfloat16 on a CPU that allows it; otherwise `model`.

    A decoding step reads every weight once and does little with each, so reading takes most of its time. oneDNN would
    rearrange the weights in each product, which takes as long again; in the copy they are already rearranged. The copy
    needs memory for all matrices a second time (236 MB for the 124M model), and does not see later changes of `model`.
    """
    weight = model.wte.weight
    if weight.device.type != "cpu" or weight.dtype != torch.bfloat16 or not _can_rearrange():
        return model
    return _PreparedGPT2(model, _RearrangedLinear)


def prepare_in_int8(model: GPT2, fine: bool = False) -> GPT2:
    """A copy of `model` (float32) whose matrices are 8-bit integers (see `model/decoding/int8.py`), and activations too
    unless they are `fine`. It needs memory for the matrices and the embeddings (124 MB and 158 MB for the 124M model),
    and does not see later changes of `model`. Raises ValueError where int8 can't be computed."""
    if problem := int8_problem(model.wte.weight.device):
        raise ValueError(problem)
    return _PreparedGPT2(model, partial(Int8Linear, fine=fine))


class _PreparedGPT2(GPT2):
    """The same model, with its linear layers replaced. The embeddings stay as they are."""

    def __init__(self, model: GPT2, linear: Callable[[Tensor, Tensor | None, bool], nn.Module]) -> None:
        """`linear` makes a layer of a weight [out, in], a bias [out] or None, and whether GELU follows."""
        with torch.device("meta"):
            super().__init__(model.config)
        self.load_state_dict(model.state_dict(), assign=True)
        self.head = linear(model.wte.weight, None, False)

        def replaced(layer: Conv1D, gelu: bool = False) -> nn.Module:
            return linear(layer.weight.t(), layer.bias, gelu)

        for block in self.h:
            assert isinstance(block, Block)
            block.attn.add_module("c_attn", replaced(block.attn.c_attn))
            block.attn.add_module("c_proj", replaced(block.attn.c_proj))
            block.add_module("mlp", nn.Sequential(replaced(block.mlp.c_fc, gelu=True), replaced(block.mlp.c_proj)))
        self.train(model.training)

    def logits(self, hidden: Tensor) -> Tensor:
        scores: Tensor = self.head(hidden)
        return scores


class _RearrangedLinear(nn.Module):
    """A linear layer in bfloat16 whose weight is in the layout of oneDNN's kernels, which only they can read.

    It uses the two operators by which torch's compiler replaces linear layers. They are private. If torch lacks them,
    `prepare_for_decoding` returns the model as it is.
    """

    def __init__(self, weight: Tensor, bias: Tensor | None, gelu: bool = False) -> None:
        """`weight` [out, in] and `bias` [out] (bfloat16). `gelu` applies the tanh form of GELU to the output."""
        super().__init__()
        with torch.no_grad():
            self.weight = torch.ops.mkldnn._reorder_linear_weight(weight.detach().contiguous())
        self.bias = bias
        self.activation: tuple[str, list[float], str] = ("gelu", [], "tanh") if gelu else ("none", [], "")

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = torch.ops.mkldnn._linear_pointwise(x.to(torch.bfloat16), self.weight, self.bias, *self.activation)
        return y


def _can_rearrange() -> bool:
    """Whether this torch has the operators, and this CPU computes in bfloat16 with them."""
    needed = ("_reorder_linear_weight", "_linear_pointwise", "_is_mkldnn_bf16_supported")
    available: bool = torch.backends.mkldnn.is_available()  # type: ignore[no-untyped-call]
    if not available or not all(hasattr(torch.ops.mkldnn, name) for name in needed):
        return False
    supported: bool = torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return supported
