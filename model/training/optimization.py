"""How weights are updated: the learning rate schedule, AdamW, and the float32 master weights of mixed precision."""

import copy
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import Tensor, nn

from model.core.gpt2 import GPT2

Schedule = Literal["constant", "linear", "cosine"]
Precision = Literal["float32", "bfloat16"]
PRECISIONS: dict[Precision, torch.dtype] = {"float32": torch.float32, "bfloat16": torch.bfloat16}
BETAS, EPSILON = (0.9, 0.999), 1e-8  # AdamW's published defaults
FLOOR = 0.1  # the share of the peak learning rate that the linear and cosine schedules fall to


def learning_rate_schedule(schedule: Schedule, peak: float, warmup: float, steps: int) -> Callable[[int], float]:
    """The learning rate of each step, counted from 0, in a run of `steps` steps.

    It rises linearly to `peak` over the first `warmup` (a share, 0 to 1) of the steps. Then it is constant, or falls to
    a tenth of the peak, along a line or a cosine. The last step is one step short of that floor.
    """
    warmup_steps = round(warmup * steps)
    floor = FLOOR * peak

    def rate(step: int) -> float:
        if step < warmup_steps:
            return peak * (step + 1) / warmup_steps
        done = (step - warmup_steps) / max(1, steps - warmup_steps)
        height = {"constant": 1.0, "linear": 1 - done, "cosine": (1 + math.cos(math.pi * done)) / 2}[schedule]
        return floor + (peak - floor) * height

    return rate


@dataclass(frozen=True)
class OnDevice:
    """What the fused kernel itself does with gradients, as tensors that Python need not read: both 0-d, float32."""

    divisor: Tensor  # each gradient is divided by it
    skipped: Tensor  # 1: nothing changes, as if there had been no step; 0 otherwise


class AdamW:
    """AdamW (Loshchilov and Hutter, 2019, "Decoupled Weight Decay Regularization"), updating float32 weights in place.

    Weight decay applies to matrices only, not to biases and layer norms. The kernel is the one inside
    `torch.optim.AdamW(fused=True)`. It is called directly because `torch.optim` imports torch's compiler, which takes
    about as long as torch itself. The kernel's name is private. If torch lacks it, `torch.optim.AdamW` is used.
    """

    def __init__(self, weight_decay: float) -> None:
        self.weight_decay = weight_decay
        # Of each parameter: both moments and the number of steps, in float32, by `torch.optim`'s names.
        self.state: dict[Tensor, dict[str, Tensor]] = {}
        self._kernel = _fused_kernel()

    @torch.no_grad()
    def step(
        self, parameters: Iterable[Tensor], learning_rate: float | Tensor, on_device: "OnDevice | None" = None
    ) -> None:
        """Updates the parameters by their gradients. A parameter without a gradient stays as it is.

        `on_device` also scales the gradients, or leaves everything as it is; then `learning_rate` is a tensor, too.
        """
        with_gradient = [parameter for parameter in parameters if parameter.grad is not None]
        matrices = [parameter for parameter in with_gradient if parameter.dim() >= 2]
        vectors = [parameter for parameter in with_gradient if parameter.dim() < 2]
        for group, weight_decay in ((matrices, self.weight_decay), (vectors, 0.0)):
            if group and self._kernel:
                self._step_directly(self._kernel, group, learning_rate, weight_decay, on_device)
            elif group:
                self._step_through_torch_optim(group, learning_rate, weight_decay, on_device)

    def _step_directly(
        self,
        kernel: Callable[..., None],
        group: list[Tensor],
        learning_rate: float | Tensor,
        weight_decay: float,
        on_device: "OnDevice | None",
    ) -> None:
        states = [self._state(parameter) for parameter in group]
        steps = [state["step"] for state in states]
        torch._foreach_add_(steps, 1)
        kernel(
            group,
            [parameter.grad for parameter in group],
            [state["exp_avg"] for state in states],
            [state["exp_avg_sq"] for state in states],
            [],
            steps,
            lr=learning_rate,
            beta1=BETAS[0],
            beta2=BETAS[1],
            weight_decay=weight_decay,
            eps=EPSILON,
            amsgrad=False,
            maximize=False,
            grad_scale=on_device.divisor if on_device else None,
            found_inf=on_device.skipped if on_device else None,
        )
        if on_device:
            torch._foreach_sub_(steps, [on_device.skipped] * len(steps))

    def _step_through_torch_optim(
        self, group: list[Tensor], learning_rate: float | Tensor, weight_decay: float, on_device: "OnDevice | None"
    ) -> None:
        capturable = on_device is not None  # it checks that while a graph is captured
        optimizer = torch.optim.AdamW(
            group, learning_rate, BETAS, EPSILON, weight_decay, fused=True, capturable=capturable
        )
        for parameter in group:
            optimizer.state[parameter] = self._state(parameter)
        if on_device:  # by the names under which torch's own GradScaler hands them to a fused optimizer
            vars(optimizer).update(grad_scale=on_device.divisor, found_inf=on_device.skipped)
        optimizer.step()

    def _state(self, parameter: Tensor) -> dict[str, Tensor]:
        if parameter not in self.state:
            self.state[parameter] = {
                "step": torch.zeros((), dtype=torch.float32, device=parameter.device),
                "exp_avg": torch.zeros_like(parameter),
                "exp_avg_sq": torch.zeros_like(parameter),
            }
        return self.state[parameter]


def _fused_kernel() -> Callable[..., None] | None:
    kernel: Callable[..., None] | None = getattr(torch, "_fused_adamw_", None)
    return kernel


class MasterWeights:
    """The float32 weights that the optimizer updates (`model`), and the copy that computes with them (`working`).

    In float32 the two are the same. In bfloat16 the working copy's matrices and their gradients take half the memory
    and a fraction of the time, while updates too small for bfloat16 still add up in float32 (Micikevicius et al., 2018,
    "Mixed Precision Training").
    """

    def __init__(self, model: GPT2, precision: torch.dtype) -> None:
        self.model = model
        self.working = model if precision == torch.float32 else _working_copy(model, precision)
        names = [name for name, parameter in model.named_parameters() if parameter.requires_grad]
        self.trained = {name: model.get_parameter(name) for name in names}
        self._pairs = [(self.trained[name], self.working.get_parameter(name)) for name in names]
        # With a working copy, gradients become float32 one part after the other: all at once would take as much memory
        # as the weights. The buffer is kept from step to step because fresh memory takes longer than the copy.
        self._parts, size = _split(self._pairs) if self.working is not model else ([self._pairs], 0)
        self._buffer = torch.empty(size, device=model.wte.weight.device)

    def gradients(self) -> list[Tensor]:
        """The working copy's gradients; zeros for a weight that no backward pass reached."""
        for _, working in self._pairs:
            if working.grad is None:
                working.grad = torch.zeros_like(working)
        return [working.grad for _, working in self._pairs if working.grad is not None]

    def gradient_norm(self) -> Tensor:
        """The Euclidean norm of all gradients together (float32)."""
        return torch.nn.utils.get_total_norm(self.gradients()).float()

    def update(
        self,
        optimizer: AdamW,
        learning_rate: float | Tensor,
        scale: float = 1.0,
        on_device: OnDevice | None = None,
    ) -> None:
        """One optimizer step with the gradients multiplied by `scale`. Then clears the gradients and refreshes the
        working copy. Call `gradients` first."""
        for part in self._parts:
            if self.working is not self.model:
                self._convert_gradients(part)
            if scale != 1.0:
                torch._foreach_mul_([trained.grad for trained, _ in part if trained.grad is not None], scale)
            optimizer.step((trained for trained, _ in part), learning_rate, on_device)
            for trained, _ in part:
                trained.grad = None
        self.refresh()

    @torch.no_grad()
    def _convert_gradients(self, part: "list[Pair]") -> None:
        """Moves the working copy's gradients to the trained weights, in float32."""
        used, converted, found = 0, [], []
        for trained, working in part:
            assert working.grad is not None
            converted.append(self._buffer[used : used + trained.numel()].view_as(trained))
            found.append(working.grad)
            used += trained.numel()
            working.grad = None
        torch._foreach_copy_(converted, found)
        for (trained, _), gradient in zip(part, converted, strict=True):
            trained.grad = gradient

    def clear_gradients(self) -> None:
        """Drops the gradients of a step that is not taken."""
        for _, working in self._pairs:
            working.grad = None

    @torch.no_grad()
    def refresh(self) -> None:
        """Copies the trained weights into the working copy."""
        if self.working is not self.model:
            torch._foreach_copy_([working for _, working in self._pairs], [trained for trained, _ in self._pairs])


Pair = tuple[nn.Parameter, nn.Parameter]  # a trained weight and its working copy
GPU_PART = 2**24  # elements: a GPU waits for each kernel to start, so there fewer parts are worth 64 MB


def _split(pairs: list[Pair]) -> tuple[list[list[Pair]], int]:
    """Splits the pairs, in their order, into parts that are no larger than the largest weight, or than `GPU_PART` on a
    GPU. Returns the parts and the number of elements of the largest possible one."""
    sizes = [trained.numel() for trained, _ in pairs]
    on_gpu = any(trained.device.type == "cuda" for trained, _ in pairs)
    limit = min(max([*sizes, GPU_PART if on_gpu else 0]), sum(sizes))
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
    """A copy in `precision`, except for the layer norms. It is converted weight by weight, so that there is never a
    second float32 copy in memory."""
    replaced: dict[int, Any] = {}
    for module in model.modules():
        for parameter in module.parameters(recurse=False):
            dtype = parameter.dtype if isinstance(module, nn.LayerNorm) else precision
            value = parameter.detach().to(dtype, copy=True)
            replaced[id(parameter)] = nn.Parameter(value, requires_grad=parameter.requires_grad)
    return copy.deepcopy(model, replaced)


def best_precision(device: torch.device) -> torch.dtype:
    """bfloat16 if the processor multiplies it faster than float32 (AVX512-BF16, AMX, most GPUs), otherwise float32.
    Older versions of torch do not say what a CPU can do; there it is float32."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    if not hasattr(torch.cpu, "get_capabilities"):
        return torch.float32
    capabilities = torch.cpu.get_capabilities()
    fast = capabilities.get("avx512_bf16") or capabilities.get("amx_bf16")
    return torch.bfloat16 if fast else torch.float32
