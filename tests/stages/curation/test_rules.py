"""The driver: order, twins, several processes, and that no example is lost whatever comes in."""

import pytest
from hypothesis import given, settings, strategies as st
from ruamel.yaml import YAML

from stages.common.records import Example, Rejection, Source, Teacher, make_example
from stages.curation.content import read_content
from stages.curation.rules import ORDER, Curation, Thresholds, curate
from tests.conftest import ROOT
from tests.stages.conftest import MakeExample

LIMITS = Thresholds.model_validate(YAML(typ="safe").load(ROOT / "params.yaml")["curate"])
# Words that make repetitions, conflicts and faults likely, and any text at all.
WORDS = (
    "who wrote Emma the author of name Jane Austen Mary Shelley 1815 1816 2031 ### yes no true not a 'hot' cold".split()
)
TEXTS = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join) | st.text(max_size=30)


def example(instruction: str, output: str, input: str) -> Example:
    source, teacher = Source(kind="synthetic", title="Emma"), Teacher(name="rules")
    return make_example(instruction=instruction, input=input, output=output, kind="", source=source, teacher=teacher)


def reasons(curation: Curation) -> list[str]:
    return [rejection.reason for rejection in curation.rejected]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.builds(example, TEXTS, TEXTS, TEXTS), max_size=8))
def test_no_example_is_lost_or_doubled(examples: list[Example]) -> None:
    """Guards against a rule that drops, doubles or reorders examples, and against text that no rule has thought of."""
    curation = curate(examples, LIMITS, {"Emma": "Jane Austen wrote Emma in 1815."})
    rejected = [row.example for row in curation.rejected if isinstance(row.example, Example)]
    assert sorted(examples, key=lambda row: row.id) == sorted([*curation.kept, *rejected], key=lambda row: row.id)
    for some in (curation.kept, rejected):
        rest = iter(examples)
        assert all(row in rest for row in some), "not in the order of the input"
    assert set(reasons(curation)) <= set(ORDER)
    assert all(row.evidence.strip() for row in curation.rejected)


@pytest.mark.parametrize(
    "run", ["-", ".", "_", "*", "\n", "{%", "<a ", "1.", "“", "‘", "\\", "=", "\t", " ", ". . ", "a\n"]
)
def test_a_rule_reads_a_text_that_repeats_itself_once(run: str) -> None:
    """Guards against a pattern that tries every way to part a text such as a model's that loops: 3,000 dashes before a
    letter took longer than anyone waits."""
    stuck = example("Who wrote Emma?", f"{run * 10_000}a", "")
    curation = curate([stuck], LIMITS, {"Emma": "Jane Austen wrote Emma in 1815."})
    assert len(curation.kept) + len(curation.rejected) == 1


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.lists(st.builds(example, TEXTS, TEXTS, TEXTS), max_size=8))
def test_what_is_kept_is_kept_again(examples: list[Example]) -> None:
    """Guards against a set that isn't clean after it was curated."""
    kept = curate(examples, LIMITS, {}).kept
    assert curate(kept, LIMITS, {}) == Curation(kept, [])


def test_several_processes_find_the_same(make: MakeExample) -> None:
    """Guards against chunks that come back in another order, or a rule that hangs on what another process saw."""
    examples = [
        make(f"What is on shelf {n % 900} of wall {n % 7}?", "A book of 2031." if n % 50 == 0 else f"Book B{n}.")
        for n in range(1200)
    ]
    alone, shared = (curate(examples, LIMITS, {}, processes=number) for number in (1, 2))
    assert alone == shared
    assert reasons(alone).count("after_cutoff") == 24


def test_the_same_question_again_goes_whatever_the_answer(make: MakeExample) -> None:
    """Guards against a repeated question that passes because its answer is another good one."""
    first, again, third = (make("Name a color.", answer) for answer in ("Blue.", "Red.", "Green."))
    curation = curate([first, again, third], LIMITS, {})
    assert (curation.kept, reasons(curation)) == ([first], ["exact_duplicate"] * 2)
    assert [row.evidence for row in curation.rejected] == [f"asks the same as {first.id}"] * 2


def test_a_rejected_twin_does_not_reject_its_brother(make: MakeExample) -> None:
    """Guards against a good example that is dropped for the sake of a bad one."""
    bad, good = make("Name a color.", "Blue in 2030."), make("Name a color.", "Blue.")
    curation = curate([bad, good], LIMITS, {})
    assert (curation.kept, reasons(curation)) == ([good], ["after_cutoff"])


def test_a_near_duplicate_is_nobodys_twin(make: MakeExample) -> None:
    """Guards against an example that goes because of one that is gone, too."""
    first, near = make("Who wrote Emma?", "Jane Austen."), make("Name the author of Emma.", "Jane Austen.")
    again = make("name the AUTHOR of Emma", "A novelist of the Regency era from Hampshire, England.")
    curation = curate([first, near, again], LIMITS, {})
    assert curation.kept == [first, again]
    assert reasons(curation) == ["near_duplicate"]


def test_the_first_of_two_is_kept_and_named(make: MakeExample) -> None:
    first, second = make("Who wrote Emma?", "Jane Austen."), make("Name the author of Emma.", "It is Jane Austen.")
    for kept, other in ((first, second), (second, first)):
        curation = curate([kept, other], LIMITS, {})
        evidence = f"asks and answers the same as {kept.id}: {kept.instruction!r}"
        assert curation == Curation([kept], [Rejection(example=other, reason="near_duplicate", evidence=evidence)])


def test_questions_with_equal_content_are_near_duplicates(make: MakeExample) -> None:
    """Guards against rewordings that pass because their content is equal: the search for similar contents only looks
    among different ones."""
    first, again = make("Name the capital of Poland.", "Warsaw."), make("State the capital of Poland.", "Warsaw.")
    assert read_content(first) == read_content(again)
    curation = curate([first, again], LIMITS, {})
    assert (curation.kept, reasons(curation)) == ([first], ["near_duplicate"])


def test_a_conflict_is_decided_by_the_page(make: MakeExample) -> None:
    """Guards against a wrong answer that is kept because it came first, and a right one that goes with it."""
    question = "What color was the cover of Emma?"
    wrong, right = make(question, "It was blue."), make(question, "It was red.")
    pages = {"Colors": "Emma was sold in a red cover: it was a novel."}
    decided = curate([wrong, right], LIMITS, pages)
    assert (decided.kept, reasons(decided)) == ([right], ["conflicting_answer"])
    evidence = f"'It was blue.', but {right.id} answers 'It was red.'; the page supports the other"
    assert decided.rejected[0].evidence == evidence
    undecided = curate([wrong, right], LIMITS, {})
    assert (undecided.kept, reasons(undecided)) == ([], ["conflicting_answer"] * 2)
    both = curate([wrong, right], LIMITS, {"Colors": "It was sold in a red cover, later in a blue one."})
    assert both.kept == []
    assert both.rejected[1].evidence.endswith("the page supports both")


@pytest.mark.parametrize("title", ["Rose\u0301", "Ros\u00e9", "ros\u00e9", "Ros\u00e9\u200b"])
def test_a_page_is_found_by_its_title_in_any_spelling(make: MakeExample, title: str) -> None:
    """Guards against an example that isn't compared with its page, because the title is written in other characters."""
    source = Source(kind="synthetic", title=title, revision_id=1, url="u")
    invented = make("When was the wine first made?", "The wine was first made in 1734.", source=source)
    assert reasons(curate([invented], LIMITS, {"Ros\u00e9": "Ros\u00e9 is a wine."})) == ["unsupported"]


def test_the_very_title_comes_first(make: MakeExample) -> None:
    """Guards against two pages whose titles differ only in case, one of which is taken for the other."""
    pages = {"US": "The country declared independence in 1776.", "Us": "Us is a film of 2019."}
    source = Source(kind="synthetic", title="US", revision_id=1, url="u")
    told = make("When did it declare independence?", "It declared independence in 1776.", source=source)
    assert curate([told], LIMITS, pages).kept == [told]
