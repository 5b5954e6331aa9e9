import pytest

from stages.curation.lengths import too_long, too_short
from tests.stages.conftest import MakeExample


@pytest.mark.parametrize(
    ("instruction", "input", "output", "evidence"),
    [
        ("Photosynthesis", "", "Light.", "the task has 1 word(s), at least 2 are needed: 'Photosynthesis'"),
        ("Define photosynthesis.", "", "Light.", None),
        ("Summarize.", "It rained.", "It was a wet day.", None),
        ("Explain rain.", "", "Water that falls.", "'Explain' is answered with 3 word(s), at least 4 are needed"),
        ("Explain rain.", "", "Water that falls down.", None),
        ("Why is ice cold?", "", "Physics.", "'Why is' is answered with 1 word(s), at least 4 are needed"),
        ("How far is the Moon?", "", "Far.", None),
        ("Describe ice in one word.", "", "Cold.", None),
    ],
)
def test_too_short(make: MakeExample, instruction: str, input: str, output: str, evidence: str | None) -> None:
    """Guards against topics taken for tasks and words for explanations, and against short answers that are right."""
    assert too_short(make(instruction, output, input), min_task_words=2, min_open_words=4) == evidence


@pytest.mark.parametrize(
    ("field", "limit"), [("instruction", 3), ("input", 5), ("output", 4)], ids=lambda value: str(value)
)
def test_too_long_counts_words_by_field(make: MakeExample, field: str, limit: int) -> None:
    """Guards against one field's limit applied to another; exactly the limit is allowed."""
    limits = {"max_instruction_words": 3, "max_passage_words": 5, "max_output_words": 4, "max_word_length": 9}
    assert too_long(make(**{field: "word " * limit}), **limits) is None
    expected = f"{field} has {limit + 1} words, at most {limit} are allowed"
    assert too_long(make(**{field: "word " * (limit + 1)}), **limits) == expected


@pytest.mark.parametrize(
    ("word", "found"), [("h" * 80, False), ("h" * 81, True), ("https://" + "h" * 80, False), ("河" * 81, False)]
)
def test_too_long_finds_runs_that_are_no_words(make: MakeExample, word: str, found: bool) -> None:
    """Guards against screams and encoded bytes, which are one word, and against long addresses."""
    assert (too_long(make(output=f"It is {word}"), 100, 300, 250, 80) is not None) == found
