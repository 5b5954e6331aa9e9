"""Data-parallel training: several processes, started by `torchrun`, share the rows of each batch."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

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
        """This process's rows: every world-th, so that long and short rows are spread evenly."""
        return rows[self.rank :: self.world]

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
