"""Text about saying it in fewer words: wordy sentences, two sentences as one, short texts with their main point."""

import random
from collections.abc import Iterator

from primer.text import slots
from primer.text.english_forms import listed, with_article, with_capital
from primer.text.materials import NAMES, pick
from primer.text.scenes import random_clause, random_name
from primer.text.sentence_changes import uncapitalized
from primer.text.task_layouts import Item, Maker, documents

_PADDING = (
    "I think that it is true to say that {}",
    "It is a fact that {}",
    "As a matter of fact, {}",
    "What I want to say is that {}",
    "It should be noted that {}",
    "The truth of the matter is that {}",
    "I would like to point out that {}",
    "Needless to say, {}",
    "It is well known to everybody that {}",
    "At this point in time, {}",
    "In actual fact, {}",
    "To make a long story short, {}",
    "If you ask me, {}",
    "For what it is worth, {}",
    "The thing is that {}",
)
# Wordy expressions and short ones; "{}" takes the rest of the sentence.
_LONG_AND_SHORT = (
    ("There are many {people} who {do} {it}.", "Many {people} {do} {it}."),
    ("It was {name} who {did} {it}.", "{name} {did} {it}."),
    ("Due to the fact that it rained, {name} {did} {it}.", "Because it rained, {name} {did} {it}."),
    ("In spite of the fact that it was late, {name} {did} {it}.", "Although it was late, {name} {did} {it}."),
    ("{name} made the decision to {do} {it}.", "{name} decided to {do} {it}."),
    ("{name} is of the opinion that many {people} {do} {it}.", "{name} thinks that many {people} {do} {it}."),
    ("{name} has the ability to {do} {it}.", "{name} can {do} {it}."),
    ("The reason why {name} {did} {it} was that it was cheap.", "{name} {did} {it} because it was cheap."),
    ("{name} {did} {it} on a daily basis.", "{name} {did} {it} every day."),
    ("{name} {did} {it} in a quick way.", "{name} {did} {it} quickly."),
    ("In the event that it rains, {name} will {do} {it}.", "If it rains, {name} will {do} {it}."),
)
_ACTS = (
    ("buy", "bought", "fresh bread,old books,red apples,warm coats"),
    ("sell", "sold", "old chairs,fresh fish,flowers,maps"),
    ("read", "read", "long novels,the newspaper,short stories"),
    ("drink", "drank", "cold tea,hot coffee,warm milk"),
    ("collect", "collected", "old coins,stamps,shells,stones"),
    ("paint", "painted", "small boats,old houses,wild flowers"),
    ("repair", "repaired", "old clocks,broken bicycles,radios"),
    ("grow", "grew", "roses,tomatoes,pumpkins,herbs"),
    ("play", "played", "chess,tennis,the piano,cards"),
    ("visit", "visited", "old castles,small towns,museums"),
)
_TOPICS = (
    ("{The} {thing} is {good}. It is {also}, too.", "{The} {thing} is {good} and {also}."),
    ("{The} {thing} is {good}. But it is {bad}.", "{The} {thing} is {good} but {bad}."),
    (
        "{The} {thing} is {good}. It is also {also}. Many people like it.",
        "Many people like the {thing}, because it is {good} and {also}.",
    ),
    (
        "Our town has a new {thing}. It was opened in {month}. It is {good}.",
        "Our town's new {thing}, which was opened in {month}, is {good}.",
    ),
)
_PLACES = "pool,library,park,market,museum,cafe,bridge,theater,school,cinema,playground,bakery".split(",")
_GOOD = "popular,clean,quiet,modern,cheap,bright,beautiful,large,well-known".split(",")
_BAD = "small,far away,often closed,hard to find,always crowded".split(",")
_ADJECTIVES = "tired,hungry,old,young,happy,clever,brave,lazy,friendly,rich,thirsty,careful".split(",")


def write_conciseness(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which something long is said in short."""
    yield from documents(MAKERS, rng)


def _unpadded(rng: random.Random) -> Iterator[Item]:
    while True:
        clause = random_clause(rng)
        result = clause.statement(rng.choice(["present", "past"]))
        ask = pick(
            rng,
            "leave out the unnecessary words|say it in fewer words|make the sentence "
            "shorter|cut what is not needed|remove the words that say nothing",
        )
        given = rng.choice(_PADDING).format(uncapitalized(result, clause))
        yield Item(ask, given, result)


def _wordy(rng: random.Random) -> Iterator[Item]:
    while True:
        long, short = rng.choice(_LONG_AND_SHORT)
        do, did, things = rng.choice(_ACTS)
        words = {
            "name": rng.choice(NAMES),
            "people": pick(rng, "people|children|students|farmers|tourists"),
            "do": do,
            "did": did,
            "it": rng.choice(things.split(",")),
        }
        ask = pick(
            rng, "say it in fewer words|make it shorter|write it more briefly|put it more simply|shorten this sentence"
        )
        yield Item(ask, long.format(**words), short.format(**words))


def _adjective_moved(rng: random.Random) -> Iterator[Item]:
    """ "The dog was hungry. It ate the bone." as "The hungry dog ate the bone."."""
    while True:
        clause = random_clause(rng, pronouns=False, possessives=False)
        noun = rng.choice(slots.JOBS)
        if not clause.subject.is_person or clause.subject.is_plural:
            continue
        adjective = rng.choice(_ADJECTIVES)
        he = rng.choice(["he", "she"])
        after = clause.statement("past")[len(clause.subject.text) :]
        given = f"The {noun} was {adjective}. {with_capital(he)}{after}"
        ask = pick(
            rng,
            "make one short sentence of the two|join the two into one sentence|combine "
            'the sentences without "and"|say both in one sentence',
        )
        yield Item(ask, given, f"The {adjective} {noun}{after}")


def _point(rng: random.Random) -> Iterator[Item]:
    """Two or three sentences about a place, as one."""
    while True:
        long, short = rng.choice(_TOPICS)
        good, also = rng.sample(_GOOD, 2)
        words = {
            "The": pick(rng, "The|The new|The little"),
            "thing": rng.choice(_PLACES),
            "good": good,
            "also": also,
            "bad": rng.choice(_BAD),
            "month": rng.choice(slots.MONTHS),
        }
        ask = pick(
            rng,
            "sum it up in one sentence|put this into one sentence|say in one sentence what "
            "the text says|shorten the text to one sentence|summarize this",
        )
        yield Item(ask, long.format(**words), short.format(**words))


def _listed_once(rng: random.Random) -> Iterator[Item]:
    """Several sentences of one form as one with a list."""
    while True:
        person = random_name(rng)
        kind = rng.choice(["fruit", "tool", "vegetable", "flower", "piece of clothing"])
        pool = [noun for noun in slots.CATEGORIES[kind][1] if noun not in slots.UNCOUNTED]
        things = rng.sample(pool, rng.choice([2, 3]))
        verb = pick(rng, "bought|found|saw|drew|sold|lost|needed|packed")
        sentences = [f"{person.text} {verb} {with_article(thing)}." for thing in things]
        sentences[1:] = [f"{with_capital(person.pronoun)} also {verb} {with_article(thing)}." for thing in things[1:]]
        ask = pick(
            rng,
            "make one sentence of these|say it in one sentence|put it all into one sentence|combine these sentences",
        )
        yield Item(
            ask, " ".join(sentences), f"{person.text} {verb} {listed([with_article(thing) for thing in things])}."
        )


def _title(rng: random.Random) -> Iterator[Item]:
    """A title for a short text."""
    while True:
        name, (do, _, things) = rng.choice(NAMES), rng.choice(_ACTS)
        thing = rng.choice(things.split(","))
        place = rng.choice(slots.VILLAGES)
        kind = rng.random()
        if kind < 0.5:
            given = f"{name} lives in {place}. Every week, {name} {_third(do)} {thing}. The neighbors know about it."
            title = f"{name} and {thing.removeprefix('the ')}"
        else:
            noun = rng.choice(slots.MAMMALS)
            given = f"Last night, somebody saw {with_article(noun)} in {place}. The {noun} crossed the market."
            title = with_capital(f"{with_article(noun)} in {place}")
        yield Item(pick(rng, "give the text a title|find a short title|write a headline for this"), given, title)


def _third(verb: str) -> str:
    return f"{verb}s"


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_unpadded, 14),
    (_wordy, 12),
    (_adjective_moved, 12),
    (_point, 12),
    (_listed_once, 8),
    (_title, 4),
)
