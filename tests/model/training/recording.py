"""What a CUDA graph does, without a GPU: operations recorded once, and replayed on the same tensors."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves


def tensors_in(value: Any) -> list[Tensor]:
    return [leaf for leaf in tree_leaves(value) if isinstance(leaf, Tensor)]


class Recording(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes each operation with its arguments, and what it changed that was there before."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.calls: list[tuple[Any, Any, Any, Any]] = []
        self.changed: list[tuple[Tensor, Tensor]] = []  # each tensor, and a copy of what it held
        self._own: set[int] = set()  # the storages of tensors that the operations made

    def __torch_dispatch__(self, operation: Any, types: Any, arguments: Any = (), keywords: Any = None) -> Any:
        keywords = keywords or {}
        schema = operation._schema.arguments
        named = dict(zip((argument.name for argument in schema), arguments, strict=False)) | keywords
        written = [argument.name for argument in schema if argument.alias_info and argument.alias_info.is_write]
        for tensor in tensors_in([named.get(name) for name in written]):
            if tensor.untyped_storage().data_ptr() not in self._own:
                self.changed.append((tensor, tensor.detach().clone()))
        given = {tensor.untyped_storage().data_ptr() for tensor in tensors_in(named)}
        result = operation(*arguments, **keywords)
        self._own |= {tensor.untyped_storage().data_ptr() for tensor in tensors_in(result)} - given
        self.calls.append((operation, arguments, keywords, result))
        return result


class RecordedGraphs:
    """Captures a function as CUDA does: afterwards it has not run, and a replay runs the operations that it ran, with
    the same numbers and the same tensors. Python code of the function doesn't run again."""

    def __init__(self) -> None:
        self.captures = 0
        self.replays = 0

    def __call__(self, function: Callable[[], None]) -> Callable[[], None]:
        self.captures += 1
        with Recording() as recording:
            function()
        with torch.no_grad():
            for tensor, before in reversed(recording.changed):
                tensor.copy_(before)

        @torch.no_grad()
        def replay() -> None:
            self.replays += 1
            for operation, arguments, keywords, result in recording.calls:
                again = operation(*arguments, **keywords)
                for old, new in zip(tensors_in(result), tensors_in(again), strict=True):
                    if old.data_ptr() != new.data_ptr():
                        old.copy_(new)

        return replay
