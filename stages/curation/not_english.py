"""The language of the whole example: three short fields together tell more than each of them."""

from functools import lru_cache

from stages.records import Example


@lru_cache(maxsize=1)
def _identifier():  # type: ignore[no-untyped-def] # py3langid has no types
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def not_english(example: Example, max_foreign: float) -> str | None:
    """Another language that is more probable than `max_foreign` (0-1), by py3langid's model of 97 languages."""
    text = " ".join(part for part in (example.instruction, example.input, example.output) if part)
    language, probability = _identifier().classify(text)
    if language == "en" or probability <= max_foreign:
        return None
    return f"reads as {language} with probability {probability:.2f}, the limit is {max_foreign}"
