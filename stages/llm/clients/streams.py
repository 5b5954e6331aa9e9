"""Answers of servers that stream whatever they are asked: the pieces are put together to the object of the protocol."""

import json
from collections.abc import Iterator
from typing import Any


def whole_completion(content: bytes) -> bytes:
    """A chat completion, of server-sent events (`data: {...}`); anything else is returned as it is."""
    if not content.lstrip().startswith((b"data:", b"event:", b":")):
        return content
    text, thoughts, finish, usage = "", "", None, None
    for piece in _events(content):
        if "error" in piece:
            return json.dumps(piece).encode()  # it failed on the way: the answer isn't whole
        usage = piece.get("usage") or usage
        for choice in _objects(piece.get("choices")):
            delta = choice.get("delta") or choice.get("message")
            delta = delta if isinstance(delta, dict) else {}
            text += _text(delta.get("content"))
            thoughts += _text(delta.get("reasoning_content")) or _text(delta.get("reasoning"))
            finish = choice.get("finish_reason") or finish
    message = {"role": "assistant", "content": text, "reasoning_content": thoughts}
    return json.dumps({"choices": [{"message": message, "finish_reason": finish}], "usage": usage}).encode()


def whole_chat(content: bytes) -> bytes:
    """An answer of Ollama's protocol, of one JSON object a line; anything else is returned as it is."""
    lines = content.strip().splitlines()
    pieces = [piece for line in lines if isinstance(piece := _parsed(line), dict)]
    if len(lines) < 2 or len(pieces) < len(lines):
        return content
    messages = [message for piece in pieces if isinstance(message := piece.get("message"), dict)]
    joined = {name: "".join(_text(message.get(name)) for message in messages) for name in ("content", "thinking")}
    return json.dumps(pieces[-1] | {"message": joined}).encode()


def _events(content: bytes) -> Iterator[dict[str, Any]]:
    for line in content.splitlines():
        if line.startswith(b"data:"):
            piece = _parsed(line[len(b"data:") :])
            if isinstance(piece, dict):
                yield piece


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):  # [DONE], or no JSON
        return None


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
