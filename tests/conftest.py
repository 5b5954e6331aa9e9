"""What several test folders share."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def instruction_data() -> Path:
    """The 1,100 instructions of LLMs from Scratch, where the contributors' data folder is at hand."""
    path = SHARED / "data" / "instruction-data.json"
    if not path.is_file():
        pytest.skip("needs ../shared/data/instruction-data.json")
    return path


@pytest.fixture(scope="session")
def gpt2_vocabulary() -> Path:
    """The folder with GPT-2's `vocab.bpe` and `encoder.json`, where the contributors' data folder is at hand."""
    folder = SHARED / "data" / "gpt2-tokenizer"
    if not folder.is_dir():
        pytest.skip("needs ../shared/data/gpt2-tokenizer")
    return folder
