"""Graphs: which shapes are captured, and what a run reads and writes. No GPU is needed: what captures is passed in."""

import torch
from torch import Tensor

from model.training.graphs import USES, Graphs
from tests.model.training.recording import RecordedGraphs

CPU = torch.device("cpu")


def sizes(*lengths: int) -> list[torch.Size]:
    return [torch.Size((length,)) for length in lengths]


def test_a_shape_that_comes_often_is_captured_at_its_second_run() -> None:
    """Guards against a capture without a run before it, a run that is lost while capturing, and stale inputs."""
    recorder = RecordedGraphs()
    graphs = Graphs(CPU, recorder)
    graphs.expect("copy", sizes(*[2] * USES))
    total = torch.zeros(2)

    def add(values: Tensor) -> None:
        total.add_(values)

    for number in range(USES):
        graphs.run("copy", torch.full((2,), number + 1.0), add)
        assert recorder.captures == min(number, 1)
        assert total.tolist() == [sum(range(number + 2))] * 2
    assert recorder.replays == USES - 1


def test_a_rare_shape_is_never_captured() -> None:
    """Guards against captures that take longer than what they save, and counts that mix up shapes or functions."""
    recorder = RecordedGraphs()
    graphs = Graphs(CPU, recorder)
    graphs.expect("one", sizes(*[2] * (USES - 1), *[3] * USES))
    graphs.expect("other", sizes(2, 2))
    for _ in range(USES + 1):
        graphs.run("one", torch.zeros(2), lambda values: None)
        graphs.run("other", torch.zeros(2), lambda values: None)
    assert recorder.captures == 0
    graphs.expect("one", sizes(2))  # with those of an earlier epoch there are enough now
    graphs.run("one", torch.zeros(2), lambda values: None)
    assert recorder.captures == 1


def test_inputs_stay_where_they_are() -> None:
    """Guards against a graph that reads memory which by then belongs to something else."""
    places: dict[int, set[int]] = {2: set(), 3: set()}
    graphs = Graphs(CPU)

    def note(values: Tensor) -> None:
        places[len(values)].add(values.data_ptr())

    for number in range(4):
        for length in places:
            graphs.run("note", torch.full((length,), float(number)), note)
    assert [len(found) for found in places.values()] == [1, 1]
    assert places[2] != places[3]


def test_without_capture_every_run_is_direct() -> None:
    graphs, calls = Graphs(CPU), list[int]()
    graphs.expect("count", sizes(*[1] * 9))
    for _ in range(9):
        graphs.run("count", torch.zeros(1), lambda values: calls.append(len(values)))
    assert calls == [1] * 9
