from datetime import date

import pytest

from stages.curation.after_cutoff import after_cutoff
from tests.stages.conftest import MakeExample

CUTOFF = date(2022, 12, 31)


@pytest.mark.parametrize(
    ("output", "found"),
    [
        ("It opened in 2023.", "'2023'"),
        ("It opened on 4 March 2024.", "'4 March 2024'"),
        ("It opened on the 4th of March, 2024.", "'4th of March, 2024'"),
        ("It opened on Mar. 4, 2024.", "'Mar. 4, 2024'"),
        ("March 2023 was warm.", "'March 2023'"),
        ("It opened on 2024-05-31.", "'2024-05-31'"),
        ("It opened on 05/06/2023.", "'05/06/2023'"),
        ("The prize (2025) went to her.", "'2025'"),
        ("2023 was the hottest year.", "'2023'"),
        ("It rained. 2024 was dry.", "'2024'"),
        ("2024.", "'2024'"),
        ("It will end in 2123.", "'2123'"),
        ("She lived there 2019–2024.", "'2024'"),
        ("It opened in mid-2024.", "'2024'"),
        ("It is planned for the 2030s.", "'2030s'"),
        ("She ran at the 2024 Summer Olympics.", "'2024'"),
        ("It opened in 2022.", None),
        ("It opened on 31 December 2022.", None),
        ("It opened on 2022-12-31.", None),
        ("It was begun in 2500 BC.", None),
        ("The peak is 2,050 m high.", None),
        ("The town lies 2050 meters above the sea.", None),
        ("It was won by 2300 soldiers.", None),
        ("She plays 2048 on her phone.", None),
        ("Blade Runner 2049 is a film.", None),
        ("A kilobyte of 2048 bytes", None),
        ("It was 2099-bit and cost $2050.", None),
    ],
)
def test_after_cutoff(make: MakeExample, output: str, found: str | None) -> None:
    """Guards against facts that nobody could know, and against quantities and titles taken for years."""
    expected = f"output speaks of {found}, the cut-off is 2022-12-31" if found else None
    assert after_cutoff(make("When?", output), CUTOFF) == expected


@pytest.mark.parametrize("instruction", ["Is 2027 a prime?", "What is the sum of 2030 and 2040?", "Round to 2100."])
def test_arithmetic_has_no_years(make: MakeExample, instruction: str) -> None:
    assert after_cutoff(make(instruction, "In 2027 steps."), CUTOFF) is None


@pytest.mark.parametrize("cutoff", [date(2022, 12, 31), date(2023, 7, 30), date(2023, 7, 31)])
@pytest.mark.parametrize("day", ["31 July 2023", "July 31, 2023", "31 Jul 2023", "2023-07-31"])
def test_cutoff_is_a_day(make: MakeExample, cutoff: date, day: str) -> None:
    """Guards against a cut-off that is rounded to its year."""
    found = after_cutoff(make("When?", f"It ended on {day}."), cutoff) is not None
    assert found == (cutoff < date(2023, 7, 31))


def test_a_day_that_does_not_exist_is_no_crash(make: MakeExample) -> None:
    assert after_cutoff(make("When?", "On 99 February 2023."), date(2023, 2, 28)) is None
    assert after_cutoff(make("When?", "On 99 February 2023."), date(2023, 2, 27)) is not None
