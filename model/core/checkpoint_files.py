"""The files of a checkpoint's folder: their names, and how a file from anywhere is opened without trusting it."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

WEIGHTS = "model.safetensors"
CONFIG = "config.json"
GENERATION_CONFIG = "generation_config.json"
TOKENIZER = "tokenizer.json"
TOKENIZER_CONFIG = "tokenizer_config.json"

MOST_TEXT = 64 * 2**20  # bytes of a JSON or text file; GPT-2's largest, its tokenizer.json, has 3.6 MB
_POINTER = (
    b"version https://git-lfs.github.com/spec/"  # the first line of the file that Git LFS puts in place of another
)
# How files begin that are no safetensors file and no text.
_OTHERS = {
    b"PK\x03\x04": "a zip archive, such as a PyTorch pickle",
    b"\x80": "a pickle",
    b"GGUF": "a GGUF file of llama.cpp",
    b"\x89HDF": "an HDF5 file of TensorFlow",
    b"\x1f\x8b": "a gzip archive",
    b"<!DOCTYPE": "a web page",
    b"<!doctype": "a web page",
    b"<html": "a web page",
}


class CheckpointError(Exception):
    """A checkpoint cannot be used or written. The message names the file, says what is wrong and what to do."""


def refuse_other_files(path: Path) -> None:
    """Raises CheckpointError for a file that is missing or unreadable, and for a Git LFS pointer, a web page, a pickle
    or another kind of file under this name."""
    try:
        with path.open("rb") as file:
            start = file.read(1024)
    except FileNotFoundError:
        raise CheckpointError(f"{path} is missing") from None
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror or error}") from error
    if start.startswith(_POINTER):
        fields = dict(line.split(" ", 1) for line in start.decode(errors="replace").splitlines() if " " in line)
        size = fields.get("size", "")
        missing = f" of {int(size):,} bytes" if size.isascii() and size.isdigit() and len(size) < 20 else ""
        raise CheckpointError(
            f"{path} is only a pointer of Git LFS ({path.stat().st_size} bytes) to a file{missing}; "
            "run `git lfs pull` in its folder, or download the file itself"
        )
    is_safetensors = start[8:9] == b"{"  # whose first 8 bytes are a length, and so may be any
    for beginning, kind in _OTHERS.items():
        if start.startswith(beginning) and not is_safetensors:
            raise CheckpointError(f"{path} is {kind}, whatever its name says; download the file itself")


def read_checkpoint_text(path: Path) -> str:
    """The text of a file. Raises CheckpointError if it is another kind of file, too large, or not UTF-8."""
    refuse_other_files(path)
    try:
        if (size := path.stat().st_size) > MOST_TEXT:
            raise CheckpointError(f"{path} has {size:,} bytes, and the limit is {MOST_TEXT:,}; take the right file")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise CheckpointError(f"{path} is not UTF-8 text: {error.reason} at byte {error.start}") from None
    except OSError as error:
        raise CheckpointError(f"{path} cannot be read: {error.strerror or error}") from error


def read_json_object(path: Path) -> dict[str, Any]:
    """The JSON object in a file. Raises CheckpointError for anything else, and for a key that an object holds twice, of
    which parsers silently keep the last."""
    repeated: list[str] = []

    def to_dict(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) < len(pairs):
            repeated.extend(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        return result

    text = read_checkpoint_text(path)
    again = "copy or download it again"
    try:
        value = json.loads(text, object_pairs_hook=to_dict)
    except json.JSONDecodeError as error:
        place = f"after character {error.pos:,} of {len(text):,}"
        raise CheckpointError(f"{path} is not JSON: {error.msg} {place}; {again}") from None
    except RecursionError:
        raise CheckpointError(f"{path} is nested too deeply to be one of a model's files; {again}") from None
    except ValueError:  # Python reads no integer of more digits
        raise CheckpointError(f"{path} holds a number of more than 4,300 digits; {again}") from None
    if repeated:
        raise CheckpointError(f"{path} has the key {in_short(repeated[0])} twice; remove one of them")
    if not isinstance(value, dict):
        raise CheckpointError(f"{path} holds no JSON object but {in_short(value)}; {again}")
    return value


def in_short(value: object, most: int = 40) -> str:
    """The value as Python writes it, cut for a message."""
    try:
        text = repr(value)
    except (RecursionError, ValueError):  # nested too deeply, or an integer of more than 4,300 digits
        text = f"a {type(value).__name__} that cannot be shown"
    return text if len(text) <= most else f"{text[:most]}..."
