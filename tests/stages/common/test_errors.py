"""How a stage ends: its message and its exit code; and which stages wait for one another."""

import ast
import errno
import gc
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest
from filelock import FileLock

from stages.common.errors import StageError, name_in_errors, run_command, run_stage, wait_for_other_stages
from stages.common.files import write_text
from tests.conftest import ROOT

READS_A_CLOCK = {
    "stages/llm/journal.py",  # the day of what was spent, and when requests may go out
    "stages/common/tracking.py",  # when a loss was measured, as MLflow wants to know
    "stages/common/web.py",  # how long a server asks to wait
    "model/asking/serve.py",  # when an answer was made, as OpenAI's protocol says it
    "stages/llm/batching.py",  # how old a batch job is, over all runs that wait for it
}


@pytest.fixture(autouse=True)
def no_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command line like that of `python -m stages.NAME`, not pytest's own."""
    monkeypatch.setattr(sys, "argv", ["NAME.py"])


def fail(error: BaseException) -> Callable[[], None]:
    def main() -> None:
        raise error

    return main


def ended(main: Callable[[], None]) -> object:
    with pytest.raises(SystemExit) as stopped:
        run_stage(main)
    return stopped.value.code


def test_errors_and_log_messages_are_harmless(tmp_path: Path) -> None:
    """Guards against a title or a server's words that clear the terminal or write to its clipboard."""
    program = (
        "import logging\nfrom stages.common.errors import StageError, run_command\n"
        "def main():\n"
        "    logging.getLogger('stages.x').warning('%s: no example', 'Ti\\x1b[2Jde')\n"
        "    raise StageError('it said \\x9b31m\\ud800\\n  twice')\n"
        "run_command(main)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, stderr=subprocess.PIPE, text=True)
    assert ended.returncode == 1
    assert ended.stderr == "Ti\\x1b[2Jde: no example\nerror: it said \\x9b31m\\ud800\n  twice\n"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (StageError("data/x is wrong"), "data/x is wrong"),
        (KeyboardInterrupt(), "interrupted; `dvc repro` continues after the last finished stage"),
        (
            OSError(errno.ENOSPC, "No space left on device", "data/x"),
            "data/x: No space left on device; make room on its disk, then run `dvc repro` again",
        ),
        (
            OSError(errno.EDQUOT, "Disk quota exceeded", "data/x", None, "data/y"),
            "data/y: Disk quota exceeded; make room: your quota on its disk is used up, then run `dvc repro` again",
        ),
        (
            OSError(errno.ELOOP, "Too many links"),
            "Too many links; correct that, then run `dvc repro` again",
        ),
    ],
)
def test_an_end_is_one_plain_message(error: BaseException, message: str) -> None:
    """Guards against a traceback for an error that the user can put right."""
    assert ended(fail(error)) == f"error: {message}"


def test_a_command_that_is_no_stage_says_nothing_of_the_pipeline() -> None:
    """Guards against advice to run the whole pipeline because a table couldn't be printed."""
    for error, message in (
        (KeyboardInterrupt(), "error: interrupted"),
        (
            OSError(errno.EIO, "I/O error", "x"),
            "x: I/O error; its disk is failing or gone: .*, then run the command again",
        ),
    ):
        with pytest.raises(SystemExit, match=message):
            run_command(fail(error))


@pytest.mark.parametrize(
    ("arguments", "choices", "message"),
    [
        (["--estimate"], (), "python -m .*; got --estimate; a stage takes no arguments, see `wikitune --help`"),
        ([], ("full", "small"), r"python -m \S+ full\|small; got nothing$"),
        (["full", "small"], ("full", "small"), r".* full\|small; got full small$"),
        (["large"], ("full", "small"), r".* full\|small; got large$"),
    ],
)
def test_a_wrong_argument_stops_before_the_stage(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], choices: tuple[str, ...], message: str
) -> None:
    """Guards against an option that is taken for granted, while the stage runs and overwrites its outputs."""
    monkeypatch.setattr(sys, "argv", ["NAME.py", *arguments])
    with pytest.raises(SystemExit, match=f"^error: usage: {message}"):
        run_stage(fail(AssertionError("it ran")), choices)


def test_a_stage_names_itself_in_its_usage() -> None:
    command = [sys.executable, "-m", "stages.plot", "now"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.startswith("error: usage: python -m stages.plot; got now; a stage takes no arguments")


def test_the_choice_is_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["NAME.py", "small"])
    seen: list[str] = []
    run_stage(lambda: seen.extend(sys.argv[1:]), ("full", "small"))
    assert seen == ["small"]


def test_a_stage_ends_without_a_last_garbage_collection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against half a second at the end of each stage that has imported torch."""
    registered: list[object] = []
    monkeypatch.setattr("atexit.register", registered.append)
    run_stage(lambda: None)
    assert registered == [gc.freeze]


@pytest.mark.parametrize("error", [ValueError("a bug"), OSError("a library's own")])
def test_a_bug_keeps_its_traceback(error: Exception) -> None:
    """Guards against hiding the cause of a bug."""
    with pytest.raises(type(error), match=str(error)):
        run_stage(fail(error))


@pytest.mark.parametrize(("name", "named"), [(None, "data/x"), ("data/y", "data/y")])
def test_an_error_of_writing_gets_the_name_of_its_file(name: str | None, named: str) -> None:
    """Guards against "No space left on device" without a file name; an error that has one keeps it."""
    with pytest.raises(OSError, match="No space") as raised, name_in_errors(Path("data/x")):
        raise OSError(errno.ENOSPC, "No space left on device", name)
    assert raised.value.filename == named


def test_a_full_device_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same with a real error of the operating system: /dev/full is always full."""
    monkeypatch.setattr("secrets.token_hex", lambda size: "0")
    (tmp_path / ".x.json.0.tmp").symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left on device") as raised:
        write_text(tmp_path / "x.json", "{}")
    assert raised.value.filename == str(tmp_path / "x.json")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("stage", "rank", "other", "waits"),
    [
        (None, "0", "infer", False),  # run by hand
        ("train-full", "1", "infer", False),
        ("train-full", "0", "infer", True),
        ("infer", "0", "train-full", True),
        ("infer", "0", "train-small", True),
        ("infer", "0", "infer", True),
        ("train-full", "0", "train-full", True),
        ("train-full", "0", "train-small", False),
    ],
)
def test_stages_of_dvc_wait_for_one_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str | None, rank: str, other: str, waits: bool
) -> None:
    """Guards against an estimate that waits for hours of training, processes of torchrun that wait for their own first
    one, two trainings of which one waits beside an idle GPU, and answers of a model that is being written."""
    (tmp_path / ".dvc/tmp").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RANK", rank)
    monkeypatch.delenv("DVC_STAGE", raising=False)
    if stage:
        monkeypatch.setenv("DVC_STAGE", stage)
    started = Event()

    def run_other() -> None:
        with wait_for_other_stages():
            started.set()

    with wait_for_other_stages():
        monkeypatch.setenv("DVC_STAGE", other)
        monkeypatch.setenv("RANK", "0")
        thread = Thread(target=run_other, daemon=True)
        thread.start()
        assert started.wait(0.3 if waits else 10) != waits
    thread.join(10)
    assert started.is_set()


def test_queued_experiments_run_beside_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against `dvc queue start -j 2` running one at a time: all experiments have the same DVC_ROOT."""
    (tmp_path / ".dvc/tmp").mkdir(parents=True)
    experiment = tmp_path / ".dvc/tmp/exps/tmp1"
    (experiment / ".dvc/tmp").mkdir(parents=True)
    monkeypatch.setenv("DVC_ROOT", str(tmp_path))
    monkeypatch.setenv("DVC_STAGE", "train-full")
    monkeypatch.chdir(experiment)
    with FileLock(tmp_path / ".dvc/tmp/train-full.lock"), wait_for_other_stages():
        assert (experiment / ".dvc/tmp/train-full.lock").is_file()


def test_no_result_depends_on_the_time_of_day() -> None:
    """Guards against outputs that depend on the time, and on clocks that jump: other code uses time.monotonic."""
    readers = set()
    for path in [*(ROOT / "stages").rglob("*.py"), *(ROOT / "model").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node) in {"time.time", "datetime.now", "date.today"}:
                readers.add(path.relative_to(ROOT).as_posix())
    assert readers == READS_A_CLOCK
