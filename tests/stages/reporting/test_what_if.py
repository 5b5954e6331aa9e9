from typing import Any

import pytest

from stages.common.params import read_sections
from stages.common.records import Source
from stages.reporting.example_rows import ExampleFate
from stages.reporting.what_if import SETTINGS, WhatIf, try_thresholds
from tests.conftest import ROOT
from tests.stages.common.test_quality_scores import quality
from tests.stages.conftest import MakeExample

CURATE: dict[str, Any] = read_sections(ROOT / "params.yaml")["curate"]


def told(found: WhatIf) -> dict[float, int]:
    return {one.value: one.rejected for one in found.alternatives}


def test_what_anyone_can_count_is_told_in_both_directions(make: MakeExample) -> None:
    """Guards against a stricter threshold that forgets the kept examples, and one off by one at its value."""
    kept = [ExampleFate(make("Describe it.", "word " * count)) for count in (100, 125, 126, 187, 188, 250)]
    evidence = "output has 300 words, at most 250 are allowed"
    rejected = [ExampleFate(make("Describe it.", "word " * 300), "too_long", evidence)]
    found = {one.key: one for one in try_thresholds("too_long", kept + rejected, CURATE)}
    output = found["max_output_words"]
    assert (output.value, output.told) == (250, "both")
    assert told(output) == {125: 5, 188: 2, 250: 1, 312: 0, 375: 0, 500: 0}
    assert [one.value for one in output.alternatives if one.is_current] == [250]
    # This one was rejected for its answer, so another limit of the input would change nothing.
    assert told(found["max_passage_words"]) == dict.fromkeys((150, 225, 300, 375, 450, 600), 0)
    assert found["max_word_length"].told == "laxer"


def test_what_only_the_evidence_knows_is_told_for_laxer_thresholds(make: MakeExample) -> None:
    """Guards against a stricter threshold that seems to reject nothing more, because kept examples have no number."""
    rows = [
        ExampleFate(
            make(f"Sag {number}."), "not_english", f"output reads as de with probability 0.{number}, the limit is 0.5"
        )
        for number in (55, 75, 97)
    ]
    rows.append(ExampleFate(make("Скажи."), "not_english", "output is written in another script: 'x'"))
    [found] = try_thresholds("not_english", rows, CURATE)
    assert (found.value, found.told) == (0.5, "laxer")
    assert told(found) == {0.5: 3, 0.6: 2, 0.7: 2, 0.8: 1, 0.9: 1, 0.95: 1}
    [stricter] = try_thresholds("not_english", rows, CURATE | {"max_foreign": 0.7})
    assert min(told(stricter)) == 0.7


def test_a_later_cutoff_rejects_at_least_what_is_later_still(make: MakeExample) -> None:
    """Guards against a promise: the evidence is one date, and an example may have others."""
    rows = [
        ExampleFate(make(f"Say {year}."), "after_cutoff", f"output speaks of 'May {year}', the cut-off is 2022-12-31")
        for year in (2023, 2023, 2024, 2031)
    ]
    [found] = try_thresholds("after_cutoff", rows, CURATE)
    assert (found.value, found.bound) == ("2022-12-31", "at_least")
    assert told(found) == {2022: 4, 2023: 2, 2024: 1, 2025: 1, 2026: 1, 2027: 1}


def test_difficulties_are_tried_whether_there_is_a_threshold_or_not(make: MakeExample) -> None:
    """Guards against a threshold that must be set before one can see what it would do, and general tasks that are
    counted although no difficulty rejects them."""
    easy, hard, general = make("Name a color."), make("Name a fruit."), make("Add.", source=Source(kind="general"))
    rows = [ExampleFate(one, score=quality(loss=loss)) for one, loss in ((easy, 0.6), (hard, 2.3), (general, 0.1))]
    [lowest] = try_thresholds("too_easy", rows, CURATE)
    assert (lowest.value, lowest.told) == ("none", "both")
    assert told(lowest) == {0.2: 0, 0.4: 1, 0.6: 1, 0.8: 1, 0.9: 1, 1.0: 1, 1.1: 1, 1.25: 2, 1.5: 2, 2.0: 2}
    [highest] = try_thresholds("too_hard", rows, CURATE | {"max_ifd": 1.15})
    assert told(highest)[1.15] == 0 and told(highest)[1.1] == 1
    assert not any(one.is_current for one in lowest.alternatives)


@pytest.mark.parametrize("rule", ["near_duplicate", "answer_in_input", "contradicts_input"])
def test_what_can_not_be_told_is_not_told(rule: str) -> None:
    [found] = try_thresholds(rule, [], CURATE)
    assert (found.told, found.alternatives) == ("not", ())


def test_every_threshold_is_in_params_yaml() -> None:
    """Guards against a renamed key, and against a new threshold that no rule's section shows."""
    keys = {setting.key for settings in SETTINGS.values() for setting in settings}
    others = {"engine", "ray", "auditor", "audit_batch", "llm"}
    assert keys == set(CURATE) - others
    assert list(try_thresholds("echo", [], CURATE)) == []  # it has none
