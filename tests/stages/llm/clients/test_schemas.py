"""What is sent of a schema, and what an answer to the probe shows."""

import json
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from stages.llm.clients.schemas import FORMS, PROBE, follows_form, schema_for, system_for
from stages.llm.request import Form


class Inner(BaseModel):
    """An item."""

    title: Annotated[str, Field(min_length=1, max_length=9000, pattern="^[A-Z]")]
    kind: Literal["a", "b"]
    always: Literal["x"]


class Outer(BaseModel):
    items: Annotated[list[Inner], Field(max_length=30)]
    first: Inner = Field(description="the first")
    note: str | None = None
    score: Annotated[int, Field(ge=0, le=5)]
    strict: Annotated[int, Field(gt=0, lt=4)]
    large: Annotated[int, Field(ge=0, le=1000)]
    share: Annotated[float, Field(ge=0, le=1)]


INNER = {
    "type": "object",
    "description": "An item.",
    "properties": {
        "title": {"type": "string"},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "always": {"type": "string", "enum": ["x"]},
    },
    "required": ["title", "kind", "always"],
    "additionalProperties": False,
}


def test_only_what_every_server_knows_is_sent() -> None:
    """Guards against references, lengths and patterns, which some servers refuse or crash on, against bounds, which
    others ignore, and against optional fields, which OpenAI refuses."""
    assert schema_for(Outer) == {
        "type": "object",
        "properties": {
            "items": {"type": "array", "items": INNER, "maxItems": 30},
            "first": INNER | {"description": "the first"},
            "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "score": {"type": "integer", "enum": [0, 1, 2, 3, 4, 5]},
            "strict": {"type": "integer", "enum": [1, 2, 3]},
            "large": {"type": "integer", "minimum": 0, "maximum": 1000},
            "share": {"type": "number", "minimum": 0, "maximum": 1},
        },
        "required": ["items", "first", "note", "score", "strict", "large", "share"],
        "additionalProperties": False,
    }


def test_a_request_for_a_number_of_items_sends_it() -> None:
    """Guards against a server that may answer any number of items, and a bound that stays for later requests."""
    assert schema_for(Outer, ("items", 8))["properties"]["items"] == {
        "type": "array",
        "items": INNER,
        "minItems": 8,
        "maxItems": 8,
    }
    assert "minItems" not in schema_for(Outer)["properties"]["items"]


@pytest.mark.parametrize("form", ["json_object", "text"])
def test_the_prompt_holds_the_schema_where_the_server_is_not_given_it(form: Form) -> None:
    schema = schema_for(Inner)
    asked = f"Answer with one JSON object and nothing else. It must fit this JSON Schema:\n{json.dumps(schema)}"
    assert system_for(form, "You judge.", schema) == f"You judge.\n\n{asked}"
    assert system_for(form, "", schema) == asked


@pytest.mark.parametrize("form", ["json_schema", "json_object with schema"])
def test_the_prompt_is_as_it_was_where_the_server_is_given_the_schema(form: Form) -> None:
    assert system_for(form, "You judge.", schema_for(Inner)) == "You judge."


def test_the_probe_asks_for_what_its_schema_forbids() -> None:
    """Guards against a probe that a server answers rightly without keeping to the schema."""
    asked = PROBE.prompt[PROBE.prompt.index("{") :]
    assert [form for form in FORMS if follows_form(form, asked)] == ["json_object", "text"]


@pytest.mark.parametrize(
    ("raw", "forms"),
    [
        ('{"color": "blue"}', list(FORMS)),
        ('{"color": "red"}', ["json_object", "text"]),
        ('["blue"]', ["text"]),
        ('```json\n{"color": "blue"}\n```', ["text"]),
        ("", ["text"]),
        ("[" * 3000 + "]" * 3000, ["text"]),
        (f'{{"color": {"9" * 5000}}}', ["text"]),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
def test_an_answer_to_the_probe_shows_which_forms_were_followed(raw: str, forms: list[Form]) -> None:
    assert [form for form in FORMS if follows_form(form, raw)] == forms
