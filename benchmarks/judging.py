"""How long the rubric takes to score both answers of 10,000 rows.

    python -m benchmarks.judging

The rows are the bundled tasks and what the rule-based teacher makes of the bundled pages, in turns. One answer of a row
is the reference of another row; the other is the row's own reference, cut off, looped, or after the question. Every
row's texts carry a number of their own, so that nothing which was read for one row serves another.
"""

import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from stages.instructions import read_instructions
from stages.judges.rubric import justify, score
from stages.records import Example
from stages.sources.bundled import read_pages
from stages.teachers.rules.teacher import teach

ROWS = 10_000
BUNDLED = Path("data/bundled")
FORMS = (
    "{output}",
    "{output} {output} {output}",
    "{instruction} {output}",
    "{half}",
)


def main() -> None:
    rows = list(islice(made(), ROWS))
    words = sum(len(answer.split()) for row in rows for answer in row[3])
    start = time.process_time()
    for instruction, text, reference, answers in rows:
        for answer in answers:
            justify(score(instruction, text, reference, answer)[1])
    seconds = time.process_time() - start
    print("   rows  answers    words  CPU s  answers/s")
    print(f"{ROWS:7,}{2 * ROWS:9,}{words:9,}{seconds:7.2f}{2 * ROWS / seconds:11,.0f}")


def made() -> Iterator[tuple[str, str, str, tuple[str, str]]]:
    """Instruction, input, reference and two answers."""
    examples = real()
    for number, (example, form) in enumerate(zip(cycle(examples), cycle(FORMS), strict=False)):
        other = examples[(7 * number + 1) % len(examples)].output
        half = example.output[: len(example.output) // 2]
        own = form.format(output=example.output, instruction=example.instruction, half=half)
        reference = f"{example.output} No. {number}."
        yield f"{number}. {example.instruction}", example.input, reference, (f"{own} No. {number}.", other)


def real() -> list[Example]:
    general, _ = read_instructions(BUNDLED / "instructions.jsonl", "error")
    return general + [one for page in read_pages(BUNDLED / "pages.jsonl") for one in teach(page, 8, 1).examples]


if __name__ == "__main__":
    main()
