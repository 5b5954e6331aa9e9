"""Sequences and batches: which tokens are targets."""

import random

import pytest
import tiktoken

from model.core.checkpoint import save_tokenizer
from model.core.prompt import render_prompt
from model.core.tokenizer import load_encoding, train_tokenizer
from model.training.data import (
    OF_PROMPT,
    OF_RESPONSE,
    PADDING,
    Batch,
    LossOn,
    TokenSequence,
    encode_documents,
    encode_example,
    length_grouped_batches,
    pack,
    pad_rows,
    padded_width,
)

PAD = 99
A = TokenSequence((1, 2, 3, 4, 5), response_start=3)
B = TokenSequence((6, 7, PAD), response_start=2)  # an empty response: its end-of-text alone


@pytest.fixture(scope="module")
def encoding(tmp_path_factory: pytest.TempPathFactory) -> tiktoken.Encoding:
    return load_encoding(save_tokenizer(tmp_path_factory.mktemp("tokenizer"), train_tokenizer(["abc"], 300), 64))


def supervised(batch: Batch) -> list[tuple[int, int, bool]]:
    """Each supervised pair: token, target, whether the target is a response's."""
    tokens = batch.packed.tokens[batch.packed.sources].tolist()
    pairs = zip(tokens, batch.packed.targets.tolist(), batch.in_response.tolist(), strict=True)
    return [pair for pair, weight in zip(pairs, batch.weights.tolist(), strict=True) if weight]


def test_targets_of_all_tokens() -> None:
    """Guards against an end-of-text token that is taken for padding, and padding that becomes a target."""
    assert supervised(pack([A, B], PAD)) == [
        (1, 2, False), (2, 3, False), (3, 4, True), (4, 5, True), (6, 7, False), (7, PAD, True),
    ]  # fmt: skip


def test_targets_of_responses_alone() -> None:
    """Guards against a mask that is off by one: the first word of the response is a target, the prompt's last isn't."""
    assert supervised(pack([A, B], PAD, loss_on="response")) == [(3, 4, True), (4, 5, True), (7, PAD, True)]


def test_text_without_a_prompt_is_all_response() -> None:
    assert supervised(pack([TokenSequence((1, 2, 3))], PAD, loss_on="response")) == [(1, 2, True), (2, 3, True)]


@pytest.mark.parametrize("loss_on", ["all", "response"])
def test_supervised_tokens_are_counted_as_they_are_packed(loss_on: LossOn) -> None:
    """Guards against a mean that divides by another number of tokens than were summed."""
    rows = [A, B, TokenSequence((1, 2, 3, 9, 9, 9), response_start=3), TokenSequence((1, 2), response_start=0)]
    for count in range(1, 5):
        packed = pack(rows[:count], PAD, loss_on).weights.sum().item()
        assert packed == sum(row.supervised(loss_on) for row in rows[:count])


def test_only_prompts_are_shared() -> None:
    """Guards against responses that are counted once because several begin alike."""
    twins = [TokenSequence((1, 2, 3, 4, 5), response_start=2), TokenSequence((1, 2, 3, 4, 6), response_start=2)]
    assert pack(twins, PAD).packed.shared == 2
    assert pack(twins, PAD, share_prefix=False).packed.shared == 0


def test_example_ends_with_end_of_text_and_begins_with_the_prompt_of_inference(encoding: tiktoken.Encoding) -> None:
    """Guards against models that never stop, and prompts that are tokenized differently at inference."""
    sequence = encode_example(encoding, "Name it.", "a thing", "It is a thing.")
    prompt = encoding.encode_ordinary(render_prompt("Name it.", "a thing"))
    assert list(sequence.tokens[: sequence.response_start]) == prompt
    assert sequence.tokens[-1] == encoding.eot_token
    assert encoding.decode(list(sequence.tokens[sequence.response_start : -1])) == "It is a thing."


@pytest.mark.parametrize("length", [2, 4, 5, 6, 64])
def test_documents_make_every_token_a_target_once(encoding: tiktoken.Encoding, length: int) -> None:
    """Guards against tokens lost, or trained on twice, where a text is cut, and against a last sequence that is left
    out because it is short."""
    texts = ["abcabcabc", "Hello, whale!", "x"]
    sequences = encode_documents(encoding, texts, length)
    targets = [token for sequence in sequences for token in sequence.tokens[1:]]
    expected = [token for text in texts for token in [*encoding.encode_ordinary(text), encoding.eot_token]]
    assert targets == expected
    assert max(len(sequence.tokens) for sequence in sequences) == min(length, len(expected) + 1)


def test_batches_hold_every_sequence_once_in_an_order_that_the_seed_decides() -> None:
    """Guards against examples that are dropped with the last, incomplete batch."""
    sequences = [TokenSequence(tuple(range(2 + i % 7))) for i in range(35)]

    def batches(seed: int) -> list[list[TokenSequence]]:
        return length_grouped_batches(sequences, 4, random.Random(seed), group=2)

    flat = sorted(len(sequence.tokens) for batch in batches(1) for sequence in batch)
    assert flat == sorted(len(sequence.tokens) for sequence in sequences)
    assert sorted(map(len, batches(1))) == [3, *[4] * 8]
    assert batches(1) == batches(1)
    assert batches(1) != batches(2)


def test_widths_are_few_and_never_too_narrow() -> None:
    """Guards against a width that cuts a row, one over the context, and so many shapes that none comes twice."""
    widths = [padded_width(length, 1024) for length in range(1, 1025)]
    assert sorted(set(widths)) == [
        16, 32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640, 768, 896, 1024,
    ]  # fmt: skip
    for length, width in enumerate(widths, start=1):
        assert length <= width < length + max(16, length / 4)
    assert (padded_width(1000, 1000), padded_width(20, 24)) == (1000, 24)


def test_rows_are_padded_at_their_right_end() -> None:
    """Guards against an end-of-text token that is taken for padding, and targets that are off by one."""
    batch = pad_rows([A, B], PAD, rows=3, context=5)
    assert batch.table.tolist() == [
        [[1, 2, 3, 4, PAD], [6, 7, PAD, PAD, PAD], [PAD] * 5],
        [[2, 3, 4, 5, PAD], [7, PAD, PAD, PAD, PAD], [PAD] * 5],
        [[OF_PROMPT, OF_PROMPT, OF_RESPONSE, OF_RESPONSE, PADDING], [OF_PROMPT, OF_RESPONSE, 0, 0, 0], [PADDING] * 5],
    ]
    assert batch.weights("all").tolist() == [1, 1, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert batch.weights("response").tolist() == [0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert batch.lengths().tolist() == [*[4] * 5, *[2] * 5, *[1] * 5]
    assert batch.layout().positions.tolist() == [0, 1, 2, 3, 4] * 3


@pytest.mark.parametrize("loss_on", ["all", "response"])
def test_padded_targets_are_the_packed_ones(loss_on: LossOn) -> None:
    """Guards against a layout that learns from other targets than the other one."""
    rows = [A, B, TokenSequence((1, 2, 3, 9, 9, 9), response_start=3), TokenSequence((1, 2), response_start=0)]
    batch = pad_rows(rows, PAD, rows=4, context=24)
    pairs = zip(batch.tokens.tolist(), batch.targets.tolist(), batch.weights(loss_on).tolist(), strict=True)
    packed = supervised(pack(rows, PAD, loss_on, share_prefix=False))
    assert sorted(pair[:2] for pair in pairs if pair[2]) == sorted(pair[:2] for pair in packed)
    assert batch.weights(loss_on).sum() == sum(row.supervised(loss_on) for row in rows)
