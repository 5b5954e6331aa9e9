from collections.abc import Callable
from pathlib import Path

import pytest

from stages.common.files import write_jsonl
from stages.common.records import Example, RawRow, Rejection, Source
from stages.reporting.example_rows import ExampleFate, read_example_fates
from tests.stages.common.test_quality_scores import quality
from tests.stages.conftest import MakeExample

GENERAL = Source(kind="general")


@pytest.fixture
def data(tmp_path: Path, make: MakeExample) -> dict[str, Example]:
    """The examples of a small run, whose files are in `tmp_path`."""
    found = {name: make(f"Name a {name}.") for name in ("color", "fruit", "metal", "river")}
    found |= {name: make(f"Spell {name}.", source=GENERAL) for name in ("cat", "dog")}
    write_jsonl(tmp_path / "curated.jsonl", [found["color"], found["fruit"], found["metal"]])
    write_jsonl(tmp_path / "splits/full/train.jsonl", [found["cat"], found["fruit"]])
    write_jsonl(tmp_path / "splits/full/test.jsonl", [found["metal"]])
    write_jsonl(tmp_path / "splits/small/train.jsonl", [found["cat"]])
    raw = RawRow(place="data/synthetic.jsonl:7", text="{")
    rejections: list[tuple[Example | RawRow, str, str]] = [
        (raw, "malformed", "not JSON"),
        (found["river"], "echo", "it repeats 'a'"),
    ]
    rejected = [Rejection(example=one, reason=reason, evidence=evidence) for one, reason, evidence in rejections]
    write_jsonl(tmp_path / "rejected.jsonl", rejected)
    spelled = Rejection(example=found["dog"], reason="too_short", evidence="short")
    write_jsonl(tmp_path / "splits/rejected/general.jsonl", [spelled])
    return found


def test_every_example_is_there_once_with_what_became_of_it(tmp_path: Path, data: dict[str, Example]) -> None:
    """Guards against examples that are lost, synthetic ones of the split that come twice, and a mixed-up side."""
    score = quality(data["fruit"].id)
    fates = read_example_fates(tmp_path, {score.id: score})
    raw = RawRow(place="data/synthetic.jsonl:7", text="{")
    assert fates.rows == (
        ExampleFate(data["color"]),
        ExampleFate(data["fruit"], side="train", score=score),
        ExampleFate(data["metal"], side="test"),
        ExampleFate(data["cat"], side="train", in_small=True),
        ExampleFate(raw, "malformed", "not JSON"),
        ExampleFate(data["river"], "echo", "it repeats 'a'"),
        ExampleFate(data["dog"], "too_short", "short"),
    )
    assert (fates.total, fates.is_sample) == (7, False)


@pytest.mark.usefixtures("data")
def test_of_too_many_a_sample_is_drawn_with_all_test_rows(tmp_path: Path, data: dict[str, Example]) -> None:
    """Guards against links of the report into nothing, a sample that changes from run to run, and one in another order
    than the files."""
    whole = read_example_fates(tmp_path, {}).rows
    fates = read_example_fates(tmp_path, {}, at_most=4)
    assert (len(fates.rows), fates.total, fates.is_sample) == (4, 7, True)
    assert [row for row in whole if row in fates.rows] == list(fates.rows)
    assert data["metal"] in [row.example for row in fates.rows]
    assert read_example_fates(tmp_path, {}, at_most=1).rows == (ExampleFate(data["metal"], side="test"),)
    assert read_example_fates(tmp_path, {}, at_most=4) == fates


def test_without_files_there_are_none(tmp_path: Path) -> None:
    fates = read_example_fates(tmp_path, {})
    assert (fates.rows, fates.total, fates.is_sample) == ((), 0, False)


@pytest.fixture
def remove(tmp_path: Path) -> Callable[[str], None]:
    return lambda name: (tmp_path / name).unlink()


@pytest.mark.usefixtures("data")
def test_no_rejections_no_error(tmp_path: Path, remove: Callable[[str], None]) -> None:
    """Guards against a report that fails where nothing was rejected: the file is then missing or empty."""
    remove("rejected.jsonl")
    (tmp_path / "splits/rejected/general.jsonl").write_text("")
    assert all(not row.reason for row in read_example_fates(tmp_path, {}).rows)
