"""The rule-based teacher, sentence by sentence."""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from stages import synth
from stages.errors import StageError
from stages.files import read_json, read_jsonl, write_jsonl
from stages.records import Example, Page
from stages.sources.bundled import read_pages
from stages.teachers.rules.fact import Draft, Fact, Kind
from stages.teachers.rules.figures import false_version
from stages.teachers.rules.grammar import parse
from stages.teachers.rules.passages import find_sentence, list_years, summary, topic
from stages.teachers.rules.questions import definition, how_many, measure, named_after, parts, when, where, who, why
from stages.teachers.rules.sentences import Sentence, page_sentences, split_sentences, subject_name, without_parentheses
from stages.teachers.rules.statements import (
    complete,
    correct_error,
    fill_blank,
    shorten,
    to_question,
    true_or_false,
    yes_no,
)
from stages.teachers.rules.teacher import main_clause, teach

MakePage = Callable[..., Page]


def drafts(kind: Kind, text: str, name: str = "Moby-Dick", passage: str = "", seed: int = 1) -> list[Draft]:
    names = frozenset(["Ahab", "Herman", "Melville"])
    return list(kind(Fact(Sentence(text, passage or text), main_clause(text, names), name, names, random.Random(seed))))


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
        (why, "Ahab hunted Moby-Dick because the whale had taken his leg.", "Why did Ahab hunt Moby-Dick?"),
        (parts, "Moby-Dick consists of 135 chapters.", "What does Moby-Dick consist of?"),
        (parts, "The mast of Moby-Dick is made of oak.", "What is the mast of Moby-Dick made of?"),
        (named_after, "Moby-Dick is named after Mocha Dick.", "Who or what is Moby-Dick named after?"),
    ],
)
def test_a_pattern_becomes_its_question(kind: Kind, text: str, question: str) -> None:
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
        (why, "Moby-Dick is famous because of it because it is long."),
        (parts, "Moby-Dick is known."),
    ],
)
def test_what_a_kind_cannot_ask_cleanly_it_leaves_alone(kind: Kind, text: str) -> None:
    assert drafts(kind, text) == []


def test_answers_are_the_pages_own_words() -> None:
    """Guards against answers that come from anywhere but the page."""
    [draft] = drafts(when, "In 1851, Harper published Moby-Dick.")
    assert draft.output == "Harper published Moby-Dick in 1851."


@pytest.mark.parametrize("seed", range(8))
def test_a_statement_is_true_or_has_a_wrong_number(seed: int) -> None:
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
        wrong = false_version(statement, random.Random(seed))
        assert wrong is not None and wrong != statement
        before, after = statement.split(figure)
        changed = wrong.removeprefix(before).removesuffix(after)
        assert changed != figure and changed.replace(",", "").isdigit()
        assert ("," in changed) == ("," in figure)
        assert len(figure) != 4 or int(changed) <= 2022
    assert false_version("It has no figures.", random.Random(1)) is None


def test_gaps_and_ends() -> None:
    text = "Moby-Dick was written by Herman Melville in Pittsfield."
    outputs = {draft.output for seed in range(30) for draft in drafts(fill_blank, text, seed=seed)}
    assert "The missing words are Herman Melville." in outputs
    assert "The missing word is Pittsfield." in outputs
    [draft] = drafts(complete, text)
    assert "Moby-Dick was written by ..." in draft.instruction
    assert draft.output == text


def test_kinds_that_work_on_their_input() -> None:
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


def test_kinds_about_a_passage() -> None:
    first = "Moby-Dick is a novel by Herman Melville."
    assert [draft.output for draft in drafts(summary, first, passage=PASSAGE)] == [first]
    assert next(iter(drafts(topic, first, passage=PASSAGE, seed=3))).output.endswith("Moby-Dick.")
    [years] = drafts(list_years, "It was published in 1851.", passage=PASSAGE)
    assert "1851 and 1956" in years.output
    [found] = drafts(find_sentence, "John Huston made a film in 1956.", passage=PASSAGE)
    assert "1956" in found.instruction
    assert (found.input, found.output) == (PASSAGE, "John Huston made a film in 1956.")


@pytest.mark.parametrize(
    ("sentence", "parsed"),
    [
        ("The old king of Sparta led an army.", ("the old king of Sparta", "led", "an army")),
        ("Magnets attract the iron.", ("magnets", "attract", "the iron")),
        ("Ahab was born in Nantucket, which is an island.", ("Ahab", "was", "born in Nantucket")),
        ("Ahab was designed by A and built by B.", ("Ahab", "was", "designed by A and built by B")),
        ("Ahab hunted the whale and lost a leg.", ("Ahab", "hunted", "the whale")),
        ("A man named Robert Hubert was hanged.", None),
        ("The novel published in 1851 sold badly.", None),
        ("When Ahab died, the ship sank.", None),
        ("Ahab joined a captain who hunted whales.", None),
        ("Ahab sank ships, including the Pequod, with all hands.", None),
        ("Ahab was a captain who hunted whales.", ("Ahab", "was", "a captain")),
        ("The needle can turn freely, and it lines up with the poles.", ("the needle", "can", "turn freely")),
        ("Ahab had been a captain.", None),
        ("Slowly the ship turned.", None),
    ],
)
def test_clauses(sentence: str, parsed: tuple[str, str, str] | None) -> None:
    """Guards against a participle or a subordinate verb taken for the main one."""
    clause = parse(sentence, frozenset(["Ahab"]))
    found = (clause.subject, clause.verb, clause.rest) if clause else None
    assert found == parsed


@pytest.mark.parametrize(
    ("passage", "sentences"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("The U.S. Navy sank it. Then it rose.", ["The U.S. Navy sank it.", "Then it rose."]),
        ("J. J. Thomson found it. Dr. Li did not.", ["J. J. Thomson found it.", "Dr. Li did not."]),
        ('He said "no." They left.', ['He said "no."', "They left."]),
        ("It cost 3.5 million. c. 1450 it rose.", ["It cost 3.5 million. c. 1450 it rose."]),
        ("", []),
    ],
)
def test_sentences_end_where_they_end(passage: str, sentences: list[str]) -> None:
    assert split_sentences(passage) == sentences


def test_brackets_leave_no_trace() -> None:
    text = "Ahab (born c. 1790 (or 1791), in Nantucket) hunted [1] the whale (Moby-Dick)."
    assert without_parentheses(text) == "Ahab hunted the whale."


def test_what_stands_for_the_subject_is_named(page: MakePage) -> None:
    """Guards against questions about "it" and "the novel", which nobody could answer."""
    moby = page(
        "Moby-Dick",
        "Moby-Dick is a novel by Melville. It was published in 1851. The novel sold badly. "
        "Ahab (the captain) hunts Moby-Dick in the Pacific Ocean. The ship in it is the Pequod. "
        "His wooden leg broke in a fall. Ships of this kind sank there often enough.",
    )
    kept, skipped = page_sentences(moby)
    assert [sentence.text for sentence in kept] == [
        "Moby-Dick is a novel by Melville.",
        "Moby-Dick was published in 1851.",
        "Ahab hunts Moby-Dick in the Pacific Ocean.",
    ]
    assert skipped == {"too_short": 1, "unresolved_pronoun": 1, "points_elsewhere": 2}


@pytest.mark.parametrize(
    ("title", "text", "name"),
    [
        ("Amazon River", "The Amazon River is long. Boats sail the Amazon River.", "the Amazon River"),
        ("Photosynthesis", "In nature, photosynthesis makes sugar.", "photosynthesis"),
        ("Odyssey", "Homer wrote the Odyssey.", "the Odyssey"),
        ("Hamlet", "Shakespeare wrote Hamlet.", "Hamlet"),
        ("Go (game)", "Players love Go.", "Go"),
        ("The Tale of Genji", "Murasaki wrote The Tale of Genji.", "The Tale of Genji"),
    ],
)
def test_the_subject_is_called_as_the_page_calls_it(page: MakePage, title: str, text: str, name: str) -> None:
    assert subject_name(page(title, text)) == name


def test_every_example_of_the_bundled_pages(project: Path) -> None:
    """Guards against too few examples, kinds that crowd out others, and answers that the page doesn't hold."""
    pages = {page.title: page for page in read_pages(Path("data/bundled/pages.jsonl"))}
    write_jsonl(synth.PAGES, pages.values())
    synth.main()
    examples = read_jsonl(synth.SYNTHETIC, Example)
    kinds = Counter(example.kind for example in examples)
    assert len(examples) >= 1000
    assert len(kinds) >= 15
    assert max(kinds.values()) <= 0.2 * len(examples)
    for example in examples:
        assert example.source.title is not None
        source = pages[example.source.title]
        assert (example.source.revision_id, example.source.url) == (source.revision_id, source.url)
        text = " ".join(section.text for section in source.sections) + source.title
        figures = {word.strip(".,;:?'\"") for word in example.output.split() if word[0].isdigit()}
        assert all(figure in text for figure in figures), example
    metrics = read_json(synth.METRICS)
    assert metrics["examples"] == len(examples) == sum(metrics["kinds"].values())


def test_a_pages_examples_depend_on_the_page_and_the_seed_alone(root: Path) -> None:
    """Guards against one more page that changes what is asked about all the others."""
    pages = read_pages(root / "data/bundled/pages.jsonl")[:5]
    alone = teach(pages[3], per_page=8, seed=1)
    together = [teach(page, per_page=8, seed=1) for page in pages]
    assert together[3] == alone
    assert teach(pages[3], per_page=8, seed=2) != alone
    assert len(teach(pages[3], per_page=3, seed=1)[0]) == 3


def test_a_page_without_prose_gives_nothing_and_says_why(page: MakePage) -> None:
    examples, skipped = teach(page("List", "Apples\nPears: 3\n* Plums"), per_page=8, seed=1)
    assert examples == []
    assert skipped == {"not_a_statement": 1}


def test_too_few_examples_stop_the_stage(project: Path, page: MakePage) -> None:
    write_jsonl(synth.PAGES, [page("Moby-Dick", PASSAGE)])
    with pytest.raises(StageError, match=r"1 pages gave \d examples, synth.at_least asks for 600; extract more pages"):
        synth.main()
    assert not synth.SYNTHETIC.exists()
