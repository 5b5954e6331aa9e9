"""train: instruction-tunes the base model on the full or the small split; `python -m stages.train full|small`."""

import logging
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from stages.errors import StageError, run_stage
from stages.files import read_jsonl, write_csv, write_json
from stages.params import Fraction, Positive, SectionModel, Seed, load_params
from stages.records import Example

log = logging.getLogger(__name__)

BASE = Path("data/checkpoints/base")
SPLITS = Path("data/splits")
CHECKPOINTS = Path("data/checkpoints")
CURVES = Path("reports/curves")
METRICS = Path("reports/metrics")
SIZES = ("full", "small")


class Params(SectionModel):
    launcher: Annotated[str, Field(min_length=1)]  # the command that starts Python; used by dvc.yaml
    seed: Seed
    epochs: Positive
    batch_size: Positive
    learning_rate: Annotated[float, Field(gt=0, le=1)]
    weight_decay: Fraction
    warmup: Fraction  # share of the steps
    schedule: Literal["constant", "linear", "cosine"]
    clip_norm: Annotated[float, Field(gt=0)]
    loss_on: Literal["all", "response"]
    evaluations: Positive
    keep: Literal["best", "last"]


def main() -> None:
    params = load_params("train", Params)
    if sys.argv[1:] not in [[size] for size in SIZES]:
        raise StageError(f"usage: python -m stages.train {'|'.join(SIZES)}; got {' '.join(sys.argv[1:]) or 'nothing'}")
    size = sys.argv[1]
    folder = SPLITS / size
    training = read_jsonl(folder / "train.jsonl", Example)
    validation = read_jsonl(folder / "val.jsonl", Example)
    metrics, curve = tune(training, validation, params, CHECKPOINTS / size)
    write_csv(CURVES / f"{size}.csv", curve)
    write_json(METRICS / f"train_{size}.json", metrics)


def tune(
    training: list[Example], validation: list[Example], params: Params, checkpoint: Path
) -> tuple[dict[str, object], list[dict[str, object]]]:
    """Writes the tuned checkpoint; returns the metrics and the curve."""
    from model.checkpoint import CheckpointError, copy_tokenizer, load_checkpoint, save_checkpoint
    from model.dataset import encode_example
    from model.training import TrainingConfig, TrainingError, train

    config = TrainingConfig(**params.model_dump(exclude={"launcher"}))
    try:
        model, encoding = load_checkpoint(BASE)
        encoded = [
            [encode_example(encoding, example.instruction, example.input, example.output) for example in side]
            for side in (training, validation)
        ]
        # A row's last token is only ever a target, so one more than the context fits.
        fitting = [[row for row in side if len(row.tokens) <= model.config.n_positions + 1] for side in encoded]
        over = sum(map(len, encoded)) - sum(map(len, fitting))
        if over:
            log.warning("%d examples over the context of %d tokens are left out", over, model.config.n_positions)
        result = train(model, fitting[0], fitting[1], config, pad=encoding.eot_token)
    except (CheckpointError, TrainingError) as error:
        raise StageError(str(error)) from error
    copy_tokenizer(BASE, checkpoint)
    save_checkpoint(checkpoint, model)
    metrics: dict[str, object] = {
        "train_examples": len(fitting[0]),
        "val_examples": len(fitting[1]),
        "over_the_context": over,
        "steps": result.steps,
        "tokens": result.tokens,
        "val_loss_before": result.curve[0].val_loss,
        "val_response_loss_before": result.curve[0].val_response_loss,
        "val_loss": result.kept.val_loss,
        "val_response_loss": result.kept.val_response_loss,
        "kept_step": result.kept.step,
    }
    return metrics, [asdict(point) for point in result.curve]


if __name__ == "__main__":
    run_stage(main)
