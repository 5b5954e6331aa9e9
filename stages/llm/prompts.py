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
    """`text` between two marker lines, named `what` (such as "page"), so that a model doesn't take it for instructions.

    The markers contain a hash of the text. A text can't contain its own hash, so it can't imitate the line that ends
    it. The mark is a hash, not a random number, because equal requests must stay equal for the journal.
    """
    mark = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"<<<{what} {mark}\n{text}\n{what} {mark}>>>"
