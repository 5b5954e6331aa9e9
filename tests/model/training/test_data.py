"""Sequences and batches: which tokens are targets."""

import random

import pytest
import tiktoken

from model.core.checkpoint import save_tokenizer
from model.core.prompt import render_prompt
from model.core.tokenizer import load_encoding, train_tokenizer
from model.training.data import (
    Batch,
    LossOn,
    TokenSequence,
    encode_documents,
    encode_example,
    length_grouped_batches,
    pack,
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
