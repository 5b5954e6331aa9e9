"""How much is right where the kind of task says so: items in order or under labels, a reworked text, a free answer."""

import re
from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import replace
from itertools import pairwise

from stages.english.inflection import lemma_of, lemmas_of
from stages.english.wordnet import kinds_of
from stages.judges.rubric.rubric_words import READ_CHARACTERS, Word, content_stems, tokenize_words
from stages.judges.rubric.sameness import antonym_stems, contradiction, synonym_stems
from stages.judges.rubric.task import RubricTask

_CHANCE = 0.3  # of neighbours that are right by chance, if items are in a wrong order
_OTHER_FORM = 0.8  # of another inflection than the reference's, where a text is corrected
_UNVERIFIED = 0.9  # of an answer to the point that can't be checked, since many are right
_SENTENCE = 4  # words
_CLAUSE = re.compile(r"[.;\n]|, (?:and|while|whereas|but) |, (?=[^,]*\b(?:is|are)\b)")
_WORD_OR_MARK = re.compile(r"\w+|[^\w\s]")
_LAST_SYLLABLE = re.compile(r"[aeiouy]+[^aeiouy]*e?$")


def share_in_order(task: RubricTask, expected: Sequence[Word], given: Sequence[Word]) -> float:
    """1 if the items are in the reference's order; else the share of neighbours that are, beyond chance."""
    wanted = [word.stem for word in expected if word.stem in task.offered]
    order = {stem: place for place, stem in enumerate(wanted)}
    got = [order[word.stem] for word in given if word.stem in order]
    if got == sorted(order.values()):
        return 1.0
    return max(0.0, sum(two == one + 1 for one, two in pairwise(got)) / max(1, len(wanted) - 1) - _CHANCE)


def share_of_groups(task: RubricTask, reference: str, answer: str, frame: Set[str]) -> float | None:
    """The share of items with the reference's label ("Fruits: apple, fig. ..."), beyond chance; None if none has one.

    Labels are words of the instruction, items words of the list that it works on.
    """
    labels = content_stems(tokenize_words(reference)) & task.subject - task.offered - frame
    if not task.is_list or len(labels) < 2:
        return None
    wanted, got = (_labelled(text, labels, task.offered) for text in (reference, answer))
    if len(set(wanted.values())) < 2:
        return None
    return max(0.0, 2 * sum(got.get(item) == label for item, label in wanted.items()) / len(wanted) - 1)


def _labelled(text: str, labels: Set[str], items: Set[str]) -> dict[str, str]:
    """The label of each item: the last one before it in its clause, else the first one after it."""
    found: dict[str, str] = {}
    for clause in _CLAUSE.split(text):
        stems = [word.stem for word in tokenize_words(clause)]
        label = next((stem for stem in stems if stem in labels), "")
        for stem in stems:
            label = stem if stem in labels else label
            if stem in items and label:
                found[stem] = label
    return found


def progress(task: RubricTask, expected: Sequence[Word], given: Sequence[Word], reference: str, answer: str) -> float:
    """How far the answer has come from the text to work on (0) to the reference (1), by pairs of neighbouring words.

    If the reference has the words of the text, pairs of words and marks with their capitals are compared.
    """
    goal, start, reached = (_form_pairs(words) for words in (expected, task.material, given))
    if goal == start:
        goal, start, reached = (_mark_pairs(version) for version in (reference, task.text, answer))
        before, after = _dice(goal, start), _dice(goal, reached)
        return after if before == 1 else max(0.0, (after - before) / (1 - before))
    before, after = _dice(goal, start), _dice(goal, reached)
    done = max(0.0, (after - before) / (1 - before))
    old, forms = {word.form for word in task.material}, {word.form for word in given}
    same = {word.stem: word.form for word in expected}
    other = [replace(word, form=same.get(word.stem, word.form)) if word.form not in old else word for word in given]
    if {word.form for word in other} != forms:
        done = max(done, _OTHER_FORM * progress(task, expected, other, reference, answer))
    return done


def _form_pairs(words: Sequence[Word]) -> Counter[tuple[str, str]]:
    return Counter(pairwise(["", *(word.form for word in words), ""]))


def _mark_pairs(text: str) -> Counter[tuple[str, str]]:
    return Counter(pairwise(["", *_WORD_OR_MARK.findall(text[:READ_CHARACTERS]), ""]))


def _dice(left: Counter[tuple[str, str]], right: Counter[tuple[str, str]]) -> float:
    """The Sørensen-Dice coefficient of two multisets."""
    return 2 * (left & right).total() / max(1, left.total() + right.total())


def open_share(
    task: RubricTask, expected: Sequence[Word], given: Sequence[Word], turned: str, frame: Set[str]
) -> float:
    """How far an answer fits a task with many right answers, as far as words can show it."""
    stems = content_stems(given)
    words = [word for word in given if word.kind != "function" and word.stem not in task.stems | frame]
    turned = turned or (contradiction(frozenset(), task.material, given) if task.material else "")
    if task.kinds & {"rewording", "summary"} or ("writing" in task.kinds and len(task.material) >= _SENTENCE):
        near = {stem for word in task.material for stem in synonym_stems(word.form)}
        near = {word.stem for word in given if word.stem in near and synonym_stems(word.form) & task.offered}
        kept = stems & (task.offered | task.subject) - frame | near
        needed = min(2 if len(content_stems(expected)) < 5 else len(content_stems(expected)) / 3, len(task.offered) / 2)
        needed = needed if kept & (task.offered | task.subject) else max(2, needed)  # synonyms alone may be by chance
        return 0.0 if turned else _UNVERIFIED * min(1.0, len(kept) / max(1, needed))
    if not words:
        return 0.0
    if "rhyme" in task.kinds:
        return float(all(any(_rhymes(word.form, target) for target in task.named) for word in words))
    if task.kinds & {"synonym", "antonym"}:
        fitting = {
            stem for form in task.forms for stem in (synonym_stems if "synonym" in task.kinds else antonym_stems)(form)
        }
        fitting |= {stem for word in expected for stem in synonym_stems(word.form) if word.stem not in task.stems}
        return sum(word.stem in fitting for word in words) / len(words)
    if "writing" in task.kinds:
        return _UNVERIFIED * (len(given) >= _SENTENCE)
    return _of_a_kind([word for word in expected if word.kind == "word" and word.stem not in task.stems | frame], words)


def _of_a_kind(examples: Sequence[Word], words: Sequence[Word]) -> float:
    """How many of the examples the answer has, or has others for that are the same kind of thing."""
    kinds = {kind for word in examples for kind in kinds_of(lemma_of(word.form))}
    if not kinds:  # they are no things
        parts = {part for word in examples for part in lemmas_of(word.form)} - {"NOUN"}
        return _UNVERIFIED * any(parts & set(lemmas_of(word.form)) for word in words)
    right = content_stems(examples)
    alike = {word.stem for word in words if word.stem in right or kinds & kinds_of(lemma_of(word.form))}
    return min(1.0, len(alike) / max(1, len(right)))


def _rhymes(one: str, other: str) -> bool:
    """Whether two words are spelled alike from their last vowel on."""
    ends = [match[0] for form in (one, other) if (match := _LAST_SYLLABLE.search(form))]
    return one != other and len(ends) == 2 and ends[0] == ends[1]
