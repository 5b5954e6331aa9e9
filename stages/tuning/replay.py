"""Replay: text of the training pages among the examples, so that tuning forgets less of what base had read.

Pages of val and test rows are never replayed, nor those that base must not read. Mixing earlier data in is the oldest
remedy against forgetting (Robins, 1995, "Catastrophic Forgetting, Rehearsal and Pseudorehearsal").
"""

import random
from collections.abc import Collection, Iterable, Sequence
from itertools import cycle
from typing import TYPE_CHECKING

from stages.common.errors import StageError
from stages.common.records import Example, Page

if TYPE_CHECKING:
    import tiktoken

    from model.training.data import TokenSequence

ROW_TOKENS = 128  # of a row of text: about as many as an example has with its prompt


def choose_replay_texts(
    pages: Iterable[Page], training: Sequence[Example], left_out: Collection[str], seed: int
) -> list[str]:
    """The texts of the pages that training examples are about, in random order; `left_out` has the titles of pages that
    base must not read."""
    titles = {example.source.title for example in training} - set(left_out)
    texts = [page.plain_text for page in pages if page.title in titles]
    return random.Random(seed).sample(texts, len(texts))


def replay_rows(
    encoding: "tiktoken.Encoding", texts: Sequence[str], share: float, example_tokens: int, context: int
) -> "list[TokenSequence]":
    """Rows of the texts that make up this share (0 to below 1) of all tokens to learn, with `example_tokens` of the
    examples. Texts that are too short for it are repeated. Raises StageError if there are none."""
    from model.training.data import encode_documents

    if not share:
        return []
    if not texts:
        raise StageError(f"train.replay is {share:g}, and no training example is about a page that may be replayed")
    needed = share / (1 - share) * example_tokens
    rows, tokens = [], 0
    coming = cycle(encode_documents(encoding, texts, min(ROW_TOKENS, context)))
    while tokens < needed:
        rows.append(next(coming))
        tokens += rows[-1].supervised("all")
    return rows
