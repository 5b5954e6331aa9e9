"""Words as the rules compare them: without case, accents, possessives and thousands separators."""

import re
import unicodedata

from stages.english.normal_form import normal_characters

FUNCTION_WORDS = frozenset(
    "a about after all also among an and any are as at be been before being between both but by can could did do "
    "does during each for from had has have he her here him his how i if in into is it its just many me might "
    "more most much must my no not of on one or our out over s shall she should so some such than that the their "
    "them then there these they this those through to under until up us was we were what when where which while "
    "who whom whose why will with would you your called known named".split()
)

MONTHS = tuple("January February March April May June July August September October November December".split())

_WORD = re.compile(r"\d[\d,]*(?:\.\d+)?|[^\W\d_]\w*(?:['’]\w+)?")
_POSSESSIVE = re.compile(r"['’]s?$")
_STOP = re.compile(r"(?<=[.!?])[\"'”’)]*\s+|\n+")
_QUOTED = re.compile(r"\"[^\"]+\"|“[^”]+”|‘[^’]+’(?!\w)|(?<!\w)'[^']+'(?!\w)|«[^»]+»|`[^`]+`")


def fold(text: str) -> str:
    """Normal characters without case and accents, so that "Cuiabá" and "Cuiaba" are the same word."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", normal_characters(text).casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def words(text: str) -> list[str]:
    """The words and numbers of a text in their order, without possessives ("Ahab's") and thousands separators."""
    return [_plain(word) for word in _WORD.findall(fold(text))]


def content_words(text: str) -> list[str]:
    """The words of a text that carry meaning, in their order."""
    return [word for word in words(text) if word not in FUNCTION_WORDS]


def split_at_stops(text: str) -> list[str]:
    """The pieces between full stops, question marks, exclamation marks and line ends.

    Quick and rough: the full stop of an abbreviation splits, too. `wiki_text.split_sentences` knows abbreviations.
    """
    return [piece for piece in _STOP.split(text) if piece]


def without_quotes(text: str) -> str:
    """The text with a space instead of each quoted part."""
    return _QUOTED.sub(" ", text)


def quoted(text: str) -> str:
    """All quoted parts of a text with their quotes, joined by spaces."""
    return " ".join(_QUOTED.findall(text))


def _plain(word: str) -> str:
    return word.replace(",", "") if word[0].isdigit() else _POSSESSIVE.sub("", word)
