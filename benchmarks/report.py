"""How long the report's page takes to open in a browser, and whether it scrolls smoothly.

The page is written for 200 and for 10,000 test rows, and headless Chromium opens each five times from disk. The best
time counts, because disturbances only make a measurement slower. `seconds` is the time from the start of the navigation
until rows are painted. `search` is the time from a change of the search field until the matching rows are shown. `step`
is the CPU time of one of 100 steps in which the page is scrolled from the first row to the last; each step draws all
rows near the window again.

    python -m benchmarks.report
"""

import os
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, sync_playwright

from stages.reporting.charts import draw_charts
from stages.reporting.evidence import Evidence, read_evidence
from stages.reporting.pages import write_page
from stages.reporting.wording import Wording
from tests.stages.reporting.made_run import numbered, params, write_run

TIMES = 5
# Milliseconds from the start of the navigation until a frame with rows in it.
OPENED = """(() => {
  const look = () => {
    if (document.querySelector("#list .row")) window.opened = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()"""
WHEN_OPENED = """() => new Promise((done) => {
  const look = () => (window.opened ? done(window.opened) : setTimeout(look, 5));
  look();
})"""
SEARCH = """(words) => {
  const field = document.getElementById("search");
  const count = document.getElementById("count").textContent;
  const started = performance.now();
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return new Promise((done) => {
    const isShown = () => document.getElementById("count").textContent !== count;
    const look = () => (isShown() ? done(performance.now() - started) : setTimeout(look));
    look();
  });
}"""
SCROLL = """async () => {
  const start = document.getElementById("list").offsetTop;
  for (let step = 0; step < 100; step++) {
    scrollTo({ top: start + (step / 99) * (document.body.scrollHeight - start), behavior: "instant" });
    await new Promise(requestAnimationFrame);
  }
}"""


def measure_page(browser: Browser, address: str, words: str = "ledger 19") -> tuple[float, float, float]:
    """Seconds until rows are painted, milliseconds of a search for `words`, and milliseconds of CPU time of a scrolling
    step."""
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    page.add_init_script(OPENED)
    page.goto(f"{address}#rows")
    opened = float(page.evaluate(WHEN_OPENED))
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = cpu_seconds(session)
    page.evaluate(SCROLL)
    step = (cpu_seconds(session) - before) / 100
    search = float(page.evaluate(SEARCH, words))
    page.close()
    return opened / 1000, search, 1000 * step


def cpu_seconds(session: CDPSession) -> float:
    """CPU time that the page's main thread has used."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration"))


def write_large_page(folder: Path, count: int) -> Path:
    """Writes the page about a run with `count` test rows."""
    write_run(folder, 200)
    evidence: Evidence = read_evidence(folder / "data", folder / "reports", params())
    draw_charts(evidence, Wording("en"), folder / "plots")
    many = replace(evidence, rows=tuple(numbered(evidence.rows, count)))
    write_page(many, Wording("en"), folder / "plots", folder / "index.html")
    return folder / "index.html"


def main() -> None:
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if executable is None:
        sys.exit("needs chromium on the path, or its path in CHROMIUM")
    print(f"{'rows':>7} {'MB':>6} {'seconds':>8} {'search, ms':>11} {'step, ms':>10}")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as name:
        arguments = ["--disable-gpu", *(["--no-sandbox"] if os.getuid() == 0 else [])]
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        for count in (200, 10_000):
            page = write_large_page(Path(name) / str(count), count)
            measured = [measure_page(browser, page.as_uri()) for _ in range(TIMES)]
            seconds, search, step = (min(values) for values in zip(*measured, strict=True))
            megabytes = page.stat().st_size / 1e6
            print(f"{count:>7,} {megabytes:>6.1f} {seconds:>8.2f} {search:>11.0f} {step:>10.0f}")
        browser.close()


if __name__ == "__main__":
    main()
