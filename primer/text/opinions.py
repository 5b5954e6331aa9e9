"""Text about what somebody thinks or feels: reviews and remarks, and whether they praise, complain or only tell."""

import random
from collections.abc import Iterator

from primer.text import slots
from primer.text.english_forms import listed
from primer.text.materials import NAMES, pick
from primer.text.task_layouts import Item, Maker, documents

# Per thing: what is good about it, what is bad, and what is neither; each a clause after the thing or one of its parts.
_ABOUT = {
    "restaurant": (
        "the soup was delicious,the waiter was friendly,the bread was fresh,the tables were clean,the cook is a master",
        "the soup was cold,the waiter was rude,the bread was stale,the tables were dirty,we waited for an hour",
        "it has twelve tables,it opens at noon,it is next to the bank,the menu is in English",
    ),
    "hotel": (
        "the bed was soft,the room was bright,the staff was helpful,the view was wonderful,breakfast was excellent",
        "the bed was hard,the room was dark,the staff was unfriendly,the street was noisy,breakfast was awful",
        "it has forty rooms,it was built in 1960,it is near the station,breakfast is at eight",
    ),
    "film": (
        "the story was exciting,the actors were brilliant,the music was beautiful,I laughed all the "
        "time,the ending was perfect",
        "the story was boring,the actors were bad,the music was too loud,I fell asleep,the ending made no sense",
        "it lasts two hours,it was made in Spain,it is about a sailor,it was shown on Monday",
    ),
    "book": (
        "I could not put it down,the language is beautiful,every chapter is a joy,the pictures are lovely",
        "it is full of mistakes,I gave up after ten pages,the plot is silly,it is far too long",
        "it has 300 pages,it was printed in 1998,it is about the sea,it has nine chapters",
    ),
    "phone": (
        "it is fast,the battery lasts for days,the screen is sharp,it was worth the money",
        "it is slow,the battery is always empty,the screen broke at once,it was a waste of money",
        "it is black,it came in a box,it has two buttons,it weighs 150 grams",
    ),
    "trip": (
        "the weather was perfect,we saw so many beautiful places,everybody was happy,the guide was great",
        "it rained every day,the bus was late,we lost our bags,the guide was impatient",
        "it lasted five days,we went by train,there were ten of us,we left on Friday",
    ),
    "teacher": (
        "she explains everything well,she is patient,her lessons are fun,we all love her",
        "she is unfair,she never listens,her lessons are dull,nobody understands her",
        "she teaches history,she lives in our street,her lessons begin at nine",
    ),
    "concert": (
        "the singer was fantastic,the band played wonderfully,the crowd cheered,we danced all night",
        "the singer was terrible,the sound was awful,we could not see anything,the band came late",
        "it began at seven,it was in the town hall,there were three singers",
    ),
    "coat": (
        "it is warm and light,the color is lovely,it fits perfectly,I am very pleased with it",
        "it is too tight,the zipper broke,the color is ugly,I want my money back",
        "it has two pockets,it is made of wool,it comes in three sizes",
    ),
}
_FEELINGS = (
    ("happy", "{n} jumped for joy.|{n} sang on the way home.|{n} laughed and danced.|{n} smiled from ear to ear."),
    ("sad", "{n} cried for hours.|Tears ran down {n}'s face.|{n} sat alone and wept."),
    ("angry", "{n} slammed the door.|{n} shouted at the waiter.|{n} stamped on the floor and yelled."),
    (
        "afraid",
        "{n} hid under the blanket and trembled.|{n}'s knees shook when the dog came near.|{n} did "
        "not dare to open the door.",
    ),
    ("tired", "{n} yawned and rubbed both eyes.|{n} could hardly stay awake.|{n} fell asleep at the table."),
    ("surprised", "{n} could not believe it.|{n}'s jaw dropped.|{n} had never expected that."),
    ("proud", "{n} showed the medal to everybody.|{n} held the trophy high."),
    ("bored", "{n} looked at the clock again and again.|{n} yawned and had nothing to do."),
)
_NAMES = ("positive", "negative", "neutral")


def write_opinions(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which remarks are read for what they feel or think."""
    yield from documents(MAKERS, rng)


def _remark(rng: random.Random, tone: int) -> tuple[str, str]:
    """A remark of the tone (0 good, 1 bad, 2 neither), and the reason why it is of that tone."""
    thing, sides = rng.choice(list(_ABOUT.items()))
    clauses = rng.sample(sides[tone].split(","), rng.choice([1, 2, 2]))
    opening = rng.choice([f"About the {thing}: ", f"Our {thing}: " if thing == "trip" else f"The {thing}: ", ""])
    if opening:
        told = f"{opening}{listed(clauses)}."
    else:
        told = f"{clauses[0][0].upper()}{clauses[0][1:]}." + (
            f" {clauses[1][0].upper()}{clauses[1][1:]}." if len(clauses) > 1 else ""
        )
    reason = {
        0: f"the writer likes the {thing}",
        1: f"the writer complains about the {thing}",
        2: "the writer only tells facts",
    }[tone]
    return told, reason


def _tone(rng: random.Random) -> Iterator[Item]:
    three = rng.random() < 0.5
    why = rng.random() < 0.5
    while True:
        tone = rng.choice([0, 1, 2] if three else [0, 1])
        told, reason = _remark(rng, tone)
        ask = rng.choice(
            [
                "say whether the remark is positive, negative or neutral",
                "Is it positive, negative or neutral?",
                "name the feeling: positive, negative or neutral",
            ]
            if three
            else [
                "say whether the remark is positive or negative",
                "Is this positive or negative?",
                "decide whether the writer is pleased or not: positive or negative",
                "Does the writer praise or complain? Say positive or negative",
            ]
        )
        name = _NAMES[tone]
        said = (
            f"{rng.choice([f'It is {name}', f'The remark is {name}', name.capitalize()])}, because {reason}."
            if why
            else rng.choice([f"It is {name}.", f"The remark is {name}.", f"{name.capitalize()}."])
        )
        yield Item(ask, told, name, said)


def _likes(rng: random.Random) -> Iterator[Item]:
    while True:
        tone = rng.choice([0, 1])
        thing, sides = rng.choice(list(_ABOUT.items()))
        clause = rng.choice(sides[tone].split(","))
        name = rng.choice(NAMES)
        given = pick(
            rng,
            f"{name} wrote about the {thing}: {clause}.|"
            f'"{clause[0].upper()}{clause[1:]}," said {name} about the {thing}.',
        )
        said = f"{'Yes' if tone == 0 else 'No'}, {name} {'liked' if tone == 0 else 'did not like'} the {thing}."
        yield Item(
            rng.choice([f"Did {name} like the {thing}?", f"Was {name} pleased with the {thing}?"]),
            given,
            "Yes." if tone == 0 else "No.",
            said,
            own=True,
        )


def _feeling(rng: random.Random) -> Iterator[Item]:
    choice = rng.random() < 0.5
    while True:
        feeling, forms = rng.choice(_FEELINGS)
        name = rng.choice(NAMES)
        given = rng.choice(forms.split("|")).replace("{n}", name)
        he = "She" if name in slots.FEMALE_NAMES else "He"
        others = rng.sample([other for other, _ in _FEELINGS if other != feeling], 2)
        ask = (
            f"Is {name} {listed(rng.sample([feeling, *others], 3), 'or')}?"
            if choice
            else rng.choice([f"How does {name} feel?", f"What does {name} feel?"])
        )
        yield Item(ask, given, feeling, rng.choice([f"{name} is {feeling}.", f"{he} is {feeling}."]), own=True)


def _turned(rng: random.Random) -> Iterator[Item]:
    """Which of two remarks praises."""
    while True:
        praise = rng.random() < 0.5
        good, bad = _remark(rng, 0)[0], _remark(rng, 1)[0]
        both = rng.sample([good, bad], 2)
        right = good if praise else bad
        word = rng.choice(["praise", "positive one"] if praise else ["complaint", "negative one"])
        yield Item(
            rng.choice([f"copy the {word}", f"Which of the two is the {word}?"]), "\n".join(both), right, own=True
        )


MAKERS: tuple[tuple[Maker, int], ...] = ((_tone, 50), (_likes, 15), (_feeling, 20), (_turned, 10))
