"""A language model as the judge: it sees answers without their models' names, and scores each."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field

from stages.common.records import Judgment, Scores, Teacher
from stages.judges.marking import failed, marked
from stages.judges.sheets import Sheet
from stages.llm.outcomes import Outcome
from stages.llm.prompts import fenced, system_prompt
from stages.llm.request import Request

PROMPT = Path(__file__).parent / "judge.md"


def _no_bool(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("must be a whole number from 0 to 5")
    return value


Points = Annotated[int, Field(ge=0, le=5), BeforeValidator(_no_bool)]  # JSON's true is no 1


class Marks(BaseModel):
    factual_correctness: Points
    instruction_adherence: Points
    clarity_and_usefulness: Points


class Comparison(BaseModel):
    justification: str  # before the scores, so that they follow from it
    first: Marks
    second: Marks
    winner: Literal["first", "second", "tie"]


class Appraisal(BaseModel):
    """Of one answer alone."""

    justification: str
    answer: Marks


def judge_request(sheet: Sheet, shown_characters: int) -> Request:
    names = ("first answer", "second answer") if len(sheet.texts) == 2 else ("answer",)
    parts = {"instruction": sheet.instruction, "input": sheet.input, "reference": sheet.reference}
    parts |= dict(zip(names, sheet.texts, strict=True))
    fences = [fenced(what, text) for what, text in parts.items()]
    # Outside the fences: an answer that says of itself that it was cut is not believed.
    cut = [name for name, is_cut in zip(names, sheet.cut, strict=True) if is_cut]
    fences += [f"The {name} goes on; it is shown up to its first {shown_characters} characters." for name in cut]
    task = "Compare the two answers." if len(names) == 2 else "Score the answer."
    return Request(
        name=f"{sheet.id} {', '.join(sheet.models)}",
        system=_instructions(len(names), shown_characters),
        prompt="\n\n".join([task, *fences]),
        schema=Comparison if len(names) == 2 else Appraisal,
    )


@cache
def _instructions(answers: int, shown_characters: int) -> str:
    return system_prompt(PROMPT, answers=answers, shown_characters=shown_characters)


def judgment(sheet: Sheet, outcome: Outcome, judge: Teacher, repeat: int) -> Judgment:
    """An answer that is not usable is a failed judgment."""
    value = outcome.value
    if isinstance(value, Comparison):
        scores = [_scores(value.first), _scores(value.second)]
        return marked(sheet, judge, repeat, scores, value.winner, value.justification, outcome.raw)
    if isinstance(value, Appraisal):
        return marked(sheet, judge, repeat, [_scores(value.answer)], None, value.justification, outcome.raw)
    return failed(sheet, judge, repeat, outcome.reason or "no_answer", outcome.detail, outcome.raw)


def _scores(marks: Marks) -> Scores:
    return Scores(**marks.model_dump(), total=sum(marks.model_dump().values()))
