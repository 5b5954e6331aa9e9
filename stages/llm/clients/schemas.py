"""A pydantic schema in the words that every server knows, and the forms in which servers are asked to keep to it.

Servers refuse, ignore or choke on much of JSON Schema: references, bounds of numbers, lengths of texts. What is left
out here is held by the check of the reply.
"""

import json
from typing import Any, Literal, get_args

from pydantic import BaseModel, ValidationError

from stages.llm.request import Request, schema_text

# How a server is told what to answer, the strictest first: by schema (OpenAI's way), by schema (llama.cpp's older way),
# as any JSON object, or not at all; for the last two the schema stands in the prompt.
Form = Literal["json_schema", "json_object with schema", "json_object", "text"]
FORMS: tuple[Form, ...] = get_args(Form)

_KEPT = ("type", "description", "enum", "items", "minItems", "maxItems", "minimum", "maximum", "anyOf", "required")
_MOST_VALUES = 32  # of an integer that is sent as the list of its values


def schema_for(schema: type[BaseModel], items: tuple[str, int] | None = None) -> dict[str, Any]:
    """The JSON Schema to send: references put in place, every field required, bounded integers as lists of values.

    `items` is a field that is a list, and how many items it must hold. A schema can't hold itself.
    """
    whole = json.loads(schema_text(schema))
    plain = _plain(whole, whole.get("$defs", {}))
    if items is not None:
        field, number = items
        plain["properties"][field] |= {"minItems": number, "maxItems": number}
    return plain


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
    """Every value of an integer with two bounds, where there are few: servers keep to lists, not to bounds."""
    low = node.get("minimum", node.get("exclusiveMinimum", 0) + 1 if "exclusiveMinimum" in node else None)
    high = node.get("maximum", node.get("exclusiveMaximum", 0) - 1 if "exclusiveMaximum" in node else None)
    if node.get("type") != "integer" or low is None or high is None or high - low >= _MOST_VALUES:
        return []
    return list(range(int(low), int(high) + 1))


def system_for(form: Form, system: str, schema: dict[str, Any]) -> str:
    """The system prompt, with the schema where the server isn't given it in another way."""
    if form in ("json_schema", "json_object with schema"):
        return system
    asked = "Answer with one JSON object and nothing else. It must fit this JSON Schema:"
    return f"{system}\n\n{asked}\n{json.dumps(schema)}".lstrip()


class Color(BaseModel):
    color: Literal["blue", "green"]


# Asks for what its schema forbids, so that the answer shows which of the two the server keeps to.
PROBE = Request(
    name="probe",
    system="",
    prompt='Answer with exactly this JSON object, and change nothing in it: {"color": "red"}',
    schema=Color,
)


def honoured(form: Form, raw: str) -> bool:
    """Whether this answer to the probe shows that the server kept to the form."""
    if form == "text":
        return True
    try:
        if form == "json_object":
            return isinstance(json.loads(raw), dict)
        Color.model_validate_json(raw)
    except (json.JSONDecodeError, ValidationError):
        return False
    return True
