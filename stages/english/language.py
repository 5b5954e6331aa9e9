"""Identifies the language of a text, with py3langid's model of 97 languages."""

from functools import lru_cache

ENGLISH = "en"


@lru_cache(maxsize=1)
def _identifier():  # type: ignore[no-untyped-def] # py3langid has no types
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # here, as loading the model takes most of a second

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def identify_language(text: str) -> tuple[str, float]:
    """The most probable language (ISO 639 code) and its probability, 0-1."""
    language, probability = _identifier().classify(text)
    return str(language), float(probability)
