"""Text about what words mean: definitions, synonyms, opposites, idioms and similes."""

import random
from collections.abc import Iterator
from functools import lru_cache

from primer.text.layouts import Exchange, statements_and_exchanges
from primer.text.lexicon import (
    article,
    capitalized,
    definitions,
    opposites,
    pairs_of,
    read_lines,
    synonym_groups,
    wordnet,
)

_PARTS = {"n": "noun", "v": "verb", "a": "adjective", "r": "adverb"}


def _quote(rng: random.Random) -> str:
    return rng.choice(("'", "'", '"'))


@lru_cache
def _defined() -> tuple[tuple[str, str, str], ...]:
    """Part of speech, the word with "a" or "to" where that belongs, and the meaning: simple ones more often."""
    common = []
    for entry in wordnet():
        lead = {"n": f"{article(entry.word)} ", "v": "to "}.get(entry.part, "")
        meaning = entry.meaning.removeprefix("to ")
        if entry.part == "n" and not meaning.startswith(("a ", "an ", "the ", "any ", "someone ", "something ")):
            lead = ""
        common.append((entry.part, lead + entry.word, f"to {meaning}" if entry.part == "v" else meaning))
    simple = list(definitions())
    return tuple(simple * (len(common) // (2 * len(simple))) + common)


def _bare(word: str) -> str:
    for lead in ("a ", "an ", "to "):
        word = word.removeprefix(lead)
    return word


def _explain(rng: random.Random, part: str, word: str, meaning: str) -> str:
    """A sentence that explains a word."""
    q, bare = _quote(rng), _bare(word)
    forms = [f"{q}{capitalized(bare)}{q} means {meaning}.", f"The word {q}{bare}{q} means {meaning}."]
    if part == "n":
        forms += [f"{capitalized(word)} is {meaning}."] * 3
    elif part == "v":
        forms += [f"{capitalized(word)} is {meaning}.", f"{capitalized(word)} means {meaning}."]
    return rng.choice(forms)


def _state_definition(rng: random.Random) -> str:
    part, word, meaning = rng.choice(_defined())
    bare = _bare(word)
    others = [f"{bare} ({_PARTS[part]}): {meaning}", f"{bare}: {meaning}", f"{capitalized(meaning)}: that is {word}."]
    if part == "n" and meaning.startswith("a person who"):
        others += [f"{capitalized(meaning)} is called {word}."] * 2
    return rng.choice([_explain(rng, part, word, meaning)] * 4 + others)


def _ask_definition(rng: random.Random) -> Exchange:
    part, word, meaning = rng.choice(_defined())
    q, bare = _quote(rng), _bare(word)
    if part == "n" and meaning.startswith("a person who") and rng.random() < 0.4:
        return Exchange(
            rng.choice((f"What do we call {meaning}?", f"What is {meaning} called?", f"Name {meaning}.")),
            "",
            rng.choice(
                (f"{capitalized(meaning)} is called {word}.", f"It is {word}.", f"{capitalized(word)} is {meaning}.")
            ),
        )
    if rng.random() < 0.3:
        task = rng.choice(
            ("Explain this word.", "What does it mean?", "Say what the word means.", "Define it briefly.")
        )
        return Exchange(task, rng.choice((bare, word)), _explain(rng, part, word, meaning))
    task = rng.choice(
        (
            f"What does {q}{bare}{q} mean?",
            f"Explain the word {q}{bare}{q}.",
            f"What is the meaning of {q}{bare}{q}?",
            f"Define {q}{bare}{q}.",
            f"Can you explain {q}{bare}{q} in simple words?",
            f"Tell me what {q}{bare}{q} means.",
            f"Give the meaning of the {_PARTS[part]} {q}{bare}{q}.",
            f"What is meant by {q}{bare}{q}?",
        )
    )
    if part == "n" and word != bare and rng.random() < 0.4:
        task = rng.choice((f"What is {word}?", f"Who or what is {word}?", f"Say in one sentence what {word} is."))
    return Exchange(task, "", _explain(rng, part, word, meaning))


def write_definitions(rng: random.Random) -> Iterator[str]:
    return statements_and_exchanges(rng, _state_definition, _ask_definition)


@lru_cache
def _opposite_pairs() -> tuple[tuple[str, str], ...]:
    """Both ways round."""
    named = [(first, second) for _, first, second in opposites()]
    listed = [(entry.word, entry.antonyms[0]) for entry in wordnet() if entry.antonyms]
    return tuple(3 * (named + [(second, first) for first, second in named]) + listed)


@lru_cache
def _same_meaning() -> tuple[tuple[str, ...], ...]:
    named = [words for _, words in synonym_groups()]
    listed: list[tuple[str, ...]] = [
        (entry.word, entry.synonyms[0]) for entry in wordnet() if entry.synonyms and entry.part in "av"
    ]
    return tuple(8 * named + listed)


def _state_relation(rng: random.Random) -> str:
    if rng.random() < 0.5:
        first, second = rng.choice(_opposite_pairs())
        q = _quote(rng)
        a, b = f"{q}{first}{q}", f"{q}{second}{q}"
        return rng.choice(
            (
                f"The opposite of {a} is {b}.", f"{capitalized(a) if q == '' else a} is the opposite of {b}.",
                f"The antonym of {a} is {b}.", f"{first} - opposite: {second}", f"{first} / {second}",
                f"{a} and {b} are opposites.", f"If something is not {first}, it may be {second}.",
                f"Opposites: {first} and {second}.", f"{b} means the opposite of {a}.",
            )
        )  # fmt: skip
    words = rng.choice(_same_meaning())
    first, second = rng.sample(words, 2)
    q = _quote(rng)
    a, b = f"{q}{first}{q}", f"{q}{second}{q}"
    return rng.choice(
        (
            f"A synonym for {a} is {b}.", f"{a} means nearly the same as {b}.", f"Another word for {a} is {b}.",
            f"{a} and {b} are synonyms.", f"{first}: {', '.join(word for word in words if word != first)}",
            f"Instead of {a} you can also say {b}.", f"Synonyms: {', '.join(words)}.", f"A synonym of {a} is {b}.",
        )
    )  # fmt: skip


def _ask_opposite(rng: random.Random) -> Exchange:
    first, second = rng.choice(_opposite_pairs())
    q = _quote(rng)
    a, b = f"{q}{first}{q}", f"{q}{second}{q}"
    answer = rng.choice(
        (
            f"The opposite of {a} is {b}.", f"{q}{capitalized(second)}{q} is the opposite of {a}.", f"It is {b}.",
            second, f"The antonym of {a} is {b}.", f"{q}{capitalized(second)}{q} means the opposite of {a}.",
        )
    )  # fmt: skip
    chosen = rng.random()
    if chosen < 0.2:
        return Exchange(
            rng.choice(("Give the opposite.", "What is the antonym of this word?", "Say the opposite:")), first, answer
        )
    if chosen < 0.4:
        others = rng.sample(_opposite_pairs(), 3)
        options = [second, *(word for _, word in others if word not in (first, second))]
        rng.shuffle(options)
        task = rng.choice((f"Choose the opposite of {a}.", f"Which of these is the antonym of {a}?"))
        return Exchange(task, ", ".join(options), answer)
    task = rng.choice(
        (
            f"What's the opposite of {a}?", f"Give me the opposite of {a}.", f"Which word means the opposite of {a}?",
            f"Find an antonym for {a}.", f"Tell me an antonym of {a}.", f"Name the opposite of {a}.",
            f"Do you know the antonym of {a}?", f"Write the opposite of {a}.", f"What is the antonym of {a}?",
            f"Please give the antonym of {a}.", f"Say the opposite of {a}.",
        )
    )  # fmt: skip
    return Exchange(task, "", answer)


def _ask_synonym(rng: random.Random) -> Exchange:
    words = rng.choice(_same_meaning())
    first, second = rng.sample(words, 2)
    q = _quote(rng)
    a, b = f"{q}{first}{q}", f"{q}{second}{q}"
    if len(words) > 2 and rng.random() < 0.2:
        two = [f"{q}{word}{q}" for word in words if word != first][:2]
        task = rng.choice(
            (
                f"Give two synonyms for {a}.",
                f"List two words that mean the same as {a}.",
                f"Find two other words for {a}.",
            )
        )
        return Exchange(task, "", f"Two synonyms for {a} are {two[0]} and {two[1]}.")
    answer = rng.choice(
        (
            f"A synonym for {a} is {b}.",
            f"Another word for {a} is {b}.",
            f"{q}{capitalized(second)}{q} means the same as {a}.",
            f"You can say {b}.",
            second,
            f"A synonym of {a} is {b}.",
        )
    )
    chosen = rng.random()
    if chosen < 0.15:
        return Exchange(
            rng.choice(("Give a synonym.", "Find another word for it.", "Which word means the same?")), first, answer
        )
    if chosen < 0.3:
        options = [second, *rng.choice(_opposite_pairs())]
        rng.shuffle(options)
        task = rng.choice((f"Choose the synonym of {a} from the list.", f"Which of these words means the same as {a}?"))
        return (
            Exchange(task, ", ".join(options), answer)
            if len({*options, first}) == 4
            else Exchange(task, second, answer)
        )
    if chosen < 0.4:
        yes = rng.choice((f"Are {a} and {b} synonyms?", f"Do {a} and {b} mean the same?"))
        return Exchange(yes, "", f"Yes, {a} and {b} mean nearly the same.")
    if chosen < 0.45:
        one, other = rng.choice(_opposite_pairs())
        return Exchange(
            f"Is {q}{one}{q} a synonym of {q}{other}{q}?", "", f"No, {q}{one}{q} is the opposite of {q}{other}{q}."
        )
    task = rng.choice(
        (
            f"What is a synonym for {a}?",
            f"Name a synonym of {a}.",
            f"Which word means the same as {a}?",
            f"Can you think of another word for {a}?",
            f"Give another word for {a}.",
            f"What is another way to say {a}?",
            f"Suggest a synonym for {a}.",
            f"I need a synonym for {a}.",
            f"Find a different word for {a}.",
        )
    )
    return Exchange(task, "", answer)


def write_synonyms_and_opposites(rng: random.Random) -> Iterator[str]:
    return statements_and_exchanges(
        rng, _state_relation, lambda r: _ask_opposite(r) if r.random() < 0.5 else _ask_synonym(r)
    )


@lru_cache
def _idioms() -> tuple[tuple[str, str], ...]:
    return tuple(pairs_of("idioms.txt"))


@lru_cache
def _similes() -> tuple[tuple[str, str], ...]:
    """The adjective, and the noun with its article: ("busy", "a bee")."""
    return tuple(
        (line.split(" as ")[0].removeprefix("as "), line.split(" as ", 1)[1]) for line in read_lines("similes.txt")
    )


def _state_saying(rng: random.Random) -> str:
    if rng.random() < 0.5:
        adjective, like = rng.choice(_similes())
        return rng.choice(
            (
                f"As {adjective} as {like}.", f"He was as {adjective} as {like}.", f"It is as {adjective} as {like}.",
                f"People say 'as {adjective} as {like}'.", f'A common simile is "as {adjective} as {like}".',
                f"something very {adjective}: as {adjective} as {like}", f"She is as {adjective} as {like} today.",
            )
        )  # fmt: skip
    idiom, meaning = rng.choice(_idioms())
    return rng.choice(
        (
            f'"{capitalized(idiom)}" means {meaning}.', f"The idiom '{idiom}' means {meaning}.", f"{idiom}: {meaning}",
            f'When people say "{idiom}", they mean {meaning}.', f"{capitalized(meaning)}: people call that '{idiom}'.",
        )
    )  # fmt: skip


def _ask_saying(rng: random.Random) -> Exchange:
    if rng.random() < 0.5:
        adjective, like = rng.choice(_similes())
        gap = rng.choice(("...", "___", "____"))
        lead = like.split(" ")[0]
        start = (
            rng.choice((f"as {adjective} as {lead} {gap}", f"as {adjective} as {gap}"))
            if " " in like
            else f"as {adjective} as {gap}"
        )
        answer = rng.choice(
            (
                f'The comparison is "as {adjective} as {like}".',
                f"as {adjective} as {like}",
                f'It is "as {adjective} as {like}".',
            )
        )
        if rng.random() < 0.5:
            return Exchange(
                rng.choice(("Complete the simile.", "Finish the comparison.", "What comes next?")), start, answer
            )
        task = rng.choice(
            (f'Finish the simile "{start}".', f'How does "{start}" end?', f'What belongs in the gap: "{start}"?')
        )
        return Exchange(task, "", answer)
    idiom, meaning = rng.choice(_idioms())
    answer = rng.choice(
        (f"It means {meaning}.", f'"{capitalized(idiom)}" means {meaning}.', f"The saying means {meaning}.")
    )
    if rng.random() < 0.3:
        return Exchange(
            rng.choice(("What does this saying mean?", "Explain the idiom.", "Say it in plain words.")), idiom, answer
        )
    task = rng.choice(
        (
            f"What is meant by '{idiom}'?",
            f'Explain the expression "{idiom}".',
            f"Someone says '{idiom}'. What do they mean?",
            f"What is the meaning of '{idiom}'?",
            f'What do people mean by "{idiom}"?',
            f"What does '{idiom}' mean?",
        )
    )
    return Exchange(task, "", answer)


def write_sayings(rng: random.Random) -> Iterator[str]:
    return statements_and_exchanges(rng, _state_saying, _ask_saying)
