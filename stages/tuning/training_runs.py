"""What every training of a stage has around it: snapshots that outlive it, and errors that say what to do."""

from collections.abc import Iterator, Sequence
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
    minutes: float,
    checkpoint: Path,
) -> "Iterator[Snapshots]":
    """The snapshots of one training, taken every so many minutes; deleted when the `with` block has succeeded."""
    from model.training.snapshots import Snapshots, fingerprint

    run = fingerprint(model, training, validation, config, ranks)
    if not ranks.agree_on(run):
        raise StageError(
            "the processes of this training disagree about data, base model or parameters; this one trains "
            f"{checkpoint.name}. Start the same command on all nodes, and leave out what DVC skipped"
        )
    snapshots = Snapshots(usable_cache_folder("snapshots") / run[:16], minutes)
    with snapshots.until_done() if ranks.writes else nullcontext():
        yield snapshots
