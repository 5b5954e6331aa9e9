import json

import pytest

from stages.curation.broken_escapes import broken_escapes
from tests.stages.conftest import MakeExample


@pytest.mark.parametrize(
    ("texts", "evidence"),
    [
        ({"output": "It&#x27;s late."}, "output holds the HTML entity '&#x27;'"),
        ({"output": "It&amp;rsquo;s late."}, "output holds the HTML entity '&amp;'"),
        ({"input": "the caf&eacute"}, "input holds the HTML entity '&eacute'"),
        ({"output": "1. Red\\n2. Blue"}, "output holds '\\\\n', an escape that was left as text"),
        ({"output": "caf\\u00e9"}, "an escape that was left as text"),
        ({"output": "3 \times 3 is 9."}, "a LaTeX command without its backslash"),
        ({"output": "3 \neq 4"}, "a LaTeX command without its backslash"),
        ({"output": "the density \rho"}, "a LaTeX command without its backslash"),
        ({"instruction": 'Write "&" in HTML.', "output": "&amp;"}, None),
        ({"output": "$\\nu \\neq \\tau$"}, None),
        ({"output": 'print("a\\nb")'}, None),
        ({"output": "C:\\new\\tables"}, None),
        ({"output": "AT&T; and others"}, None),
    ],
)
def test_broken_escapes(make: MakeExample, texts: dict[str, str], evidence: str | None) -> None:
    """Guards against escapes that a reader sees, and against code and LaTeX taken for them."""
    found = broken_escapes(make(**texts))
    assert found is None if evidence is None else found is not None and evidence in found


@pytest.mark.parametrize(
    "formula", ["3 \\times 3", "\\theta = 3", "a \\neq b", "\\rho = m/V", "\\frac{1}{2}", "\\nabla f", "\\tau = 2"]
)
def test_latex_in_a_models_reply(make: MakeExample, formula: str) -> None:
    """Guards against a model that writes LaTeX in JSON with one backslash. Its texts are stripped after they are read,
    and with them the tab or line end that the backslash became."""
    text = json.loads(f'"{formula}"').strip()
    assert "LaTeX" in (broken_escapes(make(output=text)) or "")
