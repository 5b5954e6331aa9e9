"""A language model as the auditor: it reads the examples that passed all rules, some at a time, and judges each."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, model_validator

from stages.common.records import Example
from stages.llm.outcomes import Outcome
from stages.llm.prompts import fenced, system_prompt
from stages.llm.request import Request

PROMPT = Path(__file__).parent / "auditor.md"


class Verdict(BaseModel):
    number: int
    verdict: Literal["keep", "reject"]
    reason: Literal["ok", "after_cutoff", "not_english", "incoherent", "not_factual", "not_useful", "answer_in_input"]
    justification: str

    @model_validator(mode="after")
    def _reason_fits(self) -> Self:
        if (self.verdict == "keep") != (self.reason == "ok"):
            raise ValueError(
                f'"{self.verdict}" with the reason "{self.reason}"; "ok" goes with "keep", and only with it'
            )
        return self


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
        check=_numbers_of(len(batch)),
    )


def _numbers_of(size: int) -> Callable[[BaseModel], str | None]:
    """What is wrong with the numbers of an audit: a verdict on another example than it says would pass unseen."""

    def problem(value: BaseModel) -> str | None:
        found = Counter(one.number for one in value.verdicts) if isinstance(value, Audit) else Counter[int]()
        strange = sorted(number for number in found if not 1 <= number <= size)
        if strange:
            return f"verdicts: the examples are numbered from 1 to {size}, and there is a verdict on {strange[0]}"
        doubled = sorted(number for number, count in found.items() if count > 1)
        return (
            f"verdicts: there are {found[doubled[0]]} on example {doubled[0]}, and none may have two"
            if doubled
            else None
        )

    return problem


def audited(batch: Sequence[Example], outcome: Outcome) -> dict[str, tuple[str, str]]:
    """What speaks against the examples of a batch, as reason and evidence by id; one that has no verdict is not kept on
    trust."""
    verdicts = {one.number: one for one in outcome.value.verdicts} if isinstance(outcome.value, Audit) else {}
    against: dict[str, tuple[str, str]] = {}
    for number, example in enumerate(batch, start=1):
        own = verdicts.get(number)
        if own is None:
            against[example.id] = "audit_failed", outcome.detail or "no verdict on it"
        elif own.verdict == "reject":
            against[example.id] = f"audited_{own.reason}", own.justification.strip() or "no justification"
    return against
