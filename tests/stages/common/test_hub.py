"""The Hub's own client against a server on this machine that answers as the Hub does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stages.common.hub import REVISIONS
from tests.stages.common.local_hub import FILES, MOVED, Hub

DOWNLOAD = """
import resource, shutil, sys
from types import SimpleNamespace
from stages.common import hub
from stages.common.errors import run_command
from stages.common.hub import download_model
exec(sys.argv[4])
if limit := int(sys.argv[3]):
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))  # bytes a file: to the writer, a disk that is full
run_command(lambda: print(download_model(sys.argv[1], sys.argv[2])))
"""


@pytest.fixture
def fetch(hub: Hub, root: Path, tmp_path: Path) -> "Fetch":
    return Fetch(hub, root, tmp_path / "cache")


class Fetch:
    """Downloads in a separate process, because the client reads its environment when it is imported."""

    def __init__(self, hub: Hub, root: Path, cache: Path) -> None:
        self.hub, self.root, self.cache = hub, root, cache

    def __call__(
        self,
        model: str = "gpt2",
        revision: str = "default",
        fails: bool = False,
        limit: int = 0,
        first: str = "",
        **environment: str,
    ) -> str:
        """What the process prints; if it `fails`, its one error message. `first` is code that it runs before."""
        variables = {
            "HF_ENDPOINT": self.hub.url,
            "HF_HOME": str(self.cache),
            "NO_PROXY": "127.0.0.1,localhost",
        } | environment
        done = subprocess.run(
            [sys.executable, "-c", DOWNLOAD, model, revision, str(limit), first],
            cwd=self.root,
            env=os.environ | variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == fails, done.stderr
        assert "Traceback" not in done.stderr
        return done.stderr[done.stderr.index("error: ") :] if fails else done.stdout.strip()


def test_both_files_come_once_and_then_from_the_cache(fetch: Fetch) -> None:
    """Guards against using another commit than the pinned one, other files, and a download at each run."""
    folder = Path(fetch())
    assert folder.is_relative_to(fetch.cache) and folder.name == REVISIONS["gpt2"]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == FILES
    assert {line.split("/resolve/")[1] for line in fetch.hub.asked} == {
        f"{REVISIONS['gpt2']}/config.json",
        f"{REVISIONS['gpt2']}/model.safetensors",
    }
    fetch.hub.asked.clear()
    assert Path(fetch(HF_HUB_OFFLINE="1")) == Path(fetch()) == folder
    assert fetch.hub.asked == []


def test_both_files_are_of_the_commit_that_a_branch_stood_at(fetch: Fetch) -> None:
    """Guards against files of two commits, if a branch moves between the two downloads."""
    assert Path(fetch(revision="main")).name == MOVED
    assert fetch.hub.asked[-1] == f"HEAD /openai-community/gpt2/resolve/{MOVED}/model.safetensors"


def message(fetch: Fetch, name: str, repository: str, commit: str, reason: str) -> str:
    return (
        f"error: {name} of openai-community/{repository} at {commit} cannot be downloaded from {fetch.hub.url}: "
        f"{reason}\n"
        "  To use files that you already have, set base.source=path; that needs no network\n"
    )


def test_what_the_hub_does_not_have_is_named(fetch: Fetch) -> None:
    """Guards against a traceback, and a message without the file, the model or the server."""
    commit, larger = REVISIONS["gpt2"], REVISIONS["gpt2-xl"]
    url = f"{fetch.hub.url}/openai-community"
    reason = f"Client error '404 Not Found' for url '{url}/gpt2/resolve/nowhere/config.json'"
    assert fetch(revision="nowhere", fails=True) == message(fetch, "config.json", "gpt2", "nowhere", reason)
    reason = f"Client error '401 Unauthorized' for url '{url}/gpt2-xl/resolve/{larger}/config.json'"
    assert fetch(model="gpt2-xl", fails=True) == message(fetch, "config.json", "gpt2-xl", larger, reason)
    del fetch.hub.files["model.safetensors"]
    reason = f"Client error '404 Not Found' for url '{url}/gpt2/resolve/{commit}/model.safetensors'"
    assert fetch(fails=True) == message(fetch, "model.safetensors", "gpt2", commit, reason)


def test_offline_with_an_empty_cache_is_named(fetch: Fetch) -> None:
    url = f"{fetch.hub.url}/openai-community/gpt2/resolve/{REVISIONS['gpt2']}/config.json"
    reason = (
        f"Cannot reach {url}: offline mode is enabled. To disable it, please unset the `HF_HUB_OFFLINE` environment "
        "variable."
    )
    expected = message(fetch, "config.json", "gpt2", REVISIONS["gpt2"], reason)
    assert fetch(fails=True, HF_HUB_OFFLINE="1") == expected
    assert fetch.hub.asked == []


def test_a_disk_that_is_full_is_named(fetch: Fetch) -> None:
    """Guards against a traceback, and against half a file that the next run takes for the whole."""
    reason = "[Errno 27] File too large"
    assert fetch(fails=True, limit=8000) == message(fetch, "model.safetensors", "gpt2", REVISIONS["gpt2"], reason)
    assert Path(fetch()).joinpath("model.safetensors").read_bytes() == FILES["model.safetensors"]


def test_what_never_ends_is_left(fetch: Fetch) -> None:
    """Guards against a mirror that fills the disk, or that holds a stage for hours with a byte now and then: the client
    limits neither."""
    commit = REVISIONS["gpt2"]
    fetch.hub.sends = "endless"
    said = message(fetch, "model.safetensors", "gpt2", commit, "it sends more than 28,000 bytes, the limit")
    assert fetch(fails=True) == said
    fetch.hub.sends = "compressed"
    said = message(fetch, "model.safetensors", "gpt2", commit, "it is compressed (gzip), which nobody asked for")
    assert fetch(fails=True) == said
    for fetch.hub.sends in ("a_trickle", "odd_headers"):
        slow = "it sends less than 10,000 bytes a second, after 1 seconds to begin"
        said = message(fetch, "model.safetensors", "gpt2", commit, slow)
        assert fetch(fails=True, first="hub.GRACE_SECONDS, hub.LOOK_SECONDS = 1.0, 0.1") == said
    assert [path.stat().st_size for path in fetch.cache.rglob("*.incomplete")] == [0]  # nothing of any body
    fetch.hub.sends = ""
    assert Path(fetch()).joinpath("model.safetensors").read_bytes() == FILES["model.safetensors"]


def test_a_file_that_is_too_large_is_not_begun(fetch: Fetch) -> None:
    """Guards against learning that a disk is too small when it is full."""
    fetch.hub.announced = 9 * 2**30
    reason = "it has 9,663,676,416 bytes, and the limit is 8,589,934,592"
    assert fetch(fails=True) == message(fetch, "model.safetensors", "gpt2", REVISIONS["gpt2"], reason)
    fetch.hub.announced = 5 * 2**30
    said = fetch(fails=True, first="shutil.disk_usage = lambda folder: SimpleNamespace(free=2**30)")
    assert f"[Errno 28] it has 5,368,709,120 bytes, and 1,073,741,824 are free under {fetch.cache}/hub\n" in said
    assert "\n  Make room there, or set HF_HOME to a folder on another disk\n" in said
    assert not any(line.startswith("GET") and line.endswith(".safetensors") for line in fetch.hub.asked)


def test_a_cache_that_cannot_be_written_is_named(fetch: Fetch) -> None:
    """Guards against advice about the network for a home folder without the right to write."""
    said = fetch(fails=True, HF_HOME="/dev/null")
    assert "config.json of openai-community/gpt2 at " in said and "[Errno 20] Not a directory" in said
    assert said.endswith("  Its cache is /dev/null/hub: set HF_HOME to a folder that you may write\n")


@pytest.mark.slow  # the client tries for half a minute
def test_without_a_network_the_address_is_named(fetch: Fetch) -> None:
    fetch.hub.server_close()
    expected = message(fetch, "config.json", "gpt2", REVISIONS["gpt2"], "[Errno 111] Connection refused")
    assert fetch(fails=True) == expected
