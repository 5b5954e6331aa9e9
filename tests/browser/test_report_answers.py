"""An opened row of reports/index.html: answers, judgments, and where the instruction comes from."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Page, expect

from stages.common.records import Answer
from stages.reporting.evidence import Evidence
from tests.browser.report_page import load


def test_an_open_row_shows_answers_scores_judgments_and_lineage(page: Page, made: Path) -> None:
    """Guards against answers, scores and sources beside the wrong row."""
    row = next(row for row in load(made).rows if row.counts and row.example.source.title)
    assert row.answers
    page.goto((made / "reports/index.html").as_uri() + f"#row-{row.example.id}")
    shown = page.locator(f"[id='row-{row.example.id}']")
    for role in ("base", "small", "full"):
        answer = shown.locator(f".answer.{role}")
        assert "".join(answer.locator(".text").all_text_contents()) == row.answers.answers[role].text
        expect(answer).to_contain_text(f"{row.score(role):.0f} of 15")
    expect(shown.locator(".judgments li")).to_have_count(3)  # both orders agree on each pair
    expect(shown.locator(".judgments li").first).to_contain_text("in both orders")
    expect(shown.locator(".judgments")).to_contain_text(row.judgments[0].justification)
    link = shown.get_by_role("link", name=row.example.source.title)
    assert link.get_attribute("href") == row.example.source.url
    for fact in (str(row.example.source.revision_id), "rules", "test of full"):
        expect(shown.locator(".lineage")).to_contain_text(fact)


def test_an_answer_that_loops_is_folded(page: Page, write: Callable[[Evidence], str], made: Path) -> None:
    """Guards against pages of the same words, and against a fold that hides words for good or folds a list."""
    evidence = load(made)
    row = next(row for row in evidence.rows if row.counts)
    assert row.answers
    texts = {
        "base": "Well.\n" + "The capital of the city is the capital. " * 9 + "The cap",
        "small": "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18",
        "full": "No, no, no.",
    }
    answers = {role: Answer(text=text, tokens=9, finish="length") for role, text in texts.items()}
    looping = replace(row, answers=row.answers.model_copy(update={"answers": answers}))
    page.goto(write(replace(evidence, rows=(looping,))) + f"#row-{row.example.id}")
    loop = page.locator(".answer.base .loop")
    expect(loop.locator("summary")).to_have_text("the same 8 more times")
    expect(page.locator(".answer.base .text").first).to_have_text("Well.\nThe capital of the city is the capital. ")
    expect(loop.locator(".text")).to_be_hidden()
    loop.locator("summary").click()
    expect(loop.locator(".text")).to_be_visible()
    assert "".join(page.locator(".answer.base .text").all_text_contents()) == texts["base"]
    expect(page.locator(".loop")).to_have_count(1)


def test_judgments_that_disagree_stay_apart(page: Page, write: Callable[[Evidence], str], made: Path) -> None:
    """Guards against a verdict that flips with the order and is shown as one."""
    evidence = load(made)
    row = next(row for row in evidence.rows if row.counts and len(row.comparisons("full", "base")) == 2)
    flipped = [
        judgment.model_copy(update={"winner": judgment.models[0]})
        if set(judgment.models) == {"full", "base"}
        else judgment
        for judgment in row.judgments
    ]
    page.goto(write(replace(evidence, rows=(replace(row, judgments=tuple(flipped)),))) + f"#row-{row.example.id}")
    shown = page.locator(".judgments li")
    expect(shown.filter(has_text="full first, base second")).to_have_count(1)
    expect(shown.filter(has_text="base first, full second")).to_have_count(1)
    expect(shown.filter(has_text="in both orders")).to_have_count(2)
