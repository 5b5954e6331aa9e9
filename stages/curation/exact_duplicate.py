"""The same instruction and input again, apart from case, spaces and closing punctuation."""

from stages.common.records import Example


def question_key(example: Example) -> tuple[str, str]:
    """Equal for two examples that ask the same thing word for word: instruction and input, normalized."""
    return _plain(example.instruction), _plain(example.input)


def exact_duplicate(example: Example, seen: dict[tuple[str, str], str]) -> str | None:
    """A question that was asked before: `seen` maps the questions kept so far to the ids of their examples."""
    twin = seen.get(question_key(example))
    return None if twin is None else f"asks the same as {twin}"


def _plain(text: str) -> str:
    return " ".join(text.lower().split()).rstrip(".!?: ")
