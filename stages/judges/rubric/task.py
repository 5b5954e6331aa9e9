"""What the words of a task say about its answer: its kinds, its text, and the alternatives that it offers."""

import re
from dataclasses import dataclass
from functools import lru_cache

from stages.english.tasks import COMPARATIVES, asks_for_new_text, is_yes_or_no, works_on_input
from stages.english.words import quoted, without_quotes
from stages.judges.rubric.rubric_words import READ_CHARACTERS, Word, content_stems, tokenize_words

_PATTERN_CHARACTERS = 2_000  # of the instruction; patterns are searched only in these
_ITEM_WORDS = 3  # in an item of a list, on average at most

# Kinds of tasks by what decides: another form of a word, an order, other words, ... A task may be of several kinds.
_KINDS = {
    "verdict": r"\btrue\b.*\bfalse\b|\b(?:is|was) (?:this|it|the (?:statement|claim)) (?:true|correct)\b",
    "order": r"\b(?:sort|order|arrange|rank|alphabetize|alphabetical\w*|ascending|descending|reverse|rearrange)\b"
    r"|\bfrom \w*(?:est|most) to\b",
    "form": r"\b(?:plurals?|singular|(?:past|present|future) (?:tense|form)|the (?:past|future)|participle|"
    r"comparatives?|superlatives?|verb form|forms? of|spell\w*|contraction|apostrophe|roman|numerals?|in words|digits|"
    r"misspelled)\b",
    "rewording": r"\b(?:rephrase|reword|paraphrase|formal\w*|polite\w*|vivid\w*|concise\w*|shorten|simplif\w+|simpler|"
    r"casual\w*|stronger|more descriptive|creative\w*|briefly|similes?)\b",
    "summary": r"\b(?:summar\w+|sum up|title|headline|main (?:idea|point)|gist|one sentence)\b",
    "completion": r"\b(?:fill|complete|finish|supply|(?:is|are|the) missing(?: word| number)?|blank|gap|ends?|"
    r"continue)\b",
    "answer": r"\b(?:who|whom|when|where|why|how (?:far|tall|long|old|many|much|high|big|often|do|does|did))\b.*\?",
    "person": r"\b(?:who|whom|whose)\b",
    "synonym": r"\b(?:synonyms?|similar word|another word|same as)\b",
    "antonym": r"\b(?:antonyms?|opposite)\b",
    "rhyme": r"\brhym",
    "writing": r"\b(?:sentence|story|poem|haiku|paragraph|letter|joke|riddle)s?\b",
    "free": r"\b(?:synonyms?|antonyms?|opposite|similar word|another word|rhym\w+|similes?|metaphors?|examples?|"
    r"suggest\w*|invent|imagine|your own|suitable|appropriate|title|headline)\b"
    r"|\b(?:name|list|give|provide|mention|think of|come up with)(?: me| us)? "
    r"(?:an?|any|some|two|three|four|five|\d+)\b"
    r"|\b(?:using|use|uses|with|contains) the (?:given )?(?:word|phrase|term)\b"
    r"|\b(?:write|create|generate|compose|craft|construct|make)(?: me| up)? an? (?:\w+ ){0,2}"
    r"(?:sentence|story|poem|haiku|paragraph|question|slogan|riddle|joke|dialogue|description|letter)\b"
    r"|\b(?:more|stronger|better|different) (?!than)\w+",
}
_KIND_PATTERNS = {kind: re.compile(pattern, re.I) for kind, pattern in _KINDS.items()}
_OPTIONS = re.compile(r"((?:['\"]?[\w-]+['\"]?, )*['\"]?[\w'-]+['\"]?),? or (?:in )?(?:an? |the )?['\"]?([\w-]+)")
_ITEM = r"(?:and |or )?[\w'-]+(?: [\w'-]+){0,2}"
_LISTED = re.compile(rf"[:(\[]\s*({_ITEM}(?:, {_ITEM})+)\s*[.?!)\]]")


@dataclass(frozen=True, slots=True)
class RubricTask:
    kinds: frozenset[str]
    question: tuple[Word, ...]  # instruction and input
    forms: frozenset[str]  # of these words
    stems: frozenset[str]
    subject: frozenset[str]  # stems of the words with content in the instruction, without the text to work on
    text: str  # to work on: the input, or what is quoted or follows a colon; else ""
    material: tuple[Word, ...]  # its words
    is_list: bool  # it consists of items
    options: frozenset[str]  # stems of the alternatives that the task offers
    named: frozenset[str]  # stems in quotes in the instruction, or of an input that is a word or two
    asked: str  # instruction, and an input of a word or two, in lower case

    @property
    def offered(self) -> frozenset[str]:
        return content_stems(self.material)

    @property
    def numbers(self) -> int:
        return sum(word.kind == "number" for word in self.question)

    @property
    def works_on_text(self) -> bool:
        return "work" in self.kinds


@lru_cache(maxsize=256)
def parse_task(instruction: str, input: str) -> RubricTask:
    start = instruction[:_PATTERN_CHARACTERS]
    text, frame = _text_and_frame(instruction[:READ_CHARACTERS], input)
    words, material = tokenize_words(instruction) + tokenize_words(input), tokenize_words(text)
    items = len(re.split(r"[,;/\n]", text))
    return RubricTask(
        kinds=_kinds(start, bool(material)),
        question=words,
        forms=frozenset(word.form for word in words),
        stems=frozenset(word.stem for word in words),
        subject=content_stems(tokenize_words(frame)),
        text=text,
        material=material,
        is_list=1 < items and len(material) <= _ITEM_WORDS * items,
        options=content_stems(word for option in _options(start) for word in tokenize_words(option)),
        named=content_stems(tokenize_words(quoted(start)) or (material if len(material) < 3 else ())),
        asked=(instruction if len(material) > 2 else f"{instruction} {input}")[:READ_CHARACTERS].lower(),
    )


def _kinds(start: str, has_text: bool) -> frozenset[str]:
    kinds = {kind for kind, pattern in _KIND_PATTERNS.items() if pattern.search(start)}
    question = start.rpartition(": ")[2] if start.rstrip().endswith("?") else start  # "About Tetris: did it ..."
    kinds |= {"verdict"} if is_yes_or_no(question) else set()
    kinds |= {"free"} if "rewording" in kinds or (asks_for_new_text(start) and not has_text) else set()
    works = works_on_input(start) or not start.rstrip().endswith("?")
    kinds |= {"work"} if has_text and works and "answer" not in kinds else set()
    return frozenset(kinds - ({"writing"} if "free" not in kinds else set()))


def _text_and_frame(instruction: str, input: str) -> tuple[str, str]:
    """The text to work on, and the instruction without it. An input that asks is part of the question."""
    if input.strip().endswith("?") and not works_on_input(instruction):
        return "", f"{instruction} {input}"
    if input:
        return input, instruction
    _, colon, rest = instruction.partition(": ")
    return (rest, instruction.replace(rest, " ")) if colon else (quoted(instruction), without_quotes(instruction))


def _options(instruction: str) -> list[str]:
    """The alternatives in "positive, negative or neutral", "good or bad" or "(good, well)"."""
    instruction = re.sub(rf"\b{COMPARATIVES}, ", "", instruction)  # "Which is larger, the Pacific or the Atlantic?"
    alternatives = [" ".join(match.groups()) for match in _OPTIONS.finditer(instruction)]
    return alternatives + _LISTED.findall(instruction)
