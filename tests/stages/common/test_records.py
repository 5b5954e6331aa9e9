"""What the records refuse, and the ids that connect them."""

import pytest
from pydantic import ValidationError

from stages.common.records import Judgment, Scores, Section, Teacher, example_id, fold_empty_sections

SCORES = Scores(factual_correctness=1, instruction_adherence=2, clarity_and_usefulness=3, total=6)


def test_id_is_the_hash_of_the_three_texts() -> None:
    """Guards against ids that change: they join test rows with answers, judgments and the journal."""
    assert example_id("Name a color.", "", "Blue.") == "6dadb0dc39594f99"
    assert example_id("a", "b", "c") != example_id("ab", "", "c")


def test_a_total_that_is_not_the_sum_is_refused() -> None:
    """Guards against a judge's own arithmetic."""
    with pytest.raises(ValueError, match="total 12 is not the sum of the three criteria"):
        Scores(factual_correctness=1, instruction_adherence=2, clarity_and_usefulness=3, total=12)


@pytest.mark.parametrize(
    ("status", "scores", "complete"),
    [
        ("ok", {"base": SCORES, "full": SCORES}, True),
        ("ok", {"base": SCORES}, False),
        ("ok", {}, False),
        ("failed", {}, True),
        ("failed", {"base": SCORES, "full": SCORES}, False),
    ],
)
def test_a_judgment_has_scores_of_all_its_models_or_has_failed(
    status: str, scores: dict[str, Scores], complete: bool
) -> None:
    """Guards against counting half a judgment, or the scores of a failed one."""
    fields = {
        "id": "0" * 16,
        "models": ("base", "full"),
        "repeat": 0,
        "scores": scores,
        "declared": None,
        "winner": None,
        "justification": "",
        "judge": Teacher(name="rubric"),
        "status": status,
        "raw": "",
    }
    if complete:
        assert Judgment.model_validate(fields).scores == scores
    else:
        with pytest.raises(ValidationError, match=rf"{status}, with scores of \[.*\], about base, full"):
            Judgment.model_validate(fields)


@pytest.mark.parametrize(
    ("sections", "headings", "without_trace"),
    [
        ([("", 1, "Lead."), ("A", 2, "Text.")], ["", "A"], 0),
        ([("A", 2, ""), ("B", 3, "Text."), ("C", 3, "Text."), ("D", 2, "Text.")], ["A / B", "A / C", "D"], 0),
        ([("A", 2, " "), ("B", 3, ""), ("C", 4, "Text."), ("D", 3, "Text.")], ["A / B / C", "A / D"], 0),
        ([("A", 2, "Text."), ("B", 3, "Text.")], ["A", "B"], 0),
        ([("", 1, ""), ("A", 2, ""), ("B", 2, "Text."), ("C", 3, "")], ["B"], 3),
        ([("A", 3, ""), ("B", 2, "Text.")], ["B"], 1),
    ],
)
def test_headings_without_text_are_part_of_those_below(
    sections: list[tuple[str, int, str]], headings: list[str], without_trace: int
) -> None:
    """Guards against the heading of another section as context, and against headings that vanish uncounted."""
    made = [Section(heading=heading, level=level, text=text) for heading, level, text in sections]
    kept, empty = fold_empty_sections(made)
    assert ([section.heading for section in kept], empty) == (headings, without_trace)
    assert all(section.text == "Text." or not section.heading for section in kept)
