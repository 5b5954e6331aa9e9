from tools.columns import format_table


def test_columns_are_aligned() -> None:
    """Guards against numbers under the wrong heading, and spaces at the end of lines."""
    rows = [("name", "count", "note"), ("a", "1,000", ""), ("longer", "7", "x")]
    assert format_table(rows, "<><") == "name    count  note\na       1,000\nlonger      7  x"


def test_a_cell_is_harmless_and_still_aligned() -> None:
    """Guards against the name of a model or a page that clears the terminal."""
    assert format_table([("a\x1b[2J", "b"), ("c", "d")], "<<") == "a\\x1b[2J  b\nc         d"


def test_a_cell_of_several_lines_stays_in_its_column() -> None:
    assert format_table([("ok", "a", "one\ntwo"), ("FAILS", "bb", "three")], "<<<") == (
        "ok     a   one\n           two\nFAILS  bb  three"
    )
