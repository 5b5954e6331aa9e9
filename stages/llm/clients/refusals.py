"""What a server of OpenAI's protocol refuses, and how a request is written without it.

Servers and gateways answer 400 or 422 to parameters that others require: a seed, a temperature, one of two names for
the limit of tokens, a system prompt. The request is then sent once more without it. What was found is kept with the
form in which the server follows a schema, as text: "json_schema; refuses seed, temperature".
"""

import json
import re
from collections.abc import Collection
from typing import Any

_MARK = "; refuses "
_PATTERNS = {
    "seed": r"\bseed\b",
    "temperature": r"\btemperature\b",
    "max_tokens": r"\bmax_tokens\b",
    "max_completion_tokens": r"\bmax_completion_tokens\b",
    "response_format": r"\bresponse_format\b|\bjson_schema\b|\bjson_object\b|structured output",
    "stream": r"\bstream(?:ing|ed)?\b",
    "system": r"system['\"` _-]*(?:role|message|prompt|instruction)|developer instruction|role\W{1,5}system\b",
    "thinking": r"reasoning_effort|template_kwargs|enable_thinking|\bthink(?:ing)?(?:_?(?:budget|level|config))?\b",
}
NAMES = tuple(_PATTERNS)
LIMITS = ("max_tokens", "max_completion_tokens")
THINKING_FIELDS = ("reasoning_effort", "chat_template_kwargs", "think")
_TOO_LONG = re.compile(r"context (?:length|window|size)|too (?:large|long)|exceed", re.I)
_ADVICE = re.compile(r"\b(?:use|try|instead of)\b.*", re.I | re.S)  # "max_tokens is not supported, use NAME instead"


def with_refused(form: str, refused: Collection[str]) -> str:
    return form + (_MARK + ", ".join(name for name in NAMES if name in refused) if refused else "")


def split_refused(text: str) -> tuple[str, frozenset[str]]:
    """The form, and what the server refuses, of a text by `with_refused`."""
    form, _, names = text.partition(_MARK)
    return form, frozenset(name for name in names.split(", ") if name in _PATTERNS)


def refused_parameters(body: str, sent: dict[str, Any]) -> frozenset[str]:
    """What the answer to a bad request names, of the parameters that were sent."""
    words = _named_fields(body) or _ADVICE.sub("", _message(body))
    names = {name for name, pattern in _PATTERNS.items() if re.search(pattern, words, re.I) and _is_sent(name, sent)}
    return frozenset(names - set(LIMITS) if _TOO_LONG.search(body) else names)


def without_refused(body: dict[str, Any], refused: Collection[str]) -> dict[str, Any]:
    """The body of a request without what the server refuses. A limit has two names, `stream` is false or true."""
    changed = {name: value for name, value in body.items() if name not in refused}
    for name, other in (LIMITS, LIMITS[::-1]):
        if name in body and name in refused and other not in refused:
            changed[other] = body[name]
    if "thinking" in refused:
        changed = {name: value for name, value in changed.items() if name not in THINKING_FIELDS}
    if "stream" in refused:
        changed |= {"stream": True, "stream_options": {"include_usage": True}}
    if "system" in refused:
        changed["messages"] = [{"role": "user", "content": "\n\n".join(m["content"] for m in body["messages"])}]
    return changed


def _is_sent(name: str, sent: dict[str, Any]) -> bool:
    if name == "system":
        return any(message["role"] == "system" for message in sent["messages"])
    if name == "thinking":
        return any(field in sent for field in THINKING_FIELDS)
    return name in sent or (name == "stream" and not sent.get("stream"))


def _content(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):  # no JSON, a number of thousands of digits, or nested too deeply
        return body


def _message(body: str) -> str:
    content = _content(body)
    error = content.get("error", content) if isinstance(content, dict) else content
    message = error.get("message", error) if isinstance(error, dict) else error
    return message if isinstance(message, str) else json.dumps(message)


def _named_fields(body: str) -> str:
    """The fields that an error names apart from its words: OpenAI's `param`, and the `loc` of FastAPI. "" if none."""
    found = []

    def look(node: Any, depth: int = 0) -> None:
        if isinstance(node, dict) and depth < 8:
            if isinstance(node.get("param"), str):
                found.append(node["param"])
            if isinstance(node.get("loc"), list):
                found.append(" ".join(str(part) for part in node["loc"]))
            else:
                for value in node.values():
                    look(value, depth + 1)
        elif isinstance(node, list) and depth < 8:
            for value in node[:100]:
                look(value, depth + 1)

    look(_content(body))
    named = " ".join(found)
    return named if any(re.search(pattern, named, re.I) for pattern in _PATTERNS.values()) else ""
