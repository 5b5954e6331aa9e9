"""A language model as the auditor: it reads the examples that passed all rules, some at a time, and judges each."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import BaseModel

from stages.llm.outcomes import Outcome
from stages.llm.prompts import fenced, system_prompt
from stages.llm.request import Request
from stages.records import Example

PROMPT = "auditor.md"


class Verdict(BaseModel):
    number: int
    verdict: Literal["keep", "reject"]
    reason: Literal["ok", "after_cutoff", "not_english", "incoherent", "not_factual", "not_useful", "answer_in_input"]
    justification: str


class Audit(BaseModel):
    verdicts: list[Verdict]


def batches(examples: Sequence[Example], size: int) -> list[Sequence[Example]]:
    return [examples[start : start + size] for start in range(0, len(examples), size)]


def audit_request(batch: Sequence[Example], cutoff: date) -> Request:
    """Asks for a verdict on each of the examples, which are numbered from 1."""
    listed = [
        {"number": number, "instruction": one.instruction, "input": one.input, "output": one.output}
        for number, one in enumerate(batch, start=1)
    ]
    text = "\n".join(json.dumps(one, ensure_ascii=False) for one in listed)
    return Request(
        name=f"{batch[0].id} to {batch[-1].id}",
        system=system_prompt(PROMPT, cutoff=cutoff),
        prompt=f"Judge these {len(batch)} examples.\n\n{fenced('examples', text)}",
        schema=Audit,
        items=("verdicts", len(batch)),
    )


def audited(batch: Sequence[Example], outcome: Outcome) -> dict[str, tuple[str, str]]:
    """What speaks against the examples of a batch, as reason and evidence by id; one that has no verdict, or two that
    disagree, is not kept on trust."""
    verdicts = outcome.value.verdicts if isinstance(outcome.value, Audit) else []
    against: dict[str, tuple[str, str]] = {}
    for number, example in enumerate(batch, start=1):
        own = [one for one in verdicts if one.number == number]
        if len({(one.verdict, one.reason) for one in own}) != 1:
            against[example.id] = "audit_failed", outcome.detail or f"{len(own)} verdicts on it"
        elif own[0].verdict == "reject":
            against[example.id] = f"audited_{own[0].reason}", own[0].justification.strip() or "no justification"
    return against
