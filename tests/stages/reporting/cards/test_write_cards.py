"""Which cards are written, and what they need."""

from pathlib import Path

import pytest

from stages.common.errors import StageError
from tests.stages.reporting.cards.conftest import cards, with_values
from tests.stages.results import metrics


def test_each_model_and_the_data_have_a_card(run: Path) -> None:
    """Guards against a card in a folder that DVC empties before it runs another stage."""
    assert sorted(cards(run)) == ["base", "data", "full", "small"]
    assert not list((run / "data").rglob("*.md"))


def test_without_a_judge_there_are_cards(run: Path) -> None:
    assert "Its answers were not judged." in cards(run, with_values(metrics(), judge={}))["full"]


def test_without_what_it_has_to_say_there_is_no_card(run: Path) -> None:
    """Guards against a traceback after a run that was stopped."""
    with pytest.raises(StageError, match=r"the cards need reports/metrics/train_full.json, which is missing or empty"):
        cards(run, with_values(metrics(), train_full={}))


def test_cards_are_the_same_bytes_again(run: Path) -> None:
    assert cards(run) == cards(run)
