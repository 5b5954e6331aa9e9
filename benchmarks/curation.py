"""How long curation and the split take for 10,000, 100,000 and 1,000,000 examples, and in how much memory.

The stages run unchanged, one after the other, in a temporary folder. Half of the examples are synthetic and curated by
`curate`. Half are general and curated by `split`, which then divides all examples that were kept.

The examples are those that the rule-based teacher writes about the bundled pages, and the bundled tasks. Each copy has
other names, numbers and long words (the same in a page and its examples), so that all are distinct, but as long and as
similar as real ones. One in twenty repeats the one before it in other words. CPU is the time of all processes. MB is
the peak of their total resident memory, in which shared memory counts once for each process. The last column is a hash
of all outputs: engines must have the same.

    python -m benchmarks.curation
    python -m benchmarks.curation 1000000 --engine daft --folder /tmp/million
    python -m benchmarks.curation 1000000 --engine ray --folder /tmp/million

`--engine ray` starts two nodes on this machine. `--folder` keeps the examples and the outputs, in a folder for each
size; a run that finds the examples there doesn't make them again. On an engine, each step is named when it begins. A
run that was killed goes on after its last whole step, with the same command.
"""

import argparse
import hashlib
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count, islice
from pathlib import Path
from typing import Any

import psutil
from ruamel.yaml import YAML

from stages.common.files import read_json, read_jsonl, sha256_of_file, write_jsonl
from stages.common.instruction_sets import read_instructions
from stages.common.records import Example, Page, make_example
from stages.curation.exact_duplicate import question_key
from stages.engine.apart import NO_TELEMETRY, SETTINGS
from stages.teachers.rules.teacher import teach

ROOT = Path(__file__).parent.parent
BUNDLED = ROOT / "data/bundled"
SIZES = (10_000, 100_000, 1_000_000)
EVERY = 20  # one in 20 examples repeats the one before it
EXAMPLES_PER_PAGE = 8  # examples
SYLLABLES = "ba do fe gi ka lo mu na pe ri so ta ve wi zo".split()
VARIED = re.compile(r"\d+|(?<=[a-z,;] )[A-Z][a-z]+|(?<=')[a-z]{3,}(?=')|\b[a-z]{6,}\b")
WORD = re.compile(r"\w+")
TEXTS = ("instruction", "input", "output")
POLL_SECONDS = 0.2
OBJECT_STORE = 10**9  # bytes of each node's memory for what its processes share; Ray's own choice is a third of all
OUTPUTS = ("data/curated.jsonl", "data/rejected.jsonl", "data/splits", "reports/metrics")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--engine", choices=["local", "daft", "ray"], default="local")
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    with cluster(arguments.engine) as address:
        print(" examples rejected    curate     split      both  examples/s       CPU      MB  outputs", flush=True)
        for size in arguments.sizes:
            with tempfile.TemporaryDirectory() as name:
                folder = arguments.folder / str(size) if arguments.folder else Path(name)
                if not (folder / "general.jsonl").exists():
                    write_project(folder, size)
                set_engine(folder, arguments.engine, address)
                measure_size(folder, size)


def measure_size(folder: Path, size: int) -> None:
    """Runs both stages, and prints a line of the table."""
    curate, split = time_stage(folder, "curate"), time_stage(folder, "split")
    rejected = read_json(folder / "reports/metrics/curate.json")["rejected"]
    rejected += read_json(folder / "reports/metrics/split.json")["general_rejected"]
    seconds, cpu, memory = curate[0] + split[0], curate[1] + split[1], max(curate[2], split[2])
    print(f"{size:9,}{rejected:9,}{curate[0]:9.1f}s{split[0]:9.1f}s{seconds:9.1f}s", end="")
    print(f"{size / seconds:12,.0f}{cpu:9.1f}s{memory:8,.0f}  {hash_outputs(folder)}", flush=True)


@contextmanager
def cluster(engine: str) -> Iterator[str]:
    """The address of a Ray cluster of two nodes on this machine, for engine `ray`."""
    if engine != "ray":
        yield "auto"
        return
    os.environ.update(NO_TELEMETRY | SETTINGS)
    from ray.cluster_utils import Cluster

    node = {"num_cpus": max(1, (os.cpu_count() or 2) // 2), "object_store_memory": OBJECT_STORE}
    nodes: Any = Cluster(initialize_head=True, head_node_args=node | {"include_dashboard": False})
    try:
        nodes.add_node(**node)
        yield nodes.address
    finally:
        nodes.shutdown()


def time_stage(folder: Path, stage: str) -> tuple[float, float, float]:
    """Wall-clock seconds, CPU seconds and peak memory in MB of a stage, and of a cluster during it."""
    used: dict[tuple[int, float], float] = {}  # CPU seconds of each process, when it was last seen
    before = sum(read_processes(used))
    used_before = sum(used.values())
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", f"stages.{stage}"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "WIKITUNE_CACHE": str(folder / "cache")},
    )
    memory = before
    while process.poll() is None:
        memory = max(memory, sum(read_processes(used)))
        time.sleep(POLL_SECONDS)
    if process.returncode:
        sys.exit(f"stages.{stage} ended with status {process.returncode}")
    return time.perf_counter() - start, sum(used.values()) - used_before, memory / 2**20


def read_processes(used: dict[tuple[int, float], float]) -> Iterator[int]:
    """The resident bytes of each process that this one has started, directly or not; notes their CPU seconds."""
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess), process.oneshot():  # it may have ended
            times = process.cpu_times()
            used[process.pid, process.create_time()] = times.user + times.system
            yield process.memory_info().rss


def hash_outputs(folder: Path) -> str:
    """The first digits of a hash of all that the stages wrote."""
    digest = hashlib.sha256()
    for name in OUTPUTS:
        for path in sorted([folder / name, *(folder / name).rglob("*")]):
            if path.is_file():
                digest.update(f"{path.relative_to(folder)} {sha256_of_file(path)}\n".encode())
    return digest.hexdigest()[:12]


def set_engine(folder: Path, engine: str, address: str) -> None:
    yaml = YAML()
    params = yaml.load(folder / "params.yaml")
    for section in ("curate", "split"):
        params[section] |= {"engine": engine, "ray": {"address": address}}
    yaml.dump(params, folder / "params.yaml")


def write_project(folder: Path, size: int) -> None:
    """Fills a folder in which both stages can run, with `size` examples and limits that take all of them."""
    yaml = YAML()
    params = yaml.load(ROOT / "params.yaml")
    split = params["split"]
    split["general"] |= {"path": "general.jsonl", "at_most": "all"}
    split["synthetic"]["at_most"] = split["full"] = "all"
    params["base"]["source"] = "scratch"  # the bundled model is not in the folder
    folder.mkdir(parents=True, exist_ok=True)
    yaml.dump(params, folder / "params.yaml")
    pages, synthetic = varied_pages(size // 2)
    write_jsonl(folder / "data/pages.jsonl", pages)
    write_jsonl(folder / "data/synthetic.jsonl", synthetic)
    write_jsonl(folder / "general.jsonl", islice(with_repeats(varied_tasks()), size - size // 2))


def varied_pages(examples: int) -> tuple[list[Page], list[Example]]:
    """Copies of the bundled pages, and `examples` examples about them."""
    bundled = read_jsonl(BUNDLED / "pages.jsonl", Page)
    taught = [teach(page, EXAMPLES_PER_PAGE, 1).examples for page in bundled]
    pages: list[Page] = []
    made: list[Example] = []
    for copy in count():
        for page, its_examples in zip(bundled, taught, strict=True):
            if len(made) >= examples:
                return pages, list(islice(with_repeats(iter(made)), examples))
            names = new_names("\n".join(section.text for section in page.sections), f"{page.title} {copy}")
            title = f"{page.title} {copy}"
            sections = [
                section.model_copy(update={"text": rename_words(section.text, names)}) for section in page.sections
            ]
            pages.append(page.model_copy(update={"title": title, "sections": sections}))
            made += [vary(example, names, title) for example in its_examples]
    raise AssertionError("there are pages")


def varied_tasks() -> Iterator[Example]:
    """An endless series of copies of the bundled tasks. A question without a word to vary comes once."""
    bundled, _ = read_instructions(BUNDLED / "instructions.jsonl", "error")
    asked = set()
    for copy in count():
        for example in bundled:
            texts = "\n".join(getattr(example, key) for key in TEXTS)
            task = vary(example, new_names(texts, f"{example.id} {copy}"), None)
            if question_key(task) not in asked:
                asked.add(question_key(task))
                yield task


def with_repeats(examples: Iterator[Example]) -> Iterator[Example]:
    """The examples, with one in `EVERY` repeated in other words."""
    for number, example in enumerate(examples, start=1):
        yield example
        if number % (EVERY - 1) == 0:
            yield reword(example)


def new_names(text: str, seed: str) -> dict[str, str]:
    """A new word or number for each that can be varied. The same seed gives the same words."""
    rng = random.Random(seed)
    words = sorted({word.lower() for word in VARIED.findall(text)})
    return {
        word: str(rng.randrange(1, 2000)) if word.isdigit() else "".join(rng.choices(SYLLABLES, k=4)) for word in words
    }


def rename_words(text: str, names: dict[str, str]) -> str:
    def replacement(match: re.Match[str]) -> str:
        word = match[0]
        name = names.get(word.lower(), word)
        return name.capitalize() if word[0].isupper() else name

    return WORD.sub(replacement, text)


def vary(example: Example, names: dict[str, str], title: str | None) -> Example:
    texts = {key: rename_words(getattr(example, key), names) for key in TEXTS}
    return remake_example(example, texts, title)


def reword(example: Example) -> Example:
    texts = {key: getattr(example, key) for key in TEXTS}
    return remake_example(
        example, texts | {"instruction": f"Please answer: {texts['instruction']}"}, example.source.title
    )


def remake_example(example: Example, texts: dict[str, str], title: str | None) -> Example:
    source = example.source.model_copy(update={"title": title})
    return make_example(**texts, kind=example.kind, source=source, teacher=example.teacher)


if __name__ == "__main__":
    main()
