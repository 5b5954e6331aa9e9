"""The commands of the documentation, run or not: what they name must be there."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from itertools import dropwhile, groupby, pairwise
from pathlib import Path

import pytest

from model.asking.ask import parse_options
from model.asking.serve import parse_serve_options
from stages.common.errors import check_arguments
from stages.common.params import check_sections
from stages.train import SIZES
from tests.conftest import ROOT
from tests.docs.reading import PAGES, Command, commands, name
from tools.check_experiment import changed_sections, read_profile
from tools.cli import make_parser

NAMING = [
    pytest.param(command, id=f"{name(page)}-{number}")
    for page in PAGES
    for number, command in enumerate(commands(page), start=1)
    if not command.fails
]
ASSIGNMENT = re.compile(r"\w+=")
CONTACT = "extract.contact=you@example.org"  # what a live wiki needs besides


@pytest.fixture(autouse=True)
def in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_block_of_commands_says_whether_it_is_run(page: Path) -> None:
    """Guards against a command that nobody tries, because its block was forgotten."""
    for command in commands(page):
        assert re.fullmatch(r"tested(: fails)?|not run: .+", command.marker), command.text


@pytest.mark.parametrize("command", NAMING)
def test_what_a_command_names_is_there(command: Command) -> None:
    """Guards against a module, an option or a parameter that went, and a value that its stage refuses."""
    subprocess.run(["bash", "-n", "-c", command.text], check=True)
    for words in lines(command.text):
        if words[0] == "dvc":
            check_dvc(words[1:])
        if words[0] == "wikitune":
            check_wikitune(words[1:])
        if words[:2] == ["python", "-m"]:
            check_module(words[2], words[3:])


def lines(text: str) -> Iterator[list[str]]:
    """The words of each command of a line, with those of the profiles that it reads, without the environment that it
    sets."""
    for line in text.replace("\\\n", " ").splitlines():
        whole = re.sub(r"\$\(cat ([^)]*)\)", lambda found: profile_words(found[1]), line)
        try:
            words = shlex.split(whole, comments=True)
        except ValueError:  # a quotation over several lines is no command of ours
            continue
        for piped, command in groupby(words, key=lambda word: word == "|"):
            words = list(dropwhile(ASSIGNMENT.match, command))
            if words and not piped:
                yield words


def profile_words(names: str) -> str:
    return " ".join(f"-S {change}" for path in names.split() for change in read_profile(Path(path)))


def check_dvc(words: list[str]) -> None:
    """DVC's own parser takes the words; the parameters that they change are there, and go together."""
    from dvc.cli.parser import get_main_parser

    get_main_parser().parse_args(words)
    changes = [word for option, word in pairwise(words) if option == "-S"]
    # Of a sweep, the first value stands for all.
    first = [re.sub(r"=([^\[{,]*),.*", r"=\1", change) for change in changes]
    check_sections(changed_sections([CONTACT, *first]))


def check_wikitune(words: list[str]) -> None:
    """The command's own parser takes the words."""
    if words[0] == "ask":
        parse_options(words[1:], "wikitune ask")
    elif words[0] == "serve":
        parse_serve_options(words[1:], "wikitune serve")
    else:
        make_parser().parse_args(words)


def check_module(module: str, words: list[str]) -> None:
    """The module is there. A stage takes no options, and no argument but those of `stages/train.py`; the options of any
    other module are in its code."""
    path = ROOT.joinpath(*module.split(".")).with_suffix(".py")
    assert path.is_file(), module
    if module.startswith("stages."):
        check_arguments(words, SIZES if module == "stages.train" else ())
    code = path.read_text(encoding="utf-8")
    for option in (word.split("=")[0] for word in words if word.startswith("--")):
        assert f'"{option}"' in code, f"{module} {option}"
