"""Downloads a file once into the user's cache directory, and uses it only if it has the expected SHA-256."""

import asyncio
import hashlib
import logging
import re
from pathlib import Path
from typing import Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field

from stages.common.errors import StageError
from stages.common.files import cache_folder, keep_private, sha256_of_file
from stages.common.web import BodyTooLargeError, failure_reason, read_body, refuse_password

log = logging.getLogger(__name__)

CONNECT_SECONDS = 10.0
SILENCE_SECONDS = 30.0  # without a byte from the server
GRACE_SECONDS = 60.0  # until the file begins, redirects included
SLOWEST = 10_000  # bytes per second, on average, from then on
MOST_BYTES = 2**30  # of one file


Url = Annotated[str, AfterValidator(refuse_password)]
Sha256 = Annotated[str, Field(pattern="^([0-9a-f]{64})?$")]


def download_file(url: str, sha256: str, most_bytes: int = MOST_BYTES) -> Path:
    """The path of the file with that SHA-256, named after the last part of the URL. A file in the cache is reused.

    The file gets its name only when it is complete and checked, under a lock. So a killed process leaves nothing that
    another would use, and only one of several processes downloads. Raises StageError if the file cannot be downloaded,
    has another SHA-256, or is larger than `most_bytes`.
    """
    from filelock import FileLock

    folder = cache_folder("downloads")
    path = folder / sha256 / _file_name(url)
    try:
        keep_private(folder)
        keep_private(path.parent)
        with FileLock(path.with_name(".lock")):
            if _is_complete(path, sha256):
                log.info("%s is in the cache: %s", url, path)
            else:
                _fetch(url, sha256, path, most_bytes)
                log.info("%s was downloaded and has the expected SHA-256: %s", url, path)
    except OSError as error:
        raise StageError(
            f"{error.filename or path}: {error.strerror or error}; free some space, or move the cache by WIKITUNE_CACHE"
        ) from error
    return path


def _is_complete(path: Path, sha256: str) -> bool:
    if not path.exists():
        return False
    actual = sha256_of_file(path)
    if actual != sha256:
        log.warning("%s is damaged (its SHA-256 is %s); it is downloaded again", path, actual)
    return actual == sha256


def _fetch(url: str, sha256: str, path: Path, most_bytes: int) -> None:
    import httpx2

    temporary = path.with_name(".part")
    try:
        size, actual = asyncio.run(_save(url, temporary, most_bytes))
    except httpx2.HTTPError as error:
        raise _download_error(url, failure_reason(error)) from error
    except BodyTooLargeError:
        raise StageError(f"{url} is larger than {most_bytes:,} bytes, the limit for a download") from None
    except TimeoutError:
        raise _download_error(
            url, f"it sends less than {SLOWEST:,} bytes a second, after {GRACE_SECONDS:g} seconds to begin"
        ) from None
    else:
        if actual != sha256:
            raise StageError(
                f"{url} is not the expected file: {size:,} bytes with the SHA-256 {actual},\n  expected {sha256}.\n"
                "  It was deleted. If the download was cut off, run again; if it is a newer file that you trust, "
                "correct the sha256"
            )
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _download_error(url: str, reason: str) -> StageError:
    return StageError(
        f"{url} cannot be downloaded: {reason}\n"
        "  Check network and address. A file that is already here is used with its path and an empty url"
    )


async def _save(url: str, temporary: Path, most_bytes: int) -> tuple[int, str]:
    """Writes the body to a file piece by piece; returns its size (bytes) and SHA-256.

    Raises BodyTooLargeError, and TimeoutError for a server that sends too little: a byte every few seconds is no
    silence.
    """
    import httpx2

    digest = hashlib.sha256()
    timeout = httpx2.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
    async with asyncio.timeout(GRACE_SECONDS) as limit:
        first = limit.when() or 0.0

        with temporary.open("wb") as file:

            def keep(piece: bytes) -> None:
                digest.update(piece)
                file.write(piece)
                limit.reschedule(first + file.tell() / SLOWEST)

            async with (
                httpx2.AsyncClient(timeout=timeout, follow_redirects=True) as client,
                client.stream("GET", url) as response,
            ):
                if response.status_code != 200:
                    raise _download_error(url, f"{response.url} answered {response.status_code}")
                size = await read_body(response, most_bytes, keep)
    return size, digest.hexdigest()


def _file_name(url: str) -> str:
    """The last part of the URL, as a file name that is valid on any system."""
    last = unquote(urlsplit(url).path).rpartition("/")[2]
    return re.sub(r"[^A-Za-z0-9._-]+", "-", last).strip(".-")[:100] or "file"
