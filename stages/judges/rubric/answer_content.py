"""How much of an answer is right: what the reference adds to the question, and which of it decides.

The words of the question and of a frame ("The plural of ... is", "In ascending order, the numbers are") are no content:
neither the answer nor the reference gets anything for them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from stages.judges.rubric.kinds import open_share, progress, share_in_order, share_of_groups
from stages.judges.rubric.rubric_words import NEGATION, READ_CHARACTERS, Word, content_stems, tokenize_words
from stages.judges.rubric.sameness import antonym_stems, contradiction, likeness, negated, verdict
from stages.judges.rubric.task import RubricTask

_KEY, _PLAIN, _ASIDE = 2.0, 1.0, 0.25  # weights: of a number or a name, of other words, of reasons
_SHORT_QUOTE = 3  # words
_MATCH = 0.5  # likeness from which a word counts as found
_FRAME_WORDS = (
    "answer sentence words passage text result correctly form called means order blank stands missing mentions "
    "names describes subject topic numbers equals proper right spelling written phrase question statement letter "
    "list example following become sorted arrange alphabetical ascending descending"
)
_HEADINGS = {"instruction", "input", "response"}  # of the prompt, which an untuned model repeats
_QUOTED = re.compile(r"(?<![\w'])'([^']+(?:'\w+ ?[^']*)*?)'(?!\w)|\"([^\"]+)\"|“([^”]+)”")
_REFUSAL = re.compile(
    r"\bI(?: do not|['’]m not| don['’]?t| cannot| can['’]?t| am not) (?:know|answer|sure|able|help)\b|\bno idea\b"
    r"|\bas an? (?:ai|language model)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A word that an answer needs."""

    word: Word
    weight: float
    exact: bool  # its form counts, not only its stem


@dataclass(frozen=True, slots=True)
class AnswerContent:
    """What an answer says. All floats are shares, 0-1."""

    share: float  # how much of what is asked is right
    found: float  # weight of the wanted words that the answer has
    missing: tuple[str, ...]  # wanted words that the answer lacks
    unsupported: tuple[str, ...]  # words that neither the reference nor the question has
    brings: bool  # it says something that the question and frames don't
    reversed: str  # what it reverses of the reference; "" if nothing
    copies: bool  # it is only the text to work on, or the question
    refuses: bool  # it says that it can't answer
    hedges: bool  # it names several of the alternatives
    verdict_alone: bool  # it is a yes or no without a word more


@lru_cache(maxsize=1)
def frame_stems() -> frozenset[str]:
    """Stems of words that introduce an answer; a function, as stems need a dictionary."""
    return content_stems(tokenize_words(_FRAME_WORDS))


def compare_content(task: RubricTask, reference: str, answer: str) -> AnswerContent:
    quotes = new_quotes(task, reference)
    if len(tokenize_words(" ".join(quotes))) > _SHORT_QUOTE:  # a whole sentence in quotes is the answer
        reference, answer = " ".join(quotes), " ".join(new_quotes(task, answer)) or answer
    expected, given = tokenize_words(reference), tokenize_words(answer)
    units = wanted_units(task, expected, quotes)
    own = tokenize_words(_QUOTED.sub(lambda part: " " if part[0].lower() in task.asked else part[0], answer))
    denied = negated(given)
    if denied and verdict(given) is None and not denied & (task.stems | content_stems(expected)):
        own = tuple(word for word in own if word.stem != NEGATION)  # a "not" says nothing without what it negates
    best = [max((likeness(u.word, w, u.exact, w.stem not in task.stems) for w in own), default=0.0) for u in units]
    found = sum(unit.weight * match for unit, match in zip(units, best, strict=True))
    found /= sum(unit.weight for unit in units) or 1.0
    missing = [unit.word for unit, match in zip(units, best, strict=True) if match < _MATCH]
    known = task.stems | content_stems(expected) | frame_stems()
    extra = [word for word in given if word.kind != "function" and word.stem not in known]
    extra = [word for word in extra if all(likeness(unit.word, word, unit.exact) < _MATCH for unit in units)]
    chosen, hedges = _choice(task, expected, given)
    turned = "" if "order" in task.kinds else contradiction(task.stems, expected, given)
    turned = turned or ("the choice" if chosen is False else "")
    copies = _copies(task, expected, given, answer)
    refuses = _REFUSAL.search(answer) is not None and _REFUSAL.search(reference) is None

    share = _share(task, expected, given, units, found, reference, answer)
    share = max(share, 0.9 + 0.1 * share) if chosen else share
    share *= _key_share(missing, extra, expected, given) * _rivals(task, expected, given, extra)
    share = 0.0 if turned else share
    if "writing" in task.kinds and task.named - content_stems(given):
        share = 0.0
    elif "free" in task.kinds and chosen is not False:
        share = max(share, open_share(task, expected, given, turned, frame_stems()))
        turned = "" if share else turned
    if copies:
        share = 0.8 if "summary" in task.kinds and "free" not in task.kinds else 0.0
    return AnswerContent(
        share=0.0 if turned or hedges or refuses else share,
        found=found,
        missing=tuple(word.text for word in missing),
        unsupported=tuple(dict.fromkeys(word.text for word in extra)),
        brings=_brings(task, expected, given) or (is_rework(task, expected) and not copies),
        reversed=turned,
        copies=copies,
        refuses=refuses,
        hedges=hedges,
        verdict_alone=chosen is not None
        and verdict(given) is not None
        and content_stems(given) <= content_stems(tokenize_words("yes no true false correct incorrect")),
    )


# What is wanted


def new_quotes(task: RubricTask, text: str) -> list[str]:
    """What a text has in quotes and the question hasn't: the answer itself, if the text is a sentence about a word."""
    quotes = ["".join(match.groups("")) for match in _QUOTED.finditer(text[:READ_CHARACTERS])]
    return [quote for quote in quotes if quote.lower() not in task.asked] if "writing" not in task.kinds else []


def wanted_units(task: RubricTask, expected: Sequence[Word], quotes: Sequence[str]) -> list[Unit]:
    """The words of the reference that decide: those that the question doesn't have, or those that it picks from it."""
    rework, form = is_rework(task, expected), "form" in task.kinds
    if 0 < len(words := tokenize_words(" ".join(quotes))) <= _SHORT_QUOTE:
        content = [word for word in words if word.kind != "function" and word.form not in task.forms]
        return _units(content or words, form or not content or any(word.stem in task.stems for word in content))
    content = [word for word in (expected if rework else _before_reasons(task, expected)) if word.kind != "function"]
    new = [word for word in content if word.stem not in task.stems]
    changed = [word for word in content if word.stem in task.stems and word.form not in task.forms]
    chosen = [word for word in content if word.stem in task.options]
    if chosen and {word.stem for word in chosen} != task.options and not rework:
        return [*_units(chosen), *_units([word for word in new if word.stem not in frame_stems()], weight=_ASIDE)]
    if is_ordering(task, expected):
        return _units([word for word in content if word.stem in task.offered])
    if form and (forms := [word for word in changed if word.stem not in frame_stems()] or new):
        return _units(forms, exact=True)
    if rework:
        return _units(new + changed, exact=True)
    new = [word for word in new if word.stem not in frame_stems()]
    picked = [word for word in content if word.stem in task.offered - task.subject - frame_stems()]
    if picked and 2 * len({word.stem for word in picked}) <= len(task.offered) and ("summary" in task.kinds or not new):
        return _units(_after_topic(task, expected, picked + new))
    last = [word for word in expected[-1:] if word.form not in task.forms]  # "The symbol for iodine is I."
    return _units(_after_topic(task, expected, new)) or _units(changed or last, exact=True) or _units(picked or content)


def _units(words: Sequence[Word], exact: bool = False, weight: float = 1.0) -> list[Unit]:
    """Each word once, with its weight."""
    first = {word.form if exact else word.stem: word for word in reversed(words)}
    kept = [word for word in words if first[word.form if exact else word.stem] is word]
    return [Unit(word, weight * (_KEY if word.is_key else _PLAIN), exact) for word in kept]


def _before_reasons(task: RubricTask, expected: Sequence[Word]) -> Sequence[Word]:
    """The words before a "because", if the answer is before it: they have something that the question hasn't."""
    for place, word in enumerate(() if task.kinds & {"rewording", "summary"} else expected):
        if word.form in ("because", "since", "as") and (word.form == "because" or "," in expected[place - 1].gap):
            before = expected[:place]
            picks = content_stems(before) & task.options
            says = (picks != task.options and picks) or content_stems(before) - task.subject - frame_stems()
            return before if (says or verdict(before) is not None) and expected[place + 1 :] else expected
    return expected


def _after_topic(task: RubricTask, expected: Sequence[Word], words: list[Word]) -> list[Word]:
    """Of "Novak is a baker" only "baker", and of a person's names only the last."""
    place = next((n for n, word in enumerate(expected) if word.form in ("is", "are", "was", "were")), 0)
    after = [word for word in words if word in expected[place + 1 :]]
    words = after if after and any(word.stem in task.stems for word in after) else words
    first = {one for one, other in pairwise(expected) if one.kind == other.kind == "name"}
    return [word for word in words if word not in first or "person" not in task.kinds]


def is_rework(task: RubricTask, expected: Sequence[Word]) -> bool:
    """Whether the reference keeps most words of the text to work on, but isn't a longer text that quotes it whole."""
    stems = content_stems(expected)
    if not task.works_on_text or task.is_list or len(task.material) < 3 or task.kinds & {"summary", "completion"}:
        return False
    if 2 * len(stems & task.offered) <= len(task.offered):
        return False
    text, full = (f" {' '.join(word.form for word in words)} " for words in (task.material, expected))
    return text not in full or text == full or stems <= task.offered


def is_ordering(task: RubricTask, expected: Sequence[Word]) -> bool:
    return "order" in task.kinds and 2 * len(content_stems(expected) & task.offered) > len(task.offered) > 1


# What is right


def _share(
    task: RubricTask, expected: Sequence[Word], given: Sequence[Word], units: Sequence[Unit], found: float,
    reference: str, answer: str,
) -> float:  # fmt: skip
    """How much of the answer is right, 0-1, by the kind of task."""
    groups = share_of_groups(task, reference, answer, frame_stems())
    if groups is not None:
        return groups
    if is_ordering(task, expected):
        return found * share_in_order(task, expected, given)
    is_bare = len(given) <= len(units) + _SHORT_QUOTE and bool(units)
    if is_rework(task, expected):
        kept = len(content_stems(given) & content_stems(expected)) / max(1, len(content_stems(expected)))
        if found == 1 and is_bare and kept:
            return 1.0
        return progress(task, expected, given, reference, answer)
    needed = max(0.5, 1 - 0.06 * max(0, len(units) - 2))  # a paraphrase of a long reference shares fewer words with it
    return min(1.0, found / needed)


def _key_share(
    missing: Sequence[Word], extra: Sequence[Word], expected: Sequence[Word], given: Sequence[Word]
) -> float:
    """1 unless the answer has another number, or name, instead of a missing one; then less for each that is right."""
    kinds = {word.kind for word in missing} & {word.kind for word in extra} & {"number", "name"}
    if not kinds:
        return 1.0
    right = sum(word.kind in kinds and word.stem in content_stems(given) for word in expected)
    return 0.3 * right / (right + 1)


def _rivals(task: RubricTask, expected: Sequence[Word], given: Sequence[Word], extra: Sequence[Word]) -> float:
    """Less for each word that stands beside a right one as another candidate: "Paris or Lyon", "1492 and in 1392"."""
    right, other = content_stems(expected) - task.subject, {word.stem for word in extra}
    numbers = [word.stem for word in given if word.kind == "number"]
    if numbers and numbers[-1] in right and task.numbers > 1:
        return 1.0  # the other numbers are steps to the result
    rivals, last, linked = 0, None, False
    for word in given:
        if word.form in ("and", "or"):
            linked = True
        elif word.kind != "function":
            if linked and last and last.kind == word.kind and {last.stem, word.stem} <= right | other:
                rivals += bool({last.stem, word.stem} & other) and (word.is_key or word.gap[:1] in (",", ".", ""))
            last, linked = word, "," in word.gap
    return 1 / (1 + rivals)


def _choice(task: RubricTask, expected: Sequence[Word], given: Sequence[Word]) -> tuple[bool | None, bool]:
    """Whether the answer makes the reference's choice (None: it makes none), and whether it names several."""
    if "verdict" in task.kinds and (right := verdict(expected)) is not None:
        forms = {word.form for word in given}
        if {"yes", "no"} <= forms or {"true", "false"} <= forms:
            return None, True
        said = verdict(given)
        said = _asserts(task, given) if said is None else said
        return None if said is None else said is right, False
    wanted, named = _named(task, _before_reasons(task, expected)), _named(task, given)
    if not wanted or wanted == task.options or not named:
        return None, False
    if any(word.form == "than" for word in given) and task.options <= content_stems(given):
        return not contradiction(task.stems, expected, given), False  # "B is smaller than A" is right
    return (None, True) if named & wanted and named != wanted else (named == wanted, False)


def _named(task: RubricTask, words: Sequence[Word]) -> frozenset[str]:
    """The alternatives that a text chooses: in "A is larger than B" only the first."""
    options = task.options - negated(words) if task.options else frozenset()
    named = [word.stem for word in words if word.stem in options]
    return frozenset(named[:1] if any(word.form == "than" for word in words) else named)


def _asserts(task: RubricTask, given: Sequence[Word]) -> bool | None:
    """What a statement answers to a yes-or-no question; None if it has less than two thirds of the question's words."""
    stems, content = content_stems(given), content_stems(task.question)
    if negated(given) & content:
        return False
    if any(antonym_stems(word.form) & content for word in given if word.stem not in content):
        return False
    return True if 3 * len(content & stems) >= 2 * len(content) else None


def _copies(task: RubricTask, expected: Sequence[Word], given: Sequence[Word], answer: str) -> bool:
    """Whether an answer is only the text to work on, or only the question again."""
    forms = [word.form for word in given]
    if forms and forms == [word.form for word in task.material]:
        return forms != [word.form for word in expected] or answer.split() == task.text.split()
    joined, question = (f" {' '.join(words)} " for words in (forms, [word.form for word in task.question]))
    whole = min(len(task.question) - len(task.material), len(task.material) or READ_CHARACTERS)
    repeats = " ".join(question.split()[:5]) in joined and set(forms) <= task.forms | _HEADINGS
    return (2 < len(forms) > 0.6 * whole and joined in question) or repeats


def _brings(task: RubricTask, expected: Sequence[Word], given: Sequence[Word]) -> bool:
    """Whether an answer has words with content that question and frames don't have, or claims something with "is"."""
    frame = task.subject | (task.stems & content_stems(expected))
    content = [word for word in given if word.kind != "function" and word.stem not in frame_stems() | {NEGATION}]
    said = (two for one, two in pairwise(given) if one.form in ("is", "are", "was", "were"))
    return any(word.stem not in frame or word.form not in task.forms for word in content) or any(
        word in content for word in said
    )
