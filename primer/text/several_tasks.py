"""Text in which one line gets several orders, so that only the order tells what to do with it."""

import random
from collections.abc import Callable, Iterator, Sequence

from primer.text import materials
from primer.text.clause import SIMPLE_TENSES, TENSE_NAMES, SimpleClause
from primer.text.english_forms import listed, number_in_words, ordinal_word, with_capital
from primer.text.list_work import pool_of
from primer.text.materials import pick
from primer.text.scenes import random_clause
from primer.text.task_layouts import Item, instruction

_LABELS = ("Text", "Line", "Given", "Here it is", "Material", "Take this", "We have", "Work with this")


def write_several_tasks(rng: random.Random) -> Iterator[str]:
    """Yields documents without end, each with one line and two to six orders about it."""
    while True:
        line, tasks = rng.choice(_MATERIALS)(rng)
        chosen = rng.sample(tasks, min(len(tasks), rng.randint(2, 6)))
        yield _page(line, chosen, rng)


def _page(line: str, tasks: Sequence[Item], rng: random.Random) -> str:
    """The line once on top, or again with each order; the answers at once or in a key."""
    orders, answers = [instruction(task, rng) for task in tasks], [task.answer(rng) for task in tasks]
    label = rng.choice(_LABELS)
    match rng.randrange(5):
        case 0:
            style = pick(rng, "{}\n{}|Q: {}\nA: {}|- {} {}|{} -> {}|Task: {}\nAnswer: {}|* {}\n* {}")
            body = "\n".join(style.format(order, answer) for order, answer in zip(orders, answers, strict=True))
            return f"{label}: {line}\n{body}"
        case 1:
            numbered = [f"{at}. {order}" for at, order in enumerate(orders, start=1)]
            key = [f"{at}. {answer}" for at, answer in enumerate(answers, start=1)]
            return "\n".join([f"{label}: {line}", *numbered, "", pick(rng, "Answers|Key|Solutions"), *key])
        case 2:
            style = pick(
                rng, "{o}\n{l}\n{a}|{l}\n{o}\n{a}|Order: {o}\nText: {l}\nResult: {a}|Task: {o}\nGiven: {l}\nAnswer: {a}"
            )
            return "\n\n".join(
                style.format(o=order, l=line, a=answer) for order, answer in zip(orders, answers, strict=True)
            )
        case 3:
            first, second = rng.sample(materials.NAMES, 2)
            told = [f"{first}: {order}\n{second}: {answer}" for order, answer in zip(orders, answers, strict=True)]
            return "\n".join(
                [f"{first}: {pick(rng, 'Look at this|Here is a line|I wrote this|Read this')}: {line}", *told]
            )
    return f"{line}\n\n" + "\n\n".join(f"{order}\n{answer}" for order, answer in zip(orders, answers, strict=True))


def _numbers(rng: random.Random) -> tuple[str, list[Item]]:
    row = materials.numbers(rng, rng.randint(3, 7))
    line = ", ".join(map(str, row))

    def shown(values: Sequence[int]) -> str:
        return ", ".join(map(str, values))

    even, odd = [n for n in row if n % 2 == 0], [n for n in row if n % 2]
    half = (min(row) + max(row)) // 2
    above = [n for n in row if n > half]
    tasks = [
        Item("sort the numbers from the smallest to the largest", "", shown(sorted(row))),
        Item(pick(rng, "put them in rising order|put them in ascending order"), "", shown(sorted(row))),
        Item(
            pick(rng, "sort the numbers from the largest to the smallest|put them in falling order"),
            "",
            shown(sorted(row)[::-1]),
        ),
        Item("write the row backwards", "", shown(row[::-1])),
        Item("copy the row", "", line),
        Item("Which number is the largest?", "", str(max(row)), f"The largest number is {max(row)}."),
        Item("find the smallest number", "", str(min(row)), f"The smallest number is {min(row)}."),
        Item("What is the first number?", "", str(row[0]), f"The first number is {row[0]}."),
        Item("What is the last number?", "", str(row[-1]), f"The last number is {row[-1]}."),
        Item("How many numbers are there?", "", str(len(row)), f"There are {number_in_words(len(row))} numbers."),
        Item(f"Which numbers are above {half}?", "", shown(above), f"Above {half}: {listed([str(n) for n in above])}."),
        Item("leave out the first number", "", shown(row[1:])),
        Item("leave out the last number", "", shown(row[:-1])),
    ]
    if even:
        tasks.append(Item("find the even numbers", "", shown(even), f"Even: {listed([str(n) for n in even])}."))
    if odd:
        tasks.append(Item("find the odd numbers", "", shown(odd), f"Odd: {listed([str(n) for n in odd])}."))
    if max(row) < 200:
        tasks.append(Item("add 1 to each number", "", shown([n + 1 for n in row])))
    return line, tasks


def _words(rng: random.Random) -> tuple[str, list[Item]]:
    what, members = pool_of(rng)
    row = members(rng.randint(3, 6))
    if what in {"numbers", "codes"}:
        row, what = rng.sample(materials.WORDS, 4), "words"
    line, at = ", ".join(row), rng.randrange(len(row))
    gone, (new,) = rng.choice(row), rng.sample(materials.WORDS, 1)
    tasks = [
        Item(
            pick(rng, f"put the {what} in alphabetical order|sort the {what} from A to Z"), "", ", ".join(sorted(row))
        ),
        Item("write them from Z to A", "", ", ".join(sorted(row)[::-1])),
        Item(pick(rng, "turn the row around|write it backwards, the last one first"), "", ", ".join(row[::-1])),
        Item("copy the row", "", line),
        Item(
            f"What is the {ordinal_word(at + 1)} of the {what}?",
            "",
            row[at],
            f"The {ordinal_word(at + 1)} is {row[at]}.",
        ),
        Item(f"How many {what} are there?", "", str(len(row)), f"There are {number_in_words(len(row))} {what}."),
        Item(f"leave out {gone}", "", ", ".join(item for item in row if item != gone)),
        Item(f"add {new} at the end", "", ", ".join([*row, new])),
        Item(f"put {new} in the first place", "", ", ".join([new, *row])),
        Item(f"replace {gone} by {new}", "", ", ".join(new if item == gone else item for item in row)),
        Item('join them with "and"', "", listed(row)),
        Item("write them in capital letters", "", line.upper()),
        Item("write only the first two", "", ", ".join(row[:2])),
        Item(f"Is {new} among them?", "", "No.", f"No, {new} is not among them."),
        Item(f"Is {gone} among them?", "", "Yes.", f"Yes, {gone} is among them."),
        Item("write the first letter of each", "", ", ".join(item[0] for item in row)),
    ]
    return line, [task for task in tasks if new not in row or new not in task.ask]


def _sentence(rng: random.Random) -> tuple[str, list[Item]]:
    clause = random_clause(rng, transitive=rng.random() < 0.7, possessives=False)
    tense = rng.choice(SIMPLE_TENSES)
    line = clause.statement(tense)
    tasks = [
        *(
            Item(
                pick(rng, f"put it into the {TENSE_NAMES[other]}|write it in the {TENSE_NAMES[other]}"),
                "",
                clause.statement(other),
            )
            for other in ("present", "past", "future", "perfect", "progressive")
            if other != tense
        ),
        Item(pick(rng, "make it negative|say that it is not so|deny it"), "", clause.negative(tense)),
        Item("make it negative with a short form", "", clause.negative(tense, short=True)),
        Item(pick(rng, "make a question of it|ask whether it is so"), "", clause.question(tense)),
        Item("add a question tag", "", clause.tagged(tense)),
        Item("write it again", "", line),
        Item("What is the verb?", "", clause.finite(tense), f'The verb is "{clause.finite(tense)}".'),
        Item("What is the subject?", "", clause.subject.text, f'The subject is "{clause.subject.text}".'),
        Item(
            "How many words are there?",
            "",
            str(len(line.split())),
            f"There are {number_in_words(len(line.split()))} words.",
        ),
        Item("What is the last word?", "", line[:-1].split()[-1], f'The last word is "{line[:-1].split()[-1]}".'),
        Item("Which tense is it?", "", with_capital(TENSE_NAMES[tense]), f"It is in the {TENSE_NAMES[tense]}."),
        Item("write it in small letters", "", line.lower()),
        *_of_object(clause, tense, rng),
    ]
    if clause.subject.text not in {"I", "you", "we"}:
        who = clause.subject_question(tense)
        tasks.append(Item(who, "", f"{with_capital(clause.subject.text)}.", line))
    if clause.rest:
        tasks.append(
            Item(
                f'leave out "{clause.rest}"',
                "",
                SimpleClause(clause.subject, clause.verb, clause.object).statement(tense),
            )
        )
    return line, tasks


def _of_object(clause: SimpleClause, tense: str, rng: random.Random) -> Iterator[Item]:
    if clause.object:
        yield Item(pick(rng, "put it into the passive|make it passive"), "", clause.passive(tense))
        yield Item("What is the object?", "", clause.object.as_object, f'The object is "{clause.object.as_object}".')


_MATERIALS: tuple[Callable[[random.Random], tuple[str, list[Item]]], ...] = (_numbers, _words, _sentence, _sentence)
