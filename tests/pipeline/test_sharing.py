"""`dvc push` and `dvc pull`: what one machine has computed, another one has without computing."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from model.core.checkpoint_files import CONFIG, GENERATION_CONFIG, TOKENIZER, TOKENIZER_CONFIG, WEIGHTS
from tests.pipeline.conftest import Workspace

BUCKET = "wikitune-cache"


def clone(workspace: Workspace, folder: Path) -> Workspace:
    """What a collaborator has: the repository, and nothing of DVC's cache."""
    workspace.run("git", "clone", "--quiet", str(workspace.folder), str(folder / "wikitune"))
    return Workspace(folder / "wikitune")


def share(workspace: Workspace, url: str, *settings: tuple[str, str]) -> None:
    """The commands of the README: a default remote, in the repository."""
    workspace.run("dvc", "remote", "add", "--default", "store", url)
    for name, value in settings:
        workspace.run("dvc", "remote", "modify", "store", name, value)
    workspace.run("git", "commit", "--quiet", "--all", "--message", "Share the outputs")
    workspace.run("dvc", "push")


def run_after_a_pull(other: Workspace) -> list[str]:
    """The stages that `dvc repro` runs after `dvc pull`."""
    other.run("dvc", "pull")
    ran, output = other.repro()
    assert "Data and pipelines are up to date." in output
    return ran


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of an S3 store on this machine, with an empty bucket."""
    pytest.importorskip("dvc_s3", reason="needs the extra s3")
    import boto3
    from moto.server import ThreadedMotoServer

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    url = f"http://127.0.0.1:{port}"
    boto3.client("s3", endpoint_url=url).create_bucket(Bucket=BUCKET)
    yield url
    server.stop()


def test_a_clone_that_pulls_from_a_folder_has_nothing_to_run(workspace: Workspace, tmp_path: Path) -> None:
    """Guards against an output that is in no commit and in no cache, so that everybody computes it again."""
    share(workspace, str(tmp_path / "store"))
    assert run_after_a_pull(clone(workspace, tmp_path / "other")) == []


def test_a_clone_that_pulls_from_s3_has_nothing_to_run(workspace: Workspace, s3: str, tmp_path: Path) -> None:
    """Guards against an extra whose packages don't fit the pinned ones."""
    share(workspace, f"s3://{BUCKET}/wikitune", ("endpointurl", s3))
    assert run_after_a_pull(clone(workspace, tmp_path / "other")) == []


def test_checkpoints_are_cached_without_what_only_training_needs(finished: Workspace) -> None:
    """Guards against an optimizer's state in the cache, which is twice as large as the model."""
    parameters = json.loads(finished.read("reports/metrics/base.json"))["parameters"]
    for role in ("base", "full", "small"):
        folder = finished.folder / "data/checkpoints" / role
        assert {path.name for path in folder.iterdir()} == {
            WEIGHTS,
            CONFIG,
            GENERATION_CONFIG,
            TOKENIZER,
            TOKENIZER_CONFIG,
        }
        assert 0 <= (folder / WEIGHTS).stat().st_size - 4 * parameters < 8192  # of the header


def test_collecting_garbage_leaves_what_the_workspace_needs(
    workspace: Workspace, snapshot: Callable[[], dict[str, bytes]]
) -> None:
    """Guards against an experiment thrown away that takes outputs of the workspace along."""
    before = snapshot()
    workspace.set_params({"infer": {"max_new_tokens": 4}})
    workspace.repro()
    workspace.run("git", "checkout", "--quiet", "--force", ".")
    workspace.run("dvc", "checkout")
    cached = len(list((workspace.folder / ".dvc/cache/files").rglob("*")))
    workspace.run("dvc", "gc", "--workspace", "--force")
    assert len(list((workspace.folder / ".dvc/cache/files").rglob("*"))) < cached
    workspace.run("rm", f"data/checkpoints/full/{WEIGHTS}", "data/answers.jsonl")
    workspace.run("dvc", "checkout")
    assert snapshot() == before
    assert workspace.repro()[0] == []
