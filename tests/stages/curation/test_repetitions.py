"""The rules that compare two examples, against pairs that were planted for them, and against real sets."""

from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from stages.common.files import read_jsonl
from stages.common.instruction_sets import read_instructions
from stages.common.records import Example, Record, Source, Teacher, make_example
from stages.curation.conflicting_answer import disagree
from stages.curation.content import read_content
from stages.curation.exact_duplicate import exact_duplicate, question_key
from stages.curation.near_duplicate import candidates, near_duplicate
from stages.curation.rules import curate
from stages.curation.thresholds import Thresholds
from tests.conftest import ROOT
from tests.stages.conftest import MakeExample

PAIRS = Path(__file__).parent / "planted_pairs"
LIMITS = Thresholds.model_validate(YAML(typ="safe").load(ROOT / "params.yaml")["curate"])
AT_LEAST = 0.95  # recall and precision
ROWS = 20  # faults, and as many pairs that look like them


class Texts(Record):
    instruction: str
    input: str
    output: str

    @property
    def example(self) -> Example:
        source, teacher = Source(kind="general"), Teacher(name="planted")
        return make_example(**self.model_dump(), kind="", source=source, teacher=teacher)


class PlantedPair(Record):
    first: Texts
    second: Texts
    fault: bool
    why: str


def is_near(first: Example, second: Example) -> bool:
    contents = [read_content(first), read_content(second)]
    twins = [(first, contents[0])] if contents[0] == contents[1] or candidates(contents)[1] else []
    return near_duplicate(contents[1], twins, LIMITS.min_similarity) is not None


RULES: dict[str, Callable[[Example, Example], bool]] = {
    "exact_duplicate": lambda first, second: exact_duplicate(second, {question_key(first): first.id}) is not None,
    "near_duplicate": is_near,
    "conflicting_answer": lambda one, other: disagree((one, read_content(one)), (other, read_content(other))),
}


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_finds_its_faults_and_hardly_anything_else(rule: str) -> None:
    """Guards against a change to a rule that lets faults through or rejects good examples; a miss is printed."""
    pairs = read_jsonl(PAIRS / f"{rule}.jsonl", PlantedPair)
    found = [RULES[rule](pair.first.example, pair.second.example) for pair in pairs]
    missed = [pair.why for pair, rejected in zip(pairs, found, strict=True) if pair.fault and not rejected]
    wronged = [pair.why for pair, rejected in zip(pairs, found, strict=True) if rejected and not pair.fault]
    faults = sum(pair.fault for pair in pairs)
    assert min(faults, len(pairs) - faults) >= ROWS
    assert 1 - len(missed) / faults >= AT_LEAST, missed
    assert 1 - len(wronged) / sum(found) >= AT_LEAST, wronged


def test_every_planted_pair_is_measured() -> None:
    assert {path.stem for path in PAIRS.glob("*.jsonl")} == set(RULES)


def test_question_and_input_make_an_exact_duplicate(make: MakeExample) -> None:
    """Guards against twins that differ in case or spaces; another input makes another question."""
    first = make("Name a color.", "Blue.")
    seen = {question_key(first): first.id}
    assert exact_duplicate(make("  name a COLOR", "Red."), seen) == f"asks the same as {first.id}"
    assert exact_duplicate(make("Name a color.", "Red.", input="warm"), seen) is None


@pytest.mark.parametrize(("min_similarity", "found"), [(0.75, True), (0.76, False)])
def test_near_duplicates_from_both_sides_of_the_threshold(
    make: MakeExample, min_similarity: float, found: bool
) -> None:
    """Guards against a threshold that isn't used: of four content words the questions share three."""
    first, second = make("Who wrote the novel Jane Eyre?", "Brontë."), make("Who wrote Jane Eyre?", "Brontë.")
    contents = [read_content(first), read_content(second)]
    assert (near_duplicate(contents[1], [(first, contents[0])], min_similarity) is not None) == found


def test_general_tasks_that_people_wrote_are_no_repetitions(make: MakeExample) -> None:
    """Guards against tasks of one kind that are taken for one another: all of the 1,237 are distinct."""
    examples, _ = read_instructions(ROOT / "data/bundled/instructions.jsonl", "error")
    rules = {"conflicting_answer", "exact_duplicate", "near_duplicate"}
    found = [one for one in curate(examples, LIMITS, {}, processes=1).rejected if one.reason in rules]
    assert [(one.reason, one.evidence) for one in found] == []


def test_a_set_that_repeats_itself_loses_repetitions_alone(instruction_data: Path) -> None:
    """Guards against a rule that finds more than what a person would call the same."""
    examples, _ = read_instructions(instruction_data, "error")
    rejected = curate(examples, LIMITS, {}, processes=1).rejected
    counts = {reason: sum(one.reason == reason for one in rejected) for reason in RULES}
    assert counts == {"conflicting_answer": 0, "exact_duplicate": 25, "near_duplicate": 15}
