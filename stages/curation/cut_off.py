"""An answer or task that breaks off: in the middle of a sentence, a list or a pair of brackets."""

import re

from stages.common.records import Example
from stages.curation.code_text import asks_for_code, looks_like_code

# Tasks whose answers may end anywhere.
_MAY_BREAK_OFF = re.compile(
    r"\b(?:complete|finish|continue|fill|(?:begin|start)\w* (?:of|with)|opening|prefix\w*|suffix\w*|punctuat\w+|"
    r"colons?|commas?|dash\w*|hyphen\w*|sentence (?:starter|stem)s?|cliff-?hanger|phrase|preposition\w*|conjunctions?|"
    r"(?:(?:in)?definite|an|which|missing) articles?|(?<!\d )(?<!own )words?|poems?|poetry|haiku|lyrics|songs?|"
    r"greeting|"
    r"salutation|template|unfinished|incomplete|emoticons?|smil\w+|transcribe|quote|title|sonnet|limerick|verse|stanza)\b",
    re.I,
)
_SIGNED = re.compile(r"\b(?:e-?mails?|letters?|messages?|invit\w+|notes?|memos?)\b", re.I)  # "Best regards,"
# Words that no sentence ends with.
_NO_END = re.compile(
    r"\s(?:the|an?|and|or|of(?<!made of)(?<!heard of)(?<!kind of)(?<!sort of)(?<!think of)(?<!dream of)(?<!composed "
    r"of)(?<!proud of)(?<!aware of)(?<!afraid of)(?<!thought of)(?<!consists of)(?<!consist of)(?<!capable of)(?<!full "
    r"of)(?<!fond of)(?<!tired of)(?<!care of)(?<!rid of)(?<!part of)(?<!speak of)|because|which|whose|their|its|your|"
    r"my|our|into|than|but|if|while|such as|including|as well as|is an?|are the|was the|has been|have been|will be|"
    r"(?:that|which|then|and|where|when|because) (?:they|he|she|we|it|you)|is also|are also|due to|in order to|"
    r"because of|according to|and the|to the)\Z",
    re.I,
)
_OPEN_BRACKET = re.compile(r"\s[(\[][^()\[\]]*\Z")
_EMPTY_ITEM = re.compile(r"\n[ \t]*(?:\d{1,2}[.)]|[-*•])\Z")
_CUT_WORD = re.compile(r"[a-z]{2,}[-–—]\Z")
_FULL_STOP = re.compile(r"[.!?][\"'”’)]?\s")
_PROSE_WORDS = 12  # a last sentence of as many words that doesn't end, after others that do
_END = 80  # characters at the end that are looked at
_ITEMS = 2  # semicolons; a text with as many is a list
_ANSWER_WORDS = 4  # shorter answers may be any word


def cut_off(example: Example) -> str | None:
    """An answer that ends with a comma, a colon, an open bracket, an empty list item, or a word such as "the"; prose
    whose last sentence has no end; or an instruction that ends with such a word and has no input."""
    task, output = example.instruction.rstrip(), example.output.rstrip()
    if not example.input and _NO_END.search(task, max(0, len(task) - _END)) and not _MAY_BREAK_OFF.search(task):
        return f"the instruction breaks off: {task[-60:]!r}"
    if not _breaks_off(task, output) or _MAY_BREAK_OFF.search(task) or asks_for_code(task) or looks_like_code(output):
        return None
    return f"output breaks off: {output[-60:]!r}"


def _breaks_off(task: str, output: str) -> bool:
    end = output[-_END:]
    if _EMPTY_ITEM.search(end):
        return True
    if len(output.split(maxsplit=_ANSWER_WORDS)) < _ANSWER_WORDS:
        return False
    if output.endswith((",", ";")):
        return not _SIGNED.search(task) and output.count(";") < _ITEMS
    broken = _NO_END.search(end) or _CUT_WORD.search(end) or _OPEN_BRACKET.search(end)
    return broken is not None or output.endswith(":") or _is_open_prose(output)


def _is_open_prose(output: str) -> bool:
    """Whether it is one paragraph, in which sentences with full stops are followed by a long one without an end."""
    *before, last = _FULL_STOP.split(output)
    return (
        "\n" not in output
        and bool(before)
        and len(last.split()) >= _PROSE_WORDS
        and last[-1].islower()
        and "://" not in last
    )
