"""Text about the words of a sentence: what part of speech they are, how they are spelled, what they are made of."""

import random
from collections.abc import Iterator

from primer.text import materials, slots
from primer.text.english_forms import listed, number_in_words, ordinal_word, with_article, with_capital
from primer.text.materials import pick
from primer.text.scenes import THINGS
from primer.text.task_layouts import Item, Maker, documents

_ADVERBS = tuple(
    "slowly quickly quietly loudly carefully happily sadly gently suddenly often always never rarely "
    "politely proudly bravely calmly neatly safely".split()
)
_VERBS = tuple(
    "paints carries finds sees wants needs loves follows brings cleans repairs holds hides buys sells "
    "draws drops keeps".split()
)
_BARE_VERBS = tuple(
    "paint carry sing write bring forget arrive explain decide follow choose listen repair borrow "
    "whisper destroy believe remember".split()
)
_NOUNS = tuple(
    "window garden hammer teacher river bottle castle engine island kitchen pencil doctor village "
    "ladder butter mirror ocean shoulder".split()
)
_ADJECTIVES = tuple(
    "happy tall narrow lazy careful expensive gentle hungry wooden honest strange noisy polite empty "
    "curious famous heavy friendly".split()
)
_COMPOUNDS = tuple(
    pair.split("+")
    for pair in (
        "sun+flower rain+coat snow+man tooth+brush book+shelf foot+print class+room bath+tub moon+light "
        "hand+bag tea+pot earth+quake fire+place key+board note+book week+end grand+mother sea+shell "
        "door+bell eye+brow finger+nail green+house home+work lip+stick mail+box pan+cake pop+corn "
        "rail+road sand+castle star+fish straw+berry tooth+paste wheel+chair wind+mill black+bird bed+side news+paper "
        "lady+bug honey+moon drum+stick candle+light court+yard day+dream ear+ring farm+house gold+fish "
        "hair+cut jelly+fish lunch+box night+mare oat+meal pine+apple rain+bow river+bank sail+boat "
        "shoe+lace snow+ball tea+spoon under+ground water+melon"
    ).split()
)
_PARTS = {"noun": "nouns", "verb": "verbs", "adjective": "adjectives", "adverb": "adverbs"}


def write_marked_words(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which words are picked out of sentences, spelled and taken apart."""
    yield from documents(MAKERS, rng)


def _tagged(rng: random.Random) -> list[tuple[str, str]]:
    """A sentence as words with their parts of speech: "The old baker slowly opens a heavy window"."""
    kind = rng.choice(["thing", "clothes", "tool", "furniture", "instrument", "art"])
    nouns, adjectives = THINGS[kind]
    thing, like = rng.choice(nouns.split(",")), rng.choice(adjectives.split(","))
    words = [
        ("the", "article"),
        (rng.choice(["old", "young", "tall", "tired", "clever", "kind", "brave"]), "adjective"),
        (rng.choice(slots.JOBS), "noun"),
    ]
    if rng.random() < 0.3:
        words = [(rng.choice(materials.NAMES), "name")]
    if rng.random() < 0.5:
        words.append((rng.choice(_ADVERBS), "adverb"))
    words.append((rng.choice(_VERBS), "verb"))
    if rng.random() < 0.5:
        words += [("the", "article"), (like, "adjective"), (thing, "noun")]
    else:
        words += [(with_article(thing).split()[0], "article"), (thing, "noun")]
    if rng.random() < 0.4:
        words += [
            ("in", "preposition"),
            ("the", "article"),
            (rng.choice(["garden", "kitchen", "street", "hall", "evening", "village", "park"]), "noun"),
        ]
    return words


def _sentence(words: list[tuple[str, str]]) -> str:
    return with_capital(" ".join(word for word, _ in words)) + "."


def _find_part(rng: random.Random) -> Iterator[Item]:
    part = pick(rng, "noun|verb|adjective|adverb|noun|adjective|name|preposition")
    while True:
        words = _tagged(rng)
        found = [word for word, kind in words if kind == part]
        if not found:
            continue
        many = len(found) > 1
        what = f"{part}s" if many else part
        ask = pick(
            rng,
            f"find the {what} in the sentence|name the {what}|"
            f"Which {'words are' if many else 'word is'} {'' if many else 'the '}{what} here?|"
            f"write down the {what} of the sentence|pick out the {what}|underline the {what}",
        )
        quoted = listed([f'"{word}"' for word in found])
        said = pick(
            rng, f"The {what} {'are' if many else 'is'} {quoted}.|{quoted} {'are' if many else 'is'} the {what}."
        ).replace('""', '"')
        yield Item(ask, _sentence(words), ", ".join(found), with_capital(said), own=True)


def _which_part(rng: random.Random) -> Iterator[Item]:
    while True:
        words = [pair for pair in _tagged(rng) if True]
        word, part = rng.choice([pair for pair in words if pair[1] != "name"])
        if sum(other == word for other, _ in words) > 1 and part != "article":
            continue
        ask = pick(
            rng,
            f'What part of speech is "{word}"?|say what kind of word "{word}" is|'
            f'What kind of word is "{word}" in this sentence?',
        )
        yield Item(
            ask,
            _sentence(words),
            part,
            f'"{with_capital(word)}" is {with_article(part)}.'
            if rng.random() < 0.5
            else f'The word "{word}" is {with_article(part)}.',
            own=True,
        )


def _all_parts(rng: random.Random) -> Iterator[Item]:
    """Single words with their parts of speech."""
    pools = {"noun": _NOUNS, "verb": _BARE_VERBS, "adjective": _ADJECTIVES, "adverb": _ADVERBS}
    one = rng.random() < 0.5
    while True:
        chosen = [rng.choice(list(pools)) for _ in range(1 if one else rng.choice([2, 3, 4]))]
        words = [rng.choice(pools[part]) for part in chosen]
        if len(set(words)) < len(words):
            continue
        ask = rng.choice(
            [
                "say whether it is a noun, a verb, an adjective or an adverb",
                "name the part of speech",
                "classify the word by its part of speech",
            ]
            if one
            else [
                "name the part of speech of each word",
                "say of each word what part of speech it is",
                "label the words: noun, verb, adjective or adverb",
            ]
        )
        told = [f"{word} is {with_article(part)}" for word, part in zip(words, chosen, strict=True)]
        said = f"{with_capital(listed(told))}."
        yield Item(
            ask,
            ", ".join(words),
            chosen[0] if one else ", ".join(f"{word}: {part}" for word, part in zip(words, chosen, strict=True)),
            said,
        )


def _sort_parts(rng: random.Random) -> Iterator[Item]:
    pools = {"noun": _NOUNS, "verb": _BARE_VERBS, "adjective": _ADJECTIVES, "adverb": _ADVERBS}
    while True:
        part, other = rng.sample(list(pools), 2)
        yes, no = rng.sample(pools[part], rng.choice([1, 2, 2])), rng.sample(pools[other], rng.choice([1, 2, 3]))
        row = rng.sample([*yes, *no], len(yes) + len(no))
        found = [word for word in row if word in yes]
        what = _PARTS[part] if len(found) > 1 else part
        yield Item(
            pick(
                rng,
                f"find the {what}|Which {'of these are' if len(found) > 1 else 'one is the'} {what}?|"
                f"pick out the {what}",
            ),
            ", ".join(row),
            ", ".join(found),
            f"The {what} {'are' if len(found) > 1 else 'is'} {listed(found)}.",
            own=True,
        )


def _letters(rng: random.Random) -> Iterator[Item]:
    kind = pick(rng, "spell|count|first|last|nth|vowels|backwards|upper|lower|starts")
    while True:
        word = (
            rng.choice([*materials.WORDS, materials.made_up_name(rng).lower()])
            if rng.random() < 0.85
            else materials.made_up_name(rng).lower()
        )
        own = False
        match kind:
            case "spell":
                ask, result = (
                    pick(rng, "spell the word|write the letters one by one|spell it letter by letter"),
                    "-".join(word),
                )
                said = f"{word} is spelled {', '.join(word)}."
            case "count":
                ask, result = (
                    pick(rng, "How many letters has this word?|count the letters|How many letters are in the word?"),
                    str(len(word)),
                )
                said = f'The word "{word}" has {number_in_words(len(word))} letters.'
            case "first" | "last":
                ask, result = (
                    rng.choice([f"What is the {kind} letter?", f"name the {kind} letter of the word"]),
                    word[0 if kind == "first" else -1],
                )
                said = f'The {kind} letter of "{word}" is {result}.'
            case "nth":
                at = rng.randrange(len(word))
                ask, result, own = f"What is the {ordinal_word(at + 1)} letter?", word[at], True
                said = f'The {ordinal_word(at + 1)} letter of "{word}" is {result}.'
            case "vowels":
                vowels = [letter for letter in word if letter in "aeiou"]
                if not vowels:
                    continue
                ask, result = (
                    pick(rng, "write down the vowels of the word|Which of a, e, i, o and u does the word have?"),
                    ", ".join(dict.fromkeys(vowels)),
                )
                are = "is" if len(set(vowels)) == 1 else "are"
                said = f'In "{word}" there {are} {listed(list(dict.fromkeys(vowels)))}.'
                if "vowels of" in ask:
                    result = ", ".join(vowels)
                    said = result
            case "backwards":
                ask, result, said = (
                    rng.choice(["write the word backwards", "spell it from the end to the beginning"]),
                    word[::-1],
                    f'"{word}" backwards is "{word[::-1]}".',
                )
            case "upper" | "lower":
                many = "upper" == kind
                ask = rng.choice(
                    ["write it in capital letters", "write the word in capitals"]
                    if many
                    else ["write it in small letters", "write the word in lower case"]
                )
                word, result = (word, word.upper()) if many else (word.upper(), word)
                said = result
            case _:
                ask, result = (
                    rng.choice(["write the word with a capital letter", "begin the word with a capital"]),
                    with_capital(word),
                )
                said = result
        yield Item(ask, word, result, said, own=own)


def _compound(rng: random.Random) -> Iterator[Item]:
    joined = rng.random() < 0.5
    while True:
        first, second = rng.choice(_COMPOUNDS)
        word = first + second
        if joined:
            yield Item(
                pick(rng, "join the two words|make one word of these two|put the two words together"),
                rng.choice([f"{first} + {second}", f"{first}, {second}", f"{first} and {second}"]),
                word,
                f'The word is "{word}".',
            )
        else:
            yield Item(
                pick(rng, "take the word apart|Of which two words is it made?|name the two words in it"),
                word,
                f"{first} + {second}",
                pick(rng, f'"{word}" is made of "{first}" and "{second}".|The two words are "{first}" and "{second}".'),
            )


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_find_part, 20),
    (_which_part, 10),
    (_all_parts, 10),
    (_sort_parts, 8),
    (_letters, 24),
    (_compound, 8),
)
