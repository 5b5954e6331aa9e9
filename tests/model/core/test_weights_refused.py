"""Files that are not a GPT-2, or not a whole one: each is named with what to do."""

import hashlib
import json
import re
import shlex
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from model.core.checkpoint_files import CheckpointError
from model.core.weights import load_weights
from model.core.weights_file import check_hash, check_weights
from tests.model.core.peer_weights import Tensors, change_tensors, load_folder, save_as_transformers_does


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return save_as_transformers_does(tmp_path / "peer", 20)


def assert_refused(path: Path, message: str, **options: Any) -> None:
    """Loading `path` fails with exactly this message."""
    with pytest.raises(CheckpointError) as error:
        weights = check_weights(path)
        check_hash(weights.file, **options)
        load_weights(weights)
    assert str(error.value) == message


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
            lambda tensors: tensors.update({"model.wte.weight": tensors.pop("transformer.wte.weight")}),
            "wte.weight: found none, but 'model.wte.weight', under a name that no writer of GPT-2 uses, expected "
            "[vocab_size, n_embd]",
        ),
        (
            lambda tensors: tensors.update({name: tensors[name].t().contiguous() for name in tensors if "c_" in name}),
            "transformer.h.0.attn.c_attn.weight: found [48, 16], expected [16, 48] (its transpose: nn.Linear stores it "
            "so, and GPT-2 input-first; transpose all linear layers)",
        ),
        (
            lambda tensors: tensors.update({"transformer.h.1.adapter.weight": torch.zeros(2, 3)}),
            "transformer.h.1.adapter.weight: found [2, 3], expected no tensor of this name in a GPT-2",
        ),
        (
            lambda tensors: tensors.update({"ln_f.bias": torch.zeros(16)}),
            "transformer.ln_f.bias: found ln_f.bias twice, also as ln_f.bias, expected it once",
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
    file = change_tensors(folder, edit)
    assert_refused(folder, f"{file}: tensor {message}")


def test_a_head_that_the_config_unties_must_be_there(folder: Path) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"tie_word_embeddings": False}))
    message = "tensor lm_head.weight: found none, expected the head that config.json says is not tied to wte.weight"
    assert_refused(folder, f"{folder / 'model.safetensors'}: {message}")


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (0.5, "it is cut off at {half:,} of {all:,} bytes"),
        (0.02, r"it is cut off at \d+ bytes, and its header alone takes {header:,}"),
        (0.0, "it has 0 bytes, too few for a header"),
    ],
)
def test_a_truncated_file_is_named(folder: Path, size: float, message: str) -> None:
    """Guards against half a download: cut in the weights, in the header, and to nothing."""
    file = folder / "model.safetensors"
    data = file.read_bytes()
    file.write_bytes(data[: int(len(data) * size)])
    header = 8 + int.from_bytes(data[:8], "little")
    expected = message.format(half=len(data) // 2, all=len(data), header=header)
    with pytest.raises(
        CheckpointError, match=rf"model\.safetensors is damaged: {expected}; copy or download it again$"
    ):
        check_weights(folder)


def test_a_file_whose_end_was_never_written_is_named(folder: Path) -> None:
    """Guards against a download that reserved its whole size and was stopped: its last tensors are zeros."""
    file = folder / "model.safetensors"
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2] + bytes(len(data) - len(data) // 2))
    message = r"tensor transformer\.\S+: found only zeros, as in a download that was not finished, expected a trained"
    with pytest.raises(CheckpointError, match=message):
        load_folder(folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 548105171\n",
            r"is only a pointer of Git LFS \(72 bytes\) to a file of 548,105,171 bytes; run `git lfs pull` in its",
        ),
        (b"<!DOCTYPE html><html>Log in</html>", "is a web page, whatever its name says; download the file itself"),
        (b"PK\x03\x04" + bytes(99), "is a zip archive, such as a PyTorch pickle"),
        (b"\x80\x02}q\x00." + bytes(99), "is a pickle, whatever its name says"),
        (b"GGUF" + bytes(99), "is a GGUF file of llama.cpp"),
        (bytes(500), "is damaged: it begins with no header of a safetensors file; copy or download it again"),
        ((10**12).to_bytes(8, "little") + b"{}", "is damaged: it begins with no header of a safetensors file"),
        ((10).to_bytes(8, "little") + b'{"a": 1  }', r"is damaged: .*; copy or download it again"),
        ((200_000).to_bytes(8, "little") + b'{"a":' * 40_000, r"is damaged: .*; copy or download it again"),
    ],
    ids=["pointer", "page", "zip", "pickle", "gguf", "zeros", "huge header", "strange header", "deep header"],
)
def test_another_kind_of_file_is_named(folder: Path, content: bytes, message: str) -> None:
    """Guards against a traceback, and against words that leave the reader to guess what lies there instead."""
    (folder / "model.safetensors").write_bytes(content)
    with pytest.raises(CheckpointError, match=rf"peer/model\.safetensors {message}"):
        check_weights(folder)


@pytest.mark.parametrize("byte", range(0x7B, 0x82))
def test_a_header_may_have_any_length(folder: Path, byte: int) -> None:
    """Guards against taking the first byte of a safetensors file, which is a length, for that of a pickle (0x80)."""
    file = folder / "model.safetensors"
    data = file.read_bytes()
    length = int.from_bytes(data[:8], "little")
    padding = (byte - length) % 256
    header = data[8 : 8 + length] + b" " * padding
    file.write_bytes(len(header).to_bytes(8, "little") + header + data[8 + length :])
    assert file.read_bytes()[0] == byte
    assert load_folder(folder).config.n_layer == 2


@pytest.mark.parametrize("prefix", ["_orig_mod.", "module.", "module._orig_mod.", "_orig_mod.module.", ""])
@pytest.mark.parametrize("own", ["transformer.", "", "transformer._orig_mod."])
def test_wrappers_around_the_model_are_looked_through(folder: Path, prefix: str, own: str) -> None:
    """Guards against weights that are refused, or mixed up, because they were saved while compiled or distributed."""

    def wrap(tensors: Tensors) -> None:
        for name in list(tensors):
            tensors[f"{prefix}{own}{name.removeprefix('transformer.')}"] = tensors.pop(name)
        tensors[f"{prefix}lm_head.weight"] = tensors[f"{prefix}{own}wte.weight"].clone()

    expected = load_folder(folder).state_dict()
    change_tensors(folder, wrap)
    found = load_folder(folder).state_dict()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_blocks_that_were_compiled_one_by_one_are_looked_through(folder: Path) -> None:
    def wrap(tensors: Tensors) -> None:
        for name in [name for name in tensors if ".h.1." in name]:
            tensors[name.replace(".h.1.", ".h.1._orig_mod.")] = tensors.pop(name)

    expected = load_folder(folder).state_dict()
    change_tensors(folder, wrap)
    assert all(torch.equal(tensor, expected[name]) for name, tensor in load_folder(folder).state_dict().items())


def test_the_full_sizes_of_a_damaged_config_take_no_time(folder: Path) -> None:
    """Guards against building 10^9 layers before it is seen that the file has 2."""
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"n_layer": 10**9}))
    start = time.monotonic()
    with pytest.raises(CheckpointError, match="n_layer: found 1000000000, expected 2 as in the weights"):
        check_weights(folder)
    assert time.monotonic() - start < 0.5


def test_files_that_are_not_there_are_named(folder: Path, tmp_path: Path) -> None:
    lone = tmp_path / "lone.safetensors"
    assert_refused(lone, f"{lone} is missing")
    lone.write_bytes((folder / "model.safetensors").read_bytes())
    assert_refused(
        lone,
        f"{tmp_path / 'config.json'} is missing, and without it the number of heads is known only for the widths of "
        "the published GPT-2 models (768, 1024, 1280, 1600); this model is 16 wide. Put its config.json beside the "
        "weights",
    )
    missing = folder / "model.safetensors"
    missing.unlink()
    assert_refused(folder, f"{missing} is missing; weights are read from one safetensors file, no other kind")
    other = folder / "config.json"
    assert_refused(other, f"{other} is neither a folder nor a .safetensors file")


def test_a_pickle_is_never_opened_and_the_way_around_it_works(folder: Path, tmp_path: Path) -> None:
    """Guards against code that runs when a model is loaded, and against advice that was never tried."""
    expected = load_folder(folder).state_dict()
    file = folder / "pytorch_model.bin"
    torch.save(load_file(folder / "model.safetensors"), file)
    (folder / "model.safetensors").unlink()
    message = (
        f"{folder / 'model.safetensors'} is missing, and pytorch_model.bin is a pickle of PyTorch, which can run any "
        "code when it is opened, so it never is. If you trust it, convert it once, where transformers is installed: "
    )
    with pytest.raises(CheckpointError) as refused:
        check_weights(folder)
    assert str(refused.value).startswith(message)
    with pytest.raises(CheckpointError, match=rf"^{re.escape(str(file))} is a pickle of PyTorch"):
        check_weights(file)
    program, option, code = shlex.split(str(refused.value).removeprefix(message))
    assert (program, option) == ("python", "-c")
    exec(code, {})  # as the shell would run it
    found = load_folder(folder).state_dict()
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_weights_in_several_files_are_named(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "model-00001-of-00001.safetensors")
    (folder / "model.safetensors.index.json").write_text("{}")
    message = r"model.safetensors is missing: the weights are in several files, .* Join them, .*: python -c 'from"
    with pytest.raises(CheckpointError, match=message):
        check_weights(folder)
