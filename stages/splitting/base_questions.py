"""The questions that the bundled base model was asked in the text that it was pre-trained on.

They come with the model, as hashes in `data/bundled/base/questions.xz`. `primer/asked_questions.py` says how they were
found. A hash has 32 bits, so of 8,000 other questions one is taken for one of these by chance, and kept out of val and
test without need.
"""

import hashlib
import lzma
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from stages.common.errors import StageError
from stages.common.records import Example
from stages.english.normal_form import normal_form

BEGINNING = 8  # words of an input that tell it from others
SHORTEST = 5  # words after a lead that are a question of their own

PLAIN_WORD = re.compile(r"[^\W_]+(?:['.,-][^\W_]+)*|[+\u00d7\u00f7=%°]")

_LEAD = re.compile(r"[.?!:]\s+")


def plain_words(text: str) -> list[str]:
    """The words, numbers and signs of a text in normal form, without punctuation."""
    return PLAIN_WORD.findall(normal_form(text))


def question_hash(instruction: Sequence[str], beginning: Sequence[str] = ()) -> int:
    """32 bits of the words of an instruction and of the beginning of its input."""
    key = f"{' '.join(instruction)}\n{' '.join(beginning[:BEGINNING])}"
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big")


def pack_hashes(hashes: Iterable[int]) -> bytes:
    """The hashes in order, as differences, byte by byte: the first bytes of all differences, then the second ones."""
    in_order = np.array(sorted(set(hashes)), np.uint32)
    differences = np.diff(in_order, prepend=np.uint32(0))
    return lzma.compress(differences.astype("<u4").view(np.uint8).reshape(-1, 4).T.tobytes())


def unpack_hashes(packed: bytes) -> frozenset[int]:
    differences = np.frombuffer(lzma.decompress(packed), np.uint8).reshape(4, -1).T.copy().view("<u4")
    return frozenset(np.cumsum(differences.ravel(), dtype=np.uint32).tolist())


def read_asked(path: Path) -> frozenset[int]:
    """The hashes in a file. Raises StageError if it is missing or damaged."""
    try:
        return unpack_hashes(path.read_bytes())
    except (OSError, lzma.LZMAError, ValueError) as error:
        raise StageError(f"{path} cannot be read: {error}; restore it with git restore {path}") from error


@lru_cache(maxsize=1)
def known_questions(path: Path | None) -> frozenset[int]:
    """The hashes in a file, read once by each process; none without a file."""
    return read_asked(path) if path else frozenset()


def was_asked(example: Example, asked: frozenset[int]) -> bool:
    """Whether the model was asked what an example asks: its instruction in the same words or, of an instruction with a
    lead such as "According to the text:", what follows the lead; and with the same beginning of the input."""
    if not asked:
        return False
    beginning = plain_words(example.input)[:BEGINNING]
    leads = [0, *(lead.end() for lead in _LEAD.finditer(example.instruction))]
    questions = (plain_words(example.instruction[end:]) for end in leads)
    return any(
        question_hash(question, beginning) in asked
        for place, question in enumerate(questions)
        if place == 0 or len(question) >= SHORTEST
    )


def refuse_asked(split: Mapping[str, Sequence[Example]], asked: frozenset[int]) -> None:
    """Raises StageError if an example of val or test asks what the base model was asked."""
    for side in ("val", "test"):
        for example in split[side]:
            if was_asked(example, asked):
                raise StageError(
                    f"split: the base model was asked what {example.id} of {side} asks ({example.instruction[:80]!r}), "
                    "so no split was written. Remove it from its data set, or set split.decontaminate to false, which "
                    "keeps it"
                )


def count_asked(
    drawn: Sequence[Example], split: Mapping[str, Sequence[Example]], asked: frozenset[int] | None
) -> dict[str, int | str]:
    """How many of the drawn examples ask what the base model was asked, and where they are; `asked` is None for a model
    of which nobody can know it."""

    def count(examples: Iterable[Example]) -> int | str:
        return "unknown" if asked is None else sum(was_asked(example, asked) for example in examples)

    return asked_counts(count(drawn), count(split["train"]), count([*split["val"], *split["test"]]))


def asked_counts(drawn: int | str, in_train: int | str, in_val_and_test: int | str) -> dict[str, int | str]:
    return {"asked_examples": drawn, "asked_in_train": in_train, "asked_in_val_and_test": in_val_and_test}
