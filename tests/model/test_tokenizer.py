import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from model.checkpoint import save_tokenizer
from model.prompt import END_OF_TEXT
from model.tokenizer import load_encoding, train_tokenizer

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
