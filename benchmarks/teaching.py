"""How many pages per second the rule-based teacher reads, and how much memory it needs.

The whole synth stage runs on one core, in a temporary folder, on 1,000 and on 10,000 pages of 2,000 characters. The
pages are made of the bundled pages' paragraphs. Each has other names, so that word forms cached on the first pages
don't serve all the rest. For comparison, the same pages are only read, checked as records and written again, which
every stage has to do. The rate is pages by CPU seconds, so that other programs count less.

    python -m benchmarks.teaching [PAGES ...]
"""

import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from stages.common.files import read_jsonl, write_jsonl
from stages.common.records import Page, Section

ROOT = Path(__file__).parent.parent
SIZES = (1_000, 10_000)
CHARACTERS = 2000
COPY = """
from pathlib import Path
from stages.common.files import iter_jsonl, write_jsonl
from stages.common.records import Page
write_jsonl(Path("copy.jsonl"), iter_jsonl(Path("data/pages.jsonl"), Page))
"""


def make_pages(count: int) -> Iterator[Page]:
    """Pages of up to `CHARACTERS` characters, the same ones every time."""
    bundled = read_jsonl(ROOT / "data/bundled/pages.jsonl", Page)
    paragraphs = [section.text for page in bundled for section in page.sections]
    rng = random.Random(1)
    for number in range(count):
        page = rng.choice(bundled)
        text = page.sections[0].text
        while len(text) < CHARACTERS:
            text += "\n\n" + _renamed(rng.choice(paragraphs), rng)
        text = text[:CHARACTERS].rsplit(". ", 1)[0] + "."
        title = f"{page.title} ({number})"
        yield page.model_copy(update={"title": title, "sections": [Section(heading="", level=1, text=text)]})


def _renamed(text: str, rng: random.Random) -> str:
    """The text with an invented name of the same length for each name."""

    def invent(match: re.Match[str]) -> str:
        return "".join(rng.choice("aeiou") if i % 2 else rng.choice("bdklmnrstv") for i in range(len(match[0]))).title()

    return re.sub(r"(?<=[a-z] )[A-Z][a-z]+", invent, text)


def run_on_one_core(folder: Path, command: list[str]) -> tuple[float, float, float]:
    """Runs a Python command in a folder. Returns wall seconds, CPU seconds and the largest resident size in MB."""
    core = min(os.sched_getaffinity(0))
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        preexec_fn=lambda: os.sched_setaffinity(0, {core}),
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{command} ended with status {status}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    print(f"{'pages':>7} {'work':<12} {'seconds':>8} {'CPU':>8} {'pages/s':>8} {'MB':>6}")
    for count in map(int, sys.argv[1:] or SIZES):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            shutil.copy(ROOT / "params.yaml", folder)
            write_jsonl(folder / "data/pages.jsonl", make_pages(count))
            for work, command in (("synth", ["-m", "stages.synth"]), ("read, write", ["-c", COPY])):
                seconds, cpu, megabytes = run_on_one_core(folder, command)
                print(f"{count:>7,} {work:<12} {seconds:>8.1f} {cpu:>8.1f} {count / cpu:>8,.0f} {megabytes:>6.0f}")


if __name__ == "__main__":
    main()
