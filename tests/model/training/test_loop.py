import math
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from model.core.gpt2 import GPT2
from model.training.config import Keep, TrainingConfig, TrainingError
from model.training.data import LossOn, Sequence, pack
from model.training.evaluation import evaluate
from model.training.loop import _Run, train
from model.training.neftune import neftune_noise
from model.training.optimization import learning_rate_schedule
from model.training.parallel import Ranks

PAD = 49
CONFIG = TrainingConfig(epochs=2, batch_size=2, learning_rate=1e-2, evaluations=2, seed=1)
ROWS = [
    Sequence((1, 2, 3, 4, PAD), response_start=2),
    Sequence((5, 6, 7, PAD), response_start=1),
    Sequence((8, 9, 10, 11, 12, 13, PAD), response_start=4),
    Sequence((1, 2, PAD), response_start=1),
    Sequence((3, 4, 5, 6, PAD), response_start=3),
]


def token_losses(model: GPT2, row: Sequence) -> torch.Tensor:
    """Each target's loss, computed the plain way."""
    tokens = torch.tensor(row.tokens)
    with torch.no_grad():
        return F.cross_entropy(model.logits(model(tokens[None, :-1])[0]), tokens[1:], reduction="none")


def test_losses_are_weighted_by_tokens(tiny: GPT2) -> None:
    """Guards against a mean of batch means, in which a short batch's tokens weigh more."""
    singly = [token_losses(tiny, row) for row in ROWS]
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


def test_gradient_is_clipped(tiny: GPT2) -> None:
    """Guards against an option that isn't handed on; AdamW's moments show a gradient's size, its steps don't."""
    run = _Run(tiny, ROWS, ROWS, replace(CONFIG, batch_size=5, clip_norm=0.25), PAD, None, Ranks())
    run.step(ROWS)
    moments = [run.optimizer.state[parameter]["exp_avg"] for parameter in run.weights.trained.values()]
    norm = torch.nn.utils.get_total_norm(moments).item() / (1 - 0.9)
    assert norm == pytest.approx(0.25, rel=1e-4)


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


def test_neftune_adds_noise_of_the_papers_size(tiny: GPT2) -> None:
    """Guards against noise that doesn't shrink with length and width, and an option that changes nothing."""
    batch = pack(ROWS[:3], PAD, share_prefix=False)
    noise = neftune_noise(batch, tiny, alpha=5.0)
    for start, length in batch.rows.spans():
        largest = noise[start : start + length].abs().max().item()
        bound = 5.0 / math.sqrt(length * tiny.config.n_embd)
        assert 0.8 * bound < largest <= bound
    twin = GPT2(tiny.config)
    twin.load_state_dict(tiny.state_dict())
    plain = train(tiny, ROWS, ROWS, CONFIG, PAD)
    noisy = train(twin, ROWS, ROWS, replace(CONFIG, neftune=5.0), PAD)
    assert noisy.curve[0] == plain.curve[0] and noisy.curve[1] != plain.curve[1]


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


@pytest.mark.slow
def test_a_compiled_model_trains_like_a_plain_one(tiny: GPT2) -> None:
    """Guards against packed rows that torch.compile cannot follow. Needs a C++ compiler."""
    twin = GPT2(tiny.config)
    twin.load_state_dict(tiny.state_dict())
    plain = train(tiny, ROWS, ROWS, CONFIG, PAD)
    compiled = train(twin, ROWS, ROWS, replace(CONFIG, compile=True), PAD)
    assert compiled.kept.val_loss == pytest.approx(plain.kept.val_loss, abs=1e-3)
