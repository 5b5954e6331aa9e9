"""How large data.html is, how long it takes to open in a browser, and whether it scrolls smoothly.

The page is written for 2,000 and for 100,000 examples, made of the bundled pages' sentences; one in ten was rejected,
and all are scored. Headless Chromium opens each twice from disk, and the best time counts. `write` is the CPU time of
reading the data and writing the page; the other columns are those of benchmarks/report.py.

    python -m benchmarks.many_examples
"""

import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.report import measure_page
from stages.common.files import iter_jsonl, write_jsonl
from stages.common.quality_scores import QualityScore
from stages.common.records import Example, Page, Rejection, Source, Teacher, make_example
from stages.reporting.charts import draw_charts
from stages.reporting.data_charts import data_charts
from stages.reporting.data_page import write_data_page
from stages.reporting.evidence import Evidence, read_evidence
from stages.reporting.example_rows import read_example_fates
from stages.reporting.wording import Wording
from tests.conftest import ROOT
from tests.stages.reporting.made_run import params, write_run

TIMES = 2
KINDS = ("when", "who", "shorten", "topic", "yes_no", "tell_about")
EVIDENCE = {
    "too_long": "output has {number} words, at most 250 are allowed",
    "too_short": "the task has 1 word(s), at least 2 are needed: 'Explain'",
    "not_english": "output reads as de with probability 0.{number}, the limit is 0.5",
    "after_cutoff": "output speaks of 'in {year}', the cut-off is 2022-12-31",
    "near_duplicate": "asks and answers the same as {twin}: 'In which year did it begin?'",
}


def made_examples(count: int) -> Iterator[Example]:
    rng = random.Random(1)
    pages = list(iter_jsonl(ROOT / "data/bundled/pages.jsonl", Page))
    sentences = {page.title: page.plain_text.replace("\n", " ").split(". ") for page in pages}
    for number in range(count):
        page = rng.choice(pages)
        found = sentences[page.title]
        given = ". ".join(rng.choices(found, k=3)) if number % 2 else ""
        yield make_example(
            instruction=f"{rng.choice(('What', 'Which', 'Describe', 'Rewrite'))} {number}: {rng.choice(found)[:90]}?",
            input=given,
            output=f"{rng.choice(found)}.",
            kind=rng.choice(KINDS),
            source=Source(
                kind="synthetic", title=page.title, revision_id=number, url=f"https://example.org/{page.title}"
            ),
            teacher=Teacher(name=rng.choice(("rules", "gemini"))),
        )


def write_large_data(folder: Path, count: int) -> Evidence:
    """Adds `count` examples to a made run, with scores."""
    rng = random.Random(2)
    write_run(folder, 200)
    examples = list(made_examples(count))
    write_jsonl(folder / "data/curated.jsonl", examples[count // 10 :])
    rejections = []
    for example in examples[: count // 10]:
        reason = rng.choice(list(EVIDENCE))
        twin = examples[-1 - rng.randrange(count // 2)].id
        evidence = EVIDENCE[reason].format(number=rng.randint(51, 99), year=rng.randint(2023, 2026), twin=twin)
        rejections.append(Rejection(example=example, reason=reason, evidence=evidence))
    write_jsonl(folder / "data/rejected.jsonl", rejections)
    return read_evidence(folder / "data", folder / "reports", params())


def write_large_data_page(folder: Path, count: int) -> tuple[Path, float]:
    """The page, and the seconds that reading the data and writing the page took."""
    rng = random.Random(3)
    evidence = write_large_data(folder, count)
    scores = {
        example.id: QualityScore(
            id=example.id, tokens=20, loss=rng.uniform(1, 4), loss_alone=rng.uniform(2, 4), model="0" * 16
        )
        for example in made_examples(count)
    }
    started = time.process_time()
    fates = read_example_fates(folder / "data", scores)
    draw_charts(evidence, Wording("en"), folder / "plots", data_charts(fates))
    write_data_page(fates, evidence, Wording("en"), folder / "plots", folder / "data.html")
    return folder / "data.html", time.process_time() - started


def main() -> None:
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if executable is None:
        sys.exit("needs chromium on the path, or its path in CHROMIUM")
    print(f"{'rows':>7} {'write, s':>9} {'MB':>6} {'seconds':>8} {'search, ms':>11} {'step, ms':>10}")
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as name:
        arguments = ["--disable-gpu", *(["--no-sandbox"] if os.getuid() == 0 else [])]
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        for count in (2_000, 100_000):
            page, written = write_large_data_page(Path(name) / str(count), count)
            measured = [measure_page(browser, page.as_uri(), "roman 1933") for _ in range(TIMES)]
            best = [min(figures) for figures in zip(*measured, strict=True)]
            size = page.stat().st_size / 1e6
            print(f"{count:7,} {written:9.1f} {size:6.2f} {best[0]:8.2f} {best[1]:11.0f} {best[2]:10.1f}")
        browser.close()


if __name__ == "__main__":
    main()
