"""Preferences between two answers, in the format of TRL: how they are written, and how they are read for training.

A row is of TRL's type "preference" in its conversational form: `prompt`, `chosen` and `rejected` are lists of messages
(https://huggingface.co/docs/trl/dataset_formats). The other keys say where a row comes from; TRL leaves them alone.

Training takes only preferences about instructions of its own training side. The split has proved that no test row
shares content with one of these, so nothing that training learns here is about a test row.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from stages.common.errors import StageError
from stages.common.files import iter_jsonl_lines
from stages.common.records import Answers, Example, Record, Role

ADVICE = "`wikitune preferences` writes some about training rows"


class ChatMessage(Record):
    role: Literal["user", "assistant"]
    content: str


Turn = Annotated[list[ChatMessage], Field(min_length=1, max_length=1)]


class Preference(Record):
    """An instruction, the better answer and the worse one. Keys that it doesn't know are left out."""

    model_config = ConfigDict(extra="ignore")

    prompt: Turn
    chosen: Turn
    rejected: Turn

    @model_validator(mode="after")
    def _takes_turns(self) -> Self:
        roles = [turn[0].role for turn in (self.prompt, self.chosen, self.rejected)]
        if roles != ["user", "assistant", "assistant"]:
            raise ValueError("prompt must be a user's message, chosen and rejected must be an assistant's")
        if self.chosen == self.rejected:
            raise ValueError("chosen and rejected are the same")
        return self


class JudgedPreference(Preference):
    """A preference that a judge has for the answer of one model, with what it is based on."""

    id: str  # of the row
    chosen_model: Role
    rejected_model: Role
    score_chosen: float  # the mean total, 0 to 15
    score_rejected: float


def judged_preference(row: Answers, chosen: Role, rejected: Role, scores: tuple[float, float]) -> JudgedPreference:
    """`scores` are the mean totals of the better and the worse answer."""
    return JudgedPreference(
        prompt=[ChatMessage(role="user", content=user_message(row.instruction, row.input))],
        chosen=[ChatMessage(role="assistant", content=row.answers[chosen].text)],
        rejected=[ChatMessage(role="assistant", content=row.answers[rejected].text)],
        id=row.id,
        chosen_model=chosen,
        rejected_model=rejected,
        score_chosen=scores[0],
        score_rejected=scores[1],
    )


def user_message(instruction: str, input: str) -> str:
    """The message from which a checkpoint's chat template makes the prompt of this instruction: what stands between
    the prompt's fixed beginning and its fixed end."""
    from model.core.prompt import render_prompt

    beginning, end = render_prompt("\0").split("\0")
    return render_prompt(instruction, input).removeprefix(beginning).removesuffix(end)


def read_preferences(path: Path, training: Sequence[Example]) -> list[tuple[Example, Preference]]:
    """The preferences of a file, or of all *.jsonl files of a folder, each with the training row that it is about.

    Raises StageError if there are none, if a file is damaged, and for a preference that is about no training row.
    """
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files:
        raise StageError(f"train.objective is dpo, and {path} holds no *.jsonl file of preferences; {ADVICE}")
    by_prompt = {user_message(example.instruction, example.input): example for example in training}
    return [pair for file in files for pair in _read_file(file, by_prompt)]


def _read_file(file: Path, by_prompt: dict[str, Example]) -> Iterator[tuple[Example, Preference]]:
    for number, _, preference in iter_jsonl_lines(file, Preference):
        prompt = preference.prompt[0].content
        if prompt not in by_prompt:
            raise StageError(
                f"{file}:{number}: the prompt ({prompt[:60]!r}) is no instruction of the training side; preferences "
                f"about other rows, such as test rows, would let the model learn what it is judged by; {ADVICE}"
            )
        yield by_prompt[prompt], preference
