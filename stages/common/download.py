"""A file by its address: downloaded once into the user's cache directory, used only with the SHA-256 it must have."""

import hashlib
import logging
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field, HttpUrl, TypeAdapter, ValidationError

from stages.common.cache import cache_folder
from stages.common.errors import StageError

if TYPE_CHECKING:
    from httpx2 import Response

log = logging.getLogger(__name__)

CONNECT_SECONDS, SILENCE_SECONDS = 10.0, 30.0  # after which a download is given up
MOST_BYTES = 2**30  # of one file
PIECE = 2**20  # bytes in memory at a time


def _empty_or_url(value: str) -> str:
    if value:
        try:
            url = TypeAdapter(HttpUrl).validate_python(value)
        except ValidationError:
            raise ValueError("must be an address, http:// or https://, or empty") from None
        if url.username or url.password:
            raise ValueError("must hold no user name and no password: params.yaml is in Git")
    return value


Url = Annotated[str, AfterValidator(_empty_or_url)]
Sha256 = Annotated[str, Field(pattern="^([0-9a-f]{64})?$")]


def download(url: str, sha256: str, most_bytes: int = MOST_BYTES) -> Path:
    """The file with that hash, its name the last part of the address; what the cache has isn't loaded again.

    It gets its name when it is whole and checked, under a lock: a killed process leaves nothing that another would
    use, and of several only one downloads. Raises StageError where the file cannot be had, is another or too large.
    """
    from filelock import FileLock

    path = cache_folder("downloads") / sha256 / _name(url)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(path.with_name(".lock")):
            if _is_whole(path, sha256):
                log.info("%s is in the cache: %s", url, path)
            else:
                _load(url, sha256, path, most_bytes)
                log.info("%s was downloaded and has the SHA-256 that it must have: %s", url, path)
    except OSError as error:
        raise StageError(
            f"{error.filename or path}: {error.strerror or error}; free some space, or move the cache by WIKITUNE_CACHE"
        ) from error
    return path


def _is_whole(path: Path, sha256: str) -> bool:
    if not path.exists():
        return False
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        log.warning("%s is damaged (its SHA-256 is %s); it is downloaded again", path, found)
    return found == sha256


def _load(url: str, sha256: str, path: Path, most_bytes: int) -> None:
    import httpx2

    timeout = httpx2.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
    temporary = path.with_name(".part")
    try:
        with httpx2.stream("GET", url, timeout=timeout, follow_redirects=True) as response:
            if response.status_code != 200:
                raise StageError(f"{_cannot(url)}: {response.url} answered {response.status_code}\n  {_ADVICE}")
            size, found = _save(response, temporary, most_bytes)
    except httpx2.HTTPError as error:
        raise StageError(f"{_cannot(url)}: {str(error) or type(error).__name__}\n  {_ADVICE}") from error
    else:
        if found != sha256:
            raise StageError(
                f"{url} is not the file wanted: {size:,} bytes with the SHA-256 {found},\n  expected {sha256}.\n"
                "  It was thrown away. If it was cut on its way, run again; if it is a newer file that you trust, "
                "correct the sha256"
            )
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _save(response: "Response", temporary: Path, most_bytes: int) -> tuple[int, str]:
    """Writes the body, piece by piece; returns its size and SHA-256. Raises StageError where it is too large."""
    digest, size = hashlib.sha256(), 0
    with temporary.open("wb") as file:
        for piece in response.iter_bytes(PIECE):
            size += len(piece)
            if size > most_bytes:
                raise StageError(f"{response.url} is larger than {most_bytes:,} bytes, the most that is downloaded")
            digest.update(piece)
            file.write(piece)
    return size, digest.hexdigest()


_ADVICE = "Check network and address. A file that is already here is used with its path and an empty url"


def _cannot(url: str) -> str:
    return f"{url} cannot be downloaded"


def _name(url: str) -> str:
    """The last part of an address, as a file name on any system."""
    last = unquote(urlsplit(url).path).rpartition("/")[2]
    return re.sub(r"[^A-Za-z0-9._-]+", "-", last).strip(".-")[:100] or "file"
