"""report.md and index.html of runs that are complete, and of runs that lack something."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas
import pytest

from stages.common.files import write_json
from stages.common.harmless import harmless
from stages.common.params import Scalar, dotted_keys
from stages.common.records import CRITERIA
from stages.common.yaml_files import read_yaml
from stages.judges.constant_answers import OWN_FRAME
from stages.reporting.charts import CHARTS, NOTHING, NOTHING_REJECTED, draw_charts
from stages.reporting.evidence import Evidence, Sweep, read_sweep
from stages.reporting.pages import STRIPPED, TEMPLATES, write_page, write_report
from stages.reporting.wording import CATALOGUES, Wording
from tests.stages.reporting.made_run import PREFERENCES, estimate, metrics, page_losses, pair_variants, without_pages
from tests.stages.reporting.test_reference import same_settings
from tools.compare import draw_sweep

NAMED_BY_DATA = {"reasons", "checks", "fits", "kinds", "rules"}  # sections whose keys are names in the data
OF_THE_DATA_PAGE = {"data", "examples"}


@pytest.fixture(scope="module")
def plots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Charts without data: what charts show is tested in test_charts.py."""
    folder = tmp_path_factory.mktemp("plots")
    draw_charts(Evidence({}, {}, {"full": [], "small": []}, ()), Wording("en"), folder)
    return folder


Render = Callable[..., tuple[str, str]]


@pytest.fixture
def render(plots: Path, tmp_path: Path, wording: Wording) -> Render:
    """Writes report.md and index.html, and returns their texts."""

    def rendered(evidence: Evidence, words: Wording = wording) -> tuple[str, str]:
        write_report(evidence, words, tmp_path / "report.md", 3)
        write_page(evidence, words, plots, tmp_path / "index.html")
        return (tmp_path / "report.md").read_text("utf-8"), (tmp_path / "index.html").read_text("utf-8")

    return rendered


def with_judge(evidence: Evidence, **changes: Any) -> Evidence:
    return replace(evidence, metrics={**evidence.metrics, "judge": {**evidence.metrics["judge"], **changes}})


def test_the_answer_comes_first_with_its_intervals(evidence: Evidence, render: Render) -> None:
    """Guards against a verdict beside the numbers of something else."""
    report, page = render(evidence)
    assert "Tuning helped." in report and "Tuning helped." in page
    assert (
        "Of 24 test rows, full wins 74.5% against base and loses 11.5%; on average its gain is +8.50 of 15 points."
    ) in page
    assert (
        "Full beats base. Of 24 test rows full wins 74.5% (95%: 68.5% to 80.5%), ties 14.0% (95%: 9.0% to 19.0%) "
        "and loses 11.5% (95%: 6.5% to 16.5%). Its win rate with ties as half is 81.5% (95%: 77.0% to 86.0%). Its "
        "gain is +8.50 (95%: +7.90 to +9.10) of 15 points."
    ) in report
    assert "Whether full is better than small is unresolved." in report
    assert "About 940 test rows would decide it." in report
    parts = [page.index(f'<section id="{name}"') for name in ("answer", "data", "training", "judge", "rows")]
    assert parts == sorted(parts)


@pytest.mark.parametrize(
    ("verdict", "answer"),
    [("worse", "Tuning made the model worse."), ("unresolved", "Whether tuning helped is unresolved.")],
)
def test_other_answers(evidence: Evidence, render: Render, verdict: str, answer: str) -> None:
    pairs = evidence.metrics["judge"]["pairs"]
    changed = with_judge(evidence, pairs={**pairs, "full-base": pairs["full-base"] | {"verdict": verdict}})
    for text in render(changed):
        assert answer in text and "Tuning helped." not in text


def test_an_unhealthy_judge_is_announced_before_anything_else(evidence: Evidence, render: Render) -> None:
    """Guards against scores that look sound though their judge is not."""
    checks = evidence.metrics["judge"]["checks"]
    failing = {**checks, "padded": checks["padded"] | {"passed": 0, "measured": 0.9}}
    report, page = render(with_judge(evidence, healthy=0, checks=failing))
    warning = "The judge failed its own checks: the reference, padded, against itself: wins."
    assert warning in report and report.index(warning) < report.index("Full beats base")
    assert page.index('role="alert"') < page.index("<h1")
    assert warning in page and "90%</td><td>0% to 50%</td>" in page
    assert 'role="alert"' not in render(evidence)[1]


def test_the_failing_judge_of_a_panel_is_named(evidence: Evidence, render: Render) -> None:
    """Guards against a reader who throws out all judges for one."""
    failing = {"padded": evidence.metrics["judge"]["checks"]["padded"] | {"passed": 0, "judge": "openai: b"}}
    for text in render(with_judge(evidence, healthy=0, checks=failing)):
        assert text.count("the reference, padded, against itself: wins (openai: b)") == 2


def test_scores_of_answers_alone_are_shown_where_there_are_some(evidence: Evidence, render: Render) -> None:
    """Guards against scores that were paid for and that nobody sees."""
    solo = {role: estimate("total", 7.25, 0.5) for role in ("base", "small", "full")}
    for text in render(with_judge(evidence, solo=solo)):
        assert "total, scored alone" in text and "7.25" in text
    assert not any("total, scored alone" in text for text in render(evidence))


def test_without_the_pair_that_answers_the_report_says_why(evidence: Evidence, render: Render) -> None:
    """Guards against "no answer yet" above verdicts on other pairs, and not a word of why."""
    pairs = {"small-base": evidence.metrics["judge"]["pairs"]["small-base"]}
    for text in render(with_judge(evidence, pairs=pairs)):
        assert "There is no answer yet." in text and "Full and base were not compared" in text


@pytest.mark.parametrize(
    ("leaking", "sentence"), [(0, "No test example shares content"), (3, "3 of 24 test examples share")]
)
def test_the_report_says_whether_the_split_leaks(
    evidence: Evidence, render: Render, leaking: int, sentence: str
) -> None:
    """Guards against scores of a leaking split that read like any other."""
    split = evidence.metrics["split"] | {"test_examples_that_leak": leaking}
    for text in render(replace(evidence, metrics={**evidence.metrics, "split": split})):
        assert sentence in text


@pytest.mark.parametrize("language", ["en", "pt"])
def test_a_run_without_anything_has_a_report(evidence: Evidence, render: Render, language: Any) -> None:
    """Guards against a report that stops where there is nothing to say."""
    nothing = Evidence(evidence.params, {}, {"full": [], "small": []}, ())
    answer = {"en": "There is no answer yet.", "pt": "Ainda não há resposta."}[language]
    for text in render(nothing, Wording(language)):
        assert answer in text


def test_a_single_row_has_a_report(evidence: Evidence, render: Render) -> None:
    report, page = render(replace(evidence, rows=evidence.rows[:1]))
    for text in (report, page):
        assert "With so few test rows (1), intervals say next to nothing." in text
    assert len(data_of(page)["rows"]) == 1


def test_the_report_shows_as_many_rows_as_asked_for(evidence: Evidence, render: Render) -> None:
    """Guards against a report.md that holds every row of a large run."""
    rows = render(evidence)[0].split("## Some answers")[1].split("\n|")[3:]
    assert [row.split(" | ")[0].strip() for row in rows] == [row.example.instruction for row in evidence.rows[:3]]


def test_the_report_holds_no_control_characters(evidence: Evidence, render: Render) -> None:
    """Guards against a question or an answer that acts on the terminal of who prints report.md."""
    row = evidence.rows[0]
    example = row.example.model_copy(update={"instruction": "Cl\x1b[2Jear\u202e \x9b31m\x07?"})
    llm = {**evidence.params["judge"]["llm"], "model": "a\x1b]0;b\x07"}
    params = {**evidence.params, "judge": {**evidence.params["judge"], "judge": "gemini", "llm": llm}}
    report, _ = render(replace(evidence, rows=(replace(row, example=example), *evidence.rows[1:]), params=params))
    assert r"Cl\\x1b\[2Jear\\u202e \\x9b31m\\x07?" in report
    assert report == harmless(report)


def test_a_chart_refers_to_its_own_parts(evidence: Evidence, render: Render) -> None:
    """Guards against two charts in one page that use each other's markers, because their ids are the same."""
    drawn = '<svg><path id="m1"/><use xlink:href="#m1"/><g clip-path="url(#c1)"/><clipPath id="c1"/></svg>'
    page = render(replace(evidence, sweep=Sweep(drawn, ())))[1]
    chart = page.split('<figure class="sweep">')[1].split("</figure>")[0]
    assert '<path id="sweep-m1"/><use xlink:href="#sweep-m1"/>' in chart
    assert '<g clip-path="url(#sweep-c1)"/><clipPath id="sweep-c1"/>' in chart


def data_of(page: str) -> dict[str, Any]:
    """What the page embeds for its script."""
    block = re.search(r'<script type="application/json" id="rows-data">(.*?)</script>', page, re.S)
    assert block
    loaded: dict[str, Any] = json.loads(block[1])
    return loaded


def test_the_page_allows_only_its_own_scripts(evidence: Evidence, render: Render) -> None:
    """Guards against a policy that is too loose, or that its own scripts don't meet."""
    page = render(evidence)[1]
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy and policy[1].startswith("default-src &#39;none&#39;; style-src")
    assert policy[1].count("sha256-") == 2 and "unsafe-eval" not in policy[1]
    assert len(re.findall(r"<script(?! type=\"application/json\")", page)) == 2
    assert re.findall(r'\b(?:src|href)="(?!#)[^"]*"', page) == ['href="data.html"']


def test_the_page_speaks_portuguese(evidence: Evidence, render: Render) -> None:
    """Guards against a page of two languages."""
    report, page = render(evidence, Wording("pt"))
    assert report.startswith("# O ajuste ajudou.") and '<html lang="pt">' in page
    assert "vence 74,5% (95%: 68,5% a 80,5%)" in report and "41.779" in report
    assert data_of(page)["texts"]["reset"] == "Limpar"


def test_equal_lengths_that_were_never_seen_have_no_figure(evidence: Evidence, render: Render) -> None:
    """Guards against a win rate that a curve's far end says, shown as if it had been measured."""
    pair = evidence.metrics["judge"]["pairs"]["full-base"]
    guessed = pair | {"length_fit": "extrapolated", "length_controlled_win_rate": 0.123}
    for text in render(with_judge(evidence, pairs={"full-base": guessed})):
        assert "nothing is known of equal lengths" in text
        assert "12.3%" not in text


def test_people_and_judge(evidence: Evidence, render: Render) -> None:
    people = {"labels": 60, "rows": 50} | estimate("agreement", 0.8, 0.1) | estimate("kappa", 0.6, 0.2)
    for text in render(with_judge(evidence, agreement=people)):
        assert "On 60 labels of 50 rows, judge and people agree in 80.0% (95%: 70.0% to 90.0%)" in text
        assert "kappa is 0.60 (95%: 0.40 to 0.80)" in text
        assert "Labels left out" not in text and "with one another" not in text


def test_people_among_themselves_and_labels_without_use(evidence: Evidence, render: Render) -> None:
    """Guards against a figure of which nobody can tell how high it could be, and labels that vanish."""
    among = {"labels": 30} | estimate("agreement", 0.9, 0.05) | estimate("kappa", 0.8, 0.1)
    people = {"labellers": 2, "labels": 60, "rows": 30, "labels_without_verdict": 4, "people": among}
    people |= estimate("agreement", 0.8, 0.1) | estimate("kappa", 0.6, 0.2)
    for text in render(with_judge(evidence, agreement=people)):
        assert "The 2 people agree with one another in 90.0% (95%: 85.0% to 95.0%), over 30 pairs of their" in text
        assert "Labels left out: 0 about other answers than these, 4 on which the judge has no verdict." in text


@pytest.mark.parametrize(
    "labels",
    [
        {"labels_of_other_answers": 50},
        {"labels_of_other_answers": 50, "labellers": 1, "rows": 0, "labels_without_verdict": 7, "labels": 0},
    ],
)
def test_labels_of_which_none_counts_have_a_report(evidence: Evidence, render: Render, labels: dict[str, int]) -> None:
    """Guards against a report that stops after a new training, to whose answers no label belongs."""
    for text in render(with_judge(evidence, agreement=labels)):
        assert "Labels left out: 50 about other answers than these" in text and "judge and people agree" not in text


def with_sweep(evidence: Evidence, folder: Path, **changes: Scalar) -> Evidence:
    """Experiments with two sizes of the small set, drawn as `wikitune compare` does."""
    losses, totals = {"val_loss": [5.0, 4.0], "val_loss_95": 0.3}, {"total": 2.0, "total_95": 0.5}
    summary = pandas.DataFrame({"value": [125, 250], "seeds": 2, "model": "small"} | losses | totals)
    draw_sweep(summary, "split.small", folder / "compare/split.small")
    now = {key: value for key, value in dotted_keys(evidence.params).items() if key != "split.small"}
    write_json(folder / "compare/split.small.json", now | changes)
    return replace(evidence, sweep=read_sweep(folder, evidence.params))


def test_how_much_data_is_in_the_report_where_it_was_drawn(evidence: Evidence, render: Render, tmp_path: Path) -> None:
    """Guards against a curve that nobody sees, and a report that waits for one."""
    report, page = render(with_sweep(evidence, tmp_path))
    assert "](compare/split.small.png)" in report and "## How much data is enough?" in report
    for text in (report, page):
        assert "other settings than this run" not in text
    figure = page.split('<figure class="sweep">')[1].split("</figure>")[0]
    assert ">split.small</text>" in figure and "var(--small)" in figure and 'role="img"' in figure
    for text in render(evidence):
        assert "How much data" not in text and "compare/split.small" not in text


def test_a_curve_of_other_settings_is_told_from_one_of_this_run(
    evidence: Evidence, render: Render, tmp_path: Path
) -> None:
    """Guards against a curve of the small model in the report of a large one."""
    settings: dict[str, Scalar] = {"train.epochs": 99, "base.source": "huggingface"}
    for text in render(with_sweep(evidence, tmp_path, **settings)):
        assert "They were made with other settings than this run" in text
        keys = text.split("cannot be compared with it: ")[1].split(".\n")[0].split(".</p>")[0]
        assert keys.split(", ") == ["base.source", "train.epochs"]


class RecordingWording(Wording):
    """Remembers which texts were used."""

    def __init__(self, language: Any) -> None:
        super().__init__(language)
        self.used: set[str] = set()

    def text(self, key: str, **values: object) -> str:
        self.used.add(key)
        return super().text(key, **values)

    def html(self, key: str, **values: str) -> Any:
        self.used.add(key)
        return super().html(key, **values)


def all_sorts(evidence: Evidence, folder: Path) -> Iterator[Evidence]:
    """Runs whose reports together use every text of the catalogue."""
    judge, split = evidence.metrics["judge"], evidence.metrics["split"]
    yield with_sweep(evidence, folder, **{"train.epochs": 99})
    yield Evidence(evidence.params, {}, {"full": [], "small": []}, ())
    yield replace(evidence, rows=tuple(replace(row, answers=None, judgments=()) for row in evidence.rows[:1]))
    yield replace(evidence, params=same_settings({"train": {"loss_on": "response"}}))
    yield replace(evidence, params=same_settings(), metrics=metrics(200) | {"train_full": PREFERENCES})
    yield replace(evidence, metrics={**evidence.metrics, "split": split | {"test_examples_that_leak": 3}})
    yield replace(evidence, metrics={**evidence.metrics, "split": split | {"questions_on_two_sides": 3}})
    for read in (0, 5, "unknown"):
        base = {"test_pages": 5, "read_test_pages": read, "test_examples_that_share_words": read}
        base["asked_in_val_and_test"] = 3
        changed = {"split": split | {"base": base}, "judge": without_pages(judge)}
        yield replace(evidence, metrics={**evidence.metrics, **changed})
    for verdict in ("worse", "unresolved"):
        pairs = judge["pairs"]
        yield with_judge(evidence, pairs={**pairs, "full-base": pairs["full-base"] | {"verdict": verdict}})
    for name, rise in (("all", -0.5), ("all", 0.0), ("all", 0.5), ("pages_unread", 0.5)):
        yield with_judge(evidence, forgetting=dict.fromkeys(("all", name), page_losses(17, 1.6, rise, rise)))
    yield with_judge(evidence, clusters=15)
    for changes in pair_variants():
        for others in ({}, {"small-base": pairs["small-base"]}):
            yield with_judge(evidence, pairs={"full-base": pairs["full-base"] | changes} | others)
    rates = {"labels": 9, "agreement": 1, "kappa": 1}
    people = rates | {"rows": 9, "labellers": 2, "labels_without_verdict": 1, "people": rates}
    yield with_judge(evidence, healthy=0, agreement=people)
    yield with_judge(evidence, solo={"full": {"total": 7.0}})
    yield with_judge(evidence, healthy=0, checks={"padded": judge["checks"]["padded"] | {"passed": 0}})
    yield with_judge(evidence, checks={"constant": judge["checks"]["constant"] | {"text": OWN_FRAME}})
    unmeasured = {"same_answer": {"expected_low": 0.1, "expected_high": 0.9, "rows": 5}}
    yield with_judge(evidence, checks=unmeasured, **dict.fromkeys(STRIPPED, 1))
    params = {**evidence.params, "judge": evidence.params["judge"] | {"at_most": 20}}
    for certain in (0, 1):
        stopping = {"looks": 2, "rows_judged": 20, "certain": certain, "certain_after": {"full-base": 10}}
        yield replace(with_judge(evidence, rows_not_judged=180, stopping=stopping), params=params)


def test_every_text_is_used(evidence: Evidence, render: Render, tmp_path: Path) -> None:
    """Guards against texts that outlive what they were for."""
    from matplotlib.figure import Figure

    recording = RecordingWording("en")
    for variant in all_sorts(evidence, tmp_path):
        render(variant, recording)
    for draw in CHARTS.values():
        draw(evidence, recording, Figure().subplots())
    assert set(known_keys()) - recording.used - used_by_the_script() == {NOTHING, NOTHING_REJECTED}


def known_keys() -> list[str]:
    catalogue = read_yaml(CATALOGUES / "en.yaml")
    others = NAMED_BY_DATA | OF_THE_DATA_PAGE
    return [f"{section}.{key}" for section, texts in catalogue.items() if section not in others for key in texts]


def used_by_the_script() -> set[str]:
    source = "".join(path.read_text("utf-8") for path in (TEMPLATES / "page").glob("*.js"))
    named = set(re.findall(r'"(\w+)"', source)) | {"total", *CRITERIA}
    return {f"explorer.{name}" for name in named}
