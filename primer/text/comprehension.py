"""Text about reading: a short text, and questions about what it says and which sentence says it."""

import random
import re
from collections.abc import Iterator

from primer.text.english_forms import listed, number_in_words, with_capital
from primer.text.materials import NAMES, made_up_name, pick
from primer.text.portraits import Portrait, person, town
from primer.text.small_stories import PORTRAITS, any_portrait, notice, outing
from primer.text.task_layouts import Item, Maker, documents

_YEAR = re.compile(r"\b1\d{3}\b|\b20\d\d\b")
_NUMBER = re.compile(r"\b\d[\d,.:]*\d\b|\b\d\b")
_TEXT = ("text", "text", "passage", "paragraph", "short text", "lines below", "following text", "story")


def write_comprehension(rng: random.Random) -> Iterator[str]:
    """Yields documents without end, each a text with questions about it and their answers."""
    tasks = documents(MAKERS, rng)
    while True:
        yield next(tasks) if rng.random() < 0.6 else _reading(rng)


def sentence_answer(question: str, portrait: Portrait) -> str:
    """The sentence of the text that answers the question."""
    return next(line.text for line in portrait.lines if any(question == asked for asked, _ in line.asked))


def _asked(portrait: Portrait) -> list[tuple[str, str]]:
    return [pair for line in portrait.lines for pair in line.asked]


def _question(rng: random.Random) -> Iterator[Item]:
    whole = rng.random() < 0.55
    while True:
        portrait = any_portrait(rng)
        question, short = rng.choice(_asked(portrait))
        ask = rng.choice(
            [
                question,
                question,
                f"read the text and answer: {question}",
                f"answer from the text: {question}",
                f"According to the text: {question}",
                f"use the passage to answer the question: {question}",
            ]
        )
        said = _named(sentence_answer(question, portrait), portrait)
        yield Item(
            ask, portrait.text, said if whole else with_capital(short) + "." * (not short.endswith(".")), said, own=True
        )


def _named(sentence: str, portrait: Portrait) -> str:
    """The sentence with the subject's name in the place of a pronoun at its start."""
    for pronoun, name in (
        ("She ", f"{portrait.subject} "),
        ("He ", f"{portrait.subject} "),
        ("It ", f"{with_capital(portrait.subject)} "),
        ("Its ", f"{with_capital(portrait.subject)}'s "),
        ("Her ", f"{portrait.subject}'s "),
        ("His ", f"{portrait.subject}'s "),
    ):
        if sentence.startswith(pronoun):
            return name + sentence[len(pronoun) :]
    return re.sub(r"^(In [^,]+), (?:she|he) ", rf"\1, {portrait.subject} ", sentence)


def _find_sentence(rng: random.Random) -> Iterator[Item]:
    while True:
        portrait = any_portrait(rng)
        marked = [(line, mark) for line in portrait.lines for mark in line.marks if portrait.text.count(mark) == 1]
        if not marked:
            continue
        line, mark = rng.choice(marked)
        mark = mark if mark[0].isupper() or mark[0].isdigit() else f'"{mark}"'
        ask = pick(
            rng,
            f"copy the sentence with {mark}|find the sentence in which {mark} is named|"
            f"Which sentence names {mark}?|write down the sentence that has {mark} in it|"
            f"Where does the text speak of {mark}? Copy the sentence",
        )
        ask = ask if not ask.endswith("Copy the sentence") else f"copy the sentence where the text speaks of {mark}"
        yield Item(ask, portrait.text, line.text, own=True)


def _nth_sentence(rng: random.Random) -> Iterator[Item]:
    while True:
        portrait = any_portrait(rng)
        at = rng.randrange(len(portrait.lines))
        place = (
            "last" if at == len(portrait.lines) - 1 else ["first", "second", "third", "fourth", "fifth", "sixth"][at]
        )
        ask = pick(
            rng,
            f"copy the {place} sentence|write down the {place} sentence of the text|"
            f"What is the {place} sentence of the text?",
        )
        yield Item(ask, portrait.text, portrait.lines[at].text, own=True)


def _without_sentence(rng: random.Random) -> Iterator[Item]:
    last = rng.random() < 0.5
    while True:
        portrait = any_portrait(rng)
        kept = portrait.lines[:-1] if last else portrait.lines[1:]
        ask = pick(
            rng, "leave out the {} sentence|copy the text without its {} sentence|remove the {} sentence"
        ).format("last" if last else "first")
        yield Item(ask, portrait.text, " ".join(line.text for line in kept))


def _listing(rng: random.Random) -> Iterator[Item]:
    years = rng.random() < 0.6
    while True:
        portrait = rng.choice([person, town] if years else [town, notice, outing])(rng)
        found = list(dict.fromkeys((_YEAR if years else _NUMBER).findall(portrait.text)))
        if not 1 <= len(found) <= 6:
            continue
        what = "year" if years else "number"
        ask = pick(
            rng,
            f"list the {what}s in the text|Which {what}s are in the text?|"
            f"write down all {what}s that the text names|find every {what} in this {rng.choice(_TEXT[:4])}",
        )
        said = (
            rng.choice(["The text names {}.", "In the text are the {what}s {}.", "They are {}."])
            if len(found) > 1
            else "The text names only {}."
        )
        yield Item(ask, portrait.text, ", ".join(found), said.replace("{what}", what).format(listed(found)))


def _topic(rng: random.Random) -> Iterator[Item]:
    while True:
        portrait = any_portrait(rng)
        ask = pick(
            rng,
            "say what the text is about|What does this text tell about?|name the subject of the text|"
            "Who or what is the text about?|find a title for the text",
        )
        said = pick(rng, "The text is about {}.|It is about {}.|It tells about {}.|The subject is {}.").format(
            portrait.subject
        )
        yield Item(
            ask,
            portrait.text,
            with_capital(portrait.subject),
            said if "title" not in ask else with_capital(portrait.subject),
        )


def _gist(rng: random.Random) -> Iterator[Item]:
    while True:
        portrait = rng.choice([person, town, notice])(rng)
        ask = pick(
            rng,
            "summarize the text in one sentence|say in one sentence what the text is about|"
            "give the main point of the text|sum up the text|shorten the text to one sentence|"
            "What is the main thing that the text says?",
        )
        yield Item(ask, portrait.text, portrait.lines[0].text)


def _true_or_false(rng: random.Random) -> Iterator[Item]:
    """A sentence about the text, right or with another number or name."""
    while True:
        portrait = any_portrait(rng)
        line = rng.choice(portrait.lines)
        right = _named(line.text, portrait)
        wrong = altered(right, rng)
        if wrong is None:
            continue
        true = rng.random() < 0.5
        ask = pick(
            rng,
            "Is this right? {}|Does the text say this? {}|say whether this is true: {}|true or not: {}|"
            "Right or wrong? {}",
        ).format(right if true else wrong)
        said = rng.choice(
            ["That is right. {}", "True. {}", "Yes. {}"] if true else ["That is wrong. {}", "Not true. {}", "No. {}"]
        ).format(right)
        yield Item(ask, portrait.text, said, own=True)


def altered(sentence: str, rng: random.Random) -> str | None:
    """The sentence with another number, or another name of a person or place; None if it has neither."""
    found = [number for number in _NUMBER.finditer(sentence) if ":" not in number[0]]
    if found:
        number = rng.choice(found)
        old = int(number[0].replace(",", ""))
        new = old + rng.choice([-1, 1]) * rng.randint(1, max(2, min(old - 1, 40)))
        shown = f"{new:,}" if "," in number[0] else str(new)
        return sentence[: number.start()] + shown + sentence[number.end() :]
    if name := re.search(
        r"(?<= in )[A-Z]\w+|(?<= from )[A-Z]\w+|(?<=belongs to )[A-Z]\w+|(?<= friend )[A-Z]\w+", sentence
    ):
        other = rng.choice(NAMES) if name[0] in NAMES else made_up_name(rng)
        return None if other == name[0] else sentence.replace(name[0], other)
    return None


def _mend_number(rng: random.Random) -> Iterator[Item]:
    """A statement with a wrong number, set right from the text."""
    while True:
        portrait = any_portrait(rng)
        right = _named(rng.choice(portrait.lines).text, portrait)
        wrong = altered(right, rng)
        if wrong is None:
            continue
        ask = pick(
            rng,
            "correct the statement with the help of the text: {}|"
            "one thing in this statement is wrong; write it as the text has it: {}|set this right: {}",
        ).format(wrong.rstrip("."))
        yield Item(ask, portrait.text, right, own=True)


def _sentence_count(rng: random.Random) -> Iterator[Item]:
    while True:
        portrait = any_portrait(rng)
        count = len(portrait.lines)
        if "p.m." in portrait.text or "a.m." in portrait.text:
            continue
        yield Item(
            pick(rng, "count the sentences|How many sentences has the text?|How many sentences are there?"),
            portrait.text,
            str(count),
            f"The text has {number_in_words(count)} sentences.",
        )


def _reading(rng: random.Random) -> str:
    """A text with all sorts of questions below it, answered at once or in a key."""
    portrait = rng.choice(PORTRAITS)(rng)
    asked = _asked(portrait)
    chosen = rng.sample(asked, min(len(asked), rng.randint(2, 5)))
    whole = rng.random() < 0.5
    answers = [
        _named(sentence_answer(question, portrait), portrait) if whole else f"{with_capital(short).rstrip('.')}."
        for question, short in chosen
    ]
    head = rng.choice(
        [
            "Read the text.\n\n",
            "Read this and answer the questions.\n",
            "Text:\n",
            "",
            "",
            f"{with_capital(portrait.subject)}\n\n",
        ]
    )
    if rng.random() < 0.35:
        questions = "\n".join(f"{at}. {question}" for at, (question, _) in enumerate(chosen, start=1))
        key = "\n".join(f"{at}. {answer}" for at, answer in enumerate(answers, start=1))
        asks = rng.choice(["Questions", "Answer these questions.", "What does the text say?"])
        return f"{head}{portrait.text}\n\n{asks}\n{questions}\n\n{rng.choice(['Answers', 'Key', 'Solutions'])}\n{key}"
    style = rng.choice(["{}\n{}", "Q: {}\nA: {}", "- {} {}", "{} {}", "Question: {}\nAnswer: {}", "{} - {}"])
    return f"{head}{portrait.text}\n\n" + "\n".join(
        style.format(question, answer) for (question, _), answer in zip(chosen, answers, strict=True)
    )


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_question, 34),
    (_find_sentence, 14),
    (_nth_sentence, 8),
    (_without_sentence, 4),
    (_listing, 10),
    (_topic, 9),
    (_gist, 10),
    (_true_or_false, 12),
    (_mend_number, 6),
    (_sentence_count, 3),
)
