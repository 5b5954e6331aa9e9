"""The tokenizer, compared with tokenizers, tiktoken and transformers."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
import tiktoken
from tokenizers import Tokenizer

from model.core.bpe_vocabulary import GPT2_SIZE, GPT2_URL, published_vocabulary
from model.core.checkpoint import save_tokenizer
from model.core.prompt import END_OF_TEXT
from model.core.tokenizer import load_encoding, tokenizer_text, train_tokenizer

TEXTS = ["The whale is a mammal.", "Whales don't sing in 1851;  they hum.\n\nNaïve façade: 日本 😀."] * 5


@pytest.fixture(scope="module")
def tokenizer_json(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tokenizer(tmp_path_factory.mktemp("tokenizer"), train_tokenizer(TEXTS, 320), n_positions=64)


def test_ids_equal_those_of_tokenizers(tokenizer_json: Path, root: Path) -> None:
    """Guards against a byte that is mapped wrongly and against merges that tiktoken tries in another order."""
    peer = Tokenizer.from_file(str(tokenizer_json))
    encoding = load_encoding(tokenizer_json)
    pages = (root / "data/bundled/pages.jsonl").read_text(encoding="utf-8").splitlines()
    for text in [*TEXTS, *(json.loads(line)["sections"][0]["text"] for line in pages), bytes(range(128)).decode()]:
        assert encoding.encode_ordinary(text) == peer.encode(text).ids
        assert encoding.decode(encoding.encode_ordinary(text)) == text


def test_end_of_text_is_the_last_id_and_never_comes_from_text(tokenizer_json: Path) -> None:
    """Guards against an answer that ends a document by spelling the end-of-text token."""
    encoding = load_encoding(tokenizer_json)
    assert encoding.eot_token == encoding.n_vocab - 1
    assert encoding.eot_token not in encoding.encode_ordinary(f"a {END_OF_TEXT} b")


def test_vocabulary_is_not_larger_than_asked(tokenizer_json: Path) -> None:
    assert load_encoding(tokenizer_json).n_vocab <= 320


def test_vocabulary_must_hold_more_than_the_bytes() -> None:
    with pytest.raises(ValueError, match="vocab_size must be greater than 256, is 256"):
        train_tokenizer(TEXTS, 256)


@pytest.fixture(scope="module")
def gpt2_json(tmp_path_factory: pytest.TempPathFactory, gpt2_vocabulary: Path) -> Path:
    return save_tokenizer(
        tmp_path_factory.mktemp("gpt2"), tokenizer_text(published_vocabulary(gpt2_vocabulary)), n_positions=1024
    )


def fill_cache(vocabulary: Path, cache: Path) -> None:
    """Puts GPT-2's two files where tiktoken keeps its downloads."""
    for path in vocabulary.iterdir():
        shutil.copy(path, cache / hashlib.sha1(f"{GPT2_URL}/{path.name}".encode()).hexdigest())


def test_ids_of_gpt2_equal_those_of_transformers(
    gpt2_json: Path, gpt2_vocabulary: Path, instruction_data: Path, tmp_path: Path
) -> None:
    """Guards against a token that means another word to the published weights: the tokenizer that transformers builds
    from OpenAI's files by itself, and the one that it reads from ours."""
    from transformers import AutoTokenizer, GPT2Tokenizer

    shutil.copy(gpt2_vocabulary / "encoder.json", tmp_path / "vocab.json")
    shutil.copy(gpt2_vocabulary / "vocab.bpe", tmp_path / "merges.txt")
    peers = [GPT2Tokenizer.from_pretrained(tmp_path), AutoTokenizer.from_pretrained(gpt2_json.parent)]
    encoding = load_encoding(gpt2_json)
    rows = json.loads(instruction_data.read_text(encoding="utf-8"))
    texts = [*TEXTS, bytes(range(128)).decode(), "  \n\n\t x  ", *(text for row in rows for text in row.values())]
    assert len(texts) > 3300
    ids = [encoding.encode_ordinary(text) for text in texts]
    for peer in peers:
        assert peer(texts)["input_ids"] == ids
        assert peer.eos_token_id == 50256
        assert peer.decode(ids[1]) == texts[1]


def test_gpt2_has_its_own_50257_tokens(
    gpt2_json: Path, gpt2_vocabulary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against ids that are shifted, or an end of text that isn't GPT-2's: tiktoken's encoding is the same."""
    fill_cache(gpt2_vocabulary, tmp_path)
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
    peer, encoding = tiktoken.get_encoding("gpt2"), load_encoding(gpt2_json)
    assert encoding.n_vocab == peer.n_vocab == GPT2_SIZE == 50257
    assert encoding.eot_token == peer.eot_token == 50256
    tokens = range(50256)
    assert encoding.decode_tokens_bytes(tokens) == peer.decode_tokens_bytes(tokens)
