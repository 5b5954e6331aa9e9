"""Sums and word problems: whatever is calculated is right."""

import random
import re
from itertools import islice

from primer.text.arithmetic import write_arithmetic, write_word_problems

_CALCULATED = re.compile(
    r"(?<![\d,.])(\d[\d,]*) "
    r"(plus|minus|times|divided by|\+|-|x|\*|\u00d7|/|\u00f7|:) "
    r"(\d[\d,]*) (?:is|=|equals) (\d[\d,]*)"
)


def test_calculations_are_right() -> None:
    """Guards against a sum that teaches a wrong number."""
    checked = 0
    for write in (write_arithmetic, write_word_problems):
        for document in islice(write(random.Random(1)), 2000):
            for first, sign, second, result in _CALCULATED.findall(document):
                a, b, c = (int(number.replace(",", "").strip()) for number in (first, second, result))
                checked += 1
                if sign in ("plus", "+"):
                    assert a + b == c, document
                elif sign in ("minus", "-"):
                    assert a - b == c, document
                elif sign in ("times", "x", "*", "\u00d7"):
                    assert a * b == c, document
                else:
                    assert b * c == a, document
    assert checked > 2000
