"""Answers of the infer stage, from a model so small that it takes milliseconds."""

from pathlib import Path
from typing import Any

import pytest
import torch
from pydantic import ValidationError

from model.core.checkpoint import save_checkpoint, save_tokenizer
from model.core.gpt2 import GPT2
from model.core.gpt2_config import GPT2Config
from model.core.tokenizer import load_encoding, train_tokenizer
from model.decoding import int8, precision as precisions
from model.decoding.int8 import int8_problem
from stages.common.errors import StageError
from stages.common.records import Example
from stages.infer import Params, answer_all, answer_metrics, choose_precision, warn_of_slow_precision

EXAMPLES = [
    Example.model_construct(instruction=text, input="") for text in ("Name it.", "When was it?", "A. " * 9, "B", "C")
]


needs_int8 = pytest.mark.skipif(bool(int8_problem(torch.device("cpu"))), reason="this machine has no int8")


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    tokenizer = train_tokenizer(["when was it named " * 20], 300)
    vocabulary = load_encoding(save_tokenizer(tmp_path, tokenizer, 256)).n_vocab
    config = GPT2Config(vocab_size=vocabulary, n_positions=256, n_embd=32, n_layer=2, n_head=2)
    save_checkpoint(tmp_path, GPT2(config).init_weights(torch.Generator().manual_seed(1), embedding_std=0.5))
    return tmp_path


def params(**changes: Any) -> Params:
    defaults = {
        "max_new_tokens": 8,
        "batch_size": 2,
        "device": "cpu",
        "precision": "float32",
        "temperature": 0.0,
        "top_k": 0,
        "top_p": 1.0,
        "seed": 1,
    }
    return Params.model_validate(defaults | changes)


def test_sampled_answers_do_not_depend_on_the_batches(checkpoint: Path) -> None:
    """Guards against draws that belong to a place in a batch, where prompts stand sorted by length, not to a row."""
    answers = answer_all(checkpoint, EXAMPLES, params(temperature=1.0))
    assert answer_all(checkpoint, EXAMPLES, params(temperature=1.0, batch_size=5)) == answers
    assert answer_all(checkpoint, EXAMPLES, params(temperature=1.0, batch_size="auto")) == answers
    assert answer_all(checkpoint, EXAMPLES, params(temperature=1.0, seed=2)) != answers


@pytest.mark.parametrize("changes", [{}, {"temperature": 1.0, "top_k": 1}])
def test_greedy_answers_have_no_seed(checkpoint: Path, changes: dict[str, float]) -> None:
    answers = answer_all(checkpoint, EXAMPLES, params())
    assert answer_all(checkpoint, EXAMPLES, params(seed=2, **changes)) == answers


@pytest.mark.parametrize(
    "precision", ["bfloat16", *(pytest.param(name, marks=needs_int8) for name in ("int8", "int8_weights"))]
)
def test_each_precision_answers_every_row(checkpoint: Path, precision: str) -> None:
    """Guards against a precision that is declared and not used, or that stops the stage."""
    answers = answer_all(checkpoint, EXAMPLES, params(precision=precision))
    metrics = answer_metrics({"base": answers})["base"]
    assert metrics["answers"] == len(EXAMPLES)
    assert metrics["tokens"] == sum(answer.tokens for answer in answers) > 0


def test_what_no_device_or_batch_can_be_is_refused() -> None:
    """Guards against a batch of no rows, which would never end, and a number that is no whole one."""
    for batch_size in (0, True, 1.5, "all"):
        with pytest.raises(ValidationError, match="must be auto, or a whole number from 1"):
            params(batch_size=batch_size)
    with pytest.raises(ValidationError, match="Input should be 'auto', 'cpu' or 'cuda'"):
        params(device="gpu")


@pytest.mark.skipif(torch.cuda.is_available(), reason="speaks of machines without a GPU")
def test_a_gpu_that_is_asked_for_must_be_there(checkpoint: Path) -> None:
    """Guards against a device that is declared and not used."""
    with pytest.raises(StageError, match=r"infer.device is cuda, but torch sees no GPU"):
        answer_all(checkpoint, EXAMPLES, params(device="cuda"))
    assert answer_all(checkpoint, EXAMPLES, params(device="auto")) == answer_all(checkpoint, EXAMPLES, params())


def test_a_gpu_without_memory_says_what_to_set(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a traceback."""

    def run_out(*arguments: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.\nSee the notes")

    monkeypatch.setattr("model.decoding.generation._choose_decoder", run_out)
    with pytest.raises(StageError) as error:
        answer_all(checkpoint, EXAMPLES, params())
    assert str(error.value) == (
        "the GPU's memory is short for 2 prompts at a time (CUDA out of memory. Tried to allocate 2.00 GiB.); "
        "set infer.batch_size to fewer, or infer.device to cpu"
    )


def test_auto_says_what_it_takes(
    checkpoint: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Guards against a choice that nobody sees, and against times in the metrics."""
    caplog.set_level("INFO")
    monkeypatch.setattr(precisions, "available_precisions", lambda device: ["float32"])
    chosen = choose_precision(checkpoint, EXAMPLES, params(precision="auto"))
    assert chosen == {"precision": "float32", "compared": 5, "differing": 0}
    (line,) = caplog.messages
    assert caplog.records[0].name == "stages.infer"  # whose messages are shown, also when it runs as a program
    assert line.startswith("infer.precision: auto takes float32: float32 ")
    assert line.endswith(" tokens/s; at most 0 of 5 answers may differ from float32's")


def test_auto_compares_with_float32(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a faster precision whose answers are others."""
    monkeypatch.setattr(precisions, "available_precisions", lambda device: ["float32", "bfloat16"])
    monkeypatch.setattr(precisions, "in_precision", lambda model, precision: _broken(model, precision == "bfloat16"))
    assert choose_precision(checkpoint, EXAMPLES, params(precision="auto"))["precision"] == "float32"


def _broken(model: GPT2, broken: bool) -> GPT2:
    """The model, or one that answers the opposite."""
    if broken:
        with torch.no_grad():
            model.ln_f.weight.neg_()
    return model


@pytest.mark.parametrize("emulated", [True, False])
def test_emulated_bfloat16_warns(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, emulated: bool
) -> None:
    monkeypatch.setattr(precisions, "emulates_bfloat16", lambda device: emulated)
    warn_of_slow_precision(params(precision="bfloat16"))
    assert ("infer.precision: bfloat16 is slower than float32 on this CPU" in caplog.text) == emulated
    caplog.clear()
    warn_of_slow_precision(params())
    assert not caplog.text


def test_int8_where_there_is_none_is_refused(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(int8, "int8_problem", lambda device: "int8 needs more; use float32")
    with pytest.raises(StageError, match=r"infer\.precision: int8 needs more; use float32"):
        answer_all(checkpoint, EXAMPLES, params(precision="int8"))
