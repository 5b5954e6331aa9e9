"""GPT-2's weights from elsewhere: a folder in the layout of transformers, or a single .safetensors file.

No file is trusted. Its hash and the tensors' names, shapes and types are checked before any weight is read, and the
values before the model is returned. The weights stay memory-mapped, so a model takes no more memory than its file.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor
from tqdm import tqdm

from model.core.checkpoint import CONFIG, PREFIX, WEIGHTS, CheckpointError, all_finite, build_model
from model.core.gpt2 import GPT2, GPT2Config

HEAD = "lm_head.weight"
HEAD_SIZE = 64  # n_embd / n_head of every published GPT-2: 768/12, 1024/16, 1280/20 and 1600/25
DTYPES = {"F32": "float32", "F16": "float16", "BF16": "bfloat16"}  # accepted types, by safetensors' names
# Settings of config.json that change what the same weights compute, with GPT-2's values.
SWITCHES = {
    "model_type": "gpt2",
    "activation_function": "gelu_new",
    "scale_attn_weights": True,
    "scale_attn_by_inverse_layer_idx": False,
    "add_cross_attention": False,
}


@dataclass(frozen=True)
class Pretrained:
    """A model (float32, on the CPU, in evaluation mode) and the file it was read from."""

    model: GPT2
    file: Path
    sha256: str
    dtypes: tuple[str, ...]  # of the stored weights, sorted; several if the file mixes them


@dataclass(frozen=True)
class Stored:
    """A tensor as the file's header describes it."""

    key: str  # its name in the file, with or without the prefix
    shape: tuple[int, ...]
    dtype: str  # by safetensors' name


def load_pretrained(path: Path, sha256: str = "", dropout: float = 0.0) -> Pretrained:
    """Reads the model of a folder (`model.safetensors`, and `config.json` if present) or of one .safetensors file.

    `sha256` is the hash the file must have, in hex, or "" to accept any. `dropout` overrides that of the config; it
    matters if the model is trained further. Raises CheckpointError that names the file and the tensor, and says what
    was found and what was expected.
    """
    file = find_weights(path)
    try:
        digest = hash_file(file)
        if sha256 not in {"", digest}:
            raise CheckpointError(f"{file}: SHA-256: found {digest}, expected {sha256}")
        layout = _read_layout(file.with_name(CONFIG))
        with safe_open(file, framework="pt") as weights:
            header = _read_header(file, weights)
            config = _model_config(file, header, layout, dropout)
            names = _check_header(file, header, config)
            if HEAD not in header and layout.get("tie_word_embeddings") is False:
                raise _mismatch(file, HEAD, "none", "the head that config.json says is not tied to wte.weight")
            tensors = _read_tensors(file, weights, header, names)
            if HEAD in header and not _same_values(weights.get_tensor(header[HEAD].key), tensors["wte.weight"]):
                raise _mismatch(file, HEAD, "an untied head", "the values of wte.weight, to which GPT-2 ties its head")
    except SafetensorError as error:
        raise CheckpointError(f"{file} is damaged: {error}") from error
    except OSError as error:
        raise CheckpointError(f"{error.filename or file} cannot be read: {error.strerror or error}") from error
    dtypes = sorted({DTYPES[header[name].dtype] for name in names})
    return Pretrained(build_model(config, tensors), file, digest, tuple(dtypes))


def find_weights(path: Path) -> Path:
    """The .safetensors file at `path`, or in it if `path` is a folder. Raises CheckpointError if there is none."""
    if path.is_dir():
        if (path / WEIGHTS).is_file():
            return path / WEIGHTS
        raise CheckpointError(f"{path / WEIGHTS} is missing; weights are read from one safetensors file, no other kind")
    if not path.exists():
        raise CheckpointError(f"{path} is missing")
    if path.suffix != ".safetensors":
        raise CheckpointError(f"{path} is neither a folder nor a .safetensors file")
    return path


def hash_file(path: Path) -> str:
    """The SHA-256 of a file in hex, with a progress bar."""
    digest = hashlib.sha256()
    with (
        path.open("rb") as file,
        tqdm(total=path.stat().st_size, unit="B", unit_scale=True, desc=f"hash {path.name}", disable=None) as progress,
    ):
        while block := file.read(2**20):
            digest.update(block)
            progress.update(len(block))
    return digest.hexdigest()


def _read_header(file: Path, weights: Any) -> dict[str, Stored]:
    """All tensors of the file by GPT-2's own names, without transformers' prefix."""
    header: dict[str, Stored] = {}
    for key in weights.keys():  # noqa: SIM118 # not a dict
        name = key.removeprefix(PREFIX)
        if name in header:
            raise _mismatch(file, key, f"{name} with and without the prefix {PREFIX}", "it once")
        tensor = weights.get_slice(key)
        header[name] = Stored(key, tuple(tensor.get_shape()), tensor.get_dtype())
    return header


def _model_config(file: Path, header: dict[str, Stored], layout: dict[str, Any], dropout: float) -> GPT2Config:
    """The config that the tensors' shapes imply. If there is a config.json (`layout`), it must name the same sizes.
    No shape shows the number of heads, so `n_head` comes from config.json or from `HEAD_SIZE`."""
    for name, expected in (("wte.weight", "[vocab_size, n_embd]"), ("wpe.weight", "[n_positions, n_embd]")):
        stored = header.get(name)
        if stored is None or len(stored.shape) != 2:
            raise _mismatch(file, stored.key if stored else name, _stored_shape(stored), expected)
    vocab_size, n_embd = header["wte.weight"].shape
    n_positions = header["wpe.weight"].shape[0]
    n_layer = len({layer[1] for name in header if (layer := re.match(r"h\.(\d+)\.", name))})
    sizes = {"vocab_size": vocab_size, "n_positions": n_positions, "n_embd": n_embd, "n_layer": n_layer}
    path = file.with_name(CONFIG)
    if not layout:
        if n_embd % HEAD_SIZE or not n_embd:
            raise CheckpointError(
                f"{path} is missing, and n_head cannot be n_embd / {HEAD_SIZE} as in every published GPT-2: "
                f"n_embd of {file.name} is {n_embd}"
            )
        return GPT2Config(**sizes, n_head=n_embd // HEAD_SIZE, dropout=dropout)
    for key, size in sizes.items():
        if layout.get(key) != size:
            raise CheckpointError(f"{path}: {key}: found {layout.get(key)!r}, expected {size} as in {file.name}")
    n_head, epsilon = layout.get("n_head"), layout.get("layer_norm_epsilon", 1e-5)
    if type(n_head) is not int or n_head < 1 or n_embd % n_head:
        raise CheckpointError(f"{path}: n_head: found {n_head!r}, expected a divisor of n_embd ({n_embd})")
    if not isinstance(epsilon, float) or not 0 < epsilon < 1:
        raise CheckpointError(f"{path}: layer_norm_epsilon: found {epsilon!r}, expected a number between 0 and 1")
    if layout.get("n_inner") not in (None, 4 * n_embd):
        raise CheckpointError(f"{path}: n_inner: found {layout['n_inner']!r}, expected 4 * n_embd ({4 * n_embd})")
    return GPT2Config(**sizes, n_head=n_head, dropout=dropout, layer_norm_epsilon=epsilon)


def _read_layout(path: Path) -> dict[str, Any]:
    """The settings of config.json, or {} if there is no such file. Raises CheckpointError if it is not GPT-2's, or if
    a setting would make the same weights compute something else."""
    if not path.is_file():
        return {}
    try:
        layout = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:  # RecursionError: nested too deeply
        raise CheckpointError(f"{path} is not a GPT-2 config: {error}") from error
    if not isinstance(layout, dict) or not layout:
        raise CheckpointError(f"{path} is not a GPT-2 config: it holds no settings")
    for key, expected in SWITCHES.items():
        if layout.get(key, expected) != expected:
            raise CheckpointError(f"{path}: {key}: found {layout[key]!r}, expected {expected!r}")
    return layout


def _check_header(file: Path, header: dict[str, Stored], config: GPT2Config) -> list[str]:
    """The names of the model's tensors. Raises CheckpointError if one is missing or does not fit, or if the file holds
    a tensor that GPT-2 doesn't have."""
    with torch.device("meta"):
        expected = {name: tuple(tensor.shape) for name, tensor in GPT2(config).state_dict().items()}
    # Older files also store the causal mask and its value. The model doesn't need them.
    buffers = {f"h.{layer}.attn.{name}" for layer in range(config.n_layer) for name in ("bias", "masked_bias")}
    for name, shape in expected.items():
        if name not in header:
            raise _mismatch(file, name, "none", str(list(shape)))
        stored = header[name]
        if stored.dtype not in DTYPES:
            raise _mismatch(file, stored.key, stored.dtype, ", ".join(DTYPES))
        if stored.shape != shape:
            raise _mismatch(file, stored.key, _stored_shape(stored), str(list(shape)))
    for name in sorted(header.keys() - expected.keys() - buffers - {HEAD}):
        raise _mismatch(file, header[name].key, _stored_shape(header[name]), "no tensor of this name in a GPT-2")
    return list(expected)


def _read_tensors(file: Path, weights: Any, header: dict[str, Stored], names: Iterable[str]) -> dict[str, Tensor]:
    """The weights in float32. Those that are stored in float32 stay in the file and are mapped into memory."""
    tensors = {}
    for name in tqdm(names, unit="tensor", desc=f"read {file.name}", disable=None):
        tensor = weights.get_tensor(header[name].key).float()
        if not all_finite(tensor):
            raise _mismatch(file, header[name].key, "NaN or infinity", "finite values")
        tensors[name] = tensor
    return tensors


def _same_values(head: Tensor, embedding: Tensor) -> bool:
    return head.shape == embedding.shape and torch.equal(head.float(), embedding)


def _stored_shape(stored: Stored | None) -> str:
    return "none" if stored is None else str(list(stored.shape))


def _mismatch(file: Path, tensor: str, found: str, expected: str) -> CheckpointError:
    return CheckpointError(f"{file}: tensor {tensor}: found {found}, expected {expected}")
