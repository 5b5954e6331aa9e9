"""The proof's own search for near-duplicates, against the rule's definition and against the planted pairs."""

from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from stages.common.instruction_sets import read_instructions
from stages.common.records import Example, Source
from stages.curation.content import read_content
from stages.curation.near_duplicate import near_duplicate_pairs, repeats
from stages.splitting.rewordings import find_rewordings
from tests.conftest import ROOT
from tests.stages.conftest import MakeExample
from tests.stages.curation.planted_rows import read_planted_pairs
from tests.stages.splitting.builders import general

SIMILARITY = 0.7
GENERAL = Source(kind="general")
# Words that make near-duplicates likely, and reach each part of the definition.
WORDS = """
who wrote writes author of Emma emma name the novel when where which city how many why is not 2 two 5,000 a
'hot' "cold" : ? . yes no true false plus + - lovely hats hat Paris
""".split()
TEXTS = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
PASSAGE = (
    "Badgers sleep underground by day and hunt earthworms after sunset in wet meadows near old woods, where they dig "
    "long tunnels with many rooms and line them with dry grass"
)


def pairs_found(examples: list[Example], min_similarity: float = SIMILARITY) -> set[tuple[int, int]]:
    return {
        (min(place, other), max(place, other))
        for first, second in find_rewordings(examples, min_similarity)
        for place in first
        for other in second
        if place != other
    }


def pairs_of_the_rule(examples: list[Example], min_similarity: float = SIMILARITY) -> set[tuple[int, int]]:
    """All pairs, compared one by one."""
    contents = [read_content(example) for example in examples]
    return {
        (place, other)
        for place, other in combinations(range(len(examples)), 2)
        if repeats(contents[place], contents[other], min_similarity)
    }


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.builds(general, TEXTS, TEXTS, TEXTS), max_size=6), st.sampled_from([0.5, 0.7, 0.9]))
def test_the_pairs_are_those_of_the_rule(examples: list[Example], min_similarity: float) -> None:
    """Guards against a proof that refuses what the rule allows, or misses what it forbids, on any text."""
    assert pairs_found(examples, min_similarity) == pairs_of_the_rule(examples, min_similarity)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.lists(st.sets(st.integers(0, 27), max_size=4), min_size=2, max_size=4), st.booleans())
def test_the_index_finds_passages_that_differ_by_some_words(removed: list[set[int]], has_name: bool) -> None:
    """Guards against an index that looks for the wrong words of a long input, in which any word may be missing."""
    words = PASSAGE.split() if has_name else PASSAGE.lower().split()
    inputs = [" ".join(word for place, word in enumerate(words) if place not in some) for some in removed]
    examples = [general("Describe the text.", text, "It is about badgers.") for text in inputs]
    assert pairs_found(examples) == pairs_of_the_rule(examples)


def test_passages_are_found_that_differ_in_their_rarest_words() -> None:
    """Guards against an index that looks for too few words: three words of each passage are in no other."""
    words = PASSAGE.lower().split()
    rare = [["red", "blue", "green"], ["cat", "dog", "cow"], ["sun", "moon", "star"]]
    inputs = [" ".join([*words, "before winter comes", *own]) for own in rare]
    examples = [general("Describe the text.", text, "It is about badgers.") for text in inputs]
    assert pairs_found(examples) == pairs_of_the_rule(examples) == {(0, 1), (0, 2), (1, 2)}


@pytest.mark.parametrize("rule", ["near_duplicate", "exact_duplicate", "conflicting_answer"])
def test_planted_pairs_are_judged_as_the_rule_judges_them(rule: str) -> None:
    """Guards against two definitions that drift apart: pairs that were planted for and against each rule."""
    for pair in read_planted_pairs(rule):
        examples = [pair.first.example, pair.second.example]
        assert pairs_found(examples) == pairs_of_the_rule(examples), pair.why


def test_equal_examples_come_as_one_group(make: MakeExample) -> None:
    """Guards against repetitions of which only the first is compared."""
    texts = [("Name the capital of Poland.", "Warsaw."), ("State the capital of Poland.", "Warsaw.")]
    examples = [make(*text, source=GENERAL) for text in [*texts, ("What is the capital of Poland?", "Warsaw.")]]
    assert list(find_rewordings(examples, SIMILARITY)) == [([0, 1, 2], [0, 1, 2])]


@pytest.mark.parametrize(("min_similarity", "found"), [(0.75, {(0, 1)}), (0.76, set())])
def test_the_threshold_is_used(make: MakeExample, min_similarity: float, found: set[tuple[int, int]]) -> None:
    """Guards against a threshold that is ignored: the questions share three of four content words."""
    texts = [("Who wrote the novel Jane Eyre?", "Brontë."), ("Who wrote Jane Eyre?", "Brontë.")]
    assert pairs_found([make(*text) for text in texts], min_similarity) == found


def test_a_set_without_repetitions_has_none() -> None:
    """Guards against wordings that are taken for content: these 1,237 tasks were written to be distinct."""
    examples, _ = read_instructions(ROOT / "data/bundled/instructions.jsonl", "error")
    assert pairs_found(examples) == set()


def test_a_set_with_repetitions_has_those_of_the_rule(instruction_data: Path) -> None:
    examples, _ = read_instructions(instruction_data, "error")
    contents = [read_content(example) for example in examples]
    found = pairs_found(examples)
    assert len(found) == 20
    assert found == set(near_duplicate_pairs(contents, SIMILARITY))
