"""Changes planted in a finished run, of every kind, each in one file, and what must be said of them."""

import json
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from stages.reporting.manifest import MANIFEST, RECORD_HASHES

Edit = Callable[[bytes, random.Random], tuple[bytes, str]]  # the changed content, and a pattern of what is said of it


@dataclass(frozen=True)
class Planted:
    path: str
    content: bytes
    said: str  # a pattern


def lines_of(content: bytes) -> list[bytes]:
    return content.splitlines(keepends=True)


def flip_a_byte(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    place = rng.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << rng.randrange(8)]) + content[place + 1 :], ""


def change_a_field(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    lines = lines_of(content)
    number = rng.randrange(len(lines))
    record = json.loads(lines[number])
    key = rng.choice(sorted(record))
    record[key] = f"{record[key]}!"
    lines[number] = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    return b"".join(lines), rf"line {number + 1}\b.*\b{key}"


def change_a_revision(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    lines = lines_of(content)
    number = rng.randrange(len(lines))
    record = json.loads(lines[number])
    record["revision_id"] += 1
    lines[number] = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    title = re.escape(record["title"])
    return b"".join(
        lines
    ), rf"line {number + 1} \(title {title}\): revision_id: expected \d+, found {record['revision_id']}"


def remove_a_line(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    lines = lines_of(content)
    number = rng.randrange(len(lines))
    # Of equal lines in a row, nobody can say which one went.
    return b"".join(lines[:number] + lines[number + 1 :]), r"line \d+.* is missing"


def repeat_a_line(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    lines = lines_of(content)
    number = rng.randrange(len(lines))
    return b"".join([*lines[: number + 1], *lines[number:]]), r"line \d+.* is new"


def swap_lines(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    lines = lines_of(content)
    first, second = sorted(rng.sample(range(len(lines)), 2))
    lines[first], lines[second] = lines[second], lines[first]
    return b"".join(lines), rf"lines {first + 1}, {second + 1} stand in another order"


def flip_a_bit_of_weights(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    start = 8 + int.from_bytes(content[:8], "little")
    place = rng.randrange(start, len(content))
    header = json.loads(content[8:start])
    header.pop("__metadata__", None)
    name = next(key for key, one in header.items() if one["data_offsets"][0] <= place - start < one["data_offsets"][1])
    changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
    return changed, rf"tensor {re.escape(name)}: 1 of [\d,]+ bytes differ"


def change_a_digit(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    text = content.decode()
    found = rng.choice(list(re.finditer(r"\d", text)))
    digit = str((int(found[0]) + 1 + rng.randrange(8)) % 10)
    return (text[: found.start()] + digit + text[found.end() :]).encode(), "expected .* found "


def change_a_parameter(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    text = content.decode()
    found = rng.choice(list(re.finditer(r"^  (\w+): (\d+)(?= *(?:#|$))", text, re.M)))
    return (text[: found.start(2)] + f"{int(found[2]) + 1}" + text[found.end() :]).encode(), rf"\.{found[1]}: expected "


def change_a_line_of_code(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    lines = lines_of(content)
    number = rng.randrange(len(lines))
    lines[number] = lines[number].rstrip(b"\n") + b"  # changed\n"
    return b"".join(lines), rf"line {number + 1}: column \d+: "


def change_a_hash(content: bytes, rng: random.Random) -> tuple[bytes, str]:
    text = content.decode()
    found = rng.choice(list(re.finditer(r'": "([0-9a-f])[0-9a-f]{63}"', text)))
    digit = "0" if found[1] != "0" else "1"
    return (text[: found.start(1)] + digit + text[found.end(1) :]).encode(), ""


def plant(paths: list[str], folder: Path, count: int, seed: int) -> list[Planted]:
    """So many changes, kind by kind in turn, each in a file of the run that is drawn."""
    rng = random.Random(seed)

    def among(pattern: str) -> list[str]:
        return [path for path in paths if re.search(pattern, path) and (folder / path).stat().st_size > 200]

    records = [path for path in among(r"^data/.*\.jsonl$") if path != RECORD_HASHES.as_posix()]
    kinds: list[tuple[Edit, list[str]]] = [
        (flip_a_byte, among(r"^(data|reports)/")),
        (change_a_field, records),
        (remove_a_line, records),
        (repeat_a_line, records),
        (swap_lines, records),
        (flip_a_bit_of_weights, among(r"\.safetensors$")),
        (change_a_digit, among(r"^reports/metrics/")),
        (change_a_digit, ["reports/index.html"]),
        (change_a_parameter, ["params.yaml"]),
        (change_a_line_of_code, among(r"^(stages|model)/.*\.py$")),
        (change_a_revision, ["data/pages.jsonl"]),
        (change_a_digit, among(r"^reports/(tables|curves|cards|report)")),
        (flip_a_byte, among(r"^reports/plots/")),
        (change_a_hash, [MANIFEST.as_posix()]),
    ]
    planted: list[Planted] = []
    while len(planted) < count:
        edit, candidates = kinds[len(planted) % len(kinds)]
        path = rng.choice(candidates)
        content, said = edit((folder / path).read_bytes(), rng)
        if content != (folder / path).read_bytes():  # lines that are swapped may be equal
            planted.append(Planted(path, content, said))
    return planted
