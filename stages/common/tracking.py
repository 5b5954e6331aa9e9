"""Sends the evaluations of a training to a service with which teams follow runs, by that service's own client.

The clients take addresses and keys from the environment, as everywhere. They are told to send the run alone: nothing
about their use, the machine or the code.
"""

import importlib
import io
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import Any, Literal

from stages.common.errors import StageError
from stages.common.files import hide_passwords, usable_cache_folder

log = logging.getLogger(__name__)

Tracker = Literal["none", "mlflow", "trackio", "wandb"]
Log = Callable[[dict[str, float], int], object]  # gets what was measured, and at which step
Close = Callable[[bool], object]  # gets whether the training has failed
Curve = Sequence[Mapping[str, Any]]  # the evaluations, each with its `step` and what was measured; None: nothing was

PROJECT = "wikitune"
QUIET = {  # what the clients read of the environment; what is set there stays as it is
    "DO_NOT_TRACK": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",  # by default it tries for minutes, in which training would stand still
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",  # seconds
    "WANDB_ERROR_REPORTING": "false",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}
ERRORS = {"mlflow": "MlflowException", "wandb": "Error"}  # what a client raises, apart from Python's own
INSTALL = {
    "mlflow": "pip install --constraint constraints.txt mlflow-skinny",
    "trackio": "pip install trackio",  # needs an older Pillow than constraints.txt has
    "wandb": "pip install --constraint constraints.txt wandb",
}


@contextmanager
def track(tracker: Tracker, name: str, settings: Mapping[str, object]) -> Iterator[Callable[[Curve], None]]:
    """Opens a run for the time of a `with` block, and yields a function that gets the curve so far each time it has
    grown, and sends what is new.

    Raises StageError if the run cannot be opened. If something cannot be sent later, there is a warning, and nothing
    more is sent: training goes on.
    """
    if tracker == "none":
        yield lambda _: None
        return
    for variable, value in QUIET.items():
        os.environ.setdefault(variable, value)
    client = _load(tracker)
    errors = (OSError, RuntimeError, ValueError, getattr(client, ERRORS.get(tracker, ""), OSError))
    try:
        log_point, close = (_open_mlflow if tracker == "mlflow" else _open_wandb)(client, name, settings)
    except errors as error:
        raise StageError(
            f"params.yaml: train.tracker is {tracker}, which cannot be used: {_reason(error)}; see docs/live-runs.md"
        ) from error
    sent, failed = 0, True

    def send(curve: Curve) -> None:
        nonlocal sent
        try:
            for point in curve[sent:]:
                log_point(
                    {key: value for key, value in point.items() if key != "step" and value is not None}, point["step"]
                )
                sent += 1
        except errors as error:
            sent = sys.maxsize
            log.warning("%s gets no more of this training: %s", tracker, _reason(error))

    try:
        yield send
        failed = False
    finally:
        try:
            close(failed)
        except errors as error:
            log.warning("%s does not know that this training has ended: %s", tracker, _reason(error))


def _load(tracker: str) -> Any:
    try:
        return importlib.import_module(tracker)
    except ImportError:
        raise StageError(
            f"params.yaml: train.tracker is {tracker}, and its package is not installed; set it to none, or run: "
            f"{INSTALL[tracker]}"
        ) from None


def _open_wandb(client: Any, name: str, settings: Mapping[str, object]) -> tuple[Log, Close]:
    """A run of Weights & Biases or of Trackio, whose clients have the same functions."""
    if client.__name__ == "trackio":
        with redirect_stdout(io.StringIO()):  # it prints advice in colours, into logs as well
            run = client.init(project=PROJECT, name=name, config=dict(settings), auto_log_cpu=False, auto_log_gpu=False)
        return run.log, lambda _: _finish_quietly(run)
    quiet = client.Settings(
        console="off",
        disable_code=True,
        disable_git=True,
        host="",
        x_disable_machine_info=True,
        x_disable_meta=True,
        x_disable_stats=True,
        x_save_requirements=False,
    )
    folder = os.environ.get("WANDB_DIR") or usable_cache_folder("wandb")  # an experiment's own folder is temporary
    run = client.init(project=PROJECT, name=name, config=dict(settings), settings=quiet, dir=folder)
    return run.log, lambda failed: run.finish(exit_code=int(failed))


def _finish_quietly(run: Any) -> None:
    with redirect_stdout(io.StringIO()):
        run.finish()


def _open_mlflow(client: Any, name: str, settings: Mapping[str, object]) -> tuple[Log, Close]:
    service = client.MlflowClient()
    experiment = service.get_experiment_by_name(PROJECT)
    number = experiment.experiment_id if experiment else service.create_experiment(PROJECT)
    run = service.create_run(number, run_name=name).info.run_id
    service.log_batch(run, params=[client.entities.Param(key, str(value)) for key, value in settings.items()])

    def log_point(values: dict[str, float], step: int) -> None:
        now = round(1000 * time.time())
        service.log_batch(run, [client.entities.Metric(key, value, now, step) for key, value in values.items()])

    return log_point, lambda failed: service.set_terminated(run, "FAILED" if failed else "FINISHED")


def _reason(error: Exception) -> str:
    return hide_passwords((str(error).strip() or type(error).__name__).splitlines()[0])
