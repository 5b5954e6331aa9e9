"""DPO: the loss against values worked out by hand, its gradient, and what training on pairs does."""

import copy
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from model.core.gpt2 import GPT2
from model.training.data import TokenSequence, pack
from model.training.loop import TrainingConfig, train
from model.training.preferences import (
    PreferencePair,
    flatten_pairs,
    make_pair,
    pair_log_probabilities,
    preference_fit,
    preference_losses,
    response_log_probabilities,
    with_reference,
)
from model.training.snapshots import Snapshots
from tests.model.training.tiny_data import PAD, ROWS

PAIRS = [
    make_pair(TokenSequence((1, 2, 3, 4, PAD), 2), TokenSequence((1, 2, 9, PAD), 2)),
    make_pair(TokenSequence((5, 6, 7, PAD), 1), TokenSequence((5, 8, 8, 8, 8, PAD), 1)),
    make_pair(TokenSequence((3, 4, 5, 6, PAD), 3), TokenSequence((3, 4, 5, PAD), 3)),
    make_pair(TokenSequence((1, 2, PAD), 2), TokenSequence((1, 2, 30, 31, PAD), 2)),
]
CONFIG = TrainingConfig(
    epochs=20, batch_size=2, learning_rate=5e-3, keep="last", evaluations=2, preference_beta=0.1, seed=1
)


def margins(model: GPT2) -> list[float]:
    return [chosen - rejected for chosen, rejected in pair_log_probabilities(model, PAIRS, PAD)]


def prepared(model: GPT2) -> list[PreferencePair]:
    return with_reference(PAIRS, list(pair_log_probabilities(model, PAIRS, PAD)))


def slow_log_probability(model: GPT2, sequence: TokenSequence) -> torch.Tensor:
    """Token by token, each with a forward pass of its own."""
    total = torch.zeros(())
    for place in range(sequence.response_start, len(sequence.tokens)):
        hidden = model(torch.tensor([sequence.tokens[:place]]))
        total = total + torch.log_softmax(model.logits(hidden[0, -1]), 0)[sequence.tokens[place]]
    return total


def test_the_loss_is_that_of_the_paper() -> None:
    """Guards against a sign, a lost beta, and margins in bits. By hand: 1 / (1 + e^-x) for x = 0.1 * (5 - 2) is
    0.574443, of which the negative logarithm is 0.554355."""
    losses = preference_losses(torch.tensor([5.0, 2.0, -8.0]), torch.tensor([2.0, 2.0, 2.0]), beta=0.1)
    assert losses.tolist() == pytest.approx([0.554355, math.log(2), math.log(1 + math.e)], abs=1e-6)


def test_the_loss_is_that_of_trl() -> None:
    """TRL (`DPOTrainer`, loss_type "sigmoid") has the same in other words: the log-ratio of the model minus that of the
    reference, with label smoothing 0."""
    chosen, rejected, reference_chosen, reference_rejected = torch.randn(4, 7, generator=_generator(3)) * 9
    logits = (chosen - rejected) - (reference_chosen - reference_rejected)
    theirs = -F.logsigmoid(0.3 * logits) * (1 - 0.0) - F.logsigmoid(-0.3 * logits) * 0.0
    ours = preference_losses(chosen - rejected, reference_chosen - reference_rejected, beta=0.3)
    assert torch.allclose(ours, theirs)


def test_the_gradient_is_that_of_the_paper() -> None:
    """Equation 7 of the paper's section 4: beta * sigmoid(-beta * margin), towards the better answer and away from the
    worse one."""
    chosen, rejected = (torch.tensor([value], requires_grad=True) for value in (-3.0, -7.0))
    preference_losses(chosen - rejected, torch.tensor([1.0]), beta=0.5).sum().backward()  # type: ignore[no-untyped-call]
    expected = 0.5 / (1 + math.exp(0.5 * (4 - 1)))
    assert chosen.grad is not None and rejected.grad is not None
    assert [chosen.grad.item(), rejected.grad.item()] == pytest.approx([-expected, expected])


def test_log_probabilities_are_of_the_responses_alone(tiny: GPT2) -> None:
    """Guards against prompts that count, the end of an answer that doesn't, and rows taken for one another where they
    share a prefix."""
    rows = flatten_pairs(PAIRS)
    for chosen in ([*rows], rows[:1], [rows[0], rows[4]]):
        batch = pack(chosen, PAD)
        found = response_log_probabilities(tiny, tiny.hidden(batch.packed.tokens, batch.packed), batch, len(chosen))
        slow = torch.stack([slow_log_probability(tiny, row) for row in chosen])
        assert torch.allclose(found, slow, atol=1e-4)
    pairs = list(pair_log_probabilities(tiny, PAIRS * 3, PAD))  # more than one batch
    assert pairs[9] == pytest.approx([slow_log_probability(tiny, row).item() for row in (rows[1], rows[5])], abs=1e-4)


def test_one_step_moves_the_weights_as_autograd_says(tiny: GPT2) -> None:
    """Guards against a batch whose gradient is a sum, not the mean over its pairs, and against another reference."""
    pairs = prepared(tiny)
    twin = copy.deepcopy(tiny)
    loss = torch.stack(
        [
            preference_losses(
                slow_log_probability(twin, pair) - slow_log_probability(twin, pair.rejected),
                torch.tensor(pair.reference_margin),
                0.1,
            )
            for pair in pairs
        ]
    ).mean()
    loss.backward()  # type: ignore[no-untyped-call]
    gradients = [weight.grad for weight in twin.parameters()]
    before = [weight.detach().clone() for weight in tiny.parameters()]
    config = replace(CONFIG, epochs=1, batch_size=4, evaluations=1, learning_rate=1e-3, weight_decay=0.0, warmup=0.0)
    result = train(tiny, pairs, ROWS, config, PAD)
    assert loss.item() == pytest.approx(math.log(2), abs=1e-6)  # the model is still its own reference
    assert result.curve[-1].train_loss == pytest.approx(math.log(2), abs=1e-6)
    for weight, old, gradient in zip(tiny.parameters(), before, gradients, strict=True):
        assert gradient is not None
        moved = gradient.abs() > 1e-6  # Adam's first step is the sign of the gradient
        assert torch.equal((old - weight).sign()[moved], gradient.sign()[moved])


@pytest.mark.parametrize("micro_batch_size", [None, 1])
def test_training_prefers_the_better_answers(tiny: GPT2, micro_batch_size: int | None) -> None:
    """The effect: the margins grow, in every pair, and the loss falls below that of not knowing."""
    before = list(pair_log_probabilities(tiny, PAIRS, PAD))
    result = train(tiny, prepared(tiny), ROWS, replace(CONFIG, micro_batch_size=micro_batch_size), PAD)
    after = list(pair_log_probabilities(tiny, PAIRS, PAD))
    assert all(new[0] - new[1] > old[0] - old[1] + 1 for old, new in zip(before, after, strict=True))
    fit = preference_fit(before, after, 0.1)
    assert fit.accuracy == 1 and fit.loss < 0.5 < math.log(2) and fit.reward_margin > 0.1
    assert fit.reward_margin == pytest.approx(0.1 * (fit.chosen_change - fit.rejected_change))
    assert result.curve[-1].train_loss is not None and result.curve[-1].train_loss < 0.6
    assert result.tokens == 20 * len(PAIRS)


def test_a_higher_beta_holds_the_model_nearer_to_its_reference(tiny: GPT2) -> None:
    """Guards against a beta without effect."""
    changes = {}
    for beta in (0.1, 5.0):
        model = copy.deepcopy(tiny)
        train(model, prepared(model), ROWS, replace(CONFIG, epochs=60, preference_beta=beta), PAD)
        changes[beta] = sum(margins(model)) - sum(margins(tiny))
    assert 0 < changes[5.0] < changes[0.1] / 2


def test_a_model_that_did_not_move_knows_nothing() -> None:
    same = [(-3.0, -5.0), (-4.0, -1.0)]
    fit = preference_fit(same, same, 0.1)
    assert [fit.loss, fit.accuracy, fit.reward_margin] == pytest.approx([math.log(2), 0.5, 0.0])


def test_a_run_that_was_ended_continues_to_the_same_weights(tiny: GPT2, tmp_path: Path) -> None:
    """Guards against a snapshot that loses the reference, the order of the pairs or the optimizer's state."""
    pairs, whole, ended = prepared(tiny), copy.deepcopy(tiny), copy.deepcopy(tiny)
    expected = train(whole, pairs, ROWS, CONFIG, PAD)

    class Ends(Snapshots):
        def save(self, step: int, *state: object) -> None:
            super().save(step, *state)  # type: ignore[arg-type]
            if step == 17:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(ended, pairs, ROWS, CONFIG, PAD, Ends(tmp_path / "run", 0.0))
    again = copy.deepcopy(tiny)
    assert train(again, pairs, ROWS, CONFIG, PAD, Snapshots(tmp_path / "run", 99.0)) == expected
    assert all(torch.equal(one, two) for one, two in zip(again.parameters(), whole.parameters(), strict=True))


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)
