"""What the rubric sees in one answer: its overlap with the reference, whether it is to the point, and its form."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from stages.judges.rubric.overlap import Overlap, compare_with_reference
from stages.judges.rubric.rubric_words import (
    FUNCTION_WORDS,
    NEGATION,
    READ_CHARACTERS,
    Word,
    content_stems,
    tokenize_words,
)
from stages.judges.rubric.task import RubricTask, parse_task, word_triples

_SHORT = 4  # words; an answer this short need not name its subject
_ASSUMED_TOPIC = 0.8  # the least topic of a short answer, or of one to a task with many right answers
_TOLERATED_VARIETY = 0.8  # relative to the reference; a text at least this varied doesn't repeat itself

_CLOSING = (".", "!", "?", '"', "'", ")", "”", "’", "»", "]", "。")
_SPACES_AND_QUOTES = re.compile(r"[\s\"'“”‘’`]+")

_YES_OR_NO = {"yes": True, "true": True, "correct": True, "no": False, "false": False, "incorrect": False}
_OPPOSITES = (
    "more less, large small, big small, high low, hot cold, long short, fast slow, old young, early late, "
    "before after, increase decrease, rise fall, positive negative, always never, all none, good bad, strong weak, "
    "heavy light, north south, east west, win lose, warm cool, maximum minimum, most least, above below, "
    "active passive, deep shallow, wide narrow, start end, open close, "
    "inside outside, expand contract, hard soft, easy hard"
)


@dataclass(frozen=True, slots=True)
class Form:
    """The form of an answer, whatever it says. All floats are shares, 0-1."""

    echo: float  # share of the answer's word triples that the question has and the reference doesn't
    variety: float  # distinct word triples among all, relative to the reference's; 1 up to a few repetitions
    broken: float  # share of the answer's words that can't follow the word before them
    prose: bool  # it has the function words that sentences need
    not_long: float  # 1 up to twice the reference's length and 8 words, then falling
    finished: bool  # it doesn't break off

    @property
    def fluency(self) -> float:
        return self.variety * max(0.0, 1 - 2 * self.broken) * (1.0 if self.prose else 0.5)


@dataclass(frozen=True, slots=True)
class AnswerFeatures:
    words: int  # number of words in the answer
    same: bool  # it is the reference, apart from capitals, punctuation, contractions and the way numbers are written
    exact: bool  # capitals and punctuation are the reference's, too
    overlap: Overlap
    form: Form
    opposite: str  # what it reverses, such as "more for less"; "" if nothing
    topic: float  # 0-1, how far it is about the reference's subject
    enough: float  # 0-1; 1 if it has half of the reference's length, or adds half as many words
    nothing_new: bool  # it has only words of the question, and did nothing with them
    open_ended: bool  # the task has many right answers


def extract_features(instruction: str, input: str, reference: str, answer: str) -> AnswerFeatures:
    task = parse_task(instruction, input)
    expected, given = tokenize_words(reference), tokenize_words(answer)
    overlap = compare_with_reference(task, reference, answer)
    form = _form(task, reference, expected, answer, given)
    forms = [word.form for word in given]
    same_words = bool(forms) and forms == [word.form for word in expected]
    same = same_words and (overlap.wanted > 0 or overlap.phrasing == 1)
    exact = _plain(answer) == _plain(reference)
    length, added = len(given) / max(1, len(expected)), overlap.brought / max(1, overlap.wanted)
    return AnswerFeatures(
        words=len(given),
        same=same or (exact and _plain(answer) != ""),  # a reference may consist of one punctuation mark
        exact=exact,
        overlap=overlap,
        form=form,
        opposite=find_opposite(expected, given),
        topic=_topic(task, expected, given, overlap),
        enough=min(1.0, 2 * max(length, added)),
        nothing_new=_nothing_new(task, given, overlap, form),
        open_ended=task.open_ended and not overlap.picked and not overlap.adds_number,
    )


def _plain(text: str) -> str:
    """The text without quotes, and without the full stop at its end."""
    return _SPACES_AND_QUOTES.sub(" ", text[:READ_CHARACTERS]).strip().rstrip(" .")


def _topic(task: RubricTask, expected: tuple[Word, ...], given: tuple[Word, ...], overlap: Overlap) -> float:
    """How far the answer is about the reference's subject: the strongest of several signs, 0-1."""
    if overlap.rejected:  # a wrong alternative is still to the point
        return 1.0
    stems = {word.stem for word in given}
    content = content_stems(expected) or {word.stem for word in expected}
    subject = content & (task.stems - task.options)  # the reference's words that the question has, too
    signs = [min(1.0, 1.5 * len(content & stems) / max(1, len(content)))]  # two thirds of the reference are enough
    if overlap.recall:
        signs.append(min(1.0, 0.5 + overlap.recall))
    if task.works_on_text:  # half of the answer's words from the text to work on are enough
        about = content_stems(given)
        signs.append(min(1.0, 2 * len(about & task.offered) / max(1, len(about))))
    if subject:
        signs.append(len(subject & stems) / len(subject))
    topic = max(signs)

    says_more = overlap.brought > overlap.wanted + 1 or len(given) > 2 * len(expected) + 2
    if says_more:
        return topic
    short = len(given) <= _SHORT and (not subject or len(content - task.stems) <= 3)
    allowed = topic > 0 and task.open_ended and task.quoted <= stems
    return max(topic, _ASSUMED_TOPIC) if short or allowed else topic


def _nothing_new(task: RubricTask, given: tuple[Word, ...], overlap: Overlap, form: Form) -> bool:
    """Whether the answer is only the unchanged text, a part of it, or the question again."""
    if overlap.rework:
        return overlap.phrasing == 0 and overlap.recall == 0 and overlap.same_pairs
    if [word.form for word in given] == [word.form for word in task.material]:
        return True
    if overlap.recall or overlap.rejected:
        return False
    return form.echo > 0.5 or not {word.form for word in given if word.has_content} - task.forms


# Form


def _form(task: RubricTask, reference: str, expected: tuple[Word, ...], answer: str, given: tuple[Word, ...]) -> Form:
    triples, expected_triples = word_triples(given), word_triples(expected)
    only_in_question = task.triples - set(expected_triples)
    return Form(
        echo=sum(triple in only_in_question for triple in triples) / max(1, len(triples)),
        variety=min(1.0, _variety(triples) / _variety(expected_triples) / _TOLERATED_VARIETY),
        broken=_broken(given),
        prose=len(given) < 6 or _function_words(given) >= 0.1 or _function_words(expected) < 0.2,
        not_long=min(1.0, (2 * len(expected) + 8) / max(1, len(given))),
        finished=_finished(reference, answer, given),
    )


def _variety(triples: list[tuple[str, str, str]]) -> float:
    return len(set(triples)) / len(triples) if triples else 1.0


def _broken(given: tuple[Word, ...]) -> float:
    """The share of words that repeat the word before them, or are function words after an article."""
    forms = [word.form for word in given]
    broken = sum(
        word == following or (word in {"a", "an", "the"} and following in FUNCTION_WORDS)
        for word, following in pairwise(forms)
    )
    return broken / max(1, len(forms))


def _function_words(words: tuple[Word, ...]) -> float:
    return sum(not word.has_content for word in words) / max(1, len(words))


def _finished(reference: str, answer: str, given: tuple[Word, ...]) -> bool:
    """Whether the answer ends as a sentence, or as the reference does, or is too short to need it ("In 1889")."""
    if answer.rstrip().endswith(_CLOSING) or not reference.rstrip().endswith(_CLOSING):
        return True
    return 0 < len(given) <= 4 and given[-1].has_content


# Opposites


def find_opposite(expected: tuple[Word, ...], given: tuple[Word, ...]) -> str:
    """What the answer reverses: "yes for no", "not dense", "more for less"; "" if nothing is found."""
    answered, right = yes_or_no(given), yes_or_no(expected)
    if answered is not None and right is not None:
        return "" if answered == right else f"{'yes' if answered else 'no'} for {'yes' if right else 'no'}"
    return _negated(expected, given) or _negated(given, expected) or _swapped(expected, given)


def yes_or_no(words: tuple[Word, ...]) -> bool | None:
    """True or False if a text opens with yes or no ("No, ...", "That is false. ..."), else None."""
    opening = [word.form for word in words[:4]]
    for phrase in (["that", "is"], ["this", "is"], ["the", "statement", "is"]):
        if opening[: len(phrase)] == phrase:
            opening = opening[len(phrase) :]
    return _YES_OR_NO.get(opening[0]) if opening else None


def _negated(negating: tuple[Word, ...], asserting: tuple[Word, ...]) -> str:
    """A word that the first text negates and the second, which has no negation at all, asserts."""
    stems = {word.stem for word in asserting}
    if NEGATION in stems:
        return ""
    for index, word in enumerate(negating):
        if word.stem == NEGATION:
            scope = next((later for later in negating[index + 1 :] if later.has_content), None)
            if scope and scope.stem in stems:
                return f"not {scope.form}"
    return ""


def _swapped(expected: tuple[Word, ...], given: tuple[Word, ...]) -> str:
    """A word of the reference whose opposite the answer has instead."""
    in_reference, in_answer = {word.stem: word for word in expected}, {word.stem: word for word in given}
    for stem, word in in_reference.items():
        for opposite in sorted(_opposites().get(stem, ())):
            if opposite in in_answer and opposite not in in_reference and stem not in in_answer:
                return f"{in_answer[opposite].form} for {word.form}"
    return ""


@lru_cache(maxsize=1)
def _opposites() -> dict[str, frozenset[str]]:
    opposites: dict[str, frozenset[str]] = {}
    for pair in _OPPOSITES.split(", "):
        left, right = (word.stem for word in tokenize_words(pair))
        for stem, opposite in ((left, right), (right, left)):
            opposites[stem] = opposites.get(stem, frozenset()) | {opposite}
    return opposites
