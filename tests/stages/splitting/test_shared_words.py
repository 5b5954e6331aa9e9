"""Words that test shares with other texts although nothing leaks."""

from stages.splitting.shared_words import count_shared_wording, runs_also_in, runs_of
from tests.stages.splitting.builders import general

CLAIM = "Judge whether this claim is true or false:"


def test_runs_have_eight_words_and_end_with_their_text() -> None:
    """Guards against a run of seven words, and one across two texts."""
    assert list(runs_of("One, two, three four five six seven EIGHT nine.")) == [
        "one two three four five six seven eight",
        "two three four five six seven eight nine",
    ]
    assert list(runs_of("One two three four", "five six seven eight")) == []


def test_only_runs_that_are_in_a_text_are_found() -> None:
    runs = set(runs_of("a b c d e f g h i", "1 2 3 4 5 6 7 8"))
    assert runs_also_in(["x a b c d e f g h y", "1 2 3 4 5 6 7"], runs) == {"a b c d e f g h"}


def test_test_examples_that_share_the_wording_of_a_task_are_counted_once() -> None:
    """Guards against a count of runs, of examples in test alone, and of content instead of wording."""
    split = {
        "test": [
            general(f"{CLAIM} ice is warm.", "", "False."),
            general("judge whether this claim is true, or false", "Ice is cold.", "True."),
            general("Change the sentence into a question about the past.", "", "x"),
            general("Change the sentence into a question about the past!", "", "y"),
            general("Copy the text.", "one two three four five six seven eight", "x"),
        ],
        "val": [general(f"{CLAIM} the sun is a star.", "", "True.")],
        "train": [
            general(f"{CLAIM} the sun is a planet.", "", "False."),
            general("Repeat.", "one two three four five six seven eight", "y"),
        ],
    }
    assert count_shared_wording(split) == 2
    assert count_shared_wording({**split, "val": [], "train": []}) == 0
