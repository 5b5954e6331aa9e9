"""Records to test with, and a project folder to run a stage in."""

import importlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from stages.common.records import Answer, Answers, Example, Page, Role, Section, Source, Teacher, make_example
from tests.stages.common.local_hub import Hub
from tests.stages.endless_server import EndlessServer
from tests.stages.model_server import Model, ModelServer, serving

KEY = "planted-key-0123456789"
MakeExample = Callable[..., Example]
Serve = Callable[[Model], ModelServer]


@pytest.fixture
def make() -> MakeExample:
    """An example from its texts alone."""

    def example(instruction: str = "Name a color.", output: str = "Blue.", input: str = "", **fields: Any) -> Example:
        defaults: dict[str, Any] = {
            "kind": "",
            "source": Source(kind="synthetic", title="Colors", revision_id=1, url="u"),
            "teacher": Teacher(name="rules"),
        }
        return make_example(instruction=instruction, input=input, output=output, **defaults | fields)

    return example


@pytest.fixture
def page() -> Callable[..., Page]:
    """A page from its title and the texts of its sections, the first of which is the lead."""

    def make_page(title: str, *texts: str) -> Page:
        return Page(
            title=title,
            page_id=1,
            revision_id=7,
            revision_timestamp="2022-01-01T00:00:00Z",
            url="https://example.org/page",
            language="en",
            license="CC0-1.0",
            sections=[
                Section(heading="" if i == 0 else "More", level=1 if i == 0 else 2, text=t) for i, t in enumerate(texts)
            ],
        )

    return make_page


@pytest.fixture
def answers() -> Callable[..., Answers]:
    """A test row with the three models' answers."""

    def row(reference: str, instruction: str = "Name a color.", id: str = "0" * 16, **texts: str) -> Answers:
        roles: tuple[Role, ...] = ("base", "small", "full")
        return Answers(
            id=id,
            instruction=instruction,
            input="",
            output=reference,
            answers={role: Answer(text=texts.get(role, ""), tokens=1, finish="stop") for role in roles},
        )

    return row


@pytest.fixture
def project(tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project folder, entered, with the default params.yaml, the bundled data but for the base model's weights, which
    are large, and the pages that come of them. No page's loss was measured."""
    shutil.copy(root / "params.yaml", tmp_path)
    without_weights = shutil.ignore_patterns("model.safetensors")
    shutil.copytree(root / "data/bundled", tmp_path / "data/bundled", ignore=without_weights)
    shutil.copy(root / "data/bundled/pages.jsonl", tmp_path / "data")
    (tmp_path / "data/labels").mkdir()
    (tmp_path / "data/preferences").mkdir()
    (tmp_path / "data/page_losses.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def hub() -> Iterator[Hub]:
    """A Hugging Face Hub on this machine, running."""
    with Hub() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def serve(project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Starts a server whose address and key the clients' own environment variables name."""
    running = ExitStack()

    def start(model: Model) -> ModelServer:
        server = running.enter_context(serving(model))
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", server.url)
        return server

    for library in ("openai", "google.genai"):
        importlib.import_module(library)  # which takes longer on a busy machine than a server is given to answer
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    with running:
        yield start


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> Iterator[EndlessServer]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with EndlessServer() as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()
