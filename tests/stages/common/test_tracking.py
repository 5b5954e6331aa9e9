"""Losses that are sent to services, by their own clients. What isn't installed is left out."""

import json
import logging
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Response
from pytest_httpserver import HTTPServer

from stages.common.errors import StageError
from stages.common.tracking import INSTALL, Curve, track

SETTINGS = {"train.seed": 1, "train.launcher": "python"}
CURVE: Curve = [
    {"step": 0, "epoch": 0.0, "train_loss": None, "val_loss": 5.0},
    {"step": 5, "epoch": 0.5, "train_loss": 4.0, "val_loss": 3.0},
    {"step": 9, "epoch": 1.0, "train_loss": 2.0, "val_loss": 2.5},
]
# Run as a program, as a stage is: clients start threads and processes, and read the environment once.
SEND = """
import sys
from stages.common.tracking import track
from tests.stages.common.test_tracking import CURVE, SETTINGS
with track(sys.argv[1], "my-exp train-full", SETTINGS) as send:
    send(CURVE[:1])
    send(CURVE[:1])
    send(CURVE)
"""


def send_all(tracker: str, root: Path, folder: Path, **environment: str) -> str:
    """What sending `CURVE` prints. `folder` is home, and the current folder."""
    done = subprocess.run(
        [sys.executable, "-c", SEND, tracker],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(root), "HOME": str(folder)} | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    printed = done.stdout + done.stderr
    assert done.returncode == 0, printed
    assert "\x1b" not in printed
    assert "\r" not in printed
    return printed


def test_mlflow_gets_each_evaluation_once(tmp_path: Path, root: Path) -> None:
    mlflow = pytest.importorskip("mlflow")
    store = {"MLFLOW_TRACKING_URI": f"file://{tmp_path}/store", "MLFLOW_ALLOW_FILE_STORE": "true"}
    assert send_all("mlflow", root, tmp_path, **store).strip() == ""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in store.items():
            patch.setenv(name, value)
        client = mlflow.MlflowClient(store["MLFLOW_TRACKING_URI"])
        [run] = client.search_runs([client.get_experiment_by_name("wikitune").experiment_id])
        assert (run.info.run_name, run.info.status) == ("my-exp train-full", "FINISHED")
        assert run.data.params == {"train.seed": "1", "train.launcher": "python"}
        losses = client.get_metric_history(run.info.run_id, "val_loss")
        assert [(metric.step, metric.value) for metric in losses] == [(0, 5.0), (5, 3.0), (9, 2.5)]
        assert [metric.step for metric in client.get_metric_history(run.info.run_id, "train_loss")] == [5, 9]
    tags = {path.name for path in tmp_path.rglob("tags/*")}
    assert tags == {"mlflow.runName"}  # neither the user nor the program


def test_wandb_gets_each_evaluation_and_nothing_of_the_machine(tmp_path: Path, root: Path, own_cache: Path) -> None:
    pytest.importorskip("wandb")
    printed = send_all("wandb", root, tmp_path, WANDB_MODE="offline")
    [stored] = own_cache.glob("wandb/wandb/offline-run-*/run-*.wandb")
    content = stored.read_bytes()
    assert content.count(b"val_loss") >= len(CURVE)
    assert b"my-exp train-full" in content
    host = os.uname().nodename.encode()
    assert bytes([len(host)]) + host not in content
    assert str(root).encode() not in content  # neither code nor Git
    assert "wandb sync" in printed
    assert not list(tmp_path.glob("wandb"))


def test_trackio_gets_each_evaluation_once(tmp_path: Path, root: Path) -> None:
    pytest.importorskip("trackio")
    send_all("trackio", root, tmp_path, TRACKIO_DIR=str(tmp_path / "store"))
    with sqlite3.connect(tmp_path / "store/wikitune.db") as store:
        rows = store.execute("select run_name, step, metrics from metrics order by step").fetchall()
    assert [(name, step, json.loads(values)["val_loss"]) for name, step, values in rows] == [
        ("my-exp train-full", point["step"], point["val_loss"]) for point in CURVE
    ]


@pytest.fixture
def server(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> Iterator["MlflowServer"]:
    pytest.importorskip("mlflow")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", httpserver.url_for("").rstrip("/"))
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    yield MlflowServer(httpserver)


class MlflowServer:
    """The few requests of MLflow's protocol that a run consists of. From `fails_from` on, each one fails."""

    def __init__(self, http: HTTPServer) -> None:
        self.asked: Counter[str] = Counter()
        self.fails_from = sys.maxsize
        http.expect_request("/api/2.0/mlflow/experiments/get-by-name").respond_with_handler(self.answer)
        for what in ("create", "get", "log-batch", "update"):
            http.expect_request(f"/api/2.0/mlflow/runs/{what}").respond_with_handler(self.answer)

    def answer(self, request: Any) -> Response:
        what = request.path.rpartition("/")[2]
        self.asked[what] += 1
        if self.asked.total() >= self.fails_from:
            return Response('{"error_code": "INTERNAL_ERROR", "message": "no room"}', 400)
        info = {"run_id": "1", "run_uuid": "1", "experiment_id": "7", "status": "RUNNING", "artifact_uri": "a"}
        run: dict[str, Any] = {"run": {"info": info, "data": {}}, "run_info": info}
        experiment = {"experiment": {"experiment_id": "7", "name": "wikitune"}}
        return Response(json.dumps(experiment if what == "get-by-name" else run), content_type="application/json")


def test_only_the_run_is_sent(server: MlflowServer, httpserver: HTTPServer) -> None:
    """Guards against a client that asks or tells the server more."""
    with track("mlflow", "train-small", SETTINGS) as send:
        send(CURVE)
    assert server.asked == {"get-by-name": 1, "create": 1, "log-batch": 1 + len(CURVE), "get": 1, "update": 1}
    assert len(httpserver.log) == server.asked.total()


def test_a_server_that_fails_later_stops_no_training(server: MlflowServer, caplog: pytest.LogCaptureFixture) -> None:
    """Guards against hours of training that end with somebody else's server, and against a warning per evaluation."""
    server.fails_from = 5
    with caplog.at_level(logging.WARNING, "stages"), track("mlflow", "train-small", SETTINGS) as send:
        send(CURVE[:1])
        send(CURVE[:2])
        asked = server.asked.copy()
        send(CURVE)
    first, last = [record.getMessage() for record in caplog.records if record.name.startswith("stages")]
    assert first.startswith("mlflow gets no more of this training: ")
    assert "no room" in first
    assert last.startswith("mlflow does not know that this training has ended: ")
    assert server.asked - asked == {"get": 1}  # that is, to end the run


def test_a_server_that_fails_at_once_stops_the_stage(server: MlflowServer) -> None:
    server.fails_from = 1
    message = r"train\.tracker is mlflow, which cannot be used: .*no room"
    with pytest.raises(StageError, match=message), track("mlflow", "train-small", SETTINGS):
        pytest.fail("nothing was opened")


def test_a_training_that_fails_is_marked_and_raises(server: MlflowServer, httpserver: HTTPServer) -> None:
    """Guards against an error that the tracker swallows."""
    with pytest.raises(RuntimeError, match="out of memory"), track("mlflow", "train-small", SETTINGS):
        raise RuntimeError("out of memory")
    request, _ = httpserver.log[-1]
    assert request.get_json()["status"] == "FAILED"


@pytest.mark.parametrize("tracker", ["mlflow", "trackio", "wandb"])
def test_a_client_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch, tracker: Any) -> None:
    monkeypatch.setitem(sys.modules, tracker, None)
    with pytest.raises(StageError) as raised, track(tracker, "train-small", SETTINGS):
        pytest.fail("nothing was opened")
    assert str(raised.value) == (
        f"params.yaml: train.tracker is {tracker}, and its package is not installed; set it to none, or run: "
        f"{INSTALL[tracker]}"
    )


def test_by_default_nothing_is_loaded_or_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in INSTALL:
        monkeypatch.setitem(sys.modules, name, None)
    with track("none", "train-small", SETTINGS) as send:
        send(CURVE)
