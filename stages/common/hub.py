"""Downloads GPT-2's published weights from the Hugging Face Hub with its own client, into its own cache.

HF_HOME moves the cache, HF_ENDPOINT names a mirror, and with HF_HUB_OFFLINE=1 only cached files are used.

The client limits only the silence of a server, so size and time of a download are limited here. Its faster way to
download, hf_xet, can't be limited, and is turned off.
"""

import errno
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from stages.common.download import SLOWEST
from stages.common.errors import StageError

if TYPE_CHECKING:
    import httpx2

R = TypeVar("R")

OWNER = "openai-community"
# Errors of a cache folder that can't be written.
_PLACE = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)
FILES = ("config.json", "model.safetensors")
MOST_BYTES = {"config.json": 2**20, "model.safetensors": 8 * 2**30}  # gpt2-xl, the largest, has 6.4 GB
GRACE_SECONDS = 180.0  # until a file begins: the client tries five times, for up to two minutes; then SLOWEST counts
COPIES = 2  # of a file that may arrive: after a lost connection, a server may begin it anew
LOOK_SECONDS, STOP_SECONDS = 1.0, 2.0  # between looks at the clock; for a download that was stopped to end
# Pinned commits, so that everyone gets the same weights. Each was its repository's `main` when it was pinned.
REVISIONS = {
    "gpt2": "607a30d783dfa663caf39e06633721c8d4cfcd7e",
    "gpt2-medium": "6dcaa7a952f72f9298047fd5137cd6e4f05f41da",
    "gpt2-large": "32b71b12589c2f8d625668d2335a01cac3249519",
    "gpt2-xl": "15ea56dee5df4983c59b2538573817e1667135e2",
}


def download_model(model: str, revision: str = "default") -> Path:
    """The folder with the two files of a model (a key of REVISIONS). Cached files aren't downloaded again.

    `revision` is a commit, a branch or a tag; `default` is the pinned commit. Raises StageError if a file cannot be
    downloaded, is larger than it may be, finds no room on the disk, or comes too slowly.
    """
    from huggingface_hub import constants
    from huggingface_hub.errors import EntryNotFoundError, HTTPError  # type: ignore[attr-defined] # imports it

    constants.HF_HUB_DISABLE_XET = True
    repository = f"{OWNER}/{model}"
    commit = choose_revision(model, revision)
    path = Path()
    for name in FILES:
        try:
            path = _download(repository, name, commit)
        # RuntimeError comes from the library that downloads large files, ValueError from an invalid revision.
        except (OSError, HTTPError, EntryNotFoundError, RuntimeError, ValueError) as error:
            advice = "To use files that you already have, set base.source=path; that needs no network"
            if isinstance(error, OSError) and error.errno in _PLACE:
                advice = f"Its cache is {constants.HF_HUB_CACHE}: set HF_HOME to a folder that you may write"
            if isinstance(error, OSError) and error.errno == errno.ENOSPC:
                advice = f"Make room there, or set HF_HOME to a folder on another disk\n  {advice}"
            raise StageError(
                f"{name} of {repository} at {commit} cannot be downloaded from {constants.ENDPOINT}: "
                f"{first_reason(error)}\n  {advice}"
            ) from error
        commit = path.parent.name  # The next file must be of the same commit, even if the branch moves meanwhile.
    return path.parent


def _download(repository: str, name: str, commit: str) -> Path:
    """The path of a file in the cache. Raises OSError, beside the client's own errors, if a limit is passed."""
    from huggingface_hub import constants, hf_hub_download

    announced = _watched(lambda: hf_hub_download(repository, name, revision=commit, dry_run=True), MOST_BYTES[name])
    size = announced.file_size or MOST_BYTES[name]
    if announced.will_download:
        if size > MOST_BYTES[name]:
            raise OSError(f"it has {size:,} bytes, and the limit is {MOST_BYTES[name]:,}")
        cache = Path(constants.HF_HUB_CACHE)
        free = shutil.disk_usage(next(folder for folder in (cache, *cache.parents) if folder.exists())).free
        if announced.file_size and free < size:
            raise OSError(errno.ENOSPC, f"it has {size:,} bytes, and {free:,} are free under {cache}")
    return Path(_watched(lambda: hf_hub_download(repository, name, revision=announced.commit_hash), COPIES * size))


class _Watch:
    """The bytes of a download, and its time: a byte every few seconds is no silence."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes, self._received = most_bytes, 0
        self._started = time.monotonic()
        self.stopped = False

    def receive(self, size: int) -> None:
        self._received += size
        self.check()

    def check(self) -> None:
        """Raises OSError if a limit is passed, or the download was stopped."""
        if self.stopped:
            raise OSError("it was stopped")
        if self._received > self._most_bytes:
            raise OSError(f"it sends more than {self._most_bytes:,} bytes, the limit")
        if time.monotonic() > self._started + GRACE_SECONDS + self._received / SLOWEST:
            words = f"it sends less than {SLOWEST:,} bytes a second, after {GRACE_SECONDS:g} seconds to begin"
            raise OSError(words)


def _watched(work: Callable[[], R], most_bytes: int) -> R:
    """Does work of the client while its bytes and its time are within their limits. Raises OSError if they aren't.

    The work is in a thread of its own, as nothing interrupts a server that sends its headers byte by byte.
    """
    from huggingface_hub import get_session, set_client_factory

    watch = _Watch(most_bytes)
    before = get_session().event_hooks["request"]  # the library's own, which knows whether it may use the network
    set_client_factory(lambda: _counting_client(watch, before))
    result: Future[R] = Future()

    def run() -> None:
        try:
            result.set_result(work())
        except BaseException as error:  # noqa: BLE001 # it is raised where the result is wanted
            result.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        while not wait([result], LOOK_SECONDS).done:
            watch.check()
    finally:
        watch.stopped = True
        wait([result], STOP_SECONDS)  # so that the client can remove what it has downloaded
    return result.result()


def _counting_client(watch: _Watch, before: list[Callable[..., object]]) -> "httpx2.Client":
    """An HTTP client for the library that tells `watch` of each byte of a body, and calls `before` with each request.
    The library sets the time-outs."""
    import httpx2

    def count(response: httpx2.Response) -> None:
        if (encoding := response.headers.get("content-encoding", "identity")) != "identity":
            raise OSError(f"it is compressed ({encoding}), which nobody asked for")
        assert isinstance(response.stream, httpx2.SyncByteStream)
        stream: httpx2.SyncByteStream = response.stream

        class Counted(httpx2.SyncByteStream):
            def __iter__(self) -> Iterator[bytes]:
                for piece in stream:
                    watch.receive(len(piece))
                    yield piece

            def close(self) -> None:
                stream.close()

        response.stream = Counted()

    return httpx2.Client(
        timeout=None,
        follow_redirects=True,
        headers={"Accept-Encoding": "identity"},  # a few compressed bytes may become gigabytes
        event_hooks={"request": before, "response": [count]},
    )


def choose_revision(model: str, revision: str) -> str:
    """The pinned commit of a model (a key of REVISIONS) if `revision` is `default`, otherwise `revision` itself."""
    return REVISIONS[model] if revision == "default" else revision


def first_reason(error: BaseException) -> str:
    """The first line of the original error, which the Hub's client wraps into general advice."""
    while error.__cause__ is not None:
        error = error.__cause__
    return (str(error).strip() or type(error).__name__).splitlines()[0]
