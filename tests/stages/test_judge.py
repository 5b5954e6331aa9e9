"""The stage as a whole, with the rubric; test_judge_llm.py has it with language models."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from stages import judge
from stages.common.errors import StageError
from stages.common.files import read_json, read_jsonl, write_json, write_jsonl
from stages.common.records import ROLES, Answers, CheckJudgment, Example, Judgment, Source
from stages.judges.labels.choices import Comparison
from tests.stages.conftest import MakeExample

MakeAnswers = Callable[..., Answers]


def configure(**values: Any) -> None:
    yaml = YAML()
    params = yaml.load(Path("params.yaml"))
    params["judge"] |= values
    yaml.dump(params, Path("params.yaml"))


@pytest.fixture
def write_rows(project: Path, make: MakeExample, answers: Callable[..., Answers]) -> Callable[..., list[Answers]]:
    """Writes test rows and answers: `write_rows(4, full=..., base=...)`."""

    def write(count: int, page: bool = True, **texts: str) -> list[Answers]:
        source = Source(kind="synthetic", title="Colors") if page else Source(kind="general")
        examples = [
            make(
                f"What color is thing number {n} of the list?",
                f"Thing {n} is blue, and the others are not.",
                source=source,
            )
            for n in range(count)
        ]
        rows = [answers(example.output, example.instruction, example.id, **texts) for example in examples]
        write_jsonl(judge.TEST, examples)
        write_json(judge.TEST_PAGES, {})
        write_jsonl(judge.ANSWERS, rows)
        return rows

    return write


def test_every_pair_is_judged_in_both_orders(write_rows: Callable[..., list[Answers]]) -> None:
    rows = write_rows(4, page=False, full="Thing 1 is blue, and the others are not.", small="Thing 1 is red.", base="")
    judge.main()
    judgments = read_jsonl(judge.JUDGMENTS, Judgment)
    assert len(judgments) == 4 * 3 * 2
    for row in rows:
        seen = [judgment.models for judgment in judgments if judgment.id == row.id]
        pairs = [("full", "base"), ("full", "small"), ("small", "base")]
        assert seen == [models for first, second in pairs for models in ((first, second), (second, first))]
    metrics = read_json(judge.METRICS)
    assert list(metrics)[:4] == ["rows", "clusters", "rows_left_out", "judgments"]
    assert metrics["rows_not_judged"] == 0
    assert list(metrics["pairs"]) == ["full-base", "full-small", "small-base"]
    assert metrics["models"]["base"]["total"] == 0
    assert metrics["pairs"]["full-small"]["win_rate"] == metrics["pairs"]["full-small"]["consistency"] == 1.0
    checks = read_jsonl(judge.CHECKS, CheckJudgment)
    assert len(checks) == 6 * 4 * 2 + 8 * 4  # constant answers are eight, once for each row
    assert [name for name, check in metrics["checks"].items() if check.get("passed") == 1] == [
        *("empty", "constant", "reference", "padded", "truncated", "declared_winner"),
    ]
    assert "passed" not in metrics["checks"]["same_answer"]  # with four rows


def test_exact_answers_are_counted_by_what_base_has_read(
    project: Path, make: MakeExample, answers: MakeAnswers
) -> None:
    """Guards against pages taken for one another, and rows that are counted only if the judge gets them."""
    about = [Source(kind="synthetic", title=title) for title in ("Moon", "Nile")] + [Source(kind="general")]
    examples = [make(f"What is number {n}?", f"Number {n} is blue.", source=about[n % 3]) for n in range(12)]
    rows = [
        answers(
            example.output, example.instruction, example.id, full="It is blue.", small="Blue." if not n % 3 else "Red."
        )
        for n, example in enumerate(examples)
    ]
    write_jsonl(judge.TEST, examples)
    write_jsonl(judge.ANSWERS, rows)
    write_json(judge.TEST_PAGES, {"Moon": True, "Nile": False})
    configure(at_most=6)
    judge.main()
    metrics = read_json(judge.METRICS)
    shares = {name: [group[key] for key in ("rows", *ROLES)] for name, group in metrics["exact"].items()}
    assert shares == {
        "all": [12, 0, 1 / 3, 1],
        "general": [4, 0, 0, 1],
        "synthetic": [8, 0, 0.5, 1],
        "from_memory": [8, 0, 0.5, 1],
        "pages_read": [4, 0, 1, 1],
        "pages_unread": [4, 0, 0, 1],
    }
    low, high = metrics["exact"]["all"]["small_95"]
    assert 0 < low < 1 / 3 < high < 1
    assert read_json(judge.EXACT)[rows[1].id] == {"base": False, "small": False, "full": True}
    totals = metrics["totals_by_page"]
    assert totals["pages_read"]["small"] > totals["pages_unread"]["small"]
    assert sum(group["rows"] for group in totals.values()) < 6 == metrics["rows_not_judged"]
    write_json(judge.TEST_PAGES, {"Moon": True, "Nile": True})
    judge.main()
    assert list(read_json(judge.METRICS)["exact"]) == ["all", "general", "synthetic", "from_memory"]
    assert "totals_by_page" not in read_json(judge.METRICS)


def test_a_second_run_writes_the_same_bytes(write_rows: Callable[..., list[Answers]]) -> None:
    write_rows(6, full="Thing 1 is blue.", small="Thing 2 is red.", base="What?")
    outputs = (judge.JUDGMENTS, judge.CHECKS, judge.METRICS)
    judge.main()
    before = [path.read_bytes() for path in outputs]
    judge.main()
    assert [path.read_bytes() for path in outputs] == before


def test_rows_about_one_page_are_one_cluster(write_rows: Callable[..., list[Answers]]) -> None:
    """Guards against a row whose page is lost: then six rows about the page count as six clusters."""
    texts = {"full": "Thing 1 is blue.", "small": "Red.", "base": "Red."}
    write_rows(6, page=False, **texts)
    judge.main()
    alone = read_json(judge.METRICS)["models"]["full"]
    write_rows(6, page=True, **texts)
    judge.main()
    page = read_json(judge.METRICS)["models"]["full"]
    assert page["total"] == alone["total"]
    (low, high), (low_alone, high_alone) = page["total_95"], alone["total_95"]
    assert high - low > 10 > high_alone - low_alone > 0  # of the only page, nothing is known of others


def test_solo_repeats_checks_and_cuts(write_rows: Callable[..., list[Answers]]) -> None:
    """Guards against parameters without effect."""
    write_rows(3, full="Thing 1 is blue, and the others are not.", small="Red.", base="Red.")
    configure(solo=True, repeats=2, checks=["empty"], check_rows=2, pairs=["full-small"], shown_characters=5)
    judge.main()
    judgments = read_jsonl(judge.JUDGMENTS, Judgment)
    assert len(judgments) == 2 * 3 * (2 + 2)
    assert [judgment.repeat for judgment in judgments] == [0] * 12 + [1] * 12
    assert len(read_jsonl(judge.CHECKS, CheckJudgment)) == 2 * 2 * 2
    metrics = read_json(judge.METRICS)
    assert list(metrics["solo"]) == list(metrics["models"]) == ["small", "full"]
    assert metrics["answers_cut"] == 3
    assert list(metrics["checks"]) == ["empty"]
    configure(checks=[])
    judge.main()
    assert {"healthy", "checks"} & set(read_json(judge.METRICS)) == set()
    assert judge.CHECKS.read_bytes() == b""


def test_an_unhealthy_judge_stops_the_run_where_that_is_asked(
    write_rows: Callable[..., list[Answers]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guards against results of a judge that fails its checks. Its checks are still written."""
    from stages.judges.rubric import rubric

    write_rows(3, full="Blue.", small="Red.", base="Red.")
    blind = rubric.score("Name a color.", "", "Blue.", "Blue.")
    monkeypatch.setattr(rubric, "score", lambda *texts: blind)
    judge.main()
    assert read_json(judge.METRICS)["healthy"] == 0
    judge.JUDGMENTS.unlink()
    configure(require_healthy=True)
    with pytest.raises(
        StageError, match=r"judge\.require_healthy: the judge fails 3 of 7 checks of itself:\n  empty: 1\.000"
    ):
        judge.main()
    assert list(read_json(judge.METRICS)) == ["healthy", "checks"]
    assert read_json(judge.METRICS)["checks"]["empty"]["measured"] == 1.0
    assert (
        len(read_jsonl(judge.CHECKS, CheckJudgment)) == 6 * 3 * 2 + 8 * 3
    )  # constant answers are eight, once for each row
    assert not judge.JUDGMENTS.exists()


def test_answers_of_another_run_are_refused(write_rows: Callable[..., list[Answers]], make: MakeExample) -> None:
    rows = write_rows(3, full="Blue.", small="Red.", base="Red.")
    write_jsonl(judge.TEST, read_jsonl(judge.TEST, Example)[1:])
    with pytest.raises(StageError, match=rf"has the row {rows[0].id}, which the test split lacks \(1 in all\)"):
        judge.main()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"panel": [{"judge": "rubric"}]}, "judge and panel must be different judges or models"),
        ({"panel": [{"judge": "oracle"}]}, "judge.panel.0.judge: Input should be 'rubric', 'gemini' or 'openai'"),
        ({"panel": ["openai"]}, "judge.panel.0: Input should be a valid dictionary"),
        ({"panel": [{"judge": "openai", "llm": {"modell": "x"}}]}, "judge.panel.0.llm.modell: Extra inputs"),
        ({"panel": [{"judge": "openai", "llm": {"seed": -1}}]}, "judge.panel.0.llm.seed: Input should be greater"),
        ({"panel": "openai"}, "judge.panel: Input should be a valid list"),
        ({"checks": ["empty", "empty"]}, "judge.checks: must name each once"),
        ({"checks": ["poisoned"]}, "judge.checks.0: Input should be 'same_answer'"),
        ({"checks": [], "require_healthy": True}, "require_healthy asks for checks, and checks is empty"),
        ({"at_most": 0}, "judge.at_most: must be all, or a whole number from 1"),
        ({"stop": "early"}, "judge.stop: Input should be 'all' or 'certain'"),
        ({"repeats": 0}, "judge.repeats: Input should be greater than 0"),
        ({"shown_characters": 0}, "judge.shown_characters: Input should be greater than 0"),
    ],
)
def test_invalid_parameters(project: Path, values: dict[str, Any], message: str) -> None:
    configure(**values)
    with pytest.raises(StageError, match=message):
        judge.main()


# People's labels


@pytest.fixture
def label_rows(project: Path, answers: MakeAnswers, make: MakeExample) -> list[Answers]:
    """Four rows, as the stage finds them, in which `full` is right and the others aren't."""
    examples = [make(f"Name color {i}.", "It is blue.", source=Source(kind="general")) for i in range(4)]
    rows = [
        answers("It is blue.", example.instruction, example.id, full="It is blue.", small="Is it", base="")
        for example in examples
    ]
    write_jsonl(judge.TEST, examples)
    write_json(judge.TEST_PAGES, {})
    write_jsonl(judge.ANSWERS, rows)
    return rows


def save_labels(rows: list[Answers], pair: str, choices: list[str]) -> None:
    labels = [
        {"id": row.id, "token": Comparison(row, pair, swapped=False).token, "choice": choice}
        for row, choice in zip(rows, choices, strict=True)
    ]
    content = {"version": 1, "labeller": "0" * 16, "labels": labels}
    Path("data/labels/labels.json").write_text(json.dumps(content))


def test_metrics_hold_agreement_where_somebody_labelled(label_rows: list[Answers]) -> None:
    """Guards against labels that change nothing, and against metrics of agreement without labels."""
    judge.main()
    without = read_json(judge.METRICS)
    assert "agreement" not in without
    save_labels(label_rows, "full-base", ["A", "A", "A", "B"])
    judge.main()
    metrics = read_json(judge.METRICS)
    agreed = metrics.pop("agreement")
    assert metrics["pairs"]["full-base"].pop("labels") == 4  # too few for a corrected rate
    assert metrics == without
    assert {key: agreed[key] for key in ("labellers", "rows", "labels", "agreement", "kappa")} == {
        "labellers": 1,
        "rows": 4,
        "labels": 4,
        "agreement": 0.75,
        "kappa": 0.0,  # the judge always says the same, so chance agrees as often
    }
    low, high = agreed["agreement_95"]
    assert low < 0.75 < high == 1.0


def test_labels_of_other_answers_are_counted(label_rows: list[Answers]) -> None:
    """Guards against labels that vanish without a word."""
    save_labels(label_rows, "full-base", ["A", "A", "A", "B"])
    write_jsonl(judge.ANSWERS, [row.model_copy(update={"output": "It is green."}) for row in label_rows])
    judge.main()
    assert read_json(judge.METRICS)["agreement"] == {"labels_of_other_answers": 4}


def test_a_file_of_another_program_stops_the_stage_before_it_judges(label_rows: list[Answers]) -> None:
    """Guards against a judge that is paid before the labels are found to be of no use."""
    Path("data/labels/labels.json").write_text("{}")
    with pytest.raises(StageError, match="is not a file of the label page"):
        judge.main()
    assert not judge.JUDGMENTS.exists()
