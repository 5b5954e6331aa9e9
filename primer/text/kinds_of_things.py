"""Text about kinds of things: what is what, lists, and the one that doesn't belong."""

import random
from collections.abc import Iterator
from functools import lru_cache

from primer.text.layouts import Exchange, statements_and_exchanges
from primer.text.lexicon import Kind, article, capitalized, kinds, wordnet
from primer.text.word_forms import nouns

# Kinds that share no thing, so that a word of one of them never belongs to another.
_APART = frozenset(
    "mammal bird reptile insect fruit vegetable tree flower color shape metal sport drink meal building profession "
    "season month planet river language feeling fabric gemstone vehicle tool".split()
) | {
    "musical instrument", "piece of furniture", "piece of clothing", "part of the body", "family member",
    "day of the week", "country in Europe", "country in Asia", "country in Africa", "country in South America",
    "city in Europe", "city in Asia", "unit of length", "unit of time", "ocean", "fish",
}  # fmt: skip
_NUMBERS = "zero one two three four five six".split()


@lru_cache
def _apart() -> tuple[Kind, ...]:
    """The kinds of `_APART`, without words that stand in several lists."""
    chosen = [kind for kind in kinds() if kind.name in _APART]
    listed = [word.lower() for kind in kinds() for word in kind.members]
    unique = [Kind(k.name, k.plural, tuple(w for w in k.members if listed.count(w.lower()) <= 2)) for k in chosen]
    return tuple(kind for kind in unique if len(kind.members) > 3)


@lru_cache
def _things() -> tuple[tuple[str, str], ...]:
    """A thing with its article, and its kind with its article."""
    found = []
    for kind in kinds():
        if kind.name not in ("even number", "odd number", "vowel"):
            for word in kind.members:
                bare = not word.islower() or kind.name in ("gas", "sport", "feeling", "color", "metal", "drink", "meal")
                thing = word if bare or _is_mass(kind) else f"{article(word)} {word}"
                found.append((thing, f"{article(kind.name)} {kind.name}"))
    listed = [
        (f"{article(entry.word)} {entry.word}", f"{article(entry.kind)} {entry.kind}")
        for entry in wordnet()
        if entry.part == "n" and entry.kind and entry.meaning.startswith(("a ", "an ", "someone "))
    ]
    return tuple(5 * found + listed)


def _is_mass(kind: Kind) -> bool:
    return kind.plural.startswith(("kinds", "dairy")) or kind.name in (
        "spice", "herb", "grain", "dairy product", "fabric", "school subject", "sense", "season", "month", "art",
        "dance", "crime", "language", "game",
    )  # fmt: skip


def _listing(words: list[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _several(kind: Kind, words: list[str]) -> list[str]:
    """The words in the plural, if things of the kind can be counted."""
    if _is_mass(kind) or kind.name in (
        "color",
        "metal",
        "gas",
        "sport",
        "drink",
        "feeling",
        "fish",
        "even number",
        "odd number",
    ):
        return words
    plurals = dict(nouns())
    return [plurals.get(word, word) for word in words]


def _state_kind(rng: random.Random) -> str:
    if rng.random() < 0.55:
        thing, kind = rng.choice(_things())
        return rng.choice((f"{capitalized(thing)} is {kind}.", f"{capitalized(thing)} is {kind}.", f"{thing}: {kind}"))
    chosen = rng.choice(kinds())
    count = min(rng.randint(3, 6), len(chosen.members))
    words = rng.sample(chosen.members, count)
    listing = _listing(words)
    if rng.random() < 0.15 and chosen.name in _APART:
        other = rng.choice([kind for kind in _apart() if kind.name != chosen.name])
        return f"{capitalized(listing)} are {chosen.plural}; {rng.choice(other.members)} is not."
    return rng.choice(
        (
            f"{capitalized(listing)} are {chosen.plural}.", f"{capitalized(chosen.plural)}: {', '.join(words)}.",
            f"Some {chosen.plural} are {listing}.", f"{capitalized(chosen.plural)} include {listing}.",
            f"There are many {chosen.plural}, such as {listing}.", f"{chosen.name}: {words[0]}, {words[1]}, {words[2]}",
        )
    )  # fmt: skip


def _ask_odd(rng: random.Random) -> Exchange:
    base, other = rng.sample(_apart(), 2)
    odd = rng.choice(other.members)
    words = [*rng.sample(base.members, 3), odd]
    rng.shuffle(words)
    name = capitalized(odd)
    one = f"{article(other.name)} {other.name}"
    answer = rng.choice(
        (
            f"{name} does not belong, because it is {one} and the others are {base.plural}.",
            f"{name} does not belong. It is {one}; the others are {base.plural}.",
            f"The odd one out is {odd}, because the others are {base.plural}.",
            f"{name}. The rest are {base.plural}.",
            f"{name} is {one}, while the others are {base.plural}.", name,
        )
    )  # fmt: skip
    task = rng.choice(
        (
            "Which one is different?", "Which word is the odd one out?", "Find the word that doesn't fit.",
            "Which of these does not belong with the others?", "One of these words is out of place. Which?",
            "Say which word doesn't belong.", "What does not fit in this list?", "Cross out the word that is wrong.",
        )
    )  # fmt: skip
    return Exchange(task, ", ".join(words), answer)


def _ask_list(rng: random.Random) -> Exchange:
    chosen = rng.choice([kind for kind in kinds() if len(kind.members) >= 5])
    count = rng.randint(2, 5)
    number = _NUMBERS[count]
    words = _several(chosen, rng.sample(chosen.members, count))
    listing = _listing(words)
    answer = rng.choice(
        (
            f"{capitalized(number)} {chosen.plural} are {listing}.",
            f"{capitalized(number)} {chosen.plural} are {listing}.",
            f"{capitalized(listing)} are {chosen.plural}.", f"{capitalized(listing)}.",
        )
    )  # fmt: skip
    task = rng.choice(
        (
            f"Give {number} examples of {chosen.plural}.",
            f"List {number} {chosen.plural}.",
            f"Tell me {number} {chosen.plural}.",
            f"Can you name {number} {chosen.plural}?",
            f"What are {number} {chosen.plural}?",
            f"Write down {number} {chosen.plural}.",
            f"I need the names of {number} {chosen.plural}.",
            f"Name {number} {chosen.plural}.",
            f"Think of {number} {chosen.plural}.",
        )
    )
    return Exchange(task, "", answer)


def _ask_kind(rng: random.Random) -> Exchange:
    if rng.random() < 0.3:
        group = rng.choice([kind for kind in kinds() if len(kind.members) >= 4])
        words = rng.sample(group.members, rng.randint(3, 4))
        task = rng.choice(
            (
                "What are all of these?",
                "What do these words have in common?",
                "Find one name for the group.",
                "Which kind of thing are they?",
            )
        )
        return Exchange(
            task,
            ", ".join(words),
            rng.choice(
                (f"They are all {group.plural}.", f"These are {group.plural}.", f"All of them are {group.plural}.")
            ),
        )
    if rng.random() < 0.3:
        base, other = rng.sample(_apart(), 2)
        word = rng.choice(base.members)
        if rng.random() < 0.4:
            return Exchange(
                f"Is {word} {article(base.name)} {base.name}?", "", f"Yes, {word} is {article(base.name)} {base.name}."
            )
        return Exchange(
            f"Is {word} {article(other.name)} {other.name}?", "",
            f"No, {word} is {article(base.name)} {base.name}.",
        )  # fmt: skip
    thing, kind = rng.choice(_things())
    answer = rng.choice((f"{capitalized(thing)} is {kind}.", f"{capitalized(thing)} is {kind}.", f"It is {kind}."))
    if rng.random() < 0.3:
        word = thing.split(" ", 1)[-1] if thing.startswith(("a ", "an ")) else thing
        return Exchange(rng.choice(("What kind of thing is this?", "Name the kind.", "Classify it.")), word, answer)
    return Exchange(
        rng.choice((f"What kind of thing is {thing}?", f"What is {thing}?", f"What sort of thing is {thing}?")),
        "",
        answer,
    )


def write_kinds(rng: random.Random) -> Iterator[str]:
    def ask(r: random.Random) -> Exchange:
        return r.choice((_ask_odd, _ask_list, _ask_kind))(r)

    return statements_and_exchanges(rng, _state_kind, ask)
