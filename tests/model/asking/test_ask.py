"""`python -m model.asking.ask` as a user runs it: through a pipe, and in a terminal."""

import os
import re
import shutil
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from model.asking import ask
from model.asking.answering import Answerer, PromptTooLongError, Task
from model.asking.lines import escaped, unescaped
from model.asking.terminal import harmless, read_task
from model.core.prompt import render_prompt
from model.decoding.generation import generate
from model.decoding.sampling import GREEDY, Sampling
from tests.model.asking.reciter import write_reciter

ASK = (sys.executable, "-m", "model.asking.ask")
QUESTION = "Say it."
FULL, SMALL = "Où? 😀\n\\end\t", "Nein."
LONG = "word " * 20  # too long for `small`


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `full`, `small`, and `endless`, which never stops."""
    folder = tmp_path_factory.mktemp("checkpoints")
    write_reciter(folder / "full", QUESTION, FULL)
    write_reciter(folder / "small", QUESTION, SMALL, n_positions=96)
    write_reciter(folder / "endless", QUESTION, "Again", n_positions=8192, ends=False)
    return folder


def pipe(*options: str, input: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*ASK, *options], input=input, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def terminal(checkpoints: Path) -> Iterator[Any]:
    """Starts the program in a pseudo-terminal of 12 lines of 50 columns."""
    children = []

    def start(*options: str) -> Any:
        arguments = [*ASK[1:], "--checkpoint", str(checkpoints / "full"), *options]
        environment = os.environ | {"TERM": "xterm", "NO_COLOR": "1", "INPUTRC": os.devnull}
        child = pexpect.spawn(
            sys.executable, arguments, encoding="utf-8", env=environment, dimensions=(12, 50), timeout=60
        )
        # A terminal that gets Ctrl+C throws away what wasn't read yet: by chance, also what is printed in reply to it.
        settings = termios.tcgetattr(child.child_fd)
        settings[3] |= termios.NOFLSH
        termios.tcsetattr(child.child_fd, termios.TCSANOW, settings)
        children.append(child)
        return child

    yield start
    for child in children:
        child.close(force=True)


def test_a_line_in_gives_a_line_out(checkpoints: Path) -> None:
    """Guards against an answer whose own line ends and tabs move the lines and columns after it, an empty line that is
    asked or dropped, and a prompt that is too long for one checkpoint and costs the answers of the others."""
    done = pipe(
        *("--checkpoint", str(checkpoints / "full"), "--compare", f"small,{checkpoints / 'full'}"),
        input=f"{QUESTION}\n\n{LONG}\n{QUESTION}",
    )
    lines = done.stdout.split("\n")
    assert lines[0] == lines[3] == "Nein.\tOù? 😀\\n\\\\end\\t"
    assert lines[1:3] == ["\t", "\t"]
    assert lines[4:] == [""]
    assert re.fullmatch(
        r"error: line 3: the prompt has \d+ tokens, but small reads 96 with its answer; "
        r"shorten the instruction or its input\n",
        done.stderr,
    )
    assert done.returncode == 1


def test_a_dialogue(terminal: Any) -> None:
    """Guards against answers that come only when they are whole, and Ctrl+C that ends the program or is never heard."""
    child = terminal("--compare", "endless", "--max-new-tokens", "100000")
    child.expect_exact("endless: ")
    child.expect_exact("Ctrl+C stops an answer, Ctrl+D leaves.\r\n\r\n> ")
    child.send(f"{QUESTION}\n\n")
    child.expect_exact("Againnnn")
    child.sendintr()
    child.expect_exact("\r\n(stopped)\r\n\r\n> ")
    child.send("half a question\n")
    child.expect_exact("half a question\r\n  ")
    time.sleep(0.3)  # until it waits for a key: Python hears an interrupt of the moment before only at the next one
    child.sendintr()
    child.expect_exact("\r\n(stopped)\r\n\r\n> ")
    child.sendeof()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_whole_answers_and_mistakes_in_a_terminal(terminal: Any) -> None:
    """Guards against a character that is torn at the border of two tokens, and an error that ends the dialogue."""
    child = terminal("--max-new-tokens", "200")
    child.expect_exact("> ")
    child.send(f"{LONG}\nInput:\n{LONG}\n{LONG}\n\n")
    child.expect(r"error: the prompt has \d+ tokens, but full reads 256 with its answer; shorten the")
    child.expect_exact("> ")
    child.send(f"{QUESTION}\n\n")
    child.expect_exact("Où? 😀\r\n\\end\t\r\n\r\n> ")
    child.sendeof()
    child.expect(pexpect.EOF)


def test_several_answer_side_by_side(terminal: Any) -> None:
    """Guards against columns that are wider than the terminal, or in another order than they were named."""
    child = terminal("--compare", "full,small,full")
    child.expect_exact("> ")
    child.send(f"{QUESTION}\n\n")
    child.expect_exact("\x1b[?25h\r\n> ")  # the cursor is shown again
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", child.before).replace("\r", "").split("\n")
    assert [line.split() for line in shown[-6:]] == [
        ["full", "small", "full"],
        ["─" * 48],
        ["Où?", "😀", "Nein.", "Où?", "😀"],
        ["\\end", "\\end"],
        [],
        [],
    ]
    assert {len(line) + line.count("😀") for line in shown[-6:-1]} == {50}


def test_an_interrupted_pipe_ends(checkpoints: Path) -> None:
    """Guards against a traceback, and a program that a shell's Ctrl+C doesn't end where nobody is asked."""
    command = [*ASK, "--checkpoint", str(checkpoints / "full")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(f"{QUESTION}\n".encode())
        process.stdin.flush()
        assert process.stdout.readline()  # an answer is written as soon as it is there
        process.send_signal(signal.SIGINT)
        assert (process.wait(60), process.stderr.read()) == (130, b"")


@pytest.mark.parametrize("sampling", [GREEDY, Sampling(temperature=1.5, seed=3)])
def test_pieces_are_the_answer(checkpoints: Path, sampling: Sampling) -> None:
    """Guards against a stream that differs from `generate` in a token, a draw or a character, valid or not."""
    for name, tokens in (("full", 60), ("small", 3)):
        answerer = Answerer(checkpoints / name, tokens, sampling)
        prompt = answerer.encoding.encode_ordinary(render_prompt(QUESTION))
        stop = answerer.encoding.eot_token
        [expected] = generate(answerer.model, [prompt], tokens, stop, sampling, places=[5])
        answer = answerer.answer(Task(QUESTION, "", place=5))
        assert answer.finish is None
        assert "".join(answer.pieces()) == answerer.encoding.decode(list(expected.tokens))
        assert answer.finish == expected.finish


def test_a_prompt_that_fills_the_context_is_refused(checkpoints: Path) -> None:
    answerer = Answerer(checkpoints / "small", 5, GREEDY)
    with pytest.raises(PromptTooLongError, match=r"the prompt has \d+ tokens, but small reads 96 with its answer"):
        answerer.answer(Task(QUESTION, "x" * 96, 0))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--checkpoint", "nowhere"],
            r"error: nowhere/model.safetensors is missing\n  --checkpoint and --compare name",
        ),
        (["--checkpoint", "broken"], r"error: broken/model.safetensors is damaged: .*header"),
        (["--top-p", "3", "--seed", "-1"], r"error: top_p is 3.0, must be above 0 and at most 1; seed is -1, must be"),
    ],
)
def test_mistakes_are_one_message(
    checkpoints: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], message: str
) -> None:
    """Guards against a traceback where a checkpoint or a setting cannot be used."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(checkpoints / "full", "broken")
    Path("broken/model.safetensors").write_bytes(b"half")
    monkeypatch.setattr(sys, "argv", ["ask", *options])
    with pytest.raises(SystemExit, match=f"(?s)^{message}"):
        ask.main()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--max-new-tokens", "0"], "--max-new-tokens is 0, must be from 1"),
        (["--compare", " , "], "--compare is ' , ', must name a checkpoint"),
    ],
)
def test_wrong_options_say_what_is_right(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["ask", *options])
    with pytest.raises(SystemExit, match="2"):
        ask.main()
    assert message in capsys.readouterr().err


def test_names_stand_beside_the_checkpoint_and_paths_for_themselves() -> None:
    """Guards against a comparison that looks for `base` in the current folder."""
    assert ask.folders(Path("a/full"), None) == [Path("a/full")]
    assert ask.folders(Path("a/full"), "base, ./base,/c/d") == [Path("a/base"), Path("base"), Path("/c/d")]


def test_what_stands_below_the_line_is_the_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against an input that reaches the model as part of the instruction."""
    lines = iter(["Sum up.", "Briefly.", "Input:", "A text.", "Input:", "", "Only this.", ""])
    monkeypatch.setattr("builtins.input", lambda prompt: next(lines))
    assert read_task() == ("Sum up.\nBriefly.", "A text.\nInput:")
    assert read_task() == ("Only this.", "")


def test_escapes_are_undone() -> None:
    """Guards against a backslash that is read twice."""
    text = "a\\n\tb\r\n\\\\t"
    assert escaped("a\n\\n") == "a\\n\\\\n"
    assert unescaped(escaped(text)) == text
    assert unescaped(r"C:\dir \x") == r"C:\dir \x"


def test_a_terminal_is_not_at_the_command_of_an_answer() -> None:
    """Guards against escape sequences that clear the screen or write into the clipboard."""
    assert harmless("a\x1b[2J\x9b\x07\r\nb\tc") == "a\ufffd[2J\ufffd\ufffd\ufffd\nb\tc"
