"""Taking documents from a source."""

import random
from collections.abc import Iterator

from primer.forbidden import Forbidden
from primer.text.sources import TextSource
from primer.write_text import MOST_REPEATS, Counts, take
from stages.common.records import Source, Teacher, make_example


def source(documents: list[str]) -> TextSource:
    def write(rng: random.Random) -> Iterator[str]:
        while True:
            yield from documents

    return TextSource("some", write, 1.0, "CC0-1.0", "Some documents.")


TASK = make_example(
    instruction="What is the plural of 'ox'?", input="", output="-", kind="", source=Source(kind="general"),
    teacher=Teacher(name="rules"),
)  # fmt: skip


def test_documents_are_counted_and_each_is_taken_once() -> None:
    """Guards against repeated documents, and against a source with nothing new to say that never ends."""
    count = Counts()
    documents = ["one", "two", "one", "What is the plural of 'ox'? Oxen."]
    assert list(take(source(documents), 1000, 1, Forbidden([TASK]), count)) == ["one", "two"]
    assert (count.documents, count.characters, count.forbidden) == (2, 6, 1)
    assert count.repeated >= MOST_REPEATS


def test_it_stops_when_there_are_enough_characters() -> None:
    count = Counts()
    assert list(take(source(["12345", "67890", "abcde"]), 8, 1, Forbidden([]), count)) == ["12345", "67890"]
