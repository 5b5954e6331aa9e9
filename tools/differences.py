"""Says what differs between a file as it should be and as it is: the record and field, the key, line or tensor."""

import json
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice
from pathlib import Path
from typing import Any

from stages.common.errors import StageError
from stages.reporting.manifest import RecordHashes, hash_record, tensors_in

SHOWN = 5  # differences of one file; the others are counted
AROUND = 30  # characters shown on either side of the place where two texts part
LONGEST = 3000  # lines that are aligned; in longer stretches lines are compared by their numbers
WHOLE_FILE = "other bytes, which no record, line or tensor explains"

Pair = tuple[int | None, int | None]  # positions of an expected and a found line; None where one has no counterpart


def describe_differences(path: str, expected: bytes, found: bytes) -> list[str]:
    """What differs, at most `SHOWN` things and a count of the rest. `path` says what kind of file it is."""
    suffix = Path(path).suffix
    if suffix == ".jsonl":
        lines = _differing_records(expected.splitlines(keepends=True), found.splitlines(keepends=True))
    elif suffix == ".json":
        lines = iter(_json_differences(expected, found))
    elif suffix == ".safetensors":
        lines = _differing_tensors(expected, found)
    else:
        lines = _differing_lines(expected, found)
    return first_few(lines) or [WHOLE_FILE]


def describe_by_hashes(known: RecordHashes, found: bytes) -> list[str]:
    """The same where only the hashes of the expected lines or tensors are known."""
    if known.names:
        try:
            tensors = {name: hash_record(content) for name, content in tensors_in(found)}
        except StageError as error:
            return [str(error)]
        expected = dict(zip(known.names, known.hashes, strict=True))
        names = [name for name in {**expected, **tensors} if expected.get(name) != tensors.get(name)]
        return first_few(f"tensor {name} differs" for name in names) or ["another header"]
    lines = found.splitlines(keepends=True)
    return first_few(_by_hashes(known.hashes, lines)) or [WHOLE_FILE]


def first_few(lines: Iterator[str]) -> list[str]:
    shown = list(islice(lines, SHOWN))
    more = sum(1 for _ in lines)
    return shown + ([f"and {more:,} more"] if more else [])


def _by_hashes(expected: Sequence[str], lines: Sequence[bytes]) -> Iterator[str]:
    found = [hash_record(line) for line in lines]
    if moved := _moved(expected, found):
        yield moved
        return
    for before, after in align(expected, found):
        if after is None:
            yield f"line {_number(before)} is missing"
        elif before is None:
            yield f"line {_number(after)}{_name(lines[after])} is new{_repeats(found, after)}"
        else:
            yield f"line {_number(after)}{_name(lines[after])} has changed"


def _differing_records(expected: Sequence[bytes], found: Sequence[bytes]) -> Iterator[str]:
    before_hashes, after_hashes = ([hash_record(line) for line in lines] for lines in (expected, found))
    if moved := _moved(before_hashes, after_hashes):
        yield moved
        return
    for before, after in align(before_hashes, after_hashes):
        if after is None:
            yield f"line {_number(before)}{_name(expected[before or 0])} is missing"
        elif before is None:
            yield f"line {_number(after)}{_name(found[after])} is new{_repeats(after_hashes, after)}"
        else:
            for text in _json_differences(expected[before], found[after]):
                yield f"line {_number(after)}{_name(expected[before])}: {text}"


def align(expected: Sequence[str], found: Sequence[str]) -> Iterator[Pair]:
    """The positions where two lists of hashes differ, as pairs."""
    start = 0
    while start < min(len(expected), len(found)) and expected[start] == found[start]:
        start += 1
    end = 0
    while end < min(len(expected), len(found)) - start and expected[-1 - end] == found[-1 - end]:
        end += 1
    before, after = expected[start : len(expected) - end], found[start : len(found) - end]
    if len(before) == len(after) or max(len(before), len(after)) > LONGEST:
        for place in range(max(len(before), len(after))):
            pair = (place < len(before), place < len(after))
            if pair != (True, True) or before[place] != after[place]:
                yield tuple(start + place if there else None for there in pair)  # type: ignore[misc] # of two
        return
    for tag, i, i_end, j, j_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag != "equal":
            for place in range(max(i_end - i, j_end - j)):
                yield (
                    start + i + place if i + place < i_end else None,
                    start + j + place if j + place < j_end else None,
                )


def _moved(expected: Sequence[str], found: Sequence[str]) -> str:
    """Which lines stand in another order; "" if that isn't all that differs."""
    if len(expected) != len(found) or sorted(expected) != sorted(found):
        return ""
    places = [place + 1 for place, pair in enumerate(zip(expected, found, strict=True)) if len(set(pair)) > 1]
    if not places:
        return ""
    listed = ", ".join(map(str, places[:SHOWN])) + (f" and {len(places) - SHOWN} more" if len(places) > SHOWN else "")
    return f"lines {listed} stand in another order"


def _repeats(hashes: Sequence[str], place: int) -> str:
    others = [other for other, digest in enumerate(hashes) if digest == hashes[place] and other != place]
    return f" and repeats line {others[0] + 1}" if others else ""


def _number(place: int | None) -> int:
    return (place or 0) + 1


def _name(line: bytes) -> str:
    """The id or the title of the record, in brackets; "" if it has none."""
    try:
        record = json.loads(line)
    except ValueError:
        return ""
    record = record.get("example", record) if isinstance(record, dict) else {}
    for key in ("id", "title", "place"):
        if isinstance(record, dict) and isinstance(record.get(key), str):
            return f" ({key} {record[key][:60]})"
    return ""


def _json_differences(expected: bytes, found: bytes) -> list[str]:
    """Key by key; by column where all values are the same."""
    before = flatten(json.loads(expected))
    try:
        after = flatten(json.loads(found))
    except ValueError as error:
        return [f"is no longer JSON: {error}"]
    lines = [
        f"{key or 'value'}: expected {show(before.get(key, '(nothing)'))}, found {show(after.get(key, '(nothing)'))}"
        for key in {**before, **after}
        if before.get(key, ...) != after.get(key, ...) or type(before[key]) is not type(after[key])
    ]
    return lines or [f"the same values in other bytes: {_parting(_text(expected), _text(found))}"]


def flatten(value: Any, name: str = "") -> dict[str, Any]:
    """The single values of nested JSON by dotted key."""
    if isinstance(value, dict | list) and value:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        inner = [flatten(part, f"{name}.{key}" if name else str(key)) for key, part in items]
        return {key: part for parts in inner for key, part in parts.items()}
    return {name: value}


def show(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 2 * AROUND + 20 else f"{text[: 2 * AROUND + 17]}..."


def _differing_tensors(expected: bytes, found: bytes) -> Iterator[str]:
    import numpy as np

    try:
        after = dict(tensors_in(found))
    except StageError as error:
        yield str(error)
        return
    before = dict(tensors_in(expected))
    for name in {**before, **after}:
        first, second = before.get(name), after.get(name)
        if first is None or second is None:
            yield f"tensor {name} is {'new' if first is None else 'missing'}"
        elif first != second:
            length = min(len(first), len(second))
            places = np.nonzero(np.frombuffer(first[:length], np.uint8) != np.frombuffer(second[:length], np.uint8))[0]
            at = f", the first at {places[0] + 1:,}" if len(places) else ""
            yield f"tensor {name}: {len(places):,} of {len(first):,} bytes differ{at}"


def _differing_lines(expected: bytes, found: bytes) -> Iterator[str]:
    try:
        before, after = expected.decode("utf-8"), found.decode("utf-8")
    except UnicodeDecodeError:
        yield _differing_bytes(expected, found)
        return
    first, second = (text.split("\n") for text in (before, after))
    for old, new in align(first, second):
        if new is None:
            yield f"line {_number(old)} is missing: {show(first[old or 0])}"
        elif old is None:
            yield f"line {_number(new)} is new: {show(second[new])}"
        else:
            yield f"line {_number(new)}: {_parting(first[old], second[new])}"


def _parting(expected: str, found: str) -> str:
    """The column where two texts part, and what stands around it."""
    ends = min(len(expected), len(found))
    column = next((place for place in range(ends) if expected[place] != found[place]), ends)
    around = slice(max(0, column - AROUND), column + AROUND)
    return f"column {column + 1}: expected {expected[around]!r}, found {found[around]!r}"


def _differing_bytes(expected: bytes, found: bytes) -> str:
    ends = min(len(expected), len(found))
    place = next((place for place in range(ends) if expected[place] != found[place]), ends)
    if len(expected) != len(found):
        return f"expected {len(expected):,} bytes, found {len(found):,}; they part at byte {place + 1:,}"
    return f"byte {place + 1:,}: expected {expected[place]:#04x}, found {found[place]:#04x}"


def _text(content: bytes) -> str:
    return content.decode("utf-8", "backslashreplace")
