"""The loss of the pages that test rows are about."""

from collections.abc import Callable
from pathlib import Path

import pytest

from stages import infer
from stages.common.files import write_jsonl
from stages.common.records import ROLES, Example, Page
from tests.stages.results import write_results
from tests.stages.test_infer import params

MakePage = Callable[..., Page]


def test_only_pages_of_test_rows_are_read(project: Path, page: MakePage) -> None:
    """Guards against pages that a model was tuned on."""
    write_results(project / "data")
    examples = [
        Example.model_validate_json(line) for line in (project / infer.TEST).read_text(encoding="utf-8").splitlines()
    ]
    pages = infer.draw_held_out_pages(examples)
    assert [page.title for page in pages] == ["Porto"]
    losses = infer.page_losses(pages, params())
    assert list(losses) == ["Porto"] and list(losses["Porto"]) == ["tokens", *ROLES]
    assert infer.page_losses([], params()) == infer.loss_metrics({}) == {}


def test_a_page_counts_up_to_the_context(project: Path, page: MakePage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a long page that stops the stage, and against losses of another precision than float32."""
    write_results(project / "data")
    long = page("Long", "The sea is blue. " * 200)
    whole = infer.page_losses([long], params(precision="bfloat16"))["Long"]
    monkeypatch.setattr(infer, "PAGE_TOKENS", 7)
    cut = infer.page_losses([long], params())["Long"]
    assert whole["tokens"] > cut["tokens"] == 7 and whole["full"] > cut["full"] > 0
    assert infer.page_losses([long], params(precision="bfloat16"))["Long"] == cut


def test_of_many_pages_the_same_are_drawn(project: Path, page: MakePage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a run that takes longer with each page, and against pages that change from run to run."""
    write_results(project / "data")
    tested = [
        Example.model_validate_json(line) for line in (project / infer.TEST).read_text(encoding="utf-8").splitlines()
    ]
    titled = next(example for example in tested if example.source.title)
    examples = [
        titled.model_copy(update={"source": titled.source.model_copy(update={"title": f"P{number}"})})
        for number in range(9)
    ]
    write_jsonl(infer.PAGES, [page(f"P{number}", "Text.") for number in range(12)])
    assert len(infer.draw_held_out_pages(examples)) == 9
    monkeypatch.setattr(infer, "MOST_PAGES", 4)
    drawn = [page.title for page in infer.draw_held_out_pages(examples)]
    assert len(drawn) == 4 and drawn == sorted(drawn) == [page.title for page in infer.draw_held_out_pages(examples)]


def test_means_are_over_tokens() -> None:
    losses = {
        "A": {"tokens": 10, "base": 5.0, "small": 1.0, "full": 2.0},
        "B": {"tokens": 30, "base": 15.0, "small": 3.0, "full": 18.0},
    }
    expected = {"pages": 2, "tokens": 40, "base": 0.5, "small": 0.1, "full": 0.5}
    assert infer.loss_metrics(losses) == {"page_loss": expected}
