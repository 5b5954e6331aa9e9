"""Text about mistakes in sentences and how they are mended: verbs, pronouns, articles, order, spelling, capitals."""

import random
import re
from collections.abc import Callable, Iterator

from primer.text import materials, slots
from primer.text.clause import OBJECT_FORM, SimpleClause
from primer.text.english_forms import (
    ing_form,
    participle,
    plural_of,
    simple_past,
    third_person,
    with_capital,
)
from primer.text.materials import pick
from primer.text.scenes import random_clause
from primer.text.task_layouts import Item, Maker, documents


def write_corrections(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which a wrong sentence is set right."""
    tasks = documents(MAKERS, rng)
    while True:
        yield next(tasks) if rng.random() < 0.85 else _remark(rng)


def _agreement(clause: SimpleClause, rng: random.Random) -> tuple[str, str]:
    """The verb in the wrong number: "She walk", "They was walking", "He don't walk"."""
    subject = clause.subject.text
    plural = clause.subject.is_plural or subject == "I"
    right, kind = clause.statement("present"), rng.random()
    if kind < 0.45 and simple_past(clause.verb) != clause.verb:  # "She cut" may be right
        wrong = third_person(clause.verb) if plural else clause.verb
        return _with_verb(clause, clause.finite("present"), wrong), right
    if kind < 0.7 and subject != "I":
        right = clause.statement(tense := rng.choice(["progressive", "past progressive"]))
        helper = clause.finite(tense).split()[0]
        other = {"is": "are", "are": "is", "was": "were", "were": "was"}[helper]
        return right.replace(f" {helper} ", f" {other} ", 1), right
    right = clause.negative("present", short=True)
    return (right.replace(" don't ", " doesn't ", 1) if plural else right.replace(" doesn't ", " don't ", 1)), right


def _with_verb(clause: SimpleClause, old: str, new: str) -> str:
    subject = with_capital(clause.subject.text)
    statement = clause.statement("present")
    return f"{subject} {new}{statement[len(subject) + 1 + len(old) :]}"


def _tense_form(clause: SimpleClause, rng: random.Random) -> tuple[str, str]:
    """A wrong form: "goed", "has went", "did not went", "will goes"."""
    right = clause.statement("past")
    past, done = simple_past(clause.verb), participle(clause.verb)
    regular = _regular(clause.verb)
    if rng.random() < 0.5 and past != regular:
        return right.replace(f" {past}", f" {regular}", 1), right
    if rng.random() < 0.4 and past != done:
        right = clause.statement("perfect")
        return right.replace(f" {done}", f" {past}", 1), right
    if rng.random() < 0.5:
        right = clause.negative("past")
        return right.replace(f"did not {clause.verb}", f"did not {past}", 1), right
    right = clause.statement("future")
    return right.replace(
        f"will {clause.verb}", f"will {rng.choice([past, third_person(clause.verb), ing_form(clause.verb)])}", 1
    ), right


def _regular(verb: str) -> str:
    return f"{verb}d" if verb.endswith("e") else f"{verb}ed"


def _pronoun(clause: SimpleClause, rng: random.Random) -> tuple[str, str] | None:
    """ "Him walks", "for he"."""
    subject = clause.subject.text
    if subject in {"I", "he", "she", "we", "they"}:
        right = clause.statement("past")
        return with_capital(OBJECT_FORM[subject]) + right[len(subject) :], right
    pronoun = rng.choice(["he", "she", "we", "they"])
    right = f"{clause.statement('past')[:-1]} with {OBJECT_FORM[pronoun]}."
    if "with" in clause.rest.split():
        return None
    return right.replace(f" with {OBJECT_FORM[pronoun]}.", f" with {pronoun}."), right


def _article(clause: SimpleClause, rng: random.Random) -> tuple[str, str] | None:
    """ "a apple", "an dog"."""
    right = clause.statement(rng.choice(["present", "past", "future"]))
    found = re.search(r"\b(an?) (?=\w)", right)
    if not found:
        return None
    other = "a" if found[1] == "an" else "an"
    return f"{right[: found.start(1)]}{other}{right[found.end(1) :]}", right


def _plural(clause: SimpleClause, rng: random.Random) -> tuple[str, str] | None:
    """ "three dog", "two knifes"."""
    right = clause.statement(rng.choice(["past", "future"]))
    number = re.search(
        r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve) (?:\w+ )*?"
        r"(\w+s|men|women|children|geese|mice|sheep)\b",
        right,
    )
    if not number or number[2] in {"sheep", "across", "is", "was", "has"}:
        return None
    several = number[2]
    single = next((noun for noun in KNOWN_NOUNS if plural_of(noun) == several), None)
    if single is None:
        return None
    wrong = single if rng.random() < 0.7 or several == single + "s" else single + "s"
    return f"{right[: number.start(2)]}{wrong}{right[number.end(2) :]}", right


KNOWN_NOUNS = tuple({*(job for job in slots.JOBS), *(entry.split(":")[0] for entry in slots.PEOPLE), *materials.WORDS})


def _word_order(clause: SimpleClause, rng: random.Random) -> tuple[str, str]:
    """ "He walks always", "Where she is going?", "Plays Anna tennis"."""
    subject = with_capital(clause.subject.text)
    draw = rng.random()
    if draw < 0.5 or not clause.object:
        adverb = rng.choice(["always", "often", "never", "usually", "sometimes", "rarely"])
        right = clause.statement("present")
        verb = clause.finite("present")
        after = right[len(subject) + 1 + len(verb) :]
        return f"{subject} {verb} {adverb}{after}", f"{subject} {adverb} {verb}{after}"
    right = clause.statement("past")
    verb = clause.finite("past")
    thing = clause.object.as_object
    return f"{subject} {thing} {verb}{f' {clause.rest}' if clause.rest else ''}.", right


def _question_form(clause: SimpleClause, rng: random.Random) -> tuple[str, str]:
    """ "Does she walks?", "Did he went?"."""
    tense = rng.choice(["present", "past", "past"])
    right = clause.question(tense)
    wrong = clause.finite(tense)
    if wrong == clause.verb:
        wrong = third_person(clause.verb)
    end = len(right.split(clause.subject.text, 1)[0]) + len(clause.subject.text) + 1
    return right[:end] + right[end:].replace(clause.verb, wrong, 1), right


def _double_negation(clause: SimpleClause, _: random.Random) -> tuple[str, str] | None:
    if not clause.object or not clause.object.text.startswith("the "):
        return None
    right = clause.negative("past", short=True).replace(clause.object.text, f"any {clause.object.text[4:]}", 1)
    if clause.object.pronoun == "it":
        return None
    return right.replace(" any ", " no ", 1), right


_MISTAKES: tuple[Callable[[SimpleClause, random.Random], tuple[str, str] | None], ...] = (
    _agreement,
    _agreement,
    _agreement,
    _tense_form,
    _tense_form,
    _pronoun,
    _article,
    _plural,
    _word_order,
    _question_form,
    _double_negation,
)


def _grammar(rng: random.Random) -> Iterator[Item]:
    mistakes = [rng.choice(_MISTAKES)] if rng.random() < 0.4 else _MISTAKES
    while True:
        found = rng.choice(mistakes)(random_clause(rng, transitive=rng.random() < 0.5), rng)
        if not found or found[0] == found[1]:
            continue
        wrong, right = found
        ask = pick(
            rng,
            "correct the sentence|correct the mistake|correct the grammar|"
            "find the mistake and correct it|fix the error in this sentence|write the sentence correctly|"
            "correct the grammatical error|What is the correct form of this sentence?|mend this sentence|"
            "rewrite this sentence without the mistake|correct this line|edit the sentence|"
            "put this into good English",
        )
        yield Item(
            ask,
            wrong,
            right,
            rng.choice(
                [right, right, f"The correct sentence is: {right}", f"Correct: {right}", f"It should be: {right}"]
            ),
        )


def _choice(rng: random.Random) -> Iterator[Item]:
    """Which of two sentences is right."""
    while True:
        found = rng.choice(_MISTAKES)(random_clause(rng), rng)
        if not found or found[0] == found[1]:
            continue
        both = list(found)
        rng.shuffle(both)
        ask = pick(
            rng,
            "Which sentence is correct?|Which of the two is right?|choose the correct sentence|"
            "Which one is good English?",
        )
        letters = rng.random() < 0.4
        given = (
            "\n".join(f"{letter}) {text}" for letter, text in zip("ab", both, strict=True))
            if letters
            else " / ".join(both)
        )
        yield Item(
            ask,
            given,
            found[1],
            f"{'ab'[both.index(found[1])]}) {found[1]}" if letters else f'The correct sentence is "{found[1]}"',
        )


def _remark(rng: random.Random) -> str:
    """A teacher's remark about a mistake."""
    while True:
        mistake = rng.choice(_MISTAKES)
        found = mistake(random_clause(rng), rng)
        if found and found[0] != found[1]:
            break
    wrong, right = found
    name = rng.choice(materials.NAMES)
    return rng.choice(
        [
            f'{name} wrote: "{wrong}" That is not right. The correct sentence is: "{right}"',
            f'We don\'t say "{wrong}" but "{right}"',
            f"Wrong: {wrong}\nRight: {right}",
            f'"{wrong}" has a mistake in it. It should be: "{right}"',
            f"Not: {wrong}\nBut: {right}",
            f'The teacher changed "{wrong}" to "{right}"',
            f"Incorrect: {wrong} Correct: {right}",
            f"✗ {wrong}\n✓ {right}",
        ]
    )


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_grammar, 34),
    (_choice, 7),
)
