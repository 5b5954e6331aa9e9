"""Another language than English: in the whole example, or in the answer to an English question.

The identifier of languages guesses at anything, names and lists included. So it is asked only about running text in
which the words that hold English sentences together are rare, and a translation or a foreign phrase that the
instruction speaks of is none of its business. What passes unseen is a foreign answer of a few words or of names.
"""

import re

from stages.common.records import Example
from stages.english.language import ENGLISH, identify

# Of the words that English sentences can't do without, those that hardly any other language has.
_FUNCTION_WORDS = frozenset(
    "the and are were with that this these those which what who whom whose where when how why from by its she his they "
    "their them you your our does did would should could into than because about each between".split()
)
_ENGLISH_SHARE = 0.1  # of the words of an answer or input; foreign prose has less, by words that look alike
_RUNNING_WORDS = 3  # in lower case; fewer are a name
_SHORT, _SURE = 5, 0.9  # below so many running words, a text under an English instruction must be foreign so surely
_CREOLE = "pcm"  # Nigerian Pidgin: what the identifier says to English with African names; never in this data
_SPEAKS_OF_LANGUAGE = re.compile(
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
    """Another language that is more probable than `max_foreign` (0-1), or another script."""
    instruction = _QUOTED.sub(" ", example.instruction)
    english_task = _has_english_words(instruction, 1)
    if _SPEAKS_OF_LANGUAGE.search(instruction):
        return None if english_task else _foreign("instruction", instruction, max_foreign)
    for field in ("output", "input"):
        if evidence := _foreign(field, getattr(example, field), max_foreign, sure_if_short=True):
            return evidence
    whole = f"{instruction} {example.input} {example.output}"
    return None if english_task else _foreign("the example", whole, max_foreign)


def _foreign(place: str, text: str, max_foreign: float, sure_if_short: bool = False) -> str | None:
    text = _QUOTED.sub(" ", text)
    words = _WORD.findall(text)
    letters = "".join(words)
    if len(letters) > 1 and not letters.isascii() and len(_LATIN.findall(letters)) * 2 < len(letters):
        return f"{place} is written in another script: {text.strip()[:60]!r}"
    running = sum(word[0].islower() for word in words)
    if running < _RUNNING_WORDS or text.count(",") * 2 >= len(words):
        return None
    if _has_english_words(text, _ENGLISH_SHARE * len(words)):
        return None
    language, probability = identify(text)
    limit = max(max_foreign, _SURE) if sure_if_short and running < _SHORT else max_foreign
    if language in {ENGLISH, _CREOLE} or probability <= limit:
        return None
    return f"{place} reads as {language} with probability {probability:.2f}, the limit is {limit}"


def _has_english_words(text: str, at_least: float) -> bool:
    """Whether so many are function words as a sentence has them: a capital elsewhere than at its start belongs to an
    English title in foreign text."""
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
