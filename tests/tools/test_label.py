import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from stages import judge
from stages.common.errors import StageError
from stages.common.files import write_jsonl
from stages.common.records import ROLES, Answers
from tools.label import draw_comparisons, render_label_page, write_label_page

MakeAnswers = Callable[..., Answers]
PAIRS = ("full-base", "full-small", "small-base")


@pytest.fixture
def rows(answers: MakeAnswers) -> list[Answers]:
    """Forty rows, in every second of which `full` and `small` answer the same."""
    texts = [{"full": f"Blue {i}.", "small": f"Blue {i}. " if i % 2 else "Red.", "base": "The the."} for i in range(40)]
    return [answers("Blue.", id=f"{i:016x}", **answer) for i, answer in enumerate(texts)]


def test_the_draw_is_even_over_pairs_and_orders(rows: list[Answers]) -> None:
    """Guards against a page about one pair, or with the tuned model always first."""
    drawn = draw_comparisons(rows, PAIRS, 45, seed=1)
    assert Counter(comparison.pair for comparison in drawn) == dict.fromkeys(PAIRS, 15)
    assert 12 < sum(comparison.swapped for comparison in drawn) < 33
    assert len({(comparison.row.id, comparison.pair) for comparison in drawn}) == 45
    assert [comparison.pair for comparison in drawn] != sorted(comparison.pair for comparison in drawn)


def test_the_draw_is_the_seeds(rows: list[Answers]) -> None:
    """Guards against a page that is another each time, and two people's pages that share nothing."""
    drawn = draw_comparisons(rows, PAIRS, 10, seed=1)
    assert drawn == draw_comparisons(rows, PAIRS, 10, seed=1)
    assert drawn != draw_comparisons(rows, PAIRS, 10, seed=2)
    assert {comparison.token for comparison in drawn} < {
        comparison.token for comparison in draw_comparisons(rows, PAIRS, 30, seed=1)
    }


def test_answers_with_the_same_words_are_not_drawn(rows: list[Answers]) -> None:
    """Guards against a person asked to choose between two answers that read the same."""
    drawn = draw_comparisons(rows, ["full-small"], 20, seed=1)
    assert all(int(comparison.row.id, 16) % 2 == 0 for comparison in drawn)


@pytest.mark.parametrize("count", [-1, 0, 21])
def test_a_count_that_cannot_be_had_is_an_error(rows: list[Answers], count: int) -> None:
    message = f"label {count}: 40 test rows and the pairs full-small give 20 comparisons .* from 1 to 20"
    with pytest.raises(StageError, match=message):
        draw_comparisons(rows, ["full-small"], count, seed=1)


def test_the_page_says_nothing_of_the_models(rows: list[Answers]) -> None:
    """Guards against a source in which a curious person finds whose answer A is."""
    page = render_label_page(draw_comparisons(rows, PAIRS, 45, seed=1), shown_characters=2000)
    assert not [role for role in ROLES if re.search(rf"\b{role}\b", page, re.I)]
    assert len(set(re.findall(r'data-token="([0-9a-f]{16})"', page))) == 45
    assert page == render_label_page(draw_comparisons(rows, PAIRS, 45, seed=1), shown_characters=2000)


def test_the_page_needs_no_other_file(rows: list[Answers]) -> None:
    """Guards against a page that is blank without a network."""
    page = render_label_page(draw_comparisons(rows, PAIRS, 3, seed=1), shown_characters=2000)
    assert not re.findall(r"https?:|<link|<img|\bsrc=|url\(|@import|fetch\(", page)


def test_long_answers_are_cut_at_the_stated_length(answers: MakeAnswers) -> None:
    """Guards against an answer that hides the other one, and against a cut that nobody is told of."""
    row = answers("Blue.", full="x" * 1234, base="y" * 1000)
    page = render_label_page(draw_comparisons([row], ["full-base"], 1, seed=1), shown_characters=1000)
    assert f"<pre>{'x' * 1000} ...</pre>" in page
    assert f"<pre>{'y' * 1000}</pre>" in page
    assert page.count("cut after 1,000 of 1,234 characters") == page.count("cut after") == 1


def test_the_page_is_written_and_named(project: Path, rows: list[Answers], capsys: pytest.CaptureFixture[str]) -> None:
    """Guards against a page that nobody finds."""
    write_jsonl(judge.ANSWERS, rows)
    write_label_page(6)
    page = Path("reports/label.html").read_text(encoding="utf-8")
    assert len(set(re.findall(r'data-token="([0-9a-f]{16})"', page))) == 6
    expected = "reports/label.html: 6 comparisons; open it in a browser, and put what it downloads into data/labels\n"
    assert capsys.readouterr().out == expected
