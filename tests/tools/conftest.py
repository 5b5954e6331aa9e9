"""The fixtures of the stages' tests, which the commands' tests use as well, and a server for checks."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.stages.conftest import answers, hub, make, page, project, serve
from tests.stages.model_server import MODEL, ModelServer, serving
from tools.check import check_parameters
from tools.experiments import git

__all__ = ["JUDGED", "answers", "hub", "make", "page", "project", "repository", "serve", "server", "verdicts"]

JUDGED = ["judge.judge=openai", f"judge.llm.model={MODEL}"]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModelServer]:
    """A model server that openai's own variables name; it answers nothing of use, and takes 0.2 seconds for it."""

    def answer(prompt: str) -> dict[str, Any]:
        time.sleep(0.2)
        return {}

    with serving(answer) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/v1")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.delenv("OPENAI_API_KEY", raising=False)
        yield server


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An entered repository with one commit."""
    monkeypatch.chdir(tmp_path)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "test")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "test@example.org")
    git("init", "--quiet", "--initial-branch=main")
    git("commit", "--quiet", "--allow-empty", "--message", "Begin")
    return tmp_path


def verdicts(*changes: str) -> dict[str, tuple[str, str]]:
    """Verdict and text of each finding about params.yaml with these changes, by what it is about."""
    return {finding.what: (finding.verdict, finding.text) for finding in check_parameters([], changes)}
