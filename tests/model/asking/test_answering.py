"""Responses piece by piece, compared with `generate`, and the escapes of the line format."""

import io
from pathlib import Path

import pytest

from model.asking.answering import (
    Answerer,
    PromptTooLongError,
    Question,
    Response,
    answer_lines,
    escape,
    parse_line,
    replace_control_characters,
    unescape,
)
from model.core.prompt import render_prompt
from model.decoding.generation import generate
from model.decoding.sampling import GREEDY, Sampling
from tests.model.asking.reciter import QUESTION


@pytest.mark.parametrize("sampling", [GREEDY, Sampling(temperature=1.5, seed=3)])
def test_pieces_are_the_answer(checkpoints: Path, sampling: Sampling) -> None:
    """Guards against pieces that differ from `generate` in a token, a random number or a character, valid or not."""
    for name, tokens in (("full", 60), ("small", 3)):
        answerer = Answerer(checkpoints / name, tokens, sampling)
        prompt = answerer.encoding.encode_ordinary(render_prompt(QUESTION))
        stop = answerer.encoding.eot_token
        [expected] = generate(answerer.model, [prompt], tokens, stop, sampling, row_ids=[5])
        response = answerer.respond(Question(QUESTION, "", number=5))
        assert response.finish is None
        assert "".join(response.pieces()) == answerer.encoding.decode(list(expected.tokens))
        assert response.finish == expected.finish


def test_a_prompt_that_fills_the_context_is_refused(checkpoints: Path) -> None:
    answerer = Answerer(checkpoints / "small", 5, GREEDY)
    with pytest.raises(PromptTooLongError, match=r"the prompt has \d+ tokens, but small reads 96 with its answer"):
        answerer.respond(Question(QUESTION, "x" * 96, 0))


def test_escapes_are_undone() -> None:
    """Guards against a backslash that is read twice."""
    text = "a\\n\tb\r\n\\\\t"
    assert escape("a\n\\n") == "a\\n\\\\n"
    assert unescape(escape(text)) == text
    assert unescape(r"C:\dir \x") == r"C:\dir \x"


def test_an_answer_cannot_control_the_terminal() -> None:
    """Guards against escape sequences that clear the screen or write into the clipboard."""
    assert replace_control_characters("a\x1b[2J\x9b\x07\r\nb\tc") == "a\ufffd[2J\ufffd\ufffd\ufffd\nb\tc"
    assert replace_control_characters("exe\u202egnp\u2028") == "exe\ufffdgnp\ufffd"


class Terminal(io.BytesIO):
    def isatty(self) -> bool:
        return True


def test_answers_to_a_pipe_that_a_terminal_shows_are_harmless(
    checkpoints: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against `echo QUESTION | wikitune ask`, whose answer a terminal shows; a file gets it as it is."""
    monkeypatch.setattr(Response, "pieces", lambda response: iter(["Cl\x1b[2J", "ear"]))
    answerer = Answerer(checkpoints / "small", 3, GREEDY)
    for kind, answer in ((Terminal, "Cl\ufffd[2Jear\n"), (io.BytesIO, "Cl\x1b[2Jear\n")):
        target = kind()
        answer_lines([answerer], io.BytesIO(QUESTION.encode()), target)
        assert target.getvalue().decode() == answer


def test_a_line_is_an_instruction_and_its_input() -> None:
    """Guards against a line break of Windows that reaches the model, and a second tab that cuts the input."""
    assert parse_line(b"Sum up.\tA\\tB\\nC\tD\r\n", 3) == Question("Sum up.", "A\tB\nC\tD", 3)
    assert parse_line(b"Name it.", 0) == Question("Name it.", "", 0)


def test_a_line_that_is_not_utf8_is_named(checkpoints: Path) -> None:
    """Guards against a traceback, and a line number that counts from 0."""
    answerer = Answerer(checkpoints / "small", 3, GREEDY)
    target = io.BytesIO()
    with pytest.raises(SystemExit, match="error: line 2 is not UTF-8 text: invalid start byte at byte 1"):
        answer_lines([answerer], io.BytesIO(QUESTION.encode() + b"\na\xff\n"), target)
    assert target.getvalue().count(b"\n") == 1


def test_equal_lines_get_random_numbers_of_their_own(checkpoints: Path) -> None:
    """Guards against a sample that is the same for every line with the same instruction."""
    answerer = Answerer(checkpoints / "small", 20, Sampling(temperature=50.0, seed=1))
    target = io.BytesIO()
    assert answer_lines([answerer], io.BytesIO(b"Say it.\n" * 3), target) == 0
    lines = target.getvalue().splitlines()
    assert len(set(lines)) == len(lines) == 3
