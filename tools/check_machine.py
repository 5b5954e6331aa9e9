"""Whether this machine has enough time, memory and disk: a rough answer from the model's size and measured rates.

The memory is that of docs/benchmarks.md: GPT-2 124M on two cores with AVX512-BF16. It is taken to be proportional to
the number of parameters, as are the rates (stages/common/rates.py). No GPU was measured.
"""

import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

from stages.common.device import choose_device
from stages.common.errors import StageError
from stages.common.files import cache_folder
from stages.common.rates import CHECKPOINTS, EXAMPLE_TOKENS, RunSize, duration, stage_seconds
from tools.check_experiment import Finding, Workload, model_config

TRAINING_BYTES = 26  # per parameter: 3,206 MB at the peak, with batches of 8
LIBRARIES_BYTES = 0.7e9  # in memory, beside the model
CHECKPOINT_BYTES, SNAPSHOT_BYTES = 4, 16  # per parameter: weights; weights, kept weights and AdamW's two moments
SNAPSHOTS = 2
GB = 1e9


def check_device(sections: dict[str, Any]) -> tuple[Finding, dict[str, str], str]:
    """The finding about devices, the device of each stage that needs one ("cpu" or "cuda"), and the precision of
    training ("bfloat16" or "float32")."""
    import torch

    from model.training.optimization import best_precision

    stages = ["train", "infer", *(["base"] if sections["base"]["source"] == "scratch" else [])]
    try:
        devices = {stage: choose_device(sections[stage]["device"], f"{stage}.device").type for stage in stages}
    except StageError as error:
        return Finding("FAILS", "device", str(error)), dict.fromkeys(stages, "cpu"), "float32"
    best = str(best_precision(torch.device(devices["train"]))).removeprefix("torch.")
    precision = best if sections["train"]["precision"] == "auto" else sections["train"]["precision"]
    text = f"training on {devices['train']} in {precision}, answers on {devices['infer']}"
    return Finding("ok", "device", text), devices, precision


def check_memory(sections: dict[str, Any], workload: Workload, device: str) -> Finding:
    """Whether training, which mostly needs more than any other stage, fits into the memory that is free."""
    per_node = re.search(r"nproc[-_]per[-_]node[= ](\d+)", sections["train"]["launcher"])
    processes = int(per_node[1]) if per_node else 1
    needed = (workload.parameters * TRAINING_BYTES + LIBRARIES_BYTES) * processes
    advice = "set base.model to a smaller one, or close other programs"
    return _compare_memory("memory", needed, f"to train {workload.parameters:,} parameters", device, advice)


def check_answering_memory(sections: dict[str, Any], workload: Workload, device: str) -> Finding:
    """Whether the weights and one batch of `infer` fit into the memory that is free."""
    from model.decoding.static_decoding import CPU_ROWS, row_bytes

    infer = sections["infer"]
    fewest = 1 if device == "cuda" else CPU_ROWS  # on a GPU, auto takes what fits
    rows = fewest if infer["batch_size"] == "auto" else infer["batch_size"]
    number_bytes = 2 if infer["precision"] == "bfloat16" else 4
    each = row_bytes(model_config(sections["base"]), EXAMPLE_TOKENS, infer["max_new_tokens"], number_bytes)
    needed = workload.parameters * CHECKPOINT_BYTES + rows * each + LIBRARIES_BYTES
    advice = "set infer.batch_size to fewer prompts, or base.model to a smaller one"
    return _compare_memory("answers", needed, f"to decode {rows} prompts together", device, advice)


def _compare_memory(what: str, needed: float, purpose: str, device: str, advice: str) -> Finding:
    """The finding about `needed` bytes on a device."""
    import psutil
    import torch

    if device == "cuda":
        free, place = float(torch.cuda.mem_get_info()[0]), " on the GPU"
    else:
        free, place = float(psutil.virtual_memory().available), ""
    text = f"about {needed / GB:.1f} GB {purpose}; {free / GB:.1f} GB are free{place}"
    return Finding("ok", what, text) if needed <= free else Finding("FAILS", what, f"{text};\n{advice}")


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


def estimate_time(sections: dict[str, Any], workload: Workload, devices: dict[str, str], precision: str) -> Finding:
    """How long the stages that train or decode take."""
    if "cuda" in devices.values():
        return Finding("about", "time", "no rate was measured on a GPU; a CPU's would say nothing about yours")
    size = RunSize(workload.full, workload.small, workload.parameters, workload.characters)
    taken = {stage: value for stage, value in stage_seconds(sections, size, precision).items() if value}
    each = ", ".join(f"{stage} {duration(value)}" for stage, value in taken.items())
    total = duration(sum(taken.values()))
    text = f"{total}: {each};\nat the rates of docs/benchmarks.md (2 cores), and without servers"
    return Finding("about", "time", text)
