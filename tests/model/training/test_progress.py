"""Who watches a run sees each evaluation."""

import copy
from pathlib import Path
from typing import Never

import pytest
import torch
from tqdm import tqdm

from model.core.gpt2 import GPT2
from model.training.loop import train
from model.training.parallel import Ranks
from model.training.progress import TrainingResult, Watch
from model.training.snapshots import Snapshots
from tests.model.training.tiny_data import CONFIG, PAD, ROWS


def test_each_evaluation_is_told_as_if_it_were_the_last(tiny: GPT2) -> None:
    """Guards against a curve that appears only when a run has ended, and against other figures than at its end."""
    told: list[TrainingResult] = []
    final = train(tiny, ROWS, ROWS, CONFIG, PAD, watch=Watch(told.append))
    assert [len(result.curve) for result in told] == [1, 2, 3]
    assert [result.steps for result in told] == [0, 3, 6]
    assert [result.tokens for result in told] == [point.tokens for point in final.curve]
    assert told[0].kept == final.curve[0]
    assert told[-1] == final


def test_a_run_that_goes_on_tells_at_once_what_was_reached(tiny: GPT2, tmp_path: Path) -> None:
    """Guards against a curve that is empty until the next evaluation, because DVC removes it before a stage runs."""

    def stop(result: TrainingResult) -> None:
        if len(result.curve) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(copy.deepcopy(tiny), ROWS, ROWS, CONFIG, PAD, Snapshots(tmp_path, 0.0), watch=Watch(stop))
    told: list[TrainingResult] = []
    final = train(tiny, ROWS, ROWS, CONFIG, PAD, Snapshots(tmp_path, 0.0), watch=Watch(told.append))
    assert [(result.steps, len(result.curve)) for result in told] == [(5, 2), (6, 3)]
    assert told[-1] == final


@pytest.mark.parametrize(("rank", "evaluations", "hidden"), [(0, 3, None), (1, 0, True)])
def test_only_the_first_of_several_processes_tells(
    tiny: GPT2, monkeypatch: pytest.MonkeyPatch, rank: int, evaluations: int, hidden: bool | None
) -> None:
    """Guards against processes of torchrun that write the same file, and draw over each other's bars."""
    monkeypatch.setattr(torch.distributed, "all_reduce", lambda tensor: None)
    monkeypatch.setattr(Ranks, "average_gradients", lambda ranks, model, forward: forward)
    told: list[TrainingResult] = []
    bars: list[dict[str, object]] = []

    def bar(**options: object) -> "tqdm[Never]":
        bars.append(options)
        return tqdm(disable=True)

    train(tiny, ROWS, ROWS, CONFIG, PAD, ranks=Ranks(rank, world=2), watch=Watch(told.append, bar))
    assert len(told) == evaluations
    assert bars == [{"total": 6, "initial": 0, "unit": "step", "desc": "train", "disable": hidden}]
