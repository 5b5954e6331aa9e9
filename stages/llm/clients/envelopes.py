"""What is read around an answer: leniently, because an answer that came is paid for, however it is wrapped."""

import math
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ValidationError, model_validator

from stages.common.files import describe_problems
from stages.llm.request import Reply

_MOST_TOKENS = 10**12
_THOUGHTS = ("thinking", "reasoning")  # types of a part that is no part of the answer
_PROBLEMS_SHOWN = 3


class Envelope(BaseModel):
    """An object of a server's protocol, in which null says no more than a field that is left out."""

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, value: object) -> object:
        return {key: item for key, item in value.items() if item is not None} if isinstance(value, dict) else value


def _count(value: object) -> int | None:
    """A number of tokens, rounded up; None for whatever else a server says."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST_TOKENS:
        return None
    return math.ceil(value)


def _joined(value: object) -> object:
    """A list of parts as one text."""
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


Tokens = Annotated[int | None, BeforeValidator(_count)]
Text = Annotated[str, BeforeValidator(_joined)]  # or a list of parts
AnyObject = BeforeValidator(_object)  # marks a field of which nothing else depends: what is no object is an empty one


def unreadable_reply(body: str, error: ValidationError) -> Reply:
    """A success that holds no answer of the protocol: kept whole, and not asked for again."""
    problems = "; ".join(describe_problems(error)[:_PROBLEMS_SHOWN])
    return Reply(body, "unreadable", None, None, detail=problems)
