"""Sentences to rewrite."""

from collections.abc import Callable

import pytest

from stages.common.records import Page
from stages.teachers.rules.fact import Kind
from stages.teachers.rules.rewriting import (
    REWRITES,
    ask_about,
    combine,
    shorten,
    split,
    time_first,
    to_active,
    to_past,
    to_question,
    use_pronoun,
)
from stages.teachers.rules.sentences import select_sentences
from stages.teachers.rules.teacher import make_facts
from tests.stages.teachers.rules.conftest import Ask

MakePage = Callable[..., Page]


@pytest.mark.parametrize(
    ("kind", "text", "given", "rewritten"),
    [
        (to_question, "Moby-Dick was published in London in 1851, where few people bought it.",
         "Moby-Dick was published in London in 1851.", "Was Moby-Dick published in London in 1851?"),
        (shorten, "Moby-Dick was published in London in 1851, where few people bought it.",
         "Moby-Dick was published in London in 1851, where few people bought it.",
         "Moby-Dick was published in London in 1851."),
        (time_first, "Moby-Dick was published in 1851.", "Moby-Dick was published in 1851.",
         "In 1851, Moby-Dick was published."),
        (to_active, "Moby-Dick was written by Herman Melville in 1851.",
         "Moby-Dick was written by Herman Melville in 1851.", "Herman Melville wrote Moby-Dick in 1851."),
        (to_past, "Ahab hunts the whale.", "Ahab hunts the whale.", "Ahab hunted the whale."),
        (to_past, "Whales eat krill.", "Whales eat krill.", "Whales ate krill."),
        (ask_about, "Herman Melville wrote Moby-Dick.", "Herman Melville wrote Moby-Dick.", "Who wrote Moby-Dick?"),
    ],
)  # fmt: skip
def test_a_sentence_is_rewritten(drafts: Ask, kind: Kind, text: str, given: str, rewritten: str) -> None:
    [draft] = drafts(kind, text)
    assert (draft.input, draft.output) == (given, rewritten)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (shorten, "Moby-Dick was published in London in 1851, and it sold badly."),  # both parts matter
        (shorten, "The tower was supposed to be taken down at once, but it stayed."),
        (shorten, "The White Nile flows out of a very large lake, while the Blue Nile begins elsewhere."),
        (to_question, "Ahab might have hunted the whale."),
        (time_first, "Ahab wrote the book and first showed it in 1851."),  # when did he write it?
        (time_first, "Ahab was a captain in 1851."),
        (to_active, "Moby-Dick was written by hand."),
        (to_active, "Moby-Dick was loved by its readers."),
        (to_past, "The whale shows that it is alive."),  # two verbs
        (to_past, "The crew survives the storm before it brings the ship home."),
        (to_past, "A whale today eats the krill."),  # "today ate"
        (to_past, "Ahab hunted the whale."),
    ],
)
def test_a_sentence_that_does_not_fit_stays(drafts: Ask, kind: Kind, text: str) -> None:
    assert drafts(kind, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "The stories were published in Gaul around the year 1850.",
        "A lost notebook from his last year was found in Cambridge in 1976.",
        "Louverture was arrested in 1803, where he died.",
    ],
)
def test_a_text_that_only_the_page_explains_is_not_given(drafts: Ask, text: str) -> None:
    """Guards against "Put into the past: The stories take place around 50 BC", where nobody knows which stories."""
    assert [draft for kind in REWRITES for draft in drafts(kind, text)] == []


ABOUT_AHAB = (
    "Ahab was an old explorer of seas. He hunted the white whale in the Pacific. He lost a leg. "
    "He sank with the ship in 1851."
)


def drafts_of_page(kind: Kind, page: Page) -> list[tuple[str, str]]:
    facts = make_facts(select_sentences(page), "1")
    return [(draft.input, draft.output) for fact in facts for draft in kind(fact)]


def test_sentences_about_the_subject_are_joined(page: MakePage) -> None:
    """Guards against "Ahab, who was ..., and he" and against a pronoun for two people."""
    ahab = page("Ahab", ABOUT_AHAB)
    assert (
        "Ahab was an old explorer of seas. Ahab sank with the ship in 1851.",
        "Ahab, an old explorer of seas, sank with the ship in 1851.",
    ) in drafts_of_page(combine, ahab)
    assert (
        "Ahab was an old explorer of seas. Ahab sank with the ship in 1851.",
        "Ahab was an old explorer of seas. He sank with the ship in 1851.",
    ) in drafts_of_page(use_pronoun, ahab)
    unsure = page("Ahab", ABOUT_AHAB + " She sang.")
    assert drafts_of_page(use_pronoun, unsure) == []


def test_a_definition_is_split(page: MakePage) -> None:
    helium = page("Helium", "Helium is a light gas that fills balloons. It was found in 1868.")
    assert drafts_of_page(split, helium) == [
        ("Helium is a light gas that fills balloons.", "Helium is a light gas. It fills balloons.")
    ]
    neon = page("Neon", "Neon is one of several gases that are rare. It was found in 1898.")
    assert drafts_of_page(split, neon) == []  # "It are rare"
