"""Ties checkpoints to their training: measures their losses again, and trains drawn segments again, to the same bytes.

A segment is what lies between two snapshots of a training with `train.keep_snapshots`; without that, the whole training
is one. The hashes of the snapshots are in the training's metrics, and so in the manifest. To draw segments is how
proof-of-learning is verified (Jia et al., 2021, "Proof-of-Learning: Definitions and Practice").
"""

import csv
import random
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from stages import train
from stages.common.checkpoints import read_checkpoint
from stages.common.errors import StageError
from stages.common.files import read_json, read_jsonl, read_text, sha256_of_file
from stages.common.params import load_params
from stages.common.records import Example
from stages.tuning.training_runs import kept_snapshots_folder

if TYPE_CHECKING:
    from model.training.snapshots import Snapshots

# How far a loss may be from the recorded one, in nats per token, on a processor or with a number of threads that rounds
# otherwise. By the precision of the training.
TOLERANCE = {"float32": 1e-3, "bfloat16": 2e-2}
WEIGHTS = "model.safetensors"


@dataclass(frozen=True)
class Checked:
    """One comparison with the record: `same` if it is exact, else `near` if it is within the tolerance."""

    what: str
    same: bool
    near: bool
    text: str  # expected and found


@dataclass(frozen=True)
class Segment:
    """A stretch of a training, by its steps; `start` is 0 at the base model, `end` is None at the checkpoint."""

    size: str
    start: int
    end: int | None

    def __str__(self) -> str:
        return f"{self.size}, from {f'step {self.start}' if self.start else 'base'} to " + (
            "the checkpoint" if self.end is None else f"step {self.end}"
        )


class _SegmentEnd(Exception):  # noqa: N818 # no error: training has come as far as it should
    pass


def measure_losses() -> list[Checked]:
    """The validation losses of base and of both tuned models, beside those in metrics and curves."""
    from model.training.data import encode_example
    from model.training.loss import evaluate

    found: list[Checked] = []
    for size in train.SIZES:
        right: set[str] = set()  # metrics that are as measured; the curve is compared with these
        metrics = read_json(train.METRICS / f"train_{size}.json")
        validation = read_jsonl(train.SPLITS / size / "val.jsonl", Example)
        for folder, ending in ((train.BASE, "_before"), (train.CHECKPOINTS / size, "")):
            model, encoding = read_checkpoint(folder)
            rows = [encode_example(encoding, one.instruction, one.input, one.output) for one in validation]
            fitting = [row for row in rows if len(row.tokens) <= model.config.n_positions + 1]
            losses = evaluate(model, fitting, encoding.eot_token)
            for name, loss in (("val_loss", losses.all), ("val_response_loss", losses.response)):
                key = f"{name}{ending}"
                what = f"{train.METRICS}/train_{size}.json: {key}"
                found.append(_compare_losses(what, metrics.get(key), loss, metrics))
                right |= {key} if found[-1].same or found[-1].near else set()
        found += (one for key, one in _compare_curve(size, metrics) if key in right)
    return found


def _compare_losses(what: str, expected: object, loss: float, metrics: Mapping[str, Any]) -> Checked:
    known = isinstance(expected, float | int)
    near = known and abs(loss - float(expected)) <= TOLERANCE[metrics.get("precision", "float32")]  # type: ignore[arg-type]
    return Checked(what, expected == loss, near, f"recorded {expected}, measured {loss}")


def _compare_curve(size: str, metrics: Mapping[str, Any]) -> Iterator[tuple[str, Checked]]:
    """Whether the first point of the curve and the kept one are those of the metrics, by key of the metrics."""
    path = train.CURVES / f"{size}.csv"
    points = {point["step"]: point for point in csv.DictReader(read_text(path).splitlines())}
    ends = [("0", "_before"), (str(metrics.get("kept_step")), "")]
    for step, ending in ends[: 1 if "dpo" in metrics else 2]:  # learning from preferences ends beyond the curve
        for name in ("val_loss", "val_response_loss"):
            expected, found = metrics.get(f"{name}{ending}"), points.get(step, {}).get(name)
            same = str(expected) == found
            text = f"expected {expected}, found {found}"
            yield f"{name}{ending}", Checked(f"{path}: {name} of step {step}", same, same, text)


def list_segments(size: str) -> list[Segment]:
    """The segments of a training, in order. The last one has no step if there are snapshots: it takes the checkpoint
    from the last of them."""
    snapshots = read_json(train.METRICS / f"train_{size}.json").get("snapshots", {})
    steps: list[int] = sorted(map(int, snapshots))
    return [Segment(size, start, end) for start, end in zip([0, *steps], [*steps, None], strict=True)]


def retrain_segments(count: int, seed: int) -> Iterator[Checked]:
    """Trains `count` drawn segments again, and compares where they end. Raises StageError if a snapshot isn't here."""
    segments = [segment for size in train.SIZES for segment in list_segments(size)]
    for segment in random.Random(seed).sample(segments, min(count, len(segments))):
        yield from retrain(segment)


def retrain(segment: Segment) -> Iterator[Checked]:
    params = load_params("train", train.Params)
    path = train.METRICS / f"train_{segment.size}.json"
    metrics = read_json(path)
    training, validation, texts, preferences = train.read_tuning_data(segment.size, params)
    with TemporaryDirectory(prefix="wikitune-verify-") as temporary:
        checkpoint = Path(temporary) / segment.size
        end = _SegmentEnds(segment, metrics.get("snapshots", {}), Path(temporary) / "snapshots")
        try:
            _, result, _ = train.tune(
                training, validation, params, checkpoint, texts, preferences, open_snapshots=end.open
            )
        except _SegmentEnd:
            same = sha256_of_file(end.reached) == metrics["snapshots"][str(segment.end)]
            yield from _compare_ends(segment, same, end.losses, metrics)
            return
        same = sha256_of_file(checkpoint / WEIGHTS) == sha256_of_file(train.CHECKPOINTS / segment.size / WEIGHTS)
        yield from _compare_ends(segment, same, {str(result.kept.step): result.kept.val_loss}, metrics)


def _compare_ends(
    segment: Segment, same: bool, losses: Mapping[str, float], metrics: Mapping[str, Any]
) -> Iterator[Checked]:
    """By the bytes; where they differ, by the validation losses, which the curve has for each step."""
    import torch

    points = csv.DictReader(read_text(train.CURVES / f"{segment.size}.csv").splitlines())
    recorded = {point["step"]: float(point["val_loss"]) for point in points}
    tolerance = TOLERANCE[metrics.get("precision", "float32")]
    away = max((abs(loss - recorded.get(step, float("inf"))) for step, loss in losses.items()), default=0.0)
    text = "the same bytes" if same else f"other bytes; the validation loss is {away:.2g} nats from the curve's"
    if not same and away <= tolerance:
        text += (
            f". Another processor or number of threads (here {torch.get_num_threads()}) does that: see --other-machine"
        )
    metrics_file, weights = train.METRICS / f"train_{segment.size}.json", train.CHECKPOINTS / segment.size / WEIGHTS
    place = weights if segment.end is None else metrics_file  # which has the hash of the snapshot
    yield Checked(f"{place}: training of {segment}", same, away <= tolerance, text)


class _SegmentEnds:
    """Opens the snapshots of a training so that it starts and stops where a segment does."""

    def __init__(self, segment: Segment, digests: Mapping[str, str], folder: Path) -> None:
        self.segment, self.digests, self.folder = segment, digests, folder
        self.losses: dict[str, float] = {}  # of the evaluations in the segment, by step

    @property
    def reached(self) -> Path:
        from model.training.snapshots import kept_file

        assert self.segment.end is not None
        return kept_file(self.folder, self.segment.end)

    def open(self, run: str) -> "Snapshots":
        from model.training.snapshots import Snapshots, kept_file, read_snapshot

        segment, ends = self.segment, self
        start = kept_file(kept_snapshots_folder(run), segment.start) if segment.start else None
        if start is not None and not start.exists():
            raise StageError(
                f"{start} does not exist: the snapshots stay on the machine and with the WIKITUNE_CACHE that trained; "
                "run there, or leave out --retrain"
            )
        if start is not None and sha256_of_file(start) != self.digests[str(segment.start)]:
            raise StageError(f"{start} is not the snapshot of this training: its hash is another than in the metrics")

        class OneSegment(Snapshots):
            def until_done(self) -> AbstractContextManager[None]:  # type: ignore[override]
                return nullcontext()

            def latest(self) -> tuple[dict[str, Any], dict[str, Any]] | None:
                return read_snapshot(start) if start else None

            def due(self, evaluated: bool = False) -> bool:
                return evaluated and segment.end is not None

            def save(self, step: int, tensors: dict[str, Any], state: dict[str, Any], evaluated: bool = False) -> None:
                ends.losses[str(step)] = state["curve"][-1]["val_loss"]
                if step == segment.end:
                    super().save(step, tensors, state, evaluated)
                    raise _SegmentEnd

        return OneSegment(self.folder, 0.0, self.folder)
