"""Instructions about several facts of a page."""

import random
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from stages.common.records import Page
from stages.english.number_words import numbers_in
from stages.teachers.rules.fact import Draft, PageKind
from stages.teachers.rules.overviews import (
    introduce,
    list_facts,
    order_events,
    tell_about,
    which_first,
    years_between,
)
from stages.teachers.rules.sentences import select_sentences
from stages.teachers.rules.teacher import make_facts

MakePage = Callable[..., Page]

PEQUOD = (
    "The Pequod is a ship from Nantucket in the north. It was built in 1801. The Pequod crossed the Pacific in 1812.",
    "In 1834, the Pequod was repaired in Boston. Captain Ahab sold the Pequod in 1845. Its crew was paid in 1850.",
)


@pytest.fixture
def ask(page: MakePage) -> Callable[..., list[Draft]]:
    def drafts(kind: PageKind, *texts: str, seed: int = 1) -> list[Draft]:
        facts = make_facts(select_sentences(page("Pequod", *(texts or PEQUOD))), "1")
        return list(kind(facts, random.Random(seed)))

    return drafts


@pytest.mark.parametrize("seed", range(10))
def test_an_order_goes_by_time(ask: Callable[..., list[Draft]], seed: int) -> None:
    [draft] = ask(order_events, seed=seed)
    years = [int(year) for year in re.findall(r"\((\d{4})\)", draft.output)]
    assert years == sorted(years) and len(years) == 3
    assert not re.search(r"\d{4}", draft.input)
    given = [line.removeprefix("- ") for line in draft.input.split("\n")]
    listed = [re.sub(r"\d\. (.*) \(\d+\)", r"\1", line) for line in draft.output.split("\n")]
    assert given != listed and sorted(given) == sorted(listed)


@pytest.mark.parametrize("seed", range(10))
def test_two_events_are_compared(ask: Callable[..., list[Draft]], seed: int) -> None:
    """Guards against the wrong letter, and against a difference that isn't the events'."""
    [draft] = ask(which_first, seed=seed)
    early, late = map(int, re.findall(r"\d{4}", draft.output))
    assert early < late
    options = dict(line.split(") ", 1) for line in draft.input.split("\n"))
    right = options[draft.output[0]].rstrip(".")
    assert right.lower() in draft.output.lower().split(str(early))[0]
    [draft] = ask(years_between, seed=seed)
    count, early, late = (int(number) for _, number in numbers_in(draft.output))
    assert count == late - early


def test_facts_are_three_and_name_the_subject(ask: Callable[..., list[Draft]]) -> None:
    for seed in range(10):
        [draft] = ask(list_facts, seed=seed)
        lines = draft.output.split("\n")
        assert [line[:3] for line in lines] == ["1. ", "2. ", "3. "]
        assert len(set(lines)) == 3 and all("Pequod" in line for line in lines)
    assert ask(list_facts, "The Pequod is a ship from Nantucket. It sank in 1851.") == []


def test_an_introduction_is_the_start_of_the_page(ask: Callable[..., list[Draft]]) -> None:
    [draft] = ask(introduce)
    assert draft.output == PEQUOD[0]
    hook = "Few ships were as old as the Pequod. The Pequod is a ship from Nantucket in the north."
    [draft] = ask(introduce, f"{hook} It was built in 1801. It sank in 1851.")
    assert draft.output == f"{hook} It was built in 1801."  # and not from the definition on
    assert ask(introduce, f"This made him rich. {hook}") == []
    assert ask(introduce, f"Few ships (or none) were older. {hook}") == []  # nothing is cut out of a sentence
    broken_off = "The Pequod is a ship from Nantucket. This made him rich. It sank in 1851."
    assert ask(introduce, broken_off) == []  # "This" isn't certain


def test_an_introduction_of_a_person_says_who(page: MakePage) -> None:
    """Guards against "Explain what Roald Amundsen was"."""
    text = "Mary Ahab was a painter from Nantucket. She was born in 1801. She sank in 1851. Her ship was old."
    facts = make_facts(select_sentences(page("Mary Ahab", text)), "1")
    asked = {draft.instruction for seed in range(30) for draft in introduce(facts, random.Random(seed))}
    assert "Explain in two or three sentences who Mary Ahab was." in asked
    assert not any(" what Mary Ahab" in instruction for instruction in asked)


def test_a_section_begins_with_its_own_sentences(ask: Callable[..., list[Draft]]) -> None:
    """Guards against a section whose start refers to the one before."""
    lead = "The Pequod is a ship from Nantucket."
    [draft] = ask(tell_about, lead, "The Pequod was built in Boston. It was sold in 1845.")
    assert "Pequod" in draft.instruction
    assert draft.output == "The Pequod was built in Boston. It was sold in 1845."
    assert ask(tell_about, lead, "Its crew was small. It was sold in 1845.") == []
    assert ask(tell_about, lead, "The Pequod was built in Boston.") == []
    cut_short = "The Pequod was built in Boston. It was sold in 1845. This made its captain rich."
    assert ask(tell_about, lead, cut_short) == []  # what matters may come after it


def test_a_section_begins_with_no_name_that_an_earlier_one_explains(ask: Callable[..., list[Draft]]) -> None:
    """Guards against "the Jupiters" and "Khrushchev", whom nobody knows without the page."""
    lead = "The Pequod is a ship from Nantucket. Herman Coffin owned it. It carried Jupiter missiles in 1841."
    for known, asked in (("Herman Coffin", 1), ("Coffin", 0)):
        assert len(ask(tell_about, lead, f"The Pequod was built in Boston. It was sold by {known}.")) == asked
    assert ask(tell_about, lead, "The Pequod was built in Boston. It lost the Jupiters.") == []


def test_an_event_names_the_subject(ask: Callable[..., list[Draft]]) -> None:
    """Guards against "A Moroccan army defeated Songhai", whose link with Timbuktu nobody sees."""
    text = "The Pequod is a ship from Nantucket. It was sold in 1845. Captain Ahab bought a house in {}."
    assert ask(which_first, text.format("1840")) == []
    assert len(ask(which_first, text.format("1840").replace("a house", "the Pequod"))) == 1


def test_an_event_has_one_year_and_stands_alone(ask: Callable[..., list[Draft]]) -> None:
    """Guards against "he died", and against a year that belongs to something else."""
    lead = "The Pequod is a ship from Nantucket. "
    assert ask(which_first, lead + "It sank in 1851. Ahab left his ship in 1850.") == []
    assert ask(which_first, lead + "It sank in 1851 after a trip in 1850. Ahab came in 1849.") == []
    assert ask(which_first, lead + "It sailed until the war in 1851. Ahab came in 1849.") == []
    for known in ("Captain Ahab bought the Pequod in 1840.", "It was sold in 1845."):
        assert ask(which_first, f"{lead}{known} Tu shared the Nobel Prize in 2015.") == []  # who is Tu?
        assert ask(which_first, f"{lead}{known} The first masts were added to the Pequod in 1841.") == []


def test_a_birth_is_before_all_else(ask: Callable[..., list[Draft]]) -> None:
    """Guards against "Which came first?" of a birth and a later act of the same person."""
    lead = "The Pequod is a ship from Nantucket. "
    two = lead + "Captain Ahab was born on the Pequod in 1801. Captain Ahab bought the Pequod in 1840."
    assert ask(which_first, two) == [] and len(ask(years_between, two)) == 1
    assert len(ask(which_first, two.replace("was born", "lost a leg"))) == 1


def test_a_comma_before_a_time_stays(ask: Callable[..., list[Draft]]) -> None:
    """Guards against "near Nyeri, in the highlands of Kenya on 1 April 1940"."""
    text = "The Pequod sank near Lima, in the south of Peru, on 1 April 1840. The Pequod was built in 1801."
    [draft] = ask(which_first, f"The Pequod is a ship from Nantucket. {text}")
    assert "the south of Peru, on 1 April 1840" in draft.output


@pytest.mark.parametrize(
    ("start", "asked"),
    [
        ("Captain Ahab hunts a whale.", True),
        ("The trilogy follows three generations.", False),
        ("The Pequod follows three generations.", False),
        ("Herman Melville wrote at a desk.", False),
    ],
)
def test_a_plot_begins_with_what_happens_in_it(page: MakePage, start: str, asked: bool) -> None:
    """Guards against "How does the story begin? The trilogy follows three generations"."""
    text = f"{start} The whale sinks a boat in the north."
    facts = make_facts(select_sentences(page("Pequod", "The Pequod is a novel about whales.", text)), "1")
    passages = [replace(fact.sentence.passage, heading="Plot") for fact in facts]
    in_plot = [
        replace(fact, sentence=replace(fact.sentence, passage=passage))
        for fact, passage in zip(facts, passages, strict=True)
    ]
    drafts = [draft for draft in tell_about(in_plot[1:], random.Random(1)) if start.split()[1] in draft.output]
    assert bool(drafts) == asked
