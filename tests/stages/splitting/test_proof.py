"""What two sides share is found, and what they may share isn't."""

import ast
import re
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings, strategies as st

from stages.common.errors import StageError
from stages.common.records import Example, Source
from stages.splitting import link_steps, proof as proof_module, proof_steps, rewording_index, rewordings
from stages.splitting.allocation import Split
from stages.splitting.proof import RUN_WORDS, prove, refuse_leaks
from tests.stages.conftest import MakeExample
from tests.stages.splitting.builders import general as general_task

SIMILARITY = 0.7
SENTENCE = "The Golden Bear went to the film in Berlin in 2002."
NONE = {
    "questions_on_two_sides": 0,
    "pages_on_two_sides": 0,
    "word_runs_on_two_sides": 0,
    "near_duplicates_on_two_sides": 0,
    "test_examples_that_leak": 0,
}


@pytest.fixture
def general(make: MakeExample) -> Callable[..., Example]:
    """A general task, of no page."""
    return lambda *texts: make(*texts, source=Source(kind="general"))


def split_of(train: Example, val: Example, test: Example) -> Split:
    return {"train": [train], "val": [val], "test": [test]}


def test_a_clean_split_shares_nothing(general: Callable[..., Example]) -> None:
    split = split_of(general("Name a color."), general("Name a bird.", "The wren."), general("Name a tree."))
    assert prove(split, SIMILARITY).metrics() == NONE
    refuse_leaks(prove(split, SIMILARITY))


def test_the_same_question_on_two_sides(general: Callable[..., Example]) -> None:
    """Guards against a test question that was trained on with another answer, case or full stop."""
    twin = general("name a  COLOR", "Red.")
    proof = prove(split_of(general("Name a color."), general("Name a bird."), twin), SIMILARITY)
    assert proof.metrics() == NONE | {"questions_on_two_sides": 1, "test_examples_that_leak": 1}
    with pytest.raises(StageError, match=rf"1 questions, such as 'name a color' of {twin.id} \('name a  COLOR'\)"):
        refuse_leaks(proof)


def test_a_page_on_two_sides(make: MakeExample) -> None:
    """Guards against a test about a page that other facts were learnt of; val and train leak, too, test doesn't."""
    of = {title: Source(kind="synthetic", title=title) for title in ("Poland", "Peru")}
    split = split_of(
        make("Name a city.", source=of["Peru"]), make("Name a sea.", source=of["Peru"]), make("A?", source=of["Poland"])
    )
    assert prove(split, SIMILARITY).metrics() == NONE | {"pages_on_two_sides": 1}


@pytest.mark.parametrize(
    ("train", "test", "runs"),
    [
        (("Who won?", SENTENCE), ("When?", "It was then: " + SENTENCE), 4),  # answer and answer
        (("Who won?", "A film.", SENTENCE), ("When?", "2002.", "Once, the golden bear went to the film in Rome."), 1),
        (("Is it true? " + SENTENCE, "Yes."), ("When?", SENTENCE), 4),  # instruction and answer
        (("Who won?", SENTENCE), ("Is it true? " + SENTENCE, "Yes."), 4),  # answer and instruction
        (("Is it true or is it false? The sea is blue.", "Yes."), ("Is it true or is it false? The sun.", "No."), 0),
        (
            ("Who won?", "The Golden Bear went to the film."),
            ("When?", "The Golden Bear went to the film."),
            0,
        ),  # 7 words
    ],
)
def test_a_run_of_eight_words_on_two_sides(
    general: Callable[..., Example], train: tuple[str, ...], test: tuple[str, ...], runs: int
) -> None:
    """Guards against content that leaks under another question, and against the wording of a task taken for it."""
    proof = prove(split_of(general(*train), general("Name a bird."), general(*test)), SIMILARITY)
    assert proof.metrics() == NONE | {"word_runs_on_two_sides": runs, "test_examples_that_leak": min(runs, 1)}


def test_near_duplicates_count_where_they_are_apart(general: Callable[..., Example]) -> None:
    """Guards against pairs that are counted though they are together, or not though they are apart."""
    train = general("Who wrote Emma?", "Jane Austen wrote Emma.")
    beside, bird = general("Name the writer of Emma.", "Jane Austen."), general("Name a bird.", "The wren.")
    test = general("Name the author of Emma.", "Jane Austen.")
    together = {"train": [train, beside], "val": [bird], "test": [general("Where?")]}
    assert prove(together, SIMILARITY).metrics() == NONE
    proof = prove({"train": [train, bird], "val": [], "test": [test]}, SIMILARITY)
    assert proof.metrics() == NONE | {"near_duplicates_on_two_sides": 1, "test_examples_that_leak": 1}
    with pytest.raises(StageError, match=f"1 near duplicates, such as .* of {test.id} .* and {train.id} "):
        refuse_leaks(proof)


def test_each_pair_of_near_duplicates_counts(general: Callable[..., Example]) -> None:
    """Guards against equal examples of which only the first is compared: two of test and two of train are four pairs,
    and one more of another wording is near to both of test."""
    test = [general("Who wrote Emma?", "Jane Austen."), general("Name the author of Emma.", "Jane Austen.")]
    train = [general("State the author of Emma.", "Jane Austen."), general("Give the writer of Emma.", "Jane Austen.")]
    proof = prove({"train": train, "val": [], "test": test}, SIMILARITY)
    assert proof.metrics() == NONE | {"near_duplicates_on_two_sides": 4, "test_examples_that_leak": 2}
    novel = general("Who wrote the novel Emma?", "Jane Austen.")
    proof = prove({"train": [novel], "val": [], "test": test}, SIMILARITY)
    assert proof.metrics() == NONE | {"near_duplicates_on_two_sides": 2, "test_examples_that_leak": 2}
    proof = prove({"train": [*train, novel], "val": [], "test": test}, SIMILARITY)
    assert proof.counts["near_duplicates"] == 6


def test_the_error_has_a_line_for_each_sort_of_leak(make: MakeExample) -> None:
    """Guards against a reader who mends one leak, and meets the next one at the next run."""
    proof = prove(split_of(make("Who won?", SENTENCE), make("A?"), make("Who won?", SENTENCE + " Yes.")), SIMILARITY)
    with pytest.raises(StageError) as raised:
        refuse_leaks(proof)
    lines = str(raised.value).splitlines()
    assert [re.split(r"\W+", line.strip())[1] for line in lines[1:4]] == ["questions", "pages", "word"]
    assert lines[-1].endswith("set split.decontaminate to false, which keeps both")


TEXTS = st.lists(st.sampled_from("the sea is Blue, and so".split()), max_size=RUN_WORDS + 3).map(" ".join)


def plain_counts(split: Split) -> tuple[int, int]:
    """Runs on two sides, one by one as texts, and the test examples that have one."""
    sides: dict[str, set[str]] = defaultdict(set)
    test_owners: dict[str, set[str]] = defaultdict(set)
    content = set()
    for side, examples in split.items():
        for example in examples:
            for field in ("instruction", "input", "output"):
                words = getattr(example, field).lower().replace(",", "").split()
                for start in range(len(words) - RUN_WORDS + 1):
                    run = " ".join(words[start : start + RUN_WORDS])
                    sides[run].add(side)
                    content |= {run} if field != "instruction" else set()
                    if side == "test":
                        test_owners[run].add(example.id)
    shared = [run for run in content if len(sides[run]) > 1]
    return len(shared), len(set[str]().union(*(test_owners[run] for run in shared)))


TASKS = st.lists(st.builds(general_task, TEXTS, TEXTS, TEXTS), max_size=3)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(TASKS, TASKS, TASKS)
def test_runs_are_those_of_the_texts(train: list[Example], val: list[Example], test: list[Example]) -> None:
    """Guards against runs that go on into the next text, are missed at an end or on one of the sides, or are only
    wording."""
    split = {"train": train, "val": val, "test": test}
    examples = [(example, side) for side in ("test", "val", "train") for example in split[side]]
    leaks = list(proof_module._shared_runs([example for example, _ in examples], [side for _, side in examples]))
    on_test = {examples[place][0].id for leak in leaks for place in leak.holders if examples[place][1] == "test"}
    assert (len(leaks), len(on_test)) == plain_counts(split)


def test_two_runs_with_the_same_hash_are_no_leak(
    general: Callable[..., Example], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against a count that believes the hashes, by which runs are searched for."""
    monkeypatch.setattr(proof_module, "hash", lambda run: 1, raising=False)
    other = "It was a cold and rainy night when she left the house."
    clean = split_of(general("Who won?", SENTENCE), general("Name a bird.", "The wren."), general("When?", other))
    assert prove(clean, SIMILARITY).metrics() == NONE


def test_what_is_shared_is_named(make: MakeExample) -> None:
    """Guards against an error that names something else than what two examples share."""
    sentence = "Otters float together while sleeping peacefully off shore."
    split = {"test": [make("Where?", f"Well: {sentence}")], "val": [], "train": [make("where", sentence)]}
    run = "otters float together while sleeping peacefully off shore"
    named = {sort: leak.text for sort, leak in prove(split, SIMILARITY).leaks.items()}
    assert named["questions"] == "where\n"
    assert named["pages"] == "Colors"
    assert named["word_runs"] == run


def imports_of(*modules: ModuleType) -> set[str]:
    """The modules of the stages that these import, but for `stages.common`."""
    imported = set()
    for module in modules:
        for node in ast.walk(ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
            elif isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
    return {name for name in imported if name.startswith("stages.") and not name.startswith("stages.common.")}


def test_the_proof_shares_no_code_with_what_it_proves() -> None:
    """Guards against a helper of the grouping or the rules that is used here, too: a bug in it would go unnoticed."""
    assert imports_of(proof_module, rewordings, rewording_index) == {
        "stages.splitting.rewording_index",
        "stages.splitting.rewordings",
        "stages.curation.vocabulary",
        "stages.english.inflection",
        "stages.english.normal_form",
    }
    grouping = imports_of(link_steps) - imports_of(proof_module)
    assert {name for name in imports_of(proof_steps) & grouping if not name.startswith("stages.engine.")} == set()
