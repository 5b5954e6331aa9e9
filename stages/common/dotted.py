"""Parameters by their dotted keys, as `dvc exp run` names them."""

import json
from collections.abc import Mapping
from typing import Any

Scalar = str | int | float | bool


def dotted(section: Mapping[str, Any], prefix: str = "") -> dict[str, Scalar]:
    """The values of nested sections; a list as JSON."""
    values: dict[str, Scalar] = {}
    for name, value in section.items():
        if isinstance(value, Mapping):
            values |= dotted(value, f"{prefix}{name}.")
        else:
            values[prefix + name] = value if isinstance(value, Scalar) else json.dumps(value)
    return values
