"""config.json: what is believed, and what is refused."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from model.core.checkpoint_files import CheckpointError
from model.core.config_file import make_config, read_settings

SIZES = {"vocab_size": 50, "n_positions": 24, "n_embd": 16, "n_layer": 2}
SETTINGS = SIZES | {"model_type": "gpt2", "n_head": 2, "layer_norm_epsilon": 1e-6, "resid_pdrop": 0.25}
ABSURD = [10**30, 10**9, -5, 0, 2.0, 1e308, "2", None, True, [1], {}, math.nan, math.inf]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.json"


def write(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(SETTINGS | changes))


def test_what_the_tensors_do_not_show_comes_from_the_file(path: Path) -> None:
    """Guards against GPT-2's own number of heads and epsilon for every model, and against a wrong dropout in tuning."""
    write(path, activation_function="gelu_pytorch_tanh", n_inner=64)
    config = make_config(path, read_settings(path), SIZES, dropout=None)
    assert (config.n_head, config.layer_norm_epsilon, config.dropout) == (2, 1e-6, 0.25)
    assert make_config(path, read_settings(path), SIZES, dropout=0.5).dropout == 0.5


@pytest.mark.parametrize("key", list(SIZES))
@pytest.mark.parametrize("value", ABSURD, ids=str)
def test_a_size_that_the_tensors_do_not_have_is_named(path: Path, key: str, value: object) -> None:
    """Guards against hours of building a million layers, and against "2" or True that pass for a number."""
    write(path, **{key: value})
    with pytest.raises(CheckpointError) as error:
        make_config(path, read_settings(path), SIZES, None)
    assert str(error.value) == (
        f"{path}: {key}: found {value!r}, expected {SIZES[key]} as in the weights; "
        "take the config.json that belongs to them"
    )


@pytest.mark.parametrize("value", [*ABSURD, 3], ids=str)
def test_heads_that_do_not_divide_the_width_are_named(path: Path, value: object) -> None:
    write(path, n_head=value)
    with pytest.raises(CheckpointError) as error:
        make_config(path, read_settings(path), SIZES, None)
    assert str(error.value) == f"{path}: n_head: found {value!r}, expected a divisor of n_embd (16)"


def test_a_size_that_is_missing_is_named(path: Path) -> None:
    for key in [*SIZES, "n_head"]:
        path.write_text(json.dumps({name: value for name, value in SETTINGS.items() if name != key}))
        with pytest.raises(CheckpointError, match=rf"config.json: {key}: found nothing, expected "):
            make_config(path, read_settings(path), SIZES, None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_inner": 32}, r"n_inner: found 32, expected 4 \* n_embd \(64\)"),
        ({"layer_norm_epsilon": 1}, "layer_norm_epsilon: found 1, expected a number between 0 and 1"),
        ({"layer_norm_epsilon": math.nan}, "layer_norm_epsilon: found nan, expected a number between 0 and 1"),
        ({"layer_norm_epsilon": "1e-5"}, "layer_norm_epsilon: found '1e-5', expected a number between 0 and 1"),
        ({"resid_pdrop": 1}, "resid_pdrop: found 1, expected a probability, from 0 to below 1"),
        ({"resid_pdrop": True}, "resid_pdrop: found True, expected a probability"),
        ({"resid_pdrop": math.nan}, "resid_pdrop: found nan, expected a probability"),
    ],
)
def test_other_numbers_that_no_gpt2_has_are_named(path: Path, change: dict[str, Any], message: str) -> None:
    write(path, **change)
    with pytest.raises(CheckpointError, match=rf"^\S+config.json: {message}"):
        make_config(path, read_settings(path), SIZES, None)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model_type": "llama"}, "model_type: found 'llama', expected 'gpt2'"),
        ({"model_type": None}, "model_type: found None, expected 'gpt2'"),
        ({"activation_function": "relu"}, "activation_function: found 'relu', expected 'gelu_new' or 'gelu_pyt"),
        ({"activation_function": "gelu"}, "activation_function: found 'gelu', expected 'gelu_new' or 'gelu_pyt"),
        ({"scale_attn_by_inverse_layer_idx": True}, "scale_attn_by_inverse_layer_idx: found True, expected False"),
        ({"scale_attn_weights": False}, "scale_attn_weights: found False, expected True"),
        ({"scale_attn_weights": 0}, "scale_attn_weights: found 0, expected True"),
        ({"add_cross_attention": True}, "add_cross_attention: found True, expected False"),
        ({"quantization_config": {"bits": 8}}, r"quantization_config: found \{'bits': 8\}, expected None"),
    ],
)
def test_a_setting_that_changes_the_result_is_refused(path: Path, change: dict[str, Any], message: str) -> None:
    """Guards against weights that fit in shape, and compute something else than their config says."""
    write(path, **change)
    with pytest.raises(
        CheckpointError, match=rf"config.json: {message}.*; this is a model that computes something else"
    ):
        read_settings(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is not JSON: Expecting value after character 0 of 0"),
        (b"{", "is not JSON: Expecting property name enclosed in double quotes after character 1 of 1"),
        (b"\xef\xbb\xbf{}", "is not JSON: Unexpected UTF-8 BOM"),
        (b"[]", r"holds no JSON object but \[\]; copy or download it again"),
        (b"{}", "holds no settings"),
        (b"\xff", "is not UTF-8 text: invalid start byte at byte 0"),
        (b"[" * 100_000, "is nested too deeply"),
        (b'{"a": ' * 100_000, "is nested too deeply"),
        (b'{"n_layer": %s}' % (b"9" * 5000), "holds a number of more than 4,300 digits"),
        (b'{"n_layer": 2, "n_layer": 3}', "has the key 'n_layer' twice; remove one of them"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 665\n", "is only a pointer of Git LFS"),
        (b"<!DOCTYPE html>", "is a web page"),
    ],
    ids=lambda value: str(value)[:12],
)
def test_a_damaged_file_is_named(path: Path, content: bytes, message: str) -> None:
    """Guards against tracebacks, and against half a download that passes for a model without settings."""
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=rf"config.json {message}"):
        read_settings(path)


def test_a_file_of_gigabytes_is_not_read(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**33)
    with pytest.raises(CheckpointError, match=r"has 8,589,934,592 bytes, and the limit is 67,108,864"):
        read_settings(path)


def test_without_a_file_only_published_widths_are_known(path: Path) -> None:
    assert read_settings(path) == {}
    assert make_config(path, {}, SIZES | {"n_embd": 1600}, 0.0).n_head == 25
    with pytest.raises(
        CheckpointError, match=r"config.json is missing, .* \(768, 1024, 1280, 1600\); this model is 192"
    ):
        make_config(path, {}, SIZES | {"n_embd": 192}, 0.0)


@pytest.mark.parametrize("sizes", [{"n_layer": 0}, {"n_layer": 2000}, {"vocab_size": 2**25}])
def test_tensors_of_a_size_that_no_gpt2_has_are_named(path: Path, sizes: dict[str, int]) -> None:
    """Guards against a traceback for a file with 2,000 layers whose config.json says so, too."""
    write(path, **sizes)
    with pytest.raises(
        CheckpointError, match=rf"config.json are no GPT-2's: {next(iter(sizes))} must be a whole number"
    ):
        make_config(path, read_settings(path), SIZES | sizes, 0.0)
