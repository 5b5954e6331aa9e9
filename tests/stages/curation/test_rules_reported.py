"""Rows of public data sets and of weak teachers that were once kept or rejected wrongly, by kind."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from stages.common.files import read_jsonl
from stages.curation.rules import Case, Thresholds, apply_rules
from tests.conftest import ROOT
from tests.stages.curation.planted_rows import Texts

LIMITS = Thresholds.model_validate(YAML(typ="safe").load(ROOT / "params.yaml")["curate"])


class ReportedRow(Texts):
    """`reason` is that of the first rule that must object, or None if the row is good."""

    want: str  # keep or reject
    kind: str
    reason: str | None


ROWS = read_jsonl(Path(__file__).parent / "reported.jsonl", ReportedRow)


@pytest.mark.parametrize("kind", sorted({row.kind for row in ROWS}))
def test_a_reported_row_is_kept_or_rejected_for_its_reason(kind: str) -> None:
    """Guards against good rows that are rejected, such as code with braces or “CAFÉ” in curly quotes, and against bad
    ones that are kept, such as "It&rsquo;s", "noinput" as the input, or the input echoed as the answer."""
    wrong = []
    for row in (row for row in ROWS if row.kind == kind):
        against = [name for name, evidence in apply_rules(Case(row.example, LIMITS, None)) if evidence is not None]
        if next(iter(against), None) != row.reason:
            wrong.append((row.instruction, row.input, row.output, against, row.reason))
    assert wrong == []


def test_every_reported_row_has_a_reason_or_none() -> None:
    """Guards against a row whose `want` and `reason` disagree."""
    assert [row.instruction for row in ROWS if (row.want == "keep") != (row.reason is None)] == []
    assert {row.want for row in ROWS} == {"keep", "reject"}
