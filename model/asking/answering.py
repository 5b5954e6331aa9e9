"""A checkpoint that answers instructions, its words as soon as they are decoded."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import tiktoken

from model.core.checkpoint import load_checkpoint
from model.core.gpt2 import GPT2
from model.core.prompt import render_prompt
from model.decoding.generation import stream
from model.decoding.sampling import Sampling


class PromptTooLongError(Exception):
    """A prompt that leaves no room in the context for an answer; the message has the numbers."""


@dataclass(frozen=True)
class Task:
    """What is asked. `place` counts the tasks from 0: with the seed, it decides what is drawn."""

    instruction: str
    input: str
    place: int


class Answerer:
    def __init__(self, folder: Path, max_new_tokens: int, sampling: Sampling) -> None:
        """Raises CheckpointError for a folder without a usable checkpoint, OSError for one that can't be read."""
        self.name = folder.resolve().name
        self.max_new_tokens = max_new_tokens
        self.sampling = sampling
        self.model, self.encoding = load_checkpoint(folder)

    @property
    def context(self) -> int:
        """Tokens of prompt and answer together."""
        return self.model.config.n_positions

    def answer(self, task: Task) -> "Answer":
        """Raises PromptTooLongError."""
        prompt = self.encoding.encode_ordinary(render_prompt(task.instruction, task.input))
        if len(prompt) >= self.context:
            raise PromptTooLongError(
                f"the prompt has {len(prompt):,} tokens, but {self.name} reads {self.context:,} with its answer; "
                "shorten the instruction or its input"
            )
        return Answer(self, prompt, task.place)


class Answer:
    """`pieces()` decodes it; `finish` then says how it ended: None while it goes on, or where it was broken off."""

    def __init__(self, answerer: Answerer, prompt: list[int], place: int) -> None:
        self.finish: Literal["stop", "length"] | None = None
        self._answerer = answerer
        self._prompt = prompt
        self._place = place

    def pieces(self) -> Iterator[str]:
        """The text in pieces of whole characters, one a token, "" where a token ends within a character.

        Joined, they are what decoding all tokens at once gives: bytes that are no UTF-8 become U+FFFD.
        """
        model: GPT2 = self._answerer.model
        encoding: tiktoken.Encoding = self._answerer.encoding
        stop = encoding.eot_token
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        steps = stream(
            model, [self._prompt], self._answerer.max_new_tokens, stop, self._answerer.sampling, [self._place]
        )
        finish: Literal["stop", "length"] = "length"
        for [(_, token)] in steps:
            if token == stop:
                finish = "stop"
            else:
                yield decoder.decode(encoding.decode_single_token_bytes(token))
        self.finish = finish
        yield decoder.decode(b"", final=True)
