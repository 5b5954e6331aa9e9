"""The sources of the bundled base model's text: who writes it, how much of it, and under which licence.

A writer yields documents without end: plain text of one to some paragraphs, true, in many wordings, decided by the
random generator alone. The pipeline takes documents from each writer until they fill its share, so a writer with few
facts tells them again in other words. A document isn't in the format of `model/core/prompt.py`, asks no task of
`data/bundled/instructions.jsonl` and no question of the test split about a page: `primer/measure.py` counts both.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from primer.text.arithmetic import write_arithmetic


@dataclass(frozen=True)
class TextSource:
    """One topic of the text."""

    name: str  # snake_case
    write: Callable[[random.Random], Iterator[str]]
    share: float  # of all characters, relative to the other sources' shares; above 0
    license: str  # SPDX identifier
    description: str  # what it says and where its facts come from: a sentence for the card


SOURCES = (
    TextSource("arithmetic", write_arithmetic, 1.0, "CC0-1.0", "Calculations with whole numbers, written by code."),
)
