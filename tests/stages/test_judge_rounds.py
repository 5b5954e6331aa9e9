"""Checks first, some of the rows, and an early end: with the real client library, the journal, and a local server."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from stages import judge
from stages.common.errors import StageError
from stages.common.files import read_json, read_jsonl, write_json, write_jsonl
from stages.common.records import CRITERIA, Answers, CheckJudgment, Judgment, Source
from stages.judges.stopping import page_batches
from tests.stages.conftest import MakeExample, Serve
from tests.stages.model_server import configure, data

COUNT = 30
CHECKS = ["same_answer", "empty", "constant", "reference", "padded", "truncated", "declared_winner"]


@pytest.fixture
def rows(make: MakeExample, answers: Callable[..., Answers]) -> list[Answers]:
    """Thirty general tasks, of which `full` is right in all and `small` in every other one."""
    source = Source(kind="general")
    examples = [make(f"Add {n} and two.", f"It is {n + 2}, of course.", source=source) for n in range(COUNT)]
    rows = [
        answers(
            example.output,
            example.instruction,
            example.id,
            base="What?",
            small=example.output if number % 2 else "No.",
            full=example.output,
        )
        for number, example in enumerate(examples)
    ]
    write_jsonl(judge.TEST, examples)
    write_json(judge.TEST_PAGES, {})
    write_jsonl(judge.ANSWERS, rows)
    return rows


def marks(points: int) -> dict[str, int]:
    return dict.fromkeys(CRITERIA, points)


def knows(prompt: str) -> dict[str, Any]:
    """A sound judge: compares with the reference, and takes something off for what stands around it."""
    reference = data(prompt, "reference")
    first, second = (_points(data(prompt, f"{which} answer"), reference) for which in ("first", "second"))
    winner = "tie" if first == second else "First" if first > second else "second"
    return {"justification": "So it is.", "first": marks(first), "second": marks(second), "winner": winner}


def _points(answer: str, reference: str) -> int:
    return 5 if answer == reference else 4 if reference in answer else 0


def configure_judge(**values: Any) -> None:
    quick = {"requests_per_minute": 60_000, "concurrency": 8} | values.pop("llm", {})
    configure("judge", **{"checks": [], "judge": "openai", "check_rows": 10, "llm": quick} | values)


def judged_ids() -> Counter[str]:
    return Counter(judgment.id for judgment in read_jsonl(judge.JUDGMENTS, Judgment))


def test_some_rows_are_judged_for_all_pairs(serve: Serve, rows: list[Answers]) -> None:
    """Guards against other rows for each pair, and a report that doesn't know how many rows there are."""
    server = serve(knows)
    configure_judge(at_most=12)
    judge.main()
    assert sorted(judged_ids().values()) == [3 * 2] * 12
    metrics = read_json(judge.METRICS)
    assert (metrics["rows"], metrics["rows_left_out"], metrics["rows_not_judged"]) == (12, 0, COUNT - 12)
    assert {pair["rows"] for pair in metrics["pairs"].values()} == {12}
    asked = len(server.prompts)
    assert asked <= 12 * 3 * 2
    few = set(judged_ids())
    configure_judge(at_most=20)
    judge.main()
    assert few < set(judged_ids())
    assert len(server.prompts) - asked <= 8 * 3 * 2  # what the trial bought isn't bought again


def test_a_trial_is_cheap_with_its_checks(serve: Serve, rows: list[Answers]) -> None:
    """Guards against a trial of five rows whose checks ask about ten others."""
    serve(knows)
    configure_judge(at_most=5, checks=CHECKS)
    judge.main()
    checked = {judgment.id for judgment in read_jsonl(judge.CHECKS, CheckJudgment)}
    assert checked == set(judged_ids()) and len(checked) == 5
    metrics = read_json(judge.METRICS)
    assert "passed" not in metrics["checks"]["same_answer"] and "healthy" not in metrics


def prefers_first(prompt: str) -> dict[str, Any]:
    return {"justification": "The first.", "first": marks(4), "second": marks(2), "winner": "first"}


def one_for_all(prompt: str) -> dict[str, Any]:
    return {"justification": "Fine.", "first": marks(5), "second": marks(5), "winner": "tie"}


def loves_length(prompt: str) -> dict[str, Any]:
    first, second = (min(5, len(data(prompt, f"{which} answer")) // 12) for which in ("first", "second"))
    winner = "tie" if first == second else "first" if first > second else "second"
    return {"justification": "It is longer.", "first": marks(first), "second": marks(second), "winner": winner}


def declares_the_loser(prompt: str) -> dict[str, Any]:
    reply = knows(prompt)
    return reply | {"winner": {"tie": "tie", "First": "second", "second": "first"}[reply["winner"]]}


@pytest.mark.parametrize(
    ("model", "failed"),
    [
        (one_for_all, {"empty", "constant", "truncated"}),
        (prefers_first, {"same_answer", "empty", "constant", "reference", "truncated"}),
        (loves_length, {"constant", "reference", "padded"}),
        (declares_the_loser, {"declared_winner"}),
    ],
)
def test_a_judge_that_fails_its_checks_is_asked_nothing_else(
    serve: Serve, rows: list[Answers], model: Callable[[str], Any], failed: set[str]
) -> None:
    """Guards against a broken judge that is found out after everything is paid for."""
    server = serve(model)
    configure_judge(checks=CHECKS, require_healthy=True)
    with pytest.raises(StageError, match=rf"require_healthy: the judge fails {len(failed)} of 7 checks of itself"):
        judge.main()
    checks = read_json(judge.METRICS)["checks"]
    assert {name for name, check in checks.items() if not check["passed"]} == failed
    asked = read_jsonl(judge.CHECKS, CheckJudgment)
    assert len({(judgment.id, judgment.check) for judgment in asked}) == 7 * 10
    assert len(server.prompts) <= len(asked)
    assert not judge.JUDGMENTS.exists()


def test_a_sound_judge_passes_all_and_goes_on(serve: Serve, rows: list[Answers]) -> None:
    server = serve(knows)
    configure_judge(checks=CHECKS, require_healthy=True, pairs=["full-base"])
    judge.main()
    metrics = read_json(judge.METRICS)
    assert (metrics["healthy"], metrics["rows"], metrics["contradicted"]) == (1, COUNT, 0)
    # The check of the declared winner shows answers that are judged anyway, so the journal has them.
    texts = Counter(server.prompts)
    assert max(texts.values()) == 1


def test_judging_stops_when_all_pairs_are_certain(serve: Serve, rows: list[Answers]) -> None:
    """Guards against an early end that is paid for to the end, or that is told as if the number had been fixed."""
    server = serve(knows)
    configure_judge(stop="certain", pairs=["full-base"])
    judge.main()
    metrics = read_json(judge.METRICS)
    assert metrics["stopping"] == {"looks": 1, "rows_judged": 10, "certain": 1, "certain_after": {"full-base": 10}}
    assert (metrics["rows"], metrics["rows_not_judged"], len(server.prompts)) == (10, 20, 10 * 2)
    pair = metrics["pairs"]["full-base"]
    assert pair["verdict"] == "better"
    low, high = pair["win_rate_ties_half_95"]
    assert 0.5 < low < pair["win_rate_ties_half"] == high == 1.0
    assert not {"p_holm", "rows_to_decide", "hangs_on"} & set(pair)
    order = list(dict.fromkeys(judgment.id for judgment in read_jsonl(judge.JUDGMENTS, Judgment)))
    assert order != [row.id for row in rows if row.id in order]  # random, not that of the split


def test_a_run_that_stopped_early_is_continued_and_buys_only_the_rest(serve: Serve, rows: list[Answers]) -> None:
    """Guards against a stop that throws away what was bought, and against metrics of it in the full run."""
    server = serve(knows)
    configure_judge(stop="certain", pairs=["full-base"], checks=["empty"])
    judge.main()
    bought = set(server.prompts)
    before = read_jsonl(judge.JUDGMENTS, Judgment)
    configure_judge(stop="all", pairs=["full-base"], checks=["empty"])
    judge.main()
    assert len(server.prompts) == len(set(server.prompts)) == (COUNT + 10) * 2  # nothing was asked twice
    assert bought < set(server.prompts)
    after = read_jsonl(judge.JUDGMENTS, Judgment)
    assert [judgment.id for judgment in after[::2]] == [row.id for row in rows]
    assert {judgment.model_dump_json() for judgment in before} < {judgment.model_dump_json() for judgment in after}
    metrics = read_json(judge.METRICS)
    assert "stopping" not in metrics
    assert (metrics["rows"], metrics["rows_not_judged"]) == (COUNT, 0)
    assert "p_holm" in metrics["pairs"]["full-base"]


def test_an_uncertain_pair_is_judged_to_the_end(serve: Serve, rows: list[Answers]) -> None:
    """Guards against an end when the first pair is certain."""
    serve(one_for_all)
    configure_judge(stop="certain", pairs=["full-base", "full-small"])
    judge.main()
    metrics = read_json(judge.METRICS)
    assert metrics["stopping"] == {"looks": 3, "rows_judged": COUNT, "certain": 0, "certain_after": {}}
    assert metrics["pairs"]["full-base"]["verdict"] == "unresolved"


def test_failures_count_over_all_rounds(serve: Serve, rows: list[Answers]) -> None:
    """Guards against one bad reply in a first small round that stops the run, and against none that ever does."""
    broken: set[str] = set()  # instructions
    broken_once: set[tuple[str, str]] = set()  # with the answer that is shown first

    def mostly(prompt: str) -> dict[str, Any] | str:
        instruction, first = data(prompt, "instruction"), data(prompt, "first answer")
        return "Well." if instruction in broken or (instruction, first) in broken_once else one_for_all(prompt)

    serve(mostly)
    sheets = 2 * COUNT
    first_batch = next(page_batches(rows, {row.id: row.id for row in rows}, 1))
    broken |= {row.instruction for row in first_batch[:2]}  # 4 of 20, and of all 60
    configure_judge(pairs=["full-base"], stop="certain", llm={"max_failure_rate": 4 / sheets})
    judge.main()
    fifth = rows[-1] if rows[-1] not in first_batch else rows[0]
    broken_once.add((fifth.instruction, fifth.answers["full"].text))
    configure_judge(pairs=["full-base"], stop="certain", llm={"max_failure_rate": 4 / sheets, "seed": 2})
    with pytest.raises(StageError, match=rf"5 of {sheets} requests .* 4 in earlier rounds, 1 not_json"):
        judge.main()


def test_an_early_end_forgives_no_failures(serve: Serve, rows: list[Answers]) -> None:
    """Guards against a share of all the rows that there might have been."""
    batch = next(page_batches(rows, {row.id: row.id for row in rows}, 1))
    serve(lambda prompt: "Well." if data(prompt, "instruction") == batch[0].instruction else knows(prompt))
    configure_judge(pairs=["full-base"], stop="certain", llm={"max_failure_rate": 2 / (2 * COUNT)})
    with pytest.raises(StageError, match=r"2 of 40 requests to tiny have no usable answer"):
        judge.main()


def test_what_stood_around_a_reply_is_counted(serve: Serve, rows: list[Answers]) -> None:
    """Guards against replies that are read in spite of their prose, and of which nobody hears."""
    serve(lambda prompt: f"<think>Hm. {{}}</think>\n```JSON\n{json.dumps(knows(prompt))}\n```<|eot_id|>")
    configure_judge(pairs=["full-base"])
    judge.main()
    metrics = read_json(judge.METRICS)
    found = {name: count for name, count in metrics.items() if name.startswith("stripped")}
    assert found == {"stripped_end_mark": 2 * COUNT, "stripped_fence": 2 * COUNT, "stripped_thinking": 2 * COUNT}
    assert (metrics["failed"], metrics["pairs"]["full-base"]["win_rate"]) == (0, 1.0)
    assert read_jsonl(judge.JUDGMENTS, Judgment)[0].stripped == ("thinking", "fence", "end_mark")
