"""From documents to rows of tokens."""

import numpy as np

from model.core.bpe_vocabulary import BYTES
from primer.encode_text import as_rows


class Letters:
    """An encoding in which each character is a token."""

    eot_token = BYTES

    def encode_ordinary_batch(self, texts: list[str], num_threads: int) -> list[list[int]]:
        return [[ord(character) for character in text] for text in texts]


def test_every_token_is_a_target_once() -> None:
    """Guards against rows that lose a token where they meet, and against documents that run into one another."""
    rows = as_rows(Letters(), iter(["abc", "de", "fghi"]), 4)  # type: ignore[arg-type]
    stream = [BYTES, *b"abc", BYTES, *b"de", BYTES, *b"fghi", BYTES]
    assert rows.dtype == np.uint16
    assert rows.tolist() == [stream[start : start + 4] for start in (0, 3, 6, 9)]
    assert [token for row in rows.tolist() for token in row[1:]] == stream[1:13]
