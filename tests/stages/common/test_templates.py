"""Templates, the hash that names a script, and Markdown in which untrusted text stays text."""

import hashlib
from base64 import b64decode
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from stages.common.templates import csp_hash, load_templates, markdown_text


def test_only_html_is_escaped(tmp_path: Path) -> None:
    """Guards against markup from a model in a page, and against `&lt;` in a prompt."""
    for name in ("page.html.j2", "report.md.j2", "prompt.md"):
        (tmp_path / name).write_text("{{ text }}")
    templates = load_templates(tmp_path)
    shown = {name: templates.get_template(name).render(text="<b>") for name in templates.list_templates()}
    assert shown == {"page.html.j2": "&lt;b&gt;", "report.md.j2": "<b>", "prompt.md": "<b>"}


def test_a_name_without_a_value_is_an_error(tmp_path: Path) -> None:
    """Guards against a prompt or a page with a hole in it."""
    (tmp_path / "prompt.md").write_text("{{ text }}")
    with pytest.raises(UndefinedError, match="'text' is undefined"):
        load_templates(tmp_path).get_template("prompt.md").render()


def test_block_tags_leave_no_lines_behind(tmp_path: Path) -> None:
    """Guards against empty lines in a Markdown table, which end it."""
    lines = ("{% for row in rows %}", "  {% if row %}", "{{ row }}", "  {% endif %}", "{% endfor %}")
    (tmp_path / "table.md").write_text("\n".join(lines))
    assert load_templates(tmp_path).get_template("table.md").render(rows=[1, 0, 2]) == "1\n2\n"


def test_a_script_is_named_by_its_own_hash() -> None:
    """Guards against a policy under which a browser runs nothing, or something else."""
    algorithm, _, digest = csp_hash("alert('ü')").partition("-")
    assert algorithm == "sha256" and b64decode(digest) == hashlib.sha256("alert('ü')".encode()).digest()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a | b", r"a \| b"),
        (r"a\|b", r"a\\\|b"),
        ("two\nlines", "two lines"),
        ("", ""),
        ("x" * 200, "x" * 160 + "..."),
        ("<b>", r"\<b\>"),
        ("from $5 to $6", r"from \$5 to \$6"),  # else a formula where Markdown knows them
        ("a\x1b[2J\u202eb", r"a\\x1b\[2J\\u202eb"),
        ("![t](http://example.org)", r"\!\[t\](http://example.org)"),
    ],
)
def test_markdown_text(text: str, expected: str) -> None:
    """Guards against an answer that breaks a table, or acts in a reader's viewer."""
    assert markdown_text(text) == expected
