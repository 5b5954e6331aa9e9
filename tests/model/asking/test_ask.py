"""`python -m model.asking.ask` as a user runs it through a pipe, and its options."""

import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from model.asking import ask
from tests.model.asking.reciter import LONG, QUESTION

ASK = (sys.executable, "-m", "model.asking.ask")


def pipe(*options: str, input: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*ASK, *options], input=input, capture_output=True, text=True, check=False, timeout=120)


def test_a_line_in_gives_a_line_out(checkpoints: Path) -> None:
    """Guards against line breaks and tabs in an answer that shift the lines and columns after it, an empty line that is
    asked or dropped, and a prompt that is too long for one checkpoint and loses the answers of the others."""
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


def test_an_interrupted_pipe_ends(checkpoints: Path) -> None:
    """Guards against a traceback, and a program that Ctrl+C doesn't end outside a terminal."""
    command = [*ASK, "--checkpoint", str(checkpoints / "full")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin and process.stdout and process.stderr
        process.stdin.write(f"{QUESTION}\n".encode())
        process.stdin.flush()
        assert process.stdout.readline()  # an answer is written as soon as it is complete
        process.send_signal(signal.SIGINT)
        assert (process.wait(60), process.stderr.read()) == (130, b"")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--checkpoint", "nowhere"],
            r"error: nowhere/model.safetensors is missing\n  --checkpoint and --compare name",
        ),
        (
            ["--checkpoint", "broken"],
            r"error: broken/model.safetensors is damaged: it has 4 bytes, too few for a header",
        ),
        (
            ["--checkpoint", "whole", "--top-p", "3", "--seed", "-1"],
            r"error: top_p is 3.0, must be above 0 and at most 1; seed is -1, must be",
        ),
    ],
)
def test_mistakes_are_one_message(
    checkpoints: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], message: str
) -> None:
    """Guards against a traceback when a checkpoint or a setting cannot be used."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(checkpoints / "full", "whole")
    shutil.copytree(checkpoints / "full", "broken")
    Path("broken/model.safetensors").write_bytes(b"half")
    monkeypatch.setattr(sys, "argv", ["ask", *options])
    with pytest.raises(SystemExit, match=f"(?s)^{message}"):
        ask.main()


WITHOUT_TORCH = """
import sys
from model.asking.ask import main
try:
    main(["--checkpoint", sys.argv[1]])
finally:
    print("torch" in sys.modules)
"""


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("model.safetensors", "version https://git-lfs.github.com/spec/v1\nsize 5\n", "is only a pointer of Git LFS"),
        ("config.json", '{"model_type": "gpt2", "vocab_size": 1000000000}', "vocab_size: found 1000000000, expected"),
        ("tokenizer.json", "{}", "model.vocab: found None, expected an object of tokens and ids"),
    ],
)
def test_a_wrong_file_is_named_before_torch_is_imported(
    checkpoints: Path, tmp_path: Path, name: str, content: str, message: str
) -> None:
    """Guards against a message about a file of a hundred bytes that takes seconds, nearly all of them torch's."""
    folder = shutil.copytree(checkpoints / "small", tmp_path / "small")
    (folder / name).write_text(content)
    command = [sys.executable, "-c", WITHOUT_TORCH, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.stderr.startswith(f"error: {folder / name}") and message in done.stderr
    assert (done.returncode, done.stdout) == (1, "False\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--max-new-tokens", "0"], "--max-new-tokens is 0, must be from 1"),
        (["--compare", " , "], "--compare is ' , ', must name a checkpoint"),
    ],
)
def test_a_wrong_option_is_explained(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    monkeypatch.setattr(sys, "argv", ["ask", *options])
    with pytest.raises(SystemExit, match="2"):
        ask.main()
    assert message in capsys.readouterr().err


def test_names_are_folders_beside_the_checkpoint() -> None:
    """Guards against a comparison that looks for `base` in the current folder."""
    options = ["--checkpoint", "a/full"]
    assert ask.parse_options(options, "ask").folders == [Path("a/full")]
    folders = ask.parse_options([*options, "--compare", "base, ./base,/c/d"], "ask").folders
    assert folders == [Path("a/base"), Path("base"), Path("/c/d")]


def test_another_command_can_lend_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    """Guards against a help page that names a command that the user did not call."""
    with pytest.raises(SystemExit, match="0"):
        ask.main(["--help"], prog="wikitune ask")
    assert capsys.readouterr().out.startswith("usage: wikitune ask [-h] [--checkpoint CHECKPOINT]")
