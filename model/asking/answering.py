"""A checkpoint that answers instructions: token by token for a terminal, line by line for a pipe."""

import codecs
import sys
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Literal

from model.asking.question_lines import Question, escape, parse_line, replace_control_characters
from model.core.checkpoint import CheckedCheckpoint
from model.core.prompt import render_prompt
from model.decoding.generation import stream
from model.decoding.sampling import Sampling


class PromptTooLongError(Exception):
    """The prompt leaves no room in the context for a response. The message has the numbers."""


class Answerer:
    """A checkpoint with the settings it answers with."""

    def __init__(self, checkpoint: CheckedCheckpoint, max_new_tokens: int, sampling: Sampling) -> None:
        """Loads the model. Raises CheckpointError for values that no model has."""
        self.name = checkpoint.folder.resolve().name
        self.max_new_tokens = max_new_tokens
        self.sampling = sampling
        self.model, self.encoding = checkpoint.load()

    @property
    def context(self) -> int:
        """The context length: the most tokens of prompt and response together."""
        return self.model.config.n_positions

    def respond(
        self, question: Question, max_new_tokens: int | None = None, sampling: Sampling | None = None
    ) -> "Response":
        """A response that is not decoded yet, with other settings than the checkpoint's if they are given. Raises
        PromptTooLongError."""
        prompt = self.encoding.encode_ordinary(render_prompt(question.instruction, question.input))
        if len(prompt) >= self.context:
            raise PromptTooLongError(
                f"the prompt has {len(prompt):,} tokens, but {self.name} reads {self.context:,} with its answer; "
                "shorten the instruction or its input"
            )
        limit = self.max_new_tokens if max_new_tokens is None else max_new_tokens
        return Response(self, prompt, question.number, limit, sampling or self.sampling)


class Response:
    """The response to one question, decoded by `pieces()`.

    `finish` is None until all pieces are decoded. Then it is "stop" if the model stopped, or "length" if the token
    limit or the context ended the response. `prompt_tokens` and `tokens` count what was read and what was decoded.
    """

    def __init__(
        self, answerer: Answerer, prompt: list[int], number: int, max_new_tokens: int, sampling: Sampling
    ) -> None:
        self.finish: Literal["stop", "length"] | None = None
        self.prompt_tokens, self.tokens = len(prompt), 0
        self._answerer = answerer
        self._prompt = prompt
        self._number = number
        self._max_new_tokens = max_new_tokens
        self._sampling = sampling

    def pieces(self) -> Iterator[str]:
        """The text as it is decoded, one piece per token. A piece contains only whole characters: it is "" if the token
        ends inside one.

        Joined, the pieces are what decoding all tokens at once gives: bytes that are not UTF-8 become U+FFFD.
        """
        answerer, encoding = self._answerer, self._answerer.encoding
        stop = encoding.eot_token
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        steps = stream(answerer.model, [self._prompt], self._max_new_tokens, stop, self._sampling, [self._number])
        finish: Literal["stop", "length"] = "length"
        for [(_, token)] in steps:
            if token == stop:
                finish = "stop"
            else:
                self.tokens += 1
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


def _response_text(answerer: Answerer, question: Question) -> str:
    return "".join(answerer.respond(question).pieces()) if question.instruction.strip() else ""
