import pytest

from stages.curation.personal_data import passes_luhn, passes_mod97, personal_data
from tests.stages.conftest import MakeExample


@pytest.mark.parametrize(
    ("output", "evidence"),
    [
        ("Write to eva@bergundsohn.net.", "output holds the e-mail address eva@bergundsohn.net"),
        ("Call (212) 736-5000.", "output holds the phone number (212) 736-5000"),
        ("Call +49 30 22732152.", "output holds the phone number +49 30 22732152"),
        ("Call 020 7219 3000.", "output holds the phone number 020 7219 3000"),
        ("Pay by 4556 7375 8689 9855.", "output holds the card number 4556 7375 8689 9855"),
        ("Pay to GB82 WEST 1234 5698 7654 32.", "output holds the account number GB82 WEST 1234 5698 7654 32"),
        ("Write to eva@mail.example.com, or eva@host.test.", None),
        ("Call (212) 555-0187, or 020 7946 0018.", None),
        ("Call 1-800-275-2273.", None),
        ("Pay by 4556 7375 8689 9856.", None),
        ("Pay by 4242 4242 4242 4242.", None),
        ("Pay to GB83 WEST 1234 5698 7654 32.", None),
        ("ISBN 978-3-16-148410-0, from 1879-1955, 1,412,600,000 people.", None),
        ("212 736 5000", None),
    ],
)
def test_personal_data(make: MakeExample, output: str, evidence: str | None) -> None:
    """Guards against somebody's data, and against figures and the addresses and numbers set aside for examples."""
    assert personal_data(make("What is it?", output)) == evidence


def test_check_digits() -> None:
    """Guards against a check that is off by a place: every other last digit fails."""
    assert [digit for digit in "0123456789" if passes_luhn("455673758689985" + digit)] == ["5"]
    assert [digit for digit in "0123456789" if passes_mod97(f"GB82 WEST 1234 5698 7654 3{digit}")] == ["2"]
