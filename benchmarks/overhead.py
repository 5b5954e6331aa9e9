"""What DVC and imports cost over the work: every stage at settings so small that hardly any work is left.

A copy of the project runs once, and then each stage three times: its imports alone, the stage without DVC, and with it;
medians are shown. DVC's own start, which a run of all stages pays once, is counted apart. The CPU's time stands beside
the clock's, because a machine that is busy with other things stretches it less.

    python -m benchmarks.overhead
"""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.pipeline.conftest import SMALL, Workspace, copy_project
from tests.pipeline.test_dag import EXPECTED, STAGES

ROOT = Path(__file__).parents[1]
REPEATS = 3
# Prints what a stage, which runs first, has imported.
LIST = """
import runpy, sys
before = set(sys.modules)
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
print("\\n".join(name for name in sys.modules if name not in before and not name.startswith("__")))
"""
# Ends as `run_stage` does.
IMPORT = """
import atexit, gc, importlib, sys
from contextlib import suppress
atexit.register(gc.freeze)
for name in sys.stdin.read().split():
    with suppress(ImportError):  # some are made by a library while it runs
        importlib.import_module(name)
"""


class Seconds(NamedTuple):
    wall: float
    cpu: float

    def less(self, *others: "Seconds") -> "Seconds":
        return Seconds(self.wall - sum(one.wall for one in others), self.cpu - sum(one.cpu for one in others))

    def __str__(self) -> str:
        return f"{self.wall:7.2f} {self.cpu:5.2f}"


def timed(workspace: Workspace, *command: str, said: str = "") -> Seconds:
    """The seconds of a command and of all that it starts, in the median run."""
    return sorted(_timed_once(workspace, command, said) for _ in range(REPEATS))[REPEATS // 2]


def _timed_once(workspace: Workspace, command: Sequence[str], said: str) -> Seconds:
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        command,
        cwd=workspace.folder,
        env=workspace.environment(),
        input=said,
        text=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Seconds(time.perf_counter() - started, cpu)


def overhead(workspace: Workspace, stage: str, start: Seconds) -> tuple[Seconds, Seconds, Seconds]:
    """Imports alone, the whole stage, and what DVC adds to that and to its own start."""
    module, *arguments = STAGES[stage]["cmd"].split("-m ")[1].split()
    listed = subprocess.run(
        [sys.executable, "-c", LIST, module, *arguments],
        cwd=workspace.folder,
        env=workspace.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    imports = timed(workspace, sys.executable, "-c", IMPORT, said=listed.stdout)
    alone = timed(workspace, sys.executable, "-m", module, *arguments)
    by_dvc = timed(workspace, "dvc", "repro", "--force", "--single-item", stage)
    return imports, alone, by_dvc.less(alone, start)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = copy_project(ROOT, Path(folder) / "wikitune")
        workspace.set_params(SMALL)
        workspace.repro()
        start = timed(workspace, "dvc", "repro", "--single-item", "extract")
        print(f"{'clock, CPU':<12} {'imports':>13} {'whole stage':>13} {'DVC beside it':>13}")
        for stage in EXPECTED:
            print(f"{stage:<12}", *overhead(workspace, stage, start))
        print(f"{'start of DVC':<12}", start)
        print(f"{'no-op repro':<12}", timed(workspace, "dvc", "repro"))


if __name__ == "__main__":
    main()
