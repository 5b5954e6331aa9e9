"""Data-parallel training: several processes, started by `torchrun`, share the rows of each batch."""

import os
from collections.abc import Sequence
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
    def from_environment(cls) -> "Ranks":
        """Reads torchrun's RANK and WORLD_SIZE, and joins the other processes if there are any."""
        world = int(os.environ.get("WORLD_SIZE", "1"))
        if world == 1:
            return cls()
        if not torch.distributed.is_initialized():
            torch.distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
        return cls(int(os.environ["RANK"]), world)

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
