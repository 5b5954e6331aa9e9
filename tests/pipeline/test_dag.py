"""dvc.yaml against the code: what a stage imports it depends on, and what it reads of params.yaml it declares."""

import ast
import importlib
from pathlib import Path
from typing import Any

import pytest

from stages.common.params import SAME_RESULT, SectionModel
from stages.common.stage_bar import STAGES as NUMBERED
from stages.common.yaml_files import read_yaml
from tests.conftest import ROOT

DAG: dict[str, Any] = read_yaml(ROOT / "dvc.yaml")
STAGES: dict[str, Any] = DAG["stages"]
EXPECTED = ("extract", "synth", "curate", "split", "base", "train-full", "train-small", "infer", "judge", "plot")


def module_path(name: str, root: Path) -> Path | None:
    """The file of a local module, None for any other."""
    if name.split(".")[0] not in {"stages", "model", "tools"}:
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


def keys_that_change_the_result(section: str, model: type[SectionModel]) -> set[str]:
    """The dotted keys of a section, without those that its model marks as `SAME_RESULT`."""
    keys: set[str] = set()
    for name, field in model.model_fields.items():
        if SAME_RESULT in field.metadata:
            continue
        if isinstance(field.annotation, type) and issubclass(field.annotation, SectionModel):
            keys |= keys_that_change_the_result(f"{section}.{name}", field.annotation)
        else:
            keys.add(f"{section}.{name}")
    return keys


def keys_read(stage: str) -> set[str]:
    """The keys that a stage module reads: those of the models in its calls of `load_params`, and its `SHOWN`."""
    module = importlib.import_module(f"stages.{code_of(stage).stem}")
    keys: set[str] = set()
    for node in ast.walk(ast.parse(code_of(stage).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "load_params":
            section = ast.literal_eval(node.args[0])
            keys |= keys_that_change_the_result(section, getattr(module, ast.unparse(node.args[1])))
    return keys | set(getattr(module, "SHOWN", ()))


def keys_declared(stage: str) -> set[str]:
    """The keys in `params` of dvc.yaml; a stage's own section without a key means all keys of its model."""
    keys: set[str] = set()
    for key in STAGES[stage]["params"]:
        own = key == stage
        keys |= keys_that_change_the_result(key, importlib.import_module(f"stages.{key}").Params) if own else {key}
    return keys


def test_the_stages_are_those_of_the_design() -> None:
    assert tuple(STAGES) == EXPECTED == NUMBERED
    for name, stage in STAGES.items():
        assert stage["desc"], name
        module, *size = name.split("-")
        assert stage["cmd"] == " ".join(["python -m", f"stages.{module}", *size])


@pytest.mark.parametrize("stage", EXPECTED)
def test_deps_are_the_folders_that_are_reached_by_import(stage: str) -> None:
    """Guards against a change of code that rebuilds nothing, and against one that rebuilds what cannot depend on it."""
    needed = {path.relative_to(ROOT) for path in reached(code_of(stage), ROOT)}
    declared = {Path(dep) for dep in STAGES[stage]["deps"] if dep.startswith(("stages", "model"))}
    if stage == "plot":  # the manifest has the hashes of all code
        assert declared == {Path("stages"), Path("model")}
        return
    assert not {path for path in needed if not {path, *path.parents} & declared}, "imported, and not in deps"
    assert not {dep for dep in declared if not any(dep in {path, *path.parents} for path in needed)}
    assert all((ROOT / dep).is_dir() or dep in needed for dep in declared)


def test_prompts_and_templates_are_in_the_folders_of_their_stages() -> None:
    """Guards against a reworded prompt whose answers are not asked for, and a template whose page is not written."""
    deps = {ROOT / dep for stage in STAGES.values() for dep in stage["deps"]}
    for path in [*ROOT.glob("stages/**/*.md"), *ROOT.glob("stages/**/*.j2"), *ROOT.glob("stages/**/*.yaml")]:
        assert deps & {path, *path.parents}, path
    assert "stages" in STAGES["plot"]["deps"]  # the data card quotes the hashes of prompts


@pytest.mark.parametrize("stage", EXPECTED)
def test_params_are_exactly_the_keys_that_change_the_result(stage: str) -> None:
    """Guards against a parameter that changes a result without its stage running again, and against a stage that runs
    again for a key that only says how to work, such as `snapshot_minutes`."""
    assert keys_declared(stage) == keys_read(stage)


def test_what_changes_no_result_retrains_nothing() -> None:
    """Guards against a lost mark: these keys are changed often, and training is slow."""
    for stage in ("base", "train-full", "train-small"):
        assert not {key for key in keys_declared(stage) if key.endswith(("snapshot_minutes", "launcher", "device"))}


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
    for path in (ROOT / "model").rglob("*.py"):
        assert {found.relative_to(ROOT).parts[0] for found in reached(path, ROOT)} <= {"model"}, path
    modules = {code_of(stage) for stage in STAGES}
    for module in modules:
        assert reached(module, ROOT) & modules == {module}
        assert not {found for found in reached(module, ROOT) if found.is_relative_to(ROOT / "tools")}


def test_only_stages_are_on_the_floor_of_stages() -> None:
    """Guards against helpers that pile up beside the stages, so that nobody sees which modules are stages."""
    assert set((ROOT / "stages").glob("*.py")) == {code_of(stage) for stage in STAGES} | {ROOT / "stages/__init__.py"}


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
            assert path.startswith("reports/") == (options == {"cache": False}), (name, path)
