"""A dialogue in a terminal: answers appear as they are decoded, those of several checkpoints side by side."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING

from model.asking.answering import Answerer, PromptTooLongError
from model.asking.question_lines import Question, replace_control_characters

if TYPE_CHECKING:
    from rich.table import Table

FIRST_LINE, NEXT_LINE = "> ", "  "  # prompts
INPUT = "Input:"  # alone on a line, it starts the input
REFRESH_RATE = 10  # of the columns, per second


def converse(answerers: Sequence[Answerer]) -> None:
    """Answers questions from the terminal until the input ends."""
    with suppress(ImportError):
        import readline  # noqa: F401 # `input` then edits lines and remembers them
    for answerer in answerers:
        parameters = answerer.model.parameter_count()
        print_now(f"{answerer.name}: {parameters:,} parameters, reads {answerer.context:,} tokens\n")
    print_now(f"An empty line ends an instruction. The text below a line {INPUT} is what it works on.\n")
    print_now("Ctrl+C stops an answer, Ctrl+D leaves.\n")
    numbers = count()
    while True:
        try:
            print_now("\n")
            instruction, input_text = read_question()
            if instruction:
                show_responses(answerers, Question(instruction, input_text, next(numbers)))
        except EOFError:
            print_now("\n")
            return
        except KeyboardInterrupt:
            print_now("\n(stopped)\n")


def read_question() -> tuple[str, str]:
    """Reads an instruction and its input. Raises EOFError at the end of the input."""
    lines: list[str] = []
    while line := input(NEXT_LINE if lines else FIRST_LINE).rstrip():
        lines.append(line)
    end = lines.index(INPUT) if INPUT in lines else len(lines)
    return "\n".join(lines[:end]), "\n".join(lines[end + 1 :])


def show_responses(answerers: Sequence[Answerer], question: Question) -> None:
    """Prints the response of one checkpoint, or those of several in columns."""
    if len(answerers) > 1:
        show_columns(answerers, question)
    else:
        for piece in printable_pieces(answerers[0], question):
            print_now(piece)
        print_now("\n")


def show_columns(answerers: Sequence[Answerer], question: Question) -> None:
    """All responses grow together, one token each in turn."""
    from rich.live import Live

    texts = [""] * len(answerers)
    names = [answerer.name for answerer in answerers]
    growing = {column: printable_pieces(answerer, question) for column, answerer in enumerate(answerers)}
    with Live(get_renderable=lambda: columns_table(names, texts), refresh_per_second=REFRESH_RATE):
        while growing:
            for column, pieces in list(growing.items()):
                piece = next(pieces, None)
                if piece is None:
                    del growing[column]
                else:
                    texts[column] += piece


def printable_pieces(answerer: Answerer, question: Question) -> Iterator[str]:
    """The response as it is decoded, without control characters, and a note if it is cut; or the error."""
    try:
        response = answerer.respond(question)
    except PromptTooLongError as error:
        yield f"error: {error}"
        return
    yield from map(replace_control_characters, response.pieces())
    if response.finish == "length":
        yield "\n(cut at the limit)"


def columns_table(names: Sequence[str], texts: Sequence[str]) -> "Table":
    """A table as wide as the terminal, with equal columns."""
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE, expand=True, padding=(0, 1))
    for name in names:
        table.add_column(Text(name), ratio=1, overflow="fold")
    table.add_row(*(Text(text.rstrip("\n"), overflow="fold") for text in texts))
    return table


def print_now(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
