"""A stage in a process of its own, on an engine, and how to kill it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from ruamel.yaml import YAML

from stages.engine.apart import NO_TELEMETRY, SETTINGS
from tests.conftest import ROOT


def set_engine(section: str, engine: str, address: str = "auto") -> None:
    yaml = YAML()
    params = yaml.load(Path("params.yaml"))
    params[section] |= {"engine": engine, "ray": {"address": address}}
    yaml.dump(params, Path("params.yaml"))


def run_stage(stage: str, folder: Path, **more: str) -> "subprocess.Popen[str]":
    """The stage in a process, with its steps in `folder`."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "WIKITUNE_CACHE": str(folder / "cache")} | more
    for name in NO_TELEMETRY:  # the stage itself must set them
        environment.pop(name, None)
    command = [sys.executable, "-m", f"stages.{stage}"]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def kill(process: "subprocess.Popen[str]") -> None:
    """`kill -9`, of the process alone: the others that it started must end by themselves."""
    others = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(others, timeout=20)
    for other in alive:
        with suppress(psutil.NoSuchProcess):
            other.kill()
    assert not alive, "they would go on writing into the folders of the next run"


def wait_for(condition: Callable[[], object], process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.02)


@contextmanager
def two_nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A Ray cluster of two nodes on this machine: its head, and a worker node."""
    pytest.importorskip("ray", reason="the extra `ray` is not installed")
    for name, value in (NO_TELEMETRY | SETTINGS).items():
        monkeypatch.setenv(name, value)
    from ray.cluster_utils import Cluster

    cluster: Any = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    try:
        cluster.add_node(num_cpus=1)
        yield cluster
    finally:
        cluster.shutdown()
