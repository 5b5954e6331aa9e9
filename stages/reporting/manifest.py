"""manifest.json: a hash of everything that the report rests on, as a Merkle tree. `wikitune verify` reads it.

The leaves are the SHA-256 of every file that a stage reads or writes, and the value of every parameter. A node is the
SHA-256 of its children's lines, sorted, as `sha256sum` prints them, so that the root can be computed without this code.
Below a file of JSON Lines or of weights there is one more level, in data/record_hashes.jsonl: a hash of each line or
tensor, so that a change can be named to the record.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import Any

from stages.common.errors import StageError
from stages.common.files import readable, sha256_of_file, write_json, write_jsonl
from stages.common.params import Scalar, dotted_keys
from stages.common.records import Record
from stages.common.yaml_files import read_yaml

MANIFEST = Path("reports/manifest.json")
RECORD_HASHES = Path("data/record_hashes.jsonl")
DAG = Path("dvc.yaml")
VERSIONS = Path("constraints.txt")  # of the libraries
CODE = ("stages", "model")  # folders
HEX_DIGITS = 16  # of a record's hash: it only says which record differs; the hash of the file is the proof
_REFERENCE = re.compile(r"\$\{([\w.]+)\}")  # to a parameter, in dvc.yaml


class FileHashes(Record):
    """A node of the tree: files, by path, with their SHA-256."""

    hash: str
    files: dict[str, str]


class ParameterHashes(Record):
    """The node of the parameters: their values, by dotted key."""

    hash: str
    values: dict[str, Scalar]


class Manifest(Record):
    """The tree. `root` is the hash of its nodes."""

    root: str
    code: FileHashes
    inputs: FileHashes  # files that stages read, and that none of them writes
    parameters: ParameterHashes
    stages: dict[str, FileHashes]  # what each stage writes

    def groups(self) -> dict[str, FileHashes]:
        """The nodes that have files, by name."""
        return {"code": self.code, "inputs": self.inputs} | {f"stages/{name}": one for name, one in self.stages.items()}

    def files(self) -> dict[str, str]:
        """The SHA-256 of all files, by path."""
        return {path: digest for group in self.groups().values() for path, digest in group.files.items()}


class RecordHashes(Record):
    """The level below a file: the first hex digits of the SHA-256 of each of its lines, or of each tensor (`names`)."""

    path: str
    names: tuple[str, ...]  # of the tensors; () for lines
    hashes: tuple[str, ...]


@dataclass(frozen=True)
class StageFiles:
    """What dvc.yaml says about a stage: its files and folders, with the parameters filled in."""

    deps: tuple[str, ...]
    outs: tuple[str, ...]  # and metrics
    params: tuple[str, ...]  # dotted keys, or whole sections


def write_manifest(sections: Mapping[str, Any]) -> None:
    """Hashes the run in the current folder, whose other files must all be written, and writes the two files."""
    stages = read_stages(sections)
    files = {*list_inputs(stages), *expand(out for stage in stages.values() for out in stage.outs)}
    records = (hash_records(path) for path in sorted(files - {RECORD_HASHES.as_posix()}))
    write_jsonl(RECORD_HASHES, (record for record in records if record is not None))
    write_json(MANIFEST, make_manifest(sections).model_dump())


def make_manifest(sections: Mapping[str, Any]) -> Manifest:
    """The tree over the files in the current folder as they are now, without the manifest itself."""
    stages = read_stages(sections)
    outs = {name: set(expand(stage.outs)) - {MANIFEST.as_posix()} for name, stage in stages.items()}
    values = dotted_keys(sections)
    unsigned = Manifest(
        root="",
        code=hash_files(list_code()),
        inputs=hash_files(list_inputs(stages)),
        parameters=ParameterHashes(hash=hash_values(values), values=values),
        stages={name: hash_files(paths) for name, paths in outs.items()},
    )
    return unsigned.model_copy(update={"root": hash_root(unsigned)})


def hash_root(manifest: Manifest) -> str:
    nodes = {name: group.hash for name, group in manifest.groups().items()}
    return hash_children(nodes | {"parameters": manifest.parameters.hash})


def hash_files(paths: Iterable[str]) -> FileHashes:
    files = {path: sha256_of_file(Path(path)) for path in sorted(paths)}
    return FileHashes(hash=hash_children(files), files=files)


def hash_children(children: Mapping[str, str]) -> str:
    """The hash of a node: of the lines that `sha256sum` prints about its children, sorted by name."""
    return hashlib.sha256("".join(f"{children[name]}  {name}\n" for name in sorted(children)).encode()).hexdigest()


def hash_values(values: Mapping[str, Scalar]) -> str:
    lines = (f"{key}: {json.dumps(values[key], ensure_ascii=False)}\n" for key in sorted(values))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def hash_records(path: str) -> RecordHashes | None:
    """The level below a file of JSON Lines or of weights; None for any other file."""
    if path.endswith(".jsonl"):
        with readable(Path(path)) as file:
            return RecordHashes(path=path, names=(), hashes=tuple(hash_record(line) for line in file))
    if path.endswith(".safetensors"):
        with readable(Path(path)) as weights:
            # Mapped, so that a large model needn't be in memory as a whole; an empty file can't be.
            content = mmap(weights.fileno(), 0, access=ACCESS_READ) if Path(path).stat().st_size else b""
            tensors = {name: hash_record(tensor) for name, tensor in tensors_in(content, path)}
        return RecordHashes(path=path, names=tuple(tensors), hashes=tuple(tensors.values()))
    return None


def hash_record(content: bytes | memoryview) -> str:
    return hashlib.sha256(content).hexdigest()[:HEX_DIGITS]


def tensors_in(content: bytes | mmap, path: str = "the file") -> Iterator[tuple[str, memoryview]]:
    """Each tensor's name and bytes, where the header of a safetensors file places them, sorted by name. Raises
    StageError if there is no such header."""
    try:
        start = 8 + int.from_bytes(content[:8], "little")
        if start > len(content):
            raise ValueError("the file is shorter than its header says")
        header = json.loads(content[8:start])
        places = {name: tensor["data_offsets"] for name, tensor in sorted(header.items()) if name != "__metadata__"}
        for name, (begin, end) in places.items():
            yield name, memoryview(content)[start + begin : start + end]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StageError(f"{path} has no sound header of safetensors: {error}; run `dvc repro`") from None


def read_stages(sections: Mapping[str, Any], path: Path = DAG) -> dict[str, StageFiles]:
    """The stages of dvc.yaml, in their order."""
    values = dotted_keys(sections)

    def names(stage: Mapping[str, Any], *keys: str) -> tuple[str, ...]:
        entries = [entry for key in keys for entry in stage.get(key, ())]
        return tuple(fill_in(entry if isinstance(entry, str) else next(iter(entry)), values) for entry in entries)

    return {
        name: StageFiles(names(stage, "deps"), names(stage, "outs", "metrics"), names(stage, "params"))
        for name, stage in read_yaml(path)["stages"].items()
    }


def fill_in(text: str, values: Mapping[str, Scalar]) -> str:
    """A path of dvc.yaml, with the values of the parameters that it names as `${KEY}`. Raises StageError if one isn't
    there."""

    def value(found: re.Match[str]) -> str:
        if found[1] not in values:
            raise StageError(f"{DAG} needs the parameter {found[1]}, which params.yaml lacks")
        return str(values[found[1]])

    return _REFERENCE.sub(value, text)


def list_code() -> list[str]:
    return list(expand([*CODE, VERSIONS.as_posix()]))


def list_inputs(stages: Mapping[str, StageFiles]) -> list[str]:
    """The files that stages read, and that are neither code nor written by any of them."""
    known = {*list_code(), *expand(out for stage in stages.values() for out in stage.outs)}
    return sorted({*expand(dep for stage in stages.values() for dep in stage.deps)} - known)


def expand(paths: Iterable[str]) -> Iterator[str]:
    """The files among these, and those in the folders among these, without compiled modules. What isn't there is left
    out."""
    for path in map(Path, paths):
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and "__pycache__" not in file.parts:
                yield file.as_posix()
