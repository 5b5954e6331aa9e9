"""A MediaWiki on this machine: `action=query` in both format versions, with the shapes that MediaWiki 1.39 gives."""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

NAMESPACES = {"Special": -1, "Talk": 1, "User": 2, "File": 6, "Category": 14}
RIGHTS = {"url": "https://creativecommons.org/licenses/by-sa/4.0/deed.en", "text": "CC BY-SA 4.0"}

Asked = dict[str, str]


@dataclass
class Article:
    page_id: int
    text: str
    revision: int = 100
    categories: tuple[str, ...] = ()
    disambiguation: bool = False  # what the extension Disambiguator says
    torn: int = 0  # answers to come whose parts are of two revisions
    without: str = ""  # a part that answers lack: extract, revisions


@dataclass(frozen=True)
class Fault:
    """What the server sends instead of a normal response, and what it does to the connection."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    does: Literal["answer", "cut", "reset", "hang"] = "answer"


class LocalWiki(ThreadingHTTPServer):
    """The wiki's content, the requests that it received, and the faults that it shows."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.endpoint = f"http://127.0.0.1:{self.server_port}/w/api.php"
        self.articles: dict[str, Article] = {}
        self.redirects: dict[str, str] = {}
        self.categories: dict[str, list[str]] = {}
        self.rights = dict(RIGHTS)
        self.extensions = ["TextExtracts", "Cite"]
        self.asked: list[Asked] = []
        self.times: list[float] = []
        self.agents: set[str] = set()
        self.under_way = self.most_under_way = 0
        self.before: Callable[[Asked], None] = lambda asked: None
        self.fault: Callable[[Asked, int], Fault | None] = lambda asked, time: None
        self.lock = threading.Lock()
        self.closing = threading.Event()
        self.counted: Counter[str] = Counter()

    def add(self, title: str, text: str = "", **fields: Any) -> Article:
        """Adds an article whose text is like no other's."""
        body = text or f"{title} is a subject. It has a page.\n\n\n== History ==\n{title} began in 1900."
        self.articles[title] = Article(len(self.articles) + 1, body, **fields)
        return self.articles[title]

    def pages_asked(self) -> list[str]:
        """The titles whose text was requested."""
        return [asked["titles"] for asked in self.asked if "extracts" in asked.get("prop", "")]

    def handle_error(self, *args: object) -> None:
        """Prints nothing: a killed client is no error of this server."""

    def note(self, asked: Asked) -> int:
        """Records a request; returns how many equal ones came before."""
        with self.lock:
            self.times.append(time.monotonic())
            self.asked.append(asked)
            key = json.dumps(asked, sort_keys=True)
            self.counted[key] += 1
            return self.counted[key] - 1

    def answer(self, asked: Asked) -> dict[str, Any]:
        modern = asked.get("formatversion") == "2"
        yes = True if modern else ""
        if asked.get("meta") == "siteinfo":
            general = {"generator": "MediaWiki 1.39.10", "lang": "en", "sitename": "Local"}
            listed = [{"type": "other", "name": name} for name in self.extensions]
            return {
                "batchcomplete": yes,
                "query": {"general": general, "rightsinfo": self.rights, "extensions": listed},
            }
        if asked.get("list") == "categorymembers":
            return self._members(asked, yes)
        query = self._titles(asked, yes)
        if "pages" in query and not modern:
            fresh = iter(range(-1, -1000, -1))
            query["pages"] = {str(page.get("pageid") or next(fresh)): page for page in query["pages"]}
        return {"batchcomplete": yes} | ({"query": query} if query else {})

    def _members(self, asked: Asked, yes: object) -> dict[str, Any]:
        kept = [
            {"pageid": 1, "ns": namespace(title), "title": title}
            for title in self.categories.get(asked["cmtitle"], [])
            if (namespace(title) == 14) == (asked["cmtype"] == "subcat") and namespace(title) != 6
        ]
        start = int(asked.get("cmcontinue", 0))
        end = start + int(asked["cmlimit"])
        more = {"continue": {"cmcontinue": str(end), "continue": "-||"}} if end < len(kept) else {"batchcomplete": yes}
        return more | {"query": {"categorymembers": kept[start:end]}}

    def _titles(self, asked: Asked, yes: object) -> dict[str, Any]:
        titles = asked["titles"].split("|")
        if len(titles) > 50:
            raise ApiError("toomanyvalues", 'Too many values supplied for parameter "titles". The limit is 50.')
        query: dict[str, list[dict[str, Any]]] = {}
        for title in titles:
            current = " ".join(title.replace("_", " ").split())
            current = current[:1].upper() + current[1:]
            if re.match(r"(?:de|wikt):", current, re.I):
                query.setdefault("interwiki", []).append({"title": title, "iw": current.partition(":")[0].lower()})
            elif re.search(r"[<>\[\]{}]", title) or current == ":":
                reason = "The requested page title contains invalid characters."
                page = {"title": title, "invalidreason": reason, "invalid": yes}
                query.setdefault("pages", []).append(page)
            elif current:
                if current != title:
                    query.setdefault("normalized", []).append({"from": title, "to": current})
                self._follow(current, query, asked, yes)
        return query

    def _follow(self, title: str, query: dict[str, list[dict[str, Any]]], asked: Asked, yes: object) -> None:
        path = [title]
        while (target := self.redirects.get(path[-1])) is not None:
            step = {"from": path[-1], "to": target}
            if target.startswith("wikt:"):
                step["tointerwiki"] = "wikt"
            if step not in query.setdefault("redirects", []):
                query["redirects"].append(step)
            if target in path or "tointerwiki" in step:
                return  # no page at all
            path.append(target)
        page = self._page(path[-1], asked, yes)
        if page not in query.setdefault("pages", []):
            query["pages"].append(page)

    def _page(self, title: str, asked: Asked, yes: object) -> dict[str, Any]:
        ns = namespace(title)
        if ns == -1:
            return {"ns": -1, "title": title, "special": yes}
        article = self.articles.get(title)
        if article is None:
            return {"ns": ns, "title": title, "missing": yes}
        page: dict[str, Any] = {"pageid": article.page_id, "ns": ns, "title": title}
        props = asked["prop"].split("|")
        if "info" in props:
            address = f"https://local.example/wiki/{title.replace(' ', '_')}"
            torn, article.torn = article.torn > 0 and "extracts" in props, max(0, article.torn - ("extracts" in props))
            page |= {"lastrevid": article.revision - torn, "fullurl": address, "canonicalurl": address}
        if "revisions" in props:
            page["revisions"] = [{"revid": article.revision, "parentid": 0, "timestamp": stamp(article.revision)}]
        if "extracts" in props and "TextExtracts" in self.extensions:
            page["extract"] = article.text
        if "pageprops" in props and article.disambiguation:
            page["pageprops"] = {"disambiguation": ""}
        wanted = set(asked.get("clcategories", "").split("|"))
        if "categories" in props and (found := wanted & {f"Category:{name}" for name in article.categories}):
            page["categories"] = [{"ns": 14, "title": name} for name in sorted(found)]
        page.pop(article.without, None)
        return page


class ApiError(Exception):
    """An error that MediaWiki reports with status 200."""


class Handler(BaseHTTPRequestHandler):
    server: LocalWiki
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.respond(dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.respond(dict(parse_qsl(body, keep_blank_values=True)))

    def respond(self, asked: Asked) -> None:
        server = self.server
        server.agents.add(self.headers["User-Agent"])
        with server.lock:
            server.under_way += 1
            server.most_under_way = max(server.most_under_way, server.under_way)
        try:
            fault = server.fault(asked, server.note(asked))
            server.before(asked)
            if fault is None:
                fault = Fault(body=self.body(asked))
        finally:
            with server.lock:
                server.under_way -= 1
        self.send(fault)

    def body(self, asked: Asked) -> str:
        try:
            return json.dumps(self.server.answer(asked))
        except ApiError as error:
            return api_error(*error.args)

    def send(self, fault: Fault) -> None:
        if fault.does == "hang":
            self.server.closing.wait()
        self.close_connection = fault.does != "answer"
        if fault.does in ("reset", "hang"):
            return
        content = fault.body.encode()
        self.send_response_only(fault.status)
        for name, value in ({"Content-Length": str(len(content))} | fault.headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Prints nothing: requests are recorded in `asked`."""


def api_error(code: str, info: str) -> str:
    return json.dumps({"error": {"code": code, "info": info}, "servedby": "local"})


def namespace(title: str) -> int:
    return NAMESPACES.get(title.partition(":")[0], 0) if ":" in title else 0


def stamp(revision: int) -> str:
    return f"2022-01-01T00:{revision // 60 % 60:02}:{revision % 60:02}Z"
