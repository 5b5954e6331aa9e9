"""The padded step, compared with the packed one; and what a graph of it demands. No GPU is needed."""

import copy
import math
from dataclasses import replace
from typing import Any

import pytest
import torch

from model.core.gpt2 import GPT2
from model.training import step as step_module
from model.training.data import LossOn, TokenSequence
from model.training.graphs import Graphs
from model.training.loop import TrainingConfig, TrainingError, TrainingRun, train, train_on_batches
from model.training.optimization import PRECISIONS, AdamW, MasterWeights
from model.training.parallel import Ranks
from model.training.step import COMPILE_FROM, PaddedStep, compiles, make_graphs
from tests.model.training.recording import RecordedGraphs, Recording, tensors_in
from tests.model.training.tiny_data import CONFIG, PAD, ROWS

CPU = torch.device("cpu")
CUDA = torch.device("cuda")
PADDED = replace(CONFIG, layout="padded")


def gradient_and_losses(model: GPT2, config: TrainingConfig) -> tuple[dict[str, torch.Tensor], list[float]]:
    """The gradient that AdamW gets in the first step, and the losses of six steps."""
    run = TrainingRun(copy.deepcopy(model), ROWS, ROWS, config, PAD, None, Ranks())
    run.step(ROWS[:2])
    moments = {name: run.optimizer.state[weight]["exp_avg"] / 0.1 for name, weight in run.weights.trained.items()}
    for batch in (ROWS[2:4], ROWS[4:], ROWS[:2], ROWS[2:4], ROWS[4:]):
        run.step(batch)
    return moments, run.read_losses()


@pytest.mark.parametrize("loss_on", ["all", "response"])
@pytest.mark.parametrize("changes", [{}, {"clip_norm": 0.25}, {"micro_batch_size": 1}, {"lora_rank": 2}])
def test_padded_steps_are_packed_ones(tiny: GPT2, loss_on: LossOn, changes: dict[str, Any]) -> None:
    """Guards against padding that is learned from, rows that see it, a mean over another number of targets, and a
    gradient that is clipped otherwise; over several steps, so that the weights count."""
    config = replace(CONFIG, learning_rate=1e-3, loss_on=loss_on, layout="packed", **changes)
    expected, expected_losses = gradient_and_losses(tiny, config)
    found, losses = gradient_and_losses(tiny, replace(config, layout="padded"))
    for name, gradient in expected.items():
        torch.testing.assert_close(found[name], gradient, atol=1e-5, rtol=1e-4, msg=name)
    assert losses == pytest.approx(expected_losses, abs=2e-5)
    assert len(losses) == 6


def test_padded_bfloat16_trains_like_float32(tiny: GPT2) -> None:
    """Guards against losses that are computed or summed in bfloat16, and updates too small for it that are lost."""
    config = replace(PADDED, epochs=20, learning_rate=2e-3)
    twin = copy.deepcopy(tiny)
    exact = train(tiny, ROWS, ROWS, config, PAD)
    mixed = train(twin, ROWS, ROWS, replace(config, precision="bfloat16"), PAD)
    assert exact.kept.val_loss < exact.curve[0].val_loss - 0.3
    assert mixed.kept.val_loss == pytest.approx(exact.kept.val_loss, abs=0.02)


def test_a_padded_run_is_a_packed_one_but_for_rounding(tiny: GPT2) -> None:
    """Guards against evaluations, tokens or a curve that another layout changes."""
    twin = copy.deepcopy(tiny)
    packed = train(tiny, ROWS, ROWS, replace(CONFIG, learning_rate=1e-3), PAD)
    padded = train(twin, ROWS, ROWS, replace(PADDED, learning_rate=1e-3), PAD)
    assert (padded.steps, padded.tokens) == (packed.steps, packed.tokens)
    for ours, theirs in zip(padded.curve, packed.curve, strict=True):
        assert ours.val_loss == pytest.approx(theirs.val_loss, abs=1e-4)
        assert ours.val_response_loss == pytest.approx(theirs.val_response_loss, abs=1e-4)
        assert ours.train_loss == pytest.approx(theirs.train_loss, abs=1e-4)


@pytest.mark.parametrize("changes", [{}, {"neftune": 5.0}])
def test_a_padded_run_is_the_same_to_the_byte(tiny: GPT2, changes: dict[str, Any]) -> None:
    """Guards against an order or noise that does not depend on the seed alone."""
    twin = copy.deepcopy(tiny)
    torch.manual_seed(5)
    first = train(tiny, ROWS, ROWS, replace(PADDED, **changes), PAD)
    torch.manual_seed(6)
    assert train(twin, ROWS, ROWS, replace(PADDED, **changes), PAD) == first
    assert all(torch.equal(a, b) for a, b in zip(tiny.parameters(), twin.parameters(), strict=True))


@pytest.mark.parametrize("changes", [{}, {"precision": "bfloat16"}, {"lora_rank": 2}])
def test_a_run_with_graphs_is_one_without(tiny: GPT2, changes: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a rate, a number of targets or a batch that a graph repeats, results in memory of its own, a step
    that is left out or done twice where it is captured, and state that a capture would create. Evaluations have graphs
    as well. The bytes must be the same."""
    twin, config = copy.deepcopy(tiny), replace(PADDED, epochs=4, evaluations=4, **changes)
    plain = train(tiny, ROWS, ROWS, config, PAD)
    recorder = RecordedGraphs()
    monkeypatch.setattr("model.training.loop.make_graphs", lambda *_: Graphs(CPU, recorder))
    assert train(twin, ROWS, ROWS, config, PAD) == plain
    assert all(torch.equal(a, b) for a, b in zip(tiny.parameters(), twin.parameters(), strict=True))
    assert recorder.captures == 2  # one shape of steps, one of evaluations
    assert recorder.replays == 3 * 3 + 4  # the first epoch has only three steps, too few for a graph


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_step_is_the_same_operations_whatever_the_values(tiny: GPT2, precision: Any) -> None:
    """Guards against what no graph can hold: a value that is read (`.item()`), a number of rows that depends on values,
    assignment through an index, which waits for the device, and a random number."""
    weights = MasterWeights(tiny, PRECISIONS[precision])
    config = replace(PADDED, clip_norm=0.5)
    step = PaddedStep(weights, AdamW(0.1), weights.working.hidden, config, PAD, Ranks(), Graphs(CPU))
    found = []
    for rows, rate in ((ROWS[:2], 1e-3), (ROWS[:2], 1e-3), (ROWS[2:4], 0.0), (ROWS[4:], 1.0)):
        with Recording() as recording:
            step.run(rows, sum(row.supervised("all") for row in rows), rate)
        calls = [
            (str(operation), tensors_in([arguments, keywords])) for operation, arguments, keywords, _ in recording.calls
        ]
        found.append([(name, [tensor.shape for tensor in tensors]) for name, tensors in calls])
    assert found[1] == found[2] == found[3]  # the first one also creates the optimizer's state
    assert len(found[1]) > 100
    waiting = ("_local_scalar_dense", "nonzero", "index_put", "masked_select", "rand", "bernoulli", "dropout")
    assert [name for name, _ in found[1] if any(word in name for word in waiting)] == []


def test_losses_are_read_together_and_in_order(tiny: GPT2) -> None:
    """Guards against steps that wait for their loss, and a loss that is counted for another step."""
    run = TrainingRun(tiny, ROWS, ROWS, PADDED, PAD, None, Ranks())
    assert run.updates.read_every > 1
    for batch in (ROWS[:2], ROWS[2:4], ROWS[4:]):
        run.step(batch)
    assert run.progress.loss_tokens == 0
    twin = copy.deepcopy(tiny)
    losses = run.read_losses()
    assert len(losses) == 3 and run.read_losses() == []
    assert run.progress.loss_tokens == sum(row.supervised("all") for row in ROWS)
    assert all(torch.equal(a, b) for a, b in zip(tiny.parameters(), twin.parameters(), strict=True))


def state_of(run: TrainingRun) -> list[torch.Tensor]:
    """Copies of the weights, of the working copy and of the optimizer's state."""
    moments = [run.optimizer.state[weight] for weight in run.weights.trained.values()]
    tensors = [*run.model.parameters(), *run.weights.working.parameters(), *[v for m in moments for v in m.values()]]
    return [tensor.detach().clone() for tensor in tensors]


def test_batches_in_order_have_all_their_losses(tiny: GPT2) -> None:
    """Guards against losses that are still unread when the batches end."""
    batches = [ROWS[:2], ROWS[2:4], ROWS[4:]] * 6
    config = replace(CONFIG, learning_rate=1e-3)
    expected = list(train_on_batches(copy.deepcopy(tiny), batches, config, PAD))
    found = list(train_on_batches(copy.deepcopy(tiny), batches, replace(config, layout="padded"), PAD))
    assert len(expected) == 18
    assert found == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize("layout", ["packed", "padded"])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("broken", ["loss", "gradient"])
def test_a_step_that_is_not_finite_is_named_and_changes_nothing(
    tiny: GPT2, layout: Any, precision: Any, broken: str
) -> None:
    """Guards against NaN in weights that are evaluated or kept before it is noticed, and against the number of the step
    at which it was noticed."""
    run = TrainingRun(tiny, ROWS, ROWS, replace(CONFIG, layout=layout, precision=precision), PAD, None, Ranks())
    updates: Any = run.updates
    intact = updates.hidden

    def break_it(*arguments: Any) -> torch.Tensor:
        hidden: torch.Tensor = intact(*arguments)
        if broken == "loss":
            return hidden * math.nan
        hidden.register_hook(lambda gradient: gradient * math.inf)  # type: ignore[no-untyped-call]
        return hidden

    run.step(ROWS[:2])
    before = state_of(run)
    updates.hidden = break_it
    run.step(ROWS[2:4])
    updates.hidden = intact
    assert all(torch.equal(a, b) for a, b in zip(before, state_of(run), strict=True))
    run.step(ROWS[4:])
    after = state_of(run)
    assert all(tensor.isfinite().all() for tensor in after)
    assert not all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
    with pytest.raises(TrainingError, match=rf"the {broken} is \S+ at step 2: lower the learning rate \(0.01\)"):
        run.read_losses()


def test_a_run_that_diverges_stops_before_its_next_evaluation(tiny: GPT2) -> None:
    with pytest.raises(TrainingError, match=r"the (gradient|loss|validation loss) is (nan|inf)"):
        train(tiny, ROWS, ROWS, replace(PADDED, epochs=20, learning_rate=1e30, schedule="constant"), PAD)


@pytest.mark.parametrize(
    ("layout", "device", "padded"),
    [
        ("auto", CPU, False),
        ("packed", CPU, False),
        ("padded", CPU, True),
        ("packed", CUDA, False),
        ("auto", CUDA, True),
    ],
)
def test_rows_are_padded_on_a_gpu(
    tiny: GPT2, layout: Any, device: torch.device, padded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step_module, "CudaCapture", RecordedGraphs)
    graphs = make_graphs(tiny, replace(CONFIG, layout=layout), Ranks(), device)
    assert (graphs is not None) == padded
    if graphs is not None:
        assert (graphs.capture is not None) == (device == CUDA)


def test_random_numbers_and_several_processes_have_no_graph(tiny: GPT2, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a graph that repeats its dropout, and one that would have to hold the sum over processes."""
    monkeypatch.setattr(step_module, "CudaCapture", RecordedGraphs)
    dropping = GPT2(replace(tiny.config, dropout=0.1))
    for model, config, ranks in (
        (dropping, CONFIG, Ranks()),
        (tiny, replace(CONFIG, neftune=5.0), Ranks()),
        (tiny, CONFIG, Ranks(0, world=2)),
    ):
        graphs = make_graphs(model, config, ranks, CUDA)
        assert graphs is not None and graphs.capture is None


@pytest.mark.parametrize(
    ("chosen", "device", "tokens", "expected"),
    [
        ("auto", CUDA, COMPILE_FROM, True),
        ("auto", CUDA, COMPILE_FROM - 1, False),
        ("auto", CPU, COMPILE_FROM, False),
        (True, CPU, 10, True),
        (False, CUDA, COMPILE_FROM, False),
    ],
)
def test_auto_compiles_where_it_pays(chosen: Any, device: torch.device, tokens: int, expected: bool) -> None:
    """Guards against a minute of compiling before a run of seconds, and any on a CPU. Each epoch counts."""
    rows = [TokenSequence(tuple(range(10)))] * (tokens // 10) + [TokenSequence(tuple(range(tokens % 10)))]
    assert compiles(replace(CONFIG, compile=chosen, epochs=1), device, rows) == expected
    if chosen == "auto" and device == CUDA:
        assert compiles(replace(CONFIG, compile=chosen, epochs=2), device, rows)


@pytest.mark.slow
def test_a_compiled_padded_step_is_a_plain_one(tiny: GPT2) -> None:
    """Guards against padded rows that torch.compile cannot follow. Needs a C++ compiler."""
    twin = copy.deepcopy(tiny)
    plain = train(tiny, ROWS, ROWS, PADDED, PAD)
    compiled = train(twin, ROWS, ROWS, replace(PADDED, compile=True), PAD)
    assert compiled.kept.val_loss == pytest.approx(plain.kept.val_loss, abs=1e-3)
