"""The files of a dump: which of a folder's are read, and each as a stream of bytes, whatever it is packed with."""

import bz2
import gzip
import io
import logging
import re
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal, Never, cast

from tqdm import tqdm

from stages.common.errors import StageError
from stages.common.files import readable
from stages.common.parquet_files import count_parquet

log = logging.getLogger(__name__)

Form = Literal["xml", "snapshot", "archive", "parquet"]

# By the end of the name, the longest first.
_FORMS: dict[str, Form] = {
    ".tar.gz": "archive",
    ".ndjson.gz": "snapshot",
    ".jsonl.gz": "snapshot",
    ".json.gz": "snapshot",
    ".ndjson": "snapshot",
    ".jsonl": "snapshot",
    ".json": "snapshot",
    ".xml.bz2": "xml",
    ".xml.gz": "xml",
    ".xml": "xml",
    ".parquet": "parquet",
}
_CHUNK = 1 << 20  # bytes read from a packed file at a time
_DIGITS = re.compile(r"(\d+)")
# Of a large wiki's dump in parts, each name says which page ids it has: "pages-articles1.xml-p1p41242.bz2".
_RANGE = re.compile(r"(?<=\.xml)-p\d+p\d+(?=\.bz2$|\.gz$|$)")
# Bytes of a page, rather too few: an article of the English Wikipedia has about three times as many, one of the Simple
# English Wikipedia somewhat more.
_PACKED_PAGE, _PLAIN_PAGE = 1_000, 4_000
_NAMED = 5  # files in a message


def list_files(path: Path) -> list[Path]:
    """The file, or those of the folder that are read, in the order of the numbers in their names ("pages2" before
    "pages10"). Raises StageError if there is none."""
    if not path.exists():
        raise StageError(f"{path} does not exist; set extract.path to a dump, or to a folder of its files")
    if not path.is_dir():
        if form_of(path) is None:
            raise StageError(f"{path}: its name ends in none of {', '.join(_FORMS)}, so that its form is unknown")
        return [path]
    files = sorted((file for file in path.iterdir() if file.is_file() and not file.name.startswith(".")), key=_in_order)
    if others := [file.name for file in files if form_of(file) is None]:
        more = len(others) - _NAMED
        log.warning("%s: not read: %s%s", path, ", ".join(others[:_NAMED]), f" and {more} more" if more > 0 else "")
    if read := [file for file in files if form_of(file)]:
        return read
    raise StageError(f"{path} has no file of a dump: no name ends in {', '.join(_FORMS)}")


def count_pages(files: Sequence[Path]) -> int:
    """About how many pages the files have, at most: Parquet says so; of the others, by their size."""
    return max(1, sum(map(_count_pages, files)))


def _count_pages(path: Path) -> int:
    form, packed = form_of(path), path.name.lower().endswith(("bz2", "gz"))
    if form == "parquet":
        return count_parquet(path)
    return path.stat().st_size // (_PACKED_PAGE if packed else _PLAIN_PAGE)


def form_of(path: Path) -> Form | None:
    name = _RANGE.sub("", path.name.lower())
    return next((form for end, form in _FORMS.items() if name.endswith(end)), None)


def _in_order(path: Path) -> list[tuple[int, str]]:
    """A name's parts, so that numbers are compared as numbers."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _DIGITS.split(path.name)]


class _Counting(io.RawIOBase):
    """Bytes of a file, with a progress bar of how many were read."""

    def __init__(self, file: BinaryIO, bar: "tqdm[Never]") -> None:
        self._file, self._bar = file, bar

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # typeshed has any writable buffer
        content = self._file.read(len(buffer))
        buffer[: len(content)] = content
        self._bar.update(len(content))
        return len(content)


@contextmanager
def unpacked(path: Path, bar: "tqdm[Never]") -> Iterator[BinaryIO]:
    """The unpacked bytes of a file, which may be several streams of bzip2 or gzip one after the other.

    Raises StageError, with what to do, if the file cannot be read, ends too early or is damaged; also while the caller
    reads.
    """
    with readable(path) as file, io.BufferedReader(_Counting(file, bar), _CHUNK) as counted:
        name = path.name.lower()
        try:
            if name.endswith(".bz2"):
                with bz2.open(counted) as content:
                    yield cast(BinaryIO, content)
            elif name.endswith(".gz"):
                with gzip.open(counted) as content:
                    yield cast(BinaryIO, content)
            else:
                yield counted
        except EOFError:
            raise StageError(f"{path} ends too early: it was not downloaded to its end; download it again") from None
        except (gzip.BadGzipFile, zlib.error, OSError) as error:
            raise StageError(f"{path} is damaged or not what its name says ({error}); download it again") from None
