"""How many pages a second the stage `extract` makes of a dump, and in how much memory, beside reading it alone.

The articles are the bundled pages in wikitext: their first section (a stub), the whole page, or three
pages in one. A link for each 17 words, an infobox, a footnote with a citation for two in five sentences, categories,
and a list of links are added. "Reading" unpacks bzip2 and parses the XML, on one core. "strip_code" is that and the
text by mwparserfromhell's own method, which keeps the texts of references, tables and captions; it is measured on a
twentieth of the pages. CPU is the time of all processes; a core's pages a second are the pages by that. MB is the peak
of the total resident memory of the stage's processes.

    python -m benchmarks.dumps [PAGES]
"""

import bz2
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import mwparserfromhell
from ruamel.yaml import YAML
from tqdm import tqdm

from benchmarks.curation import BUNDLED, ROOT, time_stage
from stages.common.files import read_json, read_jsonl
from stages.common.records import Page
from stages.sources.dump_files import unpacked
from stages.sources.dump_pages import RawPage, XmlDump
from tests.stages.sources.made_dump import head, page_xml

PAGES = 100_000
LENGTHS = ("stub", "page", "three")
SAMPLE = 20  # one in so many pages is given to strip_code
INFOBOX = """{{{{short description|An article}}}}
{{{{Infobox thing
| name = {title}
| image = A.jpg
| length = {{{{convert|100|km|mi}}}}
| place = [[Egypt]]
}}}}
"""
CITATION = '<ref name="a{}">{{{{cite web|url=https://example.org/{}|title=A title|last=Smith|date=1 May 2011}}}}</ref>'
END = """

== See also ==
* [[Another]]

== References ==
{{reflist}}

== External links ==
* [https://example.org The site]

{{Navbox things}}
[[Category:Things]]
[[Category:Articles]]
"""


def main() -> None:
    count = int(sys.argv[1]) if sys.argv[1:] else PAGES
    print("articles    pages words  chars    MB bz2  reading strip_code   seconds      CPU  pages/s a core     MB")
    for length in LENGTHS:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            characters = write_dump_project(folder, length, count)
            reading, stripping = time_reading(folder / "dump.xml.bz2", count)
            seconds, cpu, memory = time_stage(folder, "extract")
            metrics = read_json(folder / "reports/metrics/extract.json")
            if metrics["pages_kept"] != count:
                sys.exit(f"{metrics['pages_kept']} of {count} pages were kept: {metrics['dropped']}")
            size = (folder / "dump.xml.bz2").stat().st_size / 2**20
        print(f"{length:<8}{count:>9,}{metrics['words'] / count:>6.0f}{characters / count:>7.0f}{size:>10.1f}", end="")
        print(f"{reading:>8.1f}s{stripping:>10.1f}s{seconds:>9.1f}s{cpu:>8.1f}s{count / cpu:>16,.0f}{memory:>7,.0f}")


def write_dump_project(folder: Path, length: str, count: int) -> int:
    """A folder in which the stage can run on a dump of `count` articles. Returns their characters of wikitext."""
    yaml = YAML()
    params = yaml.load(ROOT / "params.yaml")
    params["extract"] |= {"source": "dump", "path": "dump.xml.bz2"}
    yaml.dump(params, folder / "params.yaml")
    characters = 0
    with bz2.open(folder / "dump.xml.bz2", "wt", encoding="utf-8") as file:
        file.write(head())
        for page_id, (title, text) in enumerate(islice(articles(length), count), start=1):
            characters += len(text)
            file.write(page_xml(title, text, page_id))
        file.write("</mediawiki>\n")
    return characters


def articles(length: str) -> Iterator[tuple[str, str]]:
    """Titles and wikitexts, without end."""
    pages = read_jsonl(BUNDLED / "pages.jsonl", Page)
    rng = random.Random(1)
    texts = [
        wikitext_of(rng, pages[number : number + (3 if length == "three" else 1)], length)
        for number in range(len(pages))
    ]
    number = 0
    while True:
        for page, text in zip(pages, texts, strict=True):
            number += 1
            yield f"{page.title} {number}", text.replace(page.title, f"{page.title} {number}", 1)


def wikitext_of(rng: random.Random, pages: list[Page], length: str) -> str:
    parts = [INFOBOX.format(title=pages[0].title)]
    for page in pages:
        for section in page.sections[: 1 if length == "stub" else None]:
            parts.append(f"\n\n== {page.title}: {section.heading} ==\n" if section.heading else "\n\n")
            parts.append(" ".join(marked_up(rng, word) for word in section.text.split(" ")))
    return "".join(parts) + END


def marked_up(rng: random.Random, word: str) -> str:
    chance = rng.random()
    if chance < 0.06 and word.isalpha():
        return f"[[{word}]]" if chance < 0.04 else f"[[Other|{word}]]"
    if word.endswith(".") and chance < 0.4:
        return word + CITATION.format(chance, chance)
    return word


def time_reading(path: Path, count: int) -> tuple[float, float]:
    """CPU seconds of reading alone, and of reading and strip_code, for all pages."""
    started, sample = time.process_time(), list[RawPage]()
    with tqdm(disable=True) as bar, unpacked(path, bar) as file:
        for number, page in enumerate(XmlDump(path, file).pages()):
            if number % SAMPLE == 0 and len(sample) < 500:
                sample.append(page)
    reading = time.process_time() - started
    started = time.process_time()
    for page in sample:
        mwparserfromhell.parse(page.text).strip_code()
    return reading, reading + (time.process_time() - started) / len(sample) * count


if __name__ == "__main__":
    main()
