"""What every training of a stage has around it: snapshots that outlive it, and errors that say what to do."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from stages.common.errors import StageError
from stages.common.files import usable_cache_folder

if TYPE_CHECKING:
    from model.core.gpt2 import GPT2
    from model.training.data import TokenSequence
    from model.training.loop import TrainingConfig
    from model.training.parallel import Ranks
    from model.training.snapshots import Snapshots


@contextmanager
def explained_errors() -> Iterator[None]:
    """Raises what training says as a StageError, with what to do if memory is short."""
    from model.core.checkpoint_files import CheckpointError
    from model.training.loop import ShortMemoryError, TrainingError

    try:
        yield
    except ShortMemoryError as error:
        advice = "set train.micro_batch_size to fewer rows, which changes no result, or choose a smaller base model"
        raise StageError(f"{error}; {advice}") from error
    except (CheckpointError, TrainingError) as error:
        raise StageError(str(error)) from error


@contextmanager
def snapshots_of(
    model: "GPT2",
    training: "Sequence[TokenSequence]",
    validation: "Sequence[TokenSequence]",
    config: "TrainingConfig",
    ranks: "Ranks",
    checkpoint: Path,
    open_snapshots: "Callable[[str], Snapshots]",
) -> "Iterator[Snapshots]":
    """The snapshots of one training, as `open_snapshots` makes them of its fingerprint; deleted when the `with` block
    has succeeded."""
    from model.training.snapshots import fingerprint

    run = fingerprint(model, training, validation, config, ranks)
    if not ranks.agree_on(run):
        raise StageError(
            "the processes of this training disagree about data, base model or parameters; this one trains "
            f"{checkpoint.name}. Start the same command on all nodes, and leave out what DVC skipped"
        )
    snapshots = open_snapshots(run)
    with snapshots.until_done() if ranks.writes else nullcontext():
        yield snapshots


def cached_snapshots(minutes: float, keep: bool, run: str) -> "Snapshots":
    """The snapshots of the run with this fingerprint, in the cache folder, taken every so many minutes; with `keep`,
    one of each evaluation stays."""
    from model.training.snapshots import Snapshots

    return Snapshots(usable_cache_folder("snapshots") / run[:16], minutes, kept_snapshots_folder(run) if keep else None)


def kept_snapshots_folder(run: str) -> Path:
    return usable_cache_folder("kept-snapshots") / run[:16]
