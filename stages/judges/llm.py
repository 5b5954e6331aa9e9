"""A language model as the judge: it sees two answers without their models' names, and scores both."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from stages.llm.outcomes import Outcome
from stages.llm.prompts import fenced, system_prompt
from stages.llm.request import Request
from stages.records import Answers, Judgment, Role, Scores, Teacher

PROMPT = "judge.md"
Points = Annotated[int, Field(ge=0, le=5)]


class Marks(BaseModel):
    factual_correctness: Points
    instruction_adherence: Points
    clarity_and_usefulness: Points


class Comparison(BaseModel):
    justification: str  # before the scores, so that they follow from it
    first: Marks
    second: Marks
    winner: Literal["first", "second", "tie"]


def judge_request(row: Answers, models: tuple[Role, Role]) -> Request:
    first, second = (row.answers[model].text for model in models)
    parts = {
        "instruction": row.instruction,
        "input": row.input,
        "reference": row.output,
        "first answer": first,
        "second answer": second,
    }
    texts = "\n\n".join(fenced(what, text) for what, text in parts.items())
    return Request(
        name=f"{row.id} {models[0]}, {models[1]}",
        system=system_prompt(PROMPT),
        prompt=f"Compare the two answers.\n\n{texts}",
        schema=Comparison,
    )


def judgment(row: Answers, models: tuple[Role, Role], outcome: Outcome, judge: Teacher) -> Judgment:
    """The totals and the winner are computed from the criteria; an answer that is not usable is a failed judgment."""
    if not isinstance(outcome.value, Comparison) or outcome.reason:
        return Judgment(
            id=row.id,
            models=models,
            scores={},
            winner=None,
            justification=f"{outcome.reason}: {outcome.detail}",
            judge=judge,
            status="failed",
            raw=outcome.raw,
        )
    first, second = (_scores(marks) for marks in (outcome.value.first, outcome.value.second))
    return Judgment(
        id=row.id,
        models=models,
        scores={models[0]: first, models[1]: second},
        winner="tie" if first.total == second.total else models[0] if first.total > second.total else models[1],
        justification=outcome.value.justification,
        judge=judge,
        status="ok",
        raw=outcome.raw,
    )


def _scores(marks: Marks) -> Scores:
    return Scores(**marks.model_dump(), total=sum(marks.model_dump().values()))
