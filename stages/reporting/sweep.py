"""How much data is enough: experiments besides this run, as `python -m tools.compare` leaves them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stages.common.errors import StageError
from stages.common.files import read_json, read_text
from stages.common.params import dotted_keys

PICTURE = Path("compare/split.small.svg")


@dataclass(frozen=True)
class Sweep:
    picture: str  # SVG
    differing: tuple[str, ...]  # parameters in which the experiments had other values than this run


def read_sweep(reports: Path, params: Mapping[str, Any]) -> Sweep | None:
    """None where nobody drew one. Raises StageError where a file of it is missing or damaged."""
    picture = reports / PICTURE
    if not picture.is_file():
        return None
    drawn = read_text(picture)
    if not ("<svg" in drawn and drawn.rstrip().endswith("</svg>")):
        raise StageError(f"{picture} is no whole SVG picture; draw it again with `python -m tools.compare`")
    settings = picture.with_suffix(".json")
    if not settings.is_file():
        raise StageError(f"{picture} has no {settings.name} beside it; draw it again with `python -m tools.compare`")
    now = dotted_keys(params)
    return Sweep(drawn, tuple(key for key, value in read_json(settings).items() if now.get(key) != value))
