"""What an example asks and answers, as sets of content words: what is left when the wording is taken away.

"Who wrote Emma?" and "Name the author of Emma." both ask {author, emma}. What somebody asked for must stay in sight:
names, numbers, quoted words and short inputs are taken as they stand, and are `marked`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from stages.common.records import Example
from stages.english.inflection import lemma_of
from stages.english.numbers import CARDINALS

LONG = 20  # words; from here on an input is a passage, of which single words matter less

# Words that carry no subject: articles, auxiliaries, and what a task is wrapped in.
_WORDING = frozenset(
    "a an the be is are was were been being do does did has have had having will would can could should shall may "
    "might to of and or that which what whom whose there it its this these those such as in on at by for from with "
    "into s i me my you your we us our please kindly name names give tell state provide identify find say mention "
    "specify list write answer respond reply ask asked know want need like let show regarding concerning define "
    "definition mean meaning describe explain determine calculate compute solve call called sentence sentences "
    "statement passage text paragraph word words phrase term expression following given below above provided "
    "correct exactly another someone something thing one's about topic subject theme true false yes no whether if "
    "who when where why how many much year date number reason because locate located location lie situated "
    "person".split()
)
# Different words for the same relation, after their forms were folded.
_SAME = {
    word: group.split()[0]
    for group in (
        "author write writer",
        "birth bear born birthplace birthday birthdate",
        "death die dead",
        "founder found foundation establish establishment",
        "inventor invent invention",
        "discoverer discover discovery",
        "painter paint",
        "composer compose",
        "designer design architect",
        "director direct",
        "creator create creation",
        "antonym opposite",
        "change turn convert transform conversion rewrite reword rephrase",
        "summarize summarise summary",
        "color colour",
        "+ plus",
        "- minus –",
        "* times multiply ×",  # noqa: RUF001
        "/ divide ÷",
    )
    for word in group.split()
}
_NUMBERS = {word: str(value) for word, value in CARDINALS.items() if value <= 10}
NEGATIONS = frozenset("not never none without n't cannot except neither nor".split())
_PEOPLE = (
    "person people man woman writer author novelist poet artist painter composer musician singer actor director "
    "scientist physicist chemist astronomer mathematician engineer inventor architect explorer king queen president "
    "emperor ruler"
)
_PLACES = "city town village country continent state region place island county province"
_KIND = re.compile(rf"\b(?:what|which) (?:{'|'.join((_PEOPLE + ' ' + _PLACES).split())})\b", re.I)
_ASKS = (
    ("when", re.compile(r"\bwhen\b|\b(?:what|which|the|birth) (?:year|date|day|month|century)\b", re.I)),
    ("where", re.compile(rf"\bwhere\b|\bbirthplace\b|\b(?:what|which) (?P<kind>{'|'.join(_PLACES.split())})\b", re.I)),
    ("how many", re.compile(r"\bhow (?!does|do|did|is|are|was|were|can|to|would)\w+\b|\bthe number of\b", re.I)),
    ("why", re.compile(r"\bwhy\b|\breason\b", re.I)),
    ("how", re.compile(r"\bhow\b", re.I)),
    ("who", re.compile(rf"\bwho(?:m|se)?\b|\b(?:what|which) (?:{'|'.join(_PEOPLE.split())})\b", re.I)),
)
_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?(?![^\W_])|[^\W_]+(?:['’-][^\W_]+)*|[+*/×÷=<>^%]|(?<=\d) ?[-–−] ?(?=\d)")  # noqa: RUF001
_QUOTED = re.compile(r"(?<!\w)'[^']+'(?!\w)|‘[^’]+’|\"[^\"]+\"|“[^”]+”")
_VERDICT = re.compile(r"\W*(yes|true|no|false)\b", re.I)


@dataclass(frozen=True, slots=True)
class Content:
    instruction: frozenset[str]
    question: frozenset[str]  # of instruction and input
    answer: frozenset[str]
    marked: frozenset[str]  # of the question: names, numbers, negations, quoted words, the words of a short input
    order: tuple[str, ...]  # the marked ones as they come; all words where a number is among them ("5 km to m")
    subjects: frozenset[str]  # those of the marked ones that somebody can ask about: names and quoted words
    asks: str  # when, where, where city, who, ...; "" where the question has another form
    verdict: str  # yes or no, where the answer begins with it or with true or false

    @property
    def all(self) -> frozenset[str]:
        return self.question | self.answer

    @property
    def added(self) -> frozenset[str]:
        """What the answer says that the instruction doesn't."""
        return self.answer - self.instruction - _WORDING


def is_number(word: str) -> bool:
    return word[0].isdigit()


def read_content(example: Example) -> Content:
    instruction = list(_instruction(example.instruction))
    given = tokens(example.input)
    asked = instruction + [(token.lower(), len(given) < LONG or _stands_out(token)) for token in given]
    counted = any(is_number(word) for word, _ in instruction)
    verbatim = 0 < len(given) < LONG  # there, the answer is often but another form of the input
    answer = [token.lower() if verbatim else _folded(token) for token in tokens(example.output)]
    return Content(
        instruction=frozenset(word for word, _ in instruction),
        question=frozenset(word for word, _ in asked),
        answer=frozenset(word for word in answer if verbatim or word not in _WORDING),
        marked=frozenset(word for word, marked in asked if marked),
        order=tuple(word for word, marked in asked if marked or counted),
        subjects=frozenset(
            word for word, marked in instruction if marked and word[0].isalpha() and word not in _WORDING | NEGATIONS
        ),
        asks=_asks(example.instruction),
        verdict=_verdict(example.output),
    )


def words_of(text: str) -> frozenset[str]:
    """The words of a text without their forms, and as they stand."""
    found = tokens(text)
    return frozenset(map(_folded, found)) | frozenset(token.lower() for token in found)


def tokens(text: str) -> list[str]:
    """Words, numbers without thousands separators, and signs of arithmetic."""
    return [_clean(token) for token in _TOKEN.findall(text)]


def _clean(token: str) -> str:
    return token.replace(",", "") if token[0].isdigit() else token.strip()


def _instruction(text: str) -> Iterator[tuple[str, bool]]:
    """The content words of an instruction, and whether they are marked; quoted ones, and what stands behind a colon
    and isn't a question, are taken as they stand."""
    start, _, rest = text.partition(": ")
    if rest.rstrip().endswith("?") or not any(_plain(start)):
        start, rest = text, ""
    position = 0
    for quoted in _QUOTED.finditer(start):
        yield from _plain(start[position : quoted.start()])
        yield from ((token.lower(), True) for token in tokens(quoted[0]))
        position = quoted.end()
    yield from _plain(start[position:])
    yield from ((token.lower(), True) for token in tokens(rest))


def _plain(text: str) -> Iterator[tuple[str, bool]]:
    text = _KIND.sub("", text)
    for match in _TOKEN.finditer(text):
        token = _clean(match[0])
        word = _folded(token)
        if word not in _WORDING:
            name = _stands_out(token) and not (token[1:].islower() and _is_first(text[: match.start()]))
            yield word, name or word in NEGATIONS or not word.isalpha()


def _is_first(before: str) -> bool:
    """Whether a sentence begins behind this text."""
    return not before.rstrip(" '\"") or before.rstrip()[-1:] in ".!?"


def _stands_out(token: str) -> bool:
    """A name, a number or a sign."""
    return not token[0].islower()


@lru_cache(maxsize=1 << 18)
def _folded(token: str) -> str:
    """A word without its form: "cities" is "city", "wrote" is "author", as is "writer", and "two" is "2"."""
    word = token.lower().replace("’", "'").removesuffix("'s")
    if word in _WORDING or not word.isalpha():
        return word if word in _WORDING else _SAME.get(word, word)
    lemma = lemma_of(word)
    return _NUMBERS.get(word) or _SAME.get(word) or _SAME.get(lemma, lemma)


def _asks(instruction: str) -> str:
    for name, pattern in _ASKS:
        if found := pattern.search(instruction):
            return f"{name} {kind.lower()}" if (kind := found.groupdict().get("kind")) else name
    return ""


def _verdict(output: str) -> str:
    found = _VERDICT.match(output)
    return "" if found is None else "yes" if found[1].lower() in {"yes", "true"} else "no"
