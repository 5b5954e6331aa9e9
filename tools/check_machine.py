"""Whether time, memory and disk of this machine are enough; roughly, from measured rates and the model's size.

The rates and the memory are those of docs/benchmarks.md: GPT-2 124M on two cores with AVX512-BF16. Both are taken to be
proportional to the number of parameters. No GPU was measured.
"""

import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

from stages.common.files import cache_folder
from tools.check_experiment import Sizes
from tools.check_findings import Finding

MEASURED = 124_439_808  # parameters
TRAINED = {"bfloat16": 425.0, "float32": 113.0}  # tokens a second; the latter by transformers
DECODED = {"bfloat16": 575.0, "float32": 173.0}  # tokens a second, 32 rows at a time
TRAINING_BYTES = 26  # a parameter: 3,206 MB at the peak, with batches of 8
LIBRARIES_BYTES = 0.7e9  # in memory, beside the model
CHARACTERS_A_TOKEN = 4
EXAMPLE_TOKENS = 100  # about, with the prompt around it
TRAIN_SHARE, TEST_SHARE = 0.8, 0.1  # of the rows of a split
CHECKPOINT_BYTES, SNAPSHOT_BYTES = 4, 16  # a parameter: weights; weights, kept weights and AdamW's two moments
CHECKPOINTS, SNAPSHOTS = 3, 2
GB = 1e9


def device(sections: dict[str, Any]) -> tuple[Finding, str, str]:
    """What trains, and the precision there: "cpu" or "cuda", and "bfloat16" or "float32"."""
    import torch

    from model.training.optimization import best_precision

    train = sections["train"]
    there = torch.cuda.is_available()
    if train["device"] == "cuda" and not there:
        text = "torch sees no GPU; set train.device to cpu or auto"
        return Finding("FAILS", "device", text), "cpu", "float32"
    name = "cuda" if there and train["device"] != "cpu" else "cpu"
    best = str(best_precision(torch.device(name))).removeprefix("torch.")
    precision = best if train["precision"] == "auto" else train["precision"]
    return Finding("ok", "device", f"{name}, training in {precision}"), name, precision


def seconds(sections: dict[str, Any], sizes: Sizes, precision: str) -> dict[str, float]:
    """By stage, for those that train or decode; the others take seconds, or wait for a server."""
    slower = sizes.parameters / MEASURED
    base, train, infer = sections["base"], sections["train"], sections["infer"]
    scratch = sizes.characters / CHARACTERS_A_TOKEN * base["epochs"] if base["source"] == "scratch" else 0
    tokens = {
        "train-full": sizes.full * TRAIN_SHARE * train["epochs"] * EXAMPLE_TOKENS,
        "train-small": sizes.small * TRAIN_SHARE * train["epochs"] * EXAMPLE_TOKENS,
    }
    answers = CHECKPOINTS * sizes.full * TEST_SHARE * infer["max_new_tokens"]
    return (
        {"base": scratch * slower / TRAINED["float32"]}
        | {stage: count * slower / TRAINED[precision] for stage, count in tokens.items()}
        | {"infer": answers * slower / DECODED[infer["precision"]]}
    )


def time_taken(sections: dict[str, Any], sizes: Sizes, name: str, precision: str) -> Finding:
    if name == "cuda":
        return Finding("about", "time", "no rate was measured on a GPU; a CPU's would say nothing about yours")
    taken = {stage: value for stage, value in seconds(sections, sizes, precision).items() if value}
    each = ", ".join(f"{stage} {_duration(value)}" for stage, value in taken.items())
    text = (
        f"{_duration(sum(taken.values()))}: {each};\nat the rates of docs/benchmarks.md (2 cores), and without servers"
    )
    return Finding("about", "time", text)


def memory(sections: dict[str, Any], sizes: Sizes, name: str) -> Finding:
    """Of the training, which needs most."""
    import psutil

    found = re.search(r"nproc[-_]per[-_]node[= ](\d+)", sections["train"]["launcher"])
    processes = int(found[1]) if found else 1
    needed = (sizes.parameters * TRAINING_BYTES + LIBRARIES_BYTES) * processes
    if name == "cuda":
        import torch

        free, where = float(torch.cuda.mem_get_info()[0]), " on the GPU"
    else:
        free, where = float(psutil.virtual_memory().available), ""
    text = f"about {needed / GB:.1f} GB to train {sizes.parameters:,} parameters; {free / GB:.1f} GB are free{where}"
    if needed <= free:
        return Finding("ok", "memory", text)
    return Finding("FAILS", "memory", f"{text};\nset base.model to a smaller one, or close other programs")


def disk(sections: dict[str, Any], sizes: Sizes) -> list[Finding]:
    """Of the file systems with the workspace and the cache directory; twice where DVC copies what it caches."""
    weights = sizes.parameters * CHECKPOINT_BYTES
    needs = {Path.cwd(): 2 * CHECKPOINTS * weights, cache_folder(""): SNAPSHOTS * SNAPSHOT_BYTES * sizes.parameters}
    if sections["base"]["source"] == "huggingface":
        needs[cache_folder("")] += weights  # the download; HF_HOME may move it
    together: Counter[int] = Counter()
    for folder, needed in needs.items():
        together[_existing(folder).stat().st_dev] += needed
    findings = []
    for device_number, needed in together.items():
        folder = next(one for one in needs if _existing(one).stat().st_dev == device_number)
        free = shutil.disk_usage(_existing(folder)).free
        text = f"about {needed / GB:.1f} GB under {folder}; {free / GB:.1f} GB are free"
        advice = ";\nfree some space (`dvc gc -w`), or move the cache by WIKITUNE_CACHE"
        findings.append(Finding("ok", "disk", text) if needed <= free else Finding("FAILS", "disk", text + advice))
    return findings


def _existing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next(one for one in (folder, *folder.absolute().parents) if one.exists())


def _duration(value: float) -> str:
    if value < 90:
        return f"{value:.0f} s"
    return f"{value / 60:.0f} min" if value < 5400 else f"{value / 3600:.1f} h"
