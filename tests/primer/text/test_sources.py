"""The sources of the primer's text: each writes endless, repeatable, plain documents."""

import random
from itertools import islice

import pytest

from primer.text.sources import SOURCES, TextSource


@pytest.mark.usefixtures("split")
@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.name)
def test_a_source_is_repeatable_and_plain(source: TextSource) -> None:
    """Guards against text that depends on more than its seed, and against our own prompt in it."""
    first, again, other = (list(islice(source.write(random.Random(seed)), 200)) for seed in (1, 1, 2))
    assert first == again != other
    assert len(set(first)) > 100
    for document in first:
        assert document == document.strip() and "\n\n\n" not in document and "  " not in document
        assert "###" not in document and "<|" not in document and "Below is an instruction" not in document


def test_names_are_unique() -> None:
    assert len({source.name for source in SOURCES}) == len(SOURCES)
