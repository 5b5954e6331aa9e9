"""Which answers are exact: each case, and its near relative on the other side."""

import pytest

from stages.common.instruction_sets import read_instructions
from stages.judges.constant_answers import CONSTANTS
from stages.judges.exact import is_exact
from tests.conftest import ROOT

SOLD = "A recording of 1989 sold two million copies. Max Richter published a new version in 2012."


@pytest.mark.parametrize(
    ("instruction", "text", "reference", "exact", "not_exact"),
    [
        (
            "Put the words in alphabetical order.",
            "table, chair, lamp, sofa",
            "The alphabetical order is chair, lamp, sofa, table.",
            "The order is chair, lamp, sofa, table.",
            "The order is chair, chair, lamp, sofa, table.",
        ),
        # What the reference adds is there, in whatever frame, or something else is.
        ("Name the capital of Peru.", "", "The capital of Peru is Lima.", "It is Lima.", "It is Quito."),
        ("How many days has June?", "", "June has 30 days.", "June has thirty days.", "June has 31 days."),
        ("When did it open?", "", "It opened in May 1930.", "In May 1930, it opened.", "It opened in June 1930."),
        ("Give the plural of 'box'.", "", "The plural of 'box' is 'boxes'.", "boxes", "The plural of 'box' is 'box'."),
        # The writing counts if the task has the number already.
        ("Write the number in words.", "53", "53 is written as fifty-three.", "It is fifty-three.", "It is 53."),
        ("Convert 5 kilometers to meters.", "", "It is 5,000 meters.", "5000 meters", "It is 5 kilometers."),
        # Rivals, hedges and dumps.
        ("Name the capital of Peru.", "", "It is Lima.", "It is Lima, of course.", "It is Lima or Quito."),
        ("What is 7 plus 5?", "", "It is 12.", "7 plus 5 is 12.", "It is 11, 12 or 13."),
        ("Name a color.", "", "Red is a color.", "Red", "Red blue green yellow."),
        ("Name a color.", "", "Red is a color.", "A color is red.", "red " + "and again " * 9),
        # What the reference picks from the input, and nothing else of it.
        ("Which is prime?", "4, 5, 9", "The prime number is 5.", "5", "4, 5, 9"),
        ("Choose the year of the fall.", "A) 1954\nB) 1958", "B) 1958.", "B) 1958", "A) 1954"),
        ("Which years does it mention?", SOLD, "The years are 1989 and 2012.", "1989 and 2012", "1989"),
        # An order that isn't the input's.
        ("Sort the words.", "pear, fig, apple", "apple, fig, pear", "Sorted: apple, fig, pear.", "pear, fig, apple"),
        (
            "Sort these into nouns and verbs.",
            "pen, decide, island",
            "Nouns: pen, island. Verbs: decide.",
            "The nouns are pen and island, and the verb is decide.",
            "Nouns: decide. Verbs: pen, island.",
        ),
        # Yes and no, negations and alternatives.
        ("Is it open?", "", "Yes, it is open.", "Yes.", "No, it is not open."),
        ("Is it open?", "", "No, it is closed.", "No, closed.", "It is closed."),
        ("Name the capital.", "Peru", "It is Lima.", "Lima", "It is not Lima."),
        ("Is 27 odd or even?", "", "27 is odd.", "It is an odd number.", "27 is even."),
        ("Which is larger, 5 or 8?", "", "8 is larger than 5.", "8 is larger than 5.", "5 is larger than 8."),
        # A reworked text is the same in all words, and in marks and capitals if only these change.
        (
            "Change this to the passive.",
            "The dog chased the ball.",
            "In the passive: The ball was chased by the dog.",
            "The ball was chased by the dog.",
            "The dog was chased by the ball.",
        ),
        ("Make this negative.", "She was at home then.", "She was not at home then.", "She wasn't at home then.",
         "She was at home then."),
        ("Put it in the present.", "The soup was too hot.", "The soup is too hot.", "The soup is too hot.",
         "The soup was too hot."),
        ("Write it correctly.", "the moon goes around", "The moon goes around.", "The moon goes around.",
         "the moon goes around"),
        ("Write it without contractions.", "I'm sure she's in.", "I am sure she is in.", "I am sure she is in.",
         "I'm sure she's in."),
    ],
)  # fmt: skip
def test_both_sides(instruction: str, text: str, reference: str, exact: str, not_exact: str) -> None:
    assert is_exact(instruction, text, reference, reference)
    assert is_exact(instruction, text, reference, exact)
    assert not is_exact(instruction, text, reference, not_exact)


def test_what_says_nothing_is_never_exact() -> None:
    """Guards against a measure that the task itself, or one answer to everything, passes."""
    tasks = read_instructions(ROOT / "data/bundled/instructions.jsonl", "error")[0][::5]
    for task in tasks:
        texts = (task.instruction, task.input, f"{task.instruction} {task.input}", "", *CONSTANTS[1:], "...", "a " * 99)
        assert not [text for text in texts if is_exact(task.instruction, task.input, task.output, text)], task
    assert all(is_exact(task.instruction, task.input, task.output, task.output) for task in tasks)
