"""The parameters of the bundled base model's pipeline, and where its files are."""

from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import Field, ValidationError

from stages.common.errors import StageError
from stages.common.files import describe_problems
from stages.common.params import Fraction, Positive, SectionModel, Seed
from stages.common.yaml_files import read_yaml

PRIMER_PARAMS = Path("primer/params.yaml")
WORK = Path("data/primer")  # not in Git: it can be written again
TEXT = WORK / "text.jsonl"
TEXT_COUNTS = WORK / "text.json"
TOKENS = WORK / "tokens.npy"
VOCABULARY = WORK / "vocabulary"
CURVE = WORK / "training.json"
MEASURES = WORK / "measures.json"
BUNDLED_BASE = Path("data/bundled/base")
QUESTIONS = BUNDLED_BASE / "questions.xz"  # what the text asks: stages/splitting/base_questions.py
READING = BUNDLED_BASE / "reading.json"  # which pages it tells
BUNDLED_PAGES = Path("data/bundled/pages.jsonl")
BUNDLED_TASKS = Path("data/bundled/instructions.jsonl")
SPLIT = Path("data/splits/full")


class TextParams(SectionModel):
    seed: Seed
    characters: Annotated[int, Field(ge=1000)]
    pages_kept_out: Annotated[int, Field(ge=0)]


class VocabularyParams(SectionModel):
    size: Annotated[int, Field(ge=300, le=65536)]
    characters: Annotated[int, Field(ge=1000)]


class TrainingParams(SectionModel):
    device: Literal["auto", "cpu", "cuda"]
    seed: Seed
    n_positions: Annotated[int, Field(ge=16)]
    n_embd: Positive
    n_layer: Positive
    n_head: Positive
    epochs: Positive
    batch_size: Positive
    learning_rate: Annotated[float, Field(gt=0, le=1)]
    weight_decay: Fraction
    warmup: Fraction
    schedule: Literal["constant", "linear", "cosine"]
    held_out: Annotated[float, Field(gt=0, lt=1)]
    evaluations: Positive
    snapshot_minutes: Annotated[float, Field(ge=0)]


S = TypeVar("S", bound=SectionModel)


def load_section(section: str, model: type[S]) -> S:
    """A section of primer/params.yaml. Raises StageError that lists its problems."""
    sections = read_yaml(PRIMER_PARAMS)
    if not isinstance(sections, dict) or section not in sections:
        raise StageError(f"{PRIMER_PARAMS}: section {section} is missing")
    try:
        return model.model_validate(sections[section])
    except ValidationError as error:
        raise StageError("\n  ".join([f"{PRIMER_PARAMS}:", *describe_problems(error, prefix=section)])) from error
