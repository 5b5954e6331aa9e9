"""What is said of two versions of a file."""

import json
import struct

import pytest

from stages.reporting.manifest import RecordHashes, hash_record
from tools.differences import SHOWN, describe_by_hashes, describe_differences


def records(*values: object) -> bytes:
    return b"".join(json.dumps(value).encode() + b"\n" for value in values)


ROW = {"id": "a", "scores": {"full": 7}, "models": ["full", "base"]}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (records(ROW | {"scores": {"full": 8}}), ["line 1 (id a): scores.full: expected 7, found 8"]),
        (records(ROW | {"scores": {"full": 7.0}}), ["line 1 (id a): scores.full: expected 7, found 7.0"]),
        (records(ROW | {"new": 1}), ['line 1 (id a): new: expected "(nothing)", found 1']),
        (records(ROW).replace(b"7", b"}"), ["line 1 (id a): is no longer JSON: "]),
        (records(ROW).replace(b": 7", b":  7"), ["line 1 (id a): the same values in other bytes: column "]),
        (records(ROW, ROW), ["line 2 (id a) is new and repeats line 1"]),
        (b"", ["line 1 (id a) is missing"]),
    ],
)
def test_a_record_is_named_with_its_field(found: bytes, said: list[str]) -> None:
    described = describe_differences("data/x.jsonl", records(ROW), found)
    assert len(described) == len(said)
    assert all(text.startswith(start) for text, start in zip(described, said, strict=True)), described


def test_one_line_that_is_gone_is_one_difference() -> None:
    """Guards against a file in which every line after a missing one counts as changed."""
    rows = [{"id": str(number)} for number in range(50)]
    said = describe_differences("x.jsonl", records(*rows), records(*rows[:20], *rows[21:]))
    assert said == ["line 21 (id 20) is missing"]
    said = describe_differences("x.jsonl", records(*rows), records(*rows[:3], rows[4], rows[3], *rows[5:]))
    assert said == ["lines 4, 5 stand in another order"]


def test_many_differences_are_counted() -> None:
    before, after = ([{"id": str(number), "value": value} for number in range(30)] for value in (1, 2))
    said = describe_differences("x.jsonl", records(*before), records(*after))
    assert (len(said), said[-1]) == (SHOWN + 1, "and 25 more")


def test_figures_lines_and_bytes() -> None:
    said = describe_differences("m.json", b'{"full": {"mean": 7.5}}', b'{"full": {"mean": 7.6}}')
    assert said == ["full.mean: expected 7.5, found 7.6"]
    said = describe_differences("r.html", b"<p>\n<b>62.0%</b>\n", b"<p>\n<b>72.0%</b>\n")
    assert said == ["line 2: column 4: expected '<b>62.0%</b>', found '<b>72.0%</b>'"]
    assert describe_differences("p.png", b"\x89PNG\xff", b"\x89PNG\xfe") == ["byte 5: expected 0xff, found 0xfe"]
    assert describe_differences("p.png", b"\x89PNG", b"\x89P") == ["expected 4 bytes, found 2; they part at byte 3"]


def weights(**tensors: bytes) -> bytes:
    header, body = {}, b""
    for name, content in tensors.items():
        header[name] = {"data_offsets": [len(body), len(body) + len(content)]}
        body += content
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def test_tensors_are_named_with_and_without_the_original() -> None:
    before, after = weights(wte=b"abcd", ln_f=b"efgh"), weights(wte=b"abcd", ln_f=b"eFgH")
    assert describe_differences("m.safetensors", before, after) == ["tensor ln_f: 2 of 4 bytes differ, the first at 2"]
    known = RecordHashes(
        path="m.safetensors", names=("ln_f", "wte"), hashes=tuple(map(hash_record, (b"efgh", b"abcd")))
    )
    assert describe_by_hashes(known, after) == ["tensor ln_f differs"]
    assert describe_by_hashes(known, before) == ["another header"]
    assert "no sound header" in describe_by_hashes(known, b"")[0]


def test_lines_are_named_by_their_hashes() -> None:
    lines = records({"id": "a"}, {"id": "b"}, {"id": "c"}).splitlines(keepends=True)
    known = RecordHashes(path="x.jsonl", names=(), hashes=tuple(map(hash_record, lines)))
    assert describe_by_hashes(known, b"".join([lines[0], records({"id": "B"}), lines[2]])) == [
        "line 2 (id B) has changed"
    ]
    assert describe_by_hashes(known, b"".join(lines[:2])) == ["line 3 is missing"]
    assert describe_by_hashes(known, b"".join([*lines, lines[0]])) == ["line 4 (id a) is new and repeats line 1"]
