"""Questions with a question word, one sentence at a time."""

import pytest

from stages.teachers.rules.fact import Kind
from stages.teachers.rules.questions import (
    QUESTIONS,
    for_anybody,
    how_many,
    manner,
    meaning,
    measurement,
    named_after,
    parts,
    purpose,
    reason,
    when,
    when_and_where,
    where,
    who,
)
from tests.stages.teachers.rules.conftest import Ask


@pytest.mark.parametrize(
    ("kind", "text", "question"),
    [
        (when, "Moby-Dick was published in London in 1851.", "When was Moby-Dick published in London?"),
        (when, "In 1851, Harper published Moby-Dick.", "When did Harper publish Moby-Dick?"),
        (when, "Moby-Dick was written on 3 May 1850.", "On which day was Moby-Dick written?"),
        (when, "Moby-Dick was written in the 19th century.", "In which century was Moby-Dick written?"),
        (when, "Moby-Dick was written in the 1850s.", "In which decade was Moby-Dick written?"),
        (when_and_where, "Moby-Dick was born in Nantucket in 1819.", "When and where was Moby-Dick born?"),
        (manner, "Moby-Dick sank the ship by hitting its side.", "How did Moby-Dick sink the ship?"),
        (purpose, "Moby-Dick is used for lessons in English.", "Name a use of Moby-Dick."),
        (meaning, "The name Moby-Dick means big whale.", "What does the name Moby-Dick mean?"),
        (meaning, "The name Moby-Dick comes from a magazine.", "Where does the name Moby-Dick come from?"),
        (reason, "Ahab sank, partly because Moby-Dick was strong.", "Why did Ahab sink?"),
        (reason, "In 1851, Ahab left the port because of Moby-Dick's fame.", "Why did Ahab leave the port in 1851?"),
        (reason, "Moby-Dick was written in 1850 to earn money.", "Why was Moby-Dick written in 1850?"),
        (
            measurement,
            "Herman Melville was eighteen years old when Ahab sailed.",
            "How old was Herman Melville when Ahab sailed?",
        ),
        (who, "Moby-Dick was written by Herman Melville in 1851.", "Who was Moby-Dick written by?"),
        (who, "Herman Melville wrote Moby-Dick in New York.", "Who wrote Moby-Dick in New York?"),
        (who, "The British judge William Jones discovered Moby-Dick.", "Who discovered Moby-Dick?"),
        (who, "Herman Melville patented a harpoon in 1851.", "Who patented a harpoon in 1851?"),
        (where, "Moby-Dick was first published in London in 1851.", "Where was Moby-Dick first published?"),
        (how_many, "Moby-Dick has 135 chapters.", "How many chapters does Moby-Dick have?"),
        (measurement, "Moby-Dick is about 24 meters long.", "How long is Moby-Dick?"),
        (measurement, "Moby-Dick has a length of 24 meters.", "What is the length of Moby-Dick?"),
        (measurement, "Moby-Dick weighs 40 tons.", "How much does Moby-Dick weigh?"),
        (measurement, "The hunt for Moby-Dick lasted three years.", "How long did the hunt for Moby-Dick last?"),
        (measurement, "The film of Moby-Dick runs for 115 minutes.", "How long does the film of Moby-Dick run?"),
        (measurement, "The island covers 105 square miles.", "How large an area does the island cover?"),
        (when, "In 1851 Harper published Moby-Dick.", "When did Harper publish Moby-Dick?"),
        (who, "Herman Melville, a former sailor, wrote Moby-Dick.", "Who wrote Moby-Dick?"),
        (reason, "Ahab hunted Moby-Dick because the whale had taken his leg.", "Why did Ahab hunt Moby-Dick?"),
        (parts, "Moby-Dick consists of 135 chapters.", "What does Moby-Dick consist of?"),
        (parts, "The mast of Moby-Dick is made of oak.", "What is the mast of Moby-Dick made of?"),
        (named_after, "Moby-Dick is named after Mocha Dick.", "Who or what is Moby-Dick named after?"),
    ],
)
def test_a_pattern_becomes_its_question(drafts: Ask, kind: Kind, text: str, question: str) -> None:
    """Guards against questions in broken English. Each row is one of the grammar patterns."""
    wordings = {draft.instruction for seed in range(40) for draft in drafts(kind, text, seed=seed)}
    assert question in wordings


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (when, "Moby-Dick is a novel published in 1851."),  # "When is Moby-Dick a novel published?"
        (when, "Moby-Dick was written in 1850 at a desk made in 1790."),
        (when, "In 1851, Ahab lost a sum that was later found."),  # which of the two?
        (who, "Moby-Dick was written by hand."),
        (who, "The crew launched Moby-Dick."),
        (who, "Herman Melville won a place at the school of Nantucket."),  # so did others
        (who, "Herman Melville wrote about Moby-Dick in 1851."),
        (who, "Moby-Dick was admired by Nathaniel Hawthorne."),
        (when, "Ahab sailed in 1841 and at the end of his career."),
        (where, "Ahab began at Nantucket Whalers."),  # began what?
        (where, "Moby-Dick was published in 1851."),
        (how_many, "Moby-Dick has 135 chapters and 700 pages."),
        (how_many, "Moby-Dick weighs 40 tons."),
        (when, "Ahab was captain until his death in 1851."),
        (when, "Ahab told the story of a whale that he had hunted in 1851."),
        (where, "Nobody lives in Antarctica."),
        (who, "The Pequod Inn won a prize."),  # no person
        (reason, "Moby-Dick is famous because of it because it is long."),
        (parts, "Moby-Dick is known."),
        (parts, "Moby-Dick is divided into 135 chapters."),  # "What is it divided into?" asks for more than a number
        (purpose, "Moby-Dick is used for reading, printing and packing."),  # three uses, where one is asked for
        (when, "Moby-Dick was written on 3 May 1850, at sea."),  # "When was Moby-Dick written, at sea?"
        (when, "The text of Moby-Dick comes from a poem of 1785 written in 1780."),
        (when, "Moby-Dick was based on Omoo, a novel written in 1847."),  # the other novel
        (when, "Moby-Dick comes from a poem written in 1785."),
        (when, "Moby-Dick was made in 1851 when Ahab sank."),  # "When was ... when ...?"
        (how_many, "The group has six natural elements, and one synthetic."),
        (measurement, "Ahab was eighteen years old when she left it."),  # who, and what?
        (who, "Moby-Dick is shared by the towns of Nantucket and New Bedford."),  # not "by whom"
        (who, "Herman Melville praised his book."),
        (parts, "Moby-Dick contains 135 chapters."),  # "What does Moby-Dick contain?"
        (reason, "The Andes block air, while the sea is cold, so that it rarely rains there."),
        (reason, "Ahab sailed in order to win, but Moby-Dick won because it was strong."),
    ],
)
def test_a_kind_asks_nothing_about_a_sentence_that_does_not_fit(drafts: Ask, kind: Kind, text: str) -> None:
    assert drafts(kind, text) == []


def test_answers_are_the_pages_own_words(drafts: Ask) -> None:
    """Guards against answers with words that the page doesn't have."""
    [draft] = drafts(when, "In 1851, Harper published Moby-Dick.")
    assert draft.output == "Harper published Moby-Dick in 1851."


def test_questions_without_their_passage_say_what_they_are_about(drafts: Ask) -> None:
    """Guards against "when was the ship built?", when nobody knows which ship."""
    text = "The ship was built in 1838."
    assert [draft for kind in QUESTIONS for draft in drafts(kind, text)] == []
    [draft] = drafts(when, text)
    assert draft.instruction.endswith(" was the ship built?")
    [named] = drafts(for_anybody(when), "Moby-Dick was written in 1850.")
    assert named.instruction.endswith(" was Moby-Dick written?")


def test_nobody_is_asked_who_the_page_is_about(drafts: Ask) -> None:
    """Guards against "About Herman Melville: who wrote Moby-Dick?"."""
    text = "Herman Melville wrote Moby-Dick in New York."
    assert drafts(who, text, name="Herman Melville") == []
    assert len(drafts(who, text, name="New York")) == 1


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Captain Ahab was born on 27 July 1815 in Luque, near Lima.", "When was Captain Ahab born?"),
        ("Captain Ahab died in Lima in 1851.", "When did Captain Ahab die?"),
        ("Captain Ahab died of scurvy in Lima in 1851.", "When did Captain Ahab die of scurvy in Lima?"),
    ],
)
def test_the_place_of_a_birth_or_death_is_left_out(drafts: Ask, text: str, question: str) -> None:
    assert question in {draft.instruction for seed in range(40) for draft in drafts(when, text, seed=seed)}
