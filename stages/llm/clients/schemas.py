"""How a server gets the schema of an answer: a JSON Schema that every server understands, and the form it is sent in.

Servers reject, ignore or fail on much of JSON Schema: references, bounds of numbers, lengths of texts. What is left out
of the schema here is still checked when the reply is parsed (stages/llm/replies.py).

Servers also take a schema in different forms, and some accept a form and then ignore it. `Probe` finds the strictest
form that a server follows, by asking for a tiny answer in one form after the other.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from typing import Any, Literal, get_args

from pydantic import BaseModel

from stages.common.errors import StageError
from stages.llm.request import AttemptError, Form, Reply, Request

# The forms, strictest first: a schema (OpenAI's way), a schema (llama.cpp's older way), any JSON object, free text.
# With the last two, the schema is part of the prompt.
FORMS: tuple[Form, ...] = get_args(Form)
FOR_NOW = ", for now"  # added to a form's name: it is used in this run, and the next run probes again

_KEPT = ("type", "description", "enum", "items", "minItems", "maxItems", "minimum", "maximum", "anyOf", "required")
_MOST_VALUES = 32  # an integer with at most this many values is sent as the list of its values
_TRIES = 2  # probes of a form, if the first one shows nothing


def schema_for(schema: type[BaseModel], items: tuple[str, int] | None = None) -> dict[str, Any]:
    """The JSON Schema to send: references resolved, every field required, bounded integers as lists of values.

    `items` names a field that is a list, and how many items it must have. Recursive schemas are not supported. The
    docstring of a schema is sent, too, as its description: changing it makes another request, which is paid for again.
    """
    whole = json.loads(_schema_text(schema))
    plain = _plain(whole, whole.get("$defs", {}))
    if items is not None:
        field, number = items
        plain["properties"][field] |= {"minItems": number, "maxItems": number}
    return plain


@cache  # pydantic takes longer to make a schema than a client takes to send a request
def _schema_text(schema: type[BaseModel]) -> str:
    return json.dumps(schema.model_json_schema())


def _plain(node: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in node:
        node = definitions[node["$ref"].removeprefix("#/$defs/")] | {k: v for k, v in node.items() if k != "$ref"}
    plain = {key: node[key] for key in _KEPT if key in node}
    if "const" in node:
        plain["enum"] = [node["const"]]
    if values := _values(node):
        plain = {key: plain[key] for key in plain if key not in ("minimum", "maximum")} | {"enum": values}
    if "items" in node:
        plain["items"] = _plain(node["items"], definitions)
    if "anyOf" in node:
        plain["anyOf"] = [_plain(choice, definitions) for choice in node["anyOf"]]
    if "properties" in node:
        plain["properties"] = {name: _plain(field, definitions) for name, field in node["properties"].items()}
        plain["required"] = list(node["properties"])
        plain["additionalProperties"] = False
    return plain


def _values(node: dict[str, Any]) -> list[int]:
    """All values of an integer with two bounds, if they are few: servers enforce lists of values, but not bounds."""
    low = node.get("minimum", node.get("exclusiveMinimum", 0) + 1 if "exclusiveMinimum" in node else None)
    high = node.get("maximum", node.get("exclusiveMaximum", 0) - 1 if "exclusiveMaximum" in node else None)
    if node.get("type") != "integer" or low is None or high is None or high - low >= _MOST_VALUES:
        return []
    return list(range(int(low), int(high) + 1))


def system_for(form: Form, system: str, schema: dict[str, Any]) -> str:
    """The system prompt, with the schema appended if this form doesn't send it in another way."""
    if form in ("json_schema", "json_object with schema"):
        return system
    asked = "Answer with one JSON object and nothing else. It must fit this JSON Schema:"
    return f"{system}\n\n{asked}\n{json.dumps(schema)}".lstrip()


class Color(BaseModel):
    color: Literal["blue", "green"]


# Asks for what its schema forbids, so that the answer shows whether the server followed the prompt or the schema.
PROBE = Request(
    name="probe",
    system="",
    prompt='Answer with exactly this JSON object, and change nothing in it: {"color": "red"}',
    schema=Color,
)


def follows_form(form: Form, raw: str) -> bool:
    """Whether this answer to the probe shows that the server follows the form."""
    if form == "text":
        return True
    try:
        if form == "json_object":
            return isinstance(json.loads(raw), dict)
        Color.model_validate_json(raw)
    except (ValueError, RecursionError):  # no JSON, another shape, or JSON that Python doesn't hold
        return False
    return True


class Probe:
    """Finds the strictest form that a server follows.

    Each probe may cost up to `usd` dollars; at most `room_usd` dollars may be spent on all of them.
    """

    def __init__(
        self, ask: Callable[[Request, Form], Awaitable[Reply]], endpoint: str, *, usd: float, room_usd: float
    ) -> None:
        self._ask, self._endpoint, self._usd, self._room_usd = ask, endpoint, usd, room_usd

    async def strictest(self, forms: Sequence[Form]) -> tuple[Form, bool]:
        """The first of the forms that the server follows, and whether that is certain.

        It is uncertain if a stricter form failed in a way that may pass (an empty answer, a server error). The last
        of the forms must be "text", which every server follows.

        Raises AttemptError for errors that have nothing to do with the form, and StageError without room for a probe.
        """
        *stricter, weakest = forms
        certain = True
        for form in stricter:
            followed = await self._is_followed(form)
            if followed:
                return form, certain
            certain = certain and followed is not None
        await self._ask_until_answered(weakest)
        return weakest, certain

    async def _is_followed(self, form: Form) -> bool | None:
        """None if no try shows whether the form is followed."""
        for _ in range(_TRIES):
            followed = await self._try(form)
            if followed is not None:
                return followed
        return None

    async def _try(self, form: Form) -> bool | None:
        try:
            reply = await self._send(form)
        except AttemptError as error:
            if error.reason == "bad_request":
                return False
            if error.reason == "server_error":  # llama.cpp's answer to a form it doesn't know, or a passing fault
                return None
            raise
        if follows_form(form, reply.raw):
            return True
        complete = reply.finish in ("stop", "other") and reply.raw.strip()
        return False if complete else None  # an answer that is empty, cut or blocked shows nothing

    async def _ask_until_answered(self, form: Form) -> None:
        try:
            await self._send(form)
        except AttemptError as error:
            if error.reason != "server_error":
                raise
            await self._send(form)

    async def _send(self, form: Form) -> Reply:
        room = max(self._room_usd, 0.0)
        if self._usd > room:
            raise StageError(
                f"budget_usd leaves ${room:.4f}, and one tiny request to {self._endpoint}, which "
                f"shows how it keeps to a schema, may cost ${self._usd:.4f}.\n"
                "  Nothing was sent. Raise budget_usd in params.yaml, or lower max_output_tokens"
            )
        self._room_usd -= self._usd
        return await self._ask(PROBE, form)
