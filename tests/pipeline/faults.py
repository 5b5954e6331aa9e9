"""What breaks a run: signals to DVC and its stages."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from tests.pipeline.conftest import Workspace


class Running:
    """A command in a session of its own, as a terminal would start it; what it prints goes to a file."""

    def __init__(self, workspace: Workspace, *command: str) -> None:
        self.log = workspace.folder.parent / f"{'-'.join(command).replace('/', '_')}.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command,
                cwd=workspace.folder,
                env=workspace.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=heed_interrupts,
            )

    def wait_for(self, text: str) -> None:
        """Returns once that was printed."""
        deadline = time.monotonic() + 300
        while text not in self.log.read_text():
            assert time.monotonic() < deadline and self.process.poll() is None, self.log.read_text()
            time.sleep(0.02)

    def kill(self) -> None:
        """`kill -9` of the command and of all that it started."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_alone(self) -> None:
        """What the command started lives on."""
        self.process.kill()
        self.process.wait()

    def kill_children(self) -> None:
        """`kill -9` of all that the command started, but not of itself."""
        for child in descendants(self.process.pid):
            os.kill(child, signal.SIGKILL)

    def interrupt(self) -> None:
        """Ctrl+C: a terminal sends it to all processes in the foreground."""
        os.killpg(self.process.pid, signal.SIGINT)

    def ended(self) -> tuple[int, str]:
        """The exit status and all that was printed."""
        return self.process.wait(300), self.log.read_text()


def heed_interrupts() -> None:
    """Before a process starts: shells let what runs in the background ignore Ctrl+C, and so do the tests then."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def descendants(parent: int) -> list[int]:
    path = Path(f"/proc/{parent}/task/{parent}/children")
    children = [int(child) for child in path.read_text().split()] if path.exists() else []
    return [one for child in children for one in [*descendants(child), child]]


def forget_runs(workspace: Workspace) -> None:
    """DVC remembers what a stage wrote: afterwards it has to run the stage again."""
    shutil.rmtree(workspace.folder / ".dvc/cache/runs", ignore_errors=True)
