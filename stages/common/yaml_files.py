"""YAML as DVC reads it.

Two programs read params.yaml: DVC, whose parser follows YAML 1.2, and the stages, which use PyYAML. PyYAML follows YAML
1.1, in which `1e-4` is a string, `012` is ten, `1:30` is ninety and `no` is false. The loader here follows 1.2, so that
both read the same values.
"""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from stages.common.errors import StageError
from stages.common.files import read_text

_BOOL = re.compile(r"(?:true|True|TRUE|false|False|FALSE)$")
_INT = re.compile(r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)$")
_FLOAT = re.compile(
    r"[-+]?[0-9][0-9_]*(?:\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[eE][-+]?[0-9]+)$"
    r"|[-+]?\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?$"
    r"|[-+]?\.(?:inf|Inf|INF)$|\.(?:nan|NaN|NAN)$"
)


class _Loader(yaml.SafeLoader):
    """PyYAML's safe loader with the numbers and booleans of YAML 1.2. A repeated key is an error."""

    def integer(self, node: yaml.ScalarNode) -> int:
        text = str(self.construct_scalar(node)).replace("_", "")
        digits = text.lstrip("-+")
        return int(text) if digits.isdigit() else int(text, 0)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True) if key_node.tag != "tag:yaml.org,2002:merge" else None
            if key is None or not isinstance(key, Hashable):  # PyYAML itself refuses a list as a key
                continue
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"duplicate key {key!r}", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


_REPLACED = {f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "float")}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _REPLACED]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", _BOOL, list("tTfF"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", _INT, list("-+0123456789"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, list("-+0123456789."))
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.integer)


def parse_yaml(text: str, name: object) -> Any:
    """The value of a YAML document. Raises StageError with `name`, line and column for anything else."""
    try:
        return yaml.load(text, _Loader)  # a subclass of the safe loader
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that doesn't exist
        raise StageError(f"{name} is not YAML: {error}") from None
    except RecursionError:
        raise StageError(f"{name} is nested too deeply to read; write it flatter") from None


def read_yaml(path: Path) -> Any:
    """The value of a YAML file. Raises the errors of `parse_yaml` and `read_text`."""
    return parse_yaml(read_text(path), path)
