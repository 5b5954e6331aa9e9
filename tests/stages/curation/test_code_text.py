import pytest

from stages.curation.code_text import asks_for_code, looks_like_code


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def greet(name):", True),
        ("SELECT name FROM people", True),
        ("echo $HOME", True),
        ('print(f"Hi {name}")', True),
        ("total = 0", True),
        ("```python\nx\n```", True),
        ("```\nThe Nile\n```", False),
        ("She selects bread from the shelf; it is fresh.", False),
        ("The sum of {a} and 2 is 5 (at most).", False),
    ],
)
def test_looks_like_code(text: str, found: bool) -> None:
    """Guards against prose with braces and semicolons taken for code, and against code that isn't recognized."""
    assert looks_like_code(text) == found


@pytest.mark.parametrize(
    ("task", "found"),
    [
        ("Write a Python function.", True),
        ("Fix the HTML.", True),
        ("Explain the dress code.", False),
        ("Name it.", False),
    ],
)
def test_asks_for_code(task: str, found: bool) -> None:
    """Guards against words such as "code" in another sense."""
    assert asks_for_code(task) == found
