"""What the rubric saw in an answer, in words."""

from stages.judges.rubric.features import Reading
from stages.judges.rubric.overlap import Added

_SHOWN_WORDS = 3
_WORD_CHARACTERS = 24
_CHARACTERS = 240


def justify(reading: Reading) -> str:
    """A clause of at most 240 characters that goes on from "The answer": what it lacks or makes up.

    What is quoted of an answer are single words, letters and digits, cut at 24 characters.
    """
    if reading.same:
        return "is the reference" if reading.exact else "is the reference but for capitals and punctuation"
    if reading.words == 0:
        return "has no word"
    said = "; ".join([*_content(reading), *_form(reading)])
    return said if len(said) <= _CHARACTERS else f"{said[: _CHARACTERS - 1]}…"


def _content(reading: Reading) -> list[str]:
    if reading.nothing_new:
        return ["adds nothing to the question"]
    added = reading.added
    seen = [_found(added)]
    if reading.opposite:
        seen.append(f"turns the reference round ({reading.opposite})")
    if added.rejected:
        seen.append(f"names {_words(added.rejected)}, which the reference does not choose")
    if added.unsupported and (added.keys < 1 or added.precise < 0.5):
        seen.append(f"says {_words(added.unsupported)}, which neither reference nor question has")
    if reading.topic < 0.5:
        seen.append("is beside the point")
    return seen


def _found(added: Added) -> str:
    if not added.wanted:
        return f"has {added.phrasing:.0%} of the changes that the reference makes"
    if added.missing:
        return f"misses {_words(added.missing)}"
    if added.rework and added.phrasing < 1:
        return "has all words that the reference adds, in another order or wording"
    return "has all that the reference adds"


def _form(reading: Reading) -> list[str]:
    form = reading.form
    faults = {
        "repeats the question": form.echo > 0.5 and not reading.nothing_new,
        "repeats itself": form.variety < 0.8,
        "has broken sentences": form.broken > 0.1,
        "lists words without a sentence": not form.prose,
        "is too long": form.not_long < 0.8,
        "breaks off": not form.finished,
    }
    return [fault for fault, seen in faults.items() if seen]


def _words(words: tuple[str, ...]) -> str:
    shown = [f'"{word if len(word) <= _WORD_CHARACTERS else word[: _WORD_CHARACTERS - 1] + "…"}"' for word in words]
    more = len(shown) - _SHOWN_WORDS
    return ", ".join(shown[:_SHOWN_WORDS]) + (f" and {more} more" if more > 0 else "")
