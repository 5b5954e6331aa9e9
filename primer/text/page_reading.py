"""Text with passages from made-up pages and what is asked about them: years, sentences, truth, gaps, gist."""

import random
import re
from collections.abc import Iterator

from primer.text.english_forms import listed, with_capital
from primer.text.made_up_pages import MadeUpPage, PageFact, made_up_page, with_addition, with_other_number
from primer.text.materials import pick
from primer.text.task_layouts import Item, Maker, documents

_KNOWN_WORDS = re.compile(r"\b[A-Z]\w+|\d[\d,]*\d|\d")


def write_page_reading(rng: random.Random) -> Iterator[str]:
    """Yields documents without end: passages as an encyclopedia has them, and tasks about them."""
    tasks = documents(MAKERS, rng)
    while True:
        yield next(tasks) if rng.random() < 0.6 else _many_questions(rng)


def _asked(page: MadeUpPage) -> list[tuple[str, PageFact]]:
    return [(question, fact) for fact in page.facts for question in fact.questions]


def _question(rng: random.Random) -> Iterator[Item]:
    while True:
        page = made_up_page(rng)
        question, fact = rng.choice(_asked(page))
        forms = (
            "{q}|{q}|Read the passage: {q}|From the text: {q}|{q} Look it up in the text.|Find it in the passage: {q}"
        )
        ask = pick(rng, forms).replace("{q}", question)
        yield Item(ask, page.passage, fact.text, own=True)


def _sentence_with(rng: random.Random) -> Iterator[Item]:
    """The one sentence that has a name or a number."""
    while True:
        page = made_up_page(rng)
        marks = [
            (mark, sentence)
            for sentence in page.sentences
            for mark in _KNOWN_WORDS.findall(sentence)
            if page.passage.count(mark) == 1 and mark not in page.name and mark not in {"It", "He", "She", "The", "In"}
        ]
        if not marks:
            continue
        mark, sentence = rng.choice(marks)
        forms = (
            "copy the sentence about {m}|write out the sentence that names {m}|Which sentence has {m} in it?|"
            "find the sentence with {m}|copy the sentence where {m} comes up|quote the sentence in which {m} stands"
        )
        ask = pick(rng, forms).replace("{m}", mark)
        yield Item(ask, page.passage, sentence, own=True)


def _years(rng: random.Random) -> Iterator[Item]:
    while True:
        page = made_up_page(rng)
        if len(page.years) < 2:
            continue
        ask = pick(
            rng,
            "write down all the years|Which years are named here?|note the years of the "
            "passage|pick out every year|What are the years in this text?",
        )
        said = pick(
            rng, "The years are {}.|The text has {}.|It names {}.|They are {}.|The text speaks of the years {}."
        ).format(listed(page.years))
        yield Item(ask, page.passage, ", ".join(page.years), said)


def _subject(rng: random.Random) -> Iterator[Item]:
    while True:
        page = made_up_page(rng)
        ask = pick(
            rng,
            "say whom or what the passage is about|What is the subject here?|name what "
            "the text describes|Whom or what does this text tell us about?|give the topic of the paragraph",
        )
        said = pick(
            rng,
            "The passage tells about {}.|It is about {}.|The text describes {}.|The subject is {}.|The topic is {}.",
        ).format(page.name)
        yield Item(ask, page.passage, with_capital(page.name), said)


def _gist(rng: random.Random) -> Iterator[Item]:
    while True:
        page = made_up_page(rng)
        ask = pick(
            rng,
            "put the passage into one sentence|say in a sentence what it is about|sum up "
            "the passage|What does the passage tell, in one sentence?|give the gist of the text in one sentence",
        )
        yield Item(ask, page.passage, page.facts[0].text)


def _yes_or_no(rng: random.Random) -> Iterator[Item]:
    """A fact asked, as it is or with another number, about the passage or about the single sentence."""
    while True:
        page = made_up_page(rng)
        fact = rng.choice(page.facts)
        wrong = with_other_number(fact.text, rng) if rng.random() < 0.55 else None
        question = fact.clause.question(fact.tense)
        if wrong:
            question = f"{question[: len(question) - len(_rest(fact, fact.text)) - 1]}{_rest(fact, wrong)}?"
        answer = f"{'No' if wrong else 'Yes'}, {fact.clause.subject.text}{fact.text[len(fact.clause.subject.text) :]}"
        yield Item(question, page.passage if rng.random() < 0.7 else fact.text, answer, own=True)


def _rest(fact: PageFact, text: str) -> str:
    """What follows the verb, without the full stop."""
    start = len(f"{fact.clause.subject.text} {fact.clause.finite(fact.tense)} ")
    return text[start:-1]


def _truth(rng: random.Random) -> Iterator[Item]:
    while True:
        page = made_up_page(rng)
        fact = rng.choice(page.facts)
        wrong = with_other_number(fact.text, rng) if rng.random() < 0.55 else None
        claim = wrong or fact.text
        ask = pick(
            rng,
            "Right or wrong? {}|Does the text agree? {}|Check this with the passage: {}|Is it so? {}|True or not? {}",
        ).replace("{}", claim)
        said = pick(
            rng,
            "Wrong. {}|No. {}|Not so. {}|That is not true. {}"
            if wrong
            else "Right. {}|Yes. {}|It is so. {}|That is true. {}",
        )
        yield Item(ask, page.passage, said.format(fact.text), own=True)


def _mend(rng: random.Random) -> Iterator[Item]:
    """A sentence with a wrong number, and the passage that has the right one."""
    while True:
        page = made_up_page(rng)
        fact = rng.choice(page.facts)
        wrong = with_other_number(fact.text, rng)
        if wrong is None:
            continue
        ask = pick(
            rng,
            "The number in this sentence is wrong; write it as the text has it: {}|Put "
            "this right: {}|Somebody wrote: {} Correct it from the text|Mend the number: {}",
        ).replace("{}", wrong)
        yield Item(ask.replace(" Correct it from the text", ""), page.passage, fact.text, own=True)


def _cut_off(rng: random.Random) -> Iterator[Item]:
    """The beginning of a fact, to be completed from the passage."""
    while True:
        page = made_up_page(rng)
        fact = rng.choice(page.facts)
        cuts = [
            cut.end()
            for cut in re.finditer(r" (?:in|by|of|to|from|at|near|for|through) ", fact.text)
            if cut.start() > len(page.name)
        ]
        if not cuts:
            continue
        start = fact.text[: cuts[-1]].rstrip()
        ask = pick(
            rng,
            "Go on: {} ...|Write the whole sentence: {} ...|How does it end? {} ...|Finish what is begun here: {} ...",
        ).replace("{}", start)
        yield Item(ask, page.passage, fact.text, own=True)


def _gap(rng: random.Random) -> Iterator[Item]:
    """A fact with a gap for a name or a number."""
    while True:
        page = made_up_page(rng)
        fact = rng.choice(page.facts)
        gaps = [gap for gap in _KNOWN_WORDS.finditer(fact.text, len(page.name) + 1) if fact.text.count(gap[0]) == 1]
        if not gaps:
            continue
        gap = rng.choice(gaps)
        line = f"{fact.text[: gap.start()]}{pick(rng, '____|___|...|_____')}{fact.text[gap.end() :]}"
        ask = pick(
            rng,
            "Fill the gap: {}|What is missing? {}|Put in what is missing: {}|Which word "
            "or number stands in the gap? {}",
        ).replace("{}", line)
        number = gap[0][0].isdigit()
        said = pick(
            rng,
            f"The gap stands for {gap[0]}.|{'The number' if number else 'The word'} is {gap[0]}.|{gap[0]} is missing.",
        )
        yield Item(ask, page.passage, gap[0], said, own=True)


def _to_question(rng: random.Random) -> Iterator[Item]:
    while True:
        fact = rng.choice(made_up_page(rng).facts)
        ask = pick(
            rng,
            "ask whether it is so|make a yes-or-no question|turn it into a question|form "
            "a question that one answers with yes or no|write the statement as a question|put it as a question",
        )
        yield Item(ask, fact.text, fact.clause.question(fact.tense))


def _shorter(rng: random.Random) -> Iterator[Item]:
    while True:
        fact = rng.choice(made_up_page(rng).facts)
        ask = pick(
            rng,
            "cut the sentence to what matters|shorten it|keep the main clause|drop what "
            "follows the comma|write only the main part|make the sentence shorter",
        )
        yield Item(ask, with_addition(fact, rng), fact.text)


def _event(rng: random.Random) -> Iterator[Item]:
    """What happened in a year."""
    while True:
        page = made_up_page(rng)
        found = [
            (fact, year)
            for fact in page.facts
            if fact.tense == "past"
            for year in page.years
            if year in fact.text and "between" not in fact.text
        ]
        if not found:
            continue
        fact, year = rng.choice(found)
        if sum(year in other.text for other in page.facts) > 1:
            continue
        ask = pick(
            rng,
            "What happened in {y}?|say what happened in {y}|Which event does the text date "
            "to {y}?|What does the text tell of the year {y}?",
        ).replace("{y}", year)
        yield Item(ask, page.passage, fact.text, own=True)


def _many_questions(rng: random.Random) -> str:
    """A passage, and below it questions of several kinds with their answers."""
    page = made_up_page(rng)
    pairs = [(question, fact.text) for question, fact in _asked(page)]
    for fact in page.facts[1:]:
        pairs.append(
            (
                fact.clause.question(fact.tense),
                f"Yes, {fact.text[0].lower() + fact.text[1:] if page.name.startswith('the ') else fact.text}",
            )
        )
    if len(page.years) > 1:
        pairs.append(("Which years does the text name?", f"It names {listed(page.years)}."))
    pairs.append(("What is the text about?", f"It is about {page.name}."))
    pairs.append(("What is the first sentence?", page.sentences[0]))
    chosen = rng.sample(pairs, min(len(pairs), rng.randint(2, 5)))
    style = pick(rng, "{}\n{}|Q: {}\nA: {}|- {} {}|Question: {}\nAnswer: {}|{} - {}|* {}\n* {}")
    head = pick(rng, "|{n}\n|Read this:\n|Passage:\n|Text\n|About {n}\n\n").replace(
        "{n}", with_capital(page.name) if rng.random() < 0.5 else page.name
    )
    return f"{head}{page.passage}\n\n" + "\n".join(style.format(question, answer) for question, answer in chosen)


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_question, 30),
    (_sentence_with, 14),
    (_years, 10),
    (_subject, 7),
    (_gist, 9),
    (_yes_or_no, 12),
    (_truth, 9),
    (_mend, 6),
    (_cut_off, 7),
    (_gap, 8),
    (_to_question, 14),
    (_shorter, 8),
    (_event, 8),
)
