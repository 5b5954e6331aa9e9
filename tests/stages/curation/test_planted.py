"""Every rule against faults that were planted for it, and good examples that look like them."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from stages.curation.after_cutoff import after_cutoff
from stages.curation.malformed import malformed
from stages.curation.not_english import not_english
from stages.curation.personal_data import personal_data
from stages.curation.placeholder import placeholder
from stages.curation.too_long import too_long
from stages.curation.too_short import too_short
from stages.files import read_jsonl
from stages.instructions import read_instructions
from stages.records import Example, Record, Source, Teacher, make_example
from tests.conftest import ROOT

PLANTED = Path(__file__).parent / "planted"
PARAMS: dict[str, Any] = YAML(typ="safe").load(ROOT / "params.yaml")["curate"]
AT_LEAST = 0.95  # recall and precision
REJECTED_AT_MOST = 0.02  # of good sets
READ_THE_PAGE = {"unsupported"}  # rules of examples that are about a page
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


def default(name: str, otherwise: Any) -> Any:
    """A threshold as params.yaml has it."""
    return PARAMS.get(name, otherwise)


CUTOFF = date.fromisoformat(default("cutoff", "2022-12-31"))
RULES: dict[str, Callable[[Planted], str | None]] = {
    "after_cutoff": lambda row: after_cutoff(row.example, CUTOFF),
    "malformed": lambda row: malformed(row.example),
    "not_english": lambda row: not_english(row.example, default("max_foreign", 0.5)),
    "personal_data": lambda row: personal_data(row.example),
    "placeholder": lambda row: placeholder(row.example),
    "too_long": lambda row: too_long(
        row.example,
        default("max_instruction_words", 100),
        default("max_passage_words", 300),
        default("max_output_words", 250),
        default("max_word_length", 80),
    ),
    "too_short": lambda row: too_short(row.example, default("min_task_words", 2), default("min_open_words", 3)),
}


@pytest.mark.parametrize("path", sorted(PLANTED.glob("*.jsonl")), ids=lambda path: path.stem)
def test_a_rule_finds_its_faults_and_hardly_anything_else(path: Path) -> None:
    """Guards against a change to a rule that lets faults through or rejects good examples; a miss is printed."""
    assert path.stem in RULES, f"{path.name} has no rule here; add it to RULES"
    rows = read_jsonl(path, Planted)
    assert len({row.example.id for row in rows}) == len(rows), "a row stands twice"
    found = [RULES[path.stem](row) for row in rows]
    for row, evidence in zip(rows, found, strict=True):
        if row.fault != (evidence is not None):
            verdict = f"rejected: {evidence}" if evidence else "not found"
            print(f"{path.stem}, {row.why}: {row.instruction!r} {row.input!r} {row.output!r} {verdict}")  # noqa: T201
    faults = sum(row.fault for row in rows)
    right = sum(row.fault and evidence is not None for row, evidence in zip(rows, found, strict=True))
    rejected = sum(evidence is not None for evidence in found)
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
        evidence = {name: rule(row) for name, rule in RULES.items() if name not in READ_THE_PAGE}
        rejected += [(texts, name, found) for name, found in evidence.items() if found]
    print(*rejected, sep="\n")  # noqa: T201
    assert len(rejected) / len(examples) <= REJECTED_AT_MOST


def test_every_rule_is_measured() -> None:
    """Guards against a planted file that is renamed or lost, and with it the measure."""
    assert {path.stem for path in PLANTED.glob("*.jsonl")} == set(RULES)
