"""The training loop: what is kept, what is counted, and that the same inputs give the same weights."""

import copy
import math
from dataclasses import replace

import pytest
import torch

from model.core.gpt2 import GPT2
from model.training import loop
from model.training.data import LossOn
from model.training.loop import Keep, TrainingError, TrainingRun, train
from model.training.loss import MeanLosses, evaluate
from model.training.optimization import AdamW
from model.training.parallel import Ranks
from tests.model.training.tiny_data import CONFIG, PAD, ROWS


def test_training_is_the_same_to_the_byte(tiny: GPT2) -> None:
    """Guards against an order, a dropout mask or a default that does not depend on the seed alone."""
    twin = GPT2(replace(tiny.config, dropout=0.2))
    twin.load_state_dict(tiny.state_dict())
    other = GPT2(twin.config)
    other.load_state_dict(tiny.state_dict())
    torch.manual_seed(5)
    first = train(twin, ROWS, ROWS, CONFIG, PAD)
    torch.manual_seed(6)
    assert train(other, ROWS, ROWS, CONFIG, PAD) == first
    assert all(torch.equal(a, b) for a, b in zip(twin.parameters(), other.parameters(), strict=True))


def test_loss_on_response_leaves_the_prompt_unlearned(tiny: GPT2) -> None:
    """Guards against an option that changes nothing."""
    twin = GPT2(tiny.config)
    twin.load_state_dict(tiny.state_dict())
    config = replace(CONFIG, epochs=20, keep="last")
    on_all = train(tiny, ROWS, ROWS, config, PAD).kept
    on_response = train(twin, ROWS, ROWS, replace(config, loss_on="response"), PAD).kept
    assert on_response.val_response_loss < on_all.val_response_loss + 0.05
    assert on_response.val_loss > on_all.val_loss + 0.5
    assert on_response.tokens < on_all.tokens == 20 * sum(len(row.tokens) - 1 for row in ROWS)


@pytest.mark.parametrize("keep", ["best", "last"])
@pytest.mark.parametrize("loss_on", ["all", "response"])
def test_the_kept_state_is_the_one_in_the_model(tiny: GPT2, keep: Keep, loss_on: LossOn) -> None:
    """Guards against reporting the best loss and keeping the last weights, and against the loss of other tokens."""
    config = replace(CONFIG, epochs=30, learning_rate=0.2, evaluations=10, keep=keep, loss_on=loss_on)
    result = train(tiny, ROWS[:3], ROWS[3:], config, PAD)
    losses = {"all": "val_loss", "response": "val_response_loss"}
    best = min(result.curve[1:], key=lambda point: getattr(point, losses[loss_on]))
    assert result.kept == (best if keep == "best" else result.curve[-1])
    assert evaluate(tiny, ROWS[3:], PAD).all == pytest.approx(result.kept.val_loss, abs=1e-6)


@pytest.mark.parametrize(
    ("losses", "kept"),
    [
        ([1.0, 4.0, 3.0, 2.0, 5.0], 3),  # the untrained model is better than all that follow
        ([1.0, 2.0, 3.0, 4.0, 5.0], 1),  # the first evaluation
        ([9.0, 5.0, 4.0, 3.0, 2.0], 4),  # the last one
        ([9.0, 5.0, 3.0, 3.0, 4.0], 2),  # of equals the earlier one
    ],
)
def test_the_best_is_chosen_from_the_trained_states(
    tiny: GPT2, monkeypatch: pytest.MonkeyPatch, losses: list[float], kept: int
) -> None:
    """Guards against the untrained state as a candidate, and a choice that overlooks the first or the last one."""
    scripted = iter(losses)
    states: list[torch.Tensor] = []

    def evaluate_as_scripted(model: GPT2, *_: object) -> MeanLosses:
        states.append(model.wte.weight.detach().clone())
        loss = next(scripted)
        return MeanLosses(loss, loss)

    monkeypatch.setattr(loop, "evaluate", evaluate_as_scripted)
    config = replace(CONFIG, epochs=4, batch_size=5, evaluations=4)
    result = train(tiny, ROWS, ROWS, config, PAD)
    assert result.kept == result.curve[kept]
    assert torch.equal(tiny.wte.weight, states[kept])


@pytest.mark.parametrize(("patience", "evaluated"), [(1, 3), (2, 6), (3, 7), (None, 7)])
def test_patience_counts_evaluations_without_a_gain(
    tiny: GPT2, monkeypatch: pytest.MonkeyPatch, patience: int | None, evaluated: int
) -> None:
    """Guards against the untrained state as the loss to beat, and a count that is off by one."""
    scripted = iter([1.0, 5.0, 6.0, 4.0, 4.0, 5.0, 3.0])

    def evaluate_as_scripted(*_: object) -> MeanLosses:
        loss = next(scripted)
        return MeanLosses(loss, loss)

    monkeypatch.setattr(loop, "evaluate", evaluate_as_scripted)
    config = replace(CONFIG, epochs=6, batch_size=5, evaluations=6, patience=patience)
    assert len(train(tiny, ROWS, ROWS, config, PAD).curve) == evaluated


def test_curve_has_the_start_and_every_evaluation(tiny: GPT2) -> None:
    curve = train(tiny, ROWS, ROWS, CONFIG, PAD).curve
    assert [(point.step, point.epoch) for point in curve] == [(0, 0.0), (3, 1.0), (6, 2.0)]
    assert curve[0].train_loss is None
    assert curve[-1].tokens == 2 * sum(len(row.tokens) - 1 for row in ROWS)


@pytest.mark.parametrize("loss_on", ["all", "response"])
def test_the_training_loss_is_a_mean_over_tokens_since_the_evaluation_before(tiny: GPT2, loss_on: LossOn) -> None:
    """Guards against a mean of batch means, and a sum or a number of tokens that an evaluation doesn't reset. At
    learning rate 0, the mean over each epoch is the loss of the whole set."""
    still = replace(CONFIG, epochs=3, learning_rate=0.0, weight_decay=0.0, evaluations=3, loss_on=loss_on)
    curve = train(tiny, ROWS, ROWS, still, PAD).curve
    expected = curve[0].val_loss if loss_on == "all" else curve[0].val_response_loss
    assert [point.train_loss for point in curve[1:]] == pytest.approx([expected] * 3, abs=1e-5)


@pytest.mark.parametrize("neftune", [0.0, 5.0])
def test_dropout_and_noise_differ_from_step_to_step(tiny: GPT2, neftune: float) -> None:
    """Guards against the same dropout mask, or the same noise, at every step. At learning rate 0 nothing else changes
    the loss of a batch. A second run draws the same numbers."""
    model = GPT2(replace(tiny.config, dropout=0.0 if neftune else 0.3))
    model.load_state_dict(tiny.state_dict())
    still = replace(CONFIG, learning_rate=0.0, weight_decay=0.0, neftune=neftune)

    def losses(seed: int) -> list[float]:
        run = TrainingRun(model, ROWS, ROWS, replace(still, seed=seed), PAD, None, Ranks())
        for _ in range(4):
            run.step(ROWS)
        return run.read_losses()

    first = losses(1)
    assert len({*first, *losses(2), *losses(1 << 31)}) == 12  # another seed draws others, also on a CPU
    assert losses(1) == first


def test_every_rank_has_its_own_dropout(tiny: GPT2, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against ranks that drop the same values, or one rank's values of the step before."""
    seeds: list[int] = []
    monkeypatch.setattr(torch, "manual_seed", seeds.append)
    monkeypatch.setattr(torch.distributed, "all_reduce", lambda tensor: None)
    monkeypatch.setattr(Ranks, "average_gradients", lambda ranks, model, forward: forward)
    for rank in (0, 1):
        run = TrainingRun(tiny, ROWS, ROWS, CONFIG, PAD, None, Ranks(rank, world=2))
        for _ in range(3):
            run.step(ROWS)
    assert len(set(seeds)) == 6


def test_the_learning_rate_follows_the_schedule_to_the_last_step(tiny: GPT2, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a schedule for another number of steps, and a curve that shows another step's rate."""
    rates: list[float] = []
    step = AdamW.step

    def recorded(self: AdamW, parameters: object, learning_rate: float, on_device: object) -> None:
        rates.append(learning_rate)
        step(self, parameters, learning_rate, on_device)  # type: ignore[arg-type]

    monkeypatch.setattr(AdamW, "step", recorded)
    config = replace(CONFIG, epochs=5, batch_size=5, learning_rate=1.0, schedule="linear", warmup=0.2, evaluations=5)
    curve = train(tiny, ROWS, ROWS, config, PAD).curve
    assert rates == pytest.approx([1.0, 1.0, 0.775, 0.55, 0.325])
    assert [point.learning_rate for point in curve] == pytest.approx([0.0, *rates])


def norm_of_first_gradient(model: GPT2, clip_norm: float) -> float:
    """The norm of the gradient that AdamW gets in the first step. Its moments show it; its steps' size doesn't."""
    run = TrainingRun(model, ROWS, ROWS, replace(CONFIG, batch_size=5, clip_norm=clip_norm), PAD, None, Ranks())
    run.step(ROWS)
    moments = [run.optimizer.state[parameter]["exp_avg"] for parameter in run.weights.trained.values()]
    return torch.nn.utils.get_total_norm(moments).item() / (1 - 0.9)


def test_gradient_is_clipped(tiny: GPT2) -> None:
    """Guards against an option that isn't handed on, and short gradients that are scaled up to the limit."""
    assert norm_of_first_gradient(copy.deepcopy(tiny), clip_norm=0.25) == pytest.approx(0.25, rel=1e-4)
    unclipped = norm_of_first_gradient(copy.deepcopy(tiny), clip_norm=1e3)
    assert 0.25 < unclipped < 1e3
    assert norm_of_first_gradient(copy.deepcopy(tiny), clip_norm=1e6) == unclipped


def test_micro_batches_change_nothing_but_rounding(tiny: GPT2) -> None:
    """Guards against a mean of micro-batch means: each piece counts by its supervised tokens."""
    twin = GPT2(tiny.config)
    twin.load_state_dict(tiny.state_dict())
    config = replace(CONFIG, batch_size=5, learning_rate=1e-3)
    whole = train(tiny, ROWS, ROWS, config, PAD)
    pieces = train(twin, ROWS, ROWS, replace(config, micro_batch_size=2), PAD)
    assert [point.val_loss for point in pieces.curve] == pytest.approx(
        [point.val_loss for point in whole.curve], abs=1e-5
    )
    assert pieces.tokens == whole.tokens


def test_bfloat16_trains_like_float32(tiny: GPT2) -> None:
    """Guards against updates that are lost because they are too small for bfloat16."""
    twin = GPT2(tiny.config)
    twin.load_state_dict(tiny.state_dict())
    config = replace(CONFIG, epochs=20, learning_rate=2e-3)
    exact = train(tiny, ROWS, ROWS, config, PAD)
    mixed = train(twin, ROWS, ROWS, replace(config, precision="bfloat16"), PAD)
    assert exact.kept.val_loss < exact.curve[0].val_loss - 0.3
    assert mixed.kept.val_loss == pytest.approx(exact.kept.val_loss, abs=0.03)
    assert all(parameter.dtype == torch.float32 for parameter in twin.parameters())


def test_patience_ends_a_run_that_gets_worse(tiny: GPT2) -> None:
    config = replace(CONFIG, epochs=60, learning_rate=0.05, evaluations=30, patience=3)
    result = train(tiny, ROWS[:3], ROWS[3:], config, PAD)
    losses = [point.val_loss for point in result.curve[1:]]
    assert len(losses) < 30
    assert losses.index(min(losses)) == len(losses) - 4
    assert result.kept.val_loss == min(losses)


def test_nothing_to_train_or_validate_on_is_an_error(tiny: GPT2) -> None:
    """Guards against a loss of 0.0 or NaN computed from no data."""
    with pytest.raises(TrainingError, match="0 training and 5 validation sequences: need at least one each"):
        train(tiny, [], ROWS, CONFIG, PAD)
    with pytest.raises(TrainingError, match="5 training and 0 validation"):
        train(tiny, ROWS, [], CONFIG, PAD)


def test_a_loss_that_is_not_finite_stops_training(tiny: GPT2) -> None:
    """Guards against NaN that is kept as a result, from the start or because the learning rate is far too high."""
    twin = GPT2(tiny.config)
    with torch.no_grad():
        twin.wte.weight[1] = math.nan
    with pytest.raises(TrainingError, match="the validation loss is nan: lower the learning rate"):
        train(twin, ROWS, ROWS, CONFIG, PAD)
    with pytest.raises(TrainingError, match=r"the (gradient|loss|validation loss) is (nan|inf)"):
        train(tiny, ROWS, ROWS, replace(CONFIG, epochs=20, learning_rate=1e30, schedule="constant"), PAD)


@pytest.mark.slow
def test_a_compiled_model_trains_like_a_plain_one(tiny: GPT2) -> None:
    """Guards against packed rows that torch.compile cannot follow. Needs a C++ compiler."""
    twin = GPT2(tiny.config)
    twin.load_state_dict(tiny.state_dict())
    plain = train(tiny, ROWS, ROWS, CONFIG, PAD)
    compiled = train(twin, ROWS, ROWS, replace(CONFIG, compile=True), PAD)
    assert compiled.kept.val_loss == pytest.approx(plain.kept.val_loss, abs=1e-3)
