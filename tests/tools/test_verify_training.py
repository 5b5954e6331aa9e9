"""Segments of a tiny training, trained again between the snapshots that it kept."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from ruamel.yaml import YAML

from model.core.checkpoint import save_checkpoint, save_tokenizer
from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config
from model.core.tokenizer import load_encoding, train_tokenizer
from stages import train
from stages.common.errors import StageError
from stages.common.files import read_json, write_jsonl
from stages.common.params import load_params
from stages.common.records import Example
from tests.stages.conftest import MakeExample
from tools.verify import judge_comparisons
from tools.verify_training import Segment, list_segments, measure_losses, retrain, retrain_segments

SMALL = Path("data/checkpoints/small/model.safetensors")


def run_stage(monkeypatch: pytest.MonkeyPatch, **values: Any) -> None:
    yaml = YAML()
    params = yaml.load(Path("params.yaml"))
    params["train"] |= {"epochs": 2, "batch_size": 2, "learning_rate": 1e-2, "evaluations": 3} | values
    yaml.dump(params, Path("params.yaml"))
    for size in train.SIZES:
        monkeypatch.setattr("sys.argv", ["train", size])
        train.main()


@pytest.fixture
def tuned(project: Path, make: MakeExample, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Writes a tiny base and splits; calling it tunes both models."""
    tokenizer = train_tokenizer(["when was it named " * 20], 300)
    vocabulary = load_encoding(save_tokenizer(train.BASE, tokenizer, 256)).n_vocab
    config = GPT2Config(vocab_size=vocabulary, n_positions=256, n_embd=16, n_layer=1, n_head=2, dropout=0.1)
    save_checkpoint(train.BASE, GPT2(config).init_weights(torch.Generator().manual_seed(1), embedding_std=0.5))
    examples: list[Example] = [make(f"When was it named {n}?", f"In {n}.") for n in range(10)]
    for size, count in (("full", 8), ("small", 4)):
        write_jsonl(train.SPLITS / size / "train.jsonl", examples[:count])
        write_jsonl(train.SPLITS / size / "val.jsonl", examples[8:])
    return lambda **values: run_stage(monkeypatch, **values)


def test_every_segment_ends_in_the_same_bytes(tuned: Callable[..., None]) -> None:
    """Guards against a snapshot that lacks something, and a segment that is compared with nothing."""
    tuned(keep_snapshots=True)
    assert list(read_json(train.METRICS / "train_full.json")["snapshots"]) == ["3", "5", "8"]
    assert list_segments("small") == [Segment("small", *ends) for ends in ((0, 1), (1, 3), (3, 4), (4, None))]
    found = list(retrain_segments(100, seed=1))
    assert len(found) == 8
    assert all(one.same and one.text == "the same bytes" for one in found), found
    assert [one.what for one in retrain(Segment("full", 3, 5))] == [
        "reports/metrics/train_full.json: training of full, from step 3 to step 5"
    ]
    assert all(one.same for one in measure_losses())


def test_snapshots_change_no_byte_of_the_model(tuned: Callable[..., None]) -> None:
    tuned(keep_snapshots=False)
    without = SMALL.read_bytes()
    assert "snapshots" not in read_json(train.METRICS / "train_small.json")
    assert list_segments("small") == [Segment("small", 0, None)]
    tuned(keep_snapshots=True)
    assert SMALL.read_bytes() == without


def test_other_weights_are_found(tuned: Callable[..., None]) -> None:
    """Guards against a forged model: one bit is enough, though no loss shows it."""
    tuned(keep_snapshots=False)
    content = SMALL.read_bytes()
    SMALL.write_bytes(content[:-4] + bytes([content[-4] ^ 1]) + content[-3:])
    (found,) = retrain(Segment("small", 0, None))
    assert not found.same and found.near
    assert found.text.startswith(
        "other bytes; the validation loss is 0 nats from the curve's. Another processor or number"
    )
    assert judge_comparisons("training", [found]) == []  # as on another machine
    (breach,) = judge_comparisons("training", [found], strict=True)
    assert breach.place == SMALL.as_posix()


def test_a_snapshot_of_another_training_is_refused(tuned: Callable[..., None], own_cache: Path) -> None:
    tuned(keep_snapshots=True)
    path = train.METRICS / "train_small.json"
    metrics = read_json(path)
    path.write_text(json.dumps(metrics | {"snapshots": metrics["snapshots"] | {"3": "0" * 64}}))
    (found,) = retrain(Segment("small", 1, 3))
    assert not found.same
    with pytest.raises(StageError, match="is not the snapshot of this training"):
        list(retrain(Segment("small", 3, 4)))
    for file in own_cache.rglob("kept-snapshots/*/*"):
        file.unlink()
    with pytest.raises(StageError, match="does not exist: the snapshots stay on the machine"):
        list(retrain(Segment("small", 1, 3)))


def test_losses_that_were_made_up_are_found(tuned: Callable[..., None]) -> None:
    """Guards against a loss in the metrics that the model doesn't have, and a curve that says something else."""
    tuned()
    path = train.METRICS / "train_full.json"
    metrics = read_json(path)
    path.write_text(json.dumps(metrics | {"val_response_loss": metrics["val_response_loss"] - 0.5}))
    wrong = [one for one in measure_losses() if not one.same]
    assert [(one.what, one.near) for one in wrong] == [(f"{path}: val_response_loss", False)]
    path.write_text(json.dumps(metrics))
    curve = Path("reports/curves/full.csv")
    curve.write_text(curve.read_text().replace(str(metrics["val_loss"]), "1.5"))
    wrong = [one for one in measure_losses() if not one.same]
    assert [one.what for one in wrong] == [f"{curve}: val_loss of step {metrics['kept_step']}"]
    assert load_params("train", train.Params).keep_snapshots is False
