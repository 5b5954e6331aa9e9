"""Pages as a dump has them, before their text is read: Wikipedia's own XML, and Wikimedia Enterprise's snapshots.

Both are read page by page, in constant memory. `xml.etree` reads the XML; `mwxml` on top of it takes 2.3 times as long
for the fields that are needed here, and doesn't give the wiki's language.

Sources: https://www.mediawiki.org/xml/export-0.11.xsd, https://enterprise.wikimedia.com/docs/data-dictionary/
"""

import tarfile
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, ValidationError

from stages.common.errors import StageError
from stages.common.files import describe
from stages.sources.wikitext import Namespaces

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_WIKIPEDIA_LICENSE = "CC-BY-SA-4.0"  # https://foundation.wikimedia.org/wiki/Policy:Terms_of_Use#7, since June 2023
_UNESCAPED = ";@$!*(),/~:"  # in the addresses that MediaWiki makes (wfUrlencode)
MOST_LINE = 64 * 2**20  # bytes of a page in a snapshot; MediaWiki's pages have at most 2 MiB of wikitext


class RawPage(NamedTuple):
    """A page at one revision. Of a redirect, `redirect` is the target; `text` is wikitext, or HTML in a snapshot."""

    title: str
    namespace: int
    page_id: int
    redirect: str
    revision_id: int
    timestamp: str
    model: str  # wikitext, html; json, Scribunto, ... of pages that aren't articles
    text: str
    url: str
    language: str
    license: str  # "" if the dump doesn't say
    namespaces: Namespaces = Namespaces()
    categories: tuple[str, ...] = ()  # where the dump lists them


@dataclass(frozen=True)
class Site:
    """What the head of an XML dump says of its wiki."""

    name: str = ""
    base: str = ""  # the address of the main page
    language: str = ""
    namespaces: Namespaces = field(default_factory=Namespaces)

    def url_of(self, title: str) -> str:
        return f"{self.base.rpartition('/')[0]}/{quote(title.replace(' ', '_'), safe=_UNESCAPED)}"

    @property
    def license(self) -> str:
        """All Wikipedias have the same licence, which their dumps don't name; "" for another wiki."""
        host = self.base.partition("://")[2].partition("/")[0]
        return _WIKIPEDIA_LICENSE if host.endswith(".wikipedia.org") else ""


class XmlDump:
    """An XML dump that is being read. `site` is known before the first page."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self.path, self.site = path, Site()
        self._events = ET.iterparse(file, ("start", "end"))

    def pages(self) -> Iterator[RawPage]:
        """Raises StageError for what is no dump, and for broken XML, with the line."""
        before = "the first page"
        try:
            _, root = next(self._events)
            if _tag(root) != "mediawiki":
                raise StageError(f"{self.path} is not a wiki's dump: its XML begins with <{_tag(root)}>")
            revision: dict[str, str] = {}
            for event, element in self._events:
                if event == "start":
                    continue
                name = _tag(element)
                if name == "revision":  # of a page's revisions, the last one counts, which is the newest
                    revision = {_tag(child): child.text or "" for child in element}
                    element.clear()
                elif name == "page":
                    page = self._page(element, revision)
                    before, revision = f"the page after {page.title!r}", {}
                    root.clear()
                    yield page
                elif name == "siteinfo":
                    self.site = _site(element, root.get(_LANGUAGE, ""))
        except StopIteration:
            raise StageError(f"{self.path} is empty; download it again") from None
        except ET.ParseError as error:
            line = error.position[0]
            raise StageError(
                f"{self.path}: in {before}, line {line:,} of the XML: {error.msg.partition(':')[0]}; download it again"
            ) from None

    def _page(self, element: ET.Element, revision: dict[str, str]) -> RawPage:
        fields = {_tag(child): child for child in element}
        title = (fields["title"].text or "") if "title" in fields else ""
        redirect = fields["redirect"].get("title", "") if "redirect" in fields else ""
        try:
            namespace = int(fields["ns"].text or "") if "ns" in fields else 0
            page_id, revision_id = int(fields["id"].text or ""), int(revision["id"])
            timestamp, text = revision["timestamp"], revision["text"]
        except (KeyError, ValueError) as error:
            missing = error.args[0] if isinstance(error, KeyError) else "a whole number"
            raise StageError(f"{self.path}: page {title!r} lacks {missing}; this is no dump of MediaWiki") from None
        return RawPage(
            title=title,
            namespace=namespace,
            page_id=page_id,
            redirect=redirect,
            revision_id=revision_id,
            timestamp=timestamp,
            model=revision.get("model") or "wikitext",
            text=text,
            url=self.site.url_of(title),
            language=self.site.language,
            license=self.site.license,
            namespaces=self.site.namespaces,
        )


def _tag(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _site(element: ET.Element, language: str) -> Site:
    texts = {_tag(child): child.text or "" for child in element}
    names: dict[str, set[str]] = {}
    for namespace in element.iter():
        if _tag(namespace) == "namespace" and namespace.text:
            names.setdefault(namespace.get("key", ""), set()).add(namespace.text.casefold())
    usual = Namespaces()
    files, categories = usual.files | names.get("6", set()), usual.categories | names.get("14", set())
    return Site(texts.get("sitename", ""), texts.get("base", ""), language, Namespaces(files, categories))


def snapshot_pages(path: Path, file: BinaryIO) -> Iterator[RawPage]:
    """The pages of a snapshot: one JSON object per line. Raises StageError with the line of a malformed one."""
    number = 0
    while line := file.readline(MOST_LINE + 1):
        number += 1
        if len(line) > MOST_LINE:
            raise StageError(f"{path}:{number}: over {MOST_LINE >> 20} MiB in a line; this is no snapshot")
        if line.isspace():
            continue
        try:
            yield _snapshot_page(line)
        except ValidationError as error:
            raise StageError(
                f"{path}:{number}: {describe(error)}; this is no snapshot of Wikimedia Enterprise, or is damaged"
            ) from None


def archive_pages(path: Path, file: BinaryIO) -> Iterator[RawPage]:
    """The pages of the snapshots in a tar archive."""
    try:
        with tarfile.open(fileobj=file, mode="r|") as archive:
            for member in archive:
                content = archive.extractfile(member)
                if content is not None:
                    yield from snapshot_pages(path / member.name, content)  # type: ignore[arg-type] # typeshed: IO
    except tarfile.TarError as error:
        raise StageError(f"{path} is no tar archive, or is damaged ({error}); download it again") from None


class _Shape(BaseModel):
    """The base of the parts of a snapshot's line that are read; all others are ignored."""

    model_config = ConfigDict(strict=True, extra="ignore")


class _Number(_Shape):
    identifier: int


class _Name(_Shape):
    identifier: str = ""
    name: str = ""


class _Body(_Shape):
    html: str


class _Article(_Shape):
    name: str
    identifier: int
    date_modified: str
    url: str
    version: _Number
    in_language: _Name
    article_body: _Body
    namespace: _Number = _Number(identifier=0)
    license: list[_Name] = []
    categories: list[_Name] = []  # as "Category:NAME"


def _snapshot_page(line: bytes) -> RawPage:
    article = _Article.model_validate_json(line)
    return RawPage(
        title=article.name,
        namespace=article.namespace.identifier,
        page_id=article.identifier,
        redirect="",  # a snapshot lists redirects only with their target
        revision_id=article.version.identifier,
        timestamp=article.date_modified,
        model="html",
        text=article.article_body.html,
        url=article.url,
        language=article.in_language.identifier,
        license=article.license[0].identifier if article.license else "",
        categories=tuple(category.name.partition(":")[2] for category in article.categories),
    )
