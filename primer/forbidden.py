"""What the bundled base model must not read: the general tasks, and the test split's questions about pages.

Case, white space and punctuation don't count. A document asks

- a task without an input if it has the instruction word for word,
- a general task with an input if it has the input's text; if that has below five words ("leaf", "as cold as ..."),
  which may well stand in a fact, if it has both the instruction and the input,
- a question about a passage of a page if it has both the question and the passage's beginning. The passage alone is
  no question: the model reads the pages.
"""

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

from stages.common.files import read_jsonl
from stages.common.instruction_sets import read_instructions
from stages.common.records import Example
from stages.splitting.base_questions import BEGINNING, plain_words

LONG_INPUT = 5  # words from which an input is looked for by itself

Run = tuple[str, ...]


class Forbidden:
    """The questions that no document may ask."""

    def __init__(self, examples: Iterable[Example]) -> None:
        # By its first two words: a run of words, and another one that must be in the same document.
        self._questions: dict[Run, list[tuple[Run, Run]]] = {}
        for example in examples:
            run, beside = _question(example)
            self._questions.setdefault(run[:2], []).append((run, beside))

    def asked_in(self, document: str) -> bool:
        """Whether a document asks one of the questions."""
        words = plain_words(document)
        return any(not beside or _has_run(words, beside) for beside in self._runs_in(words))

    def _runs_in(self, words: list[str]) -> Iterator[Run]:
        for place, start in enumerate(itertools.pairwise(words)):
            for run, beside in self._questions.get(start, ()):
                if tuple(words[place : place + len(run)]) == run:
                    yield beside


def read_forbidden(tasks: Path, test_split: Path) -> Forbidden:
    """All general tasks, and all examples of the test split."""
    return Forbidden([*read_instructions(tasks, "error")[0], *read_jsonl(test_split, Example)])


def _question(example: Example) -> tuple[Run, Run]:
    instruction, item = tuple(plain_words(example.instruction)), tuple(plain_words(example.input))
    if example.source.kind == "synthetic":
        return instruction, item[:BEGINNING]
    return (item, ()) if len(item) >= LONG_INPUT else (instruction, item)


def _has_run(words: list[str], run: Run) -> bool:
    return any(tuple(words[place : place + len(run)]) == run for place in range(len(words) - len(run) + 1))
