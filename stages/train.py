"""train: instruction-tunes the base model on the full or the small split; `python -m stages.train full|small`.

It may mix text of pages in (`train.replay`), and let full go on with preferences between answers (`train.objective`).
"""

import logging
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

from pydantic import Field

from stages.common.checkpoints import read_checkpoint
from stages.common.device import Device, choose_device
from stages.common.errors import StageError, name_in_errors, only_warn, run_stage
from stages.common.files import iter_jsonl, read_json, read_jsonl, sha256_of_file, write_csv, write_json
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
from stages.common.records import Example, Page
from stages.common.stage_bar import StageBar
from stages.common.tracking import Curve, Tracker, track
from stages.tuning.preference_data import Preference, read_preferences
from stages.tuning.preference_learning import learn_preferences
from stages.tuning.replay import choose_replay_texts, replay_rows
from stages.tuning.training_runs import cached_snapshots, explained_errors, snapshots_of

if TYPE_CHECKING:
    import tiktoken
    import torch

    from model.core.gpt2 import GPT2
    from model.training.data import TokenSequence
    from model.training.loop import TrainingConfig
    from model.training.progress import TrainingResult
    from model.training.snapshots import Snapshots

log = logging.getLogger(__name__)

BASE = Path("data/checkpoints/base")
SPLITS = Path("data/splits")
PAGES = Path("data/pages.jsonl")  # for train.replay
LEFT_OUT = SPLITS / "left_out_of_base.json"  # titles of pages that base must not read
CHECKPOINTS = Path("data/checkpoints")
CURVES = Path("reports/curves")
METRICS = Path("reports/metrics")
SIZES = ("full", "small")
LAUNCHED = "WIKITUNE_LAUNCHED"  # set in the environment of what `train.launcher` starts


class DpoParams(SectionModel):
    preferences: Annotated[str, Field(min_length=1)]  # a file, or a folder of them
    beta: Annotated[float, Field(gt=0)]
    epochs: Positive
    learning_rate: Annotated[float, Field(gt=0, le=1)]


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
    replay: Annotated[float, Field(ge=0, lt=1)]  # share of the tokens to learn that are text of pages
    objective: Literal["sft", "dpo"]
    dpo: DpoParams
    snapshot_minutes: Annotated[float, Field(ge=0), SAME_RESULT]
    tracker: Annotated[Tracker, SAME_RESULT]
    keep_snapshots: bool  # one at each evaluation, for `wikitune verify --retrain`


def main() -> None:
    params = load_params("train", Params)
    size = sys.argv[1]  # one of SIZES: run_stage checks it
    if params.launcher != "python" and not os.environ.keys() & {"RANK", LAUNCHED}:
        launch(params.launcher, size)
    training, validation, texts, preferences = read_tuning_data(size, params)
    writes = os.environ.get("RANK", "0") == "0"  # under torchrun, only rank 0
    experiment = os.environ.get("DVC_EXP_NAME", "")
    settings = dotted_keys(params.model_dump(), "train.")
    with (
        track(params.tracker if writes else "none", f"{experiment} train-{size}".strip(), settings) as send,
        name_in_errors(CHECKPOINTS / size),
    ):
        tell = partial(show_result, size, send)
        facts, result, learned = tune(training, validation, params, CHECKPOINTS / size, texts, preferences, tell)
    if writes:
        write_result(size, facts, result, learned)


def read_tuning_data(
    size: str, params: Params
) -> tuple[list[Example], list[Example], list[str], list[tuple[Example, Preference]]]:
    """The examples of train and val, the texts to replay, and the preferences to learn."""
    folder = SPLITS / size
    training = read_jsonl(folder / "train.jsonl", Example)
    validation = read_jsonl(folder / "val.jsonl", Example)
    texts: list[str] = []
    if params.replay:
        texts = choose_replay_texts(iter_jsonl(PAGES, Page), training, read_json(LEFT_OUT), params.seed)
    preferences: list[tuple[Example, Preference]] = []
    if params.objective == "dpo" and size == "full":
        preferences = read_preferences(Path(params.dpo.preferences), training)
    return training, validation, texts, preferences


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
    texts: Sequence[str] = (),
    preferences: Sequence[tuple[Example, Preference]] = (),
    tell: Callable[[dict[str, object], "TrainingResult"], None] | None = None,
    open_snapshots: "Callable[[str], Snapshots] | None" = None,
) -> tuple[dict[str, object], "TrainingResult", dict[str, object]]:
    """Tunes the base model and writes the checkpoint. `texts` are those to replay; from `preferences`, the tuned model
    then learns.

    Returns the metrics that are known before training, the result of training on examples, and the metrics that
    preferences and kept snapshots add or change. `tell` gets the first two after each evaluation, with the result so
    far; `open_snapshots` gets the run's fingerprint (by default, snapshots are in the cache folder).
    """
    from model.core.process import prepare_process

    prepare_process()
    import torch

    from model.core.checkpoint import copy_tokenizer, save_checkpoint
    from model.training.loop import train
    from model.training.parallel import Ranks
    from model.training.progress import Watch

    with explained_errors():
        device = choose_device(params.device, "train.device")
        config = tuning_config(params, device)
        model, encoding = read_checkpoint(BASE)
        fitting = [encode_fitting(model, encoding, side) for side in (training, validation)]
        over = len(training) + len(validation) - sum(map(len, fitting))
        if over:
            log.warning("%d examples over the context of %d tokens are left out", over, model.config.n_positions)
        learning = sum(row.supervised(config.loss_on) for row in fitting[0])
        replayed = replay_rows(encoding, texts, params.replay, learning, model.config.n_positions)
        rows = [*fitting[0], *replayed]
        facts: dict[str, object] = {
            "train_examples": len(fitting[0]),
            "val_examples": len(fitting[1]),
            "over_the_context": over,
            **({"replayed_tokens": sum(row.supervised("all") for row in replayed)} if params.replay else {}),
            "precision": config.precision,
        }
        watch = Watch(partial(tell, facts) if tell else None, StageBar)
        opened = open_snapshots or partial(cached_snapshots, params.snapshot_minutes, params.keep_snapshots)
        with (
            Ranks.from_environment() as ranks,
            snapshots_of(model, rows, fitting[1], config, ranks, checkpoint, opened) as snapshots,
        ):
            result = train(model.to(device), rows, fitting[1], config, encoding.eot_token, snapshots, ranks, watch)
            learned = learn_preferences(
                model,
                encoding,
                preferences,
                fitting[1],
                preference_config(params, device),
                ranks,
                params.snapshot_minutes,
                checkpoint,
            )
            if ranks.writes:
                learned = {**learned, **kept_snapshots(snapshots, result)}
                copy_tokenizer(BASE, checkpoint)
                save_checkpoint(checkpoint, model.to(torch.device("cpu")), encoding.eot_token)
    return facts, result, learned


def kept_snapshots(snapshots: "Snapshots", result: "TrainingResult") -> dict[str, object]:
    """The SHA-256 of each snapshot that stays, by step; nothing if none does."""
    from model.training.snapshots import kept_file

    if snapshots.kept is None:
        return {}
    files = {str(point.step): kept_file(snapshots.kept, point.step) for point in result.curve}
    return {"snapshots": {step: sha256_of_file(file) for step, file in files.items() if file.exists()}}


def show_result(size: str, send: Callable[[Curve], None], facts: dict[str, object], result: "TrainingResult") -> None:
    """Writes the result so far, for those who watch the run, and sends its curve."""
    with only_warn():
        write_result(size, facts, result)
    send([asdict(point) for point in result.curve])


def write_result(
    size: str, facts: dict[str, object], result: "TrainingResult", learned: dict[str, object] | None = None
) -> None:
    """Writes the curve of the examples, and the metrics."""
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
    write_json(METRICS / f"train_{size}.json", facts | losses | (learned or {}))


def encode_fitting(model: "GPT2", encoding: "tiktoken.Encoding", examples: Sequence[Example]) -> "list[TokenSequence]":
    """The examples that fit into the model's context, as sequences."""
    from model.training.data import encode_example

    rows = [encode_example(encoding, example.instruction, example.input, example.output) for example in examples]
    # The last token of a row is only a target, never an input, so a row may be one token longer than the context.
    return [row for row in rows if len(row.tokens) <= model.config.n_positions + 1]


def preference_config(params: Params, device: "torch.device") -> "TrainingConfig":
    """In float32, because rewards are small differences of large sums; and the last state is kept, because a lower loss
    of references is not what preferences are for."""
    return replace(
        tuning_config(params, device),
        preference_beta=params.dpo.beta,
        epochs=params.dpo.epochs,
        learning_rate=params.dpo.learning_rate,
        precision="float32",
        compile=False,
        keep="last",
        patience=None,
        neftune=0.0,
    )


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
        "keep_snapshots",
        "replay",
        "objective",
        "dpo",
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
