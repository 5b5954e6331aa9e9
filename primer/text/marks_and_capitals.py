"""Text about marks and capitals: quotation marks, apostrophes, commas, end marks, run-on lines, shouted sentences."""

import random
import re
from collections.abc import Iterator

from primer.text import materials, slots
from primer.text.clause import Phrase, SimpleClause
from primer.text.english_forms import listed, plural_of, with_article, with_capital
from primer.text.materials import NAMES, pick
from primer.text.scenes import random_clause
from primer.text.sentence_changes import uncapitalized
from primer.text.task_layouts import Item, Maker, documents

_SAID = ("said", "asked", "shouted", "whispered", "answered")
_OWNED = (
    "hat",
    "coat",
    "bicycle",
    "garden",
    "house",
    "dog",
    "car",
    "book",
    "shoes",
    "room",
    "voice",
    "letter",
    "phone",
    "keys",
)
_THINGS = (*slots.FRUITS, *slots.TOOLS[:6], *slots.CLOTHES, *slots.KITCHEN)
_CALLS = (
    "What a beautiful {}", "Look out", "Stop that {}", "Help me with the {}", "How nice the {} is", "Hurry up",
    "Watch that {}",
)  # fmt: skip


def write_marks_and_capitals(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which marks and capital letters are put right."""
    yield from documents(MAKERS, rng)


def _sentence(rng: random.Random) -> tuple[SimpleClause, str]:
    clause = random_clause(rng)
    return clause, clause.statement(rng.choice(["present", "past", "future"]))


def _quotation(rng: random.Random) -> Iterator[Item]:
    while True:
        clause = random_clause(rng)
        name, tense = rng.choice(NAMES), rng.choice(["present", "past", "future"])
        if rng.random() < 0.4:
            question = clause.question(tense)
            right = rng.choice([f'"{question}" asked {name}.', f'{name} asked, "{question}"'])
        else:
            told = clause.statement(tense)
            right = rng.choice([f'{name} said, "{told}"', f'"{told[:-1]}," said {name}.'])
        ask = pick(rng, "add quotation marks|put in the quotation marks|show with quotation marks what was said")
        yield Item(ask, right.replace('"', ""), right)


def _end_mark(rng: random.Random) -> Iterator[Item]:
    while True:
        draw = rng.random()
        clause = random_clause(rng)
        if draw < 0.35:
            right, name = clause.statement(rng.choice(["present", "past"])), "a period"
        elif draw < 0.7:
            right, name = clause.question(rng.choice(["present", "past", "future"])), "a question mark"
        else:
            right, name = (
                f"{rng.choice(_CALLS).format(rng.choice(['garden', 'dog', 'boat', 'car', 'cake']))}!",
                "an exclamation mark",
            )
        if rng.random() < 0.5:
            yield Item(
                pick(rng, "end the sentence with the right mark|add the mark that belongs at the end"),
                right[:-1],
                right,
            )
        else:
            ask = "say which mark belongs at the end: a period, a question mark or an exclamation mark"
            yield Item(ask, right[:-1], name, f"It needs {name}: {right}")


def _apostrophe(rng: random.Random) -> Iterator[Item]:
    """In a contraction or with an owner."""
    while True:
        if rng.random() < 0.5:
            clause, tense = random_clause(rng), rng.choice(["present", "past", "future", "can"])
            right = clause.negative(tense, short=True)
        else:
            owner = rng.choice(
                [
                    rng.choice(NAMES),
                    f"the {rng.choice(slots.JOBS)}",
                    f"my {pick(rng, 'sister|brother|aunt|uncle|mother|friend')}",
                ]
            )
            thing = rng.choice(_OWNED)
            verb = "are" if thing.endswith("s") else "is"
            right = with_capital(
                f"{owner}'s {thing} {verb} {pick(rng, 'new|old|lost|here|beautiful|in the hall|very small')}."
            )
        if "'" not in right:
            continue
        yield Item(
            pick(rng, "put in the missing apostrophe|add the apostrophe|write the sentence with its apostrophe"),
            right.replace("'", ""),
            right,
        )


def _owner(rng: random.Random) -> Iterator[Item]:
    """ "the hat of the baker" as "the baker's hat"; of several, "the bakers' hats"."""
    several = rng.random() < 0.3
    back = rng.random() < 0.3
    while True:
        thing = rng.choice([thing for thing in _OWNED if not thing.endswith("s")])
        if several:
            owners = plural_of(rng.choice(slots.JOBS))
            if not owners.endswith("s"):
                continue
            long, short = f"the {plural_of(thing)} of the {owners}", f"the {owners}' {plural_of(thing)}"
        else:
            owner = rng.choice(
                [rng.choice(NAMES), f"the {rng.choice(slots.JOBS)}", f"my {pick(rng, 'sister|brother|aunt|uncle')}"]
            )
            long, short = f"the {thing} of {owner}", f"{owner}'s {thing}"
        if back:
            yield Item(pick(rng, 'say it with "of"|write it with "of"'), short, long)
        else:
            yield Item(
                pick(rng, "use an apostrophe|write it with an apostrophe|say it in fewer words, with an apostrophe"),
                long,
                short,
            )


def _shouted(rng: random.Random) -> Iterator[Item]:
    up = rng.random() < 0.3
    while True:
        _, right = _sentence(rng)
        if up:
            yield Item(pick(rng, "write it all in capitals|put everything in capital letters"), right, right.upper())
        else:
            ask = pick(
                rng,
                "write this in the usual way, not in capitals|change the capitals to small "
                "letters where they belong|write it without shouting",
            )
            yield Item(ask, right.upper(), right)


def _run_on(rng: random.Random) -> Iterator[Item]:
    """Two sentences that were written as one."""
    back = rng.random() < 0.2
    while True:
        (first, one), (second, two) = _sentence(rng), _sentence(rng)
        wrong = (
            f"{uncapitalized(one, first)[:-1]} {uncapitalized(two, second)[:-1]}".lower()
            if rng.random() < 0.4
            else f"{one[:-1]} {uncapitalized(two, second)}"
        )
        if back:
            yield Item(
                pick(rng, "join the two with a semicolon|put a semicolon between the two"),
                f"{one} {two}",
                f"{one[:-1]}; {uncapitalized(two, second)}",
            )
        else:
            yield Item(
                pick(
                    rng,
                    "divide this into two sentences|make two sentences of this|put in "
                    "the period and the capital letter that are missing|write it as two sentences",
                ),
                wrong,
                f"{one} {two}",
            )


def _list_commas(rng: random.Random) -> Iterator[Item]:
    while True:
        things = [with_article(noun) for noun in rng.sample(_THINGS, rng.choice([3, 3, 4, 5]))]
        name = rng.choice(NAMES)
        verb = pick(rng, "bought|needs|packed|sold|drew|found|has")
        right = f"{name} {verb} {listed(things)}."
        yield Item(
            pick(rng, "put in the commas|add the commas that are missing|set the commas in this list"),
            right.replace(",", ""),
            right,
        )


def _set_off(rng: random.Random) -> Iterator[Item]:
    """Commas after an opening and around an addition."""
    while True:
        clause = SimpleClause(Phrase(rng.choice(NAMES), "he", True), *_acts(rng))
        main = clause.statement("past")
        if rng.random() < 0.5:
            opening = pick(
                rng,
                "After dinner|When the rain stopped|In the end|Because it was late|"
                "Before the game|If I remember well|As soon as the bell rang|Last night",
            )
            right = f"{opening}, {main}"
        else:
            addition = pick(
                rng, "our neighbor|who lives next door|a good friend|the new teacher|who is never late|my oldest cousin"
            )
            right = f"{clause.subject.text}, {addition},{main[len(clause.subject.text) :]}"
        yield Item(
            pick(rng, "add the missing comma|put in the comma|set the commas"), right.replace(",", ""), right, own=True
        )


def _acts(rng: random.Random) -> tuple[str, Phrase]:
    verb, things = rng.choice(
        [
            ("open", "window,door,box"),
            ("read", "letter,book"),
            ("sell", "car,house"),
            ("find", "key,ring"),
            ("clean", "kitchen,table"),
            ("lose", "ticket,hat"),
            ("write", "poem,report"),
        ]
    )
    return verb, Phrase(f"the {rng.choice(things.split(','))}")


def _dates(rng: random.Random) -> Iterator[Item]:
    while True:
        year, month, day = materials.date(rng)
        event = pick(rng, "The letter was written|We met|The shop was opened|She was born|The concert took place")
        right = f"{event} on {materials.date_in_words(year, month, day)}."
        if rng.random() < 0.5:
            yield Item(pick(rng, "put the comma into the date|add the comma"), right.replace(",", ""), right)
        else:
            name = slots.MONTHS[month - 1]
            yield Item(
                pick(rng, "write the month with a capital letter|correct the month"),
                right.replace(name, name.lower()),
                right,
            )


def _names(rng: random.Random) -> Iterator[Item]:
    """Which words need a capital, and names written with them."""
    while True:
        name, city = rng.choice(NAMES), rng.choice(slots.CITIES)
        day, month = rng.choice(slots.WEEKDAYS), rng.choice(slots.MONTHS)
        right = pick(
            rng,
            f"{name} went to {city} on {day}.|In {month}, {name} will visit {city}.|"
            f"Every {day}, {name} calls a friend in {city}.|My friend {name} comes from {city}.",
        )
        found = [word for word in re.findall(r"\w+", right) if word in {name, city, day, month}]
        if rng.random() < 0.4:
            ask = pick(rng, "Which words need a capital letter as names?|list the names that need a capital letter")
            yield Item(ask, right.lower(), ", ".join(found), f"{listed(found)} need a capital letter.")
        else:
            yield Item(
                pick(rng, "put in the capital letters|fix the capitalization|add capital letters where they belong"),
                right.lower(),
                right,
            )


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_quotation, 10),
    (_end_mark, 10),
    (_apostrophe, 10),
    (_owner, 9),
    (_shouted, 9),
    (_run_on, 12),
    (_list_commas, 8),
    (_set_off, 8),
    (_dates, 6),
    (_names, 12),
)
