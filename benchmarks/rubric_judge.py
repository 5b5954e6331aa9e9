"""How long the judge takes with the rubric, statistics and checks included, for 100, 1,000 and 10,000 pairs.

    python -m benchmarks.rubric_judge

The rows are the bundled tasks and what the rule-based teacher makes of the bundled pages, repeated with numbers to have
enough. Base repeats the question, small gives the answer of another row, and full gives that answer, the right one or
both. Each pair is judged in both orders. Seconds are CPU seconds on one core; MB is the peak memory.
"""

import os
import random
import resource
import shutil
import subprocess
import sys
import time
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.curation import BUNDLED, EXAMPLES_PER_PAGE, TEXTS, remake_example
from stages import judge
from stages.common.files import count_lines, read_jsonl, write_json, write_jsonl
from stages.common.instruction_sets import read_instructions
from stages.common.records import Answer, Answers, Example, Page, Role
from stages.teachers.rules.teacher import teach

PAIRS = (100, 1_000, 10_000)
ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


def main() -> None:
    if len(sys.argv) > 1:
        time_judge(int(sys.argv[1]))
        return
    print("   pairs  judgments  seconds     MB")
    for pairs in PAIRS:
        command = [sys.executable, "-m", "benchmarks.rubric_judge", str(pairs)]
        subprocess.run(command, env=os.environ | ONE_CORE, check=True)


def time_judge(pairs: int) -> None:
    examples = make_examples(-(-pairs // 3))
    rng = random.Random(0)
    rows = [make_answers(example, rng.choice(examples), rng) for example in examples]
    with TemporaryDirectory() as folder:
        shutil.copy("params.yaml", folder)
        os.chdir(folder)
        write_jsonl(judge.TEST, examples)
        write_jsonl(judge.ANSWERS, rows)
        write_json(judge.TEST_PAGES, {})
        Path("data/labels").mkdir()
        start = time.process_time()
        judge.main()
        seconds = time.process_time() - start
        judgments = count_lines(judge.JUDGMENTS)
        os.chdir("/")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{3 * len(rows):8,}{judgments:11,}{seconds:9.1f}{memory:7,.0f}")


def make_examples(size: int) -> list[Example]:
    """`size` examples, each with a different question."""
    general, _ = read_instructions(BUNDLED / "instructions.jsonl", "error")
    pages = read_jsonl(BUNDLED / "pages.jsonl", Page)
    real = general + [example for page in pages for example in teach(page, EXAMPLES_PER_PAGE, 1).examples]
    return [add_number(example, number) for number, example in enumerate(islice(cycle(real), size))]


def add_number(example: Example, number: int) -> Example:
    texts = {key: getattr(example, key) for key in TEXTS}
    return remake_example(example, texts | {"instruction": f"{example.instruction} ({number})"}, example.source.title)


def make_answers(example: Example, wrong: Example, rng: random.Random) -> Answers:
    """The three models' answers to an example; `wrong` is an example whose output answers another question."""
    texts: dict[Role, str] = {
        "base": f"{example.instruction} {example.input} " * 4,
        "small": wrong.output,
        "full": rng.choice([example.output, wrong.output, f"{example.output} {wrong.output}"]),
    }
    return Answers(
        id=example.id,
        instruction=example.instruction,
        input=example.input,
        output=example.output,
        answers={role: Answer(text=text, tokens=1, finish="stop") for role, text in texts.items()},
    )


if __name__ == "__main__":
    main()
