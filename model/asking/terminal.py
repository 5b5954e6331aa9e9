"""A dialogue in a terminal: answers appear as they are decoded, of several checkpoints side by side."""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import count
from typing import TYPE_CHECKING

from model.asking.answering import Answer, Answerer, PromptTooLongError, Task

if TYPE_CHECKING:
    from rich.table import Table

FIRST_LINE, NEXT_LINE = "> ", "  "
INPUT = "Input:"  # alone on a line
REDRAWN = 10  # times a second, of columns
# All that a terminal could act on, but line feeds and tabs: a model may have learned any of it.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def converse(answerers: Sequence[Answerer]) -> None:
    """Answers until the input ends."""
    with suppress(ImportError):
        import readline  # noqa: F401 # `input` then edits lines and remembers them
    for one in answerers:
        say(f"{one.name}: {one.model.parameter_count():,} parameters, reads {one.context:,} tokens\n")
    say(f"An empty line ends an instruction. What stands below a line {INPUT} is the text that it works on.\n")
    say("Ctrl+C stops an answer, Ctrl+D leaves.\n")
    places = count()
    while True:
        try:
            say("\n")
            task = read_task()
            if task[0]:
                show(answerers, Task(*task, next(places)))
        except EOFError:
            say("\n")
            return
        except KeyboardInterrupt:
            say("\n(stopped)\n")


def read_task() -> tuple[str, str]:
    """An instruction and its input. Raises EOFError where the input ends."""
    lines: list[str] = []
    while line := input(NEXT_LINE if lines else FIRST_LINE).rstrip():
        lines.append(line)
    divide = lines.index(INPUT) if INPUT in lines else len(lines)
    return "\n".join(lines[:divide]), "\n".join(lines[divide + 1 :])


def show(answerers: Sequence[Answerer], task: Task) -> None:
    if len(answerers) > 1:
        show_columns(answerers, task)
        return
    try:
        answer = answerers[0].answer(task)
    except PromptTooLongError as error:
        say(f"error: {error}\n")
        return
    for piece in answer.pieces():
        say(harmless(piece))
    say(f"\n{ending(answer)}")


def show_columns(answerers: Sequence[Answerer], task: Task) -> None:
    """All answers grow together, a token each in turn."""
    from rich.live import Live

    texts = [""] * len(answerers)
    names = [one.name for one in answerers]
    growing = {place: column_pieces(one, task) for place, one in enumerate(answerers)}
    with Live(get_renderable=lambda: columns(names, texts), refresh_per_second=REDRAWN):
        while growing:
            for place, pieces in list(growing.items()):
                piece = next(pieces, None)
                if piece is None:
                    del growing[place]
                else:
                    texts[place] += piece


def column_pieces(answerer: Answerer, task: Task) -> Iterator[str]:
    try:
        answer = answerer.answer(task)
    except PromptTooLongError as error:
        yield f"error: {error}"
        return
    yield from map(harmless, answer.pieces())
    yield f"\n{ending(answer)}"


def columns(names: Sequence[str], texts: Sequence[str]) -> "Table":
    """As wide as the terminal, in equal parts."""
    from rich.box import SIMPLE
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE, expand=True, padding=(0, 1))
    for name in names:
        table.add_column(Text(name), ratio=1, overflow="fold")
    table.add_row(*(Text(text.rstrip("\n"), overflow="fold") for text in texts))
    return table


def ending(answer: Answer) -> str:
    return "(cut at the limit)\n" if answer.finish == "length" else ""


def harmless(text: str) -> str:
    return CONTROL.sub("\ufffd", text)


def say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
