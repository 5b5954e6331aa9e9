"""The weights that are trained, in float32, and the copy that is computed with, which may be in bfloat16."""

import copy

import torch
from torch import Tensor, nn

from model.gpt2 import GPT2


class Weights:
    """`model` holds the weights that the optimizer changes; `working` is what forward and backward passes run on.

    In float32 the two are one. In bfloat16 the working copy's matrices and their gradients take half the space and a
    fraction of the time, while updates too small for bfloat16 still add up in float32 (Micikevicius et al., 2018,
    "Mixed Precision Training").
    """

    def __init__(self, model: GPT2, precision: torch.dtype) -> None:
        self.model = model
        self.working = model if precision == torch.float32 else _working_copy(model, precision)
        names = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
        self.trained = {name: model.get_parameter(name) for name in names}
        self._pairs = [(self.trained[name], self.working.get_parameter(name)) for name in names]

    def gradients(self) -> list[Tensor]:
        """The working copy's gradients, zeros where a backward pass reached none."""
        for _, worked in self._pairs:
            if worked.grad is None:
                worked.grad = torch.zeros_like(worked)
        return [worked.grad for _, worked in self._pairs if worked.grad is not None]

    def gradient_norm(self) -> Tensor:
        """The Euclidean norm over all gradients (float32)."""
        return torch.nn.utils.get_total_norm(self.gradients()).float()

    def hand_over_gradients(self, scale: float) -> None:
        """Moves the gradients, multiplied by `scale`, to the trained weights."""
        for trained, worked in self._pairs:
            assert worked.grad is not None
            if trained is not worked:
                if trained.grad is None:  # kept from step to step: fresh memory costs more than the copy
                    trained.grad = torch.empty_like(trained)
                trained.grad.copy_(worked.grad)
                worked.grad = None
            if scale != 1.0 and trained.grad is not None:
                trained.grad.mul_(scale)

    @torch.no_grad()
    def refresh(self) -> None:
        """Brings what the optimizer changed into the working copy, and forgets the gradients."""
        for trained, worked in self._pairs:
            if trained is worked:
                worked.grad = None
            else:
                worked.copy_(trained)


def _working_copy(model: GPT2, precision: torch.dtype) -> GPT2:
    """A copy in which all but the layer norms is in `precision`; no second copy in float32 is ever made."""
    replaced = {}
    for module in model.modules():
        for parameter in module.parameters(recurse=False):
            dtype = parameter.dtype if isinstance(module, nn.LayerNorm) else precision
            value = parameter.detach().to(dtype, copy=True)
            replaced[id(parameter)] = nn.Parameter(value, requires_grad=parameter.requires_grad)
    return copy.deepcopy(model, replaced)


def best_precision(device: torch.device) -> torch.dtype:
    """bfloat16 where the processor multiplies it faster than float32: AVX512-BF16, AMX, and GPUs that have it."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    capabilities = torch.cpu.get_capabilities()
    fast = capabilities.get("avx512_bf16") or capabilities.get("amx_bf16")
    return torch.bfloat16 if fast else torch.float32
