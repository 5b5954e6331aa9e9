"""Weights that transformers saved, read by us; and ours, read by transformers."""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from model.core.bpe_vocabulary import published_vocabulary
from model.core.checkpoint import load_checkpoint, save_checkpoint, save_tokenizer
from model.core.gpt2 import GPT2
from model.core.tokenizer import tokenizer_text
from model.core.weights import load_weights
from model.core.weights_file import check_hash, check_weights
from model.decoding.generation import generate_slowly
from tests.model.core.peer_weights import Tensors, change_tensors, load_folder, save_as_transformers_does

PROMPT = [3, 14, 15, 9, 2, 6]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return save_as_transformers_does(tmp_path / "peer", 20)


def logits(model: GPT2, input_ids: list[int]) -> Tensor:
    with torch.no_grad():
        return model.logits(model(torch.tensor([input_ids])))


def assert_like_transformers(model: GPT2, folder: Path, input_ids: list[int], new: int) -> None:
    """`model` has the same logits and greedy text as transformers, which reads the folder with the head tied."""
    from transformers import AutoModelForCausalLM

    peer = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    state = peer.state_dict()
    assert state["lm_head.weight"].data_ptr() == state["transformer.wte.weight"].data_ptr()
    with torch.no_grad():
        difference = (logits(model, input_ids) - peer(torch.tensor([input_ids])).logits).abs().max()
        text = peer.generate(  # type: ignore[misc] # transformers' own types don't fit its own models
            torch.tensor([input_ids]), max_new_tokens=new, do_sample=False, eos_token_id=None, pad_token_id=0
        )
    assert difference < 1e-4
    ours = generate_slowly(model, input_ids, new, stop=-1).tokens
    assert text[0, len(input_ids) :].tolist() == list(ours)
    assert len(set(ours)) > 2  # a text, not one token again and again


def test_both_ways_with_transformers(folder: Path, tmp_path: Path) -> None:
    """Guards against a layout that we misread, and a checkpoint that only we can read or that unties the head."""
    model = load_folder(folder)
    assert_like_transformers(model, folder, PROMPT, new=16)
    save_checkpoint(tmp_path / "ours", model)
    assert not [name for name in load_file(tmp_path / "ours/model.safetensors") if "lm_head" in name]
    assert_like_transformers(model, tmp_path / "ours", PROMPT, new=16)


def test_hash_dropout_and_type_are_as_asked(folder: Path) -> None:
    """Guards against a model that trains with another dropout than params.yaml says, and a hash of something else."""
    weights = check_weights(folder, dropout=0.25)
    assert load_weights(weights).config.dropout == 0.25
    assert not load_weights(weights).training
    assert weights.dtypes == ["float32"]
    assert weights.file == folder / "model.safetensors"
    sha256 = hashlib.sha256(weights.file.read_bytes()).hexdigest()
    assert check_hash(weights.file) == check_hash(weights.file, sha256) == sha256


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_becomes_float32(folder: Path, dtype: torch.dtype) -> None:
    """Guards against a model that computes in the file's precision, or reads its bits as another type."""
    file = change_tensors(
        folder, lambda tensors: tensors.update({name: tensor.to(dtype) for name, tensor in tensors.items()})
    )
    assert check_weights(file).dtypes == [str(dtype).removeprefix("torch.")]
    assert {parameter.dtype for parameter in load_folder(file).parameters()} == {torch.float32}
    assert_like_transformers(load_folder(file), folder, PROMPT, new=16)


def without_prefix(tensors: Tensors) -> None:
    for name in list(tensors):
        tensors[name.removeprefix("transformer.")] = tensors.pop(name)


def with_buffers(tensors: Tensors) -> None:
    for layer in range(2):
        tensors[f"transformer.h.{layer}.attn.bias"] = torch.ones(1, 1, 24, 24, dtype=torch.bool).tril()
        tensors[f"transformer.h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)


def with_a_tied_head(tensors: Tensors) -> None:
    tensors["lm_head.weight"] = tensors["transformer.wte.weight"].clone()


@pytest.mark.parametrize("edit", [without_prefix, with_buffers, with_a_tied_head])
def test_the_forms_that_gpt2_was_published_in(folder: Path, edit: Callable[[Tensors], None]) -> None:
    """Guards against a reader of one writer's files: the Hub's have no prefix, and store the causal mask."""
    expected = load_folder(folder).state_dict()
    assert expected["wte.weight"].shape == (50, 16)
    change_tensors(folder, edit)
    found = load_folder(folder).state_dict()
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_a_lone_file_has_heads_of_64(tmp_path: Path) -> None:
    """Guards against a number of heads that no tensor shows, guessed in another way than GPT-2's."""
    sizes = {"vocab_size": 50, "n_positions": 24, "n_embd": 768, "n_layer": 1, "n_head": 12}
    folder = save_as_transformers_does(tmp_path / "peer", 20, **sizes)
    lone = tmp_path / "lone.safetensors"
    lone.write_bytes((folder / "model.safetensors").read_bytes())
    assert load_folder(lone).config.n_head == 12
    assert torch.equal(logits(load_folder(lone), PROMPT), logits(load_folder(folder), PROMPT))


def test_training_never_writes_to_the_file(folder: Path) -> None:
    """Guards against a mapping that carries a changed weight back into the file that it came from."""
    before = (folder / "model.safetensors").read_bytes()
    model = load_folder(folder)
    with torch.no_grad():
        for parameter in model.parameters():
            assert parameter.requires_grad
            parameter.zero_()
    assert (folder / "model.safetensors").read_bytes() == before
    assert load_folder(folder).wte.weight.any()


PEAK = """
import sys
from pathlib import Path
from model.core.weights import load_weights
from model.core.weights_file import check_weights

def peak():  # of this process only; `ru_maxrss` starts at its parent's
    return next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))

before = peak()
model = load_weights(check_weights(Path(sys.argv[1])))
print(peak() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of memory from /proc")
def test_the_full_size_takes_its_memory_once(tmp_path: Path, root: Path, gpt2_vocabulary: Path) -> None:
    """Guards against a second copy of the weights while they are loaded, and against sizes that only tiny models fit:
    124M parameters, both ways."""
    from transformers import AutoTokenizer

    sizes = {"vocab_size": 50257, "n_positions": 1024, "n_embd": 768, "n_layer": 12, "n_head": 12}
    folder = save_as_transformers_does(tmp_path / "peer", 4, **sizes)
    size = (folder / "model.safetensors").stat().st_size
    done = subprocess.run([sys.executable, "-c", PEAK, folder], cwd=root, capture_output=True, text=True, check=True)
    assert size < int(done.stdout) < 1.5 * size
    save_tokenizer(tmp_path / "ours", tokenizer_text(published_vocabulary(gpt2_vocabulary)), sizes["n_positions"])
    save_checkpoint(tmp_path / "ours", load_folder(folder))
    model, encoding = load_checkpoint(tmp_path / "ours")
    assert model.parameter_count() == 124_439_808
    input_ids = encoding.encode_ordinary("The whale is a mammal that lives in the sea.")
    assert AutoTokenizer.from_pretrained(tmp_path / "ours")("The whale is")["input_ids"] == input_ids[:3]
    for either in (folder, tmp_path / "ours"):
        assert_like_transformers(model, either, input_ids, new=6)
