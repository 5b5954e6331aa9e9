"""Asks a checkpoint, or several side by side.

    python -m model.asking.ask --checkpoint data/checkpoints/full

In a terminal it is a dialogue (`model/asking/terminal.py`). Through a pipe, each line in gives a line out
(`answer_lines` in `model/asking/answering.py`).
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.asking.answering import Answerer

DESCRIPTION = "Asks a checkpoint, or several side by side."
DETAILS = """\
In a terminal, an empty line ends an instruction. The text below a line "Input:" is what the instruction works on.
Ctrl+C stops an answer, Ctrl+D leaves.

Through a pipe, each line is an instruction, or an instruction, a tab and its input. Write \\n, \\t, \\r and \\\\ for a
line break, a tab, a carriage return and a backslash, as `jq -r @tsv` does. Each line of the output answers the same
line of the input and is written in the same way. With --compare it has one column per checkpoint, separated by tabs.
An empty line gets an empty line. Exit status 1 means that an instruction was too long.
"""


def main(arguments: Sequence[str] | None = None, prog: str = "python -m model.asking.ask") -> None:
    """Runs the command and exits. `arguments` default to `sys.argv`; `prog` is the command's name in its help."""
    options = parse_options(arguments, prog)
    try:
        sys.exit(answer_standard_input(options))
    except BrokenPipeError:  # the reader of the answers has closed the pipe
        # The interpreter flushes standard output at exit; that must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)  # the status a shell gives after Ctrl+C


def parse_options(arguments: Sequence[str] | None, prog: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=prog, description=DESCRIPTION, epilog=DETAILS, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_checkpoint_options(parser)
    add = parser.add_argument
    add("--temperature", type=float, default=0.0, metavar="T", help="0, the default, takes the most likely token")
    add("--top-k", type=int, default=0, metavar="K", help="sample from the K most likely tokens; 0, the default: all")
    add("--top-p", type=float, default=1.0, metavar="P", help="sample from the most likely up to probability P, to 1")
    add("--seed", type=int, default=1, metavar="N", help="of sampling, from 0 (default: %(default)s)")
    options = parser.parse_args(arguments)
    options.folders = checkpoint_folders(parser, options)
    return options


def add_checkpoint_options(parser: argparse.ArgumentParser) -> None:
    """Which checkpoints answer, and at what length."""
    add = parser.add_argument
    add("--checkpoint", type=Path, default=Path("data/checkpoints/full"), help="its folder (default: %(default)s)")
    add("--compare", metavar="A,B,...", help="several instead: paths, or names of folders beside --checkpoint")
    add("--max-new-tokens", type=int, default=256, metavar="N", help="of an answer, from 1 (default: %(default)s)")


def checkpoint_folders(parser: argparse.ArgumentParser, options: argparse.Namespace) -> list[Path]:
    """The checkpoints to ask, in the order they are named. In `--compare`, a name without a slash is a folder beside
    `--checkpoint`; anything else is a path. Ends the program with a message about options that cannot be."""
    if options.max_new_tokens < 1:
        parser.error(f"--max-new-tokens is {options.max_new_tokens}, must be from 1")
    checkpoint: Path = options.checkpoint
    if options.compare is None:
        return [checkpoint]
    names = [name.strip() for name in options.compare.split(",") if name.strip()]
    if not names:
        parser.error(f"--compare is {options.compare!r}, must name a checkpoint")
    return [Path(name) if os.sep in name else checkpoint.parent / name for name in names]


def answer_standard_input(options: argparse.Namespace) -> int:
    """Answers until the input ends; returns the exit status."""
    settings = (options.temperature, options.top_k, options.top_p, options.seed)
    answerers = load_answerers(options.folders, options.max_new_tokens, *settings)
    if sys.stdin.isatty() and sys.stdout.isatty():
        from model.asking.terminal import converse

        converse(answerers)
        return 0
    from model.asking.answering import answer_lines

    return answer_lines(answerers, sys.stdin.buffer, sys.stdout.buffer)


def load_answerers(
    folders: Sequence[Path],
    max_new_tokens: int,
    temperature: float = 0.0,
    top_k: int = 0,
    top_p: float = 1.0,
    seed: int = 0,
) -> "list[Answerer]":
    """Ends the program with one message if a checkpoint or a setting cannot be used."""
    from model.asking.question_lines import replace_control_characters
    from model.core.checkpoint import check_checkpoint
    from model.core.checkpoint_files import CheckpointError

    try:
        checkpoints = [check_checkpoint(folder) for folder in folders]
        from model.asking.answering import Answerer  # imports torch, which takes longer than all checks
        from model.decoding.sampling import Sampling

        sampling = Sampling(temperature, top_k, top_p, seed)
        return [Answerer(checkpoint, max_new_tokens, sampling) for checkpoint in checkpoints]
    except CheckpointError as error:
        reason = replace_control_characters(str(error))  # it may quote the file
        sys.exit(f"error: {reason}\n  --checkpoint and --compare name folders with model, config and tokenizer")
    except ValueError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        sys.exit(f"error: {error.filename}: {error.strerror}")


if __name__ == "__main__":
    main()
