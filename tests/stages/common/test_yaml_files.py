from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from stages.common.errors import StageError
from stages.common.yaml_files import parse_yaml, read_yaml

SCALARS = st.text("+-._:0123456789eExXoObBaAfFinNtTrRuUlLsSyYoO~ ", min_size=1, max_size=10)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-4", 1e-4),
        ("1e5", 1e5),
        ("2.5e-3", 2.5e-3),
        ("1.0e5", 1e5),
        ("12e03", 12000.0),
        ("+.5", 0.5),
        ("1_000", 1000),
        ("012", 12),
        ("0777", 777),
        ("0o12", 10),
        ("0x1F", 31),
        ("-0b11", -3),
        ("1:30", "1:30"),
        ("yes", "yes"),
        ("no", "no"),
        ("off", "off"),
        ("True", True),
        ("~", None),
        ("2022-12-31", date(2022, 12, 31)),
        ("'1e5'", "1e5"),
        ("1e", "1e"),
    ],
)
def test_values_are_those_of_yaml_1_2(text: str, value: object) -> None:
    """Guards against a learning rate that is a string, and a `no` that is false."""
    parsed = parse_yaml(f"key: {text}", "params.yaml")["key"]
    assert (type(parsed), parsed) == (type(value), value)


@given(SCALARS)
def test_any_scalar_is_what_dvc_reads(text: str) -> None:
    """Guards against a stage that computes with another value than DVC shows and compares."""
    document = f"key: {text}\nlist: [{text}]\n"
    try:
        expected = repr(YAML(typ="safe").load(document))  # the call that DVC makes
    except (YAMLError, ValueError):
        return
    assert repr(parse_yaml(document, "params.yaml")) == expected


DEEP = 3000


@pytest.mark.parametrize(
    "text",
    [
        "[" * DEEP + "]" * DEEP,
        "{a: " * DEEP + "1" + "}" * DEEP,
        "- " * DEEP + "1",
        "\n".join(" " * level + "a:" for level in range(DEEP)),
        "? " * DEEP,
        "[" * 100_000,
    ],
    ids=lambda text: text[:8],
)
def test_yaml_that_is_nested_too_deeply_is_named(text: str) -> None:
    """Guards against a traceback of a thousand lines."""
    with pytest.raises(StageError, match=r"params.yaml is nested too deeply to read; write it flatter"):
        parse_yaml(text, "params.yaml")


def test_a_key_that_is_no_scalar_is_named() -> None:
    with pytest.raises(StageError, match=r"params.yaml is not YAML: (.|\n)*found unhashable key"):
        parse_yaml("? [a, b]\n: 1", "params.yaml")


def test_the_parameters_of_the_project_are_what_dvc_reads(root: Path) -> None:
    text = (root / "params.yaml").read_text(encoding="utf-8")
    assert read_yaml(root / "params.yaml") == YAML(typ="safe").load(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\nb: 2\na: 3\n", r"(?s)x is not YAML: duplicate key 'a'.*line 3, column 1"),
        ("a: [1, 2", r"(?s)x is not YAML: while parsing.*line 1, column 4"),
        ("a: !!python/object:os.system x", "x is not YAML: could not determine a constructor"),
        ("a: 2022-13-31", "x is not YAML: month must be in 1..12"),
        ("[" * 3000 + "]" * 3000, "x is nested too deeply to read; write it flatter"),
    ],
    ids=["twice", "open", "object", "date", "deep"],
)
def test_anything_else_is_named(text: str, message: str) -> None:
    """Guards against a traceback, a key whose first value is lost, and code that a file runs."""
    with pytest.raises(StageError, match=message):
        parse_yaml(text, "x")
