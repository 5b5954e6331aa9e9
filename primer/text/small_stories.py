"""Short made-up texts about what happened one day, about events to come, and about pets: for reading exercises."""

import random
from collections.abc import Callable

from primer.text import materials, slots
from primer.text.english_forms import number_in_words, plural_of, with_article
from primer.text.materials import pick
from primer.text.portraits import Line, Portrait, person, some_lines, town


def outing(rng: random.Random) -> Portrait:
    """What somebody did one day."""
    female = rng.random() < 0.5
    name = rng.choice(slots.FEMALE_NAMES if female else slots.MALE_NAMES)
    he, his = ("She", "her") if female else ("He", "his")
    friend = rng.choice([other for other in materials.NAMES if other != name])
    day, city, by = (
        rng.choice(slots.WEEKDAYS),
        rng.choice(slots.CITIES),
        rng.choice(["train", "bus", "car", "boat", "bicycle"]),
    )
    hour, count = rng.randint(2, 11), rng.randint(2, 12)
    thing = rng.choice(["postcard", "apple", "ticket", "pear", "book", "pencil", "cup", "stamp"])
    price, animal, color = rng.randint(3, 90), rng.choice(slots.MAMMALS), rng.choice(slots.COLORS)
    why, kind = rng.choice(
        [
            ("it was raining", "rain"),
            ("it was late", "late"),
            ("the shop was closed", "shop"),
            (f"{he.lower()} was tired", "tired"),
            (f"{he.lower()} was hungry", "hungry"),
        ]
    )
    then = {
        "rain": "took a taxi",
        "late": "ran home",
        "shop": "went to the market",
        "tired": "sat down on a bench",
        "hungry": "ate some soup",
    }[kind]
    base = {
        "rain": "take a taxi",
        "late": "run home",
        "shop": "go to the market",
        "tired": "sit down on a bench",
        "hungry": "eat some soup",
    }[kind]
    lines = [
        Line(
            f"On {day}, {name} went to {city} by {by}.",
            (
                (f"Where did {name} go?", f"to {city}"),
                (f"How did {name} go to {city}?", f"by {by}"),
                (f"When did {name} go to {city}?", f"on {day}"),
            ),
            (city, day),
        ),
        Line(
            f"{he} met {his} friend {friend} at {number_in_words(hour)} o'clock.",
            (
                (f"Who did {name} meet?", f"{his} friend {friend}"),
                (f"At what time did {name} meet {friend}?", f"at {number_in_words(hour)} o'clock"),
            ),
            (friend,),
        ),
        Line(
            f"{he} bought {number_in_words(count)} {plural_of(thing)} for {price} dollars.",
            (
                (f"How many {plural_of(thing)} did {name} buy?", number_in_words(count)),
                (f"What did {name} buy?", f"{number_in_words(count)} {plural_of(thing)}"),
                (f"How much did {name} pay?", f"{price} dollars"),
            ),
            (str(price),),
        ),
        Line(
            f"In the park, {he.lower()} saw {with_article(color)} {rng.choice(['kite', 'balloon', 'boat', 'bird'])} "
            f"and {with_article(animal)}.",
            ((f"Which animal did {name} see?", with_article(animal)),),
            (animal, color),
        ),
        Line(f"{he} {then} because {why}.", ((f"Why did {name} {base}?", f"because {why}"),), (then,)),
        Line(
            f"In the evening, {he.lower()} "
            f"{rng.choice(['wrote a letter', 'called home', 'read a book', 'cooked some rice'])}.",
            (),
        ),
    ]
    return Portrait(name, f"a trip to {city}", some_lines(lines, rng))


def notice(rng: random.Random) -> Portrait:
    """An announcement: what, when, where, how much, whom to call."""
    event = pick(
        rng, "concert|market|exhibition|lecture|book fair|flower show|chess tournament|dance|sale|theater play"
    )
    hall = pick(rng, "town hall|old school|city park|library|sports hall|church|museum|community center")
    place = f"the {hall} of {rng.choice([*slots.VILLAGES, materials.made_up_name(rng)])}"
    _, month, day = materials.date(rng)
    when = f"{slots.MONTHS[month - 1]} {day}"
    hour = (
        f"{rng.randint(1, 9)}:{rng.choice(['00', '15', '30', '45'])} p.m."
        if rng.random() < 0.7
        else f"{rng.randint(9, 11)}:00 a.m."
    )
    price, who, number = (
        rng.randint(2, 60),
        f"{rng.choice(materials.NAMES)} {rng.choice(slots.SURNAMES)}",
        materials.phone(rng),
    )
    lines = [
        Line(
            f"The {event} takes place on {when} in {place}.",
            ((f"When does the {event} take place?", f"on {when}"), (f"Where is the {event}?", f"in {place}")),
            (when, place),
        ),
        Line(
            f"It begins at {hour}",
            ((f"When does the {event} begin?", f"at {hour}"), (f"At what time does the {event} begin?", f"at {hour}")),
            (hour,),
        ),
        Line(
            f"A ticket costs {price} dollars.",
            (("How much is a ticket?", f"{price} dollars"), ("What does a ticket cost?", f"{price} dollars")),
            (str(price),),
        ),
        Line(
            f"For questions, call {who} at {number}.",
            (
                ("Who can be called?", who),
                ("Whom can one call with questions?", who),
                ("What is the phone number?", number),
            ),
            (who, number),
        ),
        Line(f"Children under {rng.choice([6, 8, 10, 12])} pay nothing.", (("Who pays nothing?", "children"),)),
    ]
    lines[-1] = Line(lines[-1].text, (("Who pays nothing?", lines[-1].text.split(" pay")[0].lower()),), ())
    return Portrait(f"the {event}", f"{with_article(event)} on {when}", some_lines(lines, rng))


def animal(rng: random.Random) -> Portrait:
    """Somebody's pet."""
    kind = rng.choice(["dog", "cat", "horse", "rabbit", "goat", "donkey", "parrot"])
    name = rng.choice(
        [
            "Rex",
            "Luna",
            "Milo",
            "Bella",
            "Coco",
            "Max",
            "Daisy",
            "Rocky",
            "Simba",
            "Nala",
            "Toby",
            "Ruby",
            materials.made_up_name(rng),
        ]
    )
    owner = rng.choice(materials.NAMES)
    age, color, food, place = (
        rng.randint(2, 14),
        rng.choice(["black", "white", "brown", "gray"]),
        rng.choice(slots.FRUITS),
        pick(rng, "in the kitchen|in the barn|on an old sofa|under a tree|in a wooden box"),
    )
    fear = rng.choice(["thunder", "water", "snakes", "loud music", "big dogs", "the dark"])
    lines = [
        Line(
            f"{name} is {with_article(color)} {kind} that belongs to {owner}.",
            (
                (f"What is {name}?", f"{with_article(color)} {kind}"),
                (f"What color is {name}?", color),
                (f"Who does {name} belong to?", owner),
            ),
            (owner,),
        ),
        Line(
            f"{name} is {number_in_words(age)} years old.",
            ((f"How old is {name}?", f"{number_in_words(age)} years"),),
            (number_in_words(age),),
        ),
        Line(f"It sleeps {place}.", ((f"Where does {name} sleep?", place),), (place,)),
        Line(
            f"It likes {plural_of(food)} more than anything else.",
            ((f"What does {name} like?", plural_of(food)),),
            (plural_of(food),),
        ),
        Line(f"It is afraid of {fear}.", ((f"What is {name} afraid of?", fear),), (fear,)),
    ]
    return Portrait(name, f"{with_article(color)} {kind}", some_lines(lines, rng))


PORTRAITS: tuple[Callable[[random.Random], Portrait], ...] = (
    person,
    person,
    town,
    town,
    outing,
    outing,
    notice,
    animal,
)


def any_portrait(rng: random.Random) -> Portrait:
    """A text of any sort."""
    return rng.choice(PORTRAITS)(rng)
