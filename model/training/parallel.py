"""Data-parallel training: several processes, started by `torchrun`, share the rows of each batch."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor

Row = TypeVar("Row")


@dataclass(frozen=True)
class Ranks:
    """This process among `world`; alone where `world` is 1."""

    rank: int = 0
    world: int = 1

    @classmethod
    def of_environment(cls) -> "Ranks":
        """What torchrun says in RANK and WORLD_SIZE; joins the others where there are any."""
        world = int(os.environ.get("WORLD_SIZE", "1"))
        if world == 1:
            return cls()
        if not torch.distributed.is_initialized():
            torch.distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
        return cls(int(os.environ["RANK"]), world)

    @property
    def writes(self) -> bool:
        """Whether this process is the one that writes files."""
        return self.rank == 0

    def share(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Every world-th row, so that long and short rows are spread evenly."""
        return rows[self.rank :: self.world]

    def add_up(self, tensors: Sequence[Tensor]) -> None:
        """Replaces each tensor by its sum over all processes."""
        if self.world > 1:
            for tensor in tensors:
                torch.distributed.all_reduce(tensor)
