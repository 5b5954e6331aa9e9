"""`wikitune sample`: prints a fixed sample of the synthetic examples, for people to read."""

import hashlib
import heapq
from collections.abc import Iterable

from stages.common.errors import StageError
from stages.common.records import Example


def print_sample(size: int) -> None:
    """Prints `size` examples of data/synthetic.jsonl, chosen by the seed of `synth`."""
    from stages import synth
    from stages.common.files import iter_jsonl
    from stages.common.harmless import harmless
    from stages.common.params import load_params

    if size < 1:
        raise StageError(f"sample {size}: the number of examples must be at least 1")
    seed = load_params("synth", synth.Params).seed
    examples = sample_examples(iter_jsonl(synth.SYNTHETIC, Example), size, seed)
    for number, example in enumerate(examples, start=1):
        print(harmless(f"{number}. {format_example(example)}\n"))


def sample_examples(examples: Iterable[Example], size: int, seed: int) -> list[Example]:
    """The `size` examples with the smallest hashes of seed and id; all of them if there are fewer.

    Whether an example is in the sample hardly depends on the others, so a sample that people have read stays mostly
    the same when some examples change.
    """

    def hash_of(example: Example) -> str:
        return hashlib.sha256(f"{seed} {example.id}".encode()).hexdigest()

    return heapq.nsmallest(size, examples, key=hash_of)


def format_example(example: Example) -> str:
    """The example as two or three lines to read."""
    title = f" ({example.source.title})" if example.source.title else ""
    given = f"\n   input: {example.input}" if example.input else ""
    return f"[{example.kind}]{title} {example.instruction}{given}\n   output: {example.output}"
