"""The one JSON object of a reply, whatever stands around it. What stands around it is named, so that it can be counted.

Models that were told to answer with an object and nothing else still think aloud before it, put it into a code fence,
introduce it, or write their end mark behind it. None of this changes what they say. Which of two objects counts, or how
a broken one would go on, is not for us to guess: then there is no object.
"""

import json
import re
from dataclasses import dataclass
from typing import Literal, get_args

Wrapping = Literal["byte_order_mark", "thinking", "fence", "end_mark", "prose", "reasoning_field"]
WRAPPINGS: tuple[Wrapping, ...] = get_args(Wrapping)

_BYTE_ORDER_MARK = "\ufeff"
_FENCE = re.compile(r"(?:`{3,}|~{3,})[ \t]*[\w+-]*")
_FENCED = re.compile(_FENCE.pattern + r"(.*?)(?:`{3,}|~{3,})", re.S)
# <|eot_id|>, <|im_end|>, the same with full-width lines (DeepSeek), </s>, <eos>, <end_of_turn>
_END_MARK = re.compile(r"<[|\uff5c][^<>]{1,40}[|\uff5c]>|</?s>|</?eos>|<end_of_turn>", re.I)
# Thinking ends with a tag, or where gpt-oss begins its final channel. Some chat templates write the opening tag
# themselves, so that the reply has only the closing one.
_NAMES = r"(?:think|thinking|thought|thoughts|reasoning)"
_OPENING = re.compile(rf"<{_NAMES}>|\[THINK\]|\u25c1think\u25b7|<\|channel\|>analysis<\|message\|>", re.I)
_CLOSING = re.compile(rf"</{_NAMES}>|\[/THINK\]|\u25c1/think\u25b7|<\|channel\|>final(?: [^<]*)?<\|message\|>", re.I)
# The beginning of an object, or of an array of objects, which is never the object that was asked for. A brace in prose,
# such as {A}, is none.
_OBJECT = re.compile(r"(?:\[\s*)?\{\s*[\"}]")
_NEXT = re.compile(
    f"(?P<opening>{_OPENING.pattern})|(?P<closing>{_CLOSING.pattern})|(?P<object>{_OBJECT.pattern})", re.I
)
_DECODER = json.JSONDecoder()


@dataclass(frozen=True)
class FoundObject:
    text: str  # the object alone
    stripped: tuple[Wrapping, ...]  # what stood around it, in the order of WRAPPINGS


def find_object(reply: str) -> FoundObject | None:
    """The only JSON object outside the thinking of a reply; None if there is none, more than one, or a broken one.

    An array of objects is returned as well, if it stands alone: its shape is wrong, which is for the schema to say.
    """
    spans: list[tuple[int, int]] = []  # of the objects
    start, position = 0, 0  # where the thinking ends so far; where to go on reading
    broken = False  # since `start`
    while found := _NEXT.search(reply, position):
        position = found.end()
        if found["opening"]:
            closing = _CLOSING.search(reply, position)
            if closing is None:
                return None  # it thinks to its end
            position = closing.end()
            if not spans and not broken:
                start = position
        elif found["closing"]:
            start, spans, broken = position, [], False
        elif not broken:  # past a broken object only the end of the thinking is of interest
            end = _end_of_json(reply, found.start())
            broken = end is None
            if end is not None:
                position = end
                spans.append((found.start(), end))
    if broken or len(spans) != 1:
        return None
    (begin, end) = spans[0]
    return FoundObject(reply[begin:end], _around(reply[:start], reply[start:begin] + "\n" + reply[end:]))


def without_fence(reply: str) -> str:
    """The text inside a code fence that is around all of it, however the fence is spelled; else the text itself."""
    text = reply.strip().removeprefix(_BYTE_ORDER_MARK).strip()
    if _FENCE.fullmatch(text):
        return ""
    inside = _FENCED.fullmatch(text)
    return inside[1].strip() if inside else text


def _end_of_json(text: str, start: int) -> int | None:
    try:
        return _DECODER.raw_decode(text, start)[1]
    except (ValueError, RecursionError):  # not JSON, a number of thousands of digits, or nested too deeply
        return None


def _around(thinking: str, rest: str) -> tuple[Wrapping, ...]:
    """What the text before and behind an object consists of."""
    found: set[Wrapping] = set()
    if thinking.replace(_BYTE_ORDER_MARK, "").strip():
        found.add("thinking")
    if _BYTE_ORDER_MARK in thinking + rest:
        found.add("byte_order_mark")
        rest = rest.replace(_BYTE_ORDER_MARK, "")
    rest, thoughts = re.subn(rf"(?:{_OPENING.pattern}).*?(?:{_CLOSING.pattern})", "", rest, flags=re.I | re.S)
    rest, marks = _END_MARK.subn("", rest)
    rest, fences = _FENCE.subn("", rest)
    if thoughts:
        found.add("thinking")
    if marks:
        found.add("end_mark")
    if fences:
        found.add("fence")
    if rest.strip():
        found.add("prose")
    return tuple(name for name in WRAPPINGS if name in found)
