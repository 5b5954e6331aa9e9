import importlib
import re
from pathlib import Path

import pytest

from stages.common.errors import StageError
from stages.common.params import SECTIONS, SectionModel, load_params, read_sections


def change(old: str, new: str) -> None:
    text = Path("params.yaml").read_text()
    assert len(re.findall(old, text)) == 1
    Path("params.yaml").write_text(re.sub(old, new, text))


def load(section: str) -> SectionModel:
    model: type[SectionModel] = importlib.import_module(f"stages.{section}").Params
    return load_params(section, model)


def test_defaults_are_valid_and_complete(project: Path) -> None:
    """Guards against a default that its own stage refuses, and a section that no stage reads."""
    assert list(read_sections()) == list(SECTIONS)
    for section in SECTIONS:
        assert load(section).model_dump().keys() == read_sections()[section].keys()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  per_page: 8", "  per_pages: 8", "synth.per_page: Field required"),
        ("path: data/weights", r'path: "data\\0weights"', r"base.path: must hold no control character \(is 'data.x00w"),
        ("path: data/weights", r'path: "\\ud800"', r"base.path: must hold no control character \(is '.ud800'\)"),
        ("path: data/bundled/pages.jsonl", r'path: "a\\e[2J"', r"extract.path: must hold no control character"),
        ("path: data/bundled/instructions.jsonl", r'path: "\\0"', r"split.general.path: must hold no control"),
        ("path: data/weights", "path: " + "[" * 3000 + "]" * 3000, "params.yaml is nested too deeply to read"),
        (
            "path: data/weights",
            "path: " + "[" * 200 + "]" * 200,
            r"base.path: Input should be a valid string",
        ),
        ("path: data/weights", "path: " + "9" * 5000, "params.yaml is not YAML: Exceeds the limit"),
        ("  per_page: 8", "  per_pages: 8", r"synth.per_pages: Extra inputs are not permitted \(is 8\)"),
        ("  per_page: 8", "  per_page: 0", r"synth.per_page: Input should be greater than 0 \(is 0\)"),
        ("  per_page: 8", "  per_page: eight", r"synth.per_page: Input should be a valid integer \(is 'eight'\)"),
        ("  per_page: 8", "  per_page: yes", "synth.per_page: Input should be a valid integer"),
        ("  vocab_size: 8192", "  vocab_size: 100", r"base.vocab_size: .* greater than or equal to 300 \(is 100\)"),
        ("  loss_on: all", "  loss_on: both", r"train.loss_on: Input should be 'all' or 'response' \(is 'both'\)"),
        (
            "    at_most: 1000 .*\n    missing",
            "    at_most: -1\n    missing",
            r"must be all, or a whole number from 1 \(is -1\)",
        ),
        ('"2022-12-31"', '"2022-13-31"', "curate.cutoff: must be a date such as 2022-12-31"),
        ("  launcher: python", "  launcher: ''", "train.launcher: String should have at least 1 character"),
        (r"full-small, small-base", "full-base", "judge.pairs: must name each once"),
        ("  n_head: 4", "  n_head: 5", r"base: n_embd \(192\) must be a multiple of n_head \(5\)$"),
        (
            r"(\nbase: .*\n)  source: bundled",
            r"\1  source: hub",
            "base.source: Input should be 'bundled', 'scratch', 'huggingface' or 'path'",
        ),
        ("  model: gpt2 ", "  model: gpt3 ", r"base.model: Input should be 'gpt2', .* \(is 'gpt3'\)"),
        ("  revision: default", "  revision: ''", "base.revision: String should have at least 1 character"),
        ('\n  sha256: ""', "\n  sha256: 12ab", "base.sha256: String should match pattern"),
        (
            r"(\nbase: .*\n)  source: bundled([^$]*)  path: data/weights",
            r"\1  source: path\2  path: ''",
            "base: source is path, and path names no folder and no file",
        ),
        ("  sequence_length: 128", "  sequence_length: 600", r"sequence_length is 600, at most n_positions \(512\)"),
        ("  full: all", "  full: 400", r"split: small is 500, at most the size of full \(400\)"),
        ("  small: 500", "  small: 9", r"split.small: .* greater than or equal to 10 \(is 9\)"),
        (
            "  temperature: 0    .* # of sampling",
            "  temperature: -1  # of sampling",
            "infer.temperature: .* greater than or equal to 0",
        ),
        ("  top_p: 1.0", "  top_p: 0", "infer.top_p: Input should be greater than 0"),
        (
            "  precision: float32                    # of the",
            "  precision: int4                       # of the",
            "infer.precision: Input should be 'float32', 'bfloat16', 'int8', 'int8_weights' or 'auto'",
        ),
        (r"\[full-base, full-small, small-base\]", "[base-full]", "judge.pairs.0: Input should be 'full-base'"),
        ("judge: rubric", "judge: oracle", r"judge.judge: Input should be 'rubric', .* \(is 'oracle'\)"),
        ("extract: ", "extractor: ", "extractor: unknown section; known are extract, synth"),
        ("extract: ", "extractor: ", "extract: section is missing"),
    ],
)
def test_a_bad_value_anywhere_stops_any_stage(project: Path, old: str, new: str, message: str) -> None:
    """Guards against a typo in the last stage's section that shows after an hour of training."""
    change(old, new)
    with pytest.raises(StageError, match=message):
        load("extract")


def test_all_problems_are_listed_at_once(project: Path) -> None:
    change("  per_page: 8", "  per_page: 0")
    change("  loss_on: all", "  loss_on: both")
    with pytest.raises(StageError, match=r"params.yaml has 2 problem\(s\):\n  synth.per_page.*\n  train.loss_on"):
        load("plot")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("extract: [", "params.yaml is not YAML"),
        ("", "params.yaml holds no sections"),
        ("a: 1\na: 2\n", "duplicate key"),
        ("plot: 2022-13-31", "month must be in 1..12"),
    ],
)
def test_a_broken_file_is_named(project: Path, text: str, message: str) -> None:
    Path("params.yaml").write_text(text)
    with pytest.raises(StageError, match=message):
        load("extract")


def test_a_missing_file_is_named(project: Path) -> None:
    Path("params.yaml").unlink()
    with pytest.raises(StageError, match=r"params\.yaml does not exist"):
        load("extract")
