"""The file of a GPT-2's weights, from anywhere: in a folder in the layout of transformers, or a single one.

No file is trusted. The tensors' names, shapes and types, and config.json, are checked before any weight is read, and
before torch is imported, which takes longer than all of this: a wrong file is named in a fraction of a second.
"""

import hashlib
import json
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open
from tqdm import tqdm

from model.core.checkpoint_files import CONFIG, WEIGHTS, CheckpointError, in_short, refuse_other_files
from model.core.config_file import make_config, read_settings
from model.core.gpt2_config import GPT2Config, tensor_shapes

PREFIX = "transformer"  # of the tensors' names in transformers' GPT2LMHeadModel
# Parts of a name that no GPT-2 has: torch puts them there when it compiles a module, trains it on several devices, or
# computes activations again.
_WRAPPERS = {"_orig_mod", "module", "_fsdp_wrapped_module", "_checkpoint_wrapped_module"}
HEAD = "lm_head.weight"
EMBEDDINGS = {"wte.weight": "[vocab_size, n_embd]", "wpe.weight": "[n_positions, n_embd]"}
DTYPES = {"F32": "float32", "F16": "float16", "BF16": "bfloat16"}  # accepted types, by safetensors' names
_MOST_HEADER = 100_000_000  # bytes of a safetensors header, by the format's own reader
_PICKLES = {".bin", ".pt", ".pth", ".ckpt", ".pkl"}


@dataclass(frozen=True)
class Stored:
    """A tensor as the file's header describes it."""

    key: str  # its name in the file, with any prefix
    shape: tuple[int, ...]
    dtype: str  # by safetensors' name


@dataclass(frozen=True)
class CheckedWeights:
    """A file that holds the tensors of a GPT-2. No weight has been read yet."""

    file: Path
    config: GPT2Config
    stored: dict[str, Stored]  # by GPT-2's own names
    head: Stored | None  # the output matrix, if it is stored beside the embedding

    @property
    def dtypes(self) -> list[str]:
        """The types of the stored weights, sorted; several if the file mixes them."""
        return sorted({DTYPES[tensor.dtype] for tensor in self.stored.values()})


def check_weights(path: Path, dropout: float | None = None) -> CheckedWeights:
    """Checks the weights of a folder (`model.safetensors`, and `config.json` if present) or of one .safetensors file.

    `dropout` overrides that of the config; it matters if the model is trained further. Raises CheckpointError that
    names the file and the tensor or the key, and says what was found and what was expected.
    """
    file = find_weights(path)
    refuse_other_files(file)
    settings = read_settings(file.with_name(CONFIG))
    header = _read_header(file)
    config = make_config(file.with_name(CONFIG), settings, _sizes(file, header), dropout)
    stored = _check_header(file, header, config)
    if HEAD not in header and settings.get("tie_word_embeddings") is False:
        raise mismatch(file, HEAD, "none", "the head that config.json says is not tied to wte.weight")
    return CheckedWeights(file, config, stored, header.get(HEAD))


def check_hash(file: Path, sha256: str = "") -> str:
    """The SHA-256 of a file in hex. Raises CheckpointError if it should be another; "" accepts any."""
    digest = hashlib.sha256()
    try:
        with (
            file.open("rb") as data,
            tqdm(
                total=file.stat().st_size, unit="B", unit_scale=True, desc=f"hash {file.name}", disable=None
            ) as progress,
        ):
            while block := data.read(2**20):
                digest.update(block)
                progress.update(len(block))
    except OSError as error:
        raise CheckpointError(f"{file} cannot be read: {error.strerror or error}") from error
    if sha256 not in {"", digest.hexdigest()}:
        raise CheckpointError(f"{file}: SHA-256: found {digest.hexdigest()}, expected {sha256}")
    return digest.hexdigest()


def find_weights(path: Path) -> Path:
    """The .safetensors file at `path`, or in it if `path` is a folder. Raises CheckpointError if there is none, with
    the way to convert what is there instead."""
    if not path.exists():
        raise CheckpointError(f"{path} is missing")
    if not path.is_dir():
        if path.suffix == ".safetensors":
            return path
        if path.suffix in _PICKLES:
            raise _pickle(str(path), path.parent)
        raise CheckpointError(f"{path} is neither a folder nor a .safetensors file")
    file = path / WEIGHTS
    if file.exists() or file.is_symlink():
        return file
    names = sorted(entry.name for entry in path.iterdir())
    if f"{WEIGHTS}.index.json" in names:
        raise CheckpointError(
            f"{file} is missing: the weights are in several files, which {WEIGHTS}.index.json lists, and they are read "
            f"from one. Join them, where transformers is installed: {_conversion(path)}"
        )
    if pickles := [name for name in names if Path(name).suffix in _PICKLES]:
        raise _pickle(f"{file} is missing, and {pickles[0]}", path)
    raise CheckpointError(f"{file} is missing; weights are read from one safetensors file, no other kind")


def _pickle(where: str, folder: Path) -> CheckpointError:
    return CheckpointError(
        f"{where} is a pickle of PyTorch, which can run any code when it is opened, so it never is. If you trust it, "
        f"convert it once, where transformers is installed: {_conversion(folder)}"
    )


def _conversion(folder: Path) -> str:
    """The command that writes the weights of a folder as one safetensors file beside what is there."""
    name = json.dumps(str(folder))
    code = (
        f"from transformers import AutoModelForCausalLM as M; "
        f'M.from_pretrained({name}).save_pretrained({name}, max_shard_size="100GB")'
    )
    return f"python -c {shlex.quote(code)}"


def plain_name(key: str) -> str:
    """GPT-2's own name of a tensor: without transformers' prefix and without the names of wrappers around modules."""
    parts = [part for part in key.split(".") if part not in _WRAPPERS]
    return ".".join(parts[1:] if parts[:1] == [PREFIX] else parts)


def _read_header(file: Path) -> dict[str, Stored]:
    """All tensors of the file by GPT-2's own names."""
    header: dict[str, Stored] = {}
    try:
        with safe_open(file, framework="np") as weights:
            for key in weights.keys():  # noqa: SIM118 # not a dict
                name = plain_name(key)
                if name in header:
                    raise mismatch(file, key, f"{name} twice, also as {header[name].key}", "it once")
                tensor = weights.get_slice(key)
                header[name] = Stored(key, tuple(tensor.get_shape()), tensor.get_dtype())
    except SafetensorError as error:
        reason = _explain_damage(file, str(error))
        raise CheckpointError(f"{file} is damaged: {reason}; copy or download it again") from error
    except OSError as error:
        raise CheckpointError(f"{file} cannot be read: {error.strerror or error}") from error
    return header


def _explain_damage(file: Path, reason: str) -> str:
    """What is wrong with a file that the format's own reader refuses: mostly, its end is missing.

    A file has 8 bytes with the length of its header, the header (JSON), and the tensors' bytes
    (https://huggingface.co/docs/safetensors, "Format").
    """
    size = file.stat().st_size
    with file.open("rb") as data:
        length = int.from_bytes(data.read(8), "little")
        if size <= 8:
            return f"it has {size} bytes, too few for a header"
        if data.read(1) != b"{" or length > _MOST_HEADER:
            return "it begins with no header of a safetensors file"
        if 8 + length > size:
            return f"it is cut off at {size:,} bytes, and its header alone takes {8 + length:,}"
        data.seek(8)
        text = data.read(length)
    try:
        entries = [value for key, value in json.loads(text).items() if key != "__metadata__"]
        needed = 8 + length + max(int(entry["data_offsets"][1]) for entry in entries)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return reason
    return f"it is cut off at {size:,} of {needed:,} bytes" if needed > size else reason


def _sizes(file: Path, header: dict[str, Stored]) -> dict[str, int]:
    """The sizes that the tensors' shapes imply."""
    for name, expected in EMBEDDINGS.items():
        stored = header.get(name)
        if stored is None:
            raise _missing(file, header, name, expected)
        if len(stored.shape) != 2 or not all(stored.shape):
            raise mismatch(file, stored.key, str(list(stored.shape)), expected)
    vocab_size, n_embd = header["wte.weight"].shape
    n_layer = len({layer[1] for name in header if (layer := re.match(r"h\.(\d+)\.", name))})
    n_positions = header["wpe.weight"].shape[0]
    return {"vocab_size": vocab_size, "n_positions": n_positions, "n_embd": n_embd, "n_layer": n_layer}


def _check_header(file: Path, header: dict[str, Stored], config: GPT2Config) -> dict[str, Stored]:
    """The model's tensors. Raises CheckpointError if one is missing or does not fit, or if the file holds a tensor that
    GPT-2 doesn't have."""
    expected = tensor_shapes(config)
    # Older files also store the causal mask and its value. The model doesn't need them.
    buffers = {f"h.{layer}.attn.{name}" for layer in range(config.n_layer) for name in ("bias", "masked_bias")}
    for name, shape in expected.items():
        if name not in header:
            raise _missing(file, header, name, str(list(shape)))
        stored = header[name]
        if stored.dtype not in DTYPES:
            raise mismatch(file, stored.key, stored.dtype, ", ".join(DTYPES))
        if stored.shape != shape:
            turned = stored.shape == shape[::-1] and len(shape) == 2
            hint = " (its transpose: nn.Linear stores it so, and GPT-2 input-first; transpose all linear layers)"
            raise mismatch(file, stored.key, str(list(stored.shape)), f"{list(shape)}{hint if turned else ''}")
    for name in sorted(header.keys() - expected.keys() - buffers - {HEAD}):
        raise mismatch(file, header[name].key, str(list(header[name].shape)), "no tensor of this name in a GPT-2")
    return {name: header[name] for name in expected}


def _missing(file: Path, header: dict[str, Stored], name: str, expected: str) -> CheckpointError:
    alike = [stored.key for other, stored in header.items() if other.endswith(f".{name}")]
    found = f"none, but {in_short(alike[0], 80)}, under a name that no writer of GPT-2 uses" if alike else "none"
    return mismatch(file, name, found, expected)


def mismatch(file: Path, tensor: str, found: str, expected: str) -> CheckpointError:
    """The error about one tensor of a file."""
    return CheckpointError(f"{file}: tensor {tensor}: found {found}, expected {expected}")
