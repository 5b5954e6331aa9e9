"""The same question in other words: pairs, the threshold, and what makes two answers the same."""

from itertools import combinations

import pytest
from hypothesis import given, settings, strategies as st

from stages.common.instruction_sets import read_instructions
from stages.common.records import Example
from stages.curation.content import Content, read_content
from stages.curation.near_duplicate import candidates, near_duplicate, near_duplicate_pairs, repeats, similarity
from tests.conftest import ROOT
from tests.stages.conftest import MakeExample
from tests.stages.splitting.builders import general


def test_pairs_are_those_that_ask_and_answer_the_same(make: MakeExample) -> None:
    """Guards against a pair that is missed because one of three equal examples represents all, and against pairs that
    share only their wording."""
    texts = [
        ("Name the capital of Poland.", "Warsaw."),
        ("Name the capital of Ecuador.", "Quito."),
        ("Please name the capital of Poland.", "Warsaw."),
        ("State the capital of Poland.", "Warsaw."),
        ("State the beautiful capital of Poland.", "Warsaw."),
    ]
    contents = [read_content(make(*text)) for text in texts]
    assert contents[0] == contents[2] == contents[3] != contents[4]
    assert sorted(near_duplicate_pairs(contents, 0.6)) == [(0, 2), (0, 3), (0, 4)]


@pytest.mark.parametrize(("min_similarity", "found"), [(0.75, True), (0.76, False)])
def test_near_duplicates_from_both_sides_of_the_threshold(
    make: MakeExample, min_similarity: float, found: bool
) -> None:
    """Guards against a threshold that isn't used: of four content words the questions share three."""
    first, second = make("Who wrote the novel Jane Eyre?", "Brontë."), make("Who wrote Jane Eyre?", "Brontë.")
    contents = [read_content(first), read_content(second)]
    assert (near_duplicate(contents[1], [(first, contents[0])], min_similarity) is not None) == found


@pytest.mark.parametrize(
    ("question", "found"), [("Who wrote the novel Emma?", True), ("Who wrote the long novel Emma?", False)]
)
def test_one_word_may_be_added_to_two(make: MakeExample, question: str, found: bool) -> None:
    """Guards against an exception to the threshold that covers questions with two more words, too."""
    first, second = make("Who wrote Emma?", "Jane Austen."), make(question, "Jane Austen.")
    twin = [(first, read_content(first))]
    assert (near_duplicate(read_content(second), twin, 0.9) is not None) == found


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ("Water boils at 100 degrees.", "It boils at 90 degrees.", False),  # another number
        ("Water boils.", "Water does not boil.", False),
        ("Water boils hot and fast.", "Water boils hot and not fast.", False),  # the other's new words and a "not"
        ("Yes, water boils.", "No, water boils.", False),
        ("It is wet cold clear water.", "Water is wet, cold and clear.", True),
    ],
)
def test_answers_are_the_same_or_not(make: MakeExample, first: str, second: str, found: bool) -> None:
    """Guards against a number, a negation or a verdict that counts as one word among many."""
    texts = [("How does water boil?", first), ("Tell me how water boils.", second)]
    contents = [read_content(make(*text)) for text in texts]
    twin = [(make(*texts[0]), contents[0])]
    assert (near_duplicate(contents[1], twin, 0.5) is not None) == found


@pytest.mark.parametrize("more", ["Water does not boil.", "Water boils at 100 degrees."])
def test_what_only_one_answer_says_counts_whichever_came_first(make: MakeExample, more: str) -> None:
    """Guards against a negation or a number that makes another answer only if it is in the later of the two."""
    plain, other = make("How does water boil?", "Water boils."), make("Tell me how water boils.", more)
    for first, second in ((plain, other), (other, plain)):
        assert near_duplicate(read_content(second), [(first, read_content(first))], 0.3) is None


def test_candidates_are_earlier_places(make: MakeExample) -> None:
    """Guards against an example that is its own twin, or the twin of one that comes later."""
    texts = ["Name the river of Poland.", "Name the long river of Poland.", "Who wrote Emma?"]
    contents = [read_content(make(text, "It is the Vistula river.")) for text in texts]
    assert candidates(contents, 0.7)[:2] == [[], [0]]


def test_similarity_is_jaccard() -> None:
    first, second = frozenset("abc"), frozenset("bcd")
    assert similarity(first, second) == 0.5
    assert similarity(first, frozenset()) == 0
    assert similarity(frozenset(), frozenset()) == 1


def all_pairs(contents: list[Content], min_similarity: float) -> set[tuple[int, int]]:
    """Compared each with each."""
    return {
        (first, second)
        for first, second in combinations(range(len(contents)), 2)
        if repeats(contents[first], contents[second], min_similarity)
    }


def reworded(example: Example, number: int) -> Example:
    """The same in other words, and with a word more or less."""
    task = [f"{example.instruction} Quickly.", f"{example.instruction} Thanks.", f"Carefully: {example.instruction}"]
    passage = example.input.split()
    if len(passage) > 20:
        del passage[number % len(passage)]
    return general(task[number % 3], " ".join(passage), example.output)


@pytest.mark.parametrize("min_similarity", [0.3, 0.7])
def test_no_pair_is_missed_among_2000(min_similarity: float) -> None:
    """Guards against a search that is set for one threshold and misses pairs at another."""
    examples, _ = read_instructions(ROOT / "data/bundled/instructions.jsonl", "error")
    examples = examples[:1000]
    contents = [read_content(example) for example in examples]
    contents += [read_content(reworded(example, number)) for number, example in enumerate(examples)]
    distinct = list(dict.fromkeys(contents))
    found = set(near_duplicate_pairs(distinct, min_similarity))
    assert found == all_pairs(distinct, min_similarity)
    assert len(distinct) > 1900
    assert len(found) >= 50


WORDS = st.sampled_from("who wrote Emma emma the lovely old novel not 2 rain snow fog hail yes & 'hot'".split())
TEXTS = st.lists(WORDS, max_size=6).map(" ".join)
PASSAGES = st.lists(WORDS, min_size=20, max_size=26).map(" ".join)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.builds(general, TEXTS, TEXTS | PASSAGES, TEXTS), max_size=40), st.sampled_from([0.0, 0.2, 0.5, 0.8]))
def test_no_pair_is_missed_whatever_the_texts(examples: list[Example], min_similarity: float) -> None:
    """Guards against words that are passed over too soon, when many examples share their rarest words."""
    distinct = list(dict.fromkeys(map(read_content, examples)))
    assert set(near_duplicate_pairs(distinct, min_similarity)) == all_pairs(distinct, min_similarity)


def test_candidates_are_few(make: MakeExample, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against candidates that grow with the square of the examples: 40 words make 20,000 different questions."""
    words = [f"{first}{second}o" for first in "bdfgklmn" for second in "aeiou"]
    texts = [f"Does {words[i % 40]} {words[i // 40 % 40]} beat {words[i // 1600]}{i % 7}?" for i in range(20_000)]
    contents = list(dict.fromkeys(read_content(make(text, "It does.")) for text in texts))
    assert sum(map(len, candidates(contents, 0.7))) < len(contents)


@pytest.mark.parametrize("min_similarity", [0.7, 1.0])
def test_many_questions_about_one_passage(make: MakeExample, min_similarity: float) -> None:
    """Guards against a search that tries all ways to divide passages that are almost equal, or divides them without
    end."""
    passage = " ".join(
        f"{first}{second}{third}o" for first in "bdfgklm" for second in "aeiou" for third in "prstvwxyzn"
    )
    examples = [general(f"Describe thing {i}.", passage, f"It is number {i}.") for i in range(30)]
    examples += [general("Describe it.", f"{passage} {'yes ' * i}", "It is nice.") for i in range(30)]
    contents = list(dict.fromkeys(map(read_content, examples)))
    assert len(contents) > 30
    assert set(near_duplicate_pairs(contents, min_similarity)) == all_pairs(contents, min_similarity)
