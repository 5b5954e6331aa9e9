import json
import subprocess
import sys
from pathlib import Path

import pytest

from stages import synth
from stages.common.errors import StageError
from stages.common.files import write_jsonl
from stages.sources.input_files import read_pages
from stages.teachers.rules.teacher import teach
from tests.stages.conftest import MakeExample
from tools.sample import format_example, print_sample, sample_examples


def test_a_sample_is_printed_and_stays_the_same(project: Path, root: Path) -> None:
    """Guards against a sample that changes with every run, so that what was read isn't what is drawn."""
    pages = read_pages(root / "data/bundled/pages.jsonl")
    write_jsonl(synth.SYNTHETIC, (example for page in pages[:9] for example in teach(page, 8, 1).examples))
    command = [sys.executable, "-m", "tools.cli", "sample", "5"]
    run = [subprocess.run(command, env={"PYTHONPATH": str(root)}, capture_output=True, text=True) for _ in range(2)]
    assert run[0].stdout == run[1].stdout
    assert sum(line[:1].isdigit() for line in run[0].stdout.splitlines()) == 5
    without = [line for line in synth.SYNTHETIC.read_text().splitlines() if json.loads(line)["kind"] != "topic"]
    synth.SYNTHETIC.write_text("\n".join(without) + "\n")
    again = subprocess.run(command, env={"PYTHONPATH": str(root)}, capture_output=True, text=True).stdout
    kept = [line for line in run[0].stdout.splitlines() if "output:" in line and line in again]
    assert len(kept) >= 3  # rows that are gone bring in others and leave the rest


def test_the_text_has_all_that_a_reader_needs(make: MakeExample) -> None:
    """Guards against an input that isn't shown: the answer would look wrong."""
    example = make("Name the color.", "Blue.", input="sky", kind="what")
    assert format_example(example) == "[what] (Colors) Name the color.\n   input: sky\n   output: Blue."
    assert "input" not in format_example(make())


def test_another_seed_draws_others(make: MakeExample) -> None:
    examples = [make(f"Name color {number}.") for number in range(30)]
    drawn = sample_examples(examples, 10, seed=1)
    assert len({example.id for example in drawn}) == 10
    assert drawn != sample_examples(examples, 10, seed=2)
    assert drawn == sample_examples(reversed(examples), 10, seed=1)


@pytest.mark.parametrize("size", [0, -1])
def test_a_sample_of_nothing_is_an_error(project: Path, size: int) -> None:
    with pytest.raises(StageError, match=f"^sample {size}: the number of examples must be at least 1"):
        print_sample(size)
