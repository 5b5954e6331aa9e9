"""questions: lists what the text of the bundled base model asks, so that `split` can keep it out of val and test.

A task is one sentence or two, of which the first is a question or begins with a verb that tells somebody to do
something. An example with an input is asked in a document only if its input is there, too. So in documents about pages,
each task is also listed with the beginning of each text that it may be about. In the other documents, what a task works
on is made up and has no end: there, the first sentence of each task is listed, without it.
"""

import json
import logging
import re
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import islice

from primer.configuration import BUNDLED_PAGES, QUESTIONS, READING, TEXT, TextParams, load_section
from primer.text.layouts import ITEM_LABELS
from primer.text.page_tellings import pages_kept_out
from stages.common.errors import run_stage
from stages.common.files import read_jsonl, write_json
from stages.common.records import Page
from stages.english.normal_form import normal_form
from stages.splitting.base_questions import BEGINNING, PLAIN_WORD, pack_hashes, plain_words, question_hash

log = logging.getLogger(__name__)

ABOUT_PAGES = ("pages", "page_passages")  # sources whose documents ask about the bundled pages
SENTENCES = 2  # most sentences of a task
LONGEST = 60  # most words of a sentence
LABEL = 4  # most words between a task and its text: the text's label, as in "Here it is: ..."
BATCH = 2000  # documents that a process reads at a time
_ORDERS = frozenset(
    "according add answer arrange ask avoid begin break calculate capitalize change check choose classify combine "
    "compare complete compose compute consider continue convert copy correct count create cut decide define "
    "describe determine divide double draft edit evaluate expand explain express extract fill find finish fix "
    "form formulate give help identify imagine improve insert introduce join judge keep label list look make mark "
    "match mention move multiply name note offer order outline pick please point pose present produce proofread "
    "provide punctuate put quote rank read rearrange recall remove repair rephrase replace report restate retell "
    "reverse reword rewrite say select separate set shorten show simplify solve sort spell split start state "
    "subtract suggest sum summarize supply swap tell think tidy transform translate true turn underline use work "
    "write".split()
)
_LABELS = [plain_words(label) for label in ITEM_LABELS]
_ENDS = re.compile(r"[.?!:]")
_BEGINS = re.compile(r"""[.?!:;"“”'‘’()\[\]{}*>|#/\u2013\u2014-]""")
_NO_END = re.compile(r"(?:[a-z]|dr|mrs?|ms|st|jr|no|vs)\Z")  # words that a period belongs to


@dataclass
class Reading:
    """The words of a document, and the places (numbers of words) at which something begins or ends, rising."""

    words: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)  # of sentences, quotes and what follows a label
    ends: list[int] = field(default_factory=list)  # of sentences and lines: the place behind their last word
    asked: set[int] = field(default_factory=set)  # ends of questions
    texts: list[int] = field(default_factory=list)  # of texts that come before their task, with a label


def main() -> None:
    params = load_section("text", TextParams)
    documents = 0
    hashes: set[int] = set()
    with TEXT.open(encoding="utf-8") as file, ProcessPoolExecutor() as pool:
        for count, found in pool.map(_hash_lines, iter(lambda: list(islice(file, BATCH)), [])):
            documents += count
            hashes |= found
    QUESTIONS.write_bytes(pack_hashes(hashes))
    pages = read_jsonl(BUNDLED_PAGES, Page)
    out = pages_kept_out(pages, params.pages_kept_out, params.seed)
    titles = {"read": [page.title for page in pages if page.title not in out], "kept_out": sorted(out)}
    write_json(READING, {"documents": documents, "questions": len(hashes), "pages": titles})
    log.info("%d questions in %d documents", len(hashes), documents)


def _hash_lines(lines: list[str]) -> tuple[int, set[int]]:
    """How many documents the lines hold, and the hashes of what they ask."""
    hashes = set()
    for line in lines:
        document = json.loads(line)
        hashes |= hash_questions(document["text"], document["source"] in ABOUT_PAGES)
    return len(lines), hashes


def hash_questions(document: str, with_texts: bool) -> set[int]:
    """The hashes of the tasks in a document, by themselves and, if `with_texts`, with the texts around them."""
    reading = read_document(document)
    hashes = set()
    for start, end in _tasks(reading, SENTENCES if with_texts else 1):
        task = reading.words[start:end]
        hashes.add(question_hash(task))
        if with_texts:
            hashes |= {question_hash(task, text) for place in _places_of_texts(reading, start, end)
                       for text in _beginnings(reading, place)}  # fmt: skip
    return hashes


def read_document(document: str) -> Reading:
    reading = Reading()
    for line in document.splitlines():
        text = normal_form(line)
        first, behind = len(reading.words), 0
        for match in PLAIN_WORD.finditer(text):
            _note_gap(reading, text[behind : match.start()], first)
            reading.words.append(match[0])
            behind = match.end()
        if behind:
            reading.ends.append(len(reading.words))
            if "?" in text[behind:]:
                reading.asked.add(len(reading.words))
            for label in _LABELS:
                if reading.words[first : first + len(label)] == label:
                    reading.texts.append(first + len(label))
    return reading


def _note_gap(reading: Reading, gap: str, first: int) -> None:
    """Notes what begins or ends between the last word and the next; `first` is the place of the line's first word."""
    place = len(reading.words)
    if place == first or _BEGINS.search(gap):
        reading.starts.append(place)
    if place > first and _ENDS.search(gap) and not _NO_END.match(reading.words[-1]):
        reading.ends.append(place)
        if "?" in gap:
            reading.asked.add(place)


def _tasks(reading: Reading, sentences: int) -> Iterator[tuple[int, int]]:
    """Where each task begins and ends."""
    for start in reading.starts:
        ends = list(islice((end for end in reading.ends if end > start), sentences))
        if 1 < ends[0] - start <= LONGEST and (ends[0] in reading.asked or reading.words[start] in _ORDERS):
            yield from ((start, end) for end in ends)


def _places_of_texts(reading: Reading, start: int, end: int) -> Iterator[int]:
    """Where the texts begin that a task may be about: behind it, with a label or without, or before it."""
    yield end
    yield from (place for place in reading.starts if end < place <= end + LABEL)
    yield from [place for place in reading.texts if place < start][-1:]


def _beginnings(reading: Reading, start: int) -> Iterator[tuple[str, ...]]:
    """The words with which the text at a place begins, or all of them if it is shorter."""
    words = reading.words
    for end in {start + BEGINNING, *(end for end in reading.ends if start < end < start + BEGINNING)}:
        if text := tuple(words[start:end]):
            yield text


if __name__ == "__main__":
    run_stage(main)
