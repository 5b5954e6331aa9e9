"""What the reference adds to the question, and how much of it an answer has.

That is what counts as correct, so that repeating the question earns nothing. Overlap is recall, precision and F1 of
words and of pairs of words, as in ROUGE (Lin, 2004, "ROUGE: A Package for Automatic Evaluation of Summaries").
"""

from collections import Counter
from collections.abc import Set
from dataclasses import dataclass

from stages.judges.rubric.form import mark_pairs
from stages.judges.rubric.groups import grouping
from stages.judges.rubric.rubric_words import NEGATION, Word, content_stems, words_of
from stages.judges.rubric.task import Task, pairs

_KEY_WEIGHT = 2.0  # of a number, a name, "not" or a chosen alternative; any other word weighs 1

Weights = dict[str, float]  # a stem or form, and what it weighs


@dataclass(frozen=True, slots=True)
class Added:
    """Every number is a share, 0-1, unless it says otherwise."""

    wanted: int  # how many words the reference adds; 0 where order or punctuation is all
    brought: int  # how many the answer adds
    found: float  # recall of the reference's, by weight
    precise: float  # precision of the answer's, by weight
    keys: float  # precision of the numbers and names with which the answer replaces others of the reference
    phrasing: float  # F1 of the pairs of neighbouring words that the reference adds
    same_pairs: bool  # the answer joins no words that the question doesn't
    rework: bool  # the reference is the question's own text, most of it kept: there, order and every form count
    kept: float  # of what the reference keeps of that text, what the answer has
    picked: bool  # the reference picks its words from the question
    rejected: tuple[str, ...]  # the alternatives that the answer names and the reference doesn't
    chosen: bool  # it names the reference's, too
    number: bool  # the reference adds a number
    missing: tuple[str, ...]  # what the answer lacks, weightiest first
    unsupported: tuple[str, ...]  # what neither reference nor question has, weightiest first


def read_added(task: Task, reference: str, answer: str) -> Added:
    expected, given = words_of(reference), words_of(answer)
    choice = _choice(task, expected)
    sorting = grouping(task, reference, answer)
    rework = not choice and not sorting and _reworks(task, expected)
    if rework:
        expected, given = _without_lead(expected, reference, task), _without_lead(given, answer, task)
    wanted = _units(task, expected, choice, rework)
    brought = _units(task, given, choice | task.options | (task.offered if choice else frozenset()), rework)
    only_marks = not wanted and _adds_marks_alone(task, expected, rework)
    if sorting:
        wanted, brought = (dict.fromkeys(sorted(units), 1.0) for units in sorting)
    elif not wanted and not rework and not only_marks:
        wanted, brought = _all_words(expected, given)
    phrasing = _progress(task.text, reference, answer) if only_marks else _phrasing(task, expected, given, rework)
    found, precise = _overlap(wanted, brought) if wanted else (phrasing, 1.0)
    stems, keep = {word.stem for word in given}, task.offered & {word.stem for word in expected}
    rejected = sorted((task.options - choice) & stems) if choice & task.options else []
    missing = [unit for unit in wanted if unit not in brought]
    unsupported = [unit for unit in brought if unit not in wanted and unit not in rejected]
    return Added(
        wanted=len(wanted),
        brought=len(brought),
        found=found,
        precise=precise,
        keys=_keys(missing, unsupported, wanted, expected, given),
        phrasing=phrasing,
        same_pairs=not set(pairs(given)) - task.pairs,
        rework=rework or only_marks,
        kept=len(stems & keep) / max(1, len(keep)),
        picked=bool(choice),
        rejected=_as_written(rejected, dict.fromkeys(rejected, 1.0), given),
        chosen=bool(choice & stems),
        number=any(unit[0].isdigit() for unit in wanted),
        missing=_as_written(missing, wanted, expected),
        unsupported=_as_written(unsupported, brought, given),
    )


def _choice(task: Task, expected: tuple[Word, ...]) -> frozenset[str]:
    """Stems that the reference picks from what the question offers: some alternatives, or a few words of a text."""
    content = content_stems(expected)
    chosen = content & task.options
    if chosen == task.options:
        chosen = frozenset()
    offered = task.offered
    picked = content & offered - task.told
    few = len(offered) >= 2 and 2 * len(content & offered) <= len(offered)
    return chosen | picked if few and 2 * len(picked) > len(content - task.told) else chosen


def _reworks(task: Task, expected: tuple[Word, ...]) -> bool:
    """Whether the reference keeps most of the text to work on, and doesn't just quote it."""
    kept = content_stems(expected) & task.offered
    if not task.works or len(task.material) < 3 or 2 * len(kept) <= len(task.offered):
        return False
    told, said = (f" {' '.join(word.form for word in words)} " for words in (task.material, expected))
    return told not in said or told == said


def _adds_marks_alone(task: Task, expected: tuple[Word, ...], rework: bool) -> bool:
    """Punctuation, capitals, another way of writing a number, or one repetition less."""
    if rework:
        return not set(pairs(expected)) - task.pairs
    return [word.form for word in expected] == [word.form for word in task.material]


def _without_lead(words: tuple[Word, ...], text: str, task: Task) -> tuple[Word, ...]:
    """The words of a text without "The corrected sentence is:"."""
    lead, colon, _ = text.partition(": ")
    before = words_of(lead) if colon else ()
    return words if any(word.stem in task.offered for word in before) else words[len(before) :] or words


def _units(task: Task, words: tuple[Word, ...], choice: Set[str], every_form: bool) -> Weights:
    """The words that a text adds to the question, in any form; or every form, and small words, where it reworks one."""
    units: Weights = {}
    for word in words:
        if word.stem in choice:
            units[word.stem] = _KEY_WEIGHT
        elif word.form in task.forms or not (word.has_content or every_form):
            continue
        elif word.stem not in task.stems or every_form:
            key = word.name or word.is_number or word.stem == NEGATION
            unit = word.form if word.stem in task.stems else word.stem
            units[unit] = max(units.get(unit, 0.0), _KEY_WEIGHT if key else 1.0)
    return units


def _all_words(expected: tuple[Word, ...], given: tuple[Word, ...]) -> tuple[Weights, Weights]:
    """For a reference that adds no word: all that it has, and all that the answer has."""
    stems = [word.stem for word in expected if word.has_content] or [word.stem for word in expected]
    wanted = dict.fromkeys(stems, 1.0)
    return wanted, {word.stem: 1.0 for word in given if word.has_content or word.stem in wanted}


def _overlap(wanted: Weights, brought: Weights) -> tuple[float, float]:
    """Recall and precision."""
    shared = sum(weight for unit, weight in wanted.items() if unit in brought)
    if not shared:
        return 0.0, 0.0
    false = sum(weight for unit, weight in brought.items() if unit not in wanted)
    return shared / sum(wanted.values()), shared / (shared + false)


def _keys(
    missing: list[str], unsupported: list[str], wanted: Weights, expected: tuple[Word, ...], given: tuple[Word, ...]
) -> float:
    """1 where no number stands in a number's place, and no name in a name's."""
    false = _kinds(unsupported, given)
    replaced = {"number", "name"} & set(_kinds(missing, expected)) & set(false)
    if not replaced:
        return 1.0
    shared = _kinds([unit for unit in wanted if unit not in missing], expected)
    right = sum(kind in replaced for kind in shared)
    return right / (right + sum(kind in replaced for kind in false))


def _kinds(units: list[str], words: tuple[Word, ...]) -> list[str]:
    names = {word.stem for word in words if word.name}
    return ["number" if unit[0].isdigit() else "name" if unit in names else "word" for unit in units]


def _phrasing(task: Task, expected: tuple[Word, ...], given: tuple[Word, ...], rework: bool) -> float:
    """F1 of the pairs that are new; where a text is reworked, its mean with that of all pairs, since most must stay."""
    wanted, brought = set(pairs(expected)), set(pairs(given))
    new = _f1(wanted - task.pairs, brought - task.pairs)
    return (new + _f1(wanted, brought)) / 2 if rework and new else new


def _f1(wanted: Set[tuple[str, str]], brought: Set[tuple[str, str]]) -> float:
    return 2 * len(wanted & brought) / max(1, len(wanted) + len(brought))


def _progress(text: str, reference: str, answer: str) -> float:
    """How far an answer has come from the question's text to the reference, by pairs of words and marks."""
    goal = mark_pairs(reference)
    start, here = (_likeness(goal, mark_pairs(one)) for one in (text, answer))
    return here if start == 1 else max(0.0, (here - start) / (1 - start))


def _likeness(one: Counter[tuple[str, str]], other: Counter[tuple[str, str]]) -> float:
    return 2 * (one & other).total() / (one.total() + other.total())


def _as_written(units: list[str], weights: Weights, words: tuple[Word, ...]) -> tuple[str, ...]:
    """The words of a text behind these stems or forms."""
    written = {unit: word.text for word in reversed(words) for unit in (word.stem, word.form)}
    return tuple(written.get(unit, unit) for unit in sorted(units, key=lambda unit: -weights[unit]))
