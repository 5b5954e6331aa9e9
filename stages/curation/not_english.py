"""The language of the whole example: three short fields together tell more than each of them."""

from stages.language import ENGLISH, identify
from stages.records import Example


def not_english(example: Example, max_foreign: float) -> str | None:
    """Another language that is more probable than `max_foreign` (0-1)."""
    language, probability = identify(
        " ".join(part for part in (example.instruction, example.input, example.output) if part)
    )
    if language == ENGLISH or probability <= max_foreign:
        return None
    return f"reads as {language} with probability {probability:.2f}, the limit is {max_foreign}"
