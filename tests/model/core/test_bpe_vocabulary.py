"""Vocabularies from elsewhere: another language's GPT-2 speaks its own, and a damaged one is named."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tokenizers import AddedToken, ByteLevelBPETokenizer, Tokenizer

from model.core.bpe_vocabulary import GPT2_URL, check_size, published_vocabulary, read_vocabulary
from model.core.checkpoint_files import CheckpointError
from model.core.prompt import END_OF_TEXT
from model.core.tokenizer import load_encoding, make_encoding, tokenizer_text
from tests.model.core.test_tokenizer import fill_cache

TEXTS = [
    "A baleia é um mamífero que vive no mar; as baleias não cantam em 1851.",
    "O coração do avô não aguenta: «já são 3 horas», disse ele.\n\n日本 😀",
]
MARKERS = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A Portuguese vocabulary as `tokenizers` saves it, with RoBERTa's special tokens before all others."""
    tokenizer = ByteLevelBPETokenizer()
    tokenizer.train_from_iterator(TEXTS, 340, min_frequency=1, special_tokens=[*MARKERS, END_OF_TEXT])
    tokenizer.save_model(str(tmp_path))
    (tmp_path / "both").mkdir()
    tokenizer.save(str(tmp_path / "both/tokenizer.json"))
    return tmp_path


def edit(path: Path, change: Callable[[Any], Any]) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def assert_refused(folder: Path, message: str) -> None:
    with pytest.raises(CheckpointError, match=message):
        read_vocabulary(folder)


@pytest.mark.parametrize("place", [".", "both"], ids=["vocab.json and merges.txt", "tokenizer.json"])
def test_the_ids_are_those_of_its_own_tokenizer(folder: Path, place: str, tmp_path: Path) -> None:
    """Guards against ids that mean other words, whichever files hold them and wherever its special tokens stand."""
    peer = Tokenizer.from_file(str(folder / "both/tokenizer.json"))
    vocabulary = read_vocabulary(folder / place)
    assert vocabulary is not None
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved/tokenizer.json").write_text(tokenizer_text(vocabulary), encoding="utf-8")
    saved = Tokenizer.from_file(str(tmp_path / "saved/tokenizer.json"))
    for encoding in (make_encoding(vocabulary), load_encoding(tmp_path / "saved/tokenizer.json")):
        assert (encoding.n_vocab, encoding.eot_token) == (340, 5)
        assert [encoding.decode([number]) for number in range(6)] == [*MARKERS, END_OF_TEXT]
        for text in [*TEXTS, "mar<", "  \n\n\t x  ", bytes(range(128)).decode()]:
            assert encoding.encode_ordinary(text) == peer.encode(text).ids == saved.encode(text).ids
            assert encoding.decode(encoding.encode_ordinary(text)) == text
        assert not set(range(6)) & set(encoding.encode_ordinary("<s> a <pad> b <|endoftext|>"))


def test_tokens_added_behind_the_vocabulary_are_its_own(folder: Path) -> None:
    """Guards against a model with a padding token that seems to have one token too many."""
    tokenizer = Tokenizer.from_file(str(folder / "both/tokenizer.json"))
    tokenizer.add_special_tokens([AddedToken("<|pad|>", special=True)])
    tokenizer.save(str(folder / "both/tokenizer.json"))
    vocabulary = read_vocabulary(folder / "both")
    assert vocabulary is not None
    check_size(vocabulary, 341, folder / "model.safetensors")
    assert make_encoding(vocabulary).decode([340]) == "<|pad|>"


def test_more_and_fewer_tokens_than_the_model_are_named(folder: Path) -> None:
    """Guards against an index that ends a run in the middle of an answer, and an id that no text belongs to."""
    vocabulary = read_vocabulary(folder)
    assert vocabulary is not None
    with pytest.raises(CheckpointError, match=r"vocab.json has ids up to 339, and w has only 300 tokens; take the voc"):
        check_size(vocabulary, 300, Path("w"))
    with pytest.raises(
        CheckpointError, match=r"vocab.json has 340 tokens, and w has 50,257: the last ids mean nothing"
    ):
        check_size(vocabulary, 50257, Path("w"))


def test_a_folder_without_any_has_none(tmp_path: Path) -> None:
    assert read_vocabulary(tmp_path) is None


@pytest.mark.parametrize("name", ["vocab.txt", "spiece.model"])
def test_another_kind_is_refused(tmp_path: Path, name: str) -> None:
    """Guards against GPT-2's words for a model that has others, in a form that can't be read here."""
    (tmp_path / name).touch()
    assert_refused(tmp_path, f"{name} is a vocabulary of another kind than GPT-2's byte-level BPE")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda ids: ids.update({"abc": 10**30}),
            "the id of 'abc' is 10{30}, expected a number from 0 to 340",
        ),
        (lambda ids: ids.update({"abc": -1}), "the id of 'abc' is -1, expected a number"),
        (lambda ids: ids.update({"abc": True}), "the id of 'abc' is True, expected a number"),
        (lambda ids: ids.update({"abc": None}), "the id of 'abc' is None, expected a number"),
        (lambda ids: ids.update({"abc": "5"}), "the id of 'abc' is '5', expected a number"),
        (lambda ids: ids.update({"abc": [[]]}), r"the id of 'abc' is \[\[\]\], expected a number"),
        (lambda ids: ids.update({"abc": 7}), "'.' and 'abc' have the same id, 7; it is damaged"),
        (lambda ids: ids.update({"abc": 340}), "no merge makes 1 of the 341 tokens of vocab.json, such as 'abc'"),
        (
            lambda ids: ids.update({"\ud800": 340}),
            r"no merge makes 1 of the 341 tokens of vocab.json, such as '.ud800'",
        ),
        (lambda ids: ids.update({"éé": ids.pop("!")}), "has no token for 1 of 256 bytes"),
        (lambda ids: ids.update({"<|end|>": ids.pop(END_OF_TEXT)}), r"has no token <\|endoftext\|>, with which every"),
        (lambda ids: ids.pop("Ġn"), "the id of '.*' is 339, expected a number from 0 to 338"),
        (lambda ids: ids.clear(), "has no token for 256 of 256 bytes"),
    ],
)
def test_ids_that_are_no_ids_are_named(folder: Path, change: Callable[[Any], Any], message: str) -> None:
    """Guards against a tokenizer that ends the program from inside tiktoken."""
    edit(folder / "vocab.json", change)
    assert_refused(folder, message)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda lines: lines.pop(), "merges.txt: no merge makes 1 of the 340 tokens of vocab.json, such as '"),
        (lambda lines: lines.__delitem__(slice(20, None)), "merges.txt: no merge makes 59 of the 340 tokens"),
        (lambda lines: lines.append("q q"), "merges.txt: merge 79, of 'q' and 'q': 'qq' is no token of vocab.json"),
        (lambda lines: lines.append("a"), "merges.txt:80: found 'a', expected two tokens with a space between"),
        (lambda lines: lines.append("a b c"), "merges.txt:80: found 'a b c', expected two tokens"),
        (
            lambda lines: lines.insert(1, lines.pop()),
            "merges.txt: merge 2 makes '.+' with the id 262, after one",
        ),
        (lambda lines: lines.clear(), "no merge makes 78 of the 340 tokens"),
    ],
)
def test_merges_that_are_not_valid_are_named(folder: Path, change: Callable[[Any], Any], message: str) -> None:
    """Guards against a cut-off file that quietly turns every long word into letters, and merges of another model."""
    lines = (folder / "merges.txt").read_text(encoding="utf-8").splitlines()
    change(lines)
    (folder / "merges.txt").write_text("\n".join(lines), encoding="utf-8")
    assert_refused(folder, message)


def test_one_of_two_files_is_named(folder: Path) -> None:
    (folder / "merges.txt").unlink()
    assert_refused(folder, "merges.txt is missing")
    (folder / "vocab.json").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    assert_refused(folder, r"vocab.json is only a pointer of Git LFS \(63 bytes\) to a file of 9 bytes; run `git lfs")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda file: file.update(normalizer={"type": "NFC"}), r"normalizer: found \{'type': 'NFC'\}, expected none"),
        (lambda file: file["pre_tokenizer"].update(type="Metaspace"), "pre_tokenizer: found .*, expected ByteLevel"),
        (
            lambda file: file["pre_tokenizer"].update(add_prefix_space=True),
            "pre_tokenizer.add_prefix_space: found True",
        ),
        (lambda file: file.update(pre_tokenizer=None), "pre_tokenizer: found None, expected ByteLevel"),
        (lambda file: file["model"].update(type="WordPiece"), "model.type: found 'WordPiece', expected 'BPE'"),
        (lambda file: file["model"].update(dropout=0.1), "model.dropout: found 0.1, expected None"),
        (lambda file: file["model"].update(byte_fallback=True), "model.byte_fallback: found True, expected None"),
        (lambda file: file["model"].pop("merges"), "model.merges: found None, expected a list of pairs"),
        (lambda file: file["model"]["merges"].append(["a"]), r"merge 79: found \['a'\], expected two tokens"),
        (lambda file: file["model"]["merges"].append(5), "merge 79: found 5, expected two tokens"),
        (lambda file: file["model"].pop("vocab"), "model.vocab: found .*, expected an object of tokens and ids"),
        (lambda file: file["added_tokens"][0].update(id=9), "added_tokens: found .*, expected tokens with the ids"),
        (lambda file: file["added_tokens"].append(5), "added_tokens: found 5, expected tokens with the ids"),
        (
            lambda file: file["added_tokens"].append({"id": 340, "content": "baleia", "special": False}),
            "added_tokens: found 'baleia', expected special tokens; GPT-2 adds no words",
        ),
        (lambda file: file.clear(), "model.vocab: found None"),
    ],
)
def test_a_tokenizer_that_encodes_otherwise_is_refused(
    folder: Path, change: Callable[[Any], Any], message: str
) -> None:
    """Guards against a text that becomes other tokens here than those that the model was trained with."""
    edit(folder / "both/tokenizer.json", change)
    assert_refused(folder / "both", f"tokenizer.json: {message}")


def test_without_a_folder_tiktoken_downloads_the_vocabulary(
    gpt2_vocabulary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_cache(gpt2_vocabulary, tmp_path)
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    assert tokenizer_text(published_vocabulary()) == tokenizer_text(published_vocabulary(gpt2_vocabulary))


def test_without_a_network_the_error_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")  # nothing listens there
    message = (
        f"vocabulary cannot be downloaded from {GPT2_URL}: .*; a folder with vocab.bpe and encoder.json works without a"
    )
    with pytest.raises(CheckpointError, match=message):
        published_vocabulary()


@pytest.mark.parametrize("name", ["vocab.bpe", "encoder.json"])
def test_a_wrong_vocabulary_is_named(gpt2_vocabulary: Path, tmp_path: Path, name: str) -> None:
    """Guards against a vocabulary with a line lost, which would shift the meaning of all the ids after it."""
    folder = tmp_path / "vocabulary"
    with pytest.raises(CheckpointError, match=r"vocab\.bpe cannot be read: No such file or directory"):
        published_vocabulary(folder)
    shutil.copytree(gpt2_vocabulary, folder)
    (folder / name).chmod(0o644)
    data = (folder / name).read_bytes()[:-9]
    (folder / name).write_bytes(data)
    with pytest.raises(CheckpointError) as error:
        published_vocabulary(folder)
    expected = hashlib.sha256((gpt2_vocabulary / name).read_bytes()).hexdigest()
    assert str(error.value) == (
        f"{folder / name} is damaged, or not GPT-2's vocabulary of 50,257 tokens: found SHA-256 "
        f"{hashlib.sha256(data).hexdigest()} ({len(data):,} bytes), expected {expected}"
    )
