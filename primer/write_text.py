"""text: writes what the bundled base model reads, source by source, and counts it."""

import hashlib
import json
import logging
import random
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat

from primer.configuration import (
    BUNDLED_TASKS,
    SPLIT,
    TEXT,
    TEXT_COUNTS,
    TextParams,
    load_section,
)
from primer.forbidden import Forbidden, read_forbidden
from primer.text.sources import SOURCES, TextSource
from stages.common.errors import run_stage
from stages.common.files import write_json

log = logging.getLogger(__name__)

MOST_REPEATS = 2000  # repeated documents in a row after which a source has nothing new to say


@dataclass
class Counts:
    """Of one source."""

    documents: int = 0
    characters: int = 0
    repeated: int = 0  # documents written again in the same words, and left out
    forbidden: int = 0  # documents that asked a general task or a question of the test split, and were left out


def main() -> None:
    params = load_section("text", TextParams)
    forbidden = read_forbidden(BUNDLED_TASKS, SPLIT / "test.jsonl")
    shares = sum(source.share for source in SOURCES)
    documents: list[tuple[str, str]] = []
    counts = {}
    wanted = [int(params.characters * source.share / shares) for source in SOURCES]
    with ProcessPoolExecutor() as pool:  # a source depends on its own random numbers only
        written = pool.map(_write, range(len(SOURCES)), wanted, repeat(params.seed), repeat(forbidden))
        for source, (texts, count) in zip(SOURCES, written, strict=True):
            documents += [(source.name, text) for text in texts]
            counts[source.name] = vars(count)
            log.info("%s: %s", source.name, vars(count))
    random.Random(params.seed).shuffle(documents)
    TEXT.parent.mkdir(parents=True, exist_ok=True)
    with TEXT.open("w", encoding="utf-8") as file:
        for name, text in documents:
            file.write(json.dumps({"source": name, "text": text}, ensure_ascii=False) + "\n")
    write_json(TEXT_COUNTS, counts)


def _write(number: int, characters: int, seed: int, forbidden: Forbidden) -> tuple[list[str], Counts]:
    count = Counts()
    return list(take(SOURCES[number], characters, seed, forbidden, count)), count


def take(source: TextSource, characters: int, seed: int, forbidden: Forbidden, count: Counts) -> Iterator[str]:
    """The documents of a source until they have so many characters, each once, and none that asks what is forbidden."""
    seen: set[bytes] = set()
    in_a_row = 0
    for document in source.write(random.Random(f"{seed} {source.name}")):
        digest = hashlib.sha256(document.encode()).digest()[:12]
        if digest in seen:
            count.repeated += 1
            in_a_row += 1
            if in_a_row == MOST_REPEATS:
                return
            continue
        in_a_row = 0
        seen.add(digest)
        if forbidden.asked_in(document):
            count.forbidden += 1
            continue
        count.documents += 1
        count.characters += len(document)
        yield document
        if count.characters >= characters:
            return


if __name__ == "__main__":
    run_stage(main)
