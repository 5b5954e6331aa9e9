"""Words that a test example shares with other texts although it leaks nothing.

Runs of words are found here without the code of the grouping and of the proof, so that their bugs show in the counts.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from stages.common.records import Example
from stages.engine.stable_keys import text_hash
from stages.english.normal_form import normal_form
from stages.splitting.proof import RUN_WORDS


def runs_of(*texts: str) -> Iterator[str]:
    """Each run of `RUN_WORDS` words in one of the texts, without case and punctuation."""
    for text in texts:
        words = re.findall(r"\w+", normal_form(text))
        yield from map(" ".join, zip(*(words[start:] for start in range(RUN_WORDS)), strict=False))


def example_runs(example: Example) -> Iterator[str]:
    return runs_of(example.instruction, example.input, example.output)


def hash_runs_of(*texts: str) -> set[int]:
    """The runs as hashes of 63 bits, where their texts would not fit into memory."""
    return {text_hash(run) for run in runs_of(*texts)}


def runs_also_in(texts: Iterable[str], runs: set[str]) -> set[str]:
    """Those of the runs that are in one of the texts."""
    found = set()
    for text in texts:
        found.update(runs.intersection(runs_of(text)))
    return found


def count_shared_wording(split: Mapping[str, Sequence[Example]]) -> int:
    """How many test examples share a run of words of their instruction with an instruction of train or val.

    The proof doesn't count such a run unless it is content (in an input or an output) of one of them: it is how a kind
    of task is worded, which a model is meant to learn.
    """
    runs = {run for example in split["test"] for run in runs_of(example.instruction)}
    shared = runs_also_in((example.instruction for side in ("train", "val") for example in split[side]), runs)
    return sum(not shared.isdisjoint(runs_of(example.instruction)) for example in split["test"])
