"""An `input` that gives the answer away: asked for a stadium, it names the stadium."""

import re

from stages.common.records import Example
from stages.english.tasks import COMPARATIVES, asks_for_new_text, is_complete, is_yes_or_no, works_on_input
from stages.english.words import FUNCTION_WORDS, content_words, words

_CHOICE = re.compile(rf"\b(?:{COMPARATIVES}|or|either|choose|pick|odd)\b", re.I)
_OPTIONS = re.compile(r",|/|;|\bor\b|\band\b|\bvs\b", re.I)
_STATEMENT_WORDS = 4  # a sentence with fewer is no passage to read
# Tasks whose short input is the topic of a long answer: "Explain why a natural event happens." about "Thunder."
_EXPLAINS = re.compile(
    r"\b(?:explain|describe|discuss|elaborate|outline|summarize|compare|why|overview|(?:tell|teach) me about)\b", re.I
)
_SEARCHES = re.compile(r"\byour (?:\w+ )?(?:term|query|search|input|topic|keywords?|request|question)\b", re.I)
_TOPIC_WORDS = 4
_LABEL = re.compile(r"[A-Z][a-z]+(?: [a-z]+)?: ")  # "Genre: crime"


def answer_in_input(example: Example, max_words: int) -> str | None:
    """An input of at most `max_words` words that contains what the answer adds to a question that needs no input.

    A whole sentence is allowed, because it is a passage to read. So is a list to choose from, unless the answer is all
    of it.
    """
    given = words(example.input)
    if not given or len(given) > max_words or _may_overlap(example, given):
        return None
    answer, asked = set(words(example.output)), set(words(example.instruction))
    added = {word for word in content_words(example.output) if word not in asked}
    leaked = [word for word in given if word in added]
    whole = all(word in answer or word in FUNCTION_WORDS for word in given)
    if not leaked or (_OPTIONS.search(example.input) and not whole):
        return None
    if added.issubset(given) or (whole and is_complete(example.instruction)):
        return f"input {example.input!r} gives away {' '.join(leaked)!r}"
    return None


def _may_overlap(example: Example, given: list[str]) -> bool:
    task = example.instruction
    is_statement = len(given) >= _STATEMENT_WORDS and example.input.rstrip().endswith((".", "!", "?"))
    is_choice = _CHOICE.search(task) is not None and _OPTIONS.search(example.input) is not None
    if _SEARCHES.search(task):
        return True
    if _EXPLAINS.search(task) and len(given) <= _TOPIC_WORDS and len(words(example.output)) > 3 * len(given):
        return True  # the input is what is to be explained
    return (
        is_statement
        or _LABEL.match(example.input) is not None
        or is_choice
        or works_on_input(task)
        or asks_for_new_text(task)
        or is_yes_or_no(task)
    )
