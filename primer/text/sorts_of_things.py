"""Text about what sort of thing something is: kinds, groups, the odd one out, examples."""

import random
from collections.abc import Iterator

from primer.text import slots
from primer.text.english_forms import (
    listed,
    number_in_words,
    with_article,
    with_capital,
)
from primer.text.materials import pick
from primer.text.task_layouts import Item, Maker, documents

MEMBERS = {
    kind: (many, tuple(member for member in members if member.lower() not in slots.AMBIGUOUS))
    for kind, (many, members) in slots.CATEGORIES.items()
}
# Kinds of which no thing belongs to two; the parts of one group are too close to be told apart.
_GROUPS = (
    ("bird", "fish", "insect", "reptile", "mammal"),
    ("fruit", "vegetable", "flower", "tree"),
    ("tool", "kitchen item", "musical instrument"),
    ("piece of clothing",),
    ("vehicle",),
    ("piece of furniture",),
    ("sport",),
    ("color",),
    ("metal",),
    ("part of the body",),
    ("shape",),
    ("school subject",),
    ("drink",),
    ("language",),
    ("family member",),
    ("room", "building"),
    ("month",),
    ("day of the week",),
    ("planet",),
)
DIFFERENT_KINDS = tuple(kind for group in _GROUPS for kind in group)
_SEEN = {kind: group for group in _GROUPS for kind in group}


def write_sorts_of_things(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which things are put into their kinds."""
    tasks = documents(MAKERS, rng)
    while True:
        yield next(tasks) if rng.random() < 0.85 else _told(rng)


def kind_with_article(kind: str) -> str:
    """ "a bird", "an insect", "fish": the kind of one thing."""
    return with_article(kind)


def _named(member: str, kind: str) -> str:
    if kind in slots.WITHOUT_ARTICLE or member in slots.UNCOUNTED or not member.islower():
        return member
    return with_article(member)


def _definite(member: str, kind: str) -> str:
    bare = kind in slots.WITHOUT_ARTICLE or member in slots.UNCOUNTED or not member.islower()
    return member if bare else f"the {member}"


def _kind(rng: random.Random) -> Iterator[Item]:
    while True:
        kind = rng.choice(DIFFERENT_KINDS)
        member = rng.choice(MEMBERS[kind][1])
        said = f"{with_capital(_named(member, kind))} is {kind_with_article(kind)}."
        if rng.random() < 0.5:
            ask = pick(
                rng,
                f"What kind of thing is {_named(member, kind)}?|What is {_named(member, kind)}?|"
                f"To which group does {_named(member, kind)} belong?",
            )
            yield Item(ask, "", said, own=True)
        else:
            yield Item(
                pick(
                    rng,
                    "say what kind of thing it is|name the kind of thing|What kind of thing is this?|"
                    "put the word into its group",
                ),
                member,
                kind,
                said,
            )


def _choose_kind(rng: random.Random) -> Iterator[Item]:
    """The kind out of two or three, for one word or for some."""
    kinds = rng.sample(DIFFERENT_KINDS, rng.choice([2, 2, 3]))
    names = listed([kind_with_article(kind) for kind in kinds], "or")
    while True:
        if rng.random() < 0.6:
            kind = rng.choice(kinds)
            member = rng.choice(MEMBERS[kind][1])
            said = f"{with_capital(_named(member, kind))} is {kind_with_article(kind)}."
            if rng.random() < 0.3:
                yield Item(f"Is {_named(member, kind)} {names}?", "", said, own=True)
                continue
            ask = pick(
                rng,
                f"say whether it is {names}|Is it {names}?|decide whether this is {names}|"
                f"classify the word as {listed(kinds, 'or')}",
            )
            yield Item(ask, member, kind, said)
        else:
            chosen = [rng.choice(kinds) for _ in range(rng.randint(3, 4))]
            members = [rng.choice(MEMBERS[kind][1]) for kind in chosen]
            if len(set(members)) < len(members):
                continue
            ask = pick(rng, f"say of each word whether it is {names}|label each word as {listed(kinds, 'or')}")
            result = listed(
                [
                    f"{_named(member, kind)} is {kind_with_article(kind)}"
                    for member, kind in zip(members, chosen, strict=True)
                ]
            )
            yield Item(
                ask,
                ", ".join(members),
                ", ".join(f"{member}: {kind}" for member, kind in zip(members, chosen, strict=True)),
                f"{with_capital(result)}.",
                own=True,
            )


def _sorted_out(rng: random.Random) -> Iterator[Item]:
    """A mixed row, in two groups; or only one of them."""
    while True:
        first, second = rng.sample(DIFFERENT_KINDS, 2)
        a, b = (rng.sample(MEMBERS[kind][1], rng.randint(2, 3)) for kind in (first, second))
        row = [*a, *b]
        rng.shuffle(row)
        a, b = ([member for member in row if member in group] for group in (a, b))
        many_a, many_b = MEMBERS[first][0], MEMBERS[second][0]
        if set(a) & set(b):
            continue
        if rng.random() < 0.5:
            result = (
                f"{with_capital(many_a)}: {', '.join(a)}\n{with_capital(many_b)}: {', '.join(b)}"
                if rng.random() < 0.5
                else f"{with_capital(listed(a))} are {many_a}, {listed(b)} are {many_b}."
            )
            yield Item(
                pick(
                    rng,
                    f"sort the words into {many_a} and {many_b}|make two groups, {many_a} and {many_b}|"
                    f"divide the words into {many_a} and {many_b}",
                ),
                ", ".join(row),
                result,
                own=True,
            )
        else:
            yield Item(
                pick(
                    rng, f"find the {many_a}|which of these are {many_a}?|pick out the {many_a}|keep only the {many_a}"
                ),
                ", ".join(row),
                ", ".join(a),
                f"The {many_a} are {listed(a)}.",
                own=True,
            )


def _odd_one(rng: random.Random) -> Iterator[Item]:
    why = rng.random() < 0.6
    while True:
        kind, other = rng.sample(DIFFERENT_KINDS, 2)
        if rng.random() < 0.35:
            close = [near for near in _SEEN[kind] if near != kind]
            other = rng.choice(close) if close and kind not in {"tool", "kitchen item", "room", "building"} else other
        members = rng.sample(MEMBERS[kind][1], min(3, len(MEMBERS[kind][1])))
        odd = rng.choice(MEMBERS[other][1])
        row = [*members, odd]
        rng.shuffle(row)
        ask = pick(
            rng,
            "find the odd one out|Which word does not belong?|Which one does not fit in with the others?|"
            "find the word that is of another kind|name the word that does not fit|"
            "cross out the word that does not belong|Which is the odd one out?",
        )
        subject = with_capital(_definite(odd, other))
        said = pick(
            rng, f"The odd one out is {_definite(odd, other)}.|{subject} does not belong.|{subject} does not fit."
        )
        if why:
            said = (
                f"{said[:-1]}, because it is {kind_with_article(other)} and the others are {MEMBERS[kind][0]}."
                if rng.random() < 0.5
                else f"{said} It is {kind_with_article(other)}; the others are {MEMBERS[kind][0]}."
            )
        yield Item(ask, ", ".join(row), odd, said)


def _group_name(rng: random.Random) -> Iterator[Item]:
    while True:
        kind = rng.choice(DIFFERENT_KINDS)
        many, members = MEMBERS[kind]
        row = rng.sample(members, min(len(members), rng.choice([2, 3, 3, 4])))
        ask = pick(
            rng,
            "find one word for all of them|give the group a name|What are these things?|"
            "What do these have in common?|name the kind to which all of them belong",
        )
        said = pick(rng, f"{with_capital(listed(row))} are {many}.|They are all {many}.|These are {many}.")
        yield Item(ask, ", ".join(row), many, said)


def _examples(rng: random.Random) -> Iterator[Item]:
    while True:
        kind = rng.choice(DIFFERENT_KINDS)
        many, members = MEMBERS[kind]
        count = rng.choice([2, 3, 3, 4, 5])
        if len(members) < count:
            continue
        row = [
            _definite(member, kind) if kind in {"musical instrument", "part of the body"} else _named(member, kind)
            for member in rng.sample(members, count)
        ]
        number = number_in_words(count)
        ask = pick(
            rng,
            f"name {number} {many}|list {number} {many}|give {number} examples of {many}|"
            f"write down {number} {many}|think of {number} {many}",
        )
        said = pick(
            rng,
            f"{with_capital(number)} {many} are {listed(row)}.|Examples of {many} are {listed(row)}.|"
            f"{with_capital(listed(row))} are {many}.",
        )
        yield Item(ask, "", ", ".join(row), said, own=True)


def _true_kind(rng: random.Random) -> Iterator[Item]:
    while True:
        kind, other = rng.sample(DIFFERENT_KINDS, 2)
        member = rng.choice(MEMBERS[kind][1])
        asked = kind if rng.random() < 0.5 else other
        ask = pick(
            rng,
            f"Is {_named(member, kind)} {kind_with_article(asked)}?|"
            f"True or false: {_named(member, kind)} is {kind_with_article(asked)}.|"
            f"Is it right that {_named(member, kind)} is {kind_with_article(asked)}?",
        )
        yes = asked == kind
        word = ("True" if yes else "False") if ask.startswith("True") else ("Yes" if yes else "No")
        yield Item(
            ask,
            "",
            f"{word}.",
            f"{word}, {_named(member, kind)} is {kind_with_article(kind)}"
            + ("." if yes else f", not {kind_with_article(asked)}."),
            own=True,
        )


def _told(rng: random.Random) -> str:
    """Sentences about some things and their kinds."""
    kind, other = rng.sample(DIFFERENT_KINDS, 2)
    many, members = MEMBERS[kind]
    row = rng.sample(members, min(3, len(members)))
    odd = rng.choice(MEMBERS[other][1])
    return pick(
        rng,
        f"{with_capital(listed(row))} are {many}. {with_capital(odd)} is not one of them: it is "
        f"{kind_with_article(other)}.|"
        f"{with_capital(_named(row[0], kind))} is {kind_with_article(kind)}. So is {_named(row[1], kind)}. "
        f"But {_named(odd, other)} is {kind_with_article(other)}.|"
        f"There are many {many}: {', '.join(row)} and others.|"
        f"{with_capital(_named(odd, other))} is {kind_with_article(other)}, {_named(row[0], kind)} is "
        f"{kind_with_article(kind)}.|"
        f"Which of these are {many}: {', '.join([*row[:2], odd])}? {with_capital(listed(row[:2]))} are; "
        f"{_named(odd, other)} is {kind_with_article(other)}.",
    )


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_kind, 10),
    (_choose_kind, 14),
    (_sorted_out, 12),
    (_odd_one, 16),
    (_group_name, 8),
    (_examples, 10),
    (_true_kind, 14),
)
