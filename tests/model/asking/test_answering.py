"""Responses piece by piece, compared with `generate`, and lines through a pipe."""

import io
from pathlib import Path

import pytest

from model.asking.answering import Answerer, PromptTooLongError, Response, answer_lines
from model.asking.question_lines import Question
from model.core.checkpoint import check_checkpoint
from model.core.prompt import render_prompt
from model.decoding.generation import generate
from model.decoding.sampling import GREEDY, Sampling
from tests.model.asking.reciter import QUESTION


@pytest.mark.parametrize("sampling", [GREEDY, Sampling(temperature=1.5, seed=3)])
def test_pieces_are_the_answer(checkpoints: Path, sampling: Sampling) -> None:
    """Guards against pieces that differ from `generate` in a token, a random number or a character, valid or not."""
    for name, tokens in (("full", 60), ("small", 3)):
        answerer = Answerer(check_checkpoint(checkpoints / name), tokens, sampling)
        prompt = answerer.encoding.encode_ordinary(render_prompt(QUESTION))
        stop = answerer.encoding.eot_token
        [expected] = generate(answerer.model, [prompt], tokens, stop, sampling, row_ids=[5])
        response = answerer.respond(Question(QUESTION, "", number=5))
        assert response.finish is None
        assert "".join(response.pieces()) == answerer.encoding.decode(list(expected.tokens))
        assert response.finish == expected.finish


def test_a_prompt_that_fills_the_context_is_refused(checkpoints: Path) -> None:
    answerer = Answerer(check_checkpoint(checkpoints / "small"), 5, GREEDY)
    with pytest.raises(PromptTooLongError, match=r"the prompt has \d+ tokens, but small reads 96 with its answer"):
        answerer.respond(Question(QUESTION, "x" * 96, 0))


class Terminal(io.BytesIO):
    def isatty(self) -> bool:
        return True


def test_answers_to_a_pipe_that_a_terminal_shows_are_harmless(
    checkpoints: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against `echo QUESTION | wikitune ask`, whose answer a terminal shows; a file gets it as it is."""
    monkeypatch.setattr(Response, "pieces", lambda response: iter(["Cl\x1b[2J", "ear"]))
    answerer = Answerer(check_checkpoint(checkpoints / "small"), 3, GREEDY)
    for kind, answer in ((Terminal, "Cl\ufffd[2Jear\n"), (io.BytesIO, "Cl\x1b[2Jear\n")):
        target = kind()
        answer_lines([answerer], io.BytesIO(QUESTION.encode()), target)
        assert target.getvalue().decode() == answer


def test_a_line_that_is_not_utf8_is_named(checkpoints: Path) -> None:
    """Guards against a traceback, and a line number that counts from 0."""
    answerer = Answerer(check_checkpoint(checkpoints / "small"), 3, GREEDY)
    target = io.BytesIO()
    with pytest.raises(SystemExit, match="error: line 2 is not UTF-8 text: invalid start byte at byte 1"):
        answer_lines([answerer], io.BytesIO(QUESTION.encode() + b"\na\xff\n"), target)
    assert target.getvalue().count(b"\n") == 1


def test_equal_lines_get_random_numbers_of_their_own(checkpoints: Path) -> None:
    """Guards against a sample that is the same for every line with the same instruction."""
    answerer = Answerer(check_checkpoint(checkpoints / "small"), 20, Sampling(temperature=50.0, seed=1))
    target = io.BytesIO()
    assert answer_lines([answerer], io.BytesIO(b"Say it.\n" * 3), target) == 0
    lines = target.getvalue().splitlines()
    assert len(set(lines)) == len(lines) == 3
