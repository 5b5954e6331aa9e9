"""From a reply to a checked object of the schema, or the reason why it is none. Nothing is guessed or mended."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ValidationError

from stages.common.files import describe_problems
from stages.llm.request import Reply, Request

Fault = Literal["blocked", "cut_at_the_limit", "unreadable", "empty", "not_json", "wrong_shape", "too_few"]
FENCE = "```"
PROBLEMS_SHOWN = 5


@dataclass(frozen=True)
class Reading:
    """What a reply holds. `value` is there without a fault, and as far as it goes with `too_few` items, if any."""

    value: BaseModel | None
    fault: Fault | None = None
    detail: str = ""
    items: int = 0  # of the list that Request.items names


def read(request: Request, reply: Reply) -> Reading:
    """Checks with the schema, whatever form the server promised."""
    if reply.finish == "blocked":
        return Reading(None, "blocked", _told("the server withheld the answer", reply))
    if reply.finish == "length":
        after = "" if reply.output_tokens is None else f" after {reply.output_tokens} tokens"
        return Reading(None, "cut_at_the_limit", f"it ended{after}; raise max_output_tokens")
    if reply.finish == "unreadable":
        return Reading(None, "unreadable", _told("the server sent no answer of its protocol", reply))
    text = unfenced(reply.raw)
    if not text:
        return Reading(None, "empty", _told("there is no text", reply))
    try:
        value = request.schema.model_validate_json(text)
    except ValidationError as error:
        syntax = any(problem["type"] == "json_invalid" for problem in error.errors(include_url=False))
        detail = "; ".join(describe_problems(error)[:PROBLEMS_SHOWN])
        return Reading(None, "not_json" if syntax else "wrong_shape", detail)
    problem = _repeated_key(text) or (request.check and request.check(value))
    if problem:
        return Reading(None, "wrong_shape", problem)
    return _counted(request, value)


def _counted(request: Request, value: BaseModel) -> Reading:
    if request.items is None:
        return Reading(value)
    field, wanted = request.items
    found = len(getattr(value, field))
    if found < wanted:
        return Reading(value if found else None, "too_few", f"{field} holds {found} of {wanted}", found)
    return Reading(value, items=found)


def _told(fault: str, reply: Reply) -> str:
    return f"{fault}: {reply.detail}" if reply.detail else fault


def _repeated_key(text: str) -> str | None:
    """What to say of JSON in which a key stands twice in one object: parsers take the last, and nobody knows which is
    meant. None where there is no such key."""
    repeated: list[str] = []

    def note(pairs: list[tuple[str, object]]) -> None:
        repeated.extend(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)

    json.loads(text, object_pairs_hook=note)
    return f"the key {repeated[0]!r} stands twice in one object" if repeated else None


def unfenced(raw: str) -> str:
    """The text inside a Markdown code fence, where the whole of it stands in one."""
    text = raw.strip()
    if text.startswith(FENCE) and text.endswith(FENCE):
        text = text[len(FENCE) : -len(FENCE)].strip().removeprefix("json").strip()
    return text
