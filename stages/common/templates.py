"""Jinja templates as the project uses them, and two ways to keep untrusted text harmless in what they render."""

import base64
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING

from stages.common.harmless import harmless

if TYPE_CHECKING:
    from jinja2 import Environment

MAX_SHOWN = 160  # characters of an untrusted text in a Markdown table


def load_templates(folder: Path) -> "Environment":
    """The templates of a folder. Files named `*.html.j2` escape what they insert; other files insert it as it is.

    A line that contains only a block tag leaves no empty line. Rendering raises jinja2.UndefinedError for a name
    without a value.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(["html.j2"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def csp_hash(script: str) -> str:
    """The source expression, such as `sha256-...`, that lets a content security policy (CSP Level 2) run `script`."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def markdown_text(text: str) -> str:
    """Untrusted text as one line for a Markdown table, cut after MAX_SHOWN characters.

    Every character that Markdown, HTML or a terminal would act on is escaped.
    """
    line = harmless(" ".join(text.split()))
    line = line if len(line) <= MAX_SHOWN else line[:MAX_SHOWN] + "..."
    return re.sub(r"([\\`*_\[\]<>|#!~&$])", r"\\\1", line)
