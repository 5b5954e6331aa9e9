"""What several test folders share."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Names a case that is bytes by its argument: packed bytes hold the time, and workers must agree on the names."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder for this test alone, so that none reads or changes the user's."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("WIKITUNE_CACHE", str(folder))
    return folder


@pytest.fixture(scope="session")
def instruction_data() -> Path:
    """The 1,100 instructions of LLMs from Scratch."""
    return _shared("instruction-data.json")


@pytest.fixture(scope="session")
def gpt2_vocabulary() -> Path:
    """The folder with GPT-2's `vocab.bpe` and `encoder.json`."""
    return _shared("gpt2-tokenizer")


@pytest.fixture(scope="session")
def judge_calibration() -> Path:
    """The folder with two models' answers to 100 instructions, and the scores that GPT-4 and Llama 3 gave them."""
    return _shared("judge-calibration")


def _shared(name: str) -> Path:
    """A file or folder of the contributors' data folder, where that is at hand."""
    path = SHARED / "data" / name
    if not path.exists():
        pytest.skip(f"needs ../shared/data/{name}")
    return path
