import pytest

from stages.common.harmless import harmless


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("clear\x1b[2J", r"clear\x1b[2J"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("over\rwritten\x08", r"over\x0dwritten\x08"),
        ("C1 \x9b31m", r"C1 \x9b31m"),
        ("nul\0 del\x7f", r"nul\x00 del\x7f"),
        ("exe\u202egnp", r"exe\u202egnp"),
        ("\u2066x\u2069", r"\u2066x\u2069"),
        ("one\u2028line\u2029", r"one\u2028line\u2029"),
        ("half \ud83d", r"half \ud83d"),
        ("next\x85line", r"next\x85line"),
    ],
)
def test_nothing_that_a_terminal_acts_on_is_left(text: str, shown: str) -> None:
    """Guards against a title or an answer that clears the screen, or writes what another program would run."""
    assert harmless(text) == shown.replace(r"\x0d", r"\r")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\tb\nc",
        "caf\u00e9\u00a0\u2026 \u65e5\u672c",
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "\U0001f468\u200d\U0001f469",
        r"C:\x",
    ],
)
def test_text_stays_as_it_is(text: str) -> None:
    """Guards against broken Persian and emoji, whose joiners don't print either."""
    assert harmless(text) == text
