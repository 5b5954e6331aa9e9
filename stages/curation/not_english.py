"""A language other than English: in the whole example, or in the answer to an English question.

The language identifier guesses at anything, even names and lists. So it is only asked about running text with few
English function words, and not if the instruction is about a language (a translation, a foreign phrase). A foreign
answer of a few words, or of names, is not found.
"""

import re

from stages.common.records import Example
from stages.english.language import ENGLISH, identify_language

# Frequent English function words that hardly any other language has.
_FUNCTION_WORDS = frozenset(
    "the and are were with that this these those which what who whom whose where when how why from by its she his they "
    "their them you your our does did would should could into than because about each between".split()
)
_ENGLISH_SHARE = 0.1  # of the words of an answer or input; foreign prose has fewer that look like one
_RUNNING_WORDS = 3  # in lower case; a text with fewer is a name
_SHORT, _SURE = 5, 0.9  # fewer running words than _SHORT must be foreign with probability _SURE
_NO_LANGUAGE = "zxx"  # the identifier's code for what is not a language, such as a chess position
_CREOLE = "pcm"  # Nigerian Pidgin: the identifier's guess for English with African names; never in this data
_ABOUT_LANGUAGE = re.compile(
    r"\b(?:translat\w+|languages?|foreign|bilingual|motto|anthem|proverb|phrase|loanwords?|"
    r"mean|means|meaning|letters|alphabet|script|accents?|scientific name|"
    r"English|French|German|Spanish|Italian|Portuguese|Dutch|Swedish|Danish|Norwegian|Finnish|Icelandic|Polish|Czech|"
    r"Hungarian|Romanian|Bulgarian|Serbian|Croatian|Ukrainian|Russian|Greek|Turkish|Arabic|Hebrew|Persian|Hindi|"
    r"Bengali|Tamil|Urdu|Sanskrit|Chinese|Mandarin|Japanese|Korean|Thai|Vietnamese|Indonesian|Malay|Swahili|Zulu|"
    r"Afrikaans|Quechua|Nahuatl|Latin|Esperanto|Gaelic|Irish|Welsh|Basque|Catalan|Yiddish)\b"
)
_QUOTED = re.compile(r"\"[^\"]*\"|“[^“”]*”|'[^']*'(?!\w)|‘[^‘’]*’(?!\w)")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LATIN = re.compile(r"[A-Za-zªº\u00c0-\u02af\u1e00-\u1eff]")


def not_english(example: Example, max_foreign: float) -> str | None:
    """A language other than English with a probability above `max_foreign` (0 to 1), or another script."""
    instruction = _QUOTED.sub(" ", example.instruction)
    english_task = _has_english_words(instruction, 1)
    if _ABOUT_LANGUAGE.search(instruction):
        return None if english_task else _foreign("instruction", instruction, max_foreign)
    for field in ("output", "input"):
        if evidence := _foreign(field, getattr(example, field), max_foreign, sure_if_short=True):
            return evidence
    whole = f"{instruction} {example.input} {example.output}"
    return None if english_task else _foreign("the example", whole, max_foreign)


def _foreign(place: str, text: str, max_foreign: float, sure_if_short: bool = False) -> str | None:
    text = _QUOTED.sub(" ", text)
    words = _WORD.findall(text)
    letters = "" if text.isascii() else "".join(words)
    if len(letters) > 1 and not letters.isascii() and len(_LATIN.findall(letters)) * 2 < len(letters):
        return f"{place} is written in another script: {text.strip()[:60]!r}"
    if sum(map(_FUNCTION_WORDS.__contains__, words)) >= max(1, _ENGLISH_SHARE * len(words)):
        return None
    running = sum(word[0].islower() for word in words)
    if running < _RUNNING_WORDS or text.count(",") * 2 >= len(words) or len(set(words)) == 1:
        return None
    if _has_english_words(text, _ENGLISH_SHARE * len(words)):
        return None
    language, probability = identify_language(text)
    limit = max(max_foreign, _SURE) if sure_if_short and running < _SHORT else max_foreign
    if language in {ENGLISH, _CREOLE, _NO_LANGUAGE} or probability <= limit:
        return None
    return f"{place} reads as {language} with probability {probability:.2f}, the limit is {limit}"


def _has_english_words(text: str, at_least: float) -> bool:
    """Whether at least `at_least` words are English function words. A capitalized one counts only at the start of a
    sentence: elsewhere it belongs to an English title in a foreign text."""
    count = 0
    for match in _WORD.finditer(text):
        word = match[0]
        if word in _FUNCTION_WORDS or (word.lower() in _FUNCTION_WORDS and _starts_a_sentence(text, match.start())):
            count += 1
            if count >= at_least:
                return True
    return False


def _starts_a_sentence(text: str, position: int) -> bool:
    before = text[:position].rstrip()
    return not before or before[-1] in ".?!:"
