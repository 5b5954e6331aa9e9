"""Byte-level BPE: training a vocabulary on a corpus, and the tiktoken encoding of that and of any other.

`tokenizers` trains; tiktoken encodes, because it is several times faster. Both use the same vocabulary: in byte-level
BPE a token's id is also its rank, the order in which merges are tried.
"""

from collections.abc import Iterable
from pathlib import Path

import tiktoken

from model.core.bpe_vocabulary import BYTES, Vocabulary, byte_of_character, read_tokenizer
from model.core.prompt import END_OF_TEXT

# How GPT-2 splits a text into pieces. BPE merges only inside a piece (Radford et al., 2019, `encoder.py`).
GPT2_PATTERN = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


def train_tokenizer(texts: Iterable[str], vocab_size: int) -> str:
    """Trains a byte-level BPE vocabulary and returns it as the text of a `tokenizer.json`.

    The vocabulary has at most `vocab_size` tokens: 256 bytes, merges, and `<|endoftext|>` with the highest id. It has
    fewer if the texts hold no more pairs to merge. Raises ValueError if `vocab_size` is below 257.
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


def tokenizer_text(vocabulary: Vocabulary) -> str:
    """A vocabulary as the text of a `tokenizer.json`."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    tokenizer = Tokenizer(models.BPE(vocabulary.ids, vocabulary.merges))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(sorted({END_OF_TEXT, *vocabulary.listed}, key=vocabulary.ids.__getitem__))
    return str(tokenizer.to_str(pretty=True))


def make_encoding(vocabulary: Vocabulary) -> tiktoken.Encoding:
    """The tiktoken encoding of a vocabulary. Its `eot_token` is `<|endoftext|>`."""
    byte_of, special = byte_of_character(), vocabulary.special
    ranks = {
        bytes(byte_of[character] for character in token): rank
        for token, rank in vocabulary.ids.items()
        if token not in special
    }
    name = vocabulary.file.parent.name
    return tiktoken.Encoding(name, pat_str=GPT2_PATTERN, mergeable_ranks=ranks, special_tokens=special)


def load_encoding(tokenizer_json: Path) -> tiktoken.Encoding:
    """The tiktoken encoding of a `tokenizer.json`. Raises CheckpointError if the file is no such tokenizer."""
    return make_encoding(read_tokenizer(tokenizer_json))
