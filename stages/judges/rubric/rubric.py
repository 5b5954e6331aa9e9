"""A judge without a model: three criteria, 0-5, from the reference answer, the question and the answer's form.

It reads words, not meaning, and is told nothing of who wrote an answer. The criteria are those of the report. The
numbers below were chosen on the cases of tests/stages/judges/rubric/rubric_cases.jsonl.
"""

from collections.abc import Sequence

from stages.common.records import Scores
from stages.judges.rubric.features import Reading, read
from stages.judges.rubric.remarks import justify

__all__ = ["justify", "score"]

_FEW = 2  # so few added words must all be there; of more, a paraphrase shares fewer,
_A_WORD_LESS = 0.05  # by so much a word,
_LEAST = 0.5  # down to so many
_UNVERIFIED = 0.4  # of an answer where many are right and the reference is but one of them
_ORDER = 0.6  # what the order of words decides where a text is reworked; its new words decide the rest
_MARKS_AMISS = 0.8  # how clear the reference's own words are with other capitals or punctuation
_EPSILON = 1e-9  # what floating point may take from a whole point


def score(instruction: str, input: str, reference: str, answer: str) -> tuple[Scores, Reading]:
    """The three criteria of one answer, and what they come from. Without a word, an answer scores 0 on all of them."""
    reading = read(instruction, input, reference, answer)
    factual, adherent, clear = whole_points(shares(reading))
    scores = Scores(
        factual_correctness=factual,
        instruction_adherence=adherent,
        clarity_and_usefulness=clear,
        total=factual + adherent + clear,
    )
    return scores, reading


def shares(reading: Reading) -> tuple[float, float, float]:
    """The three criteria before rounding, 0-1."""
    if reading.same:
        return 1.0, 1.0, 1.0 if reading.exact else _MARKS_AMISS
    if reading.words == 0:
        return 0.0, 0.0, 0.0
    correct = _correctness(reading)
    return correct, _adherence(reading, correct), _clarity(reading, correct)


def whole_points(exact: Sequence[float]) -> list[int]:
    """Integers 0-5 that add up to the whole points of the unrounded sum, so that totals keep the order of answers.

    A point is given where it is earned in full; what the three have left over goes to the largest remainders
    (Hamilton's method of apportionment).
    """
    exact = [5 * share for share in exact]
    points = [int(share + _EPSILON) for share in exact]
    left = int(sum(exact) + _EPSILON) - sum(points)
    for index in sorted(range(len(exact)), key=lambda index: points[index] - exact[index])[:left]:
        points[index] += 1
    return points


def _correctness(reading: Reading) -> float:
    if reading.nothing_new or reading.opposite:
        return 0.0
    added = reading.added
    if not added.wanted:  # order or punctuation is all that there is to get right
        share = added.phrasing
    elif added.rework:
        share = (1 - _ORDER) * _reworked(reading) + _ORDER * added.phrasing
    else:
        share = _facts(reading) * (0.8 + 0.2 * added.phrasing)
    if reading.free:
        share = (_UNVERIFIED + (1 - _UNVERIFIED) * share) * min(1.0, reading.topic / 0.8)
    if added.rejected:
        share = min(share, 0.4 if added.chosen and len(added.rejected) == 1 else 0.1)
    return share * added.keys * _honesty(reading)


def _facts(reading: Reading) -> float:
    """What was found of what is needed, less where the answer says more than that."""
    added = reading.added
    if added.picked:  # the others of the question's words are wrong
        return 2 * added.found * added.precise / max(_EPSILON, added.found + added.precise)
    needed = max(_LEAST, 1 - _A_WORD_LESS * max(0, added.wanted - _FEW))
    return min(1.0, added.found / needed) * (0.7 + 0.3 * added.precise)


def _reworked(reading: Reading) -> float:
    added = reading.added
    return added.found * (0.5 + 0.5 * added.precise) * added.kept


def _adherence(reading: Reading, correct: float) -> float:
    if reading.nothing_new:
        return 0.0
    fitting = reading.form.not_long * max(reading.enough, reading.added.found)
    return _honesty(reading) * reading.topic * fitting * (0.8 + 0.2 * correct)


def _clarity(reading: Reading, correct: float) -> float:
    form = reading.form
    share = form.fluency * form.not_long * (0.3 + 0.7 * reading.topic) * (0.8 + 0.2 * correct)
    if not form.finished:
        share *= 0.7
    if reading.nothing_new:
        share *= 0.5 * form.variety
    return share


def _honesty(reading: Reading) -> float:
    """1 for words of its own; less for the question's, unless they are to be reworked or come with the right answer."""
    echo = 0.0 if reading.added.rework else max(0.0, 2 * reading.form.echo - 1) * (1 - reading.added.found)
    return (1 - echo) * reading.form.fluency
