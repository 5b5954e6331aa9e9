"""How long curation and clusters take for 1,000, 10,000 and 100,000 examples.

    python -m benchmarks.curation

The examples are the bundled tasks and what the rule-based teacher makes of the bundled pages, with other names and
numbers in each copy, so that they are as long and as alike as real ones and yet distinct; one in twenty repeats the one
before it in other words. Each size runs in a process of its own; MB is the peak of its memory, without its children.
"""

import random
import re
import resource
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

from ruamel.yaml import YAML

from stages.curation.clusters import clusters
from stages.curation.exact_duplicate import question_key
from stages.curation.rules import curate
from stages.curation.thresholds import Thresholds
from stages.instructions import read_instructions
from stages.records import Example, Source, make_example
from stages.sources.bundled import read_pages
from stages.teachers.rules.teacher import teach

SIZES = (1_000, 10_000, 100_000)
EVERY = 20  # one example in so many repeats the one before it
RUN_WORDS = 8
BUNDLED = Path("data/bundled")
SYLLABLES = "ba do fe gi ka lo mu na pe ri so ta ve wi zo".split()


def main() -> None:
    if len(sys.argv) > 1:
        measure(int(sys.argv[1]))
        return
    print("examples  planted   found  curate s  examples/s  clusters s  examples/s     MB")
    for size in SIZES:
        subprocess.run([sys.executable, "-m", "benchmarks.curation", str(size)], check=True)


def measure(size: int) -> None:
    examples = made(size)
    limits = Thresholds.model_validate(YAML(typ="safe").load(Path("params.yaml"))["curate"])
    start = time.perf_counter()
    curation = curate(examples, limits, {})
    curated = time.perf_counter()
    clusters(curation.kept, limits.min_similarity, RUN_WORDS)
    done = time.perf_counter()
    found = sum(one.reason.endswith("_duplicate") for one in curation.rejected)
    rates = [f"{seconds:10.2f}{size / seconds:12,.0f}" for seconds in (curated - start, done - curated)]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{size:8,}{size // EVERY:9,}{found:8,}{rates[0]}{rates[1]}{memory:7,.0f}")


def made(size: int) -> list[Example]:
    """`size` examples, one in `EVERY` of which repeats the one before it."""
    models = real()
    rng = random.Random(1)
    examples: list[Example] = []
    asked = set()
    for number in count():
        example = varied(models[number % len(models)], rng, copy=number // len(models))
        if question_key(example) in asked:  # nothing in it could be varied
            continue
        asked.add(question_key(example))
        examples.append(example)
        if len(examples) % EVERY == EVERY - 1:
            examples.append(reworded(example))
        if len(examples) >= size:
            break
    return examples


def real() -> list[Example]:
    general, _ = read_instructions(BUNDLED / "instructions.jsonl", "error")
    taught = [one for page in read_pages(BUNDLED / "pages.jsonl") for one in teach(page, 8, 1).examples]
    return general + taught


def varied(example: Example, rng: random.Random, copy: int) -> Example:
    """The same with other names and numbers, the same ones wherever they stand; quoted words become others, too."""
    new: dict[str, str] = {}

    def other(match: re.Match[str]) -> str:
        word = match[0]
        if word not in new:
            new[word] = str(rng.randrange(1, 2000)) if word.isdigit() else "".join(rng.choices(SYLLABLES, k=4))
        return new[word].capitalize() if word[0].isupper() else new[word]

    pattern = re.compile(r"\d+|(?<=[a-z,;] )[A-Z][a-z]+|(?<=')[a-z]{3,}(?=')|\b[a-z]{6,}\b")
    texts = (
        {key: pattern.sub(other, getattr(example, key)) for key in ("instruction", "input", "output")} if copy else {}
    )
    title = f"{example.source.title} {copy}" if example.source.title else None
    return remade(example, texts, Source(kind=example.source.kind, title=title))


def reworded(example: Example) -> Example:
    return remade(example, {"instruction": f"Please answer: {example.instruction}"}, example.source)


def remade(example: Example, texts: dict[str, str], source: Source) -> Example:
    old = {key: getattr(example, key) for key in ("instruction", "input", "output")}
    return make_example(**old | texts, kind=example.kind, source=source, teacher=example.teacher)


if __name__ == "__main__":
    main()
