"""A language model as the judge: the request for a sheet, and the judgment that its reply becomes."""

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, Field

from stages.common.records import Judgment, Scores, Teacher
from stages.judges.protocol import Sheet, make_failed_judgment, make_judgment
from stages.llm.prompts import fenced, system_prompt
from stages.llm.replies import Outcome
from stages.llm.request import Request

PROMPT = Path(__file__).parent / "judge.md"


def _no_bool(value: object) -> object:
    if isinstance(value, bool):
        raise ValueError("must be a whole number from 0 to 5")
    return value


def _lower_case(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


Points = Annotated[int, Field(ge=0, le=5), BeforeValidator(_no_bool)]  # JSON's true isn't 1


class Marks(BaseModel):
    factual_correctness: Points
    instruction_adherence: Points
    clarity_and_usefulness: Points


class PairReply(BaseModel):
    justification: str  # before the scores, so that they follow from it
    first: Marks
    second: Marks
    winner: Annotated[Literal["first", "second", "tie"], BeforeValidator(_lower_case)]


class SoloReply(BaseModel):
    """Of one answer alone."""  # sent with the schema: another wording would make another request

    justification: str
    answer: Marks


def judge_request(sheet: Sheet, shown_characters: int) -> Request:
    """Asks for the scores of a sheet's answers and, if there are two, for the winner."""
    names = ("first answer", "second answer") if len(sheet.texts) == 2 else ("answer",)
    parts = {"instruction": sheet.instruction, "input": sheet.input, "reference": sheet.reference}
    parts |= dict(zip(names, sheet.texts, strict=True))
    fences = [fenced(what, text) for what, text in parts.items()]
    # Outside the fences, so that an answer can't claim that it was cut.
    cut = [name for name, is_cut in zip(names, sheet.cut, strict=True) if is_cut]
    fences += [f"The {name} goes on; it is shown up to its first {shown_characters} characters." for name in cut]
    task = "Compare the two answers." if len(names) == 2 else "Score the answer."
    return Request(
        name=f"{sheet.id} {', '.join(sheet.models)}",
        system=_instructions(len(names), shown_characters),
        prompt="\n\n".join([task, *fences]),
        schema=PairReply if len(names) == 2 else SoloReply,
    )


@cache
def _instructions(answers: int, shown_characters: int) -> str:
    return system_prompt(PROMPT, answers=answers, shown_characters=shown_characters)


def judgment_from_outcome(sheet: Sheet, outcome: Outcome, judge: Teacher, repeat: int) -> Judgment:
    """The judgment that a reply contains; a failed judgment if there is no usable reply."""
    reply, raw, stripped = outcome.value, outcome.raw, outcome.stripped
    if isinstance(reply, PairReply):
        scores = [_scores(reply.first), _scores(reply.second)]
        return make_judgment(sheet, judge, repeat, scores, reply.winner, reply.justification, raw, stripped)
    if isinstance(reply, SoloReply):
        return make_judgment(sheet, judge, repeat, [_scores(reply.answer)], None, reply.justification, raw, stripped)
    return make_failed_judgment(sheet, judge, repeat, outcome.reason or "no_answer", outcome.detail, outcome.raw)


def _scores(marks: Marks) -> Scores:
    points = marks.model_dump()
    return Scores(**points, total=sum(points.values()))
