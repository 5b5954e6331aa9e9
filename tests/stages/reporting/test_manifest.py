"""The manifest: a tree of hashes that anyone can compute, over everything that a stage reads or writes."""

import hashlib
import json
import struct
import subprocess
from pathlib import Path

import pytest

from stages.common.errors import StageError
from stages.common.params import read_sections
from stages.reporting.manifest import (
    MANIFEST,
    RECORD_HASHES,
    Manifest,
    fill_in,
    hash_record,
    make_manifest,
    read_stages,
    tensors_in,
    write_manifest,
)
from tests.conftest import ROOT

DAG = """
stages:
  extract: {cmd: a, deps: ["${extract.path}", stages/a.py], outs: [data/pages.jsonl], params: [extract.path]}
  plot: {cmd: b, deps: [data/pages.jsonl], params: [extract], outs: [reports/plots: {cache: false},
         data/record_hashes.jsonl, reports/manifest.json: {cache: false}]}
"""
SECTIONS = {"extract": {"path": "data/bundled/in.txt", "drop": ["See also"]}}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    files = {
        "dvc.yaml": DAG,
        "constraints.txt": "torch==1\n",
        "stages/a.py": "x = 1\n",
        "stages/__pycache__/a.pyc": "compiled",
        "model/b.py": "",
        "data/bundled/in.txt": "in\n",
        "data/pages.jsonl": '{"title":"Tide"}\n{"title":"Moon"}\n',
        "reports/plots/a.svg": "<svg/>\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def sha256sum(paths: list[str]) -> str:
    return subprocess.run(["sha256sum", *paths], capture_output=True, check=True, text=True).stdout


def test_the_root_is_what_sha256sum_makes_of_the_files(folder: Path) -> None:
    """Guards against a root that only this code can compute."""
    write_manifest(SECTIONS)
    manifest = Manifest.model_validate_json(MANIFEST.read_text())
    groups = {
        "code": ["constraints.txt", "model/b.py", "stages/a.py"],
        "inputs": ["data/bundled/in.txt"],
        "stages/extract": ["data/pages.jsonl"],
        "stages/plot": ["data/record_hashes.jsonl", "reports/plots/a.svg"],
    }
    nodes = {name: hashlib.sha256(sha256sum(paths).encode()).hexdigest() for name, paths in groups.items()}
    values = 'extract.drop: "[\\"See also\\"]"\nextract.path: "data/bundled/in.txt"\n'
    nodes["parameters"] = hashlib.sha256(values.encode()).hexdigest()
    text = "".join(f"{nodes[name]}  {name}\n" for name in sorted(nodes))
    assert manifest.root == hashlib.sha256(text.encode()).hexdigest()
    assert make_manifest(SECTIONS) == manifest  # and it doesn't depend on itself


def test_records_have_hashes_of_their_own(folder: Path) -> None:
    write_manifest(SECTIONS)
    lines = [json.loads(line) for line in RECORD_HASHES.read_text().splitlines()]
    hashes = [hash_record(b'{"title":"Tide"}\n'), hash_record(b'{"title":"Moon"}\n')]
    assert lines == [{"path": "data/pages.jsonl", "names": [], "hashes": hashes}]


def test_tensors_are_where_the_header_says() -> None:
    header = json.dumps({"b": {"data_offsets": [0, 2]}, "a": {"data_offsets": [2, 5]}, "__metadata__": {}}).encode()
    content = struct.pack("<Q", len(header)) + header + b"bbaaa"
    assert [(name, bytes(tensor)) for name, tensor in tensors_in(content)] == [("a", b"aaa"), ("b", b"bb")]
    for broken in (b"", b"\xff" * 8 + b"{}", struct.pack("<Q", 2) + b"[]", struct.pack("<Q", 9) + b'{"a": {}}'):
        with pytest.raises(StageError, match="has no sound header of safetensors"):
            list(tensors_in(broken))


def test_plot_depends_on_whatever_the_manifest_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a manifest that `dvc repro` doesn't write anew: a new output or input of any stage must also be a
    dependency of `plot`."""
    monkeypatch.chdir(ROOT)
    stages = read_stages(read_sections())
    plot = stages.pop("plot")
    hashed = {path for stage in stages.values() for path in (*stage.deps, *stage.outs)} | {"constraints.txt"}
    known = {Path(dep) for dep in plot.deps}
    assert not {path for path in hashed if not known & {Path(path), *Path(path).parents}}


def test_paths_of_dvc_yaml_take_their_parameters() -> None:
    assert fill_in("${extract.path}/x", {"extract.path": "data"}) == "data/x"
    with pytest.raises(StageError, match="needs the parameter extract"):
        fill_in("${extract.path}/x", {})
