"""300 questions, each in two spellings that look the same: none is on two sides, or the proof counts it."""

import random
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from stages import split
from stages.common.records import Example
from stages.curation.content import read_content
from stages.curation.rules import Thresholds, curate
from stages.splitting.allocation import SIDES
from stages.splitting.grouping import group_examples
from stages.splitting.proof import prove
from tests.conftest import ROOT
from tests.stages.splitting.builders import general

PARAMS = YAML(typ="safe").load(Path(ROOT / "params.yaml"))
LIMITS = Thresholds.model_validate(PARAMS["curate"])
ROWS = 300
# Cities that don't exist, in letters with accents, and in letters that have look-alikes.
STARTS = "Ré Bó Pá Cé Ñé Mö Sã Tû Lí Åé".split()
ENDS = "sopa cope xera pacos peroc aroxe socea cepox royac opase".split()
FACTS = (
    ("What is the capital of {}?", "The capital of {} is New {}."),
    ("Which river flows through {}?", "The Amber River, which is also that of {}."),
    ("Who founded the city of {}?", "King {} founded it."),
)
LATIN, CYRILLIC, GREEK = "aeopcxy", "\u0430\u0435\u043e\u0440\u0441\u0445\u0443", "\u03bf"


def decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def with_zero_width_characters(text: str) -> str:
    return "".join(letter + "\u200b\u00ad\u200d\u2060"[place % 4] for place, letter in enumerate(text))


def with_soft_hyphens(text: str) -> str:
    return "\u00ad".join(text)


def with_cyrillic_letters(text: str) -> str:
    """In every word but the first letter: a whole word of Cyrillic letters would be a Cyrillic word."""
    return " ".join(
        word[:1] + word[1:-1].translate(str.maketrans(LATIN, CYRILLIC)) + word[-1:] for word in text.split()
    )


def with_greek_letters(text: str) -> str:
    return " ".join(word[:1] + word[1:-1].replace("o", GREEK) + word[-1:] for word in text.split())


def full_width(text: str) -> str:
    return "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)


def with_other_spaces(text: str) -> str:
    return text.replace(" ", "\u00a0")


def in_capitals(text: str) -> str:
    return text.upper()


SPELLINGS = [
    decomposed,
    with_zero_width_characters,
    with_soft_hyphens,
    with_cyrillic_letters,
    with_greek_letters,
    full_width,
    with_other_spaces,
    in_capitals,
]


def questions() -> list[Example]:
    names = [start + end for start in STARTS for end in ENDS]
    return [
        general(question.format(name), "", answer.format(name, f"{name}ville"))
        for name in names
        for question, answer in FACTS
    ]


def respelled(example: Example, spell: Callable[[str], str]) -> Example:
    return general(spell(example.instruction), "", example.output)


def plainly(text: str) -> str:
    """The question as a reader sees it, in another way than the code's."""
    text = unicodedata.normalize("NFKC", text.translate(str.maketrans(CYRILLIC + GREEK, LATIN + "o")))
    text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return " ".join(text.casefold().split())


@pytest.mark.parametrize("spell", SPELLINGS)
def test_a_question_in_another_spelling_is_a_duplicate(spell: Callable[[str], str]) -> None:
    """Guards against curation that keeps one question twice."""
    examples = questions()
    again = [respelled(example, spell) for example in examples]
    assert len(examples) == len(again) == ROWS
    assert all(map(plainly, (example.instruction for example in again)))
    rejected = curate([*examples, *again], LIMITS, {}, processes=1).rejected
    kept = curate(examples, LIMITS, {}, processes=1).kept
    assert len(kept) == ROWS
    reason = "malformed" if spell is with_zero_width_characters else "exact_duplicate"
    assert [rejection.reason for rejection in rejected] == [reason] * ROWS


@pytest.mark.parametrize("spell", SPELLINGS)
def test_no_question_is_on_two_sides(spell: Callable[[str], str]) -> None:
    """Guards against a test question that stands in train in another spelling, from either set of examples."""
    synthetic, tasks = questions(), [respelled(example, spell) for example in questions()]
    fillers = [general(f"Which floor is room {i} on?", "", f"It is on floor F{i // 10}.") for i in range(ROWS)]
    params = split.Params.model_validate(PARAMS["split"] | {"small": 10})
    division = split.divide(synthetic, [*tasks, *fillers], params, LIMITS, frozenset())
    sides = [{plainly(example.instruction) for example in division.full[side]} for side in SIDES]
    assert sum(map(len, sides)) == len(set().union(*sides)) >= ROWS
    assert division.proof.test_examples == 0


@pytest.mark.parametrize("spell", SPELLINGS)
def test_spellings_are_one_group(spell: Callable[[str], str]) -> None:
    """Guards against a grouping that only works because repeated questions were left out before."""
    examples = [*questions(), *(respelled(example, spell) for example in questions())]
    groups = group_examples(examples, [read_content(example) for example in examples], [])
    assert groups[:ROWS] == groups[ROWS:]


@pytest.mark.parametrize("spell", SPELLINGS)
def test_the_proof_counts_what_leaks(spell: Callable[[str], str]) -> None:
    """Guards against a proof of zeros: every question of test stands in train in another spelling."""
    examples = questions()
    train = [respelled(example, spell) for example in examples]
    random.Random(1).shuffle(train)
    metrics = prove({"train": train, "val": [], "test": examples}, LIMITS.min_similarity).metrics()
    assert metrics["questions_on_two_sides"] == metrics["test_examples_that_leak"] == ROWS


@pytest.mark.parametrize("spell", SPELLINGS)
def test_the_proof_counts_runs_and_near_duplicates_in_any_spelling(spell: Callable[[str], str]) -> None:
    """Guards against a sentence, or a question in other words, that leaks in another spelling."""
    sentence = "The old keys of the \u00e9cole lie under the brown mat near Bordeaux"
    test = [general("Who wrote Ol\u00e9?", "", "Pedro Novas."), general("Tell me about it.", "", sentence)]
    train = [
        general(spell("State the author of Ol\u00e9."), "", spell("Pedro Novas.")),
        general("Describe the cellar.", "", spell(sentence)),
    ]
    counts = prove({"train": train, "val": [], "test": test}, LIMITS.min_similarity).counts
    assert counts["near_duplicates"] == 1
    assert counts["word_runs"] >= 5
