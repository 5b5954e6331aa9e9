"""The stage with what may be added to the examples: text of pages, and preferences. On a tiny model."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from ruamel.yaml import YAML

from model.core.checkpoint import load_checkpoint, save_checkpoint, save_tokenizer
from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config
from model.core.tokenizer import load_encoding, train_tokenizer
from model.training import loop
from model.training.loss import evaluate
from stages import train
from stages.common.errors import StageError
from stages.common.files import read_json, read_jsonl, write_json, write_jsonl
from stages.common.params import load_params
from stages.common.records import Example, Page, Source
from stages.train import preference_config
from tests.stages.conftest import MakeExample

MakePage = Callable[..., Page]


def configure(**values: Any) -> None:
    yaml = YAML()
    params = yaml.load(Path("params.yaml"))
    params["train"] |= {"learning_rate": 1e-2, "batch_size": 2, "evaluations": 2, "snapshot_minutes": 0.0} | values
    yaml.dump(params, Path("params.yaml"))


@pytest.fixture
def tuned(
    project: Path, make: MakeExample, page: MakePage, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., dict[str, Any]]:
    """Trains a model of a size with these parameters, and returns the metrics."""
    tokenizer = train_tokenizer(["what color is the moon? it is blue, and the sea is red. " * 20], 320)
    vocabulary = load_encoding(save_tokenizer(train.BASE, tokenizer, 256)).n_vocab
    config = GPT2Config(vocab_size=vocabulary, n_positions=256, n_embd=32, n_layer=2, n_head=2)
    save_checkpoint(train.BASE, GPT2(config).init_weights(torch.Generator().manual_seed(1), embedding_std=0.5))
    examples = [
        make(f"What color is moon {n}?", "It is blue.", source=Source(kind="synthetic", title="Moon")) for n in range(8)
    ]
    for size in train.SIZES:
        write_jsonl(train.SPLITS / size / "train.jsonl", examples[:6])
        write_jsonl(train.SPLITS / size / "val.jsonl", examples[6:])
    write_jsonl(train.PAGES, [page("Moon", "The moon is red. " * 40), page("Nile", "The sea is blue. " * 40)])
    write_json(train.LEFT_OUT, {})

    def run(size: str = "full", **values: Any) -> dict[str, Any]:
        configure(**values)
        monkeypatch.setattr(sys, "argv", ["train", size])
        train.main()
        metrics: dict[str, Any] = read_json(train.METRICS / f"train_{size}.json")
        return metrics

    return run


def write_preferences() -> None:
    rows = [
        {
            "prompt": [{"role": "user", "content": f"What color is moon {n}?"}],
            "chosen": [{"role": "assistant", "content": "It is red."}],
            "rejected": [{"role": "assistant", "content": "It is blue."}],
        }
        for n in range(6)
    ]
    Path("data/preferences/p.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


DPO = {"objective": "dpo", "dpo": {"preferences": "data/preferences", "beta": 0.1, "epochs": 4, "learning_rate": 1e-2}}


def weights(size: str = "full") -> bytes:
    return (train.CHECKPOINTS / size / "model.safetensors").read_bytes()


def test_full_learns_preferences_after_its_examples(tuned: Callable[..., dict[str, Any]]) -> None:
    """Guards against an objective without effect, one that replaces the examples, and metrics of another model than
    the one that is written."""
    plain = tuned()
    before = weights()
    write_preferences()
    assert tuned() == plain and weights() == before  # preferences that nobody asked for
    metrics = tuned(**DPO)
    dpo = metrics["dpo"]
    assert (dpo["pairs"], dpo["pairs_over_the_context"], dpo["steps"]) == (6, 0, 12)
    assert dpo["accuracy"] == 1 and dpo["loss"] < 0.6 and dpo["reward_margin"] > 0.2
    assert dpo["val_loss_before"] == pytest.approx(plain["val_loss"])
    assert metrics["val_response_loss"] > plain["val_response_loss"]  # the references say blue
    assert {key for key in metrics if metrics[key] != plain.get(key)} == {"val_loss", "val_response_loss", "dpo"}
    model, encoding = load_checkpoint(train.CHECKPOINTS / "full")
    row = train.encode_fitting(model, encoding, read_jsonl(train.SPLITS / "full/val.jsonl", Example))
    assert evaluate(model, row, encoding.eot_token).all == pytest.approx(metrics["val_loss"], abs=1e-5)


def test_small_learns_none(tuned: Callable[..., dict[str, Any]]) -> None:
    """Guards against a small that is no longer the same training on fewer examples."""
    write_preferences()
    plain = tuned("small")
    before = weights("small")
    assert tuned("small", **DPO) == plain and weights("small") == before


def test_without_preferences_nothing_is_trained(tuned: Callable[..., dict[str, Any]]) -> None:
    """Guards against an hour of training before a missing file is noticed."""
    with pytest.raises(StageError, match="of preferences; `wikitune preferences` writes"):
        tuned(**DPO)
    assert not train.CHECKPOINTS.joinpath("full").exists()


@pytest.mark.parametrize("steps", [2, 7])
def test_a_run_that_was_ended_goes_on(
    tuned: Callable[..., dict[str, Any]], monkeypatch: pytest.MonkeyPatch, own_cache: Path, steps: int
) -> None:
    """Guards against examples that are learned again after a kill among the preferences (7 steps are 3 of examples, and
    4 of preferences), and against other bytes in the end."""
    write_preferences()
    expected, whole = tuned(**DPO), weights()
    taken: list[int] = []
    step = loop.TrainingRun.step

    def counting(run: loop.TrainingRun, batch: Any) -> None:
        if len(taken) == steps:
            raise KeyboardInterrupt
        taken.append(run.progress.step)
        step(run, batch)

    monkeypatch.setattr(loop.TrainingRun, "step", counting)
    with pytest.raises(KeyboardInterrupt):
        tuned(**DPO)
    steps = 99  # from here on, none is interrupted
    assert tuned(**DPO) == expected and weights() == whole
    assert len(taken) == 3 + 12
    assert not list((own_cache / "snapshots").iterdir())


def test_replay_mixes_training_pages_in(tuned: Callable[..., dict[str, Any]]) -> None:
    """Guards against a share without effect, and against rows of text that take the place of examples."""
    plain = tuned(replay=0.0)
    before = weights()
    assert "replayed_tokens" not in plain
    mixed = tuned(replay=0.5)
    assert mixed["train_examples"] == plain["train_examples"]
    assert mixed["tokens"] == plain["tokens"] + mixed["replayed_tokens"]
    assert 0.5 <= mixed["replayed_tokens"] / mixed["tokens"] < 0.65
    assert mixed["steps"] > plain["steps"] and weights() != before
    write_json(train.LEFT_OUT, {"Moon": "words_of_test"})
    with pytest.raises(StageError, match="no training example is about a page that may be replayed"):  # not Nile's
        tuned(replay=0.5)


@pytest.mark.parametrize("replay", [-0.1, 1.0])
def test_a_share_that_cannot_be_is_refused(tuned: Callable[..., dict[str, Any]], replay: float) -> None:
    with pytest.raises(StageError, match=r"train\.replay: Input should be"):
        tuned(replay=replay)


def test_preferences_have_settings_of_their_own(project: Path) -> None:
    configure(precision="bfloat16", neftune=5.0, patience=2, compile=True, **DPO)
    params = load_params("train", train.Params)
    config = preference_config(params, torch.device("cpu"))
    assert (config.preference_beta, config.epochs, config.learning_rate) == (0.1, 4, 1e-2)
    assert (config.precision, config.keep, config.patience, config.neftune) == ("float32", "last", None, 0.0)
    assert (config.compile, config.batch_size, config.seed) == (False, 2, params.seed)
