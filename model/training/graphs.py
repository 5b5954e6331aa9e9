"""CUDA graphs: all kernels of a step recorded once for each shape, then started with one call.

A GPU finishes most kernels of a small model sooner than Python can start the next one. A graph that is replayed starts
them all without Python. The same kernels run on the same memory each time, so a function that is captured must

- read and write only tensors that stay where they are (its inputs are copied into such a tensor),
- never wait for the device: no `.item()`, no index whose result has a size that depends on values,
- draw no random numbers, for simplicity: dropout and noise run without a graph.

(https://docs.pytorch.org/docs/stable/notes/cuda.html, "CUDA Graphs".)
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor

# Captures a function, which then doesn't run, and returns what runs it.
Capture = Callable[[Callable[[], None]], Callable[[], None]]
Key = tuple[str, torch.Size]

# A capture should take about as long as two runs without a graph (an estimate), and the first run of a shape has none
# in any case.
USES = 4  # of a shape, of those that are known to come: fewer are not worth a graph


class Graphs:
    """Runs functions of one tensor, as a graph where the tensor's shape comes often enough, or directly.

    The first run of a shape is always direct. It creates what must not be created while capturing: the state of the
    optimizer, handles and workspaces of libraries, and compiled code. The second one is captured. With `capture` None,
    as on a CPU, all runs are direct; they do the same on the same tensors.
    """

    def __init__(self, device: torch.device, capture: Capture | None = None) -> None:
        self.device, self.capture = device, capture
        self._expected: Counter[Key] = Counter()
        self._inputs: dict[Key, Tensor] = {}
        self._replays: dict[Key, Callable[[], None]] = {}

    @contextmanager
    def own_stream(self) -> Iterator[None]:
        """Runs the block's work on the GPU in a stream of its own if there are captures: the default stream can't be
        captured. Around all runs, so that cuBLAS, which has a workspace for each stream, chooses the same kernels for
        direct runs and captures."""
        if not isinstance(self.capture, CudaCapture):
            yield
            return
        outside, stream = torch.cuda.current_stream(self.device), torch.cuda.Stream(self.device)  # type: ignore[no-untyped-call]
        stream.wait_stream(outside)
        try:
            with torch.cuda.stream(stream):
                yield
        finally:
            outside.wait_stream(stream)

    def expect(self, name: str, shapes: Iterable[torch.Size]) -> None:
        """Says that these inputs are still to come, each as often as its shape is listed."""
        self._expected.update((name, shape) for shape in shapes)

    def run(self, name: str, value: Tensor, function: Callable[[Tensor], None]) -> None:
        """Calls `function` with a copy of `value` on the device. It must be the same function for the same `name`.

        The copy is the same tensor for each shape. From pinned memory, it is started without waiting for what the
        device still works on.
        """
        key = (name, value.shape)
        first = key not in self._inputs
        if first:
            self._inputs[key] = torch.empty(value.shape, dtype=value.dtype, device=self.device)
        inputs = self._inputs[key]
        inputs.copy_(value, non_blocking=True)
        if key not in self._replays:
            if first or self.capture is None or self._expected[key] < USES:
                function(inputs)
                return
            self._replays[key] = self.capture(lambda: function(inputs))
        self._replays[key]()


class CudaCapture:
    """Captures a function as a CUDA graph, in the current stream. All graphs share one pool of memory: between two
    replays nothing in it is needed, as results are in tensors that existed before."""

    def __init__(self) -> None:
        self.pool = torch.cuda.graph_pool_handle()

    def __call__(self, function: Callable[[], None]) -> Callable[[], None]:
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self.pool, stream=torch.cuda.current_stream()):
            function()
        return graph.replay


def pinned(value: Tensor, device: torch.device) -> Tensor:
    """The tensor in memory from which a GPU copies without making Python wait; on a CPU, the tensor itself."""
    return value.pin_memory() if device.type == "cuda" else value
