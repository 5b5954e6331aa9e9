"""A checkpoint that answers instructions: token by token for a terminal, line by line for a pipe."""

import codecs
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from model.core.checkpoint import load_checkpoint
from model.core.prompt import render_prompt
from model.decoding.generation import stream
from model.decoding.sampling import Sampling

ESCAPES = {"\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}  # as in the TSV that jq and others write
CHARACTERS = {escape: character for character, escape in ESCAPES.items()}
# Whatever a terminal could act on, except line feeds and tabs: a model may have learned any of it. Such as "\x1b[2J",
# which clears the screen, "\u202e", behind which the line runs backwards, and "\u2028", which ends a line.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class PromptTooLongError(Exception):
    """The prompt leaves no room in the context for a response. The message has the numbers."""


@dataclass(frozen=True)
class Question:
    """An instruction and its input. `number` counts the questions from 0; it and the seed fix the random numbers."""

    instruction: str
    input: str
    number: int


class Answerer:
    """A checkpoint with the settings it answers with."""

    def __init__(self, folder: Path, max_new_tokens: int, sampling: Sampling) -> None:
        """Raises CheckpointError if the checkpoint cannot be used, OSError if the folder cannot be read."""
        self.name = folder.resolve().name
        self.max_new_tokens = max_new_tokens
        self.sampling = sampling
        self.model, self.encoding = load_checkpoint(folder)

    @property
    def context(self) -> int:
        """The context length: the most tokens of prompt and response together."""
        return self.model.config.n_positions

    def respond(self, question: Question) -> "Response":
        """A response that is not decoded yet. Raises PromptTooLongError."""
        prompt = self.encoding.encode_ordinary(render_prompt(question.instruction, question.input))
        if len(prompt) >= self.context:
            raise PromptTooLongError(
                f"the prompt has {len(prompt):,} tokens, but {self.name} reads {self.context:,} with its answer; "
                "shorten the instruction or its input"
            )
        return Response(self, prompt, question.number)


class Response:
    """The response to one question, decoded by `pieces()`.

    `finish` is None until all pieces are decoded. Then it is "stop" if the model stopped, or "length" if the token
    limit or the context ended the response.
    """

    def __init__(self, answerer: Answerer, prompt: list[int], number: int) -> None:
        self.finish: Literal["stop", "length"] | None = None
        self._answerer = answerer
        self._prompt = prompt
        self._number = number

    def pieces(self) -> Iterator[str]:
        """The text as it is decoded, one piece per token. A piece contains only whole characters: it is "" if the token
        ends inside one.

        Joined, the pieces are what decoding all tokens at once gives: bytes that are not UTF-8 become U+FFFD.
        """
        answerer, encoding = self._answerer, self._answerer.encoding
        stop = encoding.eot_token
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        steps = stream(answerer.model, [self._prompt], answerer.max_new_tokens, stop, answerer.sampling, [self._number])
        finish: Literal["stop", "length"] = "length"
        for [(_, token)] in steps:
            if token == stop:
                finish = "stop"
            else:
                yield decoder.decode(encoding.decode_single_token_bytes(token))
        self.finish = finish
        yield decoder.decode(b"", final=True)


def answer_lines(answerers: Sequence[Answerer], source: BinaryIO, target: BinaryIO) -> int:
    """Writes one line to `target` for each line of `source`, at once, with one column per answerer.

    A prompt that is too long gets an empty column and a message on standard error. Returns the exit status: 1 if there
    was such a prompt, otherwise 0. Ends the program if a line is not UTF-8. A terminal gets no control characters.
    """
    shown = replace_control_characters if target.isatty() else str
    status = 0
    for number, line in enumerate(source):
        try:
            question = parse_line(line, number)
        except UnicodeDecodeError as error:
            sys.exit(f"error: line {number + 1} is not UTF-8 text: {error.reason} at byte {error.start}")
        columns = []
        for answerer in answerers:
            try:
                columns.append(_response_text(answerer, question))
            except PromptTooLongError as error:
                columns.append("")
                status = 1
                sys.stderr.write(f"error: line {number + 1}: {error}\n")
        target.write(("\t".join(escape(shown(column)) for column in columns) + "\n").encode())
        target.flush()
    return status


def parse_line(line: bytes, number: int) -> Question:
    """Reads an instruction, or an instruction, a tab and its input, with escapes as in `escape`.

    Raises UnicodeDecodeError if the line is not UTF-8.
    """
    instruction, _, context = line.decode("utf-8").rstrip("\r\n").partition("\t")
    return Question(unescape(instruction), unescape(context), number)


def _response_text(answerer: Answerer, question: Question) -> str:
    return "".join(answerer.respond(question).pieces()) if question.instruction.strip() else ""


def replace_control_characters(text: str) -> str:
    return CONTROL.sub("\ufffd", text)


def escape(text: str) -> str:
    """The text on one line, without tabs."""
    return re.sub(r"[\\\n\t\r]", lambda match: ESCAPES[match[0]], text)


def unescape(text: str) -> str:
    """Undoes `escape`. Other backslashes stay as they are."""
    return re.sub(r"\\[\\ntr]", lambda match: CHARACTERS[match[0]], text)
