"""A judge without a model: three criteria, 0-5, from the reference answer, the instruction and the answer's form.

It reads words, not meaning. What counts as correct is what the reference adds to the question, so that repeating
the question earns nothing (Lin, 2004, "ROUGE", for the overlap measures; the criteria are those of the report).
It is told nothing of who wrote an answer.
"""

import re
from collections import Counter
from dataclasses import dataclass

from stages.records import Scores

_WORD = re.compile(r"\d[\d,]*(?:\.\d+)?|\w+(?:'\w+)?")
_FUNCTION_WORDS = frozenset(
    "a an the of in on at by to for from with as and or but is are was were be been being am do does did has have had "
    "it its this that these those there which who whom whose he she they his her their them him you your we our i my "
    "will would can could may might must shall should if so than then into also such".split()
)
_VERDICTS = {"yes": True, "true": True, "correct": True, "no": False, "false": False, "incorrect": False}
_SENTENCE_END = re.compile(r"(?:^|[.!?:])[\"')\s]*$")


@dataclass(frozen=True)
class Reading:
    """What the rubric saw in one answer; every number is a share, 0-1."""

    words: int
    added: float  # overlap (F1) with what the reference adds to the question
    order: float  # longest common subsequence with the whole reference (ROUGE-L F1)
    key_facts: float | None  # the reference's new numbers and names that the answer has; None where it has none
    false_numbers: bool  # a number that neither reference nor question has
    opposite: bool  # yes for no, true for false
    topic: float  # the reference's content words that the answer has
    echo: float  # of the answer's word triples, those that only the question has
    variety: float  # distinct word triples among all
    length: float  # 1 near the reference's length, towards 0 far from it
    finished: bool  # ends as a sentence or as the reference does


def score(instruction: str, input: str, reference: str, answer: str) -> tuple[Scores, Reading]:
    """The three criteria of one answer. An answer without a word scores 0 on all of them."""
    reading = read(instruction, input, reference, answer)
    correct = 0.6 * reading.added + 0.4 * reading.order
    if reading.key_facts is not None:
        correct = 0.5 * correct + 0.5 * reading.key_facts
    if reading.false_numbers:
        correct *= 0.5
    if reading.opposite:
        correct = min(correct, 0.2)
    honest = (1 - reading.echo) * reading.variety
    relevant = min(1.0, 1.5 * reading.topic)  # two thirds of the reference's words are enough
    fitting = 0.5 + 0.5 * reading.length
    adherent = honest * relevant * fitting
    clear = honest * fitting * (0.4 + 0.6 * relevant) * (1.0 if reading.finished else 0.6)
    if reading.words == 0:
        correct = adherent = clear = 0.0
    points = [_points(share) for share in (correct * honest, adherent, clear)]
    scores = Scores(
        factual_correctness=points[0],
        instruction_adherence=points[1],
        clarity_and_usefulness=points[2],
        total=sum(points),
    )
    return scores, reading


def read(instruction: str, input: str, reference: str, answer: str) -> Reading:
    question = _words(f"{instruction} {input}")
    expected, given = _words(reference), _words(answer)
    asked = set(question)
    new = [word for word in _content(expected) if word not in asked] or _content(expected) or expected
    given_new = [word for word in _content(given) if word not in asked or word in new]
    keys = {word for word in _key_words(reference) if word not in asked}
    numbers = {word for word in given if word[0].isdigit()}
    triples = _triples(given)
    only_asked = _triples(question).keys() - _triples(expected).keys()
    return Reading(
        words=len(given),
        added=_f1(Counter(new), Counter(given_new)),
        order=_rouge_l(expected, given),
        key_facts=len(keys & set(given)) / len(keys) if keys else None,
        false_numbers=bool(numbers - set(expected) - asked),
        opposite=_verdict(expected) is not None and _verdict(given) == (not _verdict(expected)),
        topic=_recall(set(_content(expected) or expected), set(given)),
        echo=sum(triples[triple] for triple in only_asked) / max(1, triples.total()),
        variety=len(triples) / triples.total() if triples else 1.0,
        length=_length_fit(len(expected), len(given)),
        finished=_finished(reference, answer),
    )


def justify(reading: Reading) -> str:
    """What decided the scores, in a few words."""
    if reading.words == 0:
        return "has no word"
    seen = [f"shares {reading.added:.0%} of what the reference adds"]
    if reading.opposite:
        seen.append("states the opposite")
    if reading.false_numbers:
        seen.append("has a number that is not in the reference")
    if reading.echo > 0.3:
        seen.append("repeats the question")
    if reading.variety < 0.7:
        seen.append("repeats itself")
    if not reading.finished:
        seen.append("breaks off")
    if reading.length < 0.5:
        seen.append("has the wrong length")
    return ", ".join(seen)


def _points(share: float) -> int:
    return int(5 * share + 0.5)


def _words(text: str) -> list[str]:
    return [word.replace(",", "") for word in _WORD.findall(text.lower())]


def _content(words: list[str]) -> list[str]:
    return [word for word in words if word not in _FUNCTION_WORDS]


def _key_words(text: str) -> set[str]:
    """Numbers, and words with a capital that don't begin a sentence."""
    found = set()
    for match in _WORD.finditer(text):
        opens = _SENTENCE_END.search(text[: match.start()])
        if match[0][0].isdigit() or (match[0][0].isupper() and not opens):
            found |= set(_words(match[0]))
    return found


def _triples(words: list[str]) -> Counter[tuple[str, ...]]:
    return Counter(zip(words, words[1:], words[2:], strict=False))


def _recall(expected: set[str], given: set[str]) -> float:
    return len(expected & given) / max(1, len(expected))


def _f1(expected: Counter[str], given: Counter[str]) -> float:
    shared = (expected & given).total()
    return 2 * shared / max(1, expected.total() + given.total())


def _rouge_l(expected: list[str], given: list[str]) -> float:
    """F1 of the longest common subsequence of words."""
    if not expected or not given:
        return 0.0
    row = [0] * (len(given) + 1)
    for word in expected:
        diagonal = 0
        for index, other in enumerate(given, start=1):
            above = row[index]
            row[index] = diagonal + 1 if word == other else max(above, row[index - 1])
            diagonal = above
    return 2 * row[-1] / (len(expected) + len(given))


def _length_fit(expected: int, given: int) -> float:
    """1 from half to twice the reference's length, falling with the ratio beyond that."""
    if not expected or not given:
        return 0.0
    return min(1.0, 2 * min(expected, given) / max(expected, given))


def _verdict(words: list[str]) -> bool | None:
    """Yes or no where the answer opens with it: "No, ...", "That is false. ..."."""
    opening = words[2:] if words[:2] in (["that", "is"], ["this", "is"]) else words
    opening = words[3:] if words[:3] == ["the", "statement", "is"] else opening
    return _VERDICTS.get(opening[0]) if opening else None


def _finished(reference: str, answer: str) -> bool:
    closing = ".!?\"')"
    return answer.rstrip().endswith(tuple(closing)) or not reference.rstrip().endswith(tuple(closing))
