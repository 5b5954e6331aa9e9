"""Prompts, which are text files beside the code that sends them, and the fence around the data in them."""

import hashlib
from pathlib import Path

from stages.common.templates import load_templates


def system_prompt(path: Path, **values: object) -> str:
    """The text of a prompt file with its `{{ placeholders }}` filled in.

    Raises jinja2.UndefinedError where a placeholder has no value.
    """
    text: str = load_templates(path.parent).get_template(path.name).render(values)
    return text


def fenced(what: str, text: str) -> str:
    """`text` between two marker lines, which it cannot hold itself, as they carry its hash: it ends where we say.

    `what` is what the markers call it, such as "page".
    """
    mark = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"<<<{what} {mark}\n{text}\n{what} {mark}>>>"
