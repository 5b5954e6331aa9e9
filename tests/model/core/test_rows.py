"""Packed rows, compared with single ones."""

import pytest
import torch
import torch.nn.functional as F

from model.core.gpt2 import GPT2
from model.core.rows import PackedRows
from model.training.loss import linear_cross_entropy

ROWS = [[1, 2, 3, 4, 5, 6, 49], [1, 2, 3, 9, 49], [1, 2, 3, 4, 49], [1, 2, 3, 8, 7, 7, 7, 7, 49]]


def gradients(model: GPT2) -> list[torch.Tensor]:
    found = [parameter.grad for parameter in model.parameters() if parameter.grad is not None]
    model.zero_grad()
    return found


@pytest.mark.parametrize("at_most_shared", [0, 1, 2, 3, 20])
@pytest.mark.parametrize("count", [1, 2, 4])
def test_packed_loss_and_gradient_equal_the_unpacked(tiny: GPT2, at_most_shared: int, count: int) -> None:
    """Guards against rows that see each other, positions that continue from row to row, and a prefix counted once."""
    rows = ROWS[:count]
    expected = torch.zeros(())
    for row in rows:
        hidden = tiny(torch.tensor([row[:-1]]))[0]
        expected = expected + F.cross_entropy(tiny.logits(hidden), torch.tensor(row[1:]), reduction="sum")
    expected.backward()  # type: ignore[no-untyped-call]
    expected_gradients = gradients(tiny)

    packed = PackedRows(rows, at_most_shared)
    hidden = tiny.hidden(packed.tokens, packed)
    total, losses = linear_cross_entropy(hidden[packed.sources], tiny.wte.weight, packed.targets, packed.repeats)
    total.backward()  # type: ignore[no-untyped-call]
    torch.testing.assert_close(total, expected)
    assert len(losses) == len(packed.targets)
    assert packed.repeats.sum() == sum(len(row) - 1 for row in rows)
    for ours, theirs in zip(gradients(tiny), expected_gradients, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)


def test_the_common_prefix_is_computed_once() -> None:
    packed = PackedRows(ROWS, at_most_shared=20)
    assert packed.shared == 3
    assert packed.tokens.tolist() == [1, 2, 3, 4, 5, 6, 9, 4, 8, 7, 7, 7, 7, 0, 0, 0]
    assert packed.positions.tolist() == [0, 1, 2, 3, 4, 5, 3, 3, 3, 4, 5, 6, 7, 0, 0, 0]
    assert packed.repeats.tolist()[:2] == [4, 4]


def test_of_two_equal_rows_each_keeps_its_last_tokens() -> None:
    """Guards against rows that are all prefix and have no tokens of their own."""
    packed = PackedRows([[1, 2, 3, 4], [1, 2, 3, 4]], at_most_shared=20)
    assert packed.shared == 2
    assert packed.repeats.sum() == 6


@pytest.mark.parametrize("at_most_shared", [0, 3])
def test_dropout_reaches_attention(at_most_shared: int) -> None:
    """Guards against dropout everywhere but here, and against probabilities that aren't scaled up for what is dropped.
    A first token sees only itself, with probability 1: dropout of one half makes that 0 or 2."""
    packed = PackedRows(ROWS, at_most_shared)
    scores, values = torch.zeros(len(packed.tokens), 64, 4), torch.ones(len(packed.tokens), 64, 4)
    torch.testing.assert_close(packed.attend(0, scores, scores, values, dropout=0.0), values)
    torch.manual_seed(1)
    first = packed.attend(0, scores, scores, values, dropout=0.5)[0]
    assert set(first.flatten().tolist()) == {0.0, 2.0}


def test_equal_rows_give_the_same_as_packed_ones(tiny: GPT2) -> None:
    """Guards against a short cut for rows of one length that pairs, places or attends otherwise than the long way."""
    generator = torch.Generator().manual_seed(1)
    rows = torch.randint(50, (3, 17), generator=generator).tolist()
    found = []
    for packed in (PackedRows(rows), PackedRows([*rows, rows[0][:9]])):
        hidden = tiny.hidden(packed.tokens, packed)
        total, _ = linear_cross_entropy(
            hidden[packed.sources[:48]], tiny.wte.weight, packed.targets[:48], packed.repeats[:48]
        )
        total.backward()  # type: ignore[no-untyped-call]
        described = [packed.tokens[:48], packed.targets[:48], packed.row_index[:48], packed.target_positions[:48]]
        found.append((packed.spans()[:3], described, [total, *gradients(tiny)]))
    (spans, described, values), (other_spans, other_described, other_values) = found
    assert spans == other_spans
    assert all(torch.equal(ours, theirs) for ours, theirs in zip(described, other_described, strict=True))
    for ours, theirs in zip(values, other_values, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-5, rtol=1e-4)
