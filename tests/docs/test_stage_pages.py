"""The page of each stage, and the list of what can go wrong, against dvc.yaml, params.yaml and the code."""

import ast
import importlib.util
import re
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from itertools import chain, product
from pathlib import Path
from typing import Any

import pytest

from stages.common.params import SECTIONS, read_sections
from stages.curation.rules import ORDER
from tests.conftest import ROOT
from tests.docs.reading import DOCS, PAGES, STAGE_PAGES, name, quoted_messages, section, shows
from tests.pipeline.test_dag import STAGES

STAGE_NAMES = sorted({stage.partition("-")[0] for stage in STAGES})
FILLED_IN = "\0"  # in a string of the code, what differs from case to case
DVCS = "What DVC says"
PARTS = ["Reads and writes", "Parameters", "Metrics", "Errors"]


@pytest.mark.parametrize("stage", STAGE_NAMES)
def test_a_stage_has_a_page_with_all_its_parts(stage: str) -> None:
    """Guards against a stage that is added without a page, and a page that leaves out what readers look for."""
    text = (STAGE_PAGES / f"{stage}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {stage}\n")
    lacking = [part for part in PARTS if not section(text, part).strip()]
    assert lacking == (["Metrics"] if stage == "plot" else [])  # it has none


def test_no_page_is_about_a_stage_that_is_gone() -> None:
    assert [path.stem for path in sorted(STAGE_PAGES.glob("*.md"))] == STAGE_NAMES


@pytest.mark.parametrize("stage", STAGES)
def test_a_page_names_whatever_its_stage_writes(stage: str) -> None:
    """Guards against an output that no reader hears of."""
    text = section((STAGE_PAGES / f"{stage.partition('-')[0]}.md").read_text(encoding="utf-8"), "Reads and writes")
    named = set(chain.from_iterable(map(alternatives, re.findall(r"`([^`]+)`", text))))
    written = paths_of(stage, "outs", "metrics")
    assert [path for path in written if not any(path == one or path.startswith(f"{one}/") for one in named)] == []


def test_every_rule_of_curation_is_explained() -> None:
    """Guards against a reason for a rejection that no page explains."""
    text = section((STAGE_PAGES / "curate.md").read_text(encoding="utf-8"), "Rules")
    assert tuple(re.findall(r"^\| `([a-z_]+)`", text, re.M))[: len(ORDER)] == ORDER


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_parameters_are_those_of_params_yaml(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against a parameter that was renamed."""
    monkeypatch.chdir(ROOT)
    sections = read_sections()
    names = rf"`((?:{'|'.join(SECTIONS)})\.[a-z_.]+)(?:[=:][^`]*)?`"
    mentioned = set(re.findall(names, page.read_text(encoding="utf-8")))
    keys = sorted(one for one in mentioned if not one.endswith((".json", ".csv", ".md")))
    assert [key for key in keys if not has(sections, key.split("."))] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_paths_of_data_and_reports_are_there_or_written(page: Path) -> None:
    """Guards against a path that nothing writes any more."""
    known = {path for stage in STAGES for path in paths_of(stage, "outs", "metrics", "deps")}
    code = "".join(own_code())
    mentioned = re.findall(r"`((?:data|reports)/[^`* ]*?)/?`", page.read_text(encoding="utf-8"))
    for path in chain.from_iterable(map(alternatives, mentioned)):
        written = any(one == path or one.startswith(f"{path}/") for one in known)
        assert written or (ROOT / path).exists() or f'"{path}"' in code, path


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    """Guards against a page or a heading that was renamed."""
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.M)
            assert anchor in [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings], target


@pytest.mark.parametrize("page", [*sorted(STAGE_PAGES.glob("*.md")), DOCS / "troubleshooting.md"], ids=name)
def test_quoted_messages_are_those_of_the_code(page: Path) -> None:
    """Guards against a message that was reworded: whoever searches for what they see would not find it. `...` stands
    for what differs from case to case."""
    text = page.read_text(encoding="utf-8")
    own = section(text, "Errors") or text.replace(section(text, DVCS), "")
    assert quoted_messages(own)
    assert unsaid(quoted_messages(own), own_templates()) == []


def test_quoted_messages_of_dvc_are_dvcs() -> None:
    """Guards against a message that a newer DVC words otherwise."""
    spec = importlib.util.find_spec("dvc")
    assert spec is not None and spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0])
    templates = [one for path in sorted(folder.rglob("*.py")) for one in strings(path)]
    messages = quoted_messages(section((DOCS / "troubleshooting.md").read_text(encoding="utf-8"), DVCS))
    assert messages
    assert unsaid(messages, templates) == []


@pytest.mark.parametrize("stage", [stage for stage in STAGE_NAMES if stage != "plot"])
def test_documented_metrics_are_keys_in_the_code(stage: str) -> None:
    """Guards against a key that no stage writes."""
    text = section((STAGE_PAGES / f"{stage}.md").read_text(encoding="utf-8"), "Metrics")
    keys = re.findall(r"^\| `([a-z_0-9]+)", text, re.M)
    assert keys
    names = {name for code in own_code() for name in re.findall(r"\w+", code)}  # of strings, and of records' fields
    endings = tuple(one.strip(FILLED_IN) for one in own_templates() if re.fullmatch(f"{FILLED_IN}_[a-z_]+", one))
    assert [key for key in keys if key not in names and not key.endswith(endings)] == []


def paths_of(stage: str, *lists: str) -> list[str]:
    entries = [entry for one in lists for entry in STAGES[stage].get(one, [])]
    return [entry if isinstance(entry, str) else next(iter(entry)) for entry in entries]


def alternatives(text: str) -> list[str]:
    """`{a,b}/c` as `a/c` and `b/c`."""
    parts = [part.split(",") for part in re.split(r"\{([^}]*)\}", text)]
    choices = [part if number % 2 else [",".join(part)] for number, part in enumerate(parts)]
    return ["".join(chosen) for chosen in product(*choices)]


def has(value: Any, keys: list[str]) -> bool:
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True


def code_files() -> list[Path]:
    return [path for folder in ("stages", "model", "tools") for path in sorted((ROOT / folder).rglob("*.py"))]


@cache
def own_code() -> tuple[str, ...]:
    return tuple(path.read_text(encoding="utf-8") for path in code_files())


@cache
def own_templates() -> tuple[str, ...]:
    printed_by_make = re.findall(r'echo "(.*)"', (ROOT / "Makefile").read_text(encoding="utf-8"))
    return (*printed_by_make, *(text for path in code_files() for text in strings(path)))


def strings(path: Path) -> Iterator[str]:
    """The strings of a module, with its own constants filled in."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    known = dict(filter(None, map(constant, tree.body)))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(filled(part, known) for part in node.values)


def constant(node: ast.stmt) -> tuple[str, str] | None:
    """Name and text of `X = "text"` or `X = Path("text")`."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str(text))):
            return name, text
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(args=[ast.Constant(value=str(text))])):
            return name, text
    return None


def filled(part: ast.expr, known: dict[str, str]) -> str:
    match part:
        case ast.Constant(value=value):
            return str(value)
        case ast.FormattedValue(value=ast.Name(id=name)):
            return known.get(name, FILLED_IN)
    return FILLED_IN


def unsaid(messages: Iterable[str], templates: Collection[str]) -> list[str]:
    return [one for one in messages if not any(shows(template, one) for template in templates)]
