"""Text about sums, differences, products and quotients, in digits and in words."""

import random
from collections.abc import Iterator


def write_arithmetic(rng: random.Random) -> Iterator[str]:
    """Yields documents without end; each works out one or some calculations."""
    while True:
        a, b = rng.randint(0, 99), rng.randint(0, 99)
        yield f"{a} plus {b} is {a + b}."
