"""Byte-level BPE: a vocabulary trained on a corpus, and the tiktoken encoding that uses it.

Training is `tokenizers`' work, encoding tiktoken's, which is several times faster. Both describe the same
vocabulary: in byte-level BPE a token's id is also its rank, the order in which merges are tried.
"""

import json
from collections.abc import Iterable
from pathlib import Path

import tiktoken

from model.prompt import END_OF_TEXT

# How GPT-2 cuts a text into the pieces inside which BPE merges (Radford et al., 2019, `encoder.py`).
GPT2_PATTERN = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
BYTES = 256


def train_tokenizer(texts: Iterable[str], vocab_size: int) -> str:
    """Trains a byte-level BPE vocabulary and returns it as the text of a `tokenizer.json`.

    The vocabulary holds at most `vocab_size` tokens: 256 bytes, merges, and `<|endoftext|>` with the highest id.
    It holds fewer where the texts have no more pairs to merge.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    if vocab_size <= BYTES:
        raise ValueError(f"vocab_size must be greater than {BYTES}, is {vocab_size}")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size - 1,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens([END_OF_TEXT])
    return str(tokenizer.to_str(pretty=True))


def load_encoding(tokenizer_json: Path) -> tiktoken.Encoding:
    """The tiktoken encoding of a `tokenizer.json`; `<|endoftext|>` is its one special token (`eot_token`)."""
    tokenizer = json.loads(tokenizer_json.read_text(encoding="utf-8"))
    byte_of = _bytes_of_characters()
    end_of_text = next(token["id"] for token in tokenizer["added_tokens"] if token["content"] == END_OF_TEXT)
    ranks = {
        bytes(byte_of[character] for character in token): rank
        for token, rank in tokenizer["model"]["vocab"].items()
        if rank != end_of_text
    }
    return tiktoken.Encoding(
        name=tokenizer_json.parent.name,
        pat_str=GPT2_PATTERN,
        mergeable_ranks=ranks,
        special_tokens={END_OF_TEXT: end_of_text},
    )


def _bytes_of_characters() -> dict[str, int]:
    """The printable character that GPT-2's vocabulary files write for each byte, the other way round.

    Bytes that print stand for themselves; the others are written as the characters from U+0100 on, in order.
    """
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [byte for byte in range(BYTES) if byte not in printable]
    characters = {chr(byte): byte for byte in printable}
    characters |= {chr(BYTES + index): byte for index, byte in enumerate(hidden)}
    return characters
