"""Names and numbers of an answer that its page doesn't have: the teacher made them up or knew them from elsewhere.

The rule compares names and numbers, not meaning: a date of the page that is given for the wrong event passes.
"""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from stages.common.records import Example
from stages.english.inflection import lemmas_of
from stages.english.normal_form import normal_characters
from stages.english.number_words import NUMBER_WORDS, numbers_in
from stages.english.words import FUNCTION_WORDS, fold

_TOKEN = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?|[^\W\d_][^\W_]*(?:['’][^\W\d_]+)?")
_NAME = re.compile(r"(?<![\w'’])[^\W\d_a-z][^\W_]*(?:['’][^\W\d_]+)?")
_SENTENCE_START = re.compile(r"(?:^|[.!?:;]|\n)[\s\"'“‘(*•-]*$")
_ENUMERATOR = re.compile(r"(?:^|\n)[^\S\n]*\d{1,2}[.)]\s")
_POSSESSIVE = re.compile(r"['’](?:s\b|(?!\w))")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th|s)\b")
_LISTED = re.compile(r", and |, | and ")
_THE_TWO = re.compile(r"\b(?:the|these|those|his|her|their|its|all) (?:two|three|four)\b")  # mentioned before
_TOO_COMMON = frozenset({"1"})  # "one of", "the first"

# Names that are also in the dictionary. Any other word of the dictionary is not a name.
_NAMES_LIKE_WORDS = frozenset("march may august monday friday sunday china chile japan turkey jordan".split())
_ALSO_WORDS = frozenset({"march", "may"})  # at the start of a sentence
_NO_NAMES = (
    FUNCTION_WORDS
    | frozenset("dr mr mrs ms st jr sr bc ad bce ce am pm km kg cm mm usa us uk un tv dna ii iii iv vi".split())
    | NUMBER_WORDS
)
_ENDINGS = frozenset(["", *"ese vian ian ean ish ans ians an ic i s es n er ers a o ch y man men woman".split()])
_DEMONYMS = {
    "french": "france", "english": "england", "british": "britain", "dutch": "netherlands", "german": "germany",
    "germans": "germany", "greek": "greece", "greeks": "greece", "welsh": "wales", "swiss": "switzerland",
    "turkish": "turkey", "spanish": "spain", "danish": "denmark", "norwegian": "norway", "argentine": "argentina",
    "portuguese": "portugal", "chinese": "china", "polish": "poland", "scottish": "scotland", "irish": "ireland",
    "american": "states", "americans": "states", "filipino": "philippines",
}  # fmt: skip
_PEOPLE = {place: people for people, place in _DEMONYMS.items()}

# Tasks about words and sums: their numbers are results.
_COUNTS = re.compile(
    r"\b(?:(?:how many|number of) (?:\w+ )?(?:letters|vowels|consonants|syllables|words)|how (?:old|many years)|count|"
    r"calculate|compute|the sum|add|subtract|multiply|divide|percent(?:age)? of|difference|convert|roman numerals?|"
    r"round)\b",
    re.I,
)


@dataclass(frozen=True)
class _Support:
    """The words and numbers of a text, each computed when first needed."""

    text: str

    @cached_property
    def words(self) -> frozenset[str]:
        """Without case and accents."""
        return frozenset(_TOKEN.findall(_POSSESSIVE.sub("", fold(_ORDINAL.sub("", self.text)))))

    @cached_property
    def numbers(self) -> frozenset[str]:
        """In digits."""
        return frozenset(value for _, value in numbers_in(self.text))

    @cached_property
    def initials(self) -> str:
        """The initials of its capitalized words, to recognize abbreviations."""
        return "".join(match[0][0].lower() for match in _NAME.finditer(self.text))


def unsupported(example: Example, page_text: str) -> str | None:
    """Names and numbers of the output that are in neither the page, nor the instruction, nor the input.

    Accents, number words, thousands separators, possessives and nationalities make no difference. The numbers of tasks
    that count or calculate are not checked.
    """
    page = _page_support(page_text)
    instruction, output = normal_characters(example.instruction), normal_characters(example.output)
    names = [name for name in _names(output) if not _has_name(name, page)]
    numbers = [number for number in _stated_numbers(instruction, output) if number[1] not in page.numbers]
    if not names and not numbers:
        return None
    task = _Support(f"{instruction}\n{normal_characters(example.input)}")
    missing = [name for name in names if not _has_name(name, task)]
    missing += [wording for wording, value in numbers if value not in task.numbers]
    return f"not in the page: {', '.join(dict.fromkeys(missing))}" if missing else None


def _stated_numbers(instruction: str, output: str) -> list[tuple[str, str]]:
    """The numbers of the answer, as written and in digits, without those that number or count the items of a list."""
    if _COUNTS.search(instruction):
        return []
    numbers = numbers_in(_THE_TWO.sub("", _ENUMERATOR.sub("\n", output)))
    return [
        (wording, value) for wording, value in numbers if value not in _TOO_COMMON and not _counts_a_list(value, output)
    ]


@lru_cache(maxsize=64)
def _page_support(page_text: str) -> _Support:
    """Cached, because the examples of a page come one after the other."""
    return _Support(normal_characters(page_text))


def _names(text: str) -> list[str]:
    """Capitalized words that are not in the dictionary, and names of months, days and places that are."""
    names = []
    for match in _NAME.finditer(text):
        name = _POSSESSIVE.sub("", match[0])
        word = fold(name)
        if word in _NO_NAMES or len(word) < 2 or name.islower():
            continue
        if word in _ALSO_WORDS and _SENTENCE_START.search(text[max(0, match.start() - 8) : match.start()]):
            continue
        if word in _NAMES_LIKE_WORDS or not lemmas_of(word):
            names.append(name)
    return names


def _has_name(name: str, support: _Support) -> bool:
    word = fold(name)
    if word in support.words or _DEMONYMS.get(word) in support.words or _PEOPLE.get(word) in support.words:
        return True
    if name.isupper():
        return word in support.initials
    return _has_relative(word, support.words)


def _has_relative(word: str, known: frozenset[str]) -> bool:
    """Whether another form of the word is known: "Brazil" for "Brazilian", or "Nobels" for "Nobel"."""
    start = word[:4]
    return len(word) >= 4 and any(
        other.startswith(start) and _is_form(word, other) for other in known if not other[0].isdigit()
    )


def _is_form(word: str, other: str) -> bool:
    shared = 0
    for letter, other_letter in zip(word, other, strict=False):
        if letter != other_letter:
            break
        shared += 1
    return shared >= 4 and word[shared:] in _ENDINGS and other[shared:] in _ENDINGS


def _counts_a_list(value: str, output: str) -> bool:
    """Whether the answer lists as many things as the number says: "three colors: red, green and blue"."""
    return value.isdigit() and 2 <= int(value) <= 10 and len(_LISTED.findall(output)) >= int(value) - 1
