"""dvc.yaml against the code: what a stage imports it depends on, and what it reads of params.yaml it declares."""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from stages.common.params import SECTIONS
from tests.conftest import ROOT

DAG: dict[str, Any] = YAML(typ="safe").load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))
STAGES: dict[str, Any] = DAG["stages"]
EXPECTED = ("extract", "synth", "curate", "split", "base", "train-full", "train-small", "infer", "judge", "plot")


def module_path(name: str, root: Path) -> Path | None:
    """The file of a local module, None for any other."""
    if name.split(".")[0] not in {"stages", "model"}:
        return None
    path = root.joinpath(*name.split("."))
    return path.with_suffix(".py") if path.with_suffix(".py").is_file() else path / "__init__.py"


def imported(path: Path, root: Path) -> set[Path]:
    """The local files that a module's own import statements name, wherever in the module they stand."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            submodules = [f"{node.module}.{alias.name}" for alias in node.names]
            names += [name for name in submodules if (found := module_path(name, root)) and found.is_file()] or [
                node.module
            ]
    return {found for name in names if (found := module_path(name, root)) is not None}


def reached(path: Path, root: Path) -> set[Path]:
    """All local files that a module reaches by import, itself included, packages without code left out."""
    seen: set[Path] = set()
    waiting = {path}
    while waiting:
        current = waiting.pop()
        seen.add(current)
        waiting |= imported(current, root) - seen
    return {
        one for one in seen if len(ast.parse(one.read_text(encoding="utf-8")).body) > 1 or one.name != "__init__.py"
    }


def code_of(stage: str) -> Path:
    """The module that a stage's command runs."""
    return ROOT / "stages" / f"{STAGES[stage]['cmd'].split('-m stages.')[1].split()[0]}.py"


def sections_read(path: Path) -> set[str]:
    """The sections of params.yaml that a stage module names: in `load_params` and in its `SHOWN`."""
    sections = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "load_params":
            sections.add(ast.literal_eval(node.args[0]))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SHOWN":
            sections |= set(ast.literal_eval(node.value))
    return sections


def test_the_stages_are_those_of_the_design() -> None:
    assert tuple(STAGES) == EXPECTED
    for name, stage in STAGES.items():
        assert stage["desc"], name
        launcher = "${train.launcher}" if name.startswith("train") else "python"
        assert stage["cmd"].startswith(f"{launcher} -m stages."), name


@pytest.mark.parametrize("stage", EXPECTED)
def test_deps_are_exactly_the_code_that_is_reached(stage: str) -> None:
    """Guards against a change of code that rebuilds nothing, and against one that rebuilds what it cannot reach."""
    needed = {path.relative_to(ROOT).as_posix() for path in reached(code_of(stage), ROOT)}
    declared = {dep for dep in STAGES[stage]["deps"] if dep.endswith(".py")}
    assert declared == needed


@pytest.mark.parametrize("stage", EXPECTED)
def test_prompts_are_deps_of_the_stages_that_use_them(stage: str) -> None:
    """Guards against a reworded prompt whose answers are not asked for."""
    sources = [path.read_text(encoding="utf-8") for path in reached(code_of(stage), ROOT)]
    used = {name for source in sources for name in re.findall(r'^(?:\w+_)?PROMPT = "(.+)"$', source, re.M)}
    declared = {dep.removeprefix("stages/prompts/") for dep in STAGES[stage]["deps"] if "/prompts/" in dep}
    assert declared == used
    expected = {"synth": {"teacher.md"}, "curate": {"auditor.md"}, "judge": {"judge.md"}}
    assert used == (expected | {"plot": {"teacher.md", "auditor.md"}}).get(stage, set())  # their hashes are on a card


@pytest.mark.parametrize("stage", EXPECTED)
def test_params_are_exactly_the_sections_that_are_read(stage: str) -> None:
    """Guards against a parameter that can change without its stage running again."""
    assert set(STAGES[stage]["params"]) == sections_read(code_of(stage)) <= set(SECTIONS)


def test_an_import_that_deps_lack_is_seen(tmp_path: Path) -> None:
    """Guards against a check that looks at the top of a file only, or not behind a package."""
    (tmp_path / "model").mkdir()
    (tmp_path / "stages/inner").mkdir(parents=True)
    (tmp_path / "model/deep.py").write_text("x = 1\n")
    (tmp_path / "stages/inner/helper.py").write_text("def late():\n    from model.deep import x\n    return x\n")
    (tmp_path / "stages/inner/__init__.py").write_text('"""No code."""\n')
    (tmp_path / "stages/main.py").write_text("import json\nfrom stages.inner import helper\n")
    found = {path.relative_to(tmp_path).as_posix() for path in reached(tmp_path / "stages/main.py", tmp_path)}
    assert found == {"stages/main.py", "stages/inner/helper.py", "model/deep.py"}


def test_model_never_imports_stages_and_stages_never_one_another() -> None:
    """Guards against a model that cannot be lifted out, and stages that depend on one another's code."""
    for path in (ROOT / "model").glob("*.py"):
        assert not {one for one in reached(path, ROOT) if "stages" in one.relative_to(ROOT).parts}, path
    modules = {code_of(stage) for stage in STAGES}
    for module in modules:
        assert reached(module, ROOT) & modules == {module}


@pytest.mark.parametrize("stage", EXPECTED)
def test_heavy_libraries_are_imported_where_they_are_used(stage: str) -> None:
    """Guards against a stage that pays for torch or matplotlib before it has read its parameters."""
    heavy = {"torch", "matplotlib", "transformers", "tokenizers", "tiktoken", "py3langid", "lemminflect"}
    heavy |= {"safetensors", "huggingface_hub", "openai", "google", "httpx2", "wikipediaapi"}
    for path in reached(code_of(stage), ROOT):
        if path.is_relative_to(ROOT / "stages"):
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
                names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
                assert not {name for name in names if name.split(".")[0] in heavy | {"model"}}, path


def test_what_people_read_is_in_git_and_what_is_large_in_the_cache() -> None:
    for name, stage in STAGES.items():
        for out in [*stage.get("outs", []), *stage.get("metrics", [])]:
            path, options = next(iter(out.items())) if isinstance(out, dict) else (out, {})
            read = path.startswith("reports/") or path.endswith("README.md")
            assert read == (options == {"cache": False}), (name, path)
