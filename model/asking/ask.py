"""Ask a checkpoint, or several side by side: `python -m model.asking.ask --checkpoint data/checkpoints/full`.

In a terminal it is a dialogue (`model/asking/terminal.py`); through a pipe, a line in gives a line out
(`model/asking/lines.py`).
"""

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from model.asking.answering import Answerer

DESCRIPTION = "Asks a checkpoint, or several side by side."
DETAILS = """\
In a terminal, an instruction ends with an empty line. What stands below a line "Input:" is the text that it works on.
Ctrl+C stops an answer, Ctrl+D leaves.

Through a pipe, each line is an instruction, or an instruction, a tab and its input. \\n, \\t, \\r and \\\\ stand for a
line's end, a tab, a carriage return and a backslash, as in what `jq -r @tsv` writes. Each line of the output is the
answer to the same line of the input, written alike; with --compare, one answer a column, parted by tabs. An empty
line gets an empty line. Exit status 1 says that an instruction was too long to be answered.
"""


def main() -> None:
    options = read_options()
    try:
        sys.exit(ask(options))
    except BrokenPipeError:  # whoever reads the answers has enough of them
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # where the interpreter flushes to in the end
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)  # as a shell says it


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m model.asking.ask",
        description=DESCRIPTION,
        epilog=DETAILS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--checkpoint", type=Path, default=Path("data/checkpoints/full"), help="its folder (default: %(default)s)")
    add("--compare", metavar="A,B,...", help="several instead: paths, or names of folders beside --checkpoint's")
    add("--max-new-tokens", type=int, default=256, metavar="N", help="of an answer, from 1 (default: %(default)s)")
    add("--temperature", type=float, default=0.0, metavar="T", help="0, the default, takes the most likely token")
    add("--top-k", type=int, default=0, metavar="K", help="draws from the K most likely tokens; 0, the default: all")
    add("--top-p", type=float, default=1.0, metavar="P", help="draws from the most likely up to probability P, to 1")
    add("--seed", type=int, default=1, metavar="N", help="of what is drawn, from 0 (default: %(default)s)")
    options = parser.parse_args()
    if options.max_new_tokens < 1:
        parser.error(f"--max-new-tokens is {options.max_new_tokens}, must be from 1")
    options.folders = folders(options.checkpoint, options.compare)
    if not options.folders:
        parser.error(f"--compare is {options.compare!r}, must name a checkpoint")
    return options


def folders(checkpoint: Path, compare: str | None) -> list[Path]:
    """The checkpoints to ask, in the order in which they are named. A name without a slash is a folder beside
    `checkpoint`; anything else is a path."""
    if compare is None:
        return [checkpoint]
    names = [name.strip() for name in compare.split(",") if name.strip()]
    return [Path(name) if os.sep in name else checkpoint.parent / name for name in names]


def ask(options: argparse.Namespace) -> int:
    """The exit status, after everything was asked."""
    answerers = load(options)
    if sys.stdin.isatty() and sys.stdout.isatty():
        from model.asking.terminal import converse

        converse(answerers)
        return 0
    from model.asking.lines import answer_lines

    return answer_lines(answerers, sys.stdin.buffer, sys.stdout.buffer)


def load(options: argparse.Namespace) -> "list[Answerer]":
    """Ends the program with one message where a checkpoint or a setting cannot be used."""
    from model.asking.answering import Answerer
    from model.core.checkpoint import CheckpointError
    from model.decoding.sampling import Sampling

    try:
        sampling = Sampling(options.temperature, options.top_k, options.top_p, options.seed)
        return [Answerer(folder, options.max_new_tokens, sampling) for folder in options.folders]
    except CheckpointError as error:
        sys.exit(f"error: {error}\n  --checkpoint and --compare name folders with model, config and tokenizer")
    except ValueError as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        sys.exit(f"error: {error.filename}: {error.strerror}")


if __name__ == "__main__":
    main()
