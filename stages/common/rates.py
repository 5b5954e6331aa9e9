"""How long the stages that train or decode take on two CPU cores.

The rates are those of docs/benchmarks.md: GPT-2 124M on two cores with AVX512-BF16. They are taken to be proportional
to the number of parameters. No GPU was measured.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MEASURED = 124_439_808  # parameters of the model whose rates these are
TRAINED = {"bfloat16": 425.0, "float32": 113.0}  # tokens per second; the latter by transformers
# tokens per second, 32 rows at a time; auto is never slower than float32
DECODED = {"bfloat16": 575.0, "float32": 173.0, "int8": 561.0, "int8_weights": 408.0, "auto": 173.0}
EXAMPLE_TOKENS = 100  # about, with the prompt around it
CHARACTERS_PER_TOKEN = 4
TRAIN_SHARE, TEST_SHARE = 0.8, 0.1  # of the rows of a split
CHECKPOINTS = 3


@dataclass(frozen=True)
class RunSize:
    """How much work a run is."""

    full: float  # rows of train, val and test together, here and below
    small: float
    parameters: float  # of the model
    characters: float  # of the pages


def training_seconds(tokens: float, parameters: float, precision: str) -> float:
    return tokens * parameters / MEASURED / TRAINED[precision]


def decoding_seconds(tokens: float, parameters: float, precision: str) -> float:
    return tokens * parameters / MEASURED / DECODED[precision]


def stage_seconds(sections: Mapping[str, Any], size: RunSize, precision: str) -> dict[str, float]:
    """The seconds of each stage that trains (in `precision`, float32 or bfloat16) or decodes, in the order in which
    they run. The others take seconds, or wait for a server."""
    base, train, infer = sections["base"], sections["train"], sections["infer"]
    scratch = size.characters / CHARACTERS_PER_TOKEN * base["epochs"] if base["source"] == "scratch" else 0
    tokens = {
        "train-full": size.full * TRAIN_SHARE * train["epochs"] * EXAMPLE_TOKENS,
        "train-small": size.small * TRAIN_SHARE * train["epochs"] * EXAMPLE_TOKENS,
    }
    answers = CHECKPOINTS * size.full * TEST_SHARE * infer["max_new_tokens"]
    return (
        {"base": training_seconds(scratch, size.parameters, "float32")}
        | {stage: training_seconds(count, size.parameters, precision) for stage, count in tokens.items()}
        | {"infer": decoding_seconds(answers, size.parameters, infer["precision"])}
    )


def duration(seconds: float) -> str:
    """Seconds, minutes or hours, in words."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
