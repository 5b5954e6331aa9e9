"""What the statistics have to know of the test rows besides their judgments."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from stages.common.errors import StageError
from stages.common.records import Answers, Example, Role


@dataclass(frozen=True)
class RowFacts:
    cluster: str  # rows about one page are one cluster
    words: Mapping[Role, int]  # of each answer as the judge sees it


def row_facts(rows: Sequence[Answers], examples: Iterable[Example], shown_characters: int) -> dict[str, RowFacts]:
    """By the row's id. Raises StageError where a row is none of the examples."""
    titles = {example.id: example.source.title for example in examples}
    if lost := [row.id for row in rows if row.id not in titles]:
        raise StageError(
            f"data/answers.jsonl has the row {lost[0]}, which the test split lacks ({len(lost)} in all); "
            "they are not of one run: run `dvc repro` again"
        )
    return {
        row.id: RowFacts(
            cluster=f"page: {title}" if (title := titles[row.id]) else f"row: {row.id}",
            words={role: len(answer.text[:shown_characters].split()) for role, answer in row.answers.items()},
        )
        for row in rows
    }
