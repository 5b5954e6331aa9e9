"""Texts that don't fit into a small model's context, by words; and runs of characters that are no words."""

import re

from stages.common.records import Example

# Scripts without spaces have no words to measure, and addresses of pages may be as long as they are.
_UNBROKEN = re.compile(r"(?<!\S)(?!https?://)[!-~\u00c0-\u024f]+(?!\S)")


def too_long(
    example: Example, max_instruction_words: int, max_passage_words: int, max_output_words: int, max_word_length: int
) -> str | None:
    """More words than the limit of its field, or a word of more than `max_word_length` characters."""
    limits = {"instruction": max_instruction_words, "input": max_passage_words, "output": max_output_words}
    for field, limit in limits.items():
        text: str = getattr(example, field)
        if (words := len(text.split())) > limit:
            return f"{field} has {words} words, at most {limit} are allowed"
        if len(text) > max_word_length:
            for word in _UNBROKEN.findall(text):
                if len(word) > max_word_length:
                    return f"{field} has a word of {len(word)} characters, at most {max_word_length}: {word[:40]!r}..."
    return None
