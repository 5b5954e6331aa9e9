"""The tree: a module's tests are where its name says, a name means one thing, and what is imported is declared."""

import ast
import re
import sys
import tomllib
from collections import defaultdict
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.conftest import ROOT

CODE = ("model", "stages", "tools", "primer", "benchmarks")
LONGEST = 350  # lines of a file
# Tests of more than one module, beside the modules' own.
ACROSS = ("tests/pipeline/", "tests/browser/", "tests/docs/", "tests/test_layout.py", "tests/deploy/test_schedulers.py")
IF_INSTALLED = {"ctranslate2"}  # a peer of benchmarks/decoding.py


def modules() -> list[Path]:
    found = [path for folder in CODE for path in (ROOT / folder).rglob("*.py") if path.name != "__init__.py"]
    assert len(found) > 100
    return found


def test_tests_mirror_the_code() -> None:
    """Guards against tests that nobody finds, and that stay when their module goes.

    The tests of stages/a/b.py are tests/stages/a/test_b.py; those of one topic may be tests/stages/a/test_b_TOPIC.py.
    """
    for path in (ROOT / "tests").rglob("test_*.py"):
        name = path.relative_to(ROOT)
        if name.as_posix().startswith(ACROSS):
            continue
        names = {module.stem for module in (ROOT / name.parent.relative_to("tests")).glob("*.py")}
        tested = path.stem.removeprefix("test_")
        assert any(tested == module or tested.startswith(f"{module}_") for module in names), name


def test_every_file_is_one_thought() -> None:
    """Guards against files that grow until nobody reads them to their end."""
    for path in [*modules(), *(ROOT / "tests").rglob("*.py")]:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST, path.relative_to(ROOT)


def test_one_name_means_one_thing() -> None:
    """Guards against two classes, functions or files of one name, and a module that hides one of Python's own."""
    places: dict[str, list[str]] = defaultdict(list)
    for path in modules():
        module = path.relative_to(ROOT).as_posix()
        places[path.name].append(module)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                places[node.name].append(module)
    twice = {name: found for name, found in places.items() if len(found) > 1}
    assert twice.keys() <= {"main", "Params"}, twice  # each stage has both
    assert not {path.stem for path in modules()} & sys.stdlib_module_names


def imported_packages(folder: str) -> set[str]:
    names: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.split(".")[0])
    return names - sys.stdlib_module_names - {*CODE, "tests"} - IF_INSTALLED


def test_what_is_imported_is_declared() -> None:
    """Guards against a package that is there only because another one needs it, until that one no longer does."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [
        *project["dependencies"],
        *(name for extra in project["optional-dependencies"].values() for name in extra),
    ]
    declared = {re.split(r"[\[<>=; ]", name)[0].lower().replace("_", "-") for name in needed}
    installed = packages_distributions()
    for folder in (*CODE, "tests"):
        for name in imported_packages(folder):
            distributions = {found.lower().replace("_", "-") for found in installed.get(name, [name])}
            assert distributions & declared, f"{folder} imports {name}, which pyproject.toml doesn't declare"
