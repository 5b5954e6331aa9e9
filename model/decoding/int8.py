"""Linear layers whose weights are 8-bit integers: a quarter of float32's bytes to read, without any loss of speed on a
CPU that has no bfloat16.

Weights have one scale per output, activations one per token, both symmetric (Dettmers et al., 2022, "LLM.int8()",
section 2.1). So a token's result never depends on the other rows of its batch. Activations have outliers, so 8 bits
change more answers there than in the weights. With `fine`, each activation is therefore two integers, a coarse and a
fine one, as if it had 16 bits. Both go through the same product, which reads the weights once. It is exact: what is
lost is lost in rounding.
"""

import warnings

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_OPERATOR = "linear_with_input_q_dq_qweight_dq_output_fp32"
_LARGEST = 127  # of the integers
_FINE = 254  # fine steps in a coarse one: its rest, -1/2 to 1/2, becomes -127 to 127
_ZERO = 128  # FBGEMM's activations are unsigned: this stands for 0
_SMALLEST_SCALE = 1e-30  # so that a row of zeros is not divided by zero


def int8_problem(device: torch.device) -> str:
    """Why linear layers can't be computed in int8 on `device`, or "" if they can."""
    if device.type != "cpu":
        return f"int8 is for CPUs, and the model is on {device.type}; use bfloat16 there"
    if "fbgemm" not in torch.backends.quantized.supported_engines:
        return "int8 needs an x86 processor with AVX2, or torch has no FBGEMM here; use float32"
    if not hasattr(torch.ops.quantized, _OPERATOR):
        return f"torch {torch.__version__} has no operator quantized::{_OPERATOR}, which int8 needs; use float32"
    return ""


def quantize_weight(weight: Tensor) -> tuple[Tensor, Tensor]:
    """The integers (int8, [out, in], -127 to 127) and scales (float32, [out]) whose product is about `weight` [out, in]
    (float32).

    A CPU without VNNI adds the products of two neighbouring inputs in 16 bits, and cuts what doesn't fit. An activation
    is at most 255 there, so two neighbours of the same sign may add up to at most 128 (255 * 128 < 2^15). The scale is
    the smallest that keeps to it. Then all CPUs compute the same, exactly.
    """
    pairs = F.pad(weight, (0, weight.shape[1] % 2)).reshape(len(weight), -1, 2)
    same_sign = pairs[..., 0].sign() == pairs[..., 1].sign()
    sums = (pairs.sum(-1).abs() * same_sign).amax(1)
    # The sum is at most 127 before rounding, which adds up to a half to each of the two.
    scales = torch.maximum(weight.abs().amax(1), sums).div(_LARGEST).clamp_min(_SMALLEST_SCALE)
    return (weight / scales[:, None]).round().to(torch.int8), scales


class Int8Linear(nn.Module):
    """A linear layer, [..., in] to [..., out] in float32, with weights in int8. It runs FBGEMM's kernels by an operator
    of torch that is not documented; `int8_problem` says whether it is there."""

    def __init__(self, weight: Tensor, bias: Tensor | None, gelu: bool = False, fine: bool = False) -> None:
        """`weight` [out, in] and `bias` [out] (float32). `gelu` applies the tanh form of GELU to the output. `fine`
        gives activations 16 bits instead of 8, for twice the arithmetic."""
        super().__init__()
        self.packed = _pack(*quantize_weight(weight.detach().float()))
        self.bias = None if bias is None else bias.detach().float()
        self.gelu = gelu
        self.fine = fine

    def forward(self, x: Tensor) -> Tensor:
        scale = x.abs().amax(-1, keepdim=True).div_(_LARGEST).clamp_min_(_SMALLEST_SCALE)
        scaled = x / scale
        y = self._multiply_fine(scaled) if self.fine else self._multiply(scaled)
        y = y.mul_(scale) if self.bias is None else torch.addcmul(self.bias, y, scale)
        return F.gelu(y, approximate="tanh") if self.gelu else y

    def _multiply_fine(self, scaled: Tensor) -> Tensor:
        coarse = scaled.round()
        coarse, fine = self._multiply(torch.stack((coarse, scaled.sub_(coarse).mul_(_FINE)))).unbind()
        return coarse.add_(fine, alpha=1 / _FINE)

    def _multiply(self, scaled: Tensor) -> Tensor:
        """The product with activations of -127 to 127, which the operator rounds to integers."""
        product: Tensor = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(
            scaled.reshape(-1, scaled.shape[-1]), 1.0, _ZERO, self.packed
        )
        return product.view(*scaled.shape[:-1], -1)


def _pack(integers: Tensor, scales: Tensor) -> object:
    """The weight in the layout of FBGEMM's kernels, which only they can read. The bias is added outside, so that the
    kernel's result is one rounding of an exact sum, whatever the number of rows."""
    zeros = torch.zeros(len(scales), dtype=torch.int64)
    engine = torch.backends.quantized.engine
    torch.backends.quantized.engine = "fbgemm"  # with VNNI, torch's default may be oneDNN
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that quantized tensors will leave torch one day
            weight = torch._make_per_channel_quantized_tensor(integers.contiguous(), scales.double(), zeros, 0)
            packed: object = torch.ops.quantized.linear_prepack(weight, None)
    finally:
        torch.backends.quantized.engine = engine
    return packed
