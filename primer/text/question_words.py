"""Text about questions with a question word: what a sentence answers, and which question an answer fits."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from primer.text import slots
from primer.text.clause import Phrase, SimpleClause
from primer.text.english_forms import number_in_words, plural_of
from primer.text.materials import pick
from primer.text.scenes import random_name
from primer.text.task_layouts import Item, Maker, documents


@dataclass(frozen=True)
class Asked:
    """A sentence, the question that it answers, its question word, and the shortest answer."""

    sentence: str
    question: str
    word: str
    short: str


def write_question_words(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which sentences are asked for, and questions answered from them."""
    yield from documents(MAKERS, rng)


def _who(rng: random.Random) -> Phrase:
    draw = rng.random()
    if draw < 0.55:
        return random_name(rng)
    if draw < 0.75:
        return Phrase(f"the {rng.choice(slots.JOBS)}", rng.choice(["he", "she"]), True)
    if draw < 0.9:
        return Phrase(f"the {plural_of(rng.choice(slots.JOBS))}", "they", True)
    return Phrase("my parents", "they", True)


_WHYS = (
    ("stay", "at home", "{he} {was} ill"),
    ("run", "to the station", "{he} {was} late"),
    ("open", "the window", "it was hot"),
    ("close", "the door", "it was cold"),
    ("take", "an umbrella", "it was raining"),
    ("go", "to bed early", "{he} {was} tired"),
    ("call", "the police", "somebody had stolen the car"),
    ("learn", "Spanish", "{he} wanted to work in Madrid"),
    ("sell", "the car", "{he} needed money"),
    ("laugh", "out loud", "the joke was funny"),
    ("cry", "", "the film was sad"),
    ("move", "to the city", "{he} had found a job there"),
    ("buy", "flowers", "it was a birthday"),
    ("walk", "home", "there was no bus"),
    ("leave", "the party", "the music was too loud"),
    ("light", "a fire", "the room was cold"),
    ("eat", "two sandwiches", "{he} {was} hungry"),
    ("turn on", "the light", "it was dark"),
    ("wear", "a coat", "it was snowing"),
    ("miss", "the train", "the taxi was late"),
    ("thank", "the neighbor", "she had helped them"),
    ("stop", "the car", "a dog was on the road"),
)
_DOINGS = (
    ("go", "to work"),
    ("visit", "the museum"),
    ("meet", "a friend"),
    ("repair", "the roof"),
    ("clean", "the kitchen"),
    ("write", "the report"),
    ("play", "tennis"),
    ("buy", "a bicycle"),
    ("plant", "a tree"),
    ("sell", "the house"),
    ("paint", "the door"),
    ("cook", "dinner"),
    ("call", "the doctor"),
    ("leave", "the hotel"),
    ("travel", "to the coast"),
    ("finish", "the book"),
    ("open", "the shop"),
    ("feed", "the cats"),
    ("wash", "the car"),
    ("start", "the lesson"),
    ("cross", "the river"),
    ("send", "the letter"),
    ("win", "the race"),
    ("lose", "the key"),
)
_TIMES = {
    "past": "yesterday,last night,on Monday,last summer,two days ago,in March,at noon,this morning,on "
    "Friday evening,a week ago,in 1998".split(","),
    "future": "tomorrow,next week,on Sunday,in May,tonight,next year,in two days,after lunch".split(","),
    "present": "every morning,on Saturdays,in the evening,in winter,after school,at six o'clock".split(","),
}
_WAYS = (
    ("go", "to school", "by bus"),
    ("go", "to work", "by bicycle"),
    ("travel", "to Rome", "by train"),
    ("come", "home", "on foot"),
    ("cross", "the lake", "in a small boat"),
    ("pay", "for the meal", "with a card"),
    ("open", "the box", "with a knife"),
    ("answer", "the question", "very politely"),
    ("enter", "the house", "through a window"),
    ("cut", "the bread", "with a sharp knife"),
    ("learn", "the song", "by heart"),
    ("get", "to the island", "by ship"),
    ("speak", "", "in a low voice"),
    ("drive", "home", "very slowly"),
    ("send", "the money", "by mail"),
)
_PLACES = tuple(
    "in the garden,at the station,in the kitchen,on the roof,near the church,behind the barn,in "
    "London,at the market,under the bed,in the attic,at school,on the beach,in the park,next to the "
    "bank,in a drawer,between two books".split(",")
)
_PLACED = (
    ("find", "the key"),
    ("meet", "an old friend"),
    ("lose", "a glove"),
    ("see", "a fox"),
    ("buy", "the lamp"),
    ("hide", "the money"),
    ("leave", "the umbrella"),
    ("work", ""),
    ("sleep", ""),
    ("wait", ""),
    ("play", "chess"),
    ("eat", "lunch"),
    ("read", "the letter"),
)
_COUNTED = (
    ("buy", "apple"),
    ("read", "book"),
    ("see", "horse"),
    ("break", "cup"),
    ("write", "letter"),
    ("invite", "friend"),
    ("carry", "box"),
    ("bake", "cake"),
    ("lose", "ticket"),
    ("plant", "tree"),
    ("sell", "picture"),
    ("catch", "fish"),
    ("visit", "museum"),
    ("need", "chair"),
)


def _clause(subject: Phrase, verb: str, thing: str, rest: str = "") -> SimpleClause:
    return SimpleClause(subject, verb, None, " ".join(part for part in (thing, rest) if part))


def _why(rng: random.Random) -> Asked:
    subject, (verb, thing, reason) = _who(rng), rng.choice(_WHYS)
    reason = reason.format(he=subject.pronoun, was="were" if subject.is_plural else "was")
    main = _clause(subject, verb, thing)
    return Asked(
        f"{main.statement('past')[:-1]} because {reason}.", main.question("past", "why"), "why", f"because {reason}"
    )


def _when(rng: random.Random) -> Asked:
    subject, (verb, thing), tense = _who(rng), rng.choice(_DOINGS), rng.choice(["past", "past", "future", "present"])
    time = rng.choice(_TIMES[tense])
    main = _clause(subject, verb, thing)
    return Asked(f"{main.statement(tense)[:-1]} {time}.", main.question(tense, "when"), "when", time)


def _how(rng: random.Random) -> Asked:
    subject, (verb, thing, way), tense = _who(rng), rng.choice(_WAYS), rng.choice(["past", "past", "future", "present"])
    main = _clause(subject, verb, thing)
    return Asked(f"{main.statement(tense)[:-1]} {way}.", main.question(tense, "how"), "how", way)


def _where(rng: random.Random) -> Asked:
    subject, (verb, thing), tense = _who(rng), rng.choice(_PLACED), rng.choice(["past", "past", "future", "present"])
    place = rng.choice(_PLACES)
    main = _clause(subject, verb, thing)
    return Asked(f"{main.statement(tense)[:-1]} {place}.", main.question(tense, "where"), "where", place)


def _how_many(rng: random.Random) -> Asked:
    subject, (verb, noun), tense = _who(rng), rng.choice(_COUNTED), rng.choice(["past", "past", "future", "present"])
    count = number_in_words(rng.randint(2, 20)) if rng.random() < 0.6 else str(rng.randint(2, 90))
    things = plural_of(noun)
    place = rng.choice(["", "", "at the market", "last week"] if tense == "past" else [""])
    sentence = _clause(subject, verb, f"{count} {things}", place).statement(tense)
    return Asked(sentence, _clause(subject, verb, "", place).question(tense, f"how many {things}"), "how many", count)


def _what(rng: random.Random) -> Asked:
    subject, (verb, thing), tense = (
        _who(rng),
        rng.choice([pair for pair in _DOINGS if pair[1].startswith(("the ", "a "))]),
        rng.choice(["past", "future"]),
    )
    time = rng.choice(_TIMES[tense])
    return Asked(
        _clause(subject, verb, thing, time).statement(tense),
        _clause(subject, verb, "", time).question(tense, "what"),
        "what",
        thing,
    )


_KINDS: tuple[Callable[[random.Random], Asked], ...] = (
    _why,
    _why,
    _when,
    _when,
    _how,
    _where,
    _where,
    _how_many,
    _what,
)


def _make_question(rng: random.Random) -> Iterator[Item]:
    kind = rng.choice(_KINDS)
    while True:
        asked = kind(rng)
        orders = (
            'ask a question with "{w}"|write the question that this sentence answers; begin with "{w}"|'
            'make a question that begins with "{w}"|Which question with "{w}" does the sentence answer?|'
            'ask with "{w}" about the sentence'
        )
        yield Item(pick(rng, orders).replace("{w}", asked.word), asked.sentence, asked.question)


def _fitting(rng: random.Random) -> Iterator[Item]:
    """Any question that a sentence answers."""
    while True:
        asked = rng.choice(_KINDS)(rng)
        ask = pick(
            rng,
            "Which question does this sentence answer?|find a question that fits this "
            "answer|What could the question be?|write a question to which this is the answer|Somebody "
            "gives this answer. What was the question?",
        )
        yield Item(
            ask,
            asked.sentence,
            asked.question,
            pick(rng, f"{asked.question}|The question could be: {asked.question}|{asked.question}"),
        )


def _answer(rng: random.Random) -> Iterator[Item]:
    """A question answered from the sentence."""
    while True:
        asked = rng.choice(_KINDS)(rng)
        if rng.random() < 0.6:
            yield Item(asked.question, asked.sentence, asked.sentence, own=True)
        else:
            short = f"{asked.short[0].upper()}{asked.short[1:]}."
            yield Item(asked.question, asked.sentence, short, asked.sentence, own=True)


def _story(rng: random.Random) -> Iterator[Item]:
    """Two or three sentences, and a question about one of them."""
    while True:
        found = [rng.choice(_KINDS)(rng) for _ in range(rng.choice([2, 3]))]
        if len({asked.question for asked in found}) < len(found) or len(
            {asked.sentence.split()[0] for asked in found}
        ) < len(found):
            continue
        asked = rng.choice(found)
        yield Item(asked.question, " ".join(one.sentence for one in found), asked.sentence, own=True)


def _asked_word(rng: random.Random) -> Iterator[Item]:
    """Which question word fits."""
    while True:
        asked = rng.choice(_KINDS)(rng)
        gap = (
            asked.question.replace(asked.question.split()[0], "___", 1)
            if asked.word != "how many"
            else asked.question.replace("How many", "___", 1)
        )
        word = "How many" if asked.word == "how many" else asked.question.split()[0]
        ask = pick(rng, "put in the right question word|Which question word is missing?|fill in the question word")
        yield Item(
            ask, f"{gap} - {asked.sentence}", f"{asked.question} - {asked.sentence}", f'The question word is "{word}".'
        )


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_make_question, 16),
    (_fitting, 12),
    (_answer, 20),
    (_story, 18),
    (_asked_word, 6),
)
