"""How a section of params.yaml becomes a checked, frozen object.

A section is named after its stage, and its model is that stage's own `Params`. Whichever stage runs first checks
the sections of all of them, so that a bad value stops a run in a second, not after an hour of training.
"""

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator

from stages.common.errors import StageError
from stages.common.files import describe_problems
from stages.common.harmless import harmless
from stages.common.yaml_files import read_yaml

PARAMS = Path("params.yaml")
SECTIONS = ("extract", "synth", "curate", "split", "base", "train", "infer", "judge", "plot")

# In the annotation of a field: its value changes how a stage works, not what comes out (how many requests at once, how
# often to save). The stage's `params` in dvc.yaml leave such a key out, so that changing it doesn't rerun the stage.
SAME_RESULT = "same result"

Positive = Annotated[int, Field(gt=0)]
Seed = Annotated[int, Field(ge=0, lt=2**32)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Scalar = str | int | float | bool


def positive_or(word: str) -> BeforeValidator:
    """The check of a field whose value is a whole number from 1, or `word`."""

    def check(value: object) -> object:
        if value == word or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
            return value
        raise ValueError(f"must be {word}, or a whole number from 1")

    return BeforeValidator(check)


AtMost = Annotated[int | Literal["all"], positive_or("all")]


class SectionModel(BaseModel):
    """The base of every stage's `Params`: unknown keys, wrong types and control characters are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    @field_validator("*")
    @classmethod
    def _no_control_characters(cls, value: object) -> object:
        """No file, address or model has a NUL or half a surrogate pair in its name, and the system calls fail on it."""
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and harmless(text) != text:
                raise ValueError("must hold no control character")
        return value


P = TypeVar("P", bound=SectionModel)


def load_params(section: str, model: type[P]) -> P:
    """The named section of params.yaml. Raises StageError that lists every problem of every section."""
    sections = read_sections()
    check_sections(sections)
    return model.model_validate(sections[section])


def check_sections(sections: Mapping[str, Any]) -> None:
    """Raises StageError that lists every problem of every section."""
    problems = [
        f"{name}: unknown section; known are {', '.join(SECTIONS)}" for name in sections if name not in SECTIONS
    ]
    problems += [f"{name}: section is missing" for name in SECTIONS if not isinstance(sections.get(name), dict)]
    for name in SECTIONS if not problems else ():
        # Loaded by name, since a stage must not depend on the code of the others: this check changes no output.
        stage_model: type[SectionModel] = importlib.import_module(f"stages.{name}").Params
        try:
            stage_model.model_validate(sections[name])
        except ValidationError as error:
            problems += describe_problems(error, prefix=name)
    if problems:
        raise StageError("\n  ".join([f"{PARAMS} has {len(problems)} problem(s):", *problems]))


def read_sections(path: Path = PARAMS) -> dict[str, Any]:
    """The sections of params.yaml, unchecked."""
    sections = read_yaml(path)
    if not isinstance(sections, dict):
        raise StageError(f"{PARAMS} holds no sections; known are {', '.join(SECTIONS)}")
    return sections


def dotted_keys(section: Mapping[str, Any], prefix: str = "") -> dict[str, Scalar]:
    """The values of nested sections by dotted key, as `dvc exp run -S` names them; a list becomes JSON."""
    values: dict[str, Scalar] = {}
    for name, value in section.items():
        if isinstance(value, Mapping):
            values |= dotted_keys(value, f"{prefix}{name}.")
        else:
            values[prefix + name] = value if isinstance(value, Scalar) else json.dumps(value)
    return values
