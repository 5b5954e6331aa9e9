"""What must stay on one side of a split, and what need not."""

from collections import Counter
from pathlib import Path

import pytest

from stages.common.instruction_sets import read_instructions
from stages.common.records import Example, Source
from stages.curation.content import read_content
from stages.curation.near_duplicate import near_duplicate_pairs
from stages.splitting.grouping import together
from tests.conftest import ROOT
from tests.stages.conftest import MakeExample

GENERAL = Source(kind="general")
SIMILARITY = 0.7


def groups(examples: list[Example]) -> list[int]:
    contents = [read_content(example) for example in examples]
    return together(examples, contents, near_duplicate_pairs(contents, SIMILARITY))


def grouped(make: MakeExample, *texts: tuple[str, ...]) -> bool:
    """Whether general examples of these texts (instruction, output, input) are one group."""
    return len(set(groups([make(*one, source=GENERAL) for one in texts]))) == 1


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("Who wrote Emma?", "Jane Austen."), ("Name the author of Emma.", "Jane Austen wrote Emma.")),
        (("Name a color.", "Blue."), ("name a COLOR", "Red.")),
        (("What is the opposite of 'hot'?", "'Cold'."), ("What is the opposite of 'cold'?", "'Hot'.")),
        (("What is the capital of Poland?", "Warsaw."), ("Warsaw is the capital of what?", "Poland.")),
        (("In which country lies Petra?", "In Jordan."), ("Where can one visit Petra?", "One can visit it in Jordan.")),
        (
            (
                "Summarize the text.",
                "Sleep.",
                "Badgers sleep underground by day and hunt earthworms after sunset. Why?",
            ),
            ("Find the verb.", "Hunt.", "Most badgers sleep underground by day and hunt earthworms after sunset."),
        ),
    ],
)
def test_who_knows_one_knows_the_other(make: MakeExample, first: tuple[str, ...], second: tuple[str, ...]) -> None:
    """Guards against a test question whose answer was trained on."""
    assert grouped(make, first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("What is the capital of Poland?", "Warsaw."), ("What is the capital of Ecuador?", "Quito.")),
        (("Give a synonym for 'big'.", "'Large'."), ("Give a synonym for 'huge'.", "'Large'.")),
        (("What is 7 times 8?", "It is 56."), ("What is 50 plus 6?", "It is 56.")),
        (("Is 7 a prime number?", "Yes, it is prime."), ("Is 11 a prime number?", "Yes, it is prime.")),
    ],
)
def test_the_same_wording_or_answer_is_not_the_same_fact(
    make: MakeExample, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    """Guards against groups that grow along the wordings of tasks until nothing is left to divide."""
    assert not grouped(make, first, second)


def test_examples_of_a_page_stay_together_and_those_of_two_do_not(make: MakeExample) -> None:
    """Guards against a page that is asked about on two sides."""
    pages = ["Petra", "Emma", "Petra"]
    examples = [
        make(f"Question {place}?", f"Reply {place}.", source=Source(kind="synthetic", title=title))
        for place, title in enumerate(pages)
    ]
    assert groups(examples) == [0, 1, 0]


def test_groups_chain(make: MakeExample) -> None:
    """Guards against a third example that is near to two others, which lie on two sides for that."""
    petra = Source(kind="synthetic", title="Petra")
    asked, again = make("Who wrote Emma?", "Jane Austen."), make("Name the author of Emma.", "Jane Austen.")
    on_page = make("Where is Petra?", "In Jordan.", source=petra), make("who WROTE Emma", "Austen.", source=petra)
    assert groups([*on_page, asked, again]) == [0, 0, 0, 0]


def test_a_run_counts_from_its_length_on(make: MakeExample) -> None:
    """Guards against a threshold that is off by one, and runs that go on from one text into the next."""
    shared = "otters float together while sleeping peacefully offshore"  # 7 words
    for word, expected in (("calmly", [0, 0]), ("", [0, 1])):
        examples = [make(f"Task {n}.", f"{n} {shared} {word} {n}.", source=GENERAL) for n in range(2)]
        assert groups(examples) == expected
    apart = [make(f"Task {n}.", f"yes {n}.", input=f"{n} {shared}", source=GENERAL) for n in range(2)]
    assert groups(apart) == [0, 1]


def test_no_giant_group_in_the_general_tasks() -> None:
    """Guards against wordings of tasks that hold a whole set together: these 1,237 were written to be distinct."""
    examples, _ = read_instructions(ROOT / "data/bundled/instructions.jsonl", "error")
    assert max(Counter(groups(examples)).values()) <= 2


def test_no_giant_group_in_a_set_that_repeats_itself(instruction_data: Path) -> None:
    examples, _ = read_instructions(instruction_data, "error")
    sizes = Counter(groups(examples))
    assert max(sizes.values()) <= 6
    assert len(sizes) >= 1000
