"""The parts of a response around the answer, read leniently: an answer is paid for even if they are odd."""

import math
from dataclasses import replace
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ValidationError, model_validator

from stages.common.files import describe_problems
from stages.llm.request import FROM_REASONING, Reply

_MOST_TOKENS = 10**12
_THOUGHTS = ("thinking", "reasoning")  # types of parts that don't belong to the answer
_PROBLEMS_SHOWN = 3


class Envelope(BaseModel):
    """An object of a server's protocol, in which null means the same as a missing field."""

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: object) -> object:
        return {key: item for key, item in value.items() if item is not None} if isinstance(value, dict) else value


def _count(value: object) -> int | None:
    """A number of tokens, rounded up; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST_TOKENS:
        return None
    return math.ceil(value)


def _joined(value: object) -> object:
    return "".join(map(_part, value)) if isinstance(value, list) else value


def _part(part: Any) -> str:
    if isinstance(part, dict) and part.get("type") in _THOUGHTS:
        return ""
    text = part.get("text") if isinstance(part, dict) else part
    if not isinstance(text, str):
        raise ValueError("a part has no text")
    return text


def _object(value: object) -> object:
    return value if isinstance(value, dict) else {}


def _text_or_nothing(value: object) -> str:
    return value if isinstance(value, str) else ""


Tokens = Annotated[int | None, BeforeValidator(_count)]
Text = Annotated[str, BeforeValidator(_joined)]  # a text, or a list of parts that are joined
AnyObject = BeforeValidator(_object)  # marks a field that nothing else depends on: anything but an object reads as {}

Lenient = BeforeValidator(_text_or_nothing)  # marks a text that is read only if nothing else is there


def or_reasoning(reply: Reply, reasoning: str) -> Reply:
    """The reply with the text of the field for the model's thinking, if the one for its answer is empty."""
    if reply.finish == "blocked" or reply.raw.strip() or not reasoning.strip():
        return reply
    return replace(reply, raw=reasoning, detail=FROM_REASONING)


def unreadable_reply(body: str, error: ValidationError) -> Reply:
    """The reply for a successful response without an answer in it: kept whole, and not asked for again."""
    problems = "; ".join(describe_problems(error)[:_PROBLEMS_SHOWN])
    return Reply(body, "unreadable", None, None, detail=problems)
