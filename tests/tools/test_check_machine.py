"""Time, memory and disk that an experiment needs, against what is there."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from huggingface_hub import constants

from tests.stages.common.local_hub import Hub
from tests.tools.conftest import verdicts
from tools.check_experiment import Workload, changed_sections, measure_workload
from tools.check_machine import check_answering_memory, check_disk, check_memory


def test_a_model_that_memory_cannot_hold(project: Path, hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against hours that end in a process that the system kills."""
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=8e9))
    monkeypatch.setattr(constants, "ENDPOINT", hub.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    large = ["base.source=huggingface", "base.model=gpt2-medium", "train.device=cpu"]
    found = verdicts(*large)
    assert found["base"] == ("ok", f"{hub.url} answers")
    assert found["memory"] == (
        "FAILS",
        "about 9.9 GB to train 354,823,168 parameters; 8.0 GB are free;\n"
        "set base.model to a smaller one, or close other programs",
    )
    assert verdicts(large[0])["memory"][0] == "ok"


def test_a_batch_of_answers_that_memory_cannot_hold(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a batch that ends `infer` after hours of training: by hand, for GPT-2 124M and prompts of 100
    tokens with 256 new ones, so 384 cached."""
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=8e9))
    each = 2 * 12 * 768 * 4 * 384 + 48 * 768 * 100 + 64 * 50257
    for rows, verdict in ((64, "ok"), (300, "FAILS")):
        sections = changed_sections(["base.source=huggingface", f"infer.batch_size={rows}"])
        finding = check_answering_memory(sections, measure_workload(sections), "cpu")
        needed = 4 * 124_439_808 + rows * each + 0.7e9
        assert finding.text.startswith(f"about {needed / 1e9:.1f} GB to decode {rows} prompts together; 8.0 GB")
        assert finding.verdict == verdict
    auto = changed_sections(["base.source=huggingface"])
    assert check_answering_memory(auto, measure_workload(auto), "cpu").text.startswith("about 3.5 GB to decode 64 ")


BILLION = Workload(pages=[], page_count=0, examples=0, full=0, small=0, parameters=1_000_000_000)


@pytest.mark.parametrize(("launcher", "gigabytes"), [("python", 26.7), ("torchrun --nproc-per-node 2", 53.4)])
def test_each_process_needs_memory_of_its_own(project: Path, launcher: str, gigabytes: float) -> None:
    """Guards against a training by several processes that is let through, and then killed: 26 bytes a parameter."""
    finding = check_memory(changed_sections([f"train.launcher='{launcher}'"]), BILLION, "cpu")
    assert finding.text.startswith(f"about {gigabytes} GB to train 1,000,000,000 parameters")


@pytest.mark.parametrize(("source", "gigabytes"), [("bundled", 56.0), ("huggingface", 60.0)])
def test_the_disk_holds_checkpoints_twice_and_snapshots(
    project: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch, source: str, gigabytes: float
) -> None:
    """Guards against a disk that is full after hours. By hand, in bytes a parameter: 3 checkpoints of 4, twice, 2
    snapshots of 16, and 4 for a download; workspace and cache are on one disk, and so one finding."""
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=57e9))
    assert project.stat().st_dev == own_cache.stat().st_dev
    [finding] = check_disk(changed_sections([f"base.source={source}"]), BILLION)
    assert finding.text.startswith(f"about {gigabytes} GB under {project}; 57.0 GB are free")
    assert finding.verdict == ("ok" if gigabytes < 57 else "FAILS")
