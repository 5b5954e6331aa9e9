"""Languages of texts."""

import pytest

from stages.english.language import ENGLISH, identify_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The whale is a mammal that lives in the sea and feeds on small animals.", ENGLISH),
        ("Der Wal ist ein Säugetier, das im Meer lebt und von kleinen Tieren lebt.", "de"),
        ("La baleine est un mammifère qui vit dans la mer.", "fr"),
    ],
)
def test_running_text_is_identified_with_confidence(text: str, language: str) -> None:
    found, probability = identify_language(text)
    assert found == language
    assert 0.9 < probability <= 1
