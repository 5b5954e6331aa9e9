"""The prompts, as text files in `stages/prompts/`, and the fence around whatever is data in them."""

import hashlib
from pathlib import Path

from stages.common.files import read_text

FOLDER = Path(__file__).parents[1] / "prompts"


def system_prompt(name: str, **values: object) -> str:
    """The text of `stages/prompts/NAME`, its `{{ placeholders }}` filled in. Raises an error of jinja2 for one that has
    no value."""
    from jinja2 import StrictUndefined, Template

    text: str = Template(read_text(FOLDER / name), undefined=StrictUndefined).render(values)
    return text


def fenced(what: str, text: str) -> str:
    """`text` between two marker lines, which it cannot hold itself, as they carry its hash: it ends where we say.

    `what` is what the markers call it, such as "page".
    """
    mark = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"<<<{what} {mark}\n{text}\n{what} {mark}>>>"
