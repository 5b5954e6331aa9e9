"""A judge without a model: it gives an answer 0-5 points on three criteria by comparing words with the reference.

It reads words, not meaning, and isn't told which model wrote an answer. docs/stages/judge.md says its rules in plain
English. Its constants were set by hand, with some of the answers in view by which benchmarks/rubric_quality.py measures
it; the benchmark counts the others apart.
"""

import re
import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from stages.common.records import Scores
from stages.english.inflection import lemmas_of
from stages.judges.rubric.answer_content import AnswerContent, compare_content, frame_stems
from stages.judges.rubric.rubric_words import NEGATION, READ_CHARACTERS, Word, content_stems, tokenize_words
from stages.judges.rubric.task import RubricTask, parse_task

_SHORT = 4  # words; a shorter answer is no sentence
_UNSURE = 0.05  # of adherence and clarity: other words than the reference's may be less to the point; twice, if wrong
_VERDICT_ALONE, _WRONG_VERDICT = (0.8, 0.6, 0.6), (0.0, 0.2, 0.2)  # half of them are right by chance
_EPSILON = 1e-9  # rounding error allowed for a whole point
_CLOSING = (".", "!", "?", '"', "'", ")", "”", "’", "»", "]", "。")
_SPACES_AND_QUOTES = re.compile(r"[\s\"'“”‘’`*_]+")

# Limits of a justification
_CHARACTERS = 240
_SHOWN_WORDS = 3
_WORD_CHARACTERS = 24


@dataclass(frozen=True, slots=True)
class Form:
    """The form of an answer, whatever it says. All floats are shares, 0-1."""

    wording: float  # how much of the wording is the reference's
    variety: float  # distinct word triples among all, relative to the reference's
    foreign: float  # words that no English dictionary has
    not_long: float  # 1 up to 2.5 times the reference's length and 12 words, then falling
    prose: bool  # it has the function words that sentences need
    finished: bool  # it doesn't break off

    @property
    def fluency(self) -> float:
        return self.variety * (1.0 if self.prose else 0.3)


@dataclass(frozen=True, slots=True)
class AnswerFeatures:
    words: int
    same: bool  # it is the reference, apart from capitals and punctuation
    content: AnswerContent
    form: Form
    addresses: float  # 0-1: how far it is an answer to the question, right or wrong


def score(instruction: str, input: str, reference: str, answer: str) -> tuple[Scores, AnswerFeatures]:
    """The points of one answer, and the features they come from. An answer without a word has 0 on all criteria."""
    features = extract_features(instruction, input, reference, answer)
    factual, adherent, clear = whole_points(shares(features))
    scores = Scores(
        factual_correctness=factual,
        instruction_adherence=adherent,
        clarity_and_usefulness=clear,
        total=factual + adherent + clear,
    )
    return scores, features


def extract_features(instruction: str, input: str, reference: str, answer: str) -> AnswerFeatures:
    task = parse_task(instruction, input)
    expected, given = tokenize_words(reference), tokenize_words(answer)
    content = compare_content(task, reference, answer)
    forms, wanted = [word.form for word in given], [word.form for word in expected]
    only_marks_change = wanted == [word.form for word in task.material] and task.works_on_text
    letters = _plain(reference) if only_marks_change or not wanted else ""
    return AnswerFeatures(
        words=len(given),
        same=_plain(answer) == letters if letters else bool(forms) and forms == wanted,
        content=content,
        form=_form(expected, given, reference, answer, "free" in task.kinds and content.share > 0.5),
        addresses=_addresses(task, expected, given, content),
    )


def _plain(text: str) -> str:
    return _SPACES_AND_QUOTES.sub(" ", text[:READ_CHARACTERS]).strip().rstrip(" .")


def _addresses(task: RubricTask, expected: Sequence[Word], given: Sequence[Word], content: AnswerContent) -> float:
    """0-1: whether the answer is about what is asked. Nothing new is no answer, however many words it shares."""
    stems, is_short = content_stems(given), len(given) < _SHORT
    if content.copies or content.refuses:
        return 0.3 if task.works_on_text and content.copies else 0.0
    if content.hedges or ("writing" in task.kinds and task.named - stems):
        return 0.25 if content.hedges or not is_short else 0.0
    if max(content.share, content.found) >= 0.5:
        return 1.0
    if content.reversed:
        return 0.75 if is_short else 1.0
    if not content.brings and not content.found:
        return 0.0
    subject = task.subject & content_stems(expected) or task.subject or content_stems(task.question)
    subject -= frame_stems()
    about = stems & task.offered
    signs = [content.found and 0.5 + content.found, len(subject & stems) / max(1, len(subject))]
    if len(about) > 1 or (about and about == stems - frame_stems() - {NEGATION}):
        signs.append(min(1.0, 2 * len(about) / len(stems)))
    topic = min(1.0, 1.25 * max(signs)) * min(1.0, 2 * (len(given) + 1) / max(1, len(expected)))
    return 0.0 if is_short and topic < 0.5 and not content.found else topic


def _form(expected: Sequence[Word], given: Sequence[Word], reference: str, answer: str, is_free: bool) -> Form:
    wanted, got = (Counter(word.form for word in words) for words in (expected, given))
    shared = (wanted & got).total()  # of a short answer the precision counts, of others the F1
    wording = shared / max(1, got.total() if len(given) <= _SHORT else (wanted.total() + got.total()) / 2)
    known = content_stems(expected)
    odd = [w for w in given if w.kind == "word" and w.form.isalpha() and w.stem not in known and not lemmas_of(w.form)]
    ends = answer.rstrip().endswith(_CLOSING) or not reference.rstrip().endswith(_CLOSING) or len(given) <= _SHORT
    dangles = len(given) > 2 and given[-1].kind == "function" and expected[-1:] != given[-1:]
    listed = any("," in word.gap for word in given)
    return Form(
        wording=1.0 if is_free else wording,
        variety=min(1.0, _distinct_triples(given) / _distinct_triples(expected) / 0.8),
        foreign=len(odd) / len(given) if len(odd) > 1 else 0.0,
        not_long=min(1.0, (2.5 * len(expected) + 12) / max(1, len(given))),
        prose=len(given) < 2 * _SHORT or listed or _function_share(given) >= 0.1 or _function_share(expected) < 0.2,
        finished=ends and not dangles,
    )


def _distinct_triples(words: Sequence[Word]) -> float:
    forms = [word.form for word in words]
    triples = list(zip(forms, forms[1:], forms[2:], strict=False))
    repeats = sum(one == other for one, other in pairwise(forms)) / max(1, len(forms))
    return (len(set(triples)) / len(triples) if triples else 1.0) * max(0.1, 1 - 2 * repeats)


def _function_share(words: Sequence[Word]) -> float:
    return sum(word.kind == "function" for word in words) / max(1, len(words))


# From features to points


def shares(features: AnswerFeatures) -> tuple[float, float, float]:
    """The three criteria before rounding: correctness, adherence and clarity, 0-1 each."""
    form, content = features.form, features.content
    if features.same:
        return 1.0, 1.0, 1.0
    if features.words == 0:
        return 0.0, 0.0, 0.0
    if content.verdict_alone:
        return _VERDICT_ALONE if content.share else _WRONG_VERDICT
    correct = content.share * (1.0 if form.finished else 0.8) * (1.0 if form.prose else 0.3)
    correct *= 1.0 if form.not_long > 0.5 else form.fluency
    other_words = (1 - form.wording) * (_UNSURE if correct >= 0.9 else 2 * _UNSURE)
    quality = (0.8 + 0.2 * correct - other_words) * max(0.0, 1 - 2 * form.foreign)
    adherent = features.addresses * quality * (0.5 + 0.5 * form.not_long) * form.fluency
    clear = features.addresses**0.5 * quality * form.fluency * form.not_long * (1.0 if form.finished else 0.7)
    return correct, adherent, clear


def whole_points(exact: Sequence[float]) -> list[int]:
    """Integers 0-5 from shares 0-1. Their sum is the rounded sum, so totals rank answers as the exact sums do.

    Each criterion is rounded down, and the points left over go to the largest remainders (Hamilton's method of
    apportionment).
    """
    exact = [5 * share for share in exact]
    points = [int(share + _EPSILON) for share in exact]
    left = int(sum(exact) + 0.5 + _EPSILON) - sum(points)
    for index in sorted(range(len(exact)), key=lambda index: points[index] - exact[index])[:left]:
        points[index] += 1
    return points


# Justifications


def justify(features: AnswerFeatures) -> str:
    """A clause that continues "The answer ...", at most 240 characters: what the answer lacks or makes up.

    It quotes at most single words of the answer, only letters and digits, cut at 24 characters.
    """
    if features.same:
        return "is the reference"
    if features.words == 0:
        return "has no word"
    form, content = features.form, features.content
    if content.copies or not (content.brings or content.found):
        return "adds nothing to the question"
    faults = {
        "has what is asked": content.share >= 0.9,
        f"misses {_quoted(content.missing)}": bool(content.missing) and content.share < 0.9,
        "gives several answers for one": content.hedges,
        "says that it has no answer": content.refuses,
        f"turns the reference round ({content.reversed})": bool(content.reversed),
        f"says {_quoted(content.unsupported)}, which neither reference nor question has": bool(content.unsupported)
        and content.share < 0.5,
        "is beside the point": features.addresses < 0.5,
        "repeats itself": form.variety < 0.8,
        "lists words without a sentence": not form.prose,
        "has words that are not English": form.foreign > 0,
        "is too long": form.not_long < 0.8,
        "breaks off": not form.finished,
    }
    remarks = "; ".join(fault for fault, is_present in faults.items() if is_present) or "has part of what is asked"
    return textwrap.shorten(remarks, _CHARACTERS, placeholder=" …")


def _quoted(words: tuple[str, ...]) -> str:
    shown = ["".join(filter(str.isalnum, word))[:_WORD_CHARACTERS] for word in words[:_SHOWN_WORDS]]
    more = len(words) - _SHOWN_WORDS
    return ", ".join(f'"{word}"' for word in shown) + (f" and {more} more" if more > 0 else "")
