"""How a task and its result stand on a page: exercise sheets, questions and answers, talks, tables, letters.

A topic yields items; a layout makes a document of one or some of them. In most layouts the instruction stands apart
from the text that it works on, and the result apart from both.
"""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from primer.text.english_forms import with_capital
from primer.text.slots import FEMALE_NAMES, MALE_NAMES, SURNAMES


@dataclass(frozen=True)
class Item:
    """A task with its result."""

    ask: str  # an order without a full stop ("put the sentence into the past tense"), or a question with its mark
    given: str  # the text to work on; "" if the order has it all
    result: str  # as short as it can be, or a sentence
    said: str = ""  # the result as an answer in a sentence; "" if the result is one
    own: bool = False  # whether the order fits this text alone, as a question about it does

    def answer(self, rng: random.Random) -> str:
        """The result, or the answer in a sentence."""
        return self.said if self.said and rng.random() < 0.7 else self.result


_ORDERS = (
    "{Ask}.",
    "{Ask}.",
    "{Ask}.",
    "{Ask}.",
    "{Ask}.",
    "{Ask}:",
    "Please {ask}.",
    "Please {ask}.",
    "Can you {ask}?",
    "Could you {ask}?",
    "Would you {ask}, please?",
    "I want you to {ask}.",
    "Your task is to {ask}.",
    "You have to {ask}.",
    "Help me {ask}.",
    "Now {ask}.",
    "I would like you to {ask}.",
    "Try to {ask}.",
    "Let us {ask}.",
    "Here you must {ask}.",
    "You are asked to {ask}.",
    "I need you to {ask}.",
    "The task: {ask}.",
)
_LABELS = (
    ("Task", "Text", "Answer"),
    ("Task", "Text", "Result"),
    ("Exercise", "Text", "Solution"),
    ("Task", "Given", "Answer"),
    ("What to do", "With", "Result"),
    ("Request", "Text", "Reply"),
    ("Question", "Material", "Answer"),
    ("Assignment", "Source", "Work"),
    ("Order", "Before", "After"),
    ("Problem", "Data", "Solution"),
    ("To do", "Original", "New version"),
    ("Teacher", "Blackboard", "Pupil"),
    ("Task", "Example", "Outcome"),
    ("Job", "Here it is", "Done"),
    ("User", "Text", "Assistant"),
    ("Prompt", "Context", "Completion"),
    ("Exercise", "Line", "Answer"),
    ("Task", "Item", "Answer"),
    ("Question", "Text", "Answer"),
)
_PAIRS = (
    ("Q", "A"),
    ("Question", "Answer"),
    ("Q", "A"),
    ("Task", "Answer"),
    ("Ask", "Reply"),
    ("User", "Assistant"),
    ("Student", "Teacher"),
    ("Teacher", "Student"),
    ("Human", "Helper"),
    ("Exercise", "Solution"),
    ("Problem", "Solution"),
)
_AGREED = ("Sure.", "Of course.", "Yes.", "Gladly.", "Here you are.", "All right.", "Certainly.")
_THANKS = (
    "Thank you!",
    "Thanks!",
    "That is right.",
    "Correct.",
    "Very good.",
    "Well done.",
    "Great, thank you.",
    "Right.",
)
_SHEETS = ("Exercise {n}", "Worksheet {n}", "Lesson {n}", "Unit {n}: exercises", "Homework {n}", "Test {n}", "Page {n}")
_KEYS = ("Answers", "Key", "Solutions", "Answer key", "Results", "The answers", "Solutions to exercise {n}")


def instruction(item: Item, rng: random.Random) -> str:
    """The task as a sentence: an order, a polite request, or the question as it is."""
    if item.ask.endswith("?") or re.search(r":(?!.*\")", item.ask) or item.ask[0].isupper():
        return with_capital(item.ask) + "." * (item.ask[-1] not in ".?!")
    form = rng.choice(_ORDERS)
    told = form.format(ask=item.ask, Ask=with_capital(item.ask))
    return told[:-1] if told.endswith("..") else told


def _quoted(text: str, rng: random.Random) -> str:
    mark = rng.choice(['"{}"', '"{}"', "'{}'", "“{}”"])
    return (mark if "'" not in text and '"' not in text else "“{}”").format(text)


def _apart(items: Sequence[Item], rng: random.Random) -> str:
    """Instruction, text and result as three labelled blocks."""
    item = items[0]
    task, text, result = rng.choice(_LABELS)
    style = rng.choice(["{}: ", "{}: ", "{}:\n", "{}\n", "**{}:** ", "[{}] ", "{} - ", "({}) ", "## {}\n", "{}\n---\n"])
    gap = rng.choice(["\n", "\n", "\n\n"])
    if rng.random() < 0.15:
        task, text, result = task.upper(), text.upper(), result.upper()
    blocks = [style.format(task) + instruction(item, rng)]
    if item.given:
        blocks.append(style.format(text) + item.given)
    blocks.append(style.format(result) + item.answer(rng))
    if rng.random() < 0.12 and item.given:
        blocks[0], blocks[1] = blocks[1], blocks[0]
    return gap.join(blocks)


def _bare(items: Sequence[Item], rng: random.Random) -> str:
    """Instruction, text and result as three paragraphs without labels."""
    item = items[0]
    mark = rng.choice(["", "", "", "> ", "-> ", "= ", "Answer: ", "A: ", "Result: "])
    quote = rng.choice(["{}", "{}", "{}", "> {}", "*{}*"]) if mark != "> " and "\n" not in item.given else "{}"
    parts = [instruction(item, rng), *([quote.format(item.given)] if item.given else []), mark + item.answer(rng)]
    return rng.choice(["\n", "\n\n", "\n\n"]).join(parts)


def _question_and_answer(items: Sequence[Item], rng: random.Random) -> str:
    """Some questions with their answers, each with its text in the same line or below."""
    asked, answered = rng.choice(_PAIRS)
    between = rng.choice([" ", " ", "\n", "\n"])
    told = [
        f"{asked}: {instruction(item, rng)}{between if item.given else ''}{item.given}\n{answered}: {item.answer(rng)}"
        for item in items
    ]
    return rng.choice(["\n", "\n\n"]).join(told)


def _talk(items: Sequence[Item], rng: random.Random) -> str:
    """A talk between two people."""
    first, second = rng.sample(FEMALE_NAMES + MALE_NAMES, 2)
    lines: list[str] = []
    if rng.random() < 0.3:
        lines += [f"{first}: Can I ask you something?", f"{second}: {rng.choice(_AGREED)}"]
    for item in items:
        given = (
            f" {_quoted(item.given, rng)}"
            if item.given and "\n" not in item.given
            else f"\n{item.given}" * bool(item.given)
        )
        agreed = f"{rng.choice(_AGREED)} " if rng.random() < 0.15 else ""
        lines += [f"{first}: {instruction(item, rng)}{given}", f"{second}: {agreed}{item.answer(rng)}"]
    if rng.random() < 0.5:
        lines.append(f"{first}: {rng.choice(_THANKS)}")
    return "\n".join(lines)


def _sheet(items: Sequence[Item], rng: random.Random) -> str:
    """A sheet of numbered items, with a key at its end."""
    if not all(item.given for item in items) or any("\n" in item.given for item in items):
        return _question_and_answer(items, rng)
    number = rng.randint(1, 90)
    style = rng.choice(["{}. ", "{}) ", "({}) "])
    head = rng.choice([f"{rng.choice(_SHEETS).format(n=number)}\n", f"{rng.choice(_SHEETS).format(n=number)}. ", ""])
    tasks = "\n".join(style.format(i) + item.given for i, item in enumerate(items, start=1))
    short = rng.random() < 0.5
    answers = "\n".join(
        style.format(i) + (item.result if short else item.answer(rng)) for i, item in enumerate(items, start=1)
    )
    return f"{head}{instruction(items[0], rng)}\n{tasks}\n\n{rng.choice(_KEYS).format(n=number)}\n{answers}"


def _pairs(items: Sequence[Item], rng: random.Random) -> str:
    """Texts and results side by side, under one instruction: arrows or a table."""
    if not all(item.given for item in items) or any("\n" in item.given or "|" in item.given for item in items):
        return _question_and_answer(items, rng)
    arrow = rng.choice([" -> ", " => ", " = ", " : ", " → ", "\n-> ", " / ", "\t"])
    if rng.random() < 0.3:
        before, after = (
            rng.choice(["text", "given", "before", "original"]),
            rng.choice(["result", "answer", "after", "new"]),
        )
        head = f"| {before} | {after} |\n|---|---|\n"
        rows = "\n".join(f"| {item.given} | {item.result} |" for item in items)
        return f"{instruction(items[0], rng)}\n\n{head}{rows}"
    return f"{instruction(items[0], rng)}\n" + "\n".join(f"{item.given}{arrow}{item.result}" for item in items)


def _lesson(items: Sequence[Item], rng: random.Random) -> str:
    """A lesson, told."""
    item = items[0]
    if "\n" in item.given:
        return _bare(items, rng)
    name, other = rng.sample(FEMALE_NAMES + MALE_NAMES, 2)
    teacher = rng.choice([f"{rng.choice(['Mr.', 'Mrs.', 'Ms.'])} {rng.choice(SURNAMES)}", "the teacher", name])
    asked = instruction(item, rng)
    opening = rng.choice([f"{with_capital(teacher)} says: “{asked}”", f"In class, {teacher} says: “{asked}”"])
    board = rng.choice(["On the board stands:", "Here is the text:", "This is what the class sees:", "The text is:"])
    reply = rng.choice([f"{other} writes:", f"{other} answers:", f"{other} says:", f"{other}'s answer is:"])
    praise = f" {rng.choice(_THANKS[2:6])}" if rng.random() < 0.4 else ""
    stop = "" if item.given.endswith((".", "?", "!")) else "."
    middle = f" {board} {item.given}{stop}" if item.given else ""
    answer = item.answer(rng)
    stop = "" if answer.endswith((".", "?", "!")) or not praise else "."
    return f"{opening}{middle} {reply} {answer}{stop}{praise}"


def _letter(items: Sequence[Item], rng: random.Random) -> str:
    """A question in a forum, or a message, with the reply."""
    item = items[0]
    writer, helper = rng.sample(FEMALE_NAMES + MALE_NAMES, 2)
    hello = rng.choice(["Hello,", "Hi all,", f"Dear {helper},", "Good morning.", f"Hi {helper},", "I need some help."])
    closing = rng.choice(["Thanks!", f"Thank you, {writer}", "Many thanks", f"Yours, {writer}", ""])
    middle = f"\n\n{item.given}" if item.given else ""
    head = rng.choice([f"From: {writer}\nTo: {helper}\n\n", f"{writer} wrote:\n", f"{writer} asks:\n", ""])
    reply = rng.choice([f"{helper} replied:", f"Reply from {helper}:", f"{helper}:", "Answer:", f"Dear {writer},"])
    return f"{head}{hello} {instruction(item, rng)}{middle}\n{closing}\n\n{reply}\n{item.answer(rng)}".replace(
        "\n\n\n", "\n\n"
    )


# Each with its weight, the most items that it takes, and whether each item has its own order there.
_LAYOUTS: tuple[tuple[Callable[[Sequence[Item], random.Random], str], int, int, bool], ...] = (
    (_apart, 34, 1, True),
    (_bare, 18, 1, True),
    (_question_and_answer, 14, 4, True),
    (_talk, 9, 3, True),
    (_sheet, 9, 6, False),
    (_pairs, 8, 6, False),
    (_lesson, 5, 1, True),
    (_letter, 5, 1, True),
)
_WEIGHTS = [weight for _, weight, _, _ in _LAYOUTS]

_NAMED_IN_ORDER = re.compile(
    r"\b(?:the|this) (?:following )?(?:sentence|statement|line|word|row|list|question)\b(?: below)?"
)
_ROW_IN_ORDER = re.compile(
    r"\b(?:these|the following) (?:numbers|words|years|months|days|names|cities|animals|items)\b"
)
_INLINE_SHARE = 0.22  # of the items whose order names the text that it works on
_LONGEST_INLINE = 120  # characters of a text that an order may quote


def inline(item: Item, rng: random.Random) -> Item:
    """The item with its text quoted in the order: 'put "Anna walks." into the past' for "put the sentence ..."."""
    row = _ROW_IN_ORDER.search(item.ask) if ", " in item.given else None
    place = row or _NAMED_IN_ORDER.search(item.ask)
    if (
        not place
        or not item.given
        or "\n" in item.given
        or re.search(r"[.?!] ", item.given)  # several sentences
        or len(item.given) > _LONGEST_INLINE
        or item.ask.count('"') > 1
    ):
        return item
    mark = "'" if "'" not in item.given and ('"' in item.given or rng.random() < 0.4) else '"'
    quoted = item.given if row else f"{mark}{item.given.removesuffix('.')}{mark}"
    return replace(item, ask=f"{item.ask[: place.start()]}{quoted}{item.ask[place.end() :]}", given="")


# Yields items without end; one order, that of any of them, fits them all.
Maker = Callable[[random.Random], Iterator[Item]]


def documents(makers: Sequence[tuple[Maker, int]], rng: random.Random) -> Iterator[str]:
    """Documents without end, each of tasks by makers that are chosen by their weights."""
    kinds, weights = zip(*makers, strict=True)
    while True:
        layout, _, most, own_orders = rng.choices(_LAYOUTS, weights=_WEIGHTS)[0]
        number = rng.randint(min(2, most), most)
        if own_orders and rng.random() < 0.6:
            items = [next(maker(rng)) for maker in rng.choices(kinds, weights=weights, k=number)]
        else:
            items = list(islice(rng.choices(kinds, weights=weights)[0](rng), number))
        if own_orders:
            items = [inline(item, rng) if rng.random() < _INLINE_SHARE else item for item in items]
        yield (_question_and_answer if items[0].own and not own_orders else layout)(items, rng)
