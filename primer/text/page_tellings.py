"""The bundled pages, told in several ways: as they are, by sections, as lists of facts, sentence by sentence.

Some pages stay out on purpose, so that one can see what a model makes up about pages that it never read. Of the others,
those that tuning asks about by default are also asked about here, in other words: a fact that was only told in one form
is stored but can't be asked for (Allen-Zhu and Li, 2023, "Physics of Language Models: Part 3.1"). The pages of the test
split are told, and never asked about.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from primer.configuration import BUNDLED_PAGES, SPLIT, TextParams, load_section
from primer.text.layouts import Exchange, lay_out_exchanges
from stages.common.files import read_jsonl
from stages.common.records import Example, Page
from stages.teachers.rules.fact import Draft
from stages.teachers.rules.passages import PASSAGES, passage_fits
from stages.teachers.rules.questions import QUESTIONS
from stages.teachers.rules.rewriting import REWRITES
from stages.teachers.rules.sentences import select_sentences
from stages.teachers.rules.statements import STATEMENTS
from stages.teachers.rules.teacher import make_facts

_ABOUT = re.compile(r"^(?:A question about|About|Regarding) (?P<name>[^:]+): ")
_TIME_AT_END = re.compile(r"^(?P<rest>[^,;]{20,}) (?P<time>(?:in|on) (?:\d{1,2} )?(?:[A-Z][a-z]+ )?\d{3,4})\.$")
# Own words for the tasks whose material stands apart.
_REWORDED = {
    "topic": (
        "What does this text deal with?",
        "Who or what is the text about?",
        "Give the subject of this text.",
        "What is described here?",
    ),
    "summary": (
        "Say in one sentence what the text tells.",
        "Put the text into one sentence.",
        "What does this text say, in short?",
        "Sum it up in a sentence.",
    ),
    "list_years": (
        "Which years does the text name?",
        "Write down every year in this text.",
        "What years come up here?",
        "Note all the years.",
    ),
    "to_question": (
        "Make this a yes-or-no question.",
        "Ask whether this is so.",
        "Change the statement into a question.",
    ),
    "shorten": ("Shorten the sentence.", "Keep only what matters most.", "Say only the main thing."),
    "correct_error": ("A number here is wrong. Put it right.", "Which number is wrong? Write the sentence correctly."),
}
SEEDS = 4  # how often each kind of question is asked about a sentence, each time with other choices


@dataclass(frozen=True)
class Telling:
    """A page, its sentences that can stand alone, and what is asked about it: nothing, if it is of the test split.

    `questions` are pairs of a sentence and an exchange about it that needs no passage.
    """

    page: Page
    subject: str  # the title as sentences name it: "the emperor penguin"
    sentences: tuple[str, ...]
    exchanges: tuple[Exchange, ...]
    questions: tuple[tuple[str, Exchange], ...]


def pages_kept_out(pages: list[Page], count: int, seed: int) -> set[str]:
    """The titles of the pages that the model never reads."""
    titles = sorted(page.title for page in pages)
    return set(random.Random(f"{seed} kept out").sample(titles, min(count, len(titles))))


@lru_cache
def tellings() -> tuple[Telling, ...]:
    params = load_section("text", TextParams)
    pages = read_jsonl(BUNDLED_PAGES, Page)
    out = pages_kept_out(pages, params.pages_kept_out, params.seed)
    asked = {example.source.title for example in read_jsonl(SPLIT / "train.jsonl", Example)}
    return tuple(_telling(page, page.title in asked) for page in pages if page.title not in out)


def _telling(page: Page, ask: bool) -> Telling:
    selected = select_sentences(page)
    exchanges: dict[Exchange, None] = {}
    questions: dict[tuple[str, Exchange], None] = {}
    for seed in range(SEEDS if ask else 0):
        for fact in make_facts(selected, f"{seed} primer {page.title}"):
            for kind in (*QUESTIONS, *STATEMENTS, *REWRITES, *(PASSAGES if passage_fits(fact) else ())):
                asked = [_reworded(draft, fact.rng) for draft in kind(fact)]
                exchanges |= dict.fromkeys(asked)
                if kind in QUESTIONS:
                    questions |= {(fact.sentence.text, exchange): None for exchange in asked if not exchange.item}
    sentences = tuple(sentence.text for sentence in selected.kept)
    return Telling(page, selected.subject.name, sentences, tuple(exchanges), tuple(questions))


def _reworded(draft: Draft, rng: random.Random) -> Exchange:
    """A draft of the teacher as an exchange, in other words than the teacher's where that is easy."""
    task = draft.instruction
    if about := _ABOUT.match(task):
        rest = task[about.end() :]
        lead = rng.choice(("{name}: ", "On {name}: ", "This is about {name}. ", "The topic is {name}. "))
        task = lead.format(name=about["name"]) + rest[0].upper() + rest[1:]
    if draft.input and draft.kind in _REWORDED:
        task = rng.choice(_REWORDED[draft.kind])
    return Exchange(task, draft.input, draft.output)


def write_page_tellings(rng: random.Random) -> Iterator[str]:
    told = tellings()
    with_questions = [telling for telling in told if telling.exchanges]
    while True:
        chosen = rng.random()
        telling = rng.choice(told)
        if chosen < 0.15:
            yield _whole(rng, telling.page)
        elif chosen < 0.35:
            yield _section(rng, telling.page)
        elif chosen < 0.6:
            yield _facts(rng, telling)
        elif chosen < 0.7:
            yield " ".join(_leading(rng, rng.choice(told)) for _ in range(rng.randint(1, 4)))
        else:
            asked = rng.choice(with_questions)
            count = min(rng.choice((1, 2, 3, 4)), len(asked.exchanges))
            document = lay_out_exchanges(rng, rng.sample(asked.exchanges, count))
            before = _facts(rng, asked) if rng.random() < 0.3 else ""
            yield f"{before}\n\n{document}".strip()


def _whole(rng: random.Random, page: Page) -> str:
    parts = [page.title]
    for section in page.sections:
        parts += filter(None, (section.heading, *section.text.split("\n\n")))
    return rng.choice(("\n", "\n\n")).join(parts)


def _section(rng: random.Random, page: Page) -> str:
    section = rng.choice(page.sections)
    paragraphs = section.text.split("\n\n")
    if rng.random() < 0.5:
        return rng.choice(paragraphs)
    heading = f": {section.heading}" if section.heading else ""
    return "\n".join((f"{page.title}{heading}", *paragraphs))


def _facts(rng: random.Random, telling: Telling) -> str:
    """Some sentences of a page in another order, under its title or after an opening."""
    title = telling.page.title
    if not telling.sentences:
        return title
    count = min(rng.randint(2, 8), len(telling.sentences))
    chosen = rng.sample(telling.sentences, count)
    if rng.random() < 0.5:
        chosen = sorted(chosen, key=telling.sentences.index)
    told = [_time_first(sentence, telling.subject) if rng.random() < 0.4 else sentence for sentence in chosen]
    opening = rng.choice(
        (
            title,
            f"Facts about {title}",
            f"What do we know about {title}?",
            f"About {title}",
            f"Notes on {title}:",
            f"{title}:",
        )
    )
    if rng.random() < 0.5:
        return "\n".join((opening, *(f"- {sentence}" for sentence in told)))
    return f"{opening}\n{' '.join(told)}" if rng.random() < 0.6 else " ".join(told)


def _leading(rng: random.Random, telling: Telling) -> str:
    if not telling.sentences:
        return telling.page.title
    sentence = rng.choice(telling.sentences)
    lead = rng.choice(
        (
            "",
            "",
            f"{telling.page.title}: ",
            "Did you know? ",
            f"From a page about {telling.page.title}: ",
            "It is a fact: ",
        )
    )
    return lead + (_time_first(sentence, telling.subject) if rng.random() < 0.5 else sentence)


def _time_first(sentence: str, subject: str) -> str:
    """ "In 1725, the four works were published." for "The four works were published in 1725." """
    match = _TIME_AT_END.match(sentence)
    if not match:
        return sentence
    rest = match["rest"]
    first = rest.split(" ", 1)[0]
    if first in ("The", "A", "An", "His", "Her", "Its", "Their") and not rest.startswith(subject):
        rest = rest[0].lower() + rest[1:]
    return f"{match['time'][0].upper()}{match['time'][1:]}, {rest}."
