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
from stages.common.errors import StageError
from stages.common.records import Example
from stages.infer import Params, answer_all, answer_metrics

EXAMPLES = [
    Example.model_construct(instruction=text, input="") for text in ("Name it.", "When was it?", "A. " * 9, "B", "C")
]


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


def test_bfloat16_answers_every_row(checkpoint: Path) -> None:
    """Guards against a precision that is declared and not used, or that stops the stage."""
    answers = answer_all(checkpoint, EXAMPLES, params(precision="bfloat16"))
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
