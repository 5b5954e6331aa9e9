"""The shapes of MediaWiki's answers to `action=query`, as far as they are read; what isn't read may be anything.

Sources: https://www.mediawiki.org/wiki/API:Query, and answers of MediaWiki 1.39. A status of 200 says little: proxies,
log-in pages and other software answer with it, too. What fits none of these shapes is refused before anyone reads it.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")


class Step(_Shape):
    """From a title to another: normalized, or redirected."""

    start: str = Field(alias="from")
    to: str
    tointerwiki: str | None = None


class Interwiki(_Shape):
    title: str


class Member(_Shape):
    title: str
    ns: int


class Revision(_Shape):
    revid: int
    timestamp: str


class PageInfo(_Shape):
    """A page, or what stands in the place of one: a missing, special or illegal title."""

    title: str
    ns: int = 0  # an illegal title has none
    pageid: int | None = None
    lastrevid: int | None = None
    canonicalurl: str | None = None
    invalid: bool | str = False  # a flag is true in format version 2, and "" in 1
    missing: bool | str = False
    pageprops: dict[str, object] = {}
    categories: list[object] = []
    revisions: Annotated[list[Revision], Field(min_length=1)] | None = None
    extract: str | None = None


class General(_Shape):
    generator: str = ""
    lang: str = ""


class Rights(_Shape):
    url: str | None = None
    text: str | None = None


class Extension(_Shape):
    name: str = ""


class _Titles(_Shape):
    normalized: list[Step] = []
    redirects: list[Step] = []
    interwiki: list[Interwiki] = []


class Query(_Titles):
    """In format version 2."""

    pages: list[PageInfo] = []
    categorymembers: list[Member] = []
    general: General = General()
    rightsinfo: Rights = Rights()
    extensions: list[Extension] = []


class Answer(_Shape):
    query: Query = Query()
    more: dict[str, str | int] | None = Field(default=None, alias="continue")  # parameters of the next request


class PagesById(_Titles):
    """In format version 1, which the client of `wikipedia-api` reads."""

    pages: dict[str, PageInfo] = {}


class ClientAnswer(_Shape):
    query: PagesById
