"""Text that can only be gone on with by looking back: rows and sentences said again, changed in one place, looked up.

Its words are drawn at random, and half of them are made of random syllables, so nothing is gained by knowing them. This
is what a small model learns last and needs most: an answer often takes its words from the task, and they may be words
that it has hardly seen.
"""

import random
from collections.abc import Iterator
from functools import lru_cache

from primer.text.layouts import NAMES, Exchange, lay_out_exchanges
from primer.text.lexicon import capitalized, wordnet

_ONSETS = (
    "b bl br c ch cl cr d dr f fl fr g gl gr h j k l m n p pl pr qu r s sc sh sk sl sm sn sp st str t th tr v w y z"
).split()
_VOWELS = "a e i o u ai au ea ee ei ia ie oa oo ou ue y".split()
_CODAS = ["", "", "", *"b ck d f g k l ll lm ld m n nd ng nk nt p r rd rk rn rt s ss sh st t th v x z".split()]
_SAY_AGAIN = (
    "Copy the text.", "Repeat this.", "Write it again.", "Say the same once more.", "Copy this line exactly.",
    "Write out the text below.", "Repeat what is written here.", "Give it back word for word.",
    "Copy it without a change.",
)  # fmt: skip


@lru_cache
def _words() -> tuple[str, ...]:
    return tuple(entry.word for entry in wordnet())


def _made_up(rng: random.Random) -> str:
    """A word of one to four random syllables."""
    parts = [rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(rng.choice((1, 2, 2, 2, 3, 3, 4)))]
    return "".join(parts) + rng.choice(_CODAS)


def _any_word(rng: random.Random) -> str:
    """A made-up word, a common one, a name, a number or a code."""
    chosen = rng.random()
    if chosen < 0.45:
        word = _made_up(rng)
        return capitalized(word) if rng.random() < 0.4 else word
    if chosen < 0.75:
        return rng.choice(_words())
    if chosen < 0.85:
        return rng.choice(NAMES)
    if chosen < 0.95:
        return f"{rng.randint(0, 10 ** rng.randint(1, 6)):,}" if rng.random() < 0.5 else str(rng.randint(1000, 2100))
    letters = "".join(rng.choice("ABCDEFGHJKLMNPRSTUVWXYZ") for _ in range(rng.randint(1, 3)))
    return f"{letters}{rng.choice(('-', '', ' '))}{rng.randint(1, 999)}"


def _several(rng: random.Random, count: int) -> list[str]:
    return [_any_word(rng) for _ in range(count)]


def _line(rng: random.Random) -> str:
    """A row of words, a list or something like a sentence."""
    words = _several(rng, rng.choice((1, 2, 3, 4, 5, 6, 8, 10, 14, 20)))
    chosen = rng.random()
    if chosen < 0.4:
        return " ".join(words)
    if chosen < 0.7:
        return ", ".join(words)
    if chosen < 0.9:
        return capitalized(" ".join(words)) + rng.choice(".?!")
    return '"' + " ".join(words) + '"'


def _again(rng: random.Random) -> Exchange:
    line = _line(rng)
    return Exchange(rng.choice(_SAY_AGAIN), line, line)


def _replaced(rng: random.Random) -> Exchange:
    """The same with one word for another, or without it, or with one added."""
    words = list(dict.fromkeys(_several(rng, rng.randint(3, 12))))
    between = rng.choice((" ", ", "))
    place = rng.randrange(len(words))
    old, new = words[place], _any_word(rng)
    row = between.join(words)
    kind = rng.choice(("replace", "replace", "drop", "end", "front"))
    if kind == "replace":
        task = rng.choice((f"Write {new} instead of {old}.", f"Replace {old} by {new}.", f"Change {old} to {new}."))
        words[place] = new
    elif kind == "drop":
        task = rng.choice((f"Leave out {old}.", f"Write it without {old}.", f"Remove {old}."))
        del words[place]
    elif kind == "end":
        task = rng.choice((f"Add {new} at the end.", f"Put {new} behind it."))
        words.append(new)
    else:
        task = rng.choice((f"Add {new} at the beginning.", f"Put {new} before it."))
        words.insert(0, new)
    return Exchange(task, row, between.join(words))


def _neighbor(rng: random.Random) -> Exchange:
    """The word before or after another one, or at a place."""
    words = list(dict.fromkeys(_several(rng, rng.randint(3, 10))))
    if len(words) < 3:
        words += ["one", "more"]
    place = rng.randrange(1, len(words) - 1)
    row = rng.choice((" ", ", ")).join(words)
    found, task = rng.choice(
        (
            (words[place + 1], f"Which word comes after {words[place]}?"),
            (words[place - 1], f"Which word comes before {words[place]}?"),
            (words[0], "What is the first word?"),
            (words[-1], "What is the last word?"),
            (words[1], "What is the second word?"),
        )
    )
    answer = rng.choice((found, f"It is {found}.", f"The word is {found}.", f"'{found}'"))
    return Exchange(task, row, answer)


def _looked_up(rng: random.Random) -> Exchange:
    """What belongs to a key in a table that was just given."""
    count = rng.randint(2, 8)
    keys = list(dict.fromkeys(_several(rng, count)))
    values = _several(rng, len(keys))
    sign = rng.choice((": ", " = ", " - ", " is ", " -> "))
    table = rng.choice(("\n", ", ", "; ")).join(f"{key}{sign}{value}" for key, value in zip(keys, values, strict=True))
    n = rng.randrange(len(keys))
    task = rng.choice(
        (f"What belongs to {keys[n]}?", f"Look up {keys[n]}.", f"And {keys[n]}?", f"What stands beside {keys[n]}?")
    )
    answer = rng.choice((values[n], f"{keys[n]}{sign}{values[n]}", f"{values[n]} belongs to {keys[n]}."))
    return Exchange(task, table, answer)


def _refrain(rng: random.Random) -> str:
    """A few lines that come again, in the same order or another."""
    lines = [_line(rng) for _ in range(rng.choice((1, 1, 2, 3)))]
    between = rng.choice((" ", "\n", "\n\n"))
    again = [line for _ in range(rng.choice((1, 1, 2, 3))) for line in rng.sample(lines, len(lines))]
    return between.join([*lines, *again])


def _told(rng: random.Random) -> str:
    """Some people and places with made-up names, again and again."""
    a, b, place = (capitalized(_made_up(rng)) for _ in range(3))
    thing, other = _made_up(rng), rng.choice(_words())
    sentences = [
        f"{a} lives in {place}.", f"{b} lives in {place}, too.", f"{a} knows {b}.", f"{b} gave {a} a {thing}.",
        f"The {thing} belongs to {a} now.", f"{a} took the {thing} to {place}.", f"{b} asked {a} about the {thing}.",
        f'"Where is the {thing}?" asked {b}.', f'"In {place}," said {a}.', f"A {thing} is a kind of {other}.",
        f"In {place} they call it a {thing}.", f"{a} and {b} left {place} with the {thing}.",
    ]  # fmt: skip
    return " ".join(rng.sample(sentences, rng.randint(3, 8)))


def write_copying(rng: random.Random) -> Iterator[str]:
    """Documents without end."""
    while True:
        chosen = rng.random()
        if chosen < 0.2:
            yield _refrain(rng)
        elif chosen < 0.3:
            yield _told(rng)
        else:
            kinds = (_again, _again, _replaced, _neighbor, _looked_up)
            yield lay_out_exchanges(rng, [rng.choice(kinds)(rng) for _ in range(rng.choice((1, 2, 3, 4)))])
