"""`wikitune verify` on a finished run: whatever is changed is found and named, even if the manifest is changed too."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stages.common.errors import StageError
from stages.common.params import read_sections
from stages.reporting.manifest import make_manifest, write_manifest
from tests.pipeline.conftest import Workspace
from tests.pipeline.planted import Planted, plant
from tools.verify_hashes import compare_hashes, read_manifest

CHANGES = 100


@contextmanager
def changed(folder: Path, planted: Planted) -> Iterator[None]:
    path = folder / planted.path
    before = path.read_bytes()
    path.write_bytes(planted.content)
    try:
        yield
    finally:
        path.write_bytes(before)


def breaches() -> list[str]:
    """What is said about the run in the current folder, by its hashes."""
    try:
        return [str(one) for one in compare_hashes(read_manifest(), make_manifest(read_sections()))]
    except StageError as error:  # a manifest or parameters that can't be read
        return [str(error)]


def test_every_planted_change_is_found_and_named(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a file, a parameter or a record that no hash covers, and a change that is put down to another."""
    monkeypatch.chdir(workspace.folder)
    assert breaches() == []
    planted = plant(sorted(read_manifest().files()), workspace.folder, CHANGES, seed=1)
    assert len(planted) == CHANGES
    for one in planted:
        with changed(workspace.folder, one):
            said = breaches()
        assert said, one.path
        assert {text.partition(":")[0] for text in said} == {one.path}, said
        assert re.search(one.said, said[0]), (one.said, said)
    assert breaches() == []


def test_records_are_named_without_the_original(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against names that depend on what Git and DVC's cache happen to have: the hashes of records are there."""
    monkeypatch.chdir(workspace.folder)
    shutil.rmtree(".dvc/cache")
    lines = Path("data/answers.jsonl").read_bytes().splitlines(keepends=True)
    row = json.loads(lines[2])["id"]
    for content, said in (
        (
            b"".join([*lines[:2], lines[2].replace(b'"base"', b'"Base"'), *lines[3:]]),
            rf"line 3 \(id {row}\) has changed",
        ),
        (b"".join([*lines[:2], *lines[3:]]), "line 3 is missing"),
        (b"".join([*lines[:3], *lines[2:]]), rf"line 4 \(id {row}\) is new and repeats line 3"),
        (b"".join([lines[1], lines[0], *lines[2:]]), "lines 1, 2 stand in another order"),
    ):
        with changed(workspace.folder, Planted("data/answers.jsonl", content, "")):
            assert [bool(re.fullmatch(f"data/answers.jsonl: {said}", text)) for text in breaches()] == [True], said
    weights = Path("data/checkpoints/full/model.safetensors")
    content = weights.read_bytes()
    with changed(workspace.folder, Planted(weights.as_posix(), content[:-1] + bytes([content[-1] ^ 1]), "")):
        assert [bool(re.fullmatch(rf"{weights}: tensor \S+ differs", text)) for text in breaches()] == [True]


def test_a_file_that_is_gone_and_one_that_is_new(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(workspace.folder)
    Path("data/rejected.jsonl").unlink()
    Path("data/checkpoints/full/notes.txt").write_text("x")
    assert sorted(breaches()) == [
        "data/checkpoints/full/notes.txt: is new: no stage of this run read or wrote it",
        "data/rejected.jsonl: is missing",
    ]


def forge(change: Callable[[], None]) -> None:
    """Changes the run, and makes its manifest fit."""
    change()
    write_manifest(read_sections())
    Path("dvc.lock").unlink(missing_ok=True)  # which has the manifest's own hash


def rewrite(path: str, old: str, new: str) -> Callable[[], None]:
    def change() -> None:
        text = Path(path).read_text(encoding="utf-8")
        assert re.search(old, text), old
        Path(path).write_text(re.sub(old, new, text, count=1), encoding="utf-8", newline="\n")

    return change


FORGED = [
    (
        "reports/metrics/judge.json",
        r'"total": \d+\.\d+',
        '"total": 14.5',
        r"models\.base\.total: expected [\d.]+, found 14.5",
    ),
    ("data/pages.jsonl", r'"revision_id":\d+', '"revision_id":77', "line 1 .*revision_id: expected 1, found 77"),
    ("data/judgments.jsonl", r'"winner":"\w+"', '"winner":"tie" ', "line 1 .*"),
    ("reports/report.md", r"\d+\.\d%", "99.9%", "line [0-9]+: column [0-9]+: expected .*, found .*99.9"),
    ("reports/metrics/train_full.json", r'"val_loss": \d', '"val_loss": 9', "recorded 9[0-9.]+, measured"),
    ("reports/metrics/infer.json", r'"stopped": \d+', '"stopped": 999', "base.stopped: expected [0-9]+, found 999"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("path", "old", "new", "said"), FORGED, ids=[one[0] for one in FORGED])
def test_a_manifest_that_fits_the_change_helps_nobody(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, path: str, old: str, new: str, said: str
) -> None:
    """Guards against a proof that rests on the manifest alone: the figures are computed again."""
    monkeypatch.chdir(workspace.folder)
    forge(rewrite(path, old, new))
    printed = workspace.run("python", "-m", "tools.cli", "verify", fails=True)
    named = re.findall(r"^BROKEN  (\S+?): (.*)", printed, re.M)
    assert {name for name, _ in named} == {path}, printed
    assert re.search(said, named[0][1]), printed


def test_a_run_verifies_itself(workspace: Workspace) -> None:
    """Guards against a stage that writes other bytes when run again, and against losses and answers that differ."""
    printed = workspace.run("python", "-m", "tools.cli", "verify", "--answers", "2", "--retrain", "1", "--seed", "1")
    assert "recomputed      extract, synth, curate, split, judge, plot: the same bytes" in printed
    assert "losses          16 of 16 exactly as recorded" in printed
    assert "2 of 8 rows (--seed 1): 0 answers differ" in printed
    assert "training of full, from base to the checkpoint: the same bytes" in printed or "of small" in printed
    assert printed.rstrip().endswith("Nothing is broken.")
