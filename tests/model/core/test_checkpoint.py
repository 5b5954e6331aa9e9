"""Checkpoints: read by transformers, and what is refused."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from model.core.checkpoint import CheckpointError, load_checkpoint, save_checkpoint, save_tokenizer
from model.core.gpt2 import GPT2, GPT2Config
from model.core.tokenizer import train_tokenizer
from model.decoding.generation import generate_slowly

TEXT = "The whale is a mammal that lives in the sea."


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tokenizer = train_tokenizer([TEXT], 300)
    vocab_size = 256 + len(json.loads(tokenizer)["model"]["merges"]) + 1
    config = GPT2Config(vocab_size=vocab_size, n_positions=32, n_embd=16, n_layer=2, n_head=2)
    save_tokenizer(tmp_path, tokenizer, config.n_positions)
    save_checkpoint(tmp_path, GPT2(config).init_weights(torch.Generator().manual_seed(3)))
    return tmp_path


def test_transformers_loads_it_and_answers_the_same(folder: Path) -> None:
    """Guards against a layout, a tokenizer or a tied matrix that only wikitune can read."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, encoding = load_checkpoint(folder)
    peer = AutoModelForCausalLM.from_pretrained(folder)
    assert peer.state_dict()["lm_head.weight"].data_ptr() == peer.state_dict()["transformer.wte.weight"].data_ptr()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    input_ids = encoding.encode_ordinary(TEXT)
    assert tokenizer(TEXT)["input_ids"] == input_ids
    assert tokenizer.eos_token_id == encoding.eot_token
    with torch.no_grad():
        ours = model.logits(model(torch.tensor([input_ids])))
        torch.testing.assert_close(ours, peer(torch.tensor([input_ids])).logits, atol=1e-4, rtol=0)
        theirs = peer.generate(  # type: ignore[misc] # transformers' own types don't fit its own models
            torch.tensor([input_ids]), max_new_tokens=8, do_sample=False
        )
    assert theirs[0, len(input_ids) :].tolist() == list(generate_slowly(model, input_ids, 8, encoding.eot_token).tokens)


def test_what_transformers_saves_loads_here(folder: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    other = tmp_path / "other"
    AutoModelForCausalLM.from_pretrained(folder).save_pretrained(other)
    AutoTokenizer.from_pretrained(folder).save_pretrained(other)
    ours, theirs = load_checkpoint(folder)[0], load_checkpoint(other)[0]
    assert all(torch.equal(a, b) for a, b in zip(ours.parameters(), theirs.parameters(), strict=True))


def test_missing_and_damaged_files_are_named(folder: Path) -> None:
    """Guards against half a checkpoint that loads as if nothing were wrong."""
    weights = folder / "model.safetensors"
    data = weights.read_bytes()
    weights.write_bytes(data[: len(data) // 2])
    with pytest.raises(CheckpointError, match=r"model\.safetensors is damaged"):
        load_checkpoint(folder)
    weights.unlink()
    with pytest.raises(CheckpointError, match=r"model\.safetensors is missing"):
        load_checkpoint(folder)


def test_weights_that_do_not_fit_the_config_are_refused(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"n_layer": 3}))
    with pytest.raises(
        CheckpointError, match=r"12 tensors do not fit config\.json; h\.2\.attn\.c_attn\.bias: found none"
    ):
        load_checkpoint(folder)


@pytest.mark.parametrize("value", [float("nan"), float("-inf")])
def test_weights_that_are_not_finite_are_refused(folder: Path, value: float) -> None:
    """Guards against a model that answers with noise, or with the same token for ever."""
    tensors = load_file(folder / "model.safetensors")
    tensors["transformer.ln_f.bias"][3] = value
    save_file(tensors, folder / "model.safetensors")
    with pytest.raises(CheckpointError, match=r"model\.safetensors: ln_f\.bias holds NaN or infinity"):
        load_checkpoint(folder)


def test_config_of_another_kind_is_refused(folder: Path) -> None:
    (folder / "config.json").write_text('{"model_type": "llama"}')
    with pytest.raises(CheckpointError, match="is not a GPT-2 config"):
        load_checkpoint(folder)


@pytest.mark.parametrize("name", ["tokenizer.json", "config.json"])
@pytest.mark.parametrize(
    "text",
    [
        *["", "{}", '{"model"', "[]", "5", "null", '"a"', "\ufeff{}"],
        *["[" * 3000 + "]" * 3000, '{"a": ' * 100_000, f'{{"a": {"9" * 5000}}}', r'{"a": "\ud800"}'],
    ],
    ids=lambda text: text[:8],
)
def test_a_damaged_description_is_named(folder: Path, name: str, text: str) -> None:
    """Guards against a traceback from a truncated file."""
    (folder / name).write_text(text)
    with pytest.raises(CheckpointError, match=f"{name} is not a"):
        load_checkpoint(folder)


@pytest.mark.parametrize("key", ["vocab_size", "n_positions", "n_embd", "n_layer", "n_head", "resid_pdrop"])
@pytest.mark.parametrize("value", [10**30, 10**12, -1, 1.5, 1e308, "a", None, True, [1], float("nan")], ids=str)
def test_a_size_that_no_model_has_is_named(folder: Path, key: str, value: object) -> None:
    """Guards against tracebacks from torch, and hours of building a million layers."""
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {key: value}))
    with pytest.raises(CheckpointError, match=r"config.json is not a GPT-2 config: "):
        load_checkpoint(folder)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"abc": 10**30}, "10{30} is not an id from 0 to 16,777,215"),
        ({"abc": -1}, "-1 is not an id"),
        ({"abc": 2**32}, "4294967296 is not an id"),
        ({"abc": True}, "True is not an id"),
        ({"abc": None}, "None is not an id"),
        ({"abc": "5"}, "'5' is not an id"),
        ({"abc": 5}, "two tokens have the same id"),
        ({"\ud800": 5000}, "it has another form: KeyError"),
    ],
)
def test_ids_that_are_no_ids_are_named(folder: Path, change: dict[str, Any], message: str) -> None:
    """Guards against a tokenizer that ends the program from inside tiktoken."""
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    tokenizer["model"]["vocab"] |= change
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    with pytest.raises(CheckpointError, match=f"tokenizer.json is not a byte-level BPE tokenizer: {message}"):
        load_checkpoint(folder)


def test_a_tokenizer_of_another_model_is_refused(folder: Path) -> None:
    """Guards against an index that ends a run in the middle of an answer."""
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    tokenizer["model"]["vocab"]["abcabc"] = 5000
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    with pytest.raises(CheckpointError, match=r"tokenizer.json has ids up to 5000, and the model \d+ tokens"):
        load_checkpoint(folder)


def test_a_byte_without_a_token_is_named(folder: Path) -> None:
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    del tokenizer["model"]["vocab"]["!"]
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    with pytest.raises(CheckpointError, match="it has no token for 1 of 256 bytes"):
        load_checkpoint(folder)


FULL_DISK = """
import resource, sys
from pathlib import Path
from typing import Any
from model.core.checkpoint import CheckpointError, load_checkpoint, save_checkpoint
model, _ = load_checkpoint(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))  # bytes per file: like a full disk to the writer
try:
    save_checkpoint(Path(sys.argv[2]), model)
except CheckpointError as error:
    print(error)
"""


def test_a_full_disk_is_named(folder: Path, tmp_path: Path, root: Path) -> None:
    """Guards against a traceback from the writer, and half a file that keeps the disk full."""
    target = tmp_path / "full"
    command = [sys.executable, "-c", FULL_DISK, str(folder), str(target)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert f"{target / 'model.safetensors'} cannot be written: " in done.stdout
    assert [path.name for path in target.iterdir()] == ["config.json"]
