"""The progress bar of a stage: the stage's place among all stages, and how long the rest of the run may take."""

import os
import shutil
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from tqdm import tqdm

from stages.common.errors import StageError
from stages.common.files import count_lines, read_json
from stages.common.params import read_sections
from stages.common.rates import TRAIN_SHARE, RunSize, duration, stage_seconds

STAGES = (  # in the order in which `dvc repro` runs them
    *("extract", "synth", "curate", "split", "base"),
    *("train-full", "train-small", "infer", "judge", "plot"),
)
PAGES = Path("data/pages.jsonl")
TRAINING_SIDE = Path("data/splits/full/train.jsonl")
BUNDLED = Path("data/bundled/base")
BASE_METRICS = Path("reports/metrics/base.json")
BFLOAT16_BYTES, FLOAT32_BYTES = 2, 4
PUBLISHED = {  # parameters of GPT-2's sizes
    "gpt2": 124_439_808,
    "gpt2-medium": 354_823_168,
    "gpt2-large": 774_030_080,
    "gpt2-xl": 1_557_611_200,
}
WIDE = 100  # columns; a narrower terminal lacks the room for the time that has passed
ENOUGH_SECONDS = 2.0  # of work, to know how fast it is


class StageBar(tqdm):  # type: ignore[type-arg] # at runtime it takes none
    """tqdm's bar, in terminals only. In a stage that DVC runs it begins with the stage's place, as 6/10, and after the
    time that its own work still takes, it has that until the end of the run, as "run 4 min".

    That time is for all later stages, whether or not DVC will run them, at the rates of `wikitune check`. A stage that
    trains or decodes corrects these by how much faster or slower its own work is.
    """

    def __init__(self, iterable: Iterable[Any] | None = None, **options: Any) -> None:
        """The options are tqdm's."""
        stage = os.environ.get("DVC_STAGE", "")
        self._stage = stage if stage in STAGES else None
        self._is_hidden = False  # tqdm's own `disable` is also set while a bar draws its last line
        super().__init__(iterable, **{"disable": None} | options)
        self._is_hidden = bool(self.disable)

    @property
    def format_dict(self) -> Any:
        fields = super().format_dict
        if self._is_hidden:
            return fields
        place = f"{STAGES.index(self._stage) + 1}/{len(STAGES)} " if self._stage else ""
        left = self._seconds_left(fields["elapsed"])
        run = "" if left is None else f", run {duration(left)}"
        rate = "" if "/s" in (fields["postfix"] or "") else ", {rate_fmt}"
        elapsed = "{elapsed}" if (fields["ncols"] or WIDE) >= WIDE else ""
        line = f"{place}{{l_bar}}{{bar}}| {{n_fmt}}/{{total_fmt}} [{elapsed}<{{remaining}}{run}{rate}{{postfix}}]"
        return {**fields, "bar_format": line}

    def _seconds_left(self, elapsed: float) -> float | None:
        """Until the end of the run; None if that is unknown, or if no later stage trains or decodes for a second."""
        done = self.n - self.initial
        if not self.total or not done or elapsed < ENOUGH_SECONDS or self._planned is None:
            return None
        own, later = self._planned
        if not own and _has_gpu():  # no rate was measured on a GPU
            return None
        each = elapsed / done
        if own:
            later *= each * self.total / own
        return None if later < 1 else each * (self.total - self.n) + later

    @cached_property
    def _planned(self) -> tuple[float, float] | None:
        """The seconds of this stage (0: it neither trains nor decodes) and of all later ones, at the rates that were
        measured; None if unknown."""
        if self._stage is None:
            return None
        later = STAGES[STAGES.index(self._stage) + 1 :]
        try:
            sections = read_sections()
            size = run_size(sections, done=set(STAGES) - {self._stage, *later})
        except (StageError, OSError):  # whoever needs these files says what is wrong
            return None
        if size is None:
            return None
        precision = sections["train"]["precision"]
        seconds = stage_seconds(sections, size, "float32" if precision == "auto" else precision)
        return seconds.get(self._stage, 0.0), sum(seconds.get(stage, 0.0) for stage in later)


def run_size(sections: Mapping[str, Any], done: set[str]) -> RunSize | None:
    """The size of a run: what `done` stages have written, else what the parameters say; None if they don't say it."""
    base, split = sections["base"], sections["split"]
    drawn = (split["synthetic"]["at_most"], split["general"]["at_most"])
    full = split["full"]
    if "split" in done:
        full = count_lines(TRAINING_SIDE) / TRAIN_SHARE
    elif full == "all":
        full = None if "all" in drawn else sum(drawn)
    characters = PAGES.stat().st_size if "extract" in done else 0
    if full is None or (base["source"] == "scratch" and "extract" not in done):
        return None
    return RunSize(full, split["small"], count_weights(base, done), characters)


def count_weights(base: Mapping[str, Any], done: set[str]) -> float:
    """The number of parameters of the model that is tuned; of weights at a path about, by the size of their file."""
    if "base" in done:
        return float(read_json(BASE_METRICS)["parameters"])
    if base["source"] == "huggingface":
        return PUBLISHED[base["model"]]
    if base["source"] == "scratch":
        width = base["n_embd"]
        return float(12 * base["n_layer"] * width**2 + (base["vocab_size"] + base["n_positions"]) * width)
    path = BUNDLED if base["source"] == "bundled" else Path(base["path"])
    file = path / "model.safetensors" if path.is_dir() else path
    return file.stat().st_size / (BFLOAT16_BYTES if base["source"] == "bundled" else FLOAT32_BYTES)


def _has_gpu() -> bool:
    return shutil.which("nvidia-smi") is not None
