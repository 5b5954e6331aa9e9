"""The list of what the base model's text asks."""

import random

import pytest

from primer.asked_questions import hash_questions
from primer.text.layouts import Exchange, lay_out_exchanges
from stages.splitting.base_questions import plain_words, question_hash

PASSAGE = "The assembly of Iceland was founded at Thingvellir in 930 by the settlers. It met every summer."
EXCHANGES = [
    Exchange("When was the assembly founded?", PASSAGE, "It was founded in 930."),
    Exchange("Name the settlement.", "", "It is Reykjavik."),
    Exchange("What belongs in the gap? Iceland became a republic in ____.", "", "1944."),
    Exchange("Put this in the past.", "She goes home.", "She went home."),
]


def hash_of(task: str, text: str = "") -> int:
    return question_hash(plain_words(task), plain_words(text))


@pytest.mark.parametrize("number", range(40))
def test_each_task_is_listed_in_every_layout(number: int) -> None:
    """Guards against a layout in which a task, or the text that it is about, isn't found."""
    rng = random.Random(number)
    chosen = rng.sample(EXCHANGES, rng.randint(1, len(EXCHANGES)))
    document = lay_out_exchanges(rng, chosen)
    hashes = hash_questions(document, with_texts=True)
    assert {hash_of(one.task, one.item) for one in chosen} <= hashes, document


def test_statements_and_other_pairs_are_not() -> None:
    hashes = hash_questions(f"{PASSAGE}\n\nQ: When was the assembly founded?\nA: In 930.", with_texts=True)
    assert hash_of("When was the assembly founded?") in hashes
    assert hash_of("It met every summer.") not in hashes
    assert hash_of("When was the assembly founded?", "The assembly of Norway was older than that.") not in hashes


def test_made_up_documents_are_listed_without_their_texts() -> None:
    hashes = hash_questions("Put this in the past.\nShe goes home.\nShe went home.", with_texts=False)
    assert hashes == {hash_of("Put this in the past.")}
