"""Text about sentences made of given words."""

import random
from collections.abc import Iterator

from primer.text.clause import SIMPLE_TENSES
from primer.text.materials import pick
from primer.text.scenes import random_clause
from primer.text.sentence_changes import uncapitalized
from primer.text.task_layouts import Item, Maker, documents


def write_sentence_building(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which sentences are made of given words."""
    yield from documents(MAKERS, rng)


def _with_word(rng: random.Random) -> Iterator[Item]:
    """A sentence that has a given word, or some."""
    while True:
        clause, tense = random_clause(rng, possessives=False), rng.choice(SIMPLE_TENSES)
        sentence = clause.statement(tense)
        words = [
            word
            for word in (
                clause.object.text.split()[-1] if clause.object else "",
                clause.subject.text.split()[-1],
                clause.finite(tense).split()[-1],
                clause.rest.split()[-1] if clause.rest else "",
            )
            if len(word) > 2
        ]
        chosen = rng.sample(words, min(len(words), rng.choice([1, 1, 1, 2, 2, 3])))
        if rng.random() < 0.6:
            yield Item(
                rng.choice(
                    [
                        "write a sentence with the word" if len(chosen) == 1 else "write a sentence with these words",
                        "make up a sentence with this" if len(chosen) == 1 else "make up a sentence with these",
                        "use it in a sentence" if len(chosen) == 1 else "use them in a sentence",
                    ]
                ),
                ", ".join(chosen),
                sentence,
                own=len(chosen) > 1,
            )
        else:
            quoted = " and ".join(f'"{word}"' for word in chosen)
            yield Item(
                pick(
                    rng,
                    f"write a sentence with {quoted}|make a sentence that has {quoted} in it|"
                    f"use {quoted} in a sentence",
                ),
                "",
                sentence,
                own=True,
            )


def _unscramble(rng: random.Random) -> Iterator[Item]:
    """A sentence from its words in a wrong order."""
    while True:
        clause, tense = random_clause(rng), rng.choice(["present", "past", "future"])
        sentence = clause.statement(tense)
        words = uncapitalized(sentence, clause)[:-1].split()
        if not 4 <= len(words) <= 9 or len(set(words)) < len(words):
            continue
        mixed = rng.sample(words, len(words))
        yield Item(
            pick(
                rng,
                "put the words in order|make a sentence of these words|bring the words into the right order|"
                "arrange the words so that they make a sentence",
            ),
            rng.choice([" ", " / ", ", "]).join(mixed),
            sentence,
        )


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_with_word, 14),
    (_unscramble, 8),
)
