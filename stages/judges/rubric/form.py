"""The form of an answer, whatever it says: loops, echoes, broken sentences, length, and where it breaks off."""

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from stages.judges.rubric.rubric_words import FUNCTION_WORDS, READ_CHARACTERS, Word
from stages.judges.rubric.task import Task, triples

_CLOSING = (".", "!", "?", '"', "'", ")", "”", "’", "»", "]", "。")
_SPACES_AND_QUOTES = re.compile(r"[\s\"'“”‘’`]+")
_MARK = re.compile(r"\w+|[^\w\s]")
_TOLERATED = 0.8  # so varied a text is not yet a loop


@dataclass(frozen=True, slots=True)
class Form:
    """Every number is a share, 0-1."""

    echo: float  # of the answer's word triples, those that only the question has
    variety: float  # distinct word triples among all, against those of the reference; 1 up to a few repetitions
    broken: float  # of the answer's words, those that can't follow the word before them
    prose: bool  # it has the small words that a sentence needs
    not_long: float  # 1 up to twice the reference's length and a little more, then falling
    finished: bool

    @property
    def fluency(self) -> float:
        return self.variety * max(0.0, 1 - 2 * self.broken) * (1.0 if self.prose else 0.5)


def read_form(task: Task, reference: str, expected: tuple[Word, ...], answer: str, given: tuple[Word, ...]) -> Form:
    here, own = triples(given), triples(expected)
    only_asked = task.triples - set(own)
    return Form(
        echo=sum(triple in only_asked for triple in here) / max(1, len(here)),
        variety=min(1.0, _variety(here) / _variety(own) / _TOLERATED),
        broken=_broken(given),
        prose=len(given) < 6 or _small(given) >= 0.1 or _small(expected) < 0.2,
        not_long=min(1.0, (2 * len(expected) + 8) / max(1, len(given))),
        finished=_finished(reference, answer, given),
    )


def plain(text: str) -> str:
    """A text without quotes, and without the full stop at its end."""
    return _SPACES_AND_QUOTES.sub(" ", text[:READ_CHARACTERS]).strip().rstrip(" .")


def mark_pairs(text: str) -> Counter[tuple[str, str]]:
    """Pairs of neighbouring words and punctuation marks, with their capitals."""
    marks = ["", *_MARK.findall(text[:READ_CHARACTERS]), ""]
    return Counter(pairwise(marks))


def _variety(found: list[tuple[str, str, str]]) -> float:
    return len(set(found)) / len(found) if found else 1.0


def _broken(given: tuple[Word, ...]) -> float:
    """Words said twice running, and small words behind an article."""
    forms = [word.form for word in given]
    broken = sum(
        one == other or (one in {"a", "an", "the"} and other in FUNCTION_WORDS) for one, other in pairwise(forms)
    )
    return broken / max(1, len(forms))


def _small(words: tuple[Word, ...]) -> float:
    return sum(not word.has_content for word in words) / max(1, len(words))


def _finished(reference: str, answer: str, given: tuple[Word, ...]) -> bool:
    """Whether it ends as a sentence, or as the reference does, or is too short to need it ("In 1889")."""
    if answer.rstrip().endswith(_CLOSING) or not reference.rstrip().endswith(_CLOSING):
        return True
    return 0 < len(given) <= 4 and given[-1].has_content
