"""Every rule against faults that were planted for it and good examples that look like them, and against real sets."""

from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from stages.common.files import read_jsonl
from stages.common.instruction_sets import read_instructions
from stages.common.records import Example
from stages.curation.conflicting_answer import disagree
from stages.curation.content import read_content
from stages.curation.exact_duplicate import exact_duplicate, question_key
from stages.curation.near_duplicate import candidates, near_duplicate
from stages.curation.rules import RULES, Case, Thresholds, curate
from tests.conftest import ROOT
from tests.stages.curation.planted_rows import PAIRS, ROWS, PlantedRow, read_planted_pairs

LIMITS = Thresholds.model_validate(YAML(typ="safe").load(ROOT / "params.yaml")["curate"])
AT_LEAST = 0.95  # recall and precision
REJECTED_AT_MOST = 0.02  # of good sets
MIN_ROWS = 15  # faults, and as many good examples
MIN_PAIRS = 20  # faults, and as many pairs that look like them


def evidence(rule: str, row: PlantedRow) -> str | None:
    """What the rule says, with the thresholds of params.yaml."""
    return RULES[rule](Case(row.example, LIMITS, row.page))


@pytest.mark.parametrize("path", sorted(ROWS.glob("*.jsonl")), ids=lambda path: path.stem)
def test_a_rule_finds_its_faults_and_hardly_anything_else(path: Path) -> None:
    """Guards against a change to a rule that lets faults through or rejects good examples. Misses are printed."""
    rows = read_jsonl(path, PlantedRow)
    assert len({row.example.id for row in rows}) == len(rows), "a row occurs twice"
    found = [evidence(path.stem, row) for row in rows]
    for row, against in zip(rows, found, strict=True):
        if row.fault != (against is not None):
            verdict = f"rejected: {against}" if against else "not found"
            print(f"{path.stem}, {row.why}: {row.instruction!r} {row.input!r} {row.output!r} {verdict}")  # noqa: T201
    faults = sum(row.fault for row in rows)
    right = sum(row.fault and against is not None for row, against in zip(rows, found, strict=True))
    rejected = sum(against is not None for against in found)
    assert min(faults, len(rows) - faults) >= MIN_ROWS
    assert right / faults >= AT_LEAST, f"recall {right}/{faults}"
    assert right / rejected >= AT_LEAST, f"precision {right}/{rejected}"


@pytest.mark.parametrize("of", ["bundled", "book"])
def test_sets_made_with_care_are_hardly_ever_rejected(of: str, request: pytest.FixtureRequest) -> None:
    """Guards against rules that fit what was planted for them and reject what people wrote."""
    path = ROOT / "data/bundled/instructions.jsonl" if of == "bundled" else request.getfixturevalue("instruction_data")
    examples, _ = read_instructions(path, "error")
    rejected = []
    for example in examples:
        texts = {field: getattr(example, field) for field in ("instruction", "input", "output")}
        row = PlantedRow(**texts, fault=False, why=path.name)
        rejected += [(texts, rule, found) for rule in RULES if (found := evidence(rule, row))]
    print(*rejected, sep="\n")  # noqa: T201
    assert len(rejected) / len(examples) <= REJECTED_AT_MOST


def test_every_rule_is_measured() -> None:
    """Guards against a planted file that is renamed or lost, and with it the measurement."""
    assert {path.stem for path in ROWS.glob("*.jsonl")} == set(RULES)
    assert {path.stem for path in PAIRS.glob("*.jsonl")} == set(PAIR_RULES)


def is_near(first: Example, second: Example) -> bool:
    contents = [read_content(first), read_content(second)]
    twins = (
        [(first, contents[0])] if contents[0] == contents[1] or candidates(contents, LIMITS.min_similarity)[1] else []
    )
    return near_duplicate(contents[1], twins, LIMITS.min_similarity) is not None


PAIR_RULES: dict[str, Callable[[Example, Example], bool]] = {
    "exact_duplicate": lambda first, second: exact_duplicate(second, {question_key(first): first.id}) is not None,
    "near_duplicate": is_near,
    "conflicting_answer": lambda first, second: disagree((first, read_content(first)), (second, read_content(second))),
}


@pytest.mark.parametrize("rule", sorted(PAIR_RULES))
def test_a_comparing_rule_finds_its_faults_and_hardly_anything_else(rule: str) -> None:
    """Guards against a change to a rule that lets faults through or rejects good examples. Misses are printed."""
    pairs = read_planted_pairs(rule)
    found = [PAIR_RULES[rule](pair.first.example, pair.second.example) for pair in pairs]
    missed = [pair.why for pair, rejected in zip(pairs, found, strict=True) if pair.fault and not rejected]
    wronged = [pair.why for pair, rejected in zip(pairs, found, strict=True) if rejected and not pair.fault]
    faults = sum(pair.fault for pair in pairs)
    assert min(faults, len(pairs) - faults) >= MIN_PAIRS
    assert 1 - len(missed) / faults >= AT_LEAST, missed
    assert 1 - len(wronged) / sum(found) >= AT_LEAST, wronged


def test_general_tasks_that_people_wrote_are_not_repetitions() -> None:
    """Guards against tasks of one kind that are taken for each other: all 1,237 are distinct."""
    examples, _ = read_instructions(ROOT / "data/bundled/instructions.jsonl", "error")
    rejected = curate(examples, LIMITS, {}, processes=1).rejected
    assert [(row.reason, row.evidence) for row in rejected if row.reason in PAIR_RULES] == []


def test_a_set_that_repeats_itself_loses_only_its_repetitions(instruction_data: Path) -> None:
    """Guards against a rule that finds more than what a person would call the same."""
    examples, _ = read_instructions(instruction_data, "error")
    rejected = curate(examples, LIMITS, {}, processes=1).rejected
    counts = {reason: sum(row.reason == reason for row in rejected) for reason in PAIR_RULES}
    assert counts == {"conflicting_answer": 0, "exact_duplicate": 25, "near_duplicate": 16}
