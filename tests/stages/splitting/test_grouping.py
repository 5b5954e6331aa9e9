"""What must stay on one side of a split, and what need not."""

from collections import Counter, defaultdict
from pathlib import Path

import pytest
from hypothesis import assume, given, settings, strategies as st

from stages.common.instruction_sets import read_instructions
from stages.common.records import Example, Source
from stages.curation.content import read_content
from stages.curation.near_duplicate import near_duplicate_pairs
from stages.splitting.grouping import RUN, Forest, group_examples, shared_content
from tests.conftest import ROOT
from tests.stages.conftest import MakeExample
from tests.stages.splitting.builders import general

GENERAL = Source(kind="general")
SIMILARITY = 0.7
TEXTS = st.lists(st.sampled_from("the sea is Blue, and so".split()), max_size=RUN + 3).map(" ".join)


def groups(examples: list[Example]) -> list[int]:
    contents = [read_content(example) for example in examples]
    return group_examples(examples, contents, near_duplicate_pairs(contents, SIMILARITY))


def grouped(make: MakeExample, *texts: tuple[str, ...]) -> bool:
    """Whether general examples of these texts (instruction, output, input) are one group."""
    return len(set(groups([make(*text, source=GENERAL) for text in texts]))) == 1


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
    pages = ["Petra", "Emma", "Petra", "Petra"]
    examples = [
        make(f"Question {place}?", f"Reply {place}.", source=Source(kind="synthetic", title=title))
        for place, title in enumerate(pages)
    ]
    assert groups(examples) == [0, 1, 0, 0]


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


def test_the_smallest_number_of_a_group_is_its_root() -> None:
    """Guards against a join that forgets one of the two groups, or a root that depends on the order of the joins."""
    forest = Forest(7)
    for first, second in ((5, 6), (3, 2), (6, 3), (4, 4)):
        forest.join(first, second)
    assert [forest.root(number) for number in range(7)] == [0, 1, 2, 2, 4, 2, 2]


def test_a_root_is_found_at_the_end_of_a_long_chain() -> None:
    """Guards against a search for the root that stops on the way."""
    forest = Forest(9)
    for number in range(8, 0, -1):
        forest.join(number - 1, number)
    assert forest.root(8) == 0


@given(st.integers(1, 12), st.data())
def test_groups_are_the_connected_parts(size: int, data: st.DataObject) -> None:
    """Guards against groups that are not joined, joined too much, or lost on a shortened way, whatever is joined."""
    numbers = st.integers(0, size - 1)
    pairs = data.draw(st.lists(st.tuples(numbers, numbers), max_size=15))
    forest = Forest(size)
    groups = {number: {number} for number in range(size)}
    for first, second in pairs:
        forest.join(first, second)
        joined = groups[first] | groups[second]
        for number in joined:
            groups[number] = joined
        assert [forest.root(number) for number in range(size)] == [min(groups[number]) for number in range(size)]


def test_near_duplicates_are_joined_in_any_order(make: MakeExample) -> None:
    """Guards against pairs of which only some are joined; the texts have nothing in common."""
    texts = ["Who wrote Emma?", "Name a warm color.", "Where is Petra?", "Why do whales sing?"]
    examples = [make(text, f"Reply {place}.", source=GENERAL) for place, text in enumerate(texts)]
    contents = [read_content(example) for example in examples]
    assert group_examples(examples, contents, []) == [0, 1, 2, 3]
    assert group_examples(examples, contents, [(2, 3), (3, 1)]) == [0, 1, 1, 1]


def runs(text: str) -> list[str]:
    words = text.lower().replace(",", "").split()
    return [" ".join(words[i : i + RUN]) for i in range(len(words) - RUN + 1)]


def plainly_shared(examples: list[Example]) -> list[list[int]]:
    owners: dict[str, list[int]] = defaultdict(list)
    content: set[str] = set()
    for place, example in enumerate(examples):
        for field in ("instruction", "input", "output"):
            for run in runs(getattr(example, field)):
                owners[run].append(place)
                content |= {run} if field != "instruction" else set()
    return sorted(places for run, places in owners.items() if len(places) > 1 and run in content)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.builds(general, TEXTS, TEXTS, TEXTS), max_size=6))
def test_hashed_runs_are_those_of_the_texts(examples: list[Example]) -> None:
    """Guards against runs that go on into the next text or example, are missed at an end, or are only wording."""
    assume(len({(example.instruction.lower(), example.input.lower()) for example in examples}) == len(examples))
    assert sorted(shared_content(examples)) == plainly_shared(examples)  # no question is shared, and there are no pages
