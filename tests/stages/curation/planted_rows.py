"""Faults that were planted for each rule, and good examples that look like them."""

from pathlib import Path

from stages.common.files import read_jsonl
from stages.common.records import Example, Record, Source, Teacher, make_example

ROWS = Path(__file__).parent / "planted"  # a file for each rule about a single example
PAIRS = Path(__file__).parent / "planted_pairs"  # a file for each rule that compares two


class Texts(Record):
    instruction: str
    input: str
    output: str

    @property
    def example(self) -> Example:
        return make_example(
            instruction=self.instruction,
            input=self.input,
            output=self.output,
            kind="",
            source=Source(kind="general"),
            teacher=Teacher(name="planted"),
        )


class PlantedRow(Texts):
    """`page` is the text of the example's page, for the rule that reads it."""

    page: str | None = None
    fault: bool
    why: str


class PlantedPair(Record):
    first: Texts
    second: Texts
    fault: bool
    why: str


def read_planted_pairs(rule: str) -> list[PlantedPair]:
    return read_jsonl(PAIRS / f"{rule}.jsonl", PlantedPair)
