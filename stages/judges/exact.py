"""Exact answers: those that hold all that the reference adds to the task, without a rival of it or a dump of words.

A plain measure beside the judge's scores: an answer is exact or it isn't, and half an answer, a fluent form or a right
answer in quite other words is worth nothing. It is computed from the texts alone, so every judge has the same figure.
Words are those of the rubric: "4,000" and "four thousand" are one number, "isn't" is "is not", "5 km" is one word.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from stages.judges.rubric.answer_content import frame_stems, is_rework, new_quotes
from stages.judges.rubric.rubric_words import NEGATION, Word, content_stems, tokenize_words
from stages.judges.rubric.sameness import verdict
from stages.judges.rubric.task import RubricTask, parse_task

# An answer may have so many words for each of the reference's, and so many more: a sentence around a word is no dump.
WORDS_PER_WORD, MORE_WORDS = 1.5, 6
LONG_QUOTE = 4  # words from which a text in quotes is the whole answer, and no single word that is asked
VERDICTS = frozenset("yes no true false correct incorrect".split())


def is_exact(instruction: str, input: str, reference: str, answer: str) -> bool:
    """Whether an answer says what the reference says.

    It has each word with content that the reference adds to the task or, if it adds none, those that it picks from the
    input, and none of several twice; in the reference's order, where that isn't the input's; with the same yes or no
    and the same choice among alternatives; no number and no name that belongs to neither; and no more other words than
    it needs. If the task is to rework a text, it has the same words.
    """
    if len(tokenize_words(answer)) > WORDS_PER_WORD * len(tokenize_words(reference)) + MORE_WORDS:
        return False
    task = parse_task(instruction, input)
    reference, answer = _without_introduction(task, reference), _without_introduction(task, answer)
    expected, given, asked = tokenize_words(reference), tokenize_words(answer), tokenize_words(instruction)
    if verdict(expected) != verdict(given) or _negates(expected) != _negates(given):
        return False
    if _forms(expected) == _forms(task.material):  # the task is about marks or capitals
        return reference.split() == answer.split()
    if is_rework(task, expected):
        return _forms(expected) == _forms(given)
    if _forms(given) in (_forms(task.material), _forms(asked), _forms(task.question)):
        return False  # the task again
    needed = _needed_words(task, asked, expected, new_quotes(task, reference))
    return (
        all(_has(task, given, word) for word in needed)
        and not _repeats(expected, given, needed)
        and _in_order(task, expected, given)
        and not _has_rivals(task, asked, expected, given, needed)
    )


def _without_introduction(task: RubricTask, text: str) -> str:
    """The sentence in quotes or after a colon, without words like "In the passive voice:"."""
    quotes = new_quotes(task, text)
    if len(quotes) == 1 and len(tokenize_words(quotes[0])) >= LONG_QUOTE:
        return quotes[0]
    start, colon, rest = text.partition(": ")
    opening = tokenize_words(start)
    says = content_stems(opening) - task.subject - frame_stems() | content_stems(opening) & task.offered
    return rest if colon and task.offered and not says and verdict(opening) is None else text


def _needed_words(
    task: RubricTask, asked: Sequence[Word], expected: Sequence[Word], quotes: Sequence[str]
) -> Sequence[Word]:
    """The words that an answer must have: those in new quotes, or else those with content that introduce nothing."""
    quoted, answers_yes_or_no = tokenize_words(" ".join(quotes)), verdict(expected) is not None
    nothing = frame_stems() | {NEGATION}
    words = [word for word in quoted or expected if word.kind != "function" and word.stem not in nothing]
    words = [word for word in words if not (answers_yes_or_no and word.form in VERDICTS)]
    new = [word for word in words if word.form not in task.forms]
    picked = [word for word in words if word.form not in _forms(asked)]
    chosen = [word for word in words if word.stem in task.options]
    return new or picked or chosen or (() if answers_yes_or_no else words or quoted or expected)


def _has(task: RubricTask, given: Sequence[Word], wanted: Word) -> bool:
    """Whether a word is among others: a number in any writing, unless the task has it and asks for another writing."""
    any_writing = wanted.kind == "number" and wanted.stem not in task.stems
    return any(word.form == wanted.form or (any_writing and word.stem == wanted.stem) for word in given)


def _repeats(expected: Sequence[Word], given: Sequence[Word], needed: Sequence[Word]) -> bool:
    """Whether one of several wanted words comes more often than in the reference: "chair, chair, lamp and sofa"."""
    if len({word.stem for word in needed}) < 2:
        return False
    wanted, found = Counter(word.stem for word in expected), Counter(word.stem for word in given)
    return any(found[word.stem] > wanted[word.stem] for word in needed)


def _in_order(task: RubricTask, expected: Sequence[Word], given: Sequence[Word]) -> bool:
    """Whether the answer chooses the alternatives that the reference chooses and, if the reference has words of the
    input in another order, has them in this order."""
    options = task.options - frame_stems()
    if _those_in(options, expected) != _those_in(options, given):
        return False
    wanted, found = _those_in(task.offered, expected), _those_in(task.offered, given)
    as_offered = [stem for stem in _those_in(task.offered, task.material) if stem in wanted]
    both = [stem for stem in wanted if stem in found]
    return wanted == as_offered or [stem for stem in found if stem in wanted] == both


def _has_rivals(
    task: RubricTask, asked: Sequence[Word], expected: Sequence[Word], given: Sequence[Word], needed: Sequence[Word]
) -> bool:
    """Whether an answer has numbers or names that don't belong to it, other items of a list from which the reference
    picks, or more other words than it needs."""
    picks = all(word.form in task.forms for word in needed)
    known = {word.stem for word in (*expected, *(asked if picks else task.question))}
    others = [word for word in given if word.kind != "function" and word.stem not in known]
    if any(word.is_key or (task.is_list and word.stem in task.offered) for word in others):
        return True
    return len(content_stems(others) - task.stems - frame_stems()) > len(needed)


def _negates(words: Sequence[Word]) -> bool:
    return any(word.stem == NEGATION for word in words)


def _forms(words: Iterable[Word]) -> list[str]:
    return [word.form for word in words]


def _those_in(stems: Iterable[str], words: Iterable[Word]) -> list[str]:
    """The stems of the words that are among `stems`, each once, in their order."""
    wanted = set(stems)
    return list(dict.fromkeys(word.stem for word in words if word.stem in wanted))
