"""Text about what becomes of a sentence: tenses, the passive, "not", questions and answers, tags."""

import random
from collections.abc import Iterator

from primer.text.clause import SIMPLE_TENSES, TENSE_NAMES, TENSES, SimpleClause
from primer.text.english_forms import with_capital
from primer.text.materials import pick
from primer.text.scenes import random_clause
from primer.text.task_layouts import Item, Maker, documents

_WHOLE = ("sentence", "sentence", "sentence", "statement", "line", "following sentence", "sentence below", "text")


def write_sentence_changes(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which sentences change their tense, voice, polarity or form."""
    tasks = documents(MAKERS, rng)
    while True:
        yield next(tasks) if rng.random() < 0.85 else _profile(rng)


def put(rng: random.Random, into: str) -> str:
    """An order to change a sentence "into" some form."""
    what = rng.choice(_WHOLE)
    orders = (
        f"put the {what} into {into}",
        f"change the {what} into {into}",
        f"turn the {what} into {into}",
        f"rewrite the {what} in {into}",
        f"write the {what} in {into}",
        f"say it in {into}",
        f"put this into {into}",
        f"change this {what.removeprefix('following ').removesuffix(' below')} to {into}",
    )
    return rng.choice(orders)


def _tense(rng: random.Random) -> Iterator[Item]:
    old, new = rng.sample(SIMPLE_TENSES if rng.random() < 0.8 else TENSES, 2)
    name = TENSE_NAMES[new] if rng.random() < 0.4 and new != "future" else new
    if "progressive" in name and rng.random() < 0.5:
        name = name.replace("progressive", "continuous")
    while True:
        clause = random_clause(rng)
        ask = rng.choice(
            [
                put(rng, f"the {name} tense"),
                put(rng, f"the {name} tense"),
                f"write the sentence in the {name}",
                f"use the {name} tense",
                f"What is this sentence in the {name} tense?",
                f"How would this sentence look in the {name} tense?",
                f"change the verb to the {name} tense",
            ]
        )
        result = clause.statement(new)
        said = pick(
            rng, "In the {name} tense, it is: {it}|In the {name} tense, the sentence is: {it}|It becomes: {it}"
        ).format(name=name, it=result)
        yield Item(ask, clause.statement(old), result, said)


def _time_words(rng: random.Random) -> Iterator[Item]:
    times = {
        "past": ("yesterday", "last week", "last night", "two days ago", "last year", "a month ago"),
        "future": ("tomorrow", "next week", "tonight", "next year", "in two days", "next month"),
    }
    new = rng.choice(list(times))
    when = rng.choice(times[new])
    ask = pick(
        rng,
        f'add "{when}" and change the verb|'
        f"rewrite the sentence so that it happens {when}|"
        f'use the word{"s" * (" " in when)} "{when}" in the sentence|begin with "{when}"',
    )
    while True:
        clause = random_clause(rng)
        given = clause.statement(rng.choice([tense for tense in SIMPLE_TENSES if tense != new]))
        result = clause.statement(new)
        if ask.startswith("begin"):
            result = f"{with_capital(when)}, {uncapitalized(result, clause)}"
        else:
            result = f"{result[:-1]} {when}."
        yield Item(ask, given, result)


def _which_tense(rng: random.Random) -> Iterator[Item]:
    while True:
        clause, tense = random_clause(rng), rng.choice(SIMPLE_TENSES)
        verb = clause.finite(tense)
        ask = pick(rng, "name the tense of the sentence|Which tense is this sentence in?|say which tense it is")
        told = pick(rng, f'It is in the {tense} tense.|The verb "{verb}" is in the {tense} tense.')
        yield Item(ask, clause.statement(tense), f"{tense} tense", told)


def _passive(rng: random.Random) -> Iterator[Item]:
    back = rng.random() < 0.3
    while True:
        clause = random_clause(rng, transitive=True, possessives=False)
        tense = rng.choice([*SIMPLE_TENSES, "past", "perfect", "must", "can"])
        active, passive = clause.statement(tense), clause.passive(tense)
        if back:
            ask = rng.choice([put(rng, "the active voice"), "make the passive sentence active", put(rng, "the active")])
            yield Item(ask, passive, active, f"In the active voice, it is: {active}")
        else:
            ask = rng.choice(
                [
                    put(rng, "the passive voice"),
                    put(rng, "the passive"),
                    "make the sentence passive",
                    "make a passive sentence of this one",
                    "What is the passive of this sentence?",
                ]
            )
            said = rng.choice(["In the passive, it is: {}", "The passive sentence is: {}", "{}"]).format(passive)
            yield Item(ask, active, passive, said)


def _passive_parts(rng: random.Random) -> Iterator[Item]:
    """Who did it, and to what: the parts that change places in the passive."""
    asks_doer = rng.random() < 0.5
    while True:
        clause = random_clause(rng, transitive=True, possessives=False)
        tense = rng.choice(SIMPLE_TENSES)
        voice = clause.passive(tense) if rng.random() < 0.5 else clause.statement(tense)
        assert clause.object
        if asks_doer:
            ask = pick(rng, "Who or what does it in this sentence?|find the doer of the action|name the agent")
            yield Item(ask, voice, clause.subject.as_object)
        else:
            ask = pick(rng, "Who or what is it done to?|find what the action is done to|name the thing it is done to")
            yield Item(ask, voice, clause.object.text)


def _negative(rng: random.Random) -> Iterator[Item]:
    back, short = rng.random() < 0.25, rng.random() < 0.45
    while True:
        clause, tense = random_clause(rng), rng.choice([*TENSES, *SIMPLE_TENSES, "present", "past", "can", "should"])
        positive, negative = clause.statement(tense), clause.negative(tense, short=short)
        if back:
            ask = pick(
                rng,
                "make the sentence positive|make this sentence affirmative|"
                'take out "not"|'
                "write it without the negation|turn the negative sentence into a positive one|"
                "say the opposite",
            )
            yield Item(ask, negative, positive, rng.choice([positive, f"The positive sentence is: {positive}"]))
        else:
            ask = pick(
                rng,
                "make the sentence negative|make this sentence negative|negate the sentence|"
                "say that this is not so|write the negative of the sentence|write the negative form|"
                'put "not" into the sentence|'
                "turn the statement into a negative one|say the opposite|deny the statement|"
                "What is the negative of this sentence?|write that it is not true",
            )
            yield Item(ask, positive, negative, rng.choice([negative, f"The negative is: {negative}"]))


def _question(rng: random.Random) -> Iterator[Item]:
    back = rng.random() < 0.25
    while True:
        clause, tense = random_clause(rng), rng.choice([*TENSES, *SIMPLE_TENSES, "present", "past", "can"])
        statement, question = clause.statement(tense), clause.question(tense)
        if back:
            ask = pick(rng, "turn the question into a statement|make a statement of the question|say it as a statement")
            yield Item(ask, question, statement)
        else:
            ask = pick(
                rng,
                "turn the sentence into a question|make a question of this sentence|ask whether this is so|"
                "turn the statement into a yes-or-no question|write it as a question|"
                "change the statement to a question|form a question from the sentence|"
                "rewrite the sentence as a question|make it a question",
            )
            yield Item(
                ask,
                statement,
                question,
                rng.choice([question, f"As a question: {question}", f"The question is: {question}"]),
            )


def _tag(rng: random.Random) -> Iterator[Item]:
    while True:
        clause, tense = random_clause(rng), rng.choice([*SIMPLE_TENSES, "perfect", "progressive"])
        ask = pick(
            rng,
            "add a question tag|put a tag question at the end|add a tag to the sentence|"
            "end the sentence with a question tag",
        )
        yield Item(ask, clause.statement(tense), clause.tagged(tense))


def _asks_for(clause: SimpleClause, tense: str) -> Iterator[tuple[str, str, str]]:
    """Questions that the sentence answers: the question word, the question, the short answer."""
    subject = clause.subject.text
    if clause.subject.text not in {"I", "you"}:
        yield ("who" if clause.subject.is_person else "what"), clause.subject_question(tense), subject
    if clause.object and clause.verb not in {"help", "teach", "invite", "meet", "call", "thank", "greet", "follow"}:
        yield "what", clause.question(tense, "what", object_too=False), clause.object.text
    if (
        clause.rest
        and clause.rest.split()[0] in {"in", "at", "on", "under", "behind", "near"}
        and is_place(clause.rest)
    ):
        yield "where", clause.question(tense, "where", rest_too=False), clause.rest


def is_place(rest: str) -> bool:
    """Whether "in the garden" and not "in winter" or "with a brush"."""
    return rest.startswith(("in the ", "at the ", "on the ", "under ", "behind ", "near ")) and not rest.endswith(
        (
            "morning",
            "evening",
            "summer",
            "night",
            "rain",
            "snow",
            "class",
            "homework",
            "wedding",
            "party",
            "joke",
            "meeting",
            "concert",
            "radio",
            "music",
            "teacher",
            "birds",
            "stars",
            "map",
            "mirror",
            "baby",
            "picture",
            "camera",
            "moment",
            "office",
        )
    )


def _wh_question(rng: random.Random) -> Iterator[Item]:
    wanted = rng.choice(["who", "what", "where"])
    while True:
        clause, tense = random_clause(rng), rng.choice(SIMPLE_TENSES)
        found = [asked for asked in _asks_for(clause, tense) if asked[0] == wanted]
        if not found:
            continue
        word, question, _ = rng.choice(found)
        ask = pick(
            rng,
            f'ask a question with "{word}" that this sentence answers|ask with "{word}"|'
            f'make a "{word}" question of it|Which question with "{word}" does this sentence answer?|'
            f'write a question that begins with "{word}"',
        )
        yield Item(ask, clause.statement(tense), question)


def _answered(rng: random.Random) -> Iterator[Item]:
    """A sentence, and a question that it answers."""
    whole = rng.random() < 0.5
    while True:
        clause, tense = random_clause(rng), rng.choice(SIMPLE_TENSES)
        found = list(_asks_for(clause, tense))
        if not found:
            continue
        _, question, short = rng.choice(found)
        if whole:
            yield Item(question, clause.statement(tense), clause.statement(tense), own=True)
        else:
            yield Item(question, clause.statement(tense), short, clause.statement(tense), own=True)


def _yes_or_no(rng: random.Random) -> Iterator[Item]:
    while True:
        clause, tense = random_clause(rng), rng.choice(SIMPLE_TENSES)
        yes = rng.random() < 0.5
        if clause.subject.text in {"I", "you", "we"}:
            continue
        given = clause.statement(tense) if yes else clause.negative(tense, short=rng.random() < 0.5)
        whole = f"{'Yes' if yes else 'No'}, {uncapitalized(given, clause)}"
        yield Item(clause.question(tense), given, clause.short_answer(tense, yes=yes), whole, own=True)


def uncapitalized(sentence: str, clause: SimpleClause) -> str:
    """The sentence as it stands after "Yes, ": names and "I" keep their capitals."""
    subject = clause.subject.text
    return subject + sentence[len(subject) :] if sentence.lower().startswith(subject.lower()) else sentence


def _profile(rng: random.Random) -> str:
    """One sentence, and much that becomes of it."""
    transitive = rng.random() < 0.7
    clause = random_clause(rng, transitive=transitive, possessives=False)
    tense = rng.choice(SIMPLE_TENSES)
    forms = [
        (rng.choice(["Negative", "Not", "With not"]), clause.negative(tense)),
        (rng.choice(["Question", "As a question", "Asked"]), clause.question(tense)),
        (rng.choice(["With a tag", "Tag question"]), clause.tagged(tense)),
        *(
            (f"{'In the ' if rng.random() < 0.5 else ''}{TENSE_NAMES[other]}".capitalize(), clause.statement(other))
            for other in TENSES
            if other != tense
        ),
    ]
    if clause.object:
        forms += [("Passive", clause.passive(tense)), ("In the passive", clause.passive(tense))]
    chosen = rng.sample(forms, rng.randint(2, 5))
    sentence = clause.statement(tense)
    opening = pick(rng, 'Sentence: {}|Here is a sentence: {}|{}|Take this sentence: {}|The sentence: {}|"{}"')
    style = rng.choice(["{}: {}", "- {}: {}", "{} -> {}", "({}) {}", "* {}: {}"])
    return "\n".join([opening.format(sentence), *(style.format(name, form) for name, form in chosen)])


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_tense, 18),
    (_time_words, 6),
    (_which_tense, 2),
    (_passive, 14),
    (_passive_parts, 4),
    (_negative, 18),
    (_question, 14),
    (_tag, 4),
    (_wh_question, 8),
    (_answered, 10),
    (_yes_or_no, 6),
)
