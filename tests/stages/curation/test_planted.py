"""Every rule against faults that were planted for it, and good examples that look like them."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from stages.common.files import read_jsonl
from stages.common.instruction_sets import read_instructions
from stages.common.records import Example, Record, Source, Teacher, make_example
from stages.curation.rules import RULES, Case
from stages.curation.thresholds import Thresholds
from tests.conftest import ROOT

PLANTED = Path(__file__).parent / "planted"
LIMITS = Thresholds.model_validate(YAML(typ="safe").load(ROOT / "params.yaml")["curate"])
AT_LEAST = 0.95  # recall and precision
REJECTED_AT_MOST = 0.02  # of good sets
ROWS = 15  # faults, and as many good examples


class Planted(Record):
    """`page` is the text of the page that the example is about, for the rule that reads it."""

    instruction: str
    input: str
    output: str
    page: str | None = None
    fault: bool
    why: str

    @property
    def example(self) -> Example:
        return make_example(
            instruction=self.instruction,
            input=self.input,
            output=self.output,
            kind="",
            source=Source(kind="general"),
            teacher=Teacher(name="planted"),
        )


def evidence(rule: str, row: Planted) -> str | None:
    """What the rule says, with the thresholds of params.yaml."""
    return RULES[rule](Case(row.example, LIMITS, row.page))


@pytest.mark.parametrize("path", sorted(PLANTED.glob("*.jsonl")), ids=lambda path: path.stem)
def test_a_rule_finds_its_faults_and_hardly_anything_else(path: Path) -> None:
    """Guards against a change to a rule that lets faults through or rejects good examples; a miss is printed."""
    rows = read_jsonl(path, Planted)
    assert len({row.example.id for row in rows}) == len(rows), "a row stands twice"
    found = [evidence(path.stem, row) for row in rows]
    for row, against in zip(rows, found, strict=True):
        if row.fault != (against is not None):
            verdict = f"rejected: {against}" if against else "not found"
            print(f"{path.stem}, {row.why}: {row.instruction!r} {row.input!r} {row.output!r} {verdict}")  # noqa: T201
    faults = sum(row.fault for row in rows)
    right = sum(row.fault and against is not None for row, against in zip(rows, found, strict=True))
    rejected = sum(against is not None for against in found)
    assert min(faults, len(rows) - faults) >= ROWS
    assert right / faults >= AT_LEAST, f"recall {right}/{faults}"
    assert right / rejected >= AT_LEAST, f"precision {right}/{rejected}"


@pytest.mark.parametrize("of", ["bundled", "book"])
def test_sets_made_with_care_are_hardly_ever_rejected(of: str, request: pytest.FixtureRequest) -> None:
    """Guards against rules that fit what was planted for them, and reject what people wrote."""
    path = ROOT / "data/bundled/instructions.jsonl" if of == "bundled" else request.getfixturevalue("instruction_data")
    examples, _ = read_instructions(path, "error")
    rejected = []
    for example in examples:
        texts = {field: getattr(example, field) for field in ("instruction", "input", "output")}
        row = Planted(**texts, fault=False, why=path.name)
        rejected += [(texts, rule, found) for rule in RULES if (found := evidence(rule, row))]
    print(*rejected, sep="\n")  # noqa: T201
    assert len(rejected) / len(examples) <= REJECTED_AT_MOST


def test_every_rule_is_measured() -> None:
    """Guards against a planted file that is renamed or lost, and with it the measure."""
    assert {path.stem for path in PLANTED.glob("*.jsonl")} == set(RULES)
