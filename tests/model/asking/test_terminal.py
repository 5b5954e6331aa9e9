"""The dialogue, in a real pseudo-terminal."""

import os
import re
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from model.asking.terminal import read_question
from tests.model.asking.reciter import LONG, QUESTION


@pytest.fixture
def terminal(checkpoints: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Starts the program in a pseudo-terminal of 12 lines of 50 columns."""
    children = []

    def start(*options: str) -> Any:
        arguments = ["-m", "model.asking.ask", "--checkpoint", str(checkpoints / "full"), *options]
        monkeypatch.delenv("COLUMNS", raising=False)  # where several processes run the tests, pytest sets it
        environment = os.environ | {"TERM": "xterm", "NO_COLOR": "1", "INPUTRC": os.devnull}
        child = pexpect.spawn(
            sys.executable, arguments, encoding="utf-8", env=environment, dimensions=(12, 50), timeout=60
        )
        # On Ctrl+C, a terminal discards what has not been read yet, which may include the program's reply.
        settings = termios.tcgetattr(child.child_fd)
        settings[3] |= termios.NOFLSH
        termios.tcsetattr(child.child_fd, termios.TCSANOW, settings)
        children.append(child)
        return child

    yield start
    for child in children:
        child.close(force=True)


def test_a_dialogue(terminal: Any) -> None:
    """Guards against answers that appear only when they are complete, and Ctrl+C that ends the program or nothing."""
    child = terminal("--compare", "endless", "--max-new-tokens", "100000")
    child.expect_exact("endless: ")
    child.expect_exact("Ctrl+C stops an answer, Ctrl+D leaves.\r\n\r\n> ")
    child.send(f"{QUESTION}\n\n")
    child.expect_exact("Againnnn")
    child.sendintr()
    child.expect_exact("\r\n(stopped)\r\n\r\n> ")
    child.send("half a question\n")
    child.expect_exact("half a question\r\n  ")
    time.sleep(0.3)  # until it waits for a key: Python notices an interrupt before that only at the next key
    child.sendintr()
    child.expect_exact("\r\n(stopped)\r\n\r\n> ")
    child.sendeof()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_complete_answers_and_errors_in_a_terminal(terminal: Any) -> None:
    """Guards against a character that is split between two tokens, and an error that ends the dialogue."""
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
    """Guards against columns that are wider than the terminal, or not in the order they were named."""
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


def test_the_text_below_the_line_is_the_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against an input that reaches the model as part of the instruction."""
    lines = iter(["Sum up.", "Briefly.", "Input:", "A text.", "Input:", "", "Only this.", ""])
    monkeypatch.setattr("builtins.input", lambda prompt: next(lines))
    assert read_question() == ("Sum up.\nBriefly.", "A text.\nInput:")
    assert read_question() == ("Only this.", "")
