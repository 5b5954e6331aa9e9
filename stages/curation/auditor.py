"""A language model as the auditor: it reads the examples that passed all rules, in batches, and judges each."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

from stages.common.records import Example
from stages.llm.prompts import fenced, system_prompt
from stages.llm.replies import Outcome
from stages.llm.request import Request

PROMPT = Path(__file__).parent / "auditor.md"


# "ok" keeps an example; the others reject it.
REASONS = ("ok", "after_cutoff", "not_english", "incoherent", "not_factual", "not_useful", "answer_in_input")


# The schemas have no docstrings: those would be sent, so that every request would be another one.
class Verdict(BaseModel):
    number: int
    # Servers are sent the list of reasons. Another one costs its own example, not the whole batch, so it is no error.
    reason: Annotated[str, Field(json_schema_extra={"enum": list(REASONS)})]
    justification: str


class Audit(BaseModel):
    verdicts: list[Verdict]


def batches(examples: Sequence[Example], size: int) -> list[Sequence[Example]]:
    """The examples in order, `size` to a batch; the last batch may be smaller."""
    return [examples[start : start + size] for start in range(0, len(examples), size)]


def audit_request(batch: Sequence[Example], cutoff: date) -> Request:
    """Asks for a verdict on each of the examples, which are numbered from 1."""
    listed = [
        {
            "number": number,
            "instruction": example.instruction,
            "input": example.input,
            "output": example.output,
        }
        for number, example in enumerate(batch, start=1)
    ]
    text = "\n".join(json.dumps(entry, ensure_ascii=False) for entry in listed)
    return Request(
        name=f"{batch[0].id} to {batch[-1].id}",
        system=system_prompt(PROMPT, cutoff=cutoff),
        prompt=f"Judge these {len(batch)} examples.\n\n{fenced('examples', text)}",
        schema=Audit,
        items=("verdicts", len(batch)),
        check=_number_check(len(batch)),
        rescue=_sound_verdicts,
    )


def _number_check(size: int) -> Callable[[BaseModel], str | None]:
    """The check that an audit's verdicts have different numbers from 1 to `size`. Without it, a verdict with a wrong
    number would count for another example."""

    def problem(value: BaseModel) -> str | None:
        numbers = Counter(verdict.number for verdict in value.verdicts) if isinstance(value, Audit) else Counter[int]()
        outside = sorted(number for number in numbers if not 1 <= number <= size)
        if outside:
            return f"verdicts: the examples are numbered from 1 to {size}, and there is a verdict on {outside[0]}"
        doubled = sorted(number for number, count in numbers.items() if count > 1)
        if doubled:
            return f"verdicts: there are {numbers[doubled[0]]} on example {doubled[0]}, and none may have two"
        return None

    return problem


def _sound_verdicts(text: str) -> Audit | None:
    """The verdicts of a faulty answer that are whole and stand at their own place in the list, so that each is about
    the example of its number. An odd one costs its own example, not the whole batch."""
    listed = json.loads(text).get("verdicts")
    sound = []
    for number, entry in enumerate(listed if isinstance(listed, list) else [], start=1):
        with suppress(ValidationError):
            verdict = Verdict.model_validate(entry)
            if verdict.number == number:
                sound.append(verdict)
    return Audit(verdicts=sound) if sound else None


def read_verdicts(batch: Sequence[Example], outcome: Outcome) -> dict[str, tuple[str, str]]:
    """Reason and evidence against examples of a batch, by id. An example without a verdict is rejected, too."""
    audit = outcome.value
    verdicts = {verdict.number: verdict for verdict in audit.verdicts} if isinstance(audit, Audit) else {}
    against: dict[str, tuple[str, str]] = {}
    for number, example in enumerate(batch, start=1):
        verdict = verdicts.get(number)
        if verdict is None:
            against[example.id] = "audit_failed", outcome.detail or "no verdict on it"
        elif verdict.reason not in REASONS:
            against[example.id] = "audit_failed", f"no such reason: {verdict.reason!r}"
        elif verdict.reason != "ok":
            against[example.id] = f"audited_{verdict.reason}", verdict.justification.strip() or "no justification"
    return against
