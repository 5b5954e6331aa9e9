"""The weights that are trained, in float32, and the copy that is computed with, which may be in bfloat16."""

import copy

import torch
from torch import Tensor, nn

from model.core.gpt2 import GPT2
from model.training.optimization import AdamW

Pair = tuple[nn.Parameter, nn.Parameter]  # a trained weight, and the one that is computed with


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
        self._parts, size = _parts(self._pairs) if self.working is not model else ([self._pairs], 0)
        # Kept from step to step: fresh memory costs more than the copy.
        self._buffer = torch.empty(size, device=model.wte.weight.device)

    def gradients(self) -> list[Tensor]:
        """The working copy's gradients, zeros where a backward pass reached none."""
        for _, worked in self._pairs:
            if worked.grad is None:
                worked.grad = torch.zeros_like(worked)
        return [worked.grad for _, worked in self._pairs if worked.grad is not None]

    def gradient_norm(self) -> Tensor:
        """The Euclidean norm over all gradients (float32)."""
        return torch.nn.utils.get_total_norm(self.gradients()).float()

    def update(self, optimizer: AdamW, learning_rate: float, scale: float) -> None:
        """One step with the gradients, multiplied by `scale`; then they are forgotten, and the working copy is as new.

        Of a working copy's gradients, one part after the other is there in float32: all of them would take as much
        memory as the weights.
        """
        for part in self._parts:
            used = 0
            for trained, worked in part:
                assert worked.grad is not None
                if trained is not worked:
                    trained.grad = self._buffer[used : used + trained.numel()].view_as(trained).copy_(worked.grad)
                    worked.grad = None
                    used += trained.numel()
                if scale != 1.0 and trained.grad is not None:
                    trained.grad.mul_(scale)
            optimizer.step((trained for trained, _ in part), learning_rate)
            for trained, _ in part:
                trained.grad = None
        self.refresh()

    @torch.no_grad()
    def refresh(self) -> None:
        """Brings the trained weights into the working copy."""
        for trained, worked in self._pairs:
            if trained is not worked:
                worked.copy_(trained)


def _parts(pairs: list[Pair]) -> tuple[list[list[Pair]], int]:
    """The pairs in parts no larger than the largest of them, in their order; and that size in numbers."""
    limit = max((trained.numel() for trained, _ in pairs), default=0)
    parts: list[list[Pair]] = []
    room = 0
    for pair in pairs:
        if not parts or pair[0].numel() > room:
            parts.append([])
            room = limit
        parts[-1].append(pair)
        room -= pair[0].numel()
    return parts, limit


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
