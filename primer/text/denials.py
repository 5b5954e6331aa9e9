"""Text about what isn't so: "nobody", "never"; both sides of a statement; who did it and who didn't."""

import random
from collections.abc import Iterator
from dataclasses import replace

from primer.text import slots
from primer.text.clause import SIMPLE_TENSES, Phrase, SimpleClause
from primer.text.english_forms import with_capital
from primer.text.materials import NAMES, pick
from primer.text.scenes import random_clause
from primer.text.sentence_changes import uncapitalized
from primer.text.task_layouts import Item, Maker, documents

# Descriptions that are so or aren't: what they are said of, and the words.
_STATES = tuple(
    tuple(line.split(":"))
    for line in (
        "the water:cold,warm,clear,deep,clean", "the street:long,wide,quiet,dark,empty",
        "the door:open,closed,locked",
        "the soup:hot,salty,ready,good", "the train:late,full,fast,on time",
        "the shop:open,closed,near,expensive",
        "the room:bright,small,clean,empty,cold", "the test:easy,difficult,long,over", "the road:safe,wet,icy,straight",
        "the film:funny,sad,long,new", "my father:tired,at home,angry,ill", "our teacher:strict,here,young,happy",
        "the windows:open,dirty,broken,new", "the children:hungry,asleep,happy,in "
"the garden", "his shoes:wet,black,new,too small",
    )
)  # fmt: skip
_PLURAL = {"the windows", "the children", "his shoes"}


def write_denials(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which something is denied, or said to be so after all."""
    tasks = documents(MAKERS, rng)
    while True:
        yield next(tasks) if rng.random() < 0.8 else _both(rng)


def _state(rng: random.Random) -> tuple[SimpleClause, str]:
    """ "The street is quiet.", in the present or the past."""
    if rng.random() < 0.4:
        name = rng.choice(NAMES)
        subject = Phrase(name, "she" if name in slots.FEMALE_NAMES else "he", True)
        words = (
            "tired,hungry,happy,ready,at home,late,ill,busy,a doctor,my friend,in the garden,afraid of dogs,from Paris"
        )
    else:
        what, words = rng.choice(_STATES)
        subject = Phrase(what, "they" if what in _PLURAL else "it")
    return SimpleClause(subject, "be", None, rng.choice(words.split(","))), rng.choice(["present", "past"])


def _negated_state(rng: random.Random) -> Iterator[Item]:
    back, short = rng.random() < 0.3, rng.random() < 0.4
    while True:
        clause, tense = _state(rng)
        yes, no = clause.statement(tense), clause.negative(tense, short=short)
        if back:
            yield Item(pick(rng, 'leave out "not"|make it positive|say that it is so|say it without "not"'), no, yes)
        else:
            orders = 'put "not" into the sentence|say that it is not so|make it negative|deny it|negate this|add "not"'
            yield Item(pick(rng, orders), yes, no)


def _states_changed(rng: random.Random) -> Iterator[Item]:
    """Questions, tags and other times of "is" and "was"."""
    kind = rng.choice(["question", "past", "present", "future", "tag"])
    while True:
        clause, tense = _state(rng)
        given = clause.statement(tense)
        if kind == "question":
            yield Item(
                pick(rng, "ask whether it is so|make a question of it|turn this into a question"),
                given,
                clause.question(tense),
            )
        elif kind == "tag":
            yield Item(pick(rng, "add a question tag|ask for agreement at the end"), given, clause.tagged(tense))
        elif kind != tense:
            yield Item(
                pick(rng, f"put it into the {kind}|write it in the {kind} tense|change the tense to the {kind}"),
                given,
                clause.statement(kind),
            )


def _nobody(rng: random.Random) -> Iterator[Item]:
    """ "Somebody" and "nobody", "something" and "nothing", "always" and "never", "everybody" and "nobody"."""
    pair = rng.choice(
        [
            ("somebody", "nobody"),
            ("somebody", "nobody"),
            ("everybody", "nobody"),
            ("always", "never"),
            ("often", "never"),
            ("someone", "no one"),
        ]
    )
    back = rng.random() < 0.4
    while True:
        yes, no = pair
        clause = random_clause(rng, possessives=False, pronouns=False)
        if yes in {"always", "often"}:
            subject, verb = with_capital(clause.subject.text), clause.finite("present")
            after = clause.statement("present")[len(subject) + 1 + len(verb) :]
            given, result = (f"{subject} {word} {verb}{after}" for word in (yes, no))
        else:
            tense = rng.choice(SIMPLE_TENSES)
            if not clause.subject.is_person:
                continue
            given, result = (replace(clause, subject=Phrase(word, "it", True)).statement(tense) for word in (yes, no))
        if back:
            yield Item(pick(rng, f'write "{yes}" instead of "{no}"|say it with "{yes}"'), result, given)
        else:
            yield Item(
                pick(rng, f'say the opposite with "{no}"|use "{no}" in the sentence|make it negative with "{no}"'),
                given,
                result,
            )


def _no_longer(rng: random.Random) -> Iterator[Item]:
    """Doubt answered: "Does she ...? No, she doesn't ...", with or without what is so instead."""
    while True:
        clause, tense = random_clause(rng, pronouns=False, possessives=False), rng.choice(SIMPLE_TENSES)
        if not clause.subject.is_person:
            continue
        question = clause.question(tense)
        other = random_clause(rng, transitive=True, pronouns=False, possessives=False)
        pronoun = Phrase(clause.subject.pronoun, clause.subject.pronoun, True)
        if other.verb in {"steal", "catch", "cover", "destroy", "damage"}:
            continue
        instead = replace(other, subject=pronoun).statement(tense)
        given = f"{clause.negative(tense)} {instead}"
        if rng.random() < 0.5:
            yield Item(question, given, f"No, {uncapitalized(clause.negative(tense), clause)}", own=True)
        else:
            yield Item(
                pick(rng, "What is not so?|write down what is denied|copy the negative sentence"),
                given,
                clause.negative(tense),
            )


def _who_not(rng: random.Random) -> Iterator[Item]:
    """Some did it and one didn't."""
    while True:
        a, b, c = rng.sample(NAMES, 3)
        verb, rest = rng.choice(
            [
                ("came", "to the party"),
                ("passed", "the test"),
                ("wanted", "to go home"),
                ("liked", "the film"),
                ("saw", "the accident"),
                ("brought", "a gift"),
                ("spoke", "at the meeting"),
                ("ate", "the soup"),
                ("missed", "the bus"),
                ("paid", "the bill"),
            ]
        )
        given = pick(
            rng,
            f"{a} and {b} {verb} {rest}, but {c} did not.|Not {c} but {a} and {b} {verb} "
            f"{rest}.|{a} {verb} {rest}, and so did {b}. {c} did not.",
        )
        if rng.random() < 0.5:
            yield Item(f"Who {verb} {rest}?", given, f"{a} and {b}", f"{a} and {b} {verb} {rest}.", own=True)
        else:
            base = {
                "came": "come",
                "passed": "pass",
                "wanted": "want",
                "liked": "like",
                "saw": "see",
                "brought": "bring",
                "spoke": "speak",
                "ate": "eat",
                "missed": "miss",
                "paid": "pay",
            }[verb]
            yield Item(f"Who did not {base} {rest}?", given, c, f"{c} did not {base} {rest}.", own=True)


def _true_of_it(rng: random.Random) -> Iterator[Item]:
    """Which of some words are so, from a sentence that denies one of them."""
    while True:
        what, words = rng.choice(_STATES)
        chosen = [word for word in words.split(",") if " " not in word]
        if len(chosen) < 3:
            continue
        a, b, c = rng.sample(chosen, 3)
        are = "are" if what in _PLURAL else "is"
        given = f"{with_capital(what)} {are} {a} and {b}, but not {c}."
        asked = rng.choice([a, b, c])
        yes = asked != c
        yield Item(
            f"{with_capital(are)} {what} {asked}?",
            given,
            "Yes." if yes else "No.",
            f"{'Yes' if yes else 'No'}, {what} {are} {'' if yes else 'not '}{asked}.",
            own=True,
        )


def _both(rng: random.Random) -> str:
    """A statement and its denial in plain prose."""
    clause, tense = random_clause(rng, possessives=False), rng.choice(["present", "past", "future"])
    yes, no, short = clause.statement(tense), clause.negative(tense), clause.negative(tense, short=True)
    question = clause.question(tense)
    return rng.choice(
        [
            f"Positive: {yes}\nNegative: {no}\nShort: {short}",
            f'The opposite of "{yes}" is "{no}"',
            f"{yes} Is that so? No: {uncapitalized(no, clause)}",
            f"Question: {question}\nYes, {uncapitalized(yes, clause)}\nNo, {uncapitalized(short, clause)}",
            f'If "{yes}" is not true, we say: "{no}"',
            f"{question}\n- Yes, {uncapitalized(yes, clause)}\n- No, {uncapitalized(no, clause)}",
        ]
    )


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_negated_state, 16),
    (_states_changed, 16),
    (_nobody, 14),
    (_no_longer, 8),
    (_who_not, 10),
    (_true_of_it, 8),
)
