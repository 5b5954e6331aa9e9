"""Compares a run with its manifest, hash by hash, and names what has changed."""

import hashlib
import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from stages.common.errors import StageError
from stages.common.files import describe, iter_jsonl, read_text
from stages.common.params import PARAMS
from stages.common.yaml_files import read_yaml
from stages.reporting.manifest import (
    MANIFEST,
    RECORD_HASHES,
    Manifest,
    RecordHashes,
    hash_children,
    hash_root,
    hash_values,
)
from tools.differences import describe_by_hashes, describe_differences, show

LOCK = Path("dvc.lock")
CACHE = Path(".dvc/cache/files/md5")


@dataclass(frozen=True)
class Breach:
    """Something that is not as it should be: a file or a parameter, and what is wrong with it."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


def read_manifest() -> Manifest:
    """Raises StageError if there is none, or if it isn't one."""
    try:
        return Manifest.model_validate_json(read_text(MANIFEST))
    except ValidationError as error:
        raise StageError(f"{MANIFEST}: {describe(error)}; it is not as `plot` writes it") from None


def compare_hashes(manifest: Manifest, now: Manifest) -> list[Breach]:
    """What has changed since the manifest was written, the manifest included. `now` is the tree over the files as they
    are."""
    sound, breaches = restore_manifest(manifest, now)
    return [*breaches, *_changed_parameters(sound, now), *_changed_files(sound, now)]


def restore_manifest(manifest: Manifest, now: Manifest) -> tuple[Manifest, list[Breach]]:
    """The manifest without what was edited in it, as far as its own hashes show that, and what was edited."""
    place, breaches, groups = MANIFEST.as_posix(), [], {}
    actual = now.groups()
    for name, group in manifest.groups().items():
        groups[name] = group
        if hash_children(group.files) == group.hash:
            continue
        if name in actual and actual[name].hash == group.hash:
            groups[name] = actual[name]
            before, after = actual[name].files, group.files
            edited = [path for path in {**before, **after} if before.get(path) != after.get(path)]
            breaches += [Breach(place, f"{name}: the entry of {path} was edited; the file is sound") for path in edited]
        else:
            breaches.append(Breach(place, f"{name}: its hash and its entries don't belong together"))
    parameters = manifest.parameters
    if hash_values(parameters.values) != parameters.hash:
        breaches.append(Breach(place, "parameters: their hash and their values don't belong together"))
        parameters = now.parameters if now.parameters.hash == parameters.hash else parameters
    stages = {name: groups[f"stages/{name}"] for name in manifest.stages}
    sound = Manifest(
        root=manifest.root, code=groups["code"], inputs=groups["inputs"], parameters=parameters, stages=stages
    )
    if hash_root(sound) != manifest.root:
        breaches.append(Breach(place, "root: it isn't the hash of the nodes"))
    if not breaches:
        content = MANIFEST.read_bytes()
        text = json.dumps(manifest.model_dump(), indent=2, ensure_ascii=False) + "\n"
        if content.decode() != text:
            breaches.append(Breach(place, "; ".join(describe_differences(place, text.encode(), content))))
        digest = locked_digests().get(place) if LOCK.exists() else None
        if digest not in (None, hashlib.md5(content, usedforsecurity=False).hexdigest()):
            breaches.append(Breach(place, f"is not the one that {LOCK} names, though its hashes belong together"))
    return sound, breaches


def _changed_parameters(expected: Manifest, now: Manifest) -> Iterator[Breach]:
    before, after = expected.parameters.values, now.parameters.values
    for key in {**before, **after}:
        old, new = before.get(key, "(nothing)"), after.get(key, "(nothing)")
        if (old, type(old)) != (new, type(new)):
            yield Breach(PARAMS.as_posix(), f"{key}: expected {show(old)}, found {show(new)}")


def _changed_files(expected: Manifest, now: Manifest) -> Iterator[Breach]:
    before, after = expected.files(), now.files()
    records: dict[str, RecordHashes] | None = None
    for path in {**before, **after}:
        if path not in after:
            yield Breach(path, "is missing")
        elif path not in before:
            yield Breach(path, "is new: no stage of this run read or wrote it")
        elif before[path] != after[path]:
            records = _read_record_hashes(expected) if records is None else records
            for text in explain_change(path, before[path], records):
                yield Breach(path, text)


def explain_change(path: str, sha256: str, records: Mapping[str, RecordHashes]) -> list[str]:
    """What differs between a file and the one with this hash, as exactly as what is at hand allows: the original if
    Git or DVC's cache still has it, else the hashes of its records."""
    found = Path(path).read_bytes()
    original = find_original(path, sha256)
    if original is not None:
        return describe_differences(path, original, found)
    if path in records:
        return describe_by_hashes(records[path], found)
    return [f"has changed: its SHA-256 is not {sha256[:16]}..., and neither Git nor DVC's cache has the original"]


def _read_record_hashes(expected: Manifest) -> dict[str, RecordHashes]:
    """The hashes of records by path; none if their file isn't the one of the manifest."""
    path = RECORD_HASHES.as_posix()
    try:
        known = _has_hash(RECORD_HASHES.read_bytes(), expected.files().get(path, ""))
        return {record.path: record for record in iter_jsonl(RECORD_HASHES, RecordHashes)} if known else {}
    except OSError:
        return {}


def find_original(path: str, sha256: str) -> bytes | None:
    """The file with this hash, from the last commit or from DVC's cache; None if neither has it. It doesn't matter who
    could change these: the hash decides."""
    candidates = (_of_last_commit(path), _in_cache(path))
    return next((content for content in candidates if content is not None and _has_hash(content, sha256)), None)


def _has_hash(content: bytes, sha256: str) -> bool:
    return hashlib.sha256(content).hexdigest() == sha256


def _of_last_commit(path: str) -> bytes | None:
    try:
        done = subprocess.run(["git", "show", f"HEAD:./{path}"], capture_output=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _in_cache(path: str) -> bytes | None:
    """What DVC's cache has under the MD5 that dvc.lock gives for a file, or for a file in a folder."""
    try:
        digests = locked_digests()
        folder = next((one for one in Path(path).parents if one.as_posix() in digests), None)
        if path not in digests and folder is None:
            return None
        if path in digests:
            digest = digests[path]
        else:
            assert folder is not None
            listed = json.loads(_cached(digests[folder.as_posix()]).read_bytes())
            name = Path(path).relative_to(folder).as_posix()
            digest = next(entry["md5"] for entry in listed if entry["relpath"] == name)
        return _cached(digest).read_bytes()
    except (OSError, ValueError, KeyError, TypeError, StopIteration, StageError):
        return None


def _cached(digest: str) -> Path:
    return CACHE / digest[:2] / digest[2:]


def locked_digests() -> dict[str, str]:
    """The MD5 of each output by path, as dvc.lock has it."""
    stages: Mapping[str, Any] = read_yaml(LOCK)["stages"]
    return {out["path"]: out["md5"] for stage in stages.values() for out in stage.get("outs", ()) if "md5" in out}
