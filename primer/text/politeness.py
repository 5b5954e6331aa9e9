"""Text about plain, polite and formal ways to say something, and about short forms."""

import random
import re
from collections.abc import Iterator

from primer.text.clause import Phrase, SimpleClause
from primer.text.english_forms import with_capital
from primer.text.materials import pick
from primer.text.scenes import random_clause, random_person
from primer.text.task_layouts import Item, Maker, documents


def write_politeness(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which something is said more politely, more formally or in short."""
    yield from documents(MAKERS, rng)


# Plain words with formal ones; each pair can change places without changing anything else.
FORMAL = (
    ("get", "receive"),
    ("buy", "purchase"),
    ("help", "assist"),
    ("ask for", "request"),
    ("need", "require"),
    ("fix", "repair"),
    ("start", "commence"),
    ("end", "conclude"),
    ("tell", "inform"),
    ("think about", "consider"),
    ("find out", "discover"),
    ("look into", "investigate"),
    ("put off", "postpone"),
    ("call off", "cancel"),
    ("set up", "establish"),
    ("talk about", "discuss"),
    ("go up", "increase"),
    ("give back", "return"),
    ("make sure of", "ensure"),
    ("get rid of", "remove"),
    ("keep", "retain"),
    ("let", "permit"),
    ("live in", "inhabit"),
    ("show", "demonstrate"),
)


_FORMAL_OBJECTS = {
    "get": "the letter,an answer,the parcel,two invitations",
    "buy": "a house,the tickets,new chairs,a car",
    "help": "the guests,the new students,the old man",
    "ask for": "more time,a new key,the bill,some help",
    "need": "a new roof,more time,your signature,some help",
    "fix": "the roof,the machine,the old bridge",
    "start": "the work,the lesson,the meeting,the trip",
    "end": "the talk,the meeting,the show",
    "tell": "the parents,the police,the guests,the manager",
    "think about": "the offer,the plan,your question",
    "find out": "the truth,the reason,the secret",
    "look into": "the case,the problem,the accident",
    "put off": "the meeting,the trip,the wedding",
    "call off": "the game,the meeting,the concert",
    "set up": "a school,a club,a new office",
    "talk about": "the plan,the prices,the weather",
    "give back": "the books,the money,the keys",
    "get rid of": "the old chairs,the snow,the dust",
    "keep": "the letters,a copy,the receipt",
    "live in": "the island,the old castle,the valley",
    "show": "the new machine,the method,the experiment",
    "make sure of": "the quality,your safety",
}


_FAVORS = tuple(
    "open the window,close the door,pass the salt,wait here,sit down,help me,call me tomorrow,turn "
    "down the music,send me the report,speak more slowly,bring me a glass of water,lend me a pen,be quiet,"
    "move your car,give me the key,come back later,take off your shoes,sign this form,hold the "
    "ladder,tell me the time,explain this word,show me the way to the station,repeat your name,clean the table,"
    "stop that noise,feed the cat,water the plants,carry this box,write down your address,read the "
    "first page,turn on the light,put the books on the shelf,follow me,look at this map,leave the room".split(",")
)


_WANTS = tuple(
    "a cup of tea,two tickets,the bill,a glass of water,a room for one night,more time,your address,some "
    "help,an answer,a new key,the menu,a pound of apples".split(",")
)


_SHORT_FORMS = (
    ("I am", "I'm"),
    ("you are", "you're"),
    ("he is", "he's"),
    ("she is", "she's"),
    ("it is", "it's"),
    ("we are", "we're"),
    ("they are", "they're"),
    ("I will", "I'll"),
    ("we will", "we'll"),
    ("they will", "they'll"),
    ("she will", "she'll"),
    ("he will", "he'll"),
    ("you will", "you'll"),
    ("I have", "I've"),
    ("we have", "we've"),
    ("they have", "they've"),
    ("you have", "you've"),
    ("do not", "don't"),
    ("does not", "doesn't"),
    ("did not", "didn't"),
    ("is not", "isn't"),
    ("are not", "aren't"),
    ("was not", "wasn't"),
    ("were not", "weren't"),
    ("will not", "won't"),
    ("cannot", "can't"),
    ("could not", "couldn't"),
    ("should not", "shouldn't"),
    ("would not", "wouldn't"),
    ("has not", "hasn't"),
    ("have not", "haven't"),
    ("had not", "hadn't"),
    ("must not", "mustn't"),
    ("let us", "let's"),
    ("that is", "that's"),
    ("what is", "what's"),
    ("who is", "who's"),
    ("there is", "there's"),
    ("where is", "where's"),
)


def _favor(rng: random.Random) -> Iterator[Item]:
    """A rude order as a polite request."""
    back = rng.random() < 0.15
    while True:
        if rng.random() < 0.25:
            want = rng.choice(_WANTS)
            given, result = (
                rng.choice([f"I want {want}.", f"Give me {want}."]),
                rng.choice([f"I would like {want}, please.", f"Could I have {want}, please?"]),
            )
        else:
            favor = rng.choice(_FAVORS)
            given = f"{with_capital(favor)}{rng.choice(['.', '!', '.'])}"
            result = pick(
                rng,
                f"Could you please {favor}?|Would you please {favor}?|"
                f"Would you mind if I asked you to {favor}?|Could you {favor}, please?|Please {favor}.",
            )
        if back:
            yield Item(
                pick(rng, "make the request short and plain|say it as a plain order|say it without politeness"),
                result,
                given.replace("!", "."),
            )
        else:
            ask = pick(
                rng,
                "say it more politely|make the sentence polite|turn the order into a polite request|"
                "How can one say this politely?|write it in a more polite way|say this in a friendly way|"
                "make this request more polite",
            )
            yield Item(ask, given, result, rng.choice([result, result, f"More politely: {result}"]))


def _formal(rng: random.Random) -> Iterator[Item]:
    back = rng.random() < 0.25
    while True:
        plain, formal = rng.choice([pair for pair in FORMAL if pair[0] in _FORMAL_OBJECTS])
        thing = Phrase(rng.choice(_FORMAL_OBJECTS[plain].split(",")))
        subject, tense = random_person(rng), rng.choice(["past", "future", "present", "must", "can", "should"])
        given, result = (SimpleClause(subject, verb, thing).statement(tense) for verb in (plain, formal))
        if rng.random() < 0.3 and tense in {"future", "past"}:
            given, result = (
                SimpleClause(subject, verb, thing).negative(tense, short=short)
                for verb, short in ((plain, True), (formal, False))
            )
        if back:
            yield Item(
                pick(
                    rng,
                    "use plainer words|say it in simpler words|make the sentence less formal|"
                    "say it in everyday English",
                ),
                result,
                given,
            )
        else:
            yield Item(
                pick(
                    rng,
                    "make the sentence more formal|rewrite the sentence in a formal style|use a more formal verb|"
                    "write it as in an official letter|say it formally",
                ),
                given,
                result,
                rng.choice([result, f"More formally: {result}"]),
            )


def _short_forms(rng: random.Random) -> Iterator[Item]:
    expand, whole = rng.random() < 0.5, rng.random() < 0.65
    while True:
        if whole:
            clause, tense = (
                random_clause(rng),
                rng.choice(["present", "past", "future", "perfect", "can", "should", "progressive"]),
            )
            full, short = clause.negative(tense), clause.negative(tense, short=True)
            if rng.random() < 0.3 and clause.subject.text in {"I", "he", "she", "we", "they", "you"}:
                clause_text = clause.statement("future")
                full, short = clause_text, re.sub(r"^(\w+) will ", r"\1'll ", clause_text)
            if full == short:
                continue
            given, result = (short, full) if expand else (full, short)
            ask = rng.choice(
                ["write the full forms", "expand the contraction", "write the sentence without a contraction"]
                if expand
                else ["use a contraction", "use the short form", "shorten the words with an apostrophe"]
            )
            yield Item(ask, given, result)
        else:
            full, short = rng.choice(_SHORT_FORMS)
            given, result = (short, full) if expand else (full, short)
            ask = rng.choice(
                ["What is the long form?", "write the full form", "expand the contraction"]
                if expand
                else ["What is the contraction?", "write the short form", "contract the words"]
            )
            yield Item(ask, given, result, f"""The {"full" if expand else "short"} form is "{result}".""")


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_favor, 16),
    (_formal, 16),
    (_short_forms, 18),
)
