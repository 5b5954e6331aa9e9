"""How a task, what it works on and its answer may stand on a page: as dialogue, exercise, list, note or prose.

None of these is the format of `model/core/prompt.py`. There are many of them, so that the model learns to look for
what is asked wherever it stands: before the text, behind it, or lines away from it.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

NAMES = tuple(
    "Ada Amir Anna Ben Carla Chen Clara Daniel Elena Emma Farid Grace Hugo Ines Ivan Jonas Julia Kofi Lara Leo Lina "
    "Marco Maria Maya Mei Nadia Nora Omar Oscar Paula Pedro Ravi Rosa Ruth Samir Sara Tara Tom Vera Yuki Zoe".split()
)
_SPEAKERS = (
    ("Q", "A"), ("Question", "Answer"), ("Task", "Solution"), ("Exercise", "Answer"), ("Teacher", "Student"),
    ("User", "Assistant"), ("Student", "Teacher"), ("Problem", "Solution"), ("Request", "Reply"), ("Prompt", "Reply"),
    ("Human", "AI"), ("Reader", "Editor"), ("Customer", "Helper"), ("Child", "Mother"),
)  # fmt: skip
ITEM_LABELS = ("Text", "Input", "Sentence", "Words", "Given", "Material", "Passage", "Item", "Here it is")


@dataclass(frozen=True)
class Exchange:
    """A task in words, what it works on ("" if the task stands alone), and the answer."""

    task: str
    item: str
    answer: str


def lay_out_exchanges(rng: random.Random, exchanges: Sequence[Exchange]) -> str:
    """A document of one or more exchanges, all in the same layout."""
    return rng.choice(_LAYOUTS)(rng, exchanges)


def _labelled(rng: random.Random, exchanges: Sequence[Exchange]) -> str:
    asks, answers = rng.choice((_SPEAKERS[0], *_SPEAKERS))
    between = rng.choice(("\n", "\n\n"))
    parts = []
    for exchange in exchanges:
        item = f"{rng.choice((' ', chr(10)))}{exchange.item}" if exchange.item else ""
        parts.append(f"{asks}: {exchange.task}{item}\n{answers}: {exchange.answer}")
    return between.join(parts)


def _three_blocks(rng: random.Random, exchanges: Sequence[Exchange]) -> str:
    """Task, material and answer under headings of their own, the material sometimes before the task."""
    asks, answers = rng.choice(_SPEAKERS)
    label = rng.choice(ITEM_LABELS)
    gap = rng.choice((" ", "\n"))
    first = rng.random() < 0.25
    space = rng.choice(("\n", "\n\n"))
    parts = []
    for exchange in exchanges:
        blocks = [f"{asks}:{gap}{exchange.task}"]
        if exchange.item:
            blocks.insert(0 if first else 1, f"{label}:{gap}{exchange.item}")
        parts.append(space.join([*blocks, f"{answers}:{gap}{exchange.answer}"]))
    return "\n\n".join(parts)


def _bare_lines(rng: random.Random, exchanges: Sequence[Exchange]) -> str:
    """No labels at all: the task on a line, the material on the next, the answer on the last."""
    space = rng.choice(("\n", "\n\n"))
    return "\n\n".join(space.join(filter(None, (one.task, one.item, one.answer))) for one in exchanges)


def _numbered(rng: random.Random, exchanges: Sequence[Exchange]) -> str:
    """All the questions, then all the answers."""
    title, key = rng.choice(
        (("Exercises", "Answers"), ("Questions", "Answers"), ("Quiz", "Key"), ("Tasks", "Solutions"))
    )
    asked = [f"{n}. {one.task}{' ' + one.item if one.item else ''}" for n, one in enumerate(exchanges, 1)]
    answered = [f"{n}. {one.answer}" for n, one in enumerate(exchanges, 1)]
    return "\n".join([title, *asked, "", key, *answered])


def _told(rng: random.Random, exchanges: Sequence[Exchange]) -> str:
    """As a story tells it."""
    first, second = rng.sample(NAMES, 2)
    asked, said = rng.choice((("asked", "answered"), ("said", "replied"), ("wrote", "wrote back"), ("began", "said")))
    parts = []
    for exchange in exchanges:
        item = f" {exchange.item}" if exchange.item else ""
        parts.append(f"{first} {asked}: {exchange.task}{item}\n{second} {said}: {exchange.answer}")
    return "\n".join(parts)


def _dashes(rng: random.Random, exchanges: Sequence[Exchange]) -> str:
    mark = rng.choice("-*")
    lines = []
    for exchange in exchanges:
        lines.append(f"{mark} {exchange.task}{' ' + exchange.item if exchange.item else ''}")
        lines.append(f"{mark} {exchange.answer}")
    return "\n".join(lines)


def _page(rng: random.Random, exchanges: Sequence[Exchange]) -> str:
    """A page of a workbook: heading, task, material, answer."""
    heading = rng.choice(("Example", "Exercise", "Practice", "Worked example", "Lesson", "Card"))
    parts = []
    for number, exchange in enumerate(exchanges, rng.randint(1, 9)):
        parts.append(
            "\n".join(filter(None, (f"{heading} {number}", exchange.task, exchange.item, f"> {exchange.answer}")))
        )
    return "\n\n".join(parts)


_LAYOUTS = (
    _labelled, _labelled, _three_blocks, _three_blocks, _three_blocks, _bare_lines, _bare_lines, _numbered, _told,
    _dashes, _page,
)  # fmt: skip


def statements_and_exchanges(
    rng: random.Random, state: Callable[[random.Random], str], ask: Callable[[random.Random], Exchange]
) -> Iterator[str]:
    """Documents without end: some put statements one after the other, the others lay out exchanges."""
    while True:
        if rng.random() < 0.35:
            between = rng.choice((" ", " ", "\n"))
            yield between.join(state(rng) for _ in range(rng.choice((1, 2, 3, 4, 6))))
        else:
            yield lay_out_exchanges(rng, [ask(rng) for _ in range(rng.choice((1, 1, 2, 3, 4, 6)))])
