"""An answer that says the same again and again, as models that loop do."""

import re
from collections import Counter
from itertools import pairwise

from stages.common.records import Example
from stages.curation.code_text import asks_for_code, looks_like_code

# Tasks whose answers may repeat themselves.
_MAY_REPEAT = re.compile(
    r"\b(?:repeat\w*|repetit\w+|times|songs?|lyrics|chorus\w*|refrain\w*|chant\w*|lullab\w+|rhymes?|jingle|anaphora|"
    r"patterns?|sequences?|series|copies|copy|echo|binary|Morse|rhythm|beat|sounds?|onomatop\w+|draw|ASCII|tongue "
    r"twisters?|alliterat\w+|duplicat\w+|table|mantra|villanelle|cheer)\b",
    re.I,
)
_CREATIVE = re.compile(
    r"\b(?:poems?|poetry|haiku|stor(?:y|ies)|dialogues?|conversations?|scripts?|speech|rap|jokes?)\b", re.I
)
_PIECE = re.compile(r"(?<=[.!?])\s+|\n+")
_ENUMERATOR = re.compile(r"^\s*(?:\d{1,3}[.):]|[-*•])\s*")
_LISTED = re.compile(r" ?[,;] (?:and )?| (?=\d{1,2}[.)] )")
_NOT_WORDS = re.compile(r"[^\w']+|(?<!\w)'|'(?!\w)")
_TIMES = 3  # that a sentence or an item may not occur
_TIMES_IN_PROSE = 6  # for poems and stories
_SHARE = 0.5  # of the answer that the repeated text makes up
_SENTENCE_WORDS = 5  # a sentence of as many words is not said twice in a row
_LOOP, _LOOP_OF_PHRASES = 4, 3  # repetitions of the same words in a row: "a very very very very good day"
_PHRASE = 4  # words
_LONGEST_PERIOD = 12  # words


def repetition(example: Example) -> str | None:
    """A sentence or list item that makes up half of the answer, an answer that is said twice, or words in a loop."""
    creative = _CREATIVE.search(example.instruction) is not None
    found = _find_repetition(example.output, creative)
    if found is None or _MAY_REPEAT.search(example.instruction) or asks_for_code(example.instruction):
        return None
    return None if looks_like_code(example.output) else f"output says {found[:60]!r} again and again"


def _find_repetition(output: str, creative: bool) -> str | None:
    words = _bare(output).split()
    if len(set(words)) == len(words):
        return None
    sentences = _bare_pieces(_PIECE.split(output))
    items = _bare_pieces(_LISTED.split(" ".join(output.split())))
    for parts in (sentences, items):
        if found := _repeated(parts, _TIMES_IN_PROSE if creative else _TIMES):
            return found
    return (None if creative else _said_twice(sentences)) or _loop(words, creative)


def _bare_pieces(pieces: list[str]) -> list[str]:
    """The pieces without numbering, case and punctuation; those without a letter are left out."""
    bare = (_bare(_ENUMERATOR.sub("", piece)) for piece in pieces)
    return [piece for piece in bare if any(map(str.isalpha, piece))]


def _bare(text: str) -> str:
    return _NOT_WORDS.sub(" ", text.lower()).strip()


def _repeated(parts: list[str], times: int) -> str | None:
    if len(parts) < times:
        return None
    part, count = Counter(parts).most_common(1)[0]
    share = count * len(part.split()) / sum(len(part.split()) for part in parts)
    return part if count >= times and share >= _SHARE and len(part) > 1 else None


def _said_twice(pieces: list[str]) -> str | None:
    """A sentence twice in a row, or an answer that is two copies of one text."""
    half = len(pieces) // 2
    if half and len(pieces) % 2 == 0 and pieces[:half] == pieces[half:] and " " in pieces[0]:  # not labels in turn
        return " ".join(pieces[:half])
    pairs = pairwise(pieces)
    return next((first for first, second in pairs if first == second and len(first.split()) >= _SENTENCE_WORDS), None)


def _loop(tokens: list[str], creative: bool) -> str | None:
    """The words that follow themselves _LOOP times (_LOOP_OF_PHRASES, if they are a phrase): the same word at a "
    "distance of one period, over and over."""
    if not tokens or max(Counter(tokens).values()) < _LOOP_OF_PHRASES:
        return None
    for period in range(1, _LONGEST_PERIOD + 1):
        same = 0
        for place in range(period, len(tokens)):
            same = same + 1 if tokens[place] == tokens[place - period] else 0
            times = _LOOP if period < _PHRASE else _LOOP_OF_PHRASES
            if same >= period * (times - 1) * (2 if creative else 1):
                unit = tokens[place - period + 1 : place + 1]
                if any(not token.isdigit() and len(token) > 1 for token in unit):
                    return " ".join(unit)
    return None
