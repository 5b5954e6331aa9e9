"""A real browser for the pages that people open: Debian's Chromium, or the one that CHROMIUM names."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from stages.reporting.charts import draw_charts
from stages.reporting.evidence import Evidence
from stages.reporting.pages import write_page
from stages.reporting.wording import Language, Wording
from tests.browser.report_page import ROWS, load
from tests.stages.reporting.made_run import write_run

# Nothing that a browser does on its own account: no graphics card, no updates, no calls home.
ARGUMENTS = (
    "--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
).split()
NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="package")  # not "session": while Playwright runs, asyncio.run fails in this thread
def browser() -> Iterator[Browser]:
    """One browser for all tests of this folder."""
    executable = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        pytest.skip(f"needs a browser: one of {', '.join(NAMES)} on the path, or its path in CHROMIUM")
    as_root = ["--no-sandbox"] if os.getuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=ARGUMENTS + as_root)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser, tmp_path: Path) -> Iterator[BrowserContext]:
    """A profile of its own for each test, without a network: a page that needs one fails."""
    context = browser.new_context(offline=True, accept_downloads=True, viewport={"width": 1200, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """An empty tab. An error in its console, an uncaught exception or a request to the network fails the test."""
    page = context.new_page()
    problems: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            problems.append(f"{message.type}: {message.text}")

    page.on("console", heard)
    page.on("pageerror", lambda error: problems.append(f"exception: {error}"))
    page.on("request", lambda request: None if _is_local(request.url) else problems.append(f"asked {request.url}"))
    yield page
    assert problems == []


def _is_local(url: str) -> bool:
    return url.startswith(("file:", "data:", "blob:", "about:"))


@pytest.fixture(scope="package")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with its report."""
    folder = tmp_path_factory.mktemp("run")
    write_run(folder, ROWS)
    draw_charts(load(folder), Wording("en"), folder / "reports/plots")
    write_page(load(folder), Wording("en"), folder / "reports/plots", folder / "reports/index.html")
    return folder


@pytest.fixture
def write(made: Path, tmp_path: Path) -> Callable[[Evidence], str]:
    """A page about other evidence, with the same pictures; its address."""

    def written(evidence: Evidence, language: Language = "en") -> str:
        write_page(evidence, Wording(language), made / "reports/plots", tmp_path / "index.html")
        return (tmp_path / "index.html").as_uri()

    return written
