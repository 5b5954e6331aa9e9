"""A task without a subject, and an explanation, description or text of a word or two."""

import re

from stages.common.records import Example

# What can't be answered in a word or two. "How" alone can: how many, how far, how do you spell.
_OPEN = re.compile(
    r"^(?:please |can you |could you )?(?:explain|describe|discuss|compare|contrast|summarize|elaborate|outline|"
    r"write (?:me )?an? (?:\w+ ){0,2}(?:story|poem|paragraph|essay|e-?mail|letter|article|report|summary|description|"
    r"dialogue|speech|review))\b"
    r"|^why (?:is|are|was|were|do|does|did|has|have|had|can|could|should|would|might|must)\b"
    r"|^how (?:do|does|did|is|are|was|were|can) (?!you (?:say|spell|write|pronounce|call)\b)",
    re.I,
)
# Unless the task itself asks for little.
_BRIEFLY = re.compile(
    r"\b(?:(?:one|two|three|a|single|few|1|2|3)[ -](?:single )?(?:words?|phrase|terms?|adjectives?|adverbs?|nouns?)|"
    r"briefly|spell(?:ed|ing|s)?|spelt|pronounced|called|written|abbreviat\w+)\b",
    re.I,
)


def too_short(example: Example, min_task_words: int, min_open_words: int) -> str | None:
    """Fewer than `min_task_words` words in instruction and input together, or fewer than `min_open_words` in the
    answer to a task that asks to explain, describe or write a text."""
    task = len(example.instruction.split()) + len(example.input.split())
    if task < min_task_words:
        return f"the task has {task} word(s), at least {min_task_words} are needed: {example.instruction!r}"
    answer = len(example.output.split())
    if answer < min_open_words and (asked := _OPEN.search(example.instruction)):
        if not _BRIEFLY.search(example.instruction):
            return f"{asked[0]!r} is answered with {answer} word(s), at least {min_open_words} are needed"
    return None
