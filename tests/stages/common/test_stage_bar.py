"""The progress bar: which stage of how many, and what is left of the run."""

import io
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from stages.common.params import read_sections
from stages.common.rates import RunSize
from stages.common.stage_bar import STAGES, StageBar, run_size

BUNDLED_PARAMETERS = 7_498_240


@pytest.fixture
def run(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project after its stages up to `base`, with 800 training rows of `full`, on a machine without a GPU."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    (project / "data/splits/full").mkdir(parents=True)
    (project / "data/splits/full/train.jsonl").write_text("{}\n" * 800)
    (project / "reports/metrics").mkdir(parents=True)
    (project / "reports/metrics/base.json").write_text(json.dumps({"parameters": BUNDLED_PARAMETERS}))
    (project / "data/bundled/base/model.safetensors").write_bytes(b"0" * 2 * BUNDLED_PARAMETERS)
    return project


def drawn(total: int, done: int, seconds: float, postfix: str = "", columns: int = 100, **options: Any) -> str:
    """The bar when `done` of `total` steps took `seconds`, without the blocks that it is drawn of."""
    options = {
        "ncols": columns,
        "total": total,
        "unit": "step",
        "desc": "train",
        "disable": False,
        "file": io.StringIO(),
    } | options
    bar = StageBar(None, **options)
    bar.start_t -= seconds
    bar.n = done
    bar.set_postfix_str(postfix, refresh=False)
    line = str(bar)
    assert len(line) <= columns
    return re.sub(r"\|[^|]+\|", "||", line)


def test_the_stage_and_what_is_left_of_the_run(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By hand: 100 of 200 steps took 80 s, so train-full takes 160 s. At the rates, it would take
    800 * 100 / 113 * 7498240 / 124439808 = 42.66 s, train-small 21.33 s (400 rows), and infer
    3 * 100 * 256 / 173 * 7498240 / 124439808 = 26.75 s. This machine is 3.751 times slower: 80 + 3.751 * 48.08 is
    260 s."""
    monkeypatch.setenv("DVC_STAGE", "train-full")
    said = "loss 2.345, 1,234 tokens/s"
    assert drawn(200, 100, 80, said) == f"6/10 train:  50%|| 100/200 [01:20<01:20, run 4 min, {said}]"
    assert drawn(200, 100, 80, said, columns=80) == f"6/10 train:  50%|| 100/200 [<01:20, run 4 min, {said}]"
    # Of a run that continued at step 50, the same speed.
    assert "run 4 min" in drawn(200, 100, 40, said, initial=50)


def test_a_stage_that_neither_trains_nor_decodes_leaves_the_rates_as_they_are(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By hand: 20 s of its own, and 1,600 * 100 / 113 for train-full, 400 * 100 / 113 for train-small, and
    3 * 200 * 256 / 173 for infer, all three * 0.06026: 180 s."""
    monkeypatch.setenv("DVC_STAGE", "synth")
    assert drawn(100, 60, 30, desc="synth", unit="page") == (
        "2/10 synth:  60%|| 60/100 [00:30<00:20, run 3 min,  2.00page/s]"
    )
    monkeypatch.setattr(shutil, "which", lambda name: "/usr/bin/nvidia-smi")  # no rate was measured on a GPU
    assert "run" not in drawn(100, 60, 30, desc="synth")


@pytest.mark.parametrize("stage", ["judge", "plot"])
def test_where_nothing_long_follows_there_is_only_the_stage(
    run: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    monkeypatch.setenv("DVC_STAGE", stage)
    number = {"judge": 9, "plot": 10}[stage]
    assert drawn(100, 60, 30) == f"{number}/10 train:  60%|| 60/100 [00:30<00:20,  2.00step/s]"


def test_a_speed_is_not_guessed_from_the_first_moment(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DVC_STAGE", "train-full")
    assert "run" not in drawn(200, 1, 1)
    assert "run" not in drawn(200, 0, 60)


@pytest.mark.parametrize("stage", ["", "my-own-stage"])
def test_a_command_that_dvc_did_not_start_has_a_plain_bar(
    run: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    monkeypatch.setenv("DVC_STAGE", stage)
    assert drawn(200, 100, 50) == "train:  50%|| 100/200 [00:50<00:50,  2.00step/s]"


def test_a_file_that_is_missing_stops_no_stage(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a bar that ends hours of work."""
    monkeypatch.setenv("DVC_STAGE", "train-full")
    Path("params.yaml").unlink()
    assert drawn(200, 100, 80) == "6/10 train:  50%|| 100/200 [01:20<01:20,  1.25step/s]"


def test_a_pipe_gets_no_bar(run: Path) -> None:
    """Guards against control characters in logs."""
    out = io.StringIO()
    for _ in StageBar(range(100), desc="train", file=out, mininterval=0):
        pass
    assert out.getvalue() == ""


def test_the_size_of_a_run_is_what_its_stages_wrote_or_what_parameters_say(run: Path) -> None:
    sections = read_sections()
    characters = Path("data/pages.jsonl").stat().st_size
    assert run_size(sections, set(STAGES)) == RunSize(1000, 500, BUNDLED_PARAMETERS, characters)
    assert run_size(sections, set()) == RunSize(2000, 500, BUNDLED_PARAMETERS, 0)
    sections["split"]["full"] = 1200
    sections["base"] |= {"source": "huggingface", "model": "gpt2-medium"}
    assert run_size(sections, set()) == RunSize(1200, 500, 354_823_168, 0)
    sections["split"] |= {"full": "all", "synthetic": {"at_most": "all"}}
    assert run_size(sections, set()) is None


@pytest.mark.parametrize(("source", "counted"), [("scratch", 12 * 2 * 192**2 + (8192 + 512) * 192), ("path", 250_000)])
def test_the_parameters_of_other_models(run: Path, source: str, counted: int) -> None:
    sections = read_sections()
    Path("weights.safetensors").write_bytes(b"0" * 1_000_000)
    sections["base"] |= {"source": source, "path": "weights.safetensors"}
    size = run_size(sections, {"extract"})
    assert size is not None
    assert size.parameters == counted
