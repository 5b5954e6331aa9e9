"""The kinds of instruction, one sentence at a time."""

import random
from collections.abc import Callable

import pytest

from stages.teachers.rules.exercises import (
    complete,
    correct_error,
    fill_blank,
    shorten,
    to_question,
    true_or_false,
    yes_no,
)
from stages.teachers.rules.fact import Draft, Kind
from stages.teachers.rules.mentions import false_version
from stages.teachers.rules.passages import find_sentence, list_years, summary, topic
from stages.teachers.rules.questions import (
    QUESTIONS,
    definition,
    how_many,
    measure,
    named_after,
    parts,
    when,
    where,
    who,
    why,
)
from tests.stages.teachers.rules.conftest import MakeFact

Ask = Callable[..., list[Draft]]


@pytest.fixture
def drafts(fact: MakeFact) -> Ask:
    def ask(kind: Kind, text: str, **context: object) -> list[Draft]:
        return list(kind(fact(text, **context)))

    return ask


@pytest.mark.parametrize(
    ("kind", "text", "question"),
    [
        (definition, "Moby-Dick is a novel by Herman Melville about a whale.", "What is Moby-Dick?"),
        (when, "Moby-Dick was published in London in 1851.", "When was Moby-Dick published in London?"),
        (when, "In 1851, Harper published Moby-Dick.", "When did Harper publish Moby-Dick?"),
        (when, "Moby-Dick was written on 3 May 1850, at sea.", "When was Moby-Dick written, at sea?"),
        (who, "Moby-Dick was written by Herman Melville in 1851.", "Who was Moby-Dick written by?"),
        (who, "Herman Melville wrote Moby-Dick in New York.", "Who wrote Moby-Dick in New York?"),
        (who, "The British judge William Jones translated Moby-Dick.", "Who translated Moby-Dick?"),
        (where, "Moby-Dick was first published in London in 1851.", "Where was Moby-Dick first published?"),
        (how_many, "Moby-Dick has 135 chapters.", "How many chapters does Moby-Dick have?"),
        (measure, "Moby-Dick is about 24 meters long.", "How long is Moby-Dick?"),
        (measure, "Moby-Dick has a length of 24 meters.", "What is the length of Moby-Dick?"),
        (measure, "Moby-Dick weighs 40 tons.", "How much does Moby-Dick weigh?"),
        (measure, "The hunt for Moby-Dick lasted three years.", "How long did the hunt for Moby-Dick last?"),
        (measure, "The film of Moby-Dick runs for 115 minutes.", "How long does the film of Moby-Dick run?"),
        (measure, "The island covers 105 square miles.", "How large an area does the island cover?"),
        (when, "In 1851 Harper published Moby-Dick.", "When did Harper publish Moby-Dick?"),
        (who, "Herman Melville, a former sailor, wrote Moby-Dick.", "Who wrote Moby-Dick?"),
        (why, "Ahab hunted Moby-Dick because the whale had taken his leg.", "Why did Ahab hunt Moby-Dick?"),
        (parts, "Moby-Dick consists of 135 chapters.", "What does Moby-Dick consist of?"),
        (parts, "The mast of Moby-Dick is made of oak.", "What is the mast of Moby-Dick made of?"),
        (named_after, "Moby-Dick is named after Mocha Dick.", "Who or what is Moby-Dick named after?"),
    ],
)
def test_a_pattern_becomes_its_question(drafts: Ask, kind: Kind, text: str, question: str) -> None:
    """Guards against a question in broken English; each stands for one of the grammar patterns."""
    wordings = {draft.instruction for seed in range(40) for draft in drafts(kind, text, seed=seed)}
    assert question in wordings


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (definition, "Moby-Dick is white."),
        (definition, "Ahab is a captain of the Pequod."),
        (when, "Moby-Dick is a novel published in 1851."),  # "When is Moby-Dick a novel published?"
        (when, "Moby-Dick was written in 1850 at a desk made in 1790."),
        (when, "In 1851, Ahab lost a sum that was later found."),  # which of the two?
        (who, "Moby-Dick was written by hand."),
        (who, "The crew launched Moby-Dick."),
        (where, "Moby-Dick was published in 1851."),
        (how_many, "Moby-Dick has 135 chapters and 700 pages."),
        (how_many, "Moby-Dick weighs 40 tons."),
        (when, "Ahab was captain until his death in 1851."),
        (when, "Ahab told the story of a whale that he had hunted in 1851."),
        (where, "Nobody lives in Antarctica."),
        (who, "The Pequod Inn won a prize."),  # no person
        (definition, "Moby-Dick is the son of a whale and of another one."),
        (fill_blank, "Ahab read Wind, Sand and Stars."),  # a piece of a title
        (fill_blank, "Ahab passed Mt. Everest."),
        (to_question, "Ahab might have hunted the whale."),
        (why, "Moby-Dick is famous because of it because it is long."),
        (parts, "Moby-Dick is known."),
    ],
)
def test_what_a_kind_cannot_ask_cleanly_it_leaves_alone(drafts: Ask, kind: Kind, text: str) -> None:
    assert drafts(kind, text) == []


def test_answers_are_the_pages_own_words(drafts: Ask) -> None:
    """Guards against answers that come from anywhere but the page."""
    [draft] = drafts(when, "In 1851, Harper published Moby-Dick.")
    assert draft.output == "Harper published Moby-Dick in 1851."


@pytest.mark.parametrize("seed", range(8))
def test_a_statement_is_true_or_has_a_wrong_number(drafts: Ask, seed: int) -> None:
    """Guards against a false statement that is true after all."""
    text = "Moby-Dick was published in 1851."
    [draft] = drafts(true_or_false, text, seed=seed)
    claimed = text in draft.instruction
    assert draft.output.lower().startswith("true" if claimed else "false") or draft.output.startswith("That is")
    assert ("1851" in draft.instruction) == claimed
    assert ("true" in draft.output.lower()) == claimed
    assert "1851" in draft.output
    [question] = drafts(yes_no, text, seed=seed)
    assert question.output in {"Yes, Moby-Dick was published in 1851.", "No, Moby-Dick was published in 1851."}
    assert question.output.startswith("Yes") == ("1851" in question.instruction)


@pytest.mark.parametrize(
    ("statement", "figure"),
    [
        ("It has 12 arms.", "12"),
        ("It was built in 2020.", "2020"),
        ("It covers 41,000 square miles.", "41,000"),
        ("On 3 May 1850 it sank.", "1850"),
    ],
)
def test_a_false_version_differs_in_one_figure(statement: str, figure: str) -> None:
    """Guards against years that nobody could know yet and numbers that lose their commas."""
    for seed in range(50):
        wrong = false_version(statement, random.Random(seed), "Moby-Dick")
        assert wrong is not None and wrong != statement
        before, after = statement.split(figure)
        changed = wrong.removeprefix(before).removesuffix(after)
        assert changed != figure and changed.replace(",", "").isdigit()
        assert ("," in changed) == ("," in figure)
        assert len(figure) != 4 or int(changed) <= 2022
    assert false_version("It has no figures.", random.Random(1), "Moby-Dick") is None


def test_a_figure_in_a_name_stays() -> None:
    """Guards against "The 1871 earthquake was ..." and "Apollo 13" for "Apollo 11", which are other things."""
    assert false_version("The 1755 earthquake was strong.", random.Random(1), "the 1755 earthquake") is None
    assert false_version("The crew of Apollo 11 came back.", random.Random(1), "the Moon") is None


def test_a_false_number_is_no_year() -> None:
    """Guards against 701 lines that become 2103, which reads as a year after the cut-off."""
    for seed in range(30):
        wrong = false_version("It has 701 lines.", random.Random(seed), "it")
        assert wrong is not None and int(wrong.split()[2]) < 1000


def test_only_questions_without_their_passage_name_the_subject(drafts: Ask) -> None:
    """Guards against "when was the ship built?", asked of nobody knows which ship."""
    text = "The ship was built in 1838."
    asked = {draft.instruction for kind in QUESTIONS for draft in drafts(kind, text)}
    assert asked and all("Moby-Dick: " in question for question in asked)
    [draft] = drafts(when, text)
    assert draft.instruction in {"When was the ship built?", "In what year was the ship built?"}


def test_gaps_and_ends(drafts: Ask) -> None:
    text = "Moby-Dick was written by Herman Melville in Pittsfield."
    outputs = {draft.output for seed in range(30) for draft in drafts(fill_blank, text, seed=seed)}
    assert "The missing words are Herman Melville." in outputs
    assert "The missing word is Pittsfield." in outputs
    [draft] = drafts(complete, text)
    assert "Moby-Dick was written by ..." in draft.instruction
    assert draft.output == text


def test_kinds_that_work_on_their_input(drafts: Ask) -> None:
    text = "Moby-Dick was published in London in 1851, where few people bought it."
    [question] = drafts(to_question, text)
    assert (question.input, question.output) == (
        "Moby-Dick was published in London in 1851.",
        "Was Moby-Dick published in London in 1851?",
    )
    [short] = drafts(shorten, text)
    assert (short.input, short.output) == (text, "Moby-Dick was published in London in 1851.")
    [correction] = drafts(correct_error, text)
    assert "1851" not in correction.input
    assert correction.output == "Moby-Dick was published in London in 1851."


PASSAGE = (
    "Moby-Dick is a novel by Herman Melville. It was published in 1851. Ahab hunts the whale. "
    "John Huston made a film in 1956."
)


def test_kinds_about_a_passage(drafts: Ask) -> None:
    first = "Moby-Dick is a novel by Herman Melville."
    assert [draft.output for draft in drafts(summary, first, passage=PASSAGE)] == [first]
    assert next(iter(drafts(topic, first, passage=PASSAGE, seed=3))).output.endswith("Moby-Dick.")
    [years] = drafts(list_years, "It was published in 1851.", passage=PASSAGE)
    assert "1851 and 1956" in years.output
    [found] = drafts(find_sentence, "John Huston made a film in 1956.", passage=PASSAGE)
    assert "1956" in found.instruction
    assert (found.input, found.output) == (PASSAGE, "John Huston made a film in 1956.")
