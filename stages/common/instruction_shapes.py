"""The shapes in which instruction sets come: which keys of a row hold the instruction, the input and the output.

Alpaca (`instruction`, `input`, `output`), Dolly (`instruction`, `context`, `response`), the seed tasks of self-instruct
(`instruction`, `instances`), and conversations of one turn, as `messages` (`role`, `content`) or, in ShareGPT's words,
`conversations` (`from`, `value`).
"""

from dataclasses import dataclass

from stages.common.harmless import harmless

WANTED = (
    "wanted are `instruction`, `input` and `output` (Alpaca), `instruction`, `context` and `response` (Dolly), "
    "`instruction` and `instances` (self-instruct), or `messages` or `conversations` of one turn"
)
CONVERSATIONS = ("messages", "conversations")
# A row that has one of these keys is a row, not an object that holds all rows.
ROW_KEYS = frozenset({"instruction", "output", "response", *CONVERSATIONS})
# Keys whose text a model would have to read or to write. Where a shape doesn't use one, its text must not get lost.
_TEXTS = ("input", "output", "response", "context", "history", "system", "system_prompt", "passage", "document")
_ROLES = {
    **dict.fromkeys(("user", "human"), "user"),
    **dict.fromkeys(("assistant", "gpt", "model", "bot", "chatgpt"), "assistant"),
    "system": "system",
}
_KEYS_SHOWN, _KEY_SHOWN = 15, 40  # keys, and characters of each, in a message


class NoExampleError(Exception):
    """Why a row is not an example."""


@dataclass(frozen=True)
class TaskTexts:
    instruction: str
    input: str
    output: str
    without_input: bool  # the row has no input, or null; it was read as ""
    input_missing: bool = False  # its shape has an input, and the row doesn't even say that there is none


def read_task_texts(row: dict[str, object]) -> list[TaskTexts]:
    """The texts of a row: of one task, or of as many as a seed task has instances.

    An instruction, input or output of null is an empty one. Raises NoExampleError if the shape is not known, if a text
    is no text, and if text would be dropped: `history`, a system's message, several turns, two inputs.
    """
    if "instruction" in row and "output" in row:
        _refuse_dropped(row, {"input", "output"})
        return [_task(row, "output", row, "input")]
    if "instruction" in row and "response" in row:
        key = "context" if "context" in row else "input"
        _refuse_dropped(row, {key, "response"})
        return [_task(row, "response", row, key)]
    if "instruction" in row and "instances" in row:
        _refuse_dropped(row, {"instances"})
        return [_task(instance, "output", row, "input") for instance in _objects(row, "instances", "`output`")]
    for key in CONVERSATIONS:
        if key in row:
            _refuse_dropped(row, {key})
            return [_conversation(row, key)]
    keys = sorted(harmless(key[:_KEY_SHOWN]) for key in row)
    named = ", ".join(keys[:_KEYS_SHOWN]) + (f" and {len(keys) - _KEYS_SHOWN} more" if len(keys) > _KEYS_SHOWN else "")
    if "instruction" in row or "output" in row:
        for key in ("instruction", "input", "output"):
            text_of(row, key)
        missing = "output" if "instruction" in row else "instruction"
        raise NoExampleError(f"`{missing}` is missing, the keys are {named}; {WANTED}")
    raise NoExampleError(f"has no known shape, {f'the keys are {named}' if keys else 'and no key'}; {WANTED}")


def _task(answered: dict[str, object], output: str, row: dict[str, object], input: str) -> TaskTexts:
    """The task of a row. `answered` holds the output, and the input too: the row itself, or one of its instances."""
    if output not in answered:
        raise NoExampleError(f"`{output}` is missing in one of `instances`")
    return TaskTexts(
        instruction=text_of(row, "instruction"),
        input=text_of(answered, input),
        output=text_of(answered, output),
        without_input=answered.get(input) is None,
        input_missing=input not in answered,
    )


def _conversation(row: dict[str, object], key: str) -> TaskTexts:
    texts: dict[str, list[str]] = {"user": [], "assistant": [], "system": []}
    order = []
    for message in _objects(row, key, "`role` and `content`, or `from` and `value`"):
        name, content = ("role", "content") if "role" in message else ("from", "value")
        role = _ROLES.get(str(message.get(name)).lower())
        if role is None:
            raise NoExampleError(f"`{key}` has a message of {message.get(name)!r:.40}, known are {', '.join(_ROLES)}")
        order += [role] if role != "system" else []
        texts[role].append(_content(message, content))
    if any(text.strip() for text in texts["system"]):
        raise NoExampleError(_dropped(f"the system's message in `{key}` holds"))
    if len(order) > 2:
        raise NoExampleError(_dropped(f"`{key}` has several turns, and all but one hold"))
    if order != ["user", "assistant"]:
        raise NoExampleError(f"`{key}` is not a user's message and the assistant's answer")
    return TaskTexts(texts["user"][0], "", texts["assistant"][0], without_input=False)


def _content(message: dict[str, object], key: str) -> str:
    """The text of a message, which may come in parts: `[{"type": "text", "text": "..."}]`."""
    if not isinstance(message.get(key), list):
        return text_of(message, key)
    parts = _objects(message, key, "`text`")
    if any(part.get("type") != "text" for part in parts):
        raise NoExampleError(f"`{key}` has a part that is not text")
    return "\n".join(text_of(part, "text") for part in parts)


def _objects(row: dict[str, object], key: str, wanted: str) -> list[dict[str, object]]:
    """The objects of a list that has at least one. Raises NoExampleError if there is something else."""
    value = row[key]
    objects = [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []
    if not objects or not isinstance(value, list) or len(objects) < len(value):
        raise NoExampleError(f"`{key}` must be a list of objects with {wanted}")
    return objects


def _refuse_dropped(row: dict[str, object], used: set[str]) -> None:
    texts = [key for key in (*_TEXTS, "instances", *CONVERSATIONS) if key not in used and _has_text(row.get(key))]
    if texts:
        named = ", ".join(f"`{key}`" for key in texts)
        raise NoExampleError(_dropped(f"{named} {'hold' if len(texts) > 1 else 'holds'}"))


def _has_text(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else isinstance(value, list | dict) and bool(value)


def _dropped(what: str) -> str:
    return f"{what} text that would be dropped; move it into `instruction` or `input`"


def text_of(row: dict[str, object], key: str) -> str:
    """The text under a key, "" if there is none. Raises NoExampleError for any other value."""
    text = row.get(key)
    if text is None:
        return ""
    if not isinstance(text, str):
        raise NoExampleError(f"`{key}` is {json_type(text)}, must be a string")
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise NoExampleError(f"`{key}` holds half of a surrogate pair: not valid text")
    return text


def json_type(value: object) -> str:
    names = {type(None): "null", bool: "a boolean", int: "a number", float: "a number", str: "a string"}
    return names.get(type(value), "an array" if isinstance(value, list) else "an object")
