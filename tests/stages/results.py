"""The results of a tiny run that the cards describe: data, checkpoints, metrics and parameters."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stages.common.files import write_jsonl
from stages.common.params import read_sections
from stages.common.records import ROLES, Example, Page, Section, Source, Teacher, make_example
from tests.conftest import ROOT
from tests.model.asking.reciter import write_reciter

Nested = dict[str, Any]
QUESTION = "Name the capital of Portugal."  # of the model card
TITLES = ("Lisbon", "Porto", "Faro")
SCORES = {
    "rows": 2,
    "factual_correctness": 1.5,
    "instruction_adherence": 2.0,
    "clarity_and_usefulness": 3.25,
    "total": 6.75,
    "total_95": [5.123456, 8.0],
}


def write_results(data: Path) -> tuple[Nested, Nested]:
    """Writes a run's data; returns the metrics by stage and the parameters by section."""
    synthetic = [example(f"Where is {title}?", "In Portugal.", title) for title in TITLES[:2]]
    general = [example(f"Add {number} and 1.", str(number + 1), None) for number in range(3)]
    write_jsonl(data / "pages.jsonl", [page(title, number) for number, title in enumerate(TITLES)])
    write_jsonl(data / "curated.jsonl", synthetic)
    for size in ("full", "small"):
        write_jsonl(data / f"splits/{size}/train.jsonl", [synthetic[0], general[0]])
        write_jsonl(data / f"splits/{size}/val.jsonl", general[1:2])  # no title in any row
        write_jsonl(data / f"splits/{size}/test.jsonl", [synthetic[1], general[2]])
    for role in ROLES:
        write_reciter(data / "checkpoints" / role, QUESTION, f"Lisbon, says {role}.")
    return metrics(), params()


def example(instruction: str, output: str, title: str | None) -> Example:
    source = (
        Source(kind="synthetic", title=title, revision_id=TITLES.index(title), url=f"https://x.org/{title}")
        if title
        else Source(kind="general")
    )
    return make_example(
        instruction=instruction,
        output=output,
        kind="where" if title else "",
        source=source,
        teacher=Teacher(name="rules"),
    )


def page(title: str, revision: int) -> Page:
    return Page(
        title=title,
        page_id=revision,
        revision_id=revision,
        revision_timestamp="2022-01-01T00:00:00Z",
        url=f"https://x.org/{title}",
        language="en",
        license="CC-BY-SA-4.0",
        sections=[Section(heading="", level=1, text=f"{title} is in Portugal.")],
    )


def metrics() -> Nested:
    tuned = {
        "train_examples": 2,
        "val_examples": 1,
        "over_the_context": 0,
        "precision": "float32",
        "steps": 4,
        "tokens": 200,
        "val_loss_before": 3.0,
        "val_response_loss_before": 2.5,
        "val_loss": 1.23456,
        "val_response_loss": 1.5,
        "kept_step": 2,
    }
    shared = ("questions_on_two_sides", "pages_on_two_sides", "word_runs_on_two_sides", "near_duplicates_on_two_sides")
    sides = {"train": 2, "val": 1, "test": 2}
    split = dict.fromkeys((*shared, "test_examples_that_leak"), 0)
    base_reading = {"pages_left_out": 0, "test_pages": 1, "read_test_pages": 1, "test_examples_that_share_words": 2}
    return {
        "extract": {"pages_kept": 3},
        "curate": {"read": 3, "kept": 2, "rejected": 1, "reasons": {"malformed": 0, "too_short": 1}},
        "split": split
        | {"general_read": 9, "general_drawn": 3, "full": sides, "small": sides}
        | {"test_examples_that_share_wording": 1, "base": base_reading},
        "base": {
            "parameters": 1234,
            "vocab_size": 300,
            "train_pages": 2,
            "val_pages": 1,
            "train_tokens": 99,
            "steps": 5,
            "val_loss_before": 6.0,
            "val_loss": 4.5,
        },
        "train_full": tuned,
        "train_small": tuned,
        "judge": {
            "models": {"base": {name: value for name, value in SCORES.items() if "_" not in name}, "full": SCORES},
            "pairs": {"full-base": {"gain": 2.0, "gain_95": [-0.5, 4.0], "verdict": "unresolved"}},
        },
    }


def params() -> Nested:
    """The defaults, with a base model trained from scratch: `metrics` are about one."""
    sections = read_sections(ROOT / "params.yaml")
    return sections | {"base": sections["base"] | {"source": "scratch"}}


def rows(path: Path) -> Sequence[Nested]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
