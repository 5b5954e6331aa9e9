"""Which pages are replayed, and how much of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
import tiktoken

from model.core.checkpoint import save_tokenizer
from model.core.tokenizer import load_encoding, train_tokenizer
from stages.common.errors import StageError
from stages.common.records import Page, Source
from stages.tuning.replay import ROW_TOKENS, choose_replay_texts, replay_rows
from tests.stages.conftest import MakeExample

MakePage = Callable[..., Page]


@pytest.fixture
def encoding(tmp_path: Path) -> tiktoken.Encoding:
    return load_encoding(save_tokenizer(tmp_path, train_tokenizer(["the sea is blue " * 20], 300), 256))


def test_only_pages_of_training_rows_are_replayed(make: MakeExample, page: MakePage) -> None:
    """Guards against text of a test page, and of a page that base must not read."""
    training = [
        make(source=Source(kind="synthetic", title=title)) for title in ("Moon", "Nile", "Nile", "Words of test")
    ]
    training.append(make(source=Source(kind="general")))
    pages = [page(title, "Text.") for title in ("Moon", "Nile", "Tide", "Words of test")]
    texts = choose_replay_texts(pages, training, {"Words of test": "words_of_test"}, seed=1)
    assert sorted(texts) == ["Moon\nText.", "Nile\nText."]


def test_the_order_is_the_seeds(make: MakeExample, page: MakePage) -> None:
    """Guards against the same beginning of the file, whatever the seed, and against an order of sets."""
    titles = [f"P{number}" for number in range(20)]
    training = [make(source=Source(kind="synthetic", title=title)) for title in titles]
    pages = [page(title, "Text.") for title in titles]
    first, again, other = (choose_replay_texts(pages, training, {}, seed) for seed in (1, 1, 2))
    assert first == again != other and sorted(first) == sorted(other)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_the_share_is_that_of_the_tokens_to_learn(encoding: tiktoken.Encoding, share: float) -> None:
    rows = replay_rows(encoding, ["the sea is blue " * 2000], share, example_tokens=2000, context=64)
    tokens = sum(row.supervised("response") for row in rows)  # of text, every token counts whatever loss_on is
    assert share <= tokens / (tokens + 2000) < share + 0.02
    assert max(len(row.tokens) for row in rows) == 64 < ROW_TOKENS
    assert replay_rows(encoding, [], 0.0, 2000, 64) == []


def test_pages_that_are_too_short_are_repeated(encoding: tiktoken.Encoding) -> None:
    """Guards against a share that is smaller than what was asked for."""
    rows = replay_rows(encoding, [" ".join(map(str, range(60))), "the sea"], 0.9, example_tokens=200, context=64)
    assert sum(row.supervised("all") for row in rows) >= 1800
    once = len(set(rows))
    assert 1 < once < len(rows) / 5 and rows[:once] == rows[once : 2 * once]


def test_without_a_page_there_is_nothing_to_replay(encoding: tiktoken.Encoding) -> None:
    with pytest.raises(StageError, match=r"train\.replay is 0\.1, and no training example is about a page"):
        replay_rows(encoding, [], 0.1, 2000, 64)
