"""GPT-2's weights from elsewhere, in the layout of transformers or as a lone .safetensors file.

Nothing of a file is trusted: hash, names, shapes and types are checked before a weight is read, values before the
model is handed out. The weights stay memory-mapped, so that a model takes no more memory than its file.
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

from model.core.checkpoint import CONFIG, PREFIX, WEIGHTS, CheckpointError, all_finite, assemble
from model.core.gpt2 import GPT2, GPT2Config

HEAD = "lm_head.weight"
HEAD_SIZE = 64  # n_embd / n_head of every published GPT-2: 768/12, 1024/16, 1280/20 and 1600/25
DTYPES = {"F32": "float32", "F16": "float16", "BF16": "bfloat16"}  # safetensors' names of what can be used
# What config.json can say that makes the same weights compute something else; GPT-2 is this.
SWITCHES = {
    "model_type": "gpt2",
    "activation_function": "gelu_new",
    "scale_attn_weights": True,
    "scale_attn_by_inverse_layer_idx": False,
    "add_cross_attention": False,
}


@dataclass(frozen=True)
class Pretrained:
    """A model (on the CPU, in evaluation mode, float32) and the file that it came from."""

    model: GPT2
    file: Path
    sha256: str
    dtypes: tuple[str, ...]  # what the file stores; several where it mixes them


@dataclass(frozen=True)
class Stored:
    """A tensor of the file's header."""

    key: str  # its name in the file, with or without the prefix
    shape: tuple[int, ...]
    dtype: str  # safetensors' own name


def load_pretrained(path: Path, sha256: str = "", dropout: float = 0.0) -> Pretrained:
    """The model of a folder (`model.safetensors`, and `config.json` where it is there) or of one .safetensors file.

    `sha256` is what the file must have, "" for any; `dropout` is for training on, whatever the config says. Raises
    CheckpointError with file, tensor, what was found and what was expected.
    """
    file = find_weights(path)
    try:
        digest = hash_file(file)
        if sha256 not in {"", digest}:
            raise CheckpointError(f"{file}: SHA-256: found {digest}, expected {sha256}")
        layout = _read_layout(file.with_name(CONFIG))
        with safe_open(file, framework="pt") as weights:
            header = _read_header(file, weights)
            config = _config(file, header, layout, dropout)
            names = _check_header(file, header, config)
            if HEAD not in header and layout.get("tie_word_embeddings") is False:
                raise _wrong(file, HEAD, "none", "the head that config.json says is not tied to wte.weight")
            tensors = _read_tensors(file, weights, header, names)
            if HEAD in header and not _same(weights.get_tensor(header[HEAD].key), tensors["wte.weight"]):
                raise _wrong(file, HEAD, "an untied head", "the values of wte.weight, to which GPT-2 ties its head")
    except SafetensorError as error:
        raise CheckpointError(f"{file} is damaged: {error}") from error
    except OSError as error:
        raise CheckpointError(f"{error.filename or file} cannot be read: {error.strerror or error}") from error
    dtypes = sorted({DTYPES[header[name].dtype] for name in names})
    return Pretrained(assemble(config, tensors), file, digest, tuple(dtypes))


def find_weights(path: Path) -> Path:
    """The .safetensors file that `path` is or holds."""
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
    """The SHA-256 of a file, in hex."""
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
    """Every tensor of the file by GPT-2's own name, without transformers' prefix."""
    header: dict[str, Stored] = {}
    for key in weights.keys():  # noqa: SIM118 # not a dict
        name = key.removeprefix(PREFIX)
        if name in header:
            raise _wrong(file, key, f"{name} with and without the prefix {PREFIX}", "it once")
        tensor = weights.get_slice(key)
        header[name] = Stored(key, tuple(tensor.get_shape()), tensor.get_dtype())
    return header


def _config(file: Path, header: dict[str, Stored], layout: dict[str, Any], dropout: float) -> GPT2Config:
    """The sizes that the tensors have, which config.json must name too; `n_head`, which no tensor shows, from there."""
    for name, expected in (("wte.weight", "[vocab_size, n_embd]"), ("wpe.weight", "[n_positions, n_embd]")):
        found = header.get(name)
        if found is None or len(found.shape) != 2:
            raise _wrong(file, found.key if found else name, _shape(found), expected)
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
    """config.json, {} where there is none; of GPT-2, and without a switch that changes what its weights compute."""
    if not path.is_file():
        return {}
    try:
        layout = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise CheckpointError(f"{path} is not a GPT-2 config: {error}") from error
    if not isinstance(layout, dict) or not layout:
        raise CheckpointError(f"{path} is not a GPT-2 config: it holds no settings")
    for key, expected in SWITCHES.items():
        if layout.get(key, expected) != expected:
            raise CheckpointError(f"{path}: {key}: found {layout[key]!r}, expected {expected!r}")
    return layout


def _check_header(file: Path, header: dict[str, Stored], config: GPT2Config) -> list[str]:
    """The names of the tensors that the model has; every one is there, and nothing that isn't known beside them."""
    with torch.device("meta"):
        expected = {name: tuple(tensor.shape) for name, tensor in GPT2(config).state_dict().items()}
    # The causal mask and its value were stored with the weights once; the model doesn't need them.
    buffers = {f"h.{layer}.attn.{name}" for layer in range(config.n_layer) for name in ("bias", "masked_bias")}
    for name, shape in expected.items():
        if name not in header:
            raise _wrong(file, name, "none", str(list(shape)))
        found = header[name]
        if found.dtype not in DTYPES:
            raise _wrong(file, found.key, found.dtype, ", ".join(DTYPES))
        if found.shape != shape:
            raise _wrong(file, found.key, _shape(found), str(list(shape)))
    for name in sorted(header.keys() - expected.keys() - buffers - {HEAD}):
        raise _wrong(file, header[name].key, _shape(header[name]), "no tensor of this name in a GPT-2")
    return list(expected)


def _read_tensors(file: Path, weights: Any, header: dict[str, Stored], names: Iterable[str]) -> dict[str, Tensor]:
    """The weights in float32: those that are stored so stay in the file, mapped into memory."""
    tensors = {}
    for name in tqdm(names, unit="tensor", desc=f"read {file.name}", disable=None):
        tensor = weights.get_tensor(header[name].key).float()
        if not all_finite(tensor):
            raise _wrong(file, header[name].key, "NaN or infinity", "finite values")
        tensors[name] = tensor
    return tensors


def _same(head: Tensor, embedding: Tensor) -> bool:
    return head.shape == embedding.shape and torch.equal(head.float(), embedding)


def _shape(stored: Stored | None) -> str:
    return "none" if stored is None else str(list(stored.shape))


def _wrong(file: Path, tensor: str, found: str, expected: str) -> CheckpointError:
    return CheckpointError(f"{file}: tensor {tensor}: found {found}, expected {expected}")
