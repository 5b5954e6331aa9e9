"""Weights that transformers saved, read by us; ours, read by transformers; and files that are not a GPT-2."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from model.core.checkpoint import CheckpointError, load_checkpoint, save_checkpoint, save_tokenizer
from model.core.gpt2 import GPT2
from model.core.pretrained import load_pretrained
from model.core.tokenizer import gpt2_tokenizer
from model.decoding.generation import generate_slowly

Tensors = dict[str, Tensor]
PROMPT = [3, 14, 15, 9, 2, 6]


def save_as_transformers_does(folder: Path, scale: float, **sizes: Any) -> Path:
    """A checkpoint with scaled-up random weights and embeddings of equal length, so that the greedy text varies."""
    from transformers import GPT2Config, GPT2LMHeadModel

    torch.manual_seed(5)
    peer = GPT2LMHeadModel(GPT2Config(**sizes, bos_token_id=0, eos_token_id=sizes["vocab_size"] - 1))
    with torch.no_grad():
        for parameter in peer.parameters():
            parameter.mul_(scale if parameter.dim() == 2 else 1)
        peer.transformer.wte.weight.div_(peer.transformer.wte.weight.norm(dim=1, keepdim=True))
    peer.save_pretrained(folder)
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sizes = {"vocab_size": 50, "n_positions": 24, "n_embd": 16, "n_layer": 2, "n_head": 2}
    return save_as_transformers_does(tmp_path / "peer", 20, **sizes)


def change(folder: Path, edit: Callable[[Tensors], Any]) -> Path:
    """Edits the tensors of a checkpoint; returns their file."""
    file = folder / "model.safetensors"
    tensors = {name: tensor.clone() for name, tensor in load_file(file).items()}
    edit(tensors)
    save_file(tensors, file, metadata={"format": "pt"})
    return file


def assert_refused(path: Path, message: str, **options: Any) -> None:
    """Loading `path` fails with exactly this message."""
    with pytest.raises(CheckpointError) as error:
        load_pretrained(path, **options)
    assert str(error.value) == message


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
    model = load_pretrained(folder).model
    assert_like_transformers(model, folder, PROMPT, new=16)
    save_checkpoint(tmp_path / "ours", model)
    assert not [name for name in load_file(tmp_path / "ours/model.safetensors") if "lm_head" in name]
    assert_like_transformers(model, tmp_path / "ours", PROMPT, new=16)


def test_hash_dropout_and_type_are_as_asked(folder: Path) -> None:
    """Guards against a model that trains with another dropout than params.yaml says, and a hash of something else."""
    pretrained = load_pretrained(folder, dropout=0.25)
    assert pretrained.model.config.dropout == 0.25
    assert not pretrained.model.training
    assert pretrained.dtypes == ("float32",)
    assert pretrained.sha256 == hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    assert load_pretrained(folder, pretrained.sha256).file == folder / "model.safetensors"


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_half_precision_becomes_float32(folder: Path, dtype: torch.dtype) -> None:
    """Guards against a model that computes in the file's precision, or reads its bits as another type."""
    file = change(folder, lambda tensors: tensors.update({name: tensor.to(dtype) for name, tensor in tensors.items()}))
    pretrained = load_pretrained(file)
    assert pretrained.dtypes == (str(dtype).removeprefix("torch."),)
    assert {parameter.dtype for parameter in pretrained.model.parameters()} == {torch.float32}
    assert_like_transformers(pretrained.model, folder, PROMPT, new=16)


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
    expected = load_pretrained(folder).model.state_dict()
    assert expected["wte.weight"].shape == (50, 16)
    change(folder, edit)
    found = load_pretrained(folder).model.state_dict()
    assert found.keys() == expected.keys()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_a_lone_file_has_heads_of_64(tmp_path: Path) -> None:
    """Guards against a number of heads that no tensor shows, guessed in another way than GPT-2's."""
    sizes = {"vocab_size": 50, "n_positions": 24, "n_embd": 128, "n_layer": 1, "n_head": 2}
    folder = save_as_transformers_does(tmp_path / "peer", 20, **sizes)
    lone = tmp_path / "lone.safetensors"
    lone.write_bytes((folder / "model.safetensors").read_bytes())
    assert load_pretrained(lone).model.config.n_head == 2
    assert torch.equal(logits(load_pretrained(lone).model, PROMPT), logits(load_pretrained(folder).model, PROMPT))


def test_training_never_writes_to_the_file(folder: Path) -> None:
    """Guards against a mapping that carries a changed weight back into the file that it came from."""
    before = (folder / "model.safetensors").read_bytes()
    model = load_pretrained(folder).model
    with torch.no_grad():
        for parameter in model.parameters():
            assert parameter.requires_grad
            parameter.zero_()
    assert (folder / "model.safetensors").read_bytes() == before
    assert load_pretrained(folder).model.wte.weight.any()


def test_another_hash_is_refused(folder: Path) -> None:
    file = folder / "model.safetensors"
    found = hashlib.sha256(file.read_bytes()).hexdigest()
    assert_refused(folder, f"{file}: SHA-256: found {found}, expected {'0' * 64}", sha256="0" * 64)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (
            lambda tensors: tensors.update({"transformer.ln_f.bias": torch.zeros(17)}),
            "transformer.ln_f.bias: found [17], expected [16]",
        ),
        (
            lambda tensors: tensors.update({"transformer.wte.weight": torch.zeros(5)}),
            "transformer.wte.weight: found [5], expected [vocab_size, n_embd]",
        ),
        (
            lambda tensors: tensors.pop("transformer.wpe.weight"),
            "wpe.weight: found none, expected [n_positions, n_embd]",
        ),
        (
            lambda tensors: tensors.pop("transformer.h.1.mlp.c_fc.weight"),
            "h.1.mlp.c_fc.weight: found none, expected [16, 64]",
        ),
        (
            lambda tensors: tensors.update({"transformer.h.1.adapter.weight": torch.zeros(2, 3)}),
            "transformer.h.1.adapter.weight: found [2, 3], expected no tensor of this name in a GPT-2",
        ),
        (
            lambda tensors: tensors.update({"ln_f.bias": torch.zeros(16)}),
            "transformer.ln_f.bias: found ln_f.bias with and without the prefix transformer., expected it once",
        ),
        (
            lambda tensors: tensors.update({"transformer.ln_f.bias": torch.zeros(16, dtype=torch.int8)}),
            "transformer.ln_f.bias: found I8, expected F32, F16, BF16",
        ),
        (
            lambda tensors: tensors["transformer.h.0.attn.c_attn.weight"][3].fill_(float("nan")),
            "transformer.h.0.attn.c_attn.weight: found NaN or infinity, expected finite values",
        ),
        (
            lambda tensors: tensors["transformer.wpe.weight"][0, 0].fill_(float("-inf")),
            "transformer.wpe.weight: found NaN or infinity, expected finite values",
        ),
        (
            lambda tensors: tensors.update({"lm_head.weight": tensors["transformer.wte.weight"] + 1}),
            "lm_head.weight: found an untied head, expected the values of wte.weight, to which GPT-2 ties its head",
        ),
    ],
)
def test_a_wrong_tensor_is_named(folder: Path, edit: Callable[[Tensors], Any], message: str) -> None:
    """Guards against weights that load in part, or as something else than they are, without a word."""
    file = change(folder, edit)
    assert_refused(folder, f"{file}: tensor {message}")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_layer": 3}, "n_layer: found 3, expected 2 as in model.safetensors"),
        ({"vocab_size": 60}, "vocab_size: found 60, expected 50 as in model.safetensors"),
        ({"n_head": 3}, "n_head: found 3, expected a divisor of n_embd (16)"),
        ({"n_head": 0}, "n_head: found 0, expected a divisor of n_embd (16)"),
        ({"n_inner": 32}, "n_inner: found 32, expected 4 * n_embd (64)"),
        ({"layer_norm_epsilon": 1}, "layer_norm_epsilon: found 1, expected a number between 0 and 1"),
        ({"activation_function": "relu"}, "activation_function: found 'relu', expected 'gelu_new'"),
        ({"scale_attn_by_inverse_layer_idx": True}, "scale_attn_by_inverse_layer_idx: found True, expected False"),
        ({"model_type": "llama"}, "model_type: found 'llama', expected 'gpt2'"),
    ],
)
def test_a_config_of_another_model_is_refused(folder: Path, settings: dict[str, Any], message: str) -> None:
    """Guards against weights that fit in shape, and compute something else than their config says."""
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))
    assert_refused(folder, f"{path}: {message}")


def test_a_head_that_the_config_unties_must_be_there(folder: Path) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"tie_word_embeddings": False}))
    message = "tensor lm_head.weight: found none, expected the head that config.json says is not tied to wte.weight"
    assert_refused(folder, f"{folder / 'model.safetensors'}: {message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "it holds no settings"),
        ("{", "Expecting property name enclosed in double quotes: line 1 column 2"),
        ("[" * 3000 + "]" * 3000, "maximum recursion depth exceeded"),
        (f'{{"n_layer": {"9" * 5000}}}', "Exceeds the limit"),
    ],
    ids=lambda value: value[:8],
)
def test_a_damaged_config_is_named(folder: Path, text: str, message: str) -> None:
    (folder / "config.json").write_text(text)
    with pytest.raises(CheckpointError, match=f"config.json is not a GPT-2 config: {message}"):
        load_pretrained(folder)


@pytest.mark.parametrize("kept", [0.5, 0.001, 0.0])
def test_a_truncated_file_is_named(folder: Path, kept: float) -> None:
    """Guards against half a download: cut in the weights, in the header, and to nothing."""
    file = folder / "model.safetensors"
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(CheckpointError, match=r"peer/model\.safetensors is damaged: .+"):
        load_pretrained(folder)


def test_files_that_are_not_there_are_named(folder: Path, tmp_path: Path) -> None:
    lone = tmp_path / "lone.safetensors"
    assert_refused(lone, f"{lone} is missing")
    lone.write_bytes((folder / "model.safetensors").read_bytes())
    assert_refused(
        lone,
        f"{tmp_path / 'config.json'} is missing, and n_head cannot be n_embd / 64 as in every published GPT-2: "
        "n_embd of lone.safetensors is 16",
    )
    pickled = folder / "pytorch_model.bin"
    (folder / "model.safetensors").rename(pickled)
    assert_refused(pickled, f"{pickled} is neither a folder nor a .safetensors file")
    missing = folder / "model.safetensors"
    assert_refused(folder, f"{missing} is missing; weights are read from one safetensors file, no other kind")


PEAK = """
import sys
from pathlib import Path
from model.core.pretrained import load_pretrained

def peak():  # of this process only; `ru_maxrss` starts at its parent's
    return next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))

before = peak()
model = load_pretrained(Path(sys.argv[1])).model
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
    save_tokenizer(tmp_path / "ours", gpt2_tokenizer(gpt2_vocabulary), sizes["n_positions"])
    save_checkpoint(tmp_path / "ours", load_pretrained(folder).model)
    model, encoding = load_checkpoint(tmp_path / "ours")
    assert model.parameter_count() == 124_439_808
    input_ids = encoding.encode_ordinary("The whale is a mammal that lives in the sea.")
    assert AutoTokenizer.from_pretrained(tmp_path / "ours")("The whale is")["input_ids"] == input_ids[:3]
    for either in (folder, tmp_path / "ours"):
        assert_like_transformers(model, either, input_ids, new=6)
