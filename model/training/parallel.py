"""Data-parallel training: several processes, started by `torchrun`, share the rows of each batch.

torch's DistributedDataParallel averages their gradients bucket by bucket, while the backward pass still computes the
next ones (Li et al., 2020, "PyTorch Distributed: Experiences on Accelerating Data Parallel Training").
"""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

Forward = Callable[..., Tensor]
Item = TypeVar("Item")


@dataclass(frozen=True)
class Ranks:
    """This process's rank (from 0) among `world` processes. By default it is the only one."""

    rank: int = 0
    world: int = 1

    @classmethod
    @contextmanager
    def from_environment(cls) -> Iterator["Ranks"]:
        """Reads torchrun's RANK and WORLD_SIZE, and joins the other processes, if there are any, for a `with` block.

        The group is left at the end of the block. Its threads would otherwise still run when Python exits, and now and
        then end a process that has done all its work with "terminate called without an active exception".
        """
        world = int(os.environ.get("WORLD_SIZE", "1"))
        if world == 1:
            yield cls()
            return
        torch.distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
        try:
            yield cls(int(os.environ["RANK"]), world)
        finally:
            torch.distributed.destroy_process_group()

    @property
    def writes(self) -> bool:
        """Whether this process writes files: only rank 0 does."""
        return self.rank == 0

    def share(self, rows: Sequence[Item]) -> Sequence[Item]:
        """This process's rows: every world-th, so that long and short rows are spread evenly. It has none if there are
        fewer rows than processes and its rank is high."""
        return rows[self.rank :: self.world]

    def average_gradients(self, model: nn.Module, forward: Forward) -> Forward:
        """`forward`, after which a backward pass leaves in `model` the mean of all processes' gradients.

        `forward` computes with `model`, and may be compiled. It must reach every trained weight. A backward pass waits
        for those of the other processes, so all of them must run as many: inside `keep_gradients_here` they don't.
        """
        if self.world == 1:
            return forward
        # The gradients are views of the buckets that are sent, so they are not in memory twice.
        averaging = DistributedDataParallel(_Forward(model, forward), gradient_as_bucket_view=True)
        # After its first backward pass it sorts the buckets anew, and with three processes or more, a bucket's order
        # changes rounding. A run that goes on from a snapshot must have the order of an undisturbed one.
        averaging().backward()
        model.zero_grad()
        return averaging

    def keep_gradients_here(self, forward: Forward) -> AbstractContextManager[None]:
        """In this block, backward passes only add to this process's own gradients: the next one outside sends the sum
        of them all. `forward` comes from `average_gradients`."""
        return forward.no_sync() if isinstance(forward, DistributedDataParallel) else nullcontext()

    def agree_on(self, digest: str) -> bool:
        """Whether all processes pass the same hexadecimal digest, such as the fingerprint of what they train."""
        if self.world == 1:
            return True
        device = "cuda" if torch.cuda.is_available() else "cpu"  # nccl sums on GPUs only
        lowest = torch.tensor(list(bytes.fromhex(digest)), device=device)
        highest = lowest.clone()
        torch.distributed.all_reduce(lowest, torch.distributed.ReduceOp.MIN)
        torch.distributed.all_reduce(highest, torch.distributed.ReduceOp.MAX)
        return torch.equal(lowest, highest)

    def sum_over_ranks(self, tensors: Sequence[Tensor]) -> None:
        """Replaces each tensor by its sum over all processes, in place."""
        if self.world > 1:
            for tensor in tensors:
                torch.distributed.all_reduce(tensor)


class _Forward(nn.Module):
    """A function that computes with a model, as a module: DistributedDataParallel must know both. Without arguments,
    it is the sum of all trained weights, whose backward pass reaches them from the last one to the first."""

    def __init__(self, model: nn.Module, compute: Forward) -> None:
        super().__init__()
        self.model = model
        self.compute = compute

    def forward(self, *arguments: object) -> Tensor:
        if not arguments:
            return torch.stack([weight.float().sum() for weight in self.parameters() if weight.requires_grad]).sum()
        return self.compute(*arguments)
