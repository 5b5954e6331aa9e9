"""Examples that are too short (no subject, or an explanation of a word or two), or too long for a small model."""

import re

from stages.common.records import Example
from stages.curation.code_text import asks_for_code, looks_like_code

# Tasks that a word or two cannot answer. Some questions with "how" can be: how many, how far, how do you spell.
_OPEN = re.compile(
    r"^(?:please |can you |could you )?(?:explain|describe|discuss|compare|contrast|summarize|elaborate|outline|"
    r"write (?:me )?an? (?:\w+ ){0,2}(?:story|poem|paragraph|essay|e-?mail|letter|article|report|summary|description|"
    r"dialogue|speech|review))\b"
    r"|^why (?:is|are|was|were|do|does|did|has|have|had|can|could|should|would|might|must)\b"
    r"|^how (?:do|does|did|is|are|was|were|can) (?!you (?:say|spell|write|pronounce|call)\b)",
    re.I,
)
# Unless the task itself asks for a short answer.
_BRIEFLY = re.compile(
    r"\b(?:(?:one|two|three|a|single|few|1|2|3)[ -](?:single )?(?:words?|phrase|terms?|adjectives?|adverbs?|nouns?)|"
    r"briefly|emojis?|spell(?:ed|ing|s)?|spelt|pronounced|called|written|abbreviat\w+)\b",
    re.I,
)
# Scripts without spaces have no words to measure, and web addresses may be long.
_UNBROKEN = re.compile(r"(?<!\S)(?!https?://)[!-~\u00c0-\u024f]+(?!\S)")


def too_short(example: Example, min_task_words: int, min_open_words: int) -> str | None:
    """Fewer than `min_task_words` words in instruction and input together, or fewer than `min_open_words` in the answer
    to a task that asks to explain, to describe or to write a text."""
    task = len(example.instruction.split()) + len(example.input.split())
    if task < min_task_words:
        return f"the task has {task} word(s), at least {min_task_words} are needed: {example.instruction!r}"
    answer = len(example.output.split())
    if answer < min_open_words and (asked := _OPEN.search(example.instruction)):
        if not _BRIEFLY.search(example.instruction) and not looks_like_code(example.output):
            return f"{asked[0]!r} is answered with {answer} word(s), at least {min_open_words} are needed"
    return None


def too_long(
    example: Example, max_instruction_words: int, max_passage_words: int, max_output_words: int, max_word_length: int
) -> str | None:
    """More words than the limit of its field, or a word of more than `max_word_length` characters."""
    limits = {"instruction": max_instruction_words, "input": max_passage_words, "output": max_output_words}
    for field, limit in limits.items():
        text: str = getattr(example, field)
        words = text.split()
        if len(words) > limit:
            return f"{field} has {len(words)} words, at most {limit} are allowed"
        if max(map(len, words), default=0) > max_word_length:
            word = next((word for word in _UNBROKEN.findall(text) if len(word) > max_word_length), None)
            if word and not asks_for_code(example.instruction):  # a pattern or a key has no spaces
                return f"{field} has a word of {len(word)} characters, at most {max_word_length}: {word[:40]!r}..."
    return None
