"""train: instruction-tunes the base model on the full or the small split; `python -m stages.train full|small`."""

import logging
import os
import shlex
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

from pydantic import Field

from stages.common.checkpoints import read_checkpoint
from stages.common.device import Device, choose_device
from stages.common.errors import StageError, name_in_errors, only_warn, run_stage
from stages.common.files import read_jsonl, usable_cache_folder, write_csv, write_json
from stages.common.params import (
    SAME_RESULT,
    AtMost,
    Fraction,
    Positive,
    SectionModel,
    Seed,
    dotted_keys,
    load_params,
    positive_or,
)
from stages.common.records import Example
from stages.common.stage_bar import StageBar
from stages.common.tracking import Curve, Tracker, track

if TYPE_CHECKING:
    import torch

    from model.training.loop import TrainingConfig
    from model.training.progress import TrainingResult

log = logging.getLogger(__name__)

BASE = Path("data/checkpoints/base")
SPLITS = Path("data/splits")
CHECKPOINTS = Path("data/checkpoints")
CURVES = Path("reports/curves")
METRICS = Path("reports/metrics")
SIZES = ("full", "small")
LAUNCHED = "WIKITUNE_LAUNCHED"  # set in the environment of what `train.launcher` starts


class Params(SectionModel):
    launcher: Annotated[str, Field(min_length=1), SAME_RESULT]  # the command that starts Python
    seed: Seed
    epochs: Positive
    batch_size: Positive
    micro_batch_size: AtMost  # rows computed at a time
    precision: Literal["float32", "bfloat16", "auto"]
    device: Annotated[Device, SAME_RESULT]
    compile: Literal["auto", True, False]
    learning_rate: Annotated[float, Field(gt=0, le=1)]
    weight_decay: Fraction
    warmup: Fraction  # share of the steps
    schedule: Literal["constant", "linear", "cosine"]
    clip_norm: Annotated[float, Field(gt=0)]
    loss_on: Literal["all", "response"]
    evaluations: Positive
    patience: Annotated[int | Literal["none"], positive_or("none")]  # evaluations without a lower validation loss
    keep: Literal["best", "last"]
    neftune: Annotated[float, Field(ge=0, le=100)]
    lora_rank: Annotated[int, Field(ge=0)]  # 0 trains all weights
    lora_alpha: Annotated[float, Field(gt=0)]
    snapshot_minutes: Annotated[float, Field(ge=0), SAME_RESULT]
    tracker: Annotated[Tracker, SAME_RESULT]


def main() -> None:
    params = load_params("train", Params)
    size = sys.argv[1]  # one of SIZES: run_stage checks it
    if params.launcher != "python" and not os.environ.keys() & {"RANK", LAUNCHED}:
        launch(params.launcher, size)
    folder = SPLITS / size
    training = read_jsonl(folder / "train.jsonl", Example)
    validation = read_jsonl(folder / "val.jsonl", Example)
    writes = os.environ.get("RANK", "0") == "0"  # under torchrun, only rank 0
    experiment = os.environ.get("DVC_EXP_NAME", "")
    settings = dotted_keys(params.model_dump(), "train.")
    with (
        track(params.tracker if writes else "none", f"{experiment} train-{size}".strip(), settings) as send,
        name_in_errors(CHECKPOINTS / size),
    ):
        facts, result = tune(training, validation, params, CHECKPOINTS / size, partial(show_result, size, send))
    if writes:
        write_result(size, facts, result)


def launch(command: str, size: str) -> NoReturn:
    """Replaces this process by the launcher, which starts this module again. No shell reads the command.

    DVC doesn't track the launcher, so changing it retrains nothing. Raises StageError if it can't be started.
    """
    try:
        words = shlex.split(command)
        os.execvpe(words[0], [*words, "-m", "stages.train", size], os.environ | {LAUNCHED: "1"})
    except (ValueError, IndexError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise StageError(
            f"params.yaml: train.launcher is {command!r}, which cannot be started: {reason}; "
            "set it to python, or to a command such as torchrun --nproc-per-node=2"
        ) from None


def tune(
    training: list[Example],
    validation: list[Example],
    params: Params,
    checkpoint: Path,
    tell: Callable[[dict[str, object], "TrainingResult"], None] | None = None,
) -> tuple[dict[str, object], "TrainingResult"]:
    """Tunes the base model and writes the checkpoint. Returns the metrics that are known before training, and its
    result. `tell` gets both after each evaluation, with the result so far."""
    from model.core.process import prepare_process

    prepare_process()
    import torch

    from model.core.checkpoint import copy_tokenizer, save_checkpoint
    from model.core.checkpoint_files import CheckpointError
    from model.training.data import encode_example
    from model.training.loop import ShortMemoryError, TrainingError, train
    from model.training.parallel import Ranks
    from model.training.progress import Watch
    from model.training.snapshots import Snapshots, fingerprint

    try:
        device = choose_device(params.device, "train.device")
        config = tuning_config(params, device)
        model, encoding = read_checkpoint(BASE)
        encoded = [
            [encode_example(encoding, example.instruction, example.input, example.output) for example in side]
            for side in (training, validation)
        ]
        # The last token of a row is only a target, never an input, so a row may be one token longer than the context.
        fitting = [[row for row in side if len(row.tokens) <= model.config.n_positions + 1] for side in encoded]
        over = sum(map(len, encoded)) - sum(map(len, fitting))
        if over:
            log.warning("%d examples over the context of %d tokens are left out", over, model.config.n_positions)
        facts: dict[str, object] = {
            "train_examples": len(fitting[0]),
            "val_examples": len(fitting[1]),
            "over_the_context": over,
            "precision": config.precision,
        }
        watch = Watch(partial(tell, facts) if tell else None, StageBar)
        with Ranks.from_environment() as ranks:
            run = fingerprint(model, fitting[0], fitting[1], config, ranks)
            if not ranks.agree_on(run):
                raise StageError(
                    "the processes of this training disagree about data, base model or parameters; this one trains "
                    f"{checkpoint.name}. Start the same command on all nodes, and leave out what DVC skipped"
                )
            snapshots = Snapshots(usable_cache_folder("snapshots") / run[:16], params.snapshot_minutes)
            with snapshots.until_done() if ranks.writes else nullcontext():
                result = train(
                    model.to(device), fitting[0], fitting[1], config, encoding.eot_token, snapshots, ranks, watch
                )
                if ranks.writes:
                    copy_tokenizer(BASE, checkpoint)
                    save_checkpoint(checkpoint, model.to(torch.device("cpu")), encoding.eot_token)
    except ShortMemoryError as error:
        advice = "set train.micro_batch_size to fewer rows, which changes no result, or choose a smaller base model"
        raise StageError(f"{error}; {advice}") from error
    except (CheckpointError, TrainingError) as error:
        raise StageError(str(error)) from error
    return facts, result


def show_result(size: str, send: Callable[[Curve], None], facts: dict[str, object], result: "TrainingResult") -> None:
    """Writes the result so far, for those who watch the run, and sends its curve."""
    with only_warn():
        write_result(size, facts, result)
    send([asdict(point) for point in result.curve])


def write_result(size: str, facts: dict[str, object], result: "TrainingResult") -> None:
    """Writes the curve and the metrics."""
    write_csv(CURVES / f"{size}.csv", [asdict(point) for point in result.curve])
    losses = {
        "steps": result.steps,
        "tokens": result.tokens,
        "val_loss_before": result.curve[0].val_loss,
        "val_response_loss_before": result.curve[0].val_response_loss,
        "val_loss": result.kept.val_loss,
        "val_response_loss": result.kept.val_response_loss,
        "kept_step": result.kept.step,
    }
    write_json(METRICS / f"train_{size}.json", facts | losses)


def tuning_config(params: Params, device: "torch.device") -> "TrainingConfig":
    from model.training.loop import TrainingConfig
    from model.training.optimization import best_precision

    chosen = str(best_precision(device)).removeprefix("torch.") if params.precision == "auto" else params.precision
    not_passed_on = {  # the stage's own settings, and those that are converted below
        "launcher",
        "device",
        "precision",
        "micro_batch_size",
        "patience",
        "lora_rank",
        "snapshot_minutes",
        "tracker",
    }
    return TrainingConfig(
        **params.model_dump(exclude=not_passed_on),
        precision=chosen,  # type: ignore[arg-type] # one of the two
        micro_batch_size=None if params.micro_batch_size == "all" else params.micro_batch_size,
        patience=None if params.patience == "none" else params.patience,
        lora_rank=params.lora_rank or None,
    )


if __name__ == "__main__":
    run_stage(main, SIZES)
