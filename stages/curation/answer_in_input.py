"""An `input` that gives the answer away: asked for a stadium, it names the stadium."""

import re

from stages.common.records import Example
from stages.english.tasks import COMPARATIVES, asks_for_new_text, is_complete, is_yes_or_no, works_on_input
from stages.english.words import FUNCTION_WORDS, content_words, words

_CHOICE = re.compile(rf"\b(?:{COMPARATIVES}|or|either|choose|pick|odd)\b", re.I)
_OPTIONS = re.compile(r",|/|;|\bor\b|\band\b|\bvs\b", re.I)
_STATEMENT_WORDS = 4  # a sentence with fewer is no passage to read


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
    return is_statement or is_choice or works_on_input(task) or asks_for_new_text(task) or is_yes_or_no(task)
