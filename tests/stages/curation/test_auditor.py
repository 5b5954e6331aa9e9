"""The auditor's requests, and what its answers say about each example."""

import json
from datetime import date

import pytest
from pydantic import BaseModel

from stages.curation.auditor import REASONS, Audit, Verdict, audit_request, batches, read_verdicts
from stages.llm.clients.schemas import schema_for
from stages.llm.replies import Outcome, parse_reply
from stages.llm.request import Reply
from tests.stages.conftest import MakeExample


def verdict(number: int, reason: str = "ok", justification: str = "Fine.") -> Verdict:
    return Verdict.model_validate({"number": number, "reason": reason, "justification": justification})


def answered(value: BaseModel | None, detail: str = "") -> Outcome:
    return Outcome(name="a", value=value, reason=None, detail=detail, raw="")


def test_batches_have_all_examples_in_order(make: MakeExample) -> None:
    """Guards against a last batch that is lost."""
    examples = [make(output=f"Color {i}.") for i in range(5)]
    assert batches(examples, 2) == [examples[:2], examples[2:4], examples[4:]]
    assert batches(examples[:4], 2) == [examples[:2], examples[2:4]]


def test_examples_are_numbered_from_one(make: MakeExample) -> None:
    request = audit_request([make(output="Blue."), make(output="Red.")], date(2022, 12, 31))
    assert '{"number": 1, "instruction": "Name a color.", "input": "", "output": "Blue."}' in request.prompt
    assert '{"number": 2, "instruction": "Name a color.", "input": "", "output": "Red."}' in request.prompt
    assert "2022-12-31" in request.system
    assert request.items == ("verdicts", 2)


@pytest.mark.parametrize(
    ("numbers", "problem"),
    [
        ((1, 2), None),
        ((0, 1), "verdicts: the examples are numbered from 1 to 2, and there is a verdict on 0"),
        ((1, 3), "verdicts: the examples are numbered from 1 to 2, and there is a verdict on 3"),
        ((2, 2), "verdicts: there are 2 on example 2, and none may have two"),
    ],
)
def test_each_verdict_has_a_number_of_its_own(make: MakeExample, numbers: tuple[int, ...], problem: str | None) -> None:
    """Guards against a verdict that counts for another example than the one it is about."""
    check = audit_request([make(output="Blue."), make(output="Red.")], date(2022, 12, 31)).check
    assert check is not None
    assert check(Audit(verdicts=[verdict(number) for number in numbers])) == problem


def test_a_reason_that_does_not_exist_costs_its_own_example(make: MakeExample) -> None:
    """Guards against nine good verdicts that are thrown away because of a tenth."""
    kept, odd = make(output="Blue."), make(output="Red.")
    audit = Audit(verdicts=[verdict(1), verdict(2, "too_boring")])
    assert read_verdicts([kept, odd], answered(audit)) == {odd.id: ("audit_failed", "no such reason: 'too_boring'")}
    sent = schema_for(Audit)["properties"]["verdicts"]["items"]["properties"]
    assert list(sent) == ["number", "reason", "justification"] and sent["reason"]["enum"] == list(REASONS)


ODD: list[tuple[list[object], list[int]]] = [
    ([verdict(1), {"number": 2, "reason": "ok"}, verdict(3)], [1, 3]),  # one isn't whole
    ([verdict(1), verdict(1), verdict(3)], [1, 3]),  # two on one example
    ([verdict(1), verdict(2), verdict(7)], [1, 2]),  # one on no example
    ([verdict(1), verdict(2), verdict(3), verdict(4)], [1, 2, 3, 4]),  # the fourth is on none
    ([verdict(0), verdict(1), verdict(2)], []),  # all are about their neighbours
    ([verdict(1), verdict(1), verdict(2)], [1]),  # from the second on
    (["ok", None, 3], []),
]


@pytest.mark.parametrize(("listed", "sound"), ODD)
def test_an_odd_verdict_costs_its_own_example(make: MakeExample, listed: list[object], sound: list[int]) -> None:
    """Guards against nine good verdicts that are thrown away because of a tenth, and against a verdict that then counts
    for its neighbour."""
    request = audit_request([make(output=text) for text in ("Blue.", "Red.", "Green.")], date(2022, 12, 31))
    text = json.dumps({"verdicts": [v.model_dump() if isinstance(v, Verdict) else v for v in listed]})
    parsed = parse_reply(request, Reply(text, "stop", 1, 1))
    assert parsed.fault == "wrong_shape"  # so that a repair is asked for
    found = [entry.number for entry in parsed.value.verdicts] if isinstance(parsed.value, Audit) else []
    assert found == sound and parsed.items == len(sound)


def test_an_example_without_a_verdict_is_rejected(make: MakeExample) -> None:
    """Guards against an example that is kept on trust, and a rejection without evidence."""
    kept, wrong, missing = (make(output=text) for text in ("Blue.", "Red.", "Green."))
    audit = Audit(verdicts=[verdict(1), verdict(2, "not_factual", " ")])
    assert read_verdicts([kept, wrong, missing], answered(audit)) == {
        wrong.id: ("audited_not_factual", "no justification"),
        missing.id: ("audit_failed", "no verdict on it"),
    }
    assert read_verdicts([kept], answered(None, "timed out")) == {kept.id: ("audit_failed", "timed out")}
