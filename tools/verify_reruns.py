"""Computes a run's outputs and figures again, by the stages' own code, and compares them byte by byte.

Each stage runs in a folder of its own, in which all files of the run but its outputs are links to the run's. So it
works from what the run has, not from what another stage makes of it now, and a difference is that of this stage.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tqdm import tqdm

from stages.common.files import sha256_of_file
from stages.common.params import PARAMS
from stages.reporting.manifest import CODE, DAG, MANIFEST, VERSIONS, Manifest, StageFiles, expand
from tools.differences import describe_differences
from tools.verify_hashes import Breach

ALWAYS = ("split", "plot")  # they draw and count, and ask nobody
BY_RULES = {  # setting: the value with which a stage asks nobody, and what else it would need
    "extract": ("source", "bundled", "pages came from elsewhere"),
    "synth": ("teacher", "rules", "a language model wrote"),
    "curate": ("auditor", "none", "a language model judged"),
    "base": ("source", "bundled", "the model was trained or downloaded"),
}


@dataclass(frozen=True)
class Rerun:
    """What running a stage again gave."""

    stage: str
    breaches: tuple[Breach, ...]


@dataclass(frozen=True)
class Reruns:
    same: tuple[str, ...]  # stages whose outputs came out the same
    other: tuple[str, ...]  # stages whose outputs did not
    breaches: tuple[Breach, ...]
    left_out: dict[str, str]  # stages that were not run again, and why


def rerun_stages(
    stages: Mapping[str, StageFiles], sections: Mapping[str, Any], manifest: Manifest, changed: Sequence[Breach]
) -> Reruns:
    """Runs again what needs neither a language model nor training. `changed` is known to be broken: a stage that reads
    it isn't run, because its outputs would differ for that reason."""
    left_out: dict[str, str] = {}
    chosen: list[str] = []
    places, keys = {breach.place for breach in changed}, {breach.text.partition(":")[0] for breach in changed}
    for name, stage in stages.items():
        broken = next((place for place in sorted(places) if _reads(stage, place)), None)
        key = next((key for key in sorted(keys) if PARAMS.as_posix() in places and _uses(stage, key)), None)
        if broken or key:
            left_out[name] = f"it depends on {broken or key}, which is broken"
        elif name not in manifest.stages:
            left_out[name] = "it is not in the manifest"
        elif reason := why_not(name, stage, sections):
            left_out[name] = reason
        else:
            chosen.append(name)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = pool.map(lambda name: rerun(name, stages[name], sections, manifest), chosen)
        finished = list(tqdm(runs, total=len(chosen), unit="stage", desc="recompute", disable=None, leave=False))
    wrong: set[str] = set()  # outputs that differ
    breaches: list[Breach] = []
    same, other = [], []
    for run in finished:
        inherited = next((place for place in sorted(wrong) if _reads(stages[run.stage], place)), None)
        wrong |= {breach.place for breach in run.breaches}
        if not run.breaches:
            same.append(run.stage)
        elif inherited:
            left_out[run.stage] = f"it depends on {inherited}, which its stage does not write"
        else:
            other.append(run.stage)
            breaches += run.breaches
    return Reruns(tuple(same), tuple(other), tuple(breaches), left_out)


def why_not(name: str, stage: StageFiles, sections: Mapping[str, Any]) -> str:
    """Why a stage isn't run again; "" if it is."""
    if name in BY_RULES:
        key, value, reason = BY_RULES[name]
        if sections[name][key] != value:
            return f"{name}.{key} is {sections[name][key]}: {reason}"
    elif name not in (*ALWAYS, "judge"):
        return "long work; see --answers and --retrain"
    outside = next((dep for dep in stage.deps if Path(dep).is_absolute() or dep.startswith("..")), "")
    return f"it reads {outside}, outside of the project" if outside else ""


def _reads(stage: StageFiles, place: str) -> bool:
    return any(place == dep or place.startswith(f"{dep}/") for dep in stage.deps)


def _uses(stage: StageFiles, key: str) -> bool:
    return any(key == one or key.startswith(f"{one}.") for one in stage.params)


def rerun(name: str, stage: StageFiles, sections: Mapping[str, Any], manifest: Manifest) -> Rerun:
    """Runs one stage in a folder of its own, and compares what it writes with what the run has."""
    with TemporaryDirectory(prefix="wikitune-verify-") as temporary:
        folder = Path(temporary)
        outputs = set(manifest.stages[name].files)
        link_files(folder, [path for path in manifest.files() if path not in outputs])
        module = ["stages." + name]
        if name == "judge" and not judges_by_rubric(sections["judge"]):
            module = ["tools.recorded_judges", str(Path.cwd())]
        problem = _run(folder, module)
        if problem:
            return Rerun(name, (Breach(f"stages/{name}.py", f"does not run on the files of this run: {problem}"),))
        breaches = list(_compare(folder, stage, manifest.stages[name].files))
        own = [breach for breach in breaches if breach.place != MANIFEST.as_posix()]
        return Rerun(name, tuple(own or breaches))  # the manifest has the hashes of whatever else differs


def judges_by_rubric(section: Mapping[str, Any]) -> bool:
    return section["judge"] == "rubric" and not section["panel"]


def link_files(folder: Path, paths: Sequence[str]) -> None:
    """Links to the run's files and to the code, in an empty folder."""
    here = Path.cwd()
    for name in (*CODE, PARAMS, DAG, VERSIONS):
        (folder / name).symlink_to(here / name)
    for path in paths:
        if Path(path).parts[0] not in CODE and path != VERSIONS.as_posix():
            link = folder / path
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(here / path)
    for place in ("data/labels", "data/weights", "reports/compare"):  # Git keeps no empty folder
        (folder / place).mkdir(parents=True, exist_ok=True)


def _run(folder: Path, module: Sequence[str]) -> str:
    """Runs a module there; returns the last line of its error, "" if it succeeds."""
    without = {key: value for key, value in os.environ.items() if key != "DVC_STAGE"}  # and so without its lock
    environment = without | {"PYTHONPATH": str(Path.cwd()), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", *module]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
    return "" if done.returncode == 0 else lines[-1].removeprefix("error: ")


def _compare(folder: Path, stage: StageFiles, known: Mapping[str, str]) -> Iterator[Breach]:
    made = {path.relative_to(folder).as_posix() for path in map(Path, expand(str(folder / out) for out in stage.outs))}
    for path in sorted({*made, *known}):
        ours, theirs = folder / path, Path(path)
        if path not in made:
            yield Breach(path, "its stage does not write it")
        elif not theirs.is_file():
            yield Breach(path, "is missing")
        elif sha256_of_file(ours) != sha256_of_file(theirs):
            for text in describe_differences(path, ours.read_bytes(), theirs.read_bytes()):
                yield Breach(path, f"computed again, {text}")
