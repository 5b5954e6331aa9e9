"""Whether this machine has enough time, memory and disk: a rough answer from the model's size and measured rates.

The memory is that of docs/benchmarks.md: GPT-2 124M on two cores with AVX512-BF16. It is taken to be proportional to
the number of parameters, as are the rates (stages/reporting/run_time.py). No GPU was measured.
"""

import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

from stages.common.files import cache_folder
from stages.reporting.run_time import EXAMPLE_TOKENS, decoding_seconds, training_seconds
from tools.check_experiment import Finding, Workload

TRAINING_BYTES = 26  # per parameter: 3,206 MB at the peak, with batches of 8
LIBRARIES_BYTES = 0.7e9  # in memory, beside the model
CHARACTERS_PER_TOKEN = 4
TRAIN_SHARE, TEST_SHARE = 0.8, 0.1  # of the rows of a split
CHECKPOINT_BYTES, SNAPSHOT_BYTES = 4, 16  # per parameter: weights; weights, kept weights and AdamW's two moments
CHECKPOINTS, SNAPSHOTS = 3, 2
GB = 1e9


def check_device(sections: dict[str, Any]) -> tuple[Finding, str, str]:
    """The finding about the device, the device ("cpu" or "cuda"), and the precision ("bfloat16" or "float32")."""
    import torch

    from model.training.optimization import best_precision

    train = sections["train"]
    has_gpu = torch.cuda.is_available()
    if train["device"] == "cuda" and not has_gpu:
        text = "torch sees no GPU; set train.device to cpu or auto"
        return Finding("FAILS", "device", text), "cpu", "float32"
    device = "cuda" if has_gpu and train["device"] != "cpu" else "cpu"
    best = str(best_precision(torch.device(device))).removeprefix("torch.")
    precision = best if train["precision"] == "auto" else train["precision"]
    return Finding("ok", "device", f"{device}, training in {precision}"), device, precision


def check_memory(sections: dict[str, Any], workload: Workload, device: str) -> Finding:
    """Whether training, which needs most, fits into the memory that is free."""
    import psutil

    per_node = re.search(r"nproc[-_]per[-_]node[= ](\d+)", sections["train"]["launcher"])
    processes = int(per_node[1]) if per_node else 1
    needed = (workload.parameters * TRAINING_BYTES + LIBRARIES_BYTES) * processes
    if device == "cuda":
        import torch

        free, place = float(torch.cuda.mem_get_info()[0]), " on the GPU"
    else:
        free, place = float(psutil.virtual_memory().available), ""
    text = f"about {needed / GB:.1f} GB to train {workload.parameters:,} parameters; {free / GB:.1f} GB are free{place}"
    if needed <= free:
        return Finding("ok", "memory", text)
    return Finding("FAILS", "memory", f"{text};\nset base.model to a smaller one, or close other programs")


def check_disk(sections: dict[str, Any], workload: Workload) -> list[Finding]:
    """A finding for the file system of the workspace and, if it is another, for that of the cache directory. The
    workspace needs room for each checkpoint twice, because DVC may copy what it caches."""
    weights = workload.parameters * CHECKPOINT_BYTES
    cache = cache_folder("")
    needs = {Path.cwd(): 2 * CHECKPOINTS * weights, cache: SNAPSHOTS * SNAPSHOT_BYTES * workload.parameters}
    if sections["base"]["source"] == "huggingface":
        needs[cache] += weights  # the download; HF_HOME may move it
    needed_by_disk: Counter[int] = Counter()
    folders: dict[int, Path] = {}
    for folder, needed in needs.items():
        disk = _nearest_existing(folder).stat().st_dev
        needed_by_disk[disk] += needed
        folders.setdefault(disk, folder)
    findings = []
    for disk, needed in needed_by_disk.items():
        free = shutil.disk_usage(_nearest_existing(folders[disk])).free
        text = f"about {needed / GB:.1f} GB under {folders[disk]}; {free / GB:.1f} GB are free"
        advice = ";\nfree some space (`dvc gc -w`), or move the cache by WIKITUNE_CACHE"
        findings.append(Finding("ok", "disk", text) if needed <= free else Finding("FAILS", "disk", text + advice))
    return findings


def _nearest_existing(folder: Path) -> Path:
    """The folder itself, or the nearest parent that exists."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def estimate_time(sections: dict[str, Any], workload: Workload, device: str, precision: str) -> Finding:
    """How long the stages that train or decode take."""
    if device == "cuda":
        return Finding("about", "time", "no rate was measured on a GPU; a CPU's would say nothing about yours")
    taken = {stage: value for stage, value in stage_seconds(sections, workload, precision).items() if value}
    each = ", ".join(f"{stage} {duration(value)}" for stage, value in taken.items())
    total = duration(sum(taken.values()))
    text = f"{total}: {each};\nat the rates of docs/benchmarks.md (2 cores), and without servers"
    return Finding("about", "time", text)


def stage_seconds(sections: dict[str, Any], workload: Workload, precision: str) -> dict[str, float]:
    """The seconds of each stage that trains or decodes. The others take seconds, or wait for a server."""
    base, train, infer = sections["base"], sections["train"], sections["infer"]
    scratch = workload.characters / CHARACTERS_PER_TOKEN * base["epochs"] if base["source"] == "scratch" else 0
    tokens = {
        "train-full": workload.full * TRAIN_SHARE * train["epochs"] * EXAMPLE_TOKENS,
        "train-small": workload.small * TRAIN_SHARE * train["epochs"] * EXAMPLE_TOKENS,
    }
    answers = CHECKPOINTS * workload.full * TEST_SHARE * infer["max_new_tokens"]
    return (
        {"base": training_seconds(scratch, workload.parameters, "float32")}
        | {stage: training_seconds(count, workload.parameters, precision) for stage, count in tokens.items()}
        | {"infer": decoding_seconds(answers, workload.parameters, infer["precision"])}
    )


def duration(seconds: float) -> str:
    """Seconds, minutes or hours, in words."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
