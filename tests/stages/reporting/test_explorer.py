"""The test rows for the page's script."""

import json

import pytest

from stages.common.records import Judgment, Scores, Source, Teacher, make_example
from stages.reporting.evidence import Evidence, ReportRow
from stages.reporting.explorer import is_web_address, page_rows, script_json


@pytest.mark.parametrize("text", ["</script><script>x()</script>", "<!-- <script>", "a\u2028b\u2029c", "&lt;", '"\\'])
def test_no_text_leaves_its_block(text: str) -> None:
    """Guards against an answer that ends the script element it is embedded in."""
    block = script_json({"text": text})
    assert not set("<>&\u2028\u2029") & set(block)
    assert json.loads(block) == {"text": text}


@pytest.mark.parametrize(
    ("url", "is_address"),
    [
        ("https://en.wikipedia.org/wiki/Saturn", True),
        ("http://127.0.0.1:8000/a?b=c#d", True),
        ("HTTPS://EXAMPLE.ORG", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("https://exa\tmple.org", False),
        ("data:text/html,<script>", False),
        ("//example.org", False),
        ("https:", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_only_web_addresses_become_links(url: str, is_address: bool) -> None:
    assert is_web_address(url) == is_address


def judgment(models: tuple[str, str], first: int, second: int, **fields: object) -> Judgment:
    """With three equal scores for each, and the winner by their totals."""
    scores = {
        model: Scores(
            factual_correctness=points, instruction_adherence=points, clarity_and_usefulness=points, total=3 * points
        )
        for model, points in zip(models, (first, second), strict=True)
    }
    winner = "tie" if first == second else models[first < second]
    base = {"id": "x", "models": models, "repeat": 0, "scores": scores, "declared": winner, "winner": winner}
    base |= {"justification": "why", "judge": Teacher(name="rubric"), "status": "ok", "raw": ""}
    return Judgment.model_validate(base | fields)


def one_row(*judgments: Judgment) -> Evidence:
    example = make_example(
        instruction="Name a color.", output="Blue.", kind="", source=Source(kind="general"), teacher=Teacher(name="t")
    )
    return Evidence({}, {}, {}, (ReportRow(example, False, None, judgments),))


def test_a_verdict_that_changes_with_the_order_is_a_tie() -> None:
    """Guards against a winner by position."""
    both = judgment(("full", "base"), 4, 2), judgment(("base", "full"), 4, 3)
    [row] = page_rows(one_row(*both))
    assert row["pairs"] == {
        "full-base": {"scores": [[10.5, 3.5, 3.5, 3.5], [9, 3, 3, 3]], "winner": "tie", "consistent": False}
    }
    assert row["scores"] == {"base": [9, 3, 3, 3], "full": [10.5, 3.5, 3.5, 3.5]}


def test_one_repeat_that_flips_makes_a_row_inconsistent() -> None:
    """Guards against a filter for flips that misses rows in which only some of the repeats agree."""
    steady = judgment(("full", "base"), 4, 2), judgment(("base", "full"), 2, 4)
    flipped = judgment(("full", "base"), 4, 2, repeat=1), judgment(("base", "full"), 4, 2, repeat=1)
    [row] = page_rows(one_row(*steady))
    assert (row["pairs"]["full-base"]["winner"], row["pairs"]["full-base"]["consistent"]) == ("full", True)
    [row] = page_rows(one_row(*steady, *flipped))
    assert row["pairs"]["full-base"]["consistent"] is False


def test_a_failed_judgment_takes_its_row_out() -> None:
    """Guards against scores in the explorer that the figures leave out."""
    failed = judgment(("full", "small"), 1, 2, status="failed", scores={}, winner=None, declared=None)
    [row] = page_rows(one_row(judgment(("full", "base"), 4, 2), failed))
    assert row["pairs"] == {"full-base": {"failed": True}, "full-small": {"failed": True}}
    assert row["scores"] == {}
    assert [shown["failed"] for shown in row["judgments"]] == [False, True]


def test_answers_that_were_scored_alone_stay_out_of_comparisons() -> None:
    alone = judgment(("full", "base"), 5, 0).model_copy(update={"models": ("full",)})
    [row] = page_rows(one_row(judgment(("full", "base"), 2, 1), alone))
    assert row["scores"]["full"] == [6, 2, 2, 2]
    assert row["judgments"][1]["models"] == ("full",)
