"""tokens: learns the vocabulary from a part of the text, and encodes all of it into rows of token ids."""

import json
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from primer.configuration import TEXT, TOKENS, VOCABULARY, TrainingParams, VocabularyParams, load_section
from stages.common.errors import run_stage

if TYPE_CHECKING:
    import numpy as np
    import tiktoken
    from numpy.typing import NDArray

BATCH = 20_000  # documents encoded at a time


def main() -> None:
    import numpy as np

    from model.core.checkpoint import save_tokenizer
    from model.core.prompt import render_prompt
    from model.core.tokenizer import load_encoding, train_tokenizer

    params = load_section("vocabulary", VocabularyParams)
    n_positions = load_section("training", TrainingParams).n_positions
    # Apart, digits never become one token: then 145 is always three tokens, and sums can be learned digit by digit.
    sample = [re.sub(r"(?<=\d)(?=\d)", " ", text) for text in _up_to(read_documents(TEXT), params.characters)]
    # Tuning will repeat the words of the prompt in every example: with these, each of them becomes a single token. Only
    # the vocabulary is learned from them.
    prompts = [render_prompt("", "-")] * (len(sample) // 50)
    tokenizer = train_tokenizer([*sample, *prompts], params.size)
    encoding = load_encoding(save_tokenizer(VOCABULARY, tokenizer, n_positions))
    np.save(TOKENS, as_rows(encoding, read_documents(TEXT), n_positions + 1))


def read_documents(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)["text"]


def as_rows(encoding: "tiktoken.Encoding", documents: Iterator[str], length: int) -> "NDArray[np.uint16]":
    """All documents, each closed by end-of-text, in rows [rows, length] that overlap by one token, so that every token
    but the first is a target once. What is left over at the end is dropped."""
    import numpy as np

    parts = [np.array([encoding.eot_token], dtype=np.uint16)]
    while batch := list(islice(documents, BATCH)):
        for tokens in encoding.encode_ordinary_batch(batch, num_threads=2):
            parts.append(np.array([*tokens, encoding.eot_token], dtype=np.uint16))
    stream = np.concatenate(parts)
    rows = (len(stream) - 1) // (length - 1)
    starts = np.arange(rows)[:, None] * (length - 1)
    cut: NDArray[np.uint16] = stream[starts + np.arange(length)]
    return cut


def _up_to(documents: Iterator[str], characters: int) -> Iterator[str]:
    for document in documents:
        yield document
        characters -= len(document)
        if characters <= 0:
            return


if __name__ == "__main__":
    run_stage(main)
