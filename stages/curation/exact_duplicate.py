"""The same instruction and input again, apart from closing punctuation and what the normal form makes equal."""

from stages.common.records import Example
from stages.english.normal_form import normal_form

_CLOSING = ".!?: "


def question_key(example: Example) -> tuple[str, str]:
    """Equal for two examples that ask the same thing word for word: instruction and input, normalized."""
    return _plain(example.instruction), _plain(example.input)


def exact_duplicate(example: Example, seen: dict[tuple[str, str], str]) -> str | None:
    """A question that was asked before: `seen` maps the questions kept so far to the ids of their examples."""
    twin = seen.get(question_key(example))
    return None if twin is None else f"asks the same as {twin}"


def _plain(text: str) -> str:
    """The normal form without closing punctuation. The exclamation mark of "5!" and "(2n)!" is none, and a text of
    nothing else stays: "?" and "!" are two inputs."""
    text = normal_form(text)
    bare = text.rstrip(_CLOSING)
    if text[len(bare) :].startswith("!") and (bare[-1:] == ")" or bare[-1:].isdecimal()):
        bare += "!"
    return bare or text
