"""What the reference adds to the question, and how much of that the answer has.

Only what the reference adds counts as correct, so repeating the question earns nothing. Overlap is measured as in ROUGE
(Lin, 2004, "ROUGE: A Package for Automatic Evaluation of Summaries"): recall, precision and F1 of words and of pairs of
neighbouring words.
"""

import re
from collections import Counter
from collections.abc import Iterator, Set
from dataclasses import dataclass
from itertools import pairwise

from stages.judges.rubric.rubric_words import NEGATION, READ_CHARACTERS, Word, content_stems, tokenize_words
from stages.judges.rubric.task import RubricTask, word_pairs

_KEY_WEIGHT = 2.0  # of a number, a name, "not" or a chosen alternative; any other word weighs 1

# What is compared: stems, or forms where the form matters, or "apple under fruit"; each with its weight.
Units = dict[str, float]

_SEGMENT = re.compile(r"[.;\n]|, (?:and|while|whereas|but) ")
_WORD_OR_MARK = re.compile(r"\w+|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Overlap:
    """All floats are shares, 0-1."""

    wanted: int  # number of units that the reference adds; 0 if only order or punctuation matters
    brought: int  # number of units that the answer adds
    recall: float  # weight of the reference's units that the answer has
    precision: float  # weight of the answer's units that the reference has
    key_precision: float  # below 1 if the answer replaces a number or a name of the reference by another
    phrasing: float  # F1 of the pairs of neighbouring words that the reference adds
    same_pairs: bool  # every pair of neighbouring words in the answer is also in the question
    rework: bool  # the task is to rework a text and most of it stays: order and every form count
    kept: float  # of the words of that text that the reference keeps, the share that the answer has
    picked: bool  # the reference picks its words from those that the question offers
    rejected: tuple[str, ...]  # alternatives that the answer names and the reference doesn't
    chosen: bool  # the answer names the reference's choice
    adds_number: bool  # the reference adds a number
    missing: tuple[str, ...]  # words that the answer lacks, heaviest first
    unsupported: tuple[str, ...]  # words that neither the reference nor the question has, heaviest first


def compare_with_reference(task: RubricTask, reference: str, answer: str) -> Overlap:
    expected, given = tokenize_words(reference), tokenize_words(answer)

    # 1. The kind of task: the reference picks from what the question offers, sorts items under labels, reworks a text,
    #    or does none of these.
    choice = _choice(task, expected)
    groups = compare_groups(task, reference, answer)
    rework = not choice and not groups and _is_rework(task, expected)
    if rework:
        expected, given = _without_lead(expected, reference, task), _without_lead(given, answer, task)

    # 2. What the reference adds to the question, and what the answer adds.
    wanted = _added_units(task, expected, choice, every_form=rework)
    also_key = task.options | task.offered if choice else task.options
    brought = _added_units(task, given, choice | also_key, every_form=rework)
    only_marks = not wanted and _changes_only_marks(task, expected, rework)
    if groups:
        wanted, brought = (dict.fromkeys(sorted(units), 1.0) for units in groups)
    elif not wanted and not rework and not only_marks:
        wanted, brought = _all_units(expected, given)

    # 3. How far the two agree.
    phrasing = _progress(task.text, reference, answer) if only_marks else _phrasing(task, expected, given, rework)
    recall, precision = _recall_and_precision(wanted, brought) if wanted else (phrasing, 1.0)
    expected_stems, stems = {word.stem for word in expected}, {word.stem for word in given}
    keep = task.offered & expected_stems
    rejected = sorted((task.options - choice) & stems) if choice & task.options else []
    missing = [unit for unit in wanted if unit not in brought]
    unsupported = [unit for unit in brought if unit not in wanted and unit not in rejected]
    return Overlap(
        wanted=len(wanted),
        brought=len(brought),
        recall=recall,
        precision=precision,
        key_precision=_key_precision(missing, unsupported, wanted, expected, given),
        phrasing=phrasing,
        same_pairs=not set(word_pairs(given)) - task.pairs,
        rework=rework or only_marks,
        kept=len(stems & keep) / max(1, len(keep)),
        picked=bool(choice),
        rejected=_as_written(rejected, dict.fromkeys(rejected, 1.0), given),
        chosen=bool(choice & stems),
        adds_number=any(unit[0].isdigit() for unit in wanted),
        missing=_as_written(missing, wanted, expected),
        unsupported=_as_written(unsupported, brought, given),
    )


# The kind of task


def _choice(task: RubricTask, expected: tuple[Word, ...]) -> frozenset[str]:
    """Stems that the reference picks from what the question offers: some alternatives, or a few words of a text."""
    content = content_stems(expected)
    chosen = content & task.options
    if chosen == task.options:  # a reference that names every alternative chooses none
        chosen = frozenset()
    offered = task.offered
    picked = content & offered - task.instruction_stems
    few = len(offered) >= 2 and 2 * len(content & offered) <= len(offered)
    return chosen | picked if few and 2 * len(picked) > len(content - task.instruction_stems) else chosen


def _is_rework(task: RubricTask, expected: tuple[Word, ...]) -> bool:
    """Whether the reference keeps most words of the text to work on, but isn't a longer text that quotes it whole."""
    kept = content_stems(expected) & task.offered
    if not task.works_on_text or len(task.material) < 3 or 2 * len(kept) <= len(task.offered):
        return False
    text, reference = (f" {' '.join(word.form for word in words)} " for words in (task.material, expected))
    return text not in reference or text == reference


def _changes_only_marks(task: RubricTask, expected: tuple[Word, ...], rework: bool) -> bool:
    """Whether the reference changes only punctuation, capitals, the way a number is written, or a repetition."""
    if rework:
        return not set(word_pairs(expected)) - task.pairs
    return [word.form for word in expected] == [word.form for word in task.material]


def _without_lead(words: tuple[Word, ...], text: str, task: RubricTask) -> tuple[Word, ...]:
    """The words of a text without an introduction such as "The corrected sentence is:"."""
    lead, colon, _ = text.partition(": ")
    before = tokenize_words(lead) if colon else ()
    return words if any(word.stem in task.offered for word in before) else words[len(before) :] or words


# Units


def _added_units(task: RubricTask, words: tuple[Word, ...], key_stems: Set[str], every_form: bool) -> Units:
    """The words that a text adds to the question. Stems of `key_stems` count even if the question has them.

    Usually a word is new only if its stem is new, and function words don't count. With `every_form`, another form of a
    word of the question is new as well, and function words count.
    """
    units: Units = {}
    for word in words:
        if word.stem in key_stems:
            units[word.stem] = _KEY_WEIGHT
            continue
        in_question = word.stem in task.stems
        if word.form in task.forms or (not every_form and (in_question or not word.has_content)):
            continue
        is_key = word.name or word.is_number or word.stem == NEGATION
        unit = word.form if in_question else word.stem
        units[unit] = max(units.get(unit, 0.0), _KEY_WEIGHT if is_key else 1.0)
    return units


def _all_units(expected: tuple[Word, ...], given: tuple[Word, ...]) -> tuple[Units, Units]:
    """All words of reference and answer, for a reference that adds no word to the question."""
    stems = [word.stem for word in expected if word.has_content] or [word.stem for word in expected]
    wanted = dict.fromkeys(stems, 1.0)
    return wanted, {word.stem: 1.0 for word in given if word.has_content or word.stem in wanted}


def _as_written(units: list[str], weights: Units, words: tuple[Word, ...]) -> tuple[str, ...]:
    """Units as the text with these words writes them, heaviest first."""
    written = {unit: word.text for word in reversed(words) for unit in (word.stem, word.form)}
    return tuple(written.get(unit, unit) for unit in sorted(units, key=lambda unit: -weights[unit]))


# Sorting items under labels


def compare_groups(task: RubricTask, reference: str, answer: str) -> tuple[set[str], set[str]] | None:
    """What the reference and the answer sort under which label, as "apple under fruit"; None if nothing is sorted.

    Labels are words of the instruction, items are words of the text that it works on.
    """
    content = content_stems(tokenize_words(reference))
    labels, items = content & task.instruction_stems - task.offered, content & task.offered
    if len(labels) < 2 or len(items) < 2:
        return None
    expected = set(_labelled_items(reference, labels, items))
    if len({label for label, _ in expected}) < 2:
        return None
    given = set(_labelled_items(answer, labels, items))
    return {f"{item} under {label}" for label, item in expected}, {f"{item} under {label}" for label, item in given}


def _labelled_items(text: str, labels: Set[str], items: Set[str]) -> Iterator[tuple[str, str]]:
    """Each label and item. An item belongs to the last label before it in its segment, else to the segment's first."""
    for segment in _segments(text, labels):
        words = tokenize_words(segment)
        label = next((word.stem for word in words if word.stem in labels), None)
        for word in words:
            if word.stem in labels:
                label = word.stem
            elif label and word.stem in items:
                yield label, word.stem


def _segments(text: str, labels: Set[str]) -> Iterator[str]:
    """The clauses of a text. A clause with several labels is split at its commas."""
    for segment in _SEGMENT.split(text):
        several = sum(word.stem in labels for word in tokenize_words(segment)) > 1
        yield from segment.split(",") if several else [segment]


# Agreement


def _recall_and_precision(wanted: Units, brought: Units) -> tuple[float, float]:
    shared = sum(weight for unit, weight in wanted.items() if unit in brought)
    if not shared:
        return 0.0, 0.0
    wrong = sum(weight for unit, weight in brought.items() if unit not in wanted)
    return shared / sum(wanted.values()), shared / (shared + wrong)


def _key_precision(
    missing: list[str], unsupported: list[str], wanted: Units, expected: tuple[Word, ...], given: tuple[Word, ...]
) -> float:
    """1 unless the answer has another number instead of a missing number, or another name instead of a missing name.

    Then the share of right ones among the numbers, or names, or both.
    """
    wrong = _kinds(unsupported, given)
    replaced = {"number", "name"} & set(_kinds(missing, expected)) & set(wrong)
    if not replaced:
        return 1.0
    shared = _kinds([unit for unit in wanted if unit not in missing], expected)
    right_count = sum(kind in replaced for kind in shared)
    return right_count / (right_count + sum(kind in replaced for kind in wrong))


def _kinds(units: list[str], words: tuple[Word, ...]) -> list[str]:
    names = {word.stem for word in words if word.name}
    return ["number" if unit[0].isdigit() else "name" if unit in names else "word" for unit in units]


def _phrasing(task: RubricTask, expected: tuple[Word, ...], given: tuple[Word, ...], rework: bool) -> float:
    """F1 of the new pairs of words. For a reworked text, its mean with the F1 of all pairs, since most must stay."""
    wanted, brought = set(word_pairs(expected)), set(word_pairs(given))
    new = _f1(wanted - task.pairs, brought - task.pairs)
    return (new + _f1(wanted, brought)) / 2 if rework and new else new


def _f1(wanted: Set[tuple[str, str]], brought: Set[tuple[str, str]]) -> float:
    return 2 * len(wanted & brought) / max(1, len(wanted) + len(brought))


def _progress(text: str, reference: str, answer: str) -> float:
    """How far the answer has come from the question's text (0) to the reference (1), by pairs of words and marks."""
    goal = _mark_pairs(reference)
    start, reached = (_dice(goal, _mark_pairs(version)) for version in (text, answer))
    return reached if start == 1 else max(0.0, (reached - start) / (1 - start))


def _mark_pairs(text: str) -> Counter[tuple[str, str]]:
    """Pairs of neighbouring words and punctuation marks, with their capitals."""
    marks = ["", *_WORD_OR_MARK.findall(text[:READ_CHARACTERS]), ""]
    return Counter(pairwise(marks))


def _dice(left: Counter[tuple[str, str]], right: Counter[tuple[str, str]]) -> float:
    """The Sørensen-Dice coefficient of two multisets."""
    return 2 * (left & right).total() / (left.total() + right.total())
