"""A judge without a model: it gives an answer 0-5 points on three criteria by comparing words with the reference.

It reads words, not meaning, and isn't told which model wrote an answer. The constants below were chosen on the cases of
tests/stages/judges/rubric/rubric_cases.jsonl.
"""

from collections.abc import Sequence

from stages.common.records import Scores
from stages.judges.rubric.features import AnswerFeatures, extract_features
from stages.judges.rubric.overlap import Overlap

# The share of the added words that an answer must have for full points: all of up to _FEW words, _A_WORD_LESS less for
# each further word, at least _LEAST. A paraphrase of a long reference shares fewer words with it.
_FEW = 2
_A_WORD_LESS = 0.05
_LEAST = 0.5
_UNVERIFIED = 0.4  # correctness of an answer to the point where many answers are right and the reference is only one
_ORDER = 0.6  # weight of the word order where a text is reworked; the new words have the rest
_MARKS_AMISS = 0.8  # clarity of the reference's own words with other capitals or punctuation
_EPSILON = 1e-9  # rounding error allowed for a whole point

# Limits of a justification
_CHARACTERS = 240
_SHOWN_WORDS = 3
_WORD_CHARACTERS = 24


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


def shares(features: AnswerFeatures) -> tuple[float, float, float]:
    """The three criteria before rounding: correctness, adherence and clarity, 0-1 each."""
    if features.same:
        return 1.0, 1.0, 1.0 if features.exact else _MARKS_AMISS
    if features.words == 0:
        return 0.0, 0.0, 0.0
    correct = _correctness(features)
    return correct, _adherence(features, correct), _clarity(features, correct)


def whole_points(exact: Sequence[float]) -> list[int]:
    """Integers 0-5 from shares 0-1. Their sum is the rounded-down sum, so totals rank answers as the exact sums do.

    Each criterion is rounded down, and the points left over go to the largest remainders (Hamilton's method of
    apportionment).
    """
    exact = [5 * share for share in exact]
    points = [int(share + _EPSILON) for share in exact]
    left = int(sum(exact) + _EPSILON) - sum(points)
    for index in sorted(range(len(exact)), key=lambda index: points[index] - exact[index])[:left]:
        points[index] += 1
    return points


def _correctness(features: AnswerFeatures) -> float:
    if features.nothing_new or features.opposite:
        return 0.0
    overlap = features.overlap
    if not overlap.wanted:  # only order or punctuation can be right or wrong
        share = overlap.phrasing
    elif overlap.rework:
        new_words = overlap.recall * (0.5 + 0.5 * overlap.precision) * overlap.kept
        share = (1 - _ORDER) * new_words + _ORDER * overlap.phrasing
    else:
        share = _facts(overlap) * (0.8 + 0.2 * overlap.phrasing)
    if features.open_ended:
        share = (_UNVERIFIED + (1 - _UNVERIFIED) * share) * min(1.0, features.topic / 0.8)
    if overlap.rejected:
        share = min(share, 0.4 if overlap.chosen and len(overlap.rejected) == 1 else 0.1)
    return share * overlap.key_precision * _honesty(features)


def _facts(overlap: Overlap) -> float:
    """How much of what is needed the answer has, less if it says more than that."""
    if overlap.picked:  # F1, since the other words of the question are wrong
        return 2 * overlap.recall * overlap.precision / max(_EPSILON, overlap.recall + overlap.precision)
    needed = max(_LEAST, 1 - _A_WORD_LESS * max(0, overlap.wanted - _FEW))
    return min(1.0, overlap.recall / needed) * (0.7 + 0.3 * overlap.precision)


def _adherence(features: AnswerFeatures, correct: float) -> float:
    if features.nothing_new:
        return 0.0
    fitting = features.form.not_long * max(features.enough, features.overlap.recall)
    return _honesty(features) * features.topic * fitting * (0.8 + 0.2 * correct)


def _clarity(features: AnswerFeatures, correct: float) -> float:
    form = features.form
    share = form.fluency * form.not_long * (0.3 + 0.7 * features.topic) * (0.8 + 0.2 * correct)
    if not form.finished:
        share *= 0.7
    if features.nothing_new:
        share *= 0.5 * form.variety
    return share


def _honesty(features: AnswerFeatures) -> float:
    """1 for the answer's own words. Less if it repeats the question, unless that is the task or the answer is right."""
    form, overlap = features.form, features.overlap
    echo = 0.0 if overlap.rework else max(0.0, 2 * form.echo - 1) * (1 - overlap.recall)
    return (1 - echo) * form.fluency


# Justifications


def justify(features: AnswerFeatures) -> str:
    """A clause that continues "The answer ...", at most 240 characters: what the answer lacks or makes up.

    It quotes at most single words of the answer, only letters and digits, cut at 24 characters.
    """
    if features.same:
        return "is the reference" if features.exact else "is the reference but for capitals and punctuation"
    if features.words == 0:
        return "has no word"
    remarks = "; ".join([*_content_remarks(features), *_form_remarks(features)])
    return remarks if len(remarks) <= _CHARACTERS else f"{remarks[: _CHARACTERS - 1]}…"


def _content_remarks(features: AnswerFeatures) -> list[str]:
    if features.nothing_new:
        return ["adds nothing to the question"]
    overlap = features.overlap
    remarks = [_overlap_remark(overlap)]
    if features.opposite:
        remarks.append(f"turns the reference round ({features.opposite})")
    if overlap.rejected:
        remarks.append(f"names {_quoted(overlap.rejected)}, which the reference does not choose")
    if overlap.unsupported and (overlap.key_precision < 1 or overlap.precision < 0.5):
        remarks.append(f"says {_quoted(overlap.unsupported)}, which neither reference nor question has")
    if features.topic < 0.5:
        remarks.append("is beside the point")
    return remarks


def _overlap_remark(overlap: Overlap) -> str:
    if not overlap.wanted:
        return f"has {overlap.phrasing:.0%} of the changes that the reference makes"
    if overlap.missing:
        return f"misses {_quoted(overlap.missing)}"
    if overlap.rework and overlap.phrasing < 1:
        return "has all words that the reference adds, in another order or wording"
    return "has all that the reference adds"


def _form_remarks(features: AnswerFeatures) -> list[str]:
    form = features.form
    faults = {
        "repeats the question": form.echo > 0.5 and not features.nothing_new,
        "repeats itself": form.variety < 0.8,
        "has broken sentences": form.broken > 0.1,
        "lists words without a sentence": not form.prose,
        "is too long": form.not_long < 0.8,
        "breaks off": not form.finished,
    }
    return [fault for fault, is_present in faults.items() if is_present]


def _quoted(words: tuple[str, ...]) -> str:
    shown = [f'"{word if len(word) <= _WORD_CHARACTERS else word[: _WORD_CHARACTERS - 1] + "…"}"' for word in words]
    more = len(shown) - _SHOWN_WORDS
    return ", ".join(shown[:_SHOWN_WORDS]) + (f" and {more} more" if more > 0 else "")
