import math
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
import torch

from model.dataset import LossOn, Sequence, collate
from model.gpt2 import GPT2
from model.training import Keep, TrainingConfig, TrainingError, evaluate, learning_rate_schedule, token_losses, train

PAD = 49
CONFIG = TrainingConfig(epochs=2, batch_size=2, learning_rate=1e-2, evaluations=2, seed=1)
ROWS = [
    Sequence((1, 2, 3, 4, PAD), response_start=2),
    Sequence((5, 6, 7, PAD), response_start=1),
    Sequence((8, 9, 10, 11, 12, 13, PAD), response_start=4),
    Sequence((1, 2, PAD), response_start=1),
    Sequence((3, 4, 5, 6, PAD), response_start=3),
]


def test_losses_are_weighted_by_tokens(tiny: GPT2) -> None:
    """Guards against a mean of batch means, in which a short batch's tokens weigh more."""
    singly = [token_losses(tiny, collate([row], PAD)) for row in ROWS]
    expected = torch.cat(singly).mean().item()
    expected_response = torch.cat([losses[row.response_start - 1 :] for losses, row in zip(singly, ROWS, strict=True)])
    for batch_size in (1, 2, 5):
        losses = evaluate(tiny, ROWS, PAD, batch_size)
        assert losses.all == pytest.approx(expected, abs=1e-6)
        assert losses.response == pytest.approx(expected_response.mean().item(), abs=1e-6)


def test_training_is_the_same_to_the_byte(tiny: GPT2) -> None:
    """Guards against an order, a dropout or a default that the seed doesn't reach."""
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


def test_curve_has_the_start_and_every_evaluation(tiny: GPT2) -> None:
    curve = train(tiny, ROWS, ROWS, CONFIG, PAD).curve
    assert [(point.step, point.epoch) for point in curve] == [(0, 0.0), (3, 1.0), (6, 2.0)]
    assert curve[0].train_loss is None
    assert curve[-1].tokens == 2 * sum(len(row.tokens) - 1 for row in ROWS)


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [("constant", [1.0, 1.0]), ("linear", [0.55, 0.1]), ("cosine", [0.55, 0.1])],
)
def test_learning_rate_warms_up_and_falls(schedule: str, expected: list[float]) -> None:
    """Guards against a first step at rate 0 and a schedule that never reaches its end."""
    config = TrainingConfig(epochs=1, batch_size=1, learning_rate=1.0, warmup=0.2, schedule=schedule)  # type: ignore[arg-type]
    rate = learning_rate_schedule(config, steps=100)
    assert [rate(0), rate(9), rate(19), rate(20)] == pytest.approx([0.05, 0.5, 1.0, 1.0])
    assert [rate(60), rate(100)] == pytest.approx(expected)


def test_gradient_is_clipped(tiny: GPT2, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against an option that isn't handed on."""
    seen: list[float] = []
    clip: Callable[..., torch.Tensor] = torch.nn.utils.clip_grad_norm_

    def recorded(parameters: Iterable[torch.Tensor], norm: float) -> torch.Tensor:
        seen.append(norm)
        return clip(parameters, norm)

    monkeypatch.setattr(torch.nn.utils, "clip_grad_norm_", recorded)
    train(tiny, ROWS, ROWS, replace(CONFIG, clip_norm=0.25), PAD)
    assert seen == [0.25] * 6


def test_nothing_to_train_or_validate_on_is_an_error(tiny: GPT2) -> None:
    """Guards against a loss of 0.0 or NaN that comes from no data at all."""
    with pytest.raises(TrainingError, match="0 training and 5 validation sequences: need at least one each"):
        train(tiny, [], ROWS, CONFIG, PAD)
    with pytest.raises(TrainingError, match="5 training and 0 validation"):
        train(tiny, ROWS, [], CONFIG, PAD)


def test_a_loss_that_is_no_number_stops_training(tiny: GPT2) -> None:
    """Guards against NaN that is kept as a result, from the start on or by a rate that is far too high."""
    twin = GPT2(tiny.config)
    with torch.no_grad():
        twin.wte.weight[1] = math.nan
    with pytest.raises(TrainingError, match="the validation loss is nan: lower the learning rate"):
        train(twin, ROWS, ROWS, CONFIG, PAD)
    with pytest.raises(TrainingError, match=r"the (gradient|loss|validation loss) is (nan|inf)"):
        train(tiny, ROWS, ROWS, replace(CONFIG, epochs=20, learning_rate=1e30, schedule="constant"), PAD)
