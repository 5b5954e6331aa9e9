"""Byte-level BPE: training a vocabulary on a corpus, GPT-2's own vocabulary, and the tiktoken encoding of either.

`tokenizers` trains; tiktoken encodes, because it is several times faster. Both use the same vocabulary: in byte-level
BPE a token's id is also its rank, the order in which merges are tried.
"""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

import tiktoken

from model.core.prompt import END_OF_TEXT

# How GPT-2 splits a text into pieces. BPE merges only inside a piece (Radford et al., 2019, `encoder.py`).
GPT2_PATTERN = r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"
BYTES = 256
_MOST_IDS = 2**24  # as many as a model may have

# GPT-2's own vocabulary as OpenAI published it: `vocab.bpe` lists 50,000 merges in order, `encoder.json` the ids of
# 50,257 tokens.
GPT2_SIZE = 50257
GPT2_URL = "https://openaipublic.blob.core.windows.net/gpt-2/encodings/main"
GPT2_SHA256 = {
    "vocab.bpe": "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5",
    "encoder.json": "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783",
}


class VocabularyError(Exception):
    """A file of GPT-2's vocabulary is missing, damaged or a different one. The message names the file."""


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


def gpt2_tokenizer(folder: Path | None = None) -> str:
    """GPT-2's own vocabulary of 50,257 tokens as the text of a `tokenizer.json`.

    Reads `vocab.bpe` and `encoder.json` from `folder`. Without a folder, tiktoken downloads them once and keeps them
    in TIKTOKEN_CACHE_DIR. Raises VocabularyError if a file is missing, damaged or a different one.
    """
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    files = _download_vocabulary() if folder is None else _read_vocabulary(folder)
    merges = files["vocab.bpe"].decode().split("\n")[1:-1]  # the first line is a version
    model = models.BPE(json.loads(files["encoder.json"]), [_split_merge(merge) for merge in merges])
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([END_OF_TEXT])
    return str(tokenizer.to_str(pretty=True))


def _split_merge(merge: str) -> tuple[str, str]:
    first, second = merge.split(" ")
    return first, second


def _read_vocabulary(folder: Path) -> dict[str, bytes]:
    files = {}
    for name, expected in GPT2_SHA256.items():
        try:
            files[name] = (folder / name).read_bytes()
        except OSError as error:
            raise VocabularyError(f"{folder / name} cannot be read: {error.strerror}") from error
        found = hashlib.sha256(files[name]).hexdigest()
        if found != expected:
            raise VocabularyError(
                f"{folder / name} is damaged, or not GPT-2's vocabulary of {GPT2_SIZE:,} tokens: "
                f"found SHA-256 {found} ({len(files[name]):,} bytes), expected {expected}"
            )
    return files


def _download_vocabulary() -> dict[str, bytes]:
    from tiktoken.load import read_file_cached

    try:
        return {name: read_file_cached(f"{GPT2_URL}/{name}", sha256) for name, sha256 in GPT2_SHA256.items()}
    except (OSError, ValueError) as error:  # no network, no place for the cache, or a wrong hash
        raise VocabularyError(
            f"GPT-2's vocabulary cannot be downloaded from {GPT2_URL}: {error}; "
            f"a folder with {' and '.join(GPT2_SHA256)} works without a network"
        ) from error


def load_encoding(tokenizer_json: Path) -> tiktoken.Encoding:
    """The tiktoken encoding of a `tokenizer.json`. Its one special token is `<|endoftext|>` (`eot_token`).

    Raises ValueError if the file is not such a tokenizer.
    """
    try:
        tokenizer = json.loads(tokenizer_json.read_text(encoding="utf-8"))
        byte_of = _byte_of_character()
        end_of_text = next(token["id"] for token in tokenizer["added_tokens"] if token["content"] == END_OF_TEXT)
        ranks = {
            bytes(byte_of[character] for character in token): rank
            for token, rank in tokenizer["model"]["vocab"].items()
            if rank != end_of_text
        }
    except (KeyError, TypeError, AttributeError, StopIteration, RecursionError) as error:
        raise ValueError(f"it has another form: {error!r:.200}") from error
    _check_ids(ranks, end_of_text)
    return tiktoken.Encoding(
        name=tokenizer_json.parent.name,
        pat_str=GPT2_PATTERN,
        mergeable_ranks=ranks,
        special_tokens={END_OF_TEXT: end_of_text},
    )


def _check_ids(ranks: dict[bytes, int], end_of_text: int) -> None:
    """Raises ValueError for ids that are no ids, or are used twice, and for a byte without a token: tiktoken ends the
    program for them, at once or when it encodes."""
    ids = [*ranks.values(), end_of_text]
    if wrong := [token_id for token_id in ids if type(token_id) is not int or not 0 <= token_id < _MOST_IDS]:
        raise ValueError(f"{wrong[0]!r:.40} is not an id from 0 to {_MOST_IDS - 1:,}")
    if len(set(ids)) < len(ids):
        raise ValueError("two tokens have the same id")
    if missing := [byte for byte in range(BYTES) if bytes([byte]) not in ranks]:
        raise ValueError(f"it has no token for {len(missing)} of {BYTES} bytes")


def _byte_of_character() -> dict[str, int]:
    """The byte that each character in a GPT-2 vocabulary file represents.

    Printable bytes are written as themselves, the others as the characters from U+0100 on, in order.
    """
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [byte for byte in range(BYTES) if byte not in printable]
    characters = {chr(byte): byte for byte in printable}
    characters |= {chr(BYTES + index): byte for index, byte in enumerate(hidden)}
    return characters
