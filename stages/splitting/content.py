"""What two sides of a split must not share: questions, pages and runs of words, as they stand.

Content is what stands in an input or an output. An instruction may word a task that many have in common ("judge whether
this claim is true or false"): its runs of words count only where they stand in an input or an output elsewhere.
"""

import re
from collections.abc import Callable

from stages.curation.exact_duplicate import question_key
from stages.records import Example

RUN = 8  # words

_WORD = re.compile(r"\w+")

Keys = Callable[[Example], dict[str, bool]]  # what an example could share, and whether it has it as content


def question(example: Example) -> dict[str, bool]:
    """Instruction and input, but for case, spaces and closing punctuation."""
    return {"\n".join(question_key(example)): True}


def page(example: Example) -> dict[str, bool]:
    """The page that a synthetic example was made of."""
    return {} if example.source.title is None else {example.source.title: True}


def word_runs(example: Example) -> dict[str, bool]:
    """Each run of 8 words; punctuation and case are nothing."""
    wording = dict.fromkeys(_runs(example.instruction), False)
    return wording | dict.fromkeys([*_runs(example.input), *_runs(example.output)], True)


def _runs(text: str) -> list[str]:
    words = _WORD.findall(text.lower())
    return [" ".join(words[i : i + RUN]) for i in range(len(words) - RUN + 1)]


KEYS: dict[str, Keys] = {"questions": question, "pages": page, "word_runs": word_runs}
