"""The loss, compared with torch's own cross-entropy."""

import math
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from model.core.gpt2 import GPT2
from model.training import loss as loss_module
from model.training.data import PaddedBatch, TokenSequence
from model.training.graphs import Graphs
from model.training.loss import CHUNK, PaddedEvaluation, evaluate, linear_cross_entropy, padded_batch_loss
from tests.model.training.tiny_data import PAD, ROWS


def token_losses(model: GPT2, row: TokenSequence) -> torch.Tensor:
    """The loss of each target, computed one row at a time with torch."""
    tokens = torch.tensor(row.tokens)
    with torch.no_grad():
        return F.cross_entropy(model.logits(model(tokens[None, :-1])[0]), tokens[1:], reduction="none")


def test_losses_are_weighted_by_tokens(tiny: GPT2) -> None:
    """Guards against a mean of batch means, in which the tokens of a short batch weigh more."""
    singly = [token_losses(tiny, row) for row in ROWS]
    expected = torch.cat(singly).mean().item()
    expected_response = torch.cat([losses[row.response_start - 1 :] for losses, row in zip(singly, ROWS, strict=True)])
    for batch_size in (1, 2, 5):
        losses = evaluate(tiny, ROWS, PAD, batch_size)
        assert losses.all == pytest.approx(expected, abs=1e-6)
        assert losses.response == pytest.approx(expected_response.mean().item(), abs=1e-6)


def test_a_prompt_that_rows_share_counts_once_per_row(tiny: GPT2) -> None:
    """Guards against a validation loss in which the targets inside a shared prompt, computed once, also count once."""
    rows = [
        TokenSequence((1, 2, 3, 4, 5, PAD), response_start=4),
        TokenSequence((1, 2, 3, 4, 6, 7, PAD), response_start=4),
        TokenSequence((1, 2, 3, 4, PAD), response_start=4),
    ]
    singly = [token_losses(tiny, row) for row in rows]
    losses = evaluate(tiny, rows, PAD)
    assert losses.all == pytest.approx(torch.cat(singly).mean().item(), abs=1e-6)
    assert losses.response == pytest.approx(torch.cat([found[3:] for found in singly]).mean().item(), abs=1e-6)


def test_evaluation_runs_without_dropout(tiny: GPT2) -> None:
    """Guards against a validation loss with dropout, which is too high and differs from call to call."""
    expected = evaluate(tiny, ROWS, PAD)
    model = GPT2(replace(tiny.config, dropout=0.5)).train()
    model.load_state_dict(tiny.state_dict())
    assert evaluate(model, ROWS, PAD) == expected
    assert not model.training


@pytest.mark.parametrize("count", [1, CHUNK, 2 * CHUNK + 6])
def test_loss_and_gradients_equal_those_of_torch(count: int) -> None:
    """Guards against a chunk that is left out or done twice, weights that reach the loss but not its gradient, and a
    gradient that ignores the factor it comes with."""
    generator = torch.Generator().manual_seed(3)
    hidden, weight = (torch.randn(shape, generator=generator, requires_grad=True) for shape in ((count, 16), (50, 16)))
    targets = torch.randint(0, 50, (count,), generator=generator)
    weights = torch.randint(0, 4, (count,), generator=generator).float()
    expected = F.cross_entropy(hidden @ weight.T, targets, reduction="none")
    expected_gradients = torch.autograd.grad((expected * weights).sum() / 7, (hidden, weight))
    total, losses = linear_cross_entropy(hidden, weight, targets, weights)
    gradients = torch.autograd.grad(total / 7, (hidden, weight))
    torch.testing.assert_close(losses, expected)
    torch.testing.assert_close(total, (expected * weights).sum())
    for found, wanted in zip(gradients, expected_gradients, strict=True):
        torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-4)


def test_large_scores_do_not_overflow() -> None:
    """Guards against an exponential of a score that is not first reduced by the largest one."""
    total, _ = linear_cross_entropy(
        torch.tensor([[100.0]]), torch.tensor([[3.0], [1.0]]), torch.tensor([1]), torch.ones(1)
    )
    assert math.isclose(total.item(), 200.0, rel_tol=1e-6)


def test_bfloat16_stays_near_float32() -> None:
    """Guards against scores or softmax that are summed in bfloat16."""
    generator = torch.Generator().manual_seed(3)
    hidden, weight = (torch.randn(shape, generator=generator) for shape in ((70, 16), (300, 16)))
    targets = torch.randint(0, 300, (70,), generator=generator)
    weights = torch.rand(70, generator=generator)
    exact = (F.cross_entropy(hidden @ weight.T, targets, reduction="none") * weights).sum()
    total, _ = linear_cross_entropy(hidden.bfloat16(), weight.bfloat16(), targets, weights)
    assert total.dtype == torch.float32
    assert total.item() == pytest.approx(exact.item(), rel=0.005)


@pytest.mark.parametrize("piece", [4, 12, 100])
def test_a_padded_batch_has_the_loss_and_gradients_of_torch(
    tiny: GPT2, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against a piece that is left out or done twice, against columns that only align the scores and take part
    in the softmax, weights that reach the loss but not its gradient, and a gradient that ignores the factor it comes
    with."""
    monkeypatch.setattr(loss_module, "GPU_CHUNK", piece)
    generator = torch.Generator().manual_seed(3)
    hidden = torch.randn(12, 8, generator=generator, requires_grad=True)
    batch = PaddedBatch(torch.randint(0, 50, (3, 3, 4), generator=generator))
    weights = torch.randint(0, 2, (12,), generator=generator).float()
    expected = (F.cross_entropy(tiny.logits(hidden), batch.targets, reduction="none") * weights).sum()
    expected_gradients = torch.autograd.grad(expected / 7, (hidden, tiny.wte.weight))
    found = padded_batch_loss(tiny, hidden, batch, weights)
    gradients = torch.autograd.grad(found / 7, (hidden, tiny.wte.weight))
    torch.testing.assert_close(found, expected)
    for ours, theirs in zip(gradients, expected_gradients, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)
    assert gradients[1].shape == (50, 8)


def test_a_padded_loss_in_bfloat16_stays_near_float32(tiny: GPT2) -> None:
    """Guards against a softmax that is summed in bfloat16, and a loss that overflows for large scores."""
    generator = torch.Generator().manual_seed(3)
    hidden = torch.randn(64, 8, generator=generator) * 20
    batch = PaddedBatch(torch.randint(0, 50, (3, 8, 8), generator=generator))
    exact = F.cross_entropy(tiny.logits(hidden), batch.targets, reduction="sum")
    found = padded_batch_loss(tiny.to_precision(torch.bfloat16), hidden, batch, torch.ones(64))
    assert found.dtype == torch.float32
    assert found.item() == pytest.approx(exact.item(), rel=0.01)


@pytest.mark.parametrize("tokens", [1, 40, 10_000])
def test_padded_batches_of_any_size_have_the_same_mean_losses(tiny: GPT2, tokens: int) -> None:
    """Guards against a mean of batch means, padding that counts, a row that is left out, and sums that the next
    evaluation goes on with."""
    rows = [*ROWS, TokenSequence(tuple(range(1, 22)), response_start=5), TokenSequence((7, 8), response_start=1)]
    expected = evaluate(tiny, rows, PAD)
    evaluation = PaddedEvaluation(tiny.train(), rows, PAD, Graphs(torch.device("cpu")), tokens)
    assert len(evaluation.tables) == {1: 7, 40: 4, 10_000: 2}[tokens]
    for _ in range(2):
        found = evaluation.mean_losses()
        assert found.all == pytest.approx(expected.all, abs=1e-5)
        assert found.response == pytest.approx(expected.response, abs=1e-5)
    assert not tiny.training
