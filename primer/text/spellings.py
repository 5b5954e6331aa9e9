"""Text about how words are written and sound: spelling, contractions, rhymes, compounds, "a" and "an"."""

import random
from collections.abc import Iterator
from functools import lru_cache

from primer.text.layouts import Exchange, statements_and_exchanges
from primer.text.lexicon import article, capitalized, read_lines
from primer.text.word_forms import nouns

_CONTRACTIONS = {
    "do not": "don't", "does not": "doesn't", "did not": "didn't", "is not": "isn't", "are not": "aren't",
    "was not": "wasn't", "were not": "weren't", "has not": "hasn't", "have not": "haven't", "had not": "hadn't",
    "cannot": "can't", "could not": "couldn't", "should not": "shouldn't", "would not": "wouldn't", "will not": "won't",
    "must not": "mustn't", "need not": "needn't", "I am": "I'm", "you are": "you're", "we are": "we're",
    "they are": "they're", "he is": "he's", "she is": "she's", "it is": "it's", "that is": "that's", "who is": "who's",
    "there is": "there's", "what is": "what's", "I have": "I've", "you have": "you've", "we have": "we've",
    "they have": "they've", "I will": "I'll", "you will": "you'll", "he will": "he'll", "she will": "she'll",
    "we will": "we'll", "they will": "they'll", "it will": "it'll", "I would": "I'd", "you would": "you'd",
    "he would": "he'd", "she would": "she'd", "we would": "we'd", "they would": "they'd", "let us": "let's",
    "where is": "where's", "here is": "here's", "how is": "how's",
}  # fmt: skip
_ENDINGS = {
    "not": ("{} know the answer", "{} go to school today", "{} want any more soup"),
    "be": ("{} very tired", "{} ready to go", "{} late again", "{} happy to help"),
    "have": ("{} seen that film", "{} finished the work", "{} been here before"),
    "will": ("{} call tomorrow", "{} come at six o'clock", "{} bring some bread later"),
    "would": ("{} like some tea", "{} rather stay at home"),
}


@lru_cache
def _spellings() -> tuple[tuple[str, str], ...]:
    """Right and wrong spellings."""
    found = []
    for line in read_lines("spelling.txt"):
        right, wrong = line.split(": ")
        found += [(right, one) for one in wrong.split()]
    return tuple(found)


@lru_cache
def _rhymes() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(line.split()) for line in read_lines("rhymes.txt") if len(line.split()) > 1)


@lru_cache
def _compounds() -> tuple[tuple[str, str], ...]:
    pairs = " ".join(read_lines("compounds.txt")).split()
    return tuple((pair.split("+")[0], pair.split("+")[1]) for pair in pairs)


def _letters(word: str) -> str:
    return "-".join(word.lower())


def _state_spelling(rng: random.Random) -> str:
    right, wrong = rng.choice(_spellings())
    return rng.choice(
        (
            f"It is '{right}', not '{wrong}'.",
            f"The right spelling is '{right}'.",
            f"{wrong} -> {right}",
            f"'{wrong}' is misspelled; write '{right}'.",
            f"{capitalized(right)} is spelled {_letters(right)}.",
            f"Many people write '{wrong}', but the word is '{right}'.",
        )
    )


def _ask_spelling(rng: random.Random) -> Exchange:
    right, wrong = rng.choice(_spellings())
    two = [right, wrong]
    rng.shuffle(two)
    answer = rng.choice(
        (
            f"The right spelling is '{right}'.",
            f"'{capitalized(right)}' is right.",
            f"The correct spelling is '{right}'.",
            f"It is spelled '{right}'.",
            right,
        )
    )
    chosen = rng.random()
    if chosen < 0.4:
        return Exchange(
            rng.choice(
                (
                    f"Which is right: '{two[0]}' or '{two[1]}'?",
                    f"Is it spelled '{two[0]}' or '{two[1]}'?",
                    f"Choose the right spelling: '{two[0]}' or '{two[1]}'.",
                    f"'{two[0]}' or '{two[1]}'?",
                )
            ),
            "",
            answer,
        )
    if chosen < 0.7:
        return Exchange(
            rng.choice(
                (
                    "Spell this word correctly.",
                    "This word is misspelled. Correct it.",
                    "Write it without the mistake.",
                    "What is the right spelling?",
                )
            ),
            wrong,
            answer,
        )
    if chosen < 0.85:
        words = [noun for noun, _ in rng.sample(nouns(), 3)]
        row = [*words, wrong]
        rng.shuffle(row)
        return Exchange(
            rng.choice(("Which word is misspelled?", "Find the spelling mistake.")),
            ", ".join(row),
            rng.choice(
                (
                    f"'{capitalized(wrong)}' is misspelled. It should be '{right}'.",
                    f"The mistake is '{wrong}'; '{right}' is right.",
                )
            ),
        )
    return Exchange(
        rng.choice((f"How do you spell '{right}'?", f"Spell '{right}'.")),
        "",
        f"'{capitalized(right)}' is spelled {_letters(right)}.",
    )


def _state_contraction(rng: random.Random) -> str:
    full, short = rng.choice(tuple(_CONTRACTIONS.items()))
    return rng.choice(
        (
            f"'{capitalized(short)}' is short for '{full}'.",
            f"'{short}' stands for '{full}'.",
            f"{full} = {short}",
            f"The contraction of '{full}' is '{short}'.",
            f"Instead of '{full}' people often say '{short}'.",
        )
    )


def _ask_contraction(rng: random.Random) -> Exchange:
    full, short = rng.choice(tuple(_CONTRACTIONS.items()))
    chosen = rng.random()
    if chosen < 0.45:
        last = full.split()[-1] if full != "cannot" else "not"
        group = {"not": "not", "have": "have", "will": "will", "would": "would"}.get(last, "be")
        if group != "not" and full.split()[0] in ("I", "you", "he", "she", "we", "they", "it"):
            end = rng.choice(_ENDINGS[group])
            long, brief = capitalized(end.format(full)) + ".", capitalized(end.format(short)) + "."
        elif full in ("do not", "did not", "cannot", "could not", "should not", "would not", "will not", "must not"):
            end = rng.choice(
                ("I {} know the answer", "They {} go to school today", "We {} wait any longer", "You {} open that door")
            )
            long, brief = end.format(full) + ".", end.format(short) + "."
        elif full in ("is not", "was not", "has not", "does not", "had not"):
            verb = {"is": "ready", "was": "ready", "has": "arrived", "does": "work", "had": "arrived"}[full.split()[0]]
            thing = rng.choice("soup bus letter radio train clock".split())
            long, brief = f"The {thing} {full} {verb}.", f"The {thing} {short} {verb}."
        else:
            thing = rng.choice("children shops letters trains".split())
            long, brief = f"The {thing} are not here.", f"The {thing} aren't here."
        if rng.random() < 0.5:
            return Exchange(
                rng.choice(
                    (
                        "Write this without the short form.",
                        "Replace the contraction by its full form.",
                        "Spell out the contraction.",
                    )
                ),
                brief,
                long,
            )
        return Exchange(
            rng.choice(("Use a contraction.", "Shorten this with a contraction.", "Write the short form.")), long, brief
        )
    if chosen < 0.75:
        task = rng.choice(
            (
                f"What is '{short}' short for?",
                f"Write '{short}' in full.",
                f"What is the full form of '{short}'?",
                f"Expand '{short}'.",
                f"Which words are in '{short}'?",
            )
        )
        return Exchange(
            task,
            "",
            rng.choice(
                (
                    f"'{capitalized(short)}' stands for '{full}'.",
                    f"The full form of '{short}' is '{full}'.",
                    f"'{capitalized(short)}' is short for '{full}'.",
                    full,
                )
            ),
        )
    task = rng.choice(
        (
            f"What is the contraction of '{full}'?",
            f"How do you shorten '{full}'?",
            f"Give the short form of '{full}'.",
            f"Contract '{full}'.",
        )
    )
    return Exchange(
        task,
        "",
        rng.choice((f"The contraction of '{full}' is '{short}'.", f"The short form of '{full}' is '{short}'.", short)),
    )


def _state_sound(rng: random.Random) -> str:
    if rng.random() < 0.5:
        words = rng.choice(_rhymes())
        first, second = rng.sample(words, 2)
        return rng.choice(
            (
                f"'{capitalized(first)}' rhymes with '{second}'.",
                f"'{first}' and '{second}' rhyme.",
                f"Words that rhyme: {', '.join(words)}.",
                f"{first} - {second}",
            )
        )
    first, second = rng.choice(_compounds())
    whole = first + second
    return rng.choice(
        (
            f"'{first}' and '{second}' make '{whole}'.",
            f"{first} + {second} = {whole}",
            f"The compound '{whole}' is made of '{first}' and '{second}'.",
            f"'{capitalized(whole)}' is a compound word.",
        )
    )


def _ask_sound(rng: random.Random) -> Exchange:
    q = rng.choice("'\"")
    if rng.random() < 0.5:
        words = rng.choice(_rhymes())
        first, second = rng.sample(words, 2)
        if rng.random() < 0.25:
            other = rng.choice([group for group in _rhymes() if not set(group) & set(words)])[0]
            return Exchange(
                f"Does {q}{first}{q} rhyme with {q}{other}{q}?",
                "",
                f"No, {q}{first}{q} and {q}{other}{q} do not rhyme.",
            )
        if rng.random() < 0.2:
            return Exchange(
                f"Does {q}{first}{q} rhyme with {q}{second}{q}?", "", f"Yes, {q}{first}{q} and {q}{second}{q} rhyme."
            )
        task = rng.choice(
            (
                f"Which word rhymes with {q}{first}{q}?",
                f"Find a rhyme for {q}{first}{q}.",
                f"What rhymes with {q}{first}{q}?",
                f"Name a word that rhymes with {q}{first}{q}.",
                f"Think of a rhyme for {q}{first}{q}.",
            )
        )
        return Exchange(
            task,
            "",
            rng.choice(
                (
                    f"{q}{capitalized(second)}{q} rhymes with {q}{first}{q}.",
                    f"A word that rhymes with {q}{first}{q} is {q}{second}{q}.",
                    second,
                )
            ),
        )
    first, second = rng.choice(_compounds())
    whole = first + second
    chosen = rng.random()
    if chosen < 0.4:
        return Exchange(
            rng.choice(
                ("Make one word of these two.", "Which compound do these words make?", "Put the words together.")
            ),
            rng.choice((f"{first}, {second}", f"{first} + {second}", f"{first} {second}")),
            rng.choice((f"The compound word is {q}{whole}{q}.", f"Together they make {q}{whole}{q}.", whole)),
        )
    if chosen < 0.7:
        return Exchange(
            rng.choice((f"Which two words make {q}{whole}{q}?", f"Split {q}{whole}{q} into its parts.")),
            "",
            f"{q}{capitalized(whole)}{q} is made of {q}{first}{q} and {q}{second}{q}.",
        )
    same = [a + b for a, b in _compounds() if a == first]
    listing = f"{q}{same[0]}{q}" if len(same) == 1 else " and ".join(f"{q}{word}{q}" for word in rng.sample(same, 2))
    return Exchange(
        rng.choice((f"Name a compound that begins with {q}{first}{q}.", f"Which compounds begin with {q}{first}{q}?")),
        "",
        f"{listing} {'begins' if len(same) == 1 else 'begin'} with {q}{first}{q}.",
    )


def _ask_article(rng: random.Random) -> Exchange:
    noun = rng.choice(nouns())[0]
    if rng.random() < 0.2:
        noun = rng.choice(
            "hour university uniform heir honest-man umbrella unit useful-tool egg European idea ear onion".split()
        ).replace("-", " ")
    right = article(noun)
    wrong = "a" if right == "an" else "an"
    two = [f"{right} {noun}", f"{wrong} {noun}"]
    rng.shuffle(two)
    if rng.random() < 0.5:
        return Exchange(
            rng.choice((f"Is it '{two[0]}' or '{two[1]}'?", f"Which is right, '{two[0]}' or '{two[1]}'?")),
            "",
            rng.choice(
                (f"It is '{right} {noun}'.", f"'{capitalized(right)} {noun}' is right.", f"You say '{right} {noun}'.")
            ),
        )
    gap = rng.choice(("___", "____"))
    sentence = rng.choice(
        ("She saw {} there.", "It is {}.", "He needs {}.", "There is {} in this picture.", "We found {} in the garden.")
    )
    return Exchange(
        rng.choice(
            (
                "Put 'a' or 'an' in the gap.",
                "'A' or 'an'? Complete the sentence.",
                "Fill in the right article, 'a' or 'an'.",
            )
        ),
        sentence.format(f"{gap} {noun}"),
        sentence.format(f"{right} {noun}"),
    )


def write_spellings(rng: random.Random) -> Iterator[str]:
    def state(r: random.Random) -> str:
        return r.choice((_state_spelling, _state_contraction, _state_sound))(r)

    def ask(r: random.Random) -> Exchange:
        return r.choice((_ask_spelling, _ask_contraction, _ask_sound, _ask_article))(r)

    return statements_and_exchanges(rng, state, ask)
