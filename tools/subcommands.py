"""How a command of `wikitune` is declared."""

import argparse
import textwrap
from typing import Any

Subparsers = Any  # argparse's class for them is private


def add_command(
    commands: Subparsers, name: str, summary: str, example: str, details: str = ""
) -> argparse.ArgumentParser:
    """Adds a command without options. `details` are paragraphs below the options, each on one line."""
    paragraphs = [textwrap.fill(paragraph, 100) for paragraph in details.splitlines()]
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=f"{summary}\n    wikitune {example}",
        description=summary,
        epilog="\n".join([*paragraphs, "", "example:", f"  wikitune {example}"]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    return parser
