"""`wikitune publish` into a folder and to a Hub on this machine, read by the libraries that people read it with."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from stages.common.errors import StageError
from stages.reporting.cards.write_cards import write_cards
from tests.stages.results import rows, write_results
from tests.tools.local_repositories import TOKEN, Repositories
from tools.publish import CARDS, publish


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    write_cards(folder / "data", folder / "reports", *write_results(folder / "data"))
    return folder


@pytest.fixture
def run(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with results and cards, entered."""
    shutil.copytree(finished, tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def repositories() -> Iterator[Repositories]:
    with Repositories() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_datasets_loads_the_published_folder_and_the_data_beside_its_card(run: Path, tmp_path: Path) -> None:
    """Guards against a card whose files aren't there, a column that changes its type where all rows lack it, and
    Parquet with other rows than the JSON Lines."""
    from datasets import load_dataset

    publish("out", private=False)
    shutil.copy(CARDS / "data.md", "data/README.md")  # this card names the JSON Lines
    files = {"train": "train", "validation": "val", "test": "test"}
    for folder in (run / "out", run / "data"):
        for config in ("full", "small"):
            loaded = load_dataset(str(folder), config, cache_dir=str(tmp_path / folder.name))
            assert {side: list(loaded[side]) for side in loaded} == {
                side: rows(run / f"data/splits/{config}/{name}.jsonl") for side, name in files.items()
            }
        curated = load_dataset(str(folder), "curated", cache_dir=str(tmp_path / folder.name))
        assert list(curated["train"]) == rows(run / "data/curated.jsonl")
    assert sorted(path.name for path in (run / "out").iterdir()) == [
        *(".wikitune-published", "README.md", "attribution.jsonl", "curated.jsonl", "curated.parquet"),
        *("models", "splits"),
    ]


def test_the_model_cards_own_example_answers(
    run: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guards against a model folder that transformers doesn't open, and code on a card that nobody ran."""
    publish("out", private=False)
    monkeypatch.chdir("out/models/full")
    [code] = re.findall(r"```python\n(.*?)```", Path("README.md").read_text(), re.S)
    exec(code, {})
    assert capsys.readouterr().out.endswith("### Response:\nLisbon, says full.<|endoftext|>\n")


def test_publishing_again_writes_the_same_bytes(run: Path) -> None:
    publish("out", private=False)
    before = contents(run / "out")
    (run / ".out.wikitune-new").mkdir()  # as a run leaves it that was killed
    (run / ".out.wikitune-new/half").touch()
    publish("out", private=False)
    assert contents(run / "out") == before
    assert sorted(path.name for path in run.iterdir()) == ["data", "out", "reports"]


def test_what_others_wrote_is_left_alone(run: Path) -> None:
    """Guards against a folder of the user's that a wrong --to deletes."""
    Path("mine").mkdir()
    Path("mine/thesis.txt").write_text("words")
    with pytest.raises(
        StageError, match=r"^mine holds 'thesis.txt', which no publication wrote; choose another folder"
    ):
        publish("mine", private=False)
    publish("out", private=False)
    Path("out/models/full/notes.txt").write_text("words")
    with pytest.raises(StageError, match=r"^out holds 'models/full/notes.txt'"):
        publish("out", private=False)
    with pytest.raises(StageError, match=r"^data/curated.jsonl is a file; --to names a folder, or hf://OWNER/NAME"):
        publish("data/curated.jsonl", private=False)
    assert Path("mine/thesis.txt").read_text() == Path("out/models/full/notes.txt").read_text() == "words"


@pytest.mark.parametrize(
    ("changed", "card"),
    [
        ("data/curated.jsonl", "reports/cards/data.md"),
        ("data/splits/small/test.jsonl", "reports/cards/data.md"),
        ("data/checkpoints/full/model.safetensors", "reports/cards/full.md"),
    ],
)
def test_a_card_about_other_files_is_not_published(run: Path, changed: str, card: str) -> None:
    """Guards against yesterday's numbers on today's model."""
    path = Path(changed)
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(StageError, match=f"^{card} describes another {path.name} than {changed}; run `dvc repro`"):
        publish("out", private=False)
    assert not Path("out").exists()


def test_what_is_missing_is_named(run: Path) -> None:
    Path("data/checkpoints/base/tokenizer.json").unlink()
    with pytest.raises(StageError, match=r"^data/checkpoints/base/tokenizer.json does not exist; if a stage writes it"):
        publish("out", private=False)


def test_the_hubs_own_client_uploads(run: Path, root: Path, repositories: Repositories) -> None:
    """Guards against models in the data set's repository, files left out, and a repository that everybody sees."""
    done = run_publish(run, root, repositories.url, TOKEN, "--to", "hf://me/wiki", "--private")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, f"{repositories.url}/models/me/wiki-full"), (
        done.stderr
    )
    publish("out", private=False)
    published = contents(run / "out")
    for role in ("base", "small", "full"):
        here = {name: content for name, content in published.items() if name.startswith(f"models/{role}/")}
        there = repositories.files[f"models/me/wiki-{role}"]
        assert {f"models/{role}/{name}": content for name, content in there.items()} == here
    rest = {name: content for name, content in published.items() if not name.startswith((".", "models/"))}
    assert repositories.files["datasets/me/wiki"] == rest
    assert set(repositories.visibility.values()) == {"private"}


def test_a_token_that_may_not_write_is_one_message(run: Path, root: Path, repositories: Repositories) -> None:
    done = run_publish(run, root, repositories.url, "hf_other", "--to", "hf://me/wiki")
    assert done.returncode == 1
    assert re.search(rf"^error: the dataset me/wiki cannot be written at {repositories.url}: .*401", done.stderr)
    assert "hf auth login" in done.stderr and "Traceback" not in done.stderr and "hf_other" not in done.stderr
    assert repositories.files == {}


def test_only_hf_is_a_repository(run: Path) -> None:
    """Guards against a folder's name that sends data away."""
    publish("me/wiki", private=False)
    assert Path("me/wiki/README.md").is_file()
    with pytest.raises(StageError, match=r"--to is 'hf://wiki'; a repository is named as hf://OWNER/NAME"):
        publish("hf://wiki", private=False)


def run_publish(run: Path, root: Path, endpoint: str, token: str, *options: str) -> subprocess.CompletedProcess[str]:
    """The program itself: the client reads its environment once."""
    environment = os.environ | {"HF_ENDPOINT": endpoint, "HF_TOKEN": token, "PYTHONPATH": str(root)}
    command = [sys.executable, "-m", "tools.cli", "publish", *options]
    return subprocess.run(command, cwd=run, env=environment, capture_output=True, text=True, check=False, timeout=120)
