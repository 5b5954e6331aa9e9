"""Byte-level BPE vocabularies from files: a model's own, and GPT-2's as OpenAI published it.

The same id means another word in another vocabulary, and nothing in the weights shows which one they were trained with:
GPT-2s of many languages have 50,257 tokens. So a vocabulary is checked to its last merge before it is used.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from model.core.checkpoint_files import TOKENIZER, CheckpointError, in_short, read_checkpoint_text, read_json_object
from model.core.prompt import END_OF_TEXT

# GPT-2's own vocabulary as OpenAI published it: `vocab.bpe` lists 50,000 merges in order, `encoder.json` the ids of
# 50,257 tokens.
GPT2_SIZE = 50257
GPT2_URL = "https://openaipublic.blob.core.windows.net/gpt-2/encodings/main"
GPT2_SHA256 = {
    "vocab.bpe": "1ce1664773c50f3e0cc8842619a93edc4624525b728b188a9e0be33b7726adc5",
    "encoder.json": "196139668be63f3b5d6574427317ae82f612a97c5d1cdaf36ed2256dbf636783",
}
BYTES = 256
_PAIRS = (("vocab.json", "merges.txt"), ("encoder.json", "vocab.bpe"))  # ids and merges: transformers' names, OpenAI's
_OTHER_KINDS = ("vocab.txt", "spiece.model", "tokenizer.model", "sentencepiece.bpe.model")
_AGAIN = "it is damaged, or of another kind; take the one that the model was trained with"
_MARKER = re.compile(r"<[^<>]*>|\[[A-Za-z]+\]")  # such as <pad> and [MASK], which are special by their form
# Settings of a BPE model in tokenizer.json by which the same text becomes other tokens, with the values that GPT-2 has.
_PLAIN: dict[str, tuple[object, ...]] = {
    "type": ("BPE", None),
    "dropout": (None,),
    "continuing_subword_prefix": (None, ""),
    "end_of_word_suffix": (None, ""),
    "byte_fallback": (None, False),
    "ignore_merges": (None, False),
}


@dataclass(frozen=True)
class Vocabulary:
    """A checked vocabulary. A token is written as in GPT-2's files: a character for each of its bytes.

    In byte-level BPE a token's id is also its rank, the order in which merges are tried. Tokens that no merge makes are
    special: `<|endoftext|>` and others in angle brackets. A model may answer with them, and no text becomes one.
    """

    file: Path  # it is named in messages
    ids: dict[str, int]  # of all tokens, 0 to len - 1
    merges: list[tuple[str, str]]
    listed: list[str] = field(default_factory=list)  # special tokens that the file lists as such

    @property
    def special(self) -> dict[str, int]:
        """The ids of the special tokens."""
        plain = {*byte_of_character(), *(first + second for first, second in self.merges)}
        return {token: rank for token, rank in self.ids.items() if token not in plain}


def read_vocabulary(folder: Path) -> Vocabulary | None:
    """The vocabulary of a model's folder: `tokenizer.json`, or else `vocab.json` with `merges.txt`; None if there is
    none at all. Raises CheckpointError for a damaged one, and for one of another kind."""
    if (folder / TOKENIZER).exists():
        return read_tokenizer(folder / TOKENIZER)
    for ids, merges in _PAIRS:
        if (folder / ids).exists() or (folder / merges).exists():
            vocabulary = Vocabulary(folder / ids, read_json_object(folder / ids), _read_merges(folder / merges))
            return _checked(vocabulary, folder / merges)
    if other := [name for name in _OTHER_KINDS if (folder / name).exists()]:
        raise CheckpointError(
            f"{folder / other[0]} is a vocabulary of another kind than GPT-2's byte-level BPE (WordPiece or "
            "SentencePiece), and a model with it can't be used"
        )
    return None


def read_tokenizer(path: Path) -> Vocabulary:
    """The vocabulary of a `tokenizer.json`. Raises CheckpointError if it is damaged, or encodes in another way than
    GPT-2's."""
    return _checked(_read_tokenizer(path))


def published_vocabulary(folder: Path | None = None) -> Vocabulary:
    """GPT-2's own vocabulary of 50,257 tokens.

    Reads `vocab.bpe` and `encoder.json` from `folder`. Without a folder, tiktoken downloads them once and keeps them
    in TIKTOKEN_CACHE_DIR. Raises CheckpointError if a file is missing, damaged or a different one.
    """
    files = _download_vocabulary() if folder is None else _read_gpt2_files(folder)
    merges = files["vocab.bpe"].decode().split("\n")[1:-1]  # the first line is a version
    pairs = [(first, second) for first, second in (merge.split(" ") for merge in merges)]
    file = folder / "encoder.json" if folder else Path("encoder.json")
    return Vocabulary(file, json.loads(files["encoder.json"]), pairs, [END_OF_TEXT])


def check_size(vocabulary: Vocabulary, tokens: int, weights: Path) -> None:
    """Raises CheckpointError if the vocabulary has fewer or more tokens than the model."""
    count = len(vocabulary.ids)
    if count > tokens:
        raise CheckpointError(
            f"{vocabulary.file} has ids up to {count - 1:,}, and {weights} has only {tokens:,} tokens; "
            "take the vocabulary that the model was trained with"
        )
    if count < tokens:
        raise CheckpointError(
            f"{vocabulary.file} has {count:,} tokens, and {weights} has {tokens:,}: the last ids mean nothing; "
            "take the vocabulary that the model was trained with. If the rest is only padding, cut it off with "
            f"transformers: model.resize_token_embeddings({count})"
        )


def byte_of_character() -> dict[str, int]:
    """The byte that each character in a GPT-2 vocabulary file represents.

    Printable bytes are written as themselves, the others as the characters from U+0100 on, in order.
    """
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    hidden = [byte for byte in range(BYTES) if byte not in printable]
    characters = {chr(byte): byte for byte in printable}
    characters |= {chr(BYTES + index): byte for index, byte in enumerate(hidden)}
    return characters


def _read_tokenizer(path: Path) -> Vocabulary:
    """What a `tokenizer.json` holds. Raises CheckpointError if it encodes in another way than GPT-2's."""
    content = read_json_object(path)
    model, splitter = content.get("model"), content.get("pre_tokenizer")
    if not isinstance(model, dict) or not isinstance(model.get("vocab"), dict):
        raise _unusable(path, "model.vocab", model, "an object of tokens and ids")
    for key, values in _PLAIN.items():
        if model.get(key) not in values:
            raise _unusable(path, f"model.{key}", model.get(key), repr(values[0]))
    if content.get("normalizer") is not None:
        raise _unusable(path, "normalizer", content["normalizer"], "none: GPT-2 reads a text as it is")
    if not isinstance(splitter, dict) or splitter.get("type") != "ByteLevel" or splitter.get("use_regex") is False:
        raise _unusable(path, "pre_tokenizer", splitter, "ByteLevel, which splits a text as GPT-2 does")
    if splitter.get("add_prefix_space") is not False:
        raise _unusable(path, "pre_tokenizer.add_prefix_space", splitter.get("add_prefix_space"), "false")
    merges = model.get("merges")
    if not isinstance(merges, list):
        raise _unusable(path, "model.merges", merges, "a list of pairs")
    pairs = []
    for number, merge in enumerate(merges, start=1):
        parts = merge.split(" ") if isinstance(merge, str) else merge  # older files hold texts with a space between
        if not isinstance(parts, list) or len(parts) != 2 or not all(isinstance(part, str) and part for part in parts):
            raise _unusable(path, f"merge {number}", merge, "two tokens")
        pairs.append((parts[0], parts[1]))
    listed = _read_added(path, content.get("added_tokens"), model["vocab"])
    return Vocabulary(path, model["vocab"] | listed, pairs, list(listed))


def _read_added(path: Path, added: object, known: Mapping[str, object]) -> dict[str, Any]:
    """The ids of the special tokens that a `tokenizer.json` lists beside its vocabulary."""
    tokens: dict[str, Any] = {}
    for token in added if isinstance(added, list) else []:
        text = token.get("content") if isinstance(token, dict) else None
        if not isinstance(text, str) or "id" not in token or known.get(text, token["id"]) != token["id"]:
            raise _unusable(path, "added_tokens", token, "tokens with the ids that they have in model.vocab")
        if token.get("special") is not True and not _MARKER.fullmatch(text):
            raise _unusable(path, "added_tokens", text, "special tokens; GPT-2 adds no words to its vocabulary")
        tokens[text] = token["id"]
    return tokens


def _read_merges(path: Path) -> list[tuple[str, str]]:
    """The merges in a text file, one a line: two tokens with a space between. The first line may be a version."""
    pairs = []
    for number, line in enumerate(read_checkpoint_text(path).split("\n"), start=1):
        if not line.strip() or (number == 1 and line.startswith("#version")):
            continue
        parts = line.removesuffix("\r").split(" ")
        if len(parts) != 2 or not all(parts):
            raise CheckpointError(f"{path}:{number}: found {in_short(line)}, expected two tokens with a space between")
        pairs.append((parts[0], parts[1]))
    return pairs


def _checked(vocabulary: Vocabulary, merges: Path | None = None) -> Vocabulary:
    """The vocabulary itself. Raises CheckpointError if its ids or merges (in the file `merges`) aren't those of a
    byte-level BPE."""
    _check_ids(vocabulary.file, vocabulary.ids)
    _check_merges(vocabulary, merges or vocabulary.file)
    return vocabulary


def _check_ids(path: Path, ids: dict[str, int]) -> None:
    """Raises CheckpointError for ids that are no ids, or are used twice, and for a byte without a token: tiktoken ends
    the program for them, at once or when it encodes."""
    token_of: dict[int, str] = {}
    for token, rank in ids.items():
        if type(rank) is not int or not 0 <= rank < len(ids):
            raise CheckpointError(
                f"{path}: the id of {in_short(token)} is {in_short(rank)}, expected a number from 0 to "
                f"{len(ids) - 1:,}, as it has {len(ids):,} tokens; {_AGAIN}"
            )
        if token_of.setdefault(rank, token) != token:
            raise CheckpointError(
                f"{path}: {in_short(token_of[rank])} and {in_short(token)} have the same id, {rank}; {_AGAIN}"
            )
    if absent := [character for character in byte_of_character() if character not in ids]:
        raise CheckpointError(f"{path} has no token for {len(absent)} of {BYTES} bytes; {_AGAIN}")
    if END_OF_TEXT not in ids:
        raise CheckpointError(
            f"{path} has no token {END_OF_TEXT}, with which every example and every answer ends; add it to tokenizer "
            "and model with transformers (add_special_tokens, resize_token_embeddings)"
        )


def _check_merges(vocabulary: Vocabulary, path: Path) -> None:
    """Raises CheckpointError unless the merges in the file `path` make all tokens but bytes and special ones, in the
    order of their ids: tiktoken tries merges in that order."""
    ids, name = vocabulary.ids, vocabulary.file.name
    made: set[str] = set()
    newest = -1
    for number, (first, second) in enumerate(vocabulary.merges, start=1):
        token = first + second
        if unknown := [part for part in (first, second, token) if part not in ids]:
            raise CheckpointError(
                f"{path}: merge {number}, of {in_short(first)} and {in_short(second)}: {in_short(unknown[0])} is no "
                f"token of {name}; {_AGAIN}"
            )
        if token in made:
            continue
        if ids[token] < newest:
            raise CheckpointError(
                f"{path}: merge {number} makes {in_short(token)} with the id {ids[token]}, after one with the id "
                f"{newest}; merges must be in the order of their ids; {_AGAIN}"
            )
        made.add(token)
        newest = ids[token]
    lost = [token for token in vocabulary.special if token not in vocabulary.listed and not _MARKER.fullmatch(token)]
    if lost:
        raise CheckpointError(
            f"{path}: no merge makes {len(lost):,} of the {len(ids):,} tokens of {name}, such as {in_short(lost[0])} "
            f"(id {ids[lost[0]]}); {_AGAIN}"
        )


def _unusable(path: Path, place: str, found: object, expected: str) -> CheckpointError:
    return CheckpointError(
        f"{path}: {place}: found {in_short(found)}, expected {expected}; only a byte-level BPE like GPT-2's can be used"
    )


def _read_gpt2_files(folder: Path) -> dict[str, bytes]:
    files = {}
    for name, expected in GPT2_SHA256.items():
        try:
            files[name] = (folder / name).read_bytes()
        except OSError as error:
            raise CheckpointError(f"{folder / name} cannot be read: {error.strerror}") from error
        found = hashlib.sha256(files[name]).hexdigest()
        if found != expected:
            raise CheckpointError(
                f"{folder / name} is damaged, or not GPT-2's vocabulary of {GPT2_SIZE:,} tokens: "
                f"found SHA-256 {found} ({len(files[name]):,} bytes), expected {expected}"
            )
    return files


def _download_vocabulary() -> dict[str, bytes]:
    from tiktoken.load import read_file_cached

    try:
        return {name: read_file_cached(f"{GPT2_URL}/{name}", sha256) for name, sha256 in GPT2_SHA256.items()}
    except (OSError, ValueError) as error:  # no network, no place for the cache, or a wrong hash
        raise CheckpointError(
            f"GPT-2's vocabulary cannot be downloaded from {GPT2_URL}: {error}; "
            f"a folder with {' and '.join(GPT2_SHA256)} works without a network"
        ) from error
