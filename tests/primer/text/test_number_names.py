"""Names of numbers."""

from primer.text.number_names import in_roman, in_words, ordinal_in_words, smallest_factor, with_ending


def test_words() -> None:
    """Guards against a hyphen, a space or a scale in the wrong place."""
    names = {
        0: "zero", 13: "thirteen", 20: "twenty", 21: "twenty-one", 100: "one hundred", 105: "one hundred five",
        999: "nine hundred ninety-nine", 1_000: "one thousand", 1_050: "one thousand fifty",
        12_345: "twelve thousand three hundred forty-five", 100_001: "one hundred thousand one",
    }  # fmt: skip
    assert {number: in_words(number) for number in names} == names


def test_roman_numerals() -> None:
    found = [in_roman(number) for number in (1, 4, 9, 14, 40, 49, 90, 99, 400, 944, 1999, 3999)]
    assert found == "I IV IX XIV XL XLIX XC XCIX CD CMXLIV MCMXCIX MMMCMXCIX".split()


def test_ordinals() -> None:
    names = {
        1: "first", 2: "second", 3: "third", 5: "fifth", 8: "eighth", 9: "ninth", 12: "twelfth", 20: "twentieth",
        21: "twenty-first", 42: "forty-second", 100: "one hundredth",
    }  # fmt: skip
    assert {number: ordinal_in_words(number) for number in names} == names
    numbers = (1, 2, 3, 4, 11, 12, 13, 21, 22, 100, 111)
    assert [with_ending(number) for number in numbers] == "1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 100th 111th".split()


def test_primes() -> None:
    primes = [n for n in range(2, 60) if smallest_factor(n) == n]
    assert primes == [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59]
