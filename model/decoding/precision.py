"""The precision of decoding: what this machine can do, and which precision is the fastest that keeps the answers."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import torch

from model.core.gpt2 import GPT2
from model.decoding.generation import Generation, generate
from model.decoding.int8 import int8_problem
from model.decoding.prepared import prepare_for_decoding, prepare_in_int8
from model.decoding.sampling import Sampling

Precision = Literal["float32", "bfloat16", "int8", "int8_weights"]

# A precision keeps the answers if at most this share of them differs from float32's in any token. With a small tuned
# model, one answer in ten differs in bfloat16, which nobody calls another model: where two tokens are about equally
# likely, the last digits decide.
MAY_DIFFER = 0.1


@dataclass(frozen=True)
class Trial:
    """How fast a precision answered some prompts, and how many of its answers differ from those of float32."""

    precision: Precision
    rate: float  # tokens per second
    differing: int
    answers: list[Generation]


def in_precision(model: GPT2, precision: Precision) -> GPT2:
    """`model` (float32), ready to decode in `precision`. It may be the same object, converted in place. Raises
    ValueError if this machine cannot compute in int8."""
    if precision in ("int8", "int8_weights"):
        return prepare_in_int8(model, fine=precision == "int8_weights")
    if precision == "bfloat16":
        model.to_precision(torch.bfloat16)
    return prepare_for_decoding(model)


def emulates_bfloat16(device: torch.device) -> bool:
    """Whether `device` is a CPU without instructions for bfloat16 (AVX512-BF16 or AMX), on which bfloat16 is slower
    than float32. Older versions of torch do not say what a CPU can do; there it is taken to have none."""
    if device.type != "cpu":
        return False
    if not hasattr(torch.cpu, "get_capabilities"):
        return True
    capabilities = torch.cpu.get_capabilities()
    return not (capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))


def available_precisions(device: torch.device) -> list[Precision]:
    """The precisions that `device` has, float32 first."""
    has: dict[Precision, bool] = {
        "float32": True,
        "bfloat16": not emulates_bfloat16(device),
        "int8": not int8_problem(device),
        "int8_weights": not int8_problem(device),
    }
    return [precision for precision, there in has.items() if there]


def try_precision(
    model: GPT2,
    precision: Precision,
    prompts: Sequence[Sequence[int]],
    max_new_tokens: int,
    stop: int,
    sampling: Sampling,
    reference: Trial | None,
) -> Trial:
    """Decodes `prompts` with `model`, which is ready for `precision`. `reference` is the trial in float32."""
    generate(model, prompts, min(2, max_new_tokens), stop, sampling)  # the first products also prepare kernels
    started = time.perf_counter()
    answers = generate(model, prompts, max_new_tokens, stop, sampling)
    seconds = time.perf_counter() - started
    expected = reference.answers if reference else answers
    differing = sum(one != other for one, other in zip(answers, expected, strict=True))
    tokens = sum(len(answer.tokens) + (answer.finish == "stop") for answer in answers)
    return Trial(precision, tokens / seconds, differing, answers)


def fastest_that_keeps(trials: Sequence[Trial]) -> Trial:
    """The fastest of the trials of which at most `MAY_DIFFER` of the answers differ. That of float32 is among them."""
    return max((trial for trial in trials if trial.differing <= MAY_DIFFER * len(trial.answers)), key=lambda t: t.rate)
