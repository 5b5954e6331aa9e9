"""What data.html is made of; how it works in a browser is tested in tests/browser."""

import base64
import gzip
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stages.common.records import RawRow, Source
from stages.common.yaml_files import read_yaml
from stages.curation.rules import ORDER
from stages.reporting.charts import draw_charts
from stages.reporting.data_charts import data_charts
from stages.reporting.data_page import pack_examples, read_rules, write_data_page
from stages.reporting.evidence import Evidence
from stages.reporting.example_rows import ExampleFate, ExampleFates
from stages.reporting.pages import TEMPLATES
from stages.reporting.wording import CATALOGUES, Language, Wording
from tests.stages.common.test_quality_scores import quality
from tests.stages.conftest import MakeExample
from tests.stages.reporting.test_pages import RecordingWording

Write = Callable[..., str]
LANGUAGES: tuple[Language, ...] = ("en", "pt")


def fates_of(*rows: ExampleFate, more: int = 0) -> ExampleFates:
    return ExampleFates(rows, len(rows) + more)


@pytest.fixture
def some(make: MakeExample) -> ExampleFates:
    source = Source(kind="synthetic", title="Colors", revision_id=7, url="https://example.org/c")
    long = make("Describe it.", "word " * 300, source=source)
    late = make("When was it built?", "In 2031.", source=source)
    return fates_of(
        ExampleFate(make(source=source), side="test", in_small=True, score=quality(loss=1.0)),
        ExampleFate(make("Add 1 and 1.", "2.", source=Source(kind="general")), side="train"),
        ExampleFate(long, "too_long", "output has 300 words, at most 250 are allowed"),
        ExampleFate(late, "after_cutoff", "output speaks of '2031', the cut-off is 2022-12-31"),
        ExampleFate(RawRow(place="data/synthetic.jsonl:3", text="{"), "malformed", "not JSON"),
    )


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(fates: ExampleFates, evidence: Evidence, wording: Wording) -> str:
        draw_charts(evidence, wording, tmp_path, data_charts(fates))
        write_data_page(fates, evidence, wording, tmp_path, tmp_path / "data.html")
        return (tmp_path / "data.html").read_text("utf-8")

    return written


def unpack(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(gzip.decompress(base64.b64decode(text)))
    return found


def test_the_examples_are_all_packed(some: ExampleFates) -> None:
    """Guards against a column that another one overwrites, and a link of a row to another row's page."""
    packed = unpack(pack_examples(some))
    first, task, _, late, raw = packed["rows"]
    example = some.rows[0].example
    assert not isinstance(example, RawRow)
    assert first[:4] == [example.id, "Name a color.", "", "Blue."]
    assert packed["pages"][first[5]] == ["Colors", "7", "https://example.org/c", True, "synthetic"]
    assert first[9:] == [3, 1, 0.5, 2.7183]
    assert packed["pages"][task[5]] == ["", "", "", False, "general"]
    assert task[9:] == [1, 0, None, None]
    assert packed["reasons"][late[7]] == "after_cutoff" and late[8].startswith("output speaks of '2031'")
    assert raw[:2] == ["data/synthetic.jsonl:3", "{"] and packed["teachers"][raw[6]] == ""


def test_the_same_examples_give_the_same_bytes(some: ExampleFates) -> None:
    """Guards against the time that gzip writes into its header."""
    assert pack_examples(some) == pack_examples(some)
    assert base64.b64decode(pack_examples(some))[4:8] == bytes(4)


def test_the_page_needs_no_network_and_allows_only_its_scripts(
    some: ExampleFates, evidence: Evidence, wording: Wording, write: Write
) -> None:
    page = write(some, evidence, wording)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy and policy[1].startswith("default-src &#39;none&#39;; style-src")
    assert policy[1].count("sha256-") == 2 and "unsafe-eval" not in policy[1]
    addresses = set(re.findall(r'\b(?:src|href)="(?!#)[^"]*"', page))
    assert addresses == {'href="index.html"'}


def test_a_rule_shows_its_threshold_and_what_another_would_change(
    some: ExampleFates, evidence: Evidence, wording: Wording, write: Write
) -> None:
    """Guards against a rule beside another rule's numbers."""
    rules = {rule.name: rule for rule in read_rules(some, evidence)}
    assert rules["after_cutoff"].total == 31 and rules["too_short"].rejected == {"synthetic": 14, "general": 30}
    [cutoff] = rules["after_cutoff"].what_if
    assert [one.rejected for one in cutoff.alternatives] == [1, 1, 1, 1, 1, 1]
    page = write(some, evidence, wording)
    assert "Threshold curate.cutoff: 2022-12-31" in page and "at least 1" in page
    assert "What another threshold would change can&#39;t be told from the evidence" in page  # near_duplicate's
    assert "This rule has no threshold." in page  # exact_duplicate's
    assert page.index('id="rule-near_duplicate"') < page.index('id="rule-malformed"')  # by how many they rejected


def test_a_sample_is_called_one(some: ExampleFates, evidence: Evidence, wording: Wording, write: Write) -> None:
    """Guards against readers who look for an example that the page doesn't have."""
    assert "random sample" not in write(some, evidence, wording)
    sampled = write(replace(some, total=250_000), evidence, wording)
    assert "This page shows 5 of 250,000 examples: all test rows, and a random sample of the others." in sampled


def test_general_tasks_of_a_random_split_are_measured_by_no_rule(some: ExampleFates, evidence: Evidence) -> None:
    """Guards against counts of examples that no rule has seen."""
    short = replace(some.rows[1], example=some.rows[1].example)
    random = {**evidence.params, "split": evidence.params["split"] | {"decontaminate": False}}

    def counted(chosen: Evidence) -> int:
        rules = {rule.name: rule for rule in read_rules(fates_of(short), chosen)}
        return max(one.rejected for one in rules["too_short"].what_if[0].alternatives)

    limits = evidence.params["curate"] | {"min_task_words": 4}
    assert counted(replace(evidence, params={**evidence.params, "curate": limits})) == 1
    assert counted(replace(evidence, params={**random, "curate": limits})) == 0


def test_a_run_that_lacks_everything(evidence: Evidence, wording: Wording, write: Write) -> None:
    """Guards against an error where nothing was rejected, counted or scored."""
    bare = Evidence(evidence.params, {}, {"full": [], "small": []}, ())
    page = write(fates_of(), bare, wording)
    assert "Nobody has counted yet what the teacher wrote" in page
    assert "No example was rejected." in page and "<code>wikitune score</code>" in page
    assert "Nobody has counted how diverse" in page


@pytest.mark.parametrize("language", LANGUAGES)
def test_rules_kinds_and_reasons_have_words(language: Language, root: Path) -> None:
    """Guards against names of the code on a page in words."""
    catalogue = read_yaml(CATALOGUES / f"{language}.yaml")
    assert set(catalogue["rules"]) >= {*ORDER, "too_easy", "too_hard"} and set(catalogue["reasons"]) >= set(ORDER)
    lines = (root / "data/bundled/instructions.jsonl").read_text("utf-8").splitlines()
    kinds = {json.loads(line)["kind"] for line in lines}
    for path in (root / "stages/teachers/rules").glob("*.py"):
        kinds |= set(re.findall(r'(?:Draft|_from_passage)\(\s*"([a-z_]+)"', path.read_text("utf-8")))
    assert len(kinds) > 75 and kinds - set(catalogue["kinds"]) == set()


def test_every_text_of_the_page_is_used(some: ExampleFates, evidence: Evidence, write: Write) -> None:
    """Guards against texts that outlive what they were for."""
    recording = RecordingWording("en")
    for fates in (some, replace(some, total=9), fates_of(some.rows[1])):
        for metrics in (evidence.metrics, {}):
            write(fates, replace(evidence, metrics=metrics), recording)
    nameless = {**evidence.metrics, "diversity": evidence.metrics["diversity"] | {"most_common_kinds": {"": 3}}}
    write(some, replace(evidence, metrics=nameless), recording)
    catalogue = read_yaml(CATALOGUES / "en.yaml")
    source = "".join(path.read_text("utf-8") for path in (TEMPLATES / "page").glob("*.js"))
    words, beginnings = set(re.findall(r'"(\w+)"', source)), tuple(re.findall(r"say\(`(\w+)\$", source))
    used = recording.used | {
        f"examples.{key}" for key in catalogue["examples"] if key in words or key.startswith(beginnings)
    }
    assert {f"{section}.{key}" for section in ("data", "examples") for key in catalogue[section]} - used == set()
