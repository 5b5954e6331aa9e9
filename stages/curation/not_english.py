"""Another language than English: in the whole example, or in the answer to an English question.

The identifier of languages guesses at anything, names and lists included. So it is asked only about running text in
which the words that hold English sentences together are rare, and a translation or a foreign phrase that the
instruction speaks of is none of its business.
"""

import re

from stages.language import ENGLISH, identify
from stages.records import Example

# Of the words that English sentences can't do without, those that hardly any other language has.
_FUNCTION_WORDS = (
    "the and are were with that this these those which what who whom whose where when how why from by it its she his "
    "they their them you your our does did would should could into than because about each between"
).split()
# As they stand in a sentence: a capital elsewhere than at its start belongs to an English title in foreign text.
_ENGLISH = re.compile(
    rf"(?:^|[.?!:]\s+)(?:{'|'.join(map(str.capitalize, _FUNCTION_WORDS))})\b|\b(?:{'|'.join(_FUNCTION_WORDS)})\b"
)
_ENGLISH_SHARE = 0.1  # of the words of an answer or input; foreign prose has less, by words that look alike
_RUNNING_WORDS = 5  # in lower case; fewer may be names, or too short an answer to tell
_RUNNING_WORDS_OF_TASK = 3  # where the instruction has no English word either
_CREOLE = "pcm"  # Nigerian Pidgin: what the identifier says to English with African names; never in this data
_SPEAKS_OF_LANGUAGE = re.compile(
    r"\b(?:translat\w+|languages?|foreign|bilingual|motto|anthem|proverb|phrase|loanwords?|"
    r"mean|means|meaning|letters|alphabet|script|accents?|scientific name|"
    r"English|French|German|Spanish|Italian|Portuguese|Dutch|Swedish|Danish|Norwegian|Finnish|Icelandic|Polish|Czech|"
    r"Hungarian|Romanian|Bulgarian|Serbian|Croatian|Ukrainian|Russian|Greek|Turkish|Arabic|Hebrew|Persian|Hindi|"
    r"Bengali|Tamil|Urdu|Sanskrit|Chinese|Mandarin|Japanese|Korean|Thai|Vietnamese|Indonesian|Malay|Swahili|Zulu|"
    r"Afrikaans|Quechua|Nahuatl|Latin|Esperanto|Gaelic|Irish|Welsh|Basque|Catalan|Yiddish)\b"
)
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|'[^']*'(?!\w)|‘[^’]*’(?!\w)")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_LATIN = re.compile(r"[A-Za-zªº\u00c0-\u02af\u1e00-\u1eff]")


def not_english(example: Example, max_foreign: float) -> str | None:
    """Another language that is more probable than `max_foreign` (0-1), or another script."""
    instruction = _QUOTED.sub(" ", example.instruction)
    if _SPEAKS_OF_LANGUAGE.search(instruction):
        return None if _ENGLISH.search(instruction) else _foreign("instruction", instruction, max_foreign)
    evidence = _foreign("output", example.output, max_foreign) or _foreign("input", example.input, max_foreign)
    if evidence or _ENGLISH.search(instruction):
        return evidence
    return _foreign(
        "the example", f"{instruction} {example.input} {example.output}", max_foreign, _RUNNING_WORDS_OF_TASK
    )


def _foreign(place: str, text: str, max_foreign: float, min_running: int = _RUNNING_WORDS) -> str | None:
    text = _QUOTED.sub(" ", text)
    words = _WORD.findall(text)
    letters = "".join(words)
    if len(letters) > 1 and len(_LATIN.findall(letters)) * 2 < len(letters):
        return f"{place} is written in another script: {text.strip()[:60]!r}"
    a_list = text.count(",") * 2 >= len(words)
    if a_list or sum(word[0].islower() for word in words) < min_running:
        return None
    if len(_ENGLISH.findall(text)) >= _ENGLISH_SHARE * len(words):
        return None
    language, probability = identify(text)
    if language in {ENGLISH, _CREOLE} or probability <= max_foreign:
        return None
    return f"{place} reads as {language} with probability {probability:.2f}, the limit is {max_foreign}"
