"""Prompts, which are text files beside the code that sends them, and the fence around untrusted text in them."""

import hashlib
from pathlib import Path

from stages.common.templates import load_templates


def system_prompt(path: Path, **values: object) -> str:
    """The text of a prompt file with its `{{ placeholders }}` filled in.

    Raises jinja2.UndefinedError if a placeholder has no value.
    """
    text: str = load_templates(path.parent).get_template(path.name).render(values)
    return text


def fenced(what: str, text: str) -> str:
    """`text` between two marker lines, named `what` ("page", say), so that a model can tell it from our instructions.

    The markers hold a hash of the text. The text can't hold its own hash, so it can't write the line that ends it. The
    hash is no random number, since equal requests must stay equal for the journal.
    """
    mark = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"<<<{what} {mark}\n{text}\n{what} {mark}>>>"
