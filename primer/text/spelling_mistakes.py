"""Text about wrong letters: misspelled words, missing capitals and marks, and how they are mended."""

import random
from collections.abc import Iterator

from primer.text import materials, slots
from primer.text.corrections import KNOWN_NOUNS
from primer.text.english_forms import (
    listed,
    with_article,
)
from primer.text.materials import pick
from primer.text.scenes import random_clause
from primer.text.task_layouts import Item, Maker, documents


def write_spelling_mistakes(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which spelling, capitals and marks are set right."""
    yield from documents(MAKERS, rng)


# Words that are often misspelled, with usual misspellings.
MISSPELLINGS = dict(
    pair.split(":")
    for pair in (
        "because:becuase before:befor morning:mornning garden:gardin kitchen:kichen window:windo "
        "table:tabel school:shcool "
        "people:poeple together:togehter tomorrow:tommorow yesterday:yestarday hospital:hospitle library:libary "
        "picture:pictur bicycle:bycicle umbrella:umbrela sandwich:sandwitch delicious:delishous expensive:expencive "
        "important:importent beautiful:beatiful different:diffrent difficult:dificult interesting:intresting "
        "necessary:neccessary separate:seperate surprise:surprize really:realy usually:usualy finally:finaly "
        "station:stashun message:mesage problem:problam question:queston answer:anser children:childern woman:womman "
        "neighbor:nieghbor teacher:teecher doctor:docter farmer:farmar building:bilding castle:casle island:iland "
        "mountain:mountin river:rivver forest:forrest weather:wether winter:wintar summer:sumer autumn:autum "
        "animal:animel rabbit:rabit horse:hors chicken:chiken breakfast:brekfast cheese:chese potato:potatoe "
        "tomato:tomatoe vegetable:vegtable chocolate:choclate coffee:cofee letter:leter pencil:pensil paper:papper "
        "newspaper:newspapper story:storry music:musik guitar:gitar violin:violen concert:consert party:partty "
        "friend:frend family:famly mother:muther brother:bruther daughter:dauter heavy:hevy "
        "famous:famus clever:clevver little:litle large:larg young:yung broken:brokken wooden:woden "
        "yellow:yelow brown:broun white:wite through:thruogh across:accross behind:behinde under:undar evening:evning "
        "market:markit village:villige office:ofice street:streat bridge:brige museum:musuem church:chruch "
        "careful:carefull scissors:sissors knife:nife receive:recieve believe:beleive enough:enouf minute:minuite"
    ).split()
)


_LETTERS = "abcdefghijklmnoprstuw"


def misspelled(word: str, rng: random.Random) -> str:
    """The word with a usual mistake, or with a letter left out, doubled, changed or swapped with its neighbor."""
    if word in MISSPELLINGS and rng.random() < 0.7:
        return MISSPELLINGS[word]
    for _ in range(20):
        at = rng.randrange(1, len(word) - 1)
        wrong = rng.choice(
            [
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + rng.choice("aeiou" if word[at] in "aeiou" else _LETTERS) + word[at + 1 :],
            ]
        )
        if wrong != word and wrong not in _KNOWN:
            return wrong
    return word[0] + word


_KNOWN = frozenset((*materials.WORDS, *KNOWN_NOUNS))


def _spelling(rng: random.Random) -> Iterator[Item]:
    mistakes = rng.choice([1, 1, 1, 2])
    while True:
        right = random_clause(rng).statement(rng.choice(["present", "past", "future"]))
        words = right[:-1].split(" ")
        places = [at for at, word in enumerate(words) if len(word) >= 5 and word.islower()]
        if len(places) < mistakes:
            continue
        wrong = list(words)
        for at in rng.sample(places, mistakes):
            wrong[at] = misspelled(words[at], rng)
        ask = rng.choice(
            [
                "correct the spelling",
                "correct the spelling mistakes" if mistakes > 1 else "correct the spelling mistake",
                "fix the spelling in this sentence",
                "find the misspelled words and correct them"
                if mistakes > 1
                else "find the misspelled word and write the sentence correctly",
                "check the spelling of this sentence",
                "write the sentence with the right spelling",
            ]
        )
        yield Item(ask, f"{' '.join(wrong)}.", right)


def _spelling_word(rng: random.Random) -> Iterator[Item]:
    while True:
        word = rng.choice([*MISSPELLINGS, *materials.WORDS])
        if len(word) < 5:
            continue
        wrong = misspelled(word, rng)
        if rng.random() < 0.4:
            both = rng.sample([word, wrong], 2)
            yield Item(
                pick(rng, f'Is it "{both[0]}" or "{both[1]}"?|Which spelling is right, "{both[0]}" or "{both[1]}"?'),
                "",
                word,
                f'The right spelling is "{word}".',
                own=True,
            )
        else:
            ask = pick(
                rng,
                "spell this word correctly|correct the spelling of the word|"
                "write the word without the mistake|What is the right spelling?",
            )
            yield Item(ask, wrong, word, f'The correct spelling is "{word}".')


def _capitals(rng: random.Random) -> Iterator[Item]:
    kind = rng.choice(["all", "all", "mark", "start", "comma"])
    while True:
        clause, tense = random_clause(rng), rng.choice(["present", "past", "future"])
        right = clause.question(tense) if rng.random() < 0.3 else clause.statement(tense)
        if rng.random() < 0.35 and kind in {"all", "mark", "start"}:
            word, names = rng.choice([("in", slots.CITIES), ("on", slots.WEEKDAYS), ("in", slots.MONTHS)])
            right = f"{right[:-1]} {word} {rng.choice(names)}{right[-1]}"
        if kind == "all":
            ask, wrong = (
                pick(
                    rng,
                    "put in the capital letters and the marks|correct the capitals and the punctuation|"
                    "add capital letters and punctuation|make this a proper sentence",
                ),
                right[:-1].lower(),
            )
        elif kind == "mark":
            ask, wrong = (
                pick(
                    rng,
                    "put the right mark at the end|add the missing mark at the end|"
                    "end the sentence with the right mark",
                ),
                right[:-1],
            )
        elif kind == "start":
            ask, wrong = (
                pick(rng, "correct the capital letters|use capital letters where they belong|fix the capital letters"),
                right.lower(),
            )
        else:
            things = [with_article(thing) for thing in rng.sample(slots.TOOLS[:6] + slots.FRUITS[:8], 3)]
            right = f"{rng.choice(materials.NAMES)} bought {listed(things)}."
            ask, wrong = (
                rng.choice(["put in the missing comma", "add the comma that is missing"]),
                right.replace(",", ""),
            )
        yield Item(ask, wrong, right)


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_spelling, 16),
    (_spelling_word, 12),
    (_capitals, 16),
)
