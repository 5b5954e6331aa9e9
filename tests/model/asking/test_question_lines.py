"""The escapes of the line format, and what a terminal never sees."""

from model.asking.question_lines import Question, escape, parse_line, replace_control_characters, unescape


def test_escapes_are_undone() -> None:
    """Guards against a backslash that is read twice."""
    text = "a\\n\tb\r\n\\\\t"
    assert escape("a\n\\n") == "a\\n\\\\n"
    assert unescape(escape(text)) == text
    assert unescape(r"C:\dir \x") == r"C:\dir \x"


def test_an_answer_cannot_control_the_terminal() -> None:
    """Guards against escape sequences that clear the screen or write into the clipboard."""
    assert replace_control_characters("a\x1b[2J\x9b\x07\r\nb\tc") == "a\ufffd[2J\ufffd\ufffd\ufffd\nb\tc"
    assert replace_control_characters("exe\u202egnp\u2028") == "exe\ufffdgnp\ufffd"


def test_a_line_is_an_instruction_and_its_input() -> None:
    """Guards against a line break of Windows that reaches the model, and a second tab that cuts the input."""
    assert parse_line(b"Sum up.\tA\\tB\\nC\tD\r\n", 3) == Question("Sum up.", "A\tB\nC\tD", 3)
    assert parse_line(b"Name it.", 0) == Question("Name it.", "", 0)
