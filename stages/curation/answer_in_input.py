"""An `input` that gives the answer away: asked for a stadium, it names the stadium."""

import re

from stages.records import Example

# What asks for work on its input: there, answer and input rightly share their words.
_WORKS_ON_INPUT = re.compile(
    r"\b(?:following|given|this|these|below|passage|paragraph|text|sentences?|statements?|words?|phrases?|list|numbers?|"
    r"names? below|input|quote|expression|article|poem|story|email|message|title|it)\b"
    r"|^(?:rewrite|correct|edit|fix|convert|translate|summarize|classify|identify the (?:part|type|tense|subject|verb)|"
    r"sort|arrange|rephrase|paraphrase|change|turn|make|replace|combine|shorten|expand|punctuate|capitalize|add|remove|"
    r"spell|pluralize|transform|reverse|complete|continue|categorize|describe|explain|define|compare|evaluate|analyze|find|"
    r"extract|count|calculate|construct|generate|write|create|use|simplify|reword)\b",
    re.I,
)


def answer_in_input(example: Example, max_words: int) -> str | None:
    """An input of at most `max_words` words whose words all stand in the answer, under a question that doesn't
    ask for work on its input."""
    words = _words(example.input)
    if not words or len(words) > max_words or _WORKS_ON_INPUT.search(example.instruction):
        return None
    answer = set(_words(example.output))
    asked = set(_words(example.instruction))
    given_away = [word for word in words if word in answer and word not in asked]
    if given_away and all(word in answer for word in words):
        return f"input {example.input!r} gives away {' '.join(given_away)!r}"
    return None


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())
