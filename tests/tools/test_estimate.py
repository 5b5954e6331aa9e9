"""What `wikitune estimate` says, to the letter, and that it is what the stages then ask."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stages import curate, judge, synth
from stages.common.errors import StageError
from stages.common.files import write_json, write_jsonl
from stages.common.params import load_params
from stages.common.records import CRITERIA, Answers, Page
from stages.curation.rules import curate as curate_examples
from stages.llm.service import CostEstimate
from tests.stages.conftest import MakeExample, Serve
from tests.stages.model_server import MODEL, configure
from tools.estimate import format_estimate, print_estimates

MakePage = Callable[..., Page]
MakeAnswers = Callable[..., Answers]


def prefers_neither(prompt: str) -> Any:
    """The reply of a judge to whom all answers are equal."""
    marks = dict.fromkeys(CRITERIA, 3)
    if prompt.startswith("Score the answer."):
        return {"justification": "Fair.", "answer": marks}
    return {"justification": "Alike.", "first": marks, "second": marks, "winner": "tie"}


def configure_judge(**values: Any) -> None:
    configure("judge", **{"checks": [], "judge": "openai"} | values)


def test_an_estimate_sends_nothing(serve: Serve, page: MakePage, capsys: pytest.CaptureFixture[str]) -> None:
    server = serve(lambda prompt: {})
    write_jsonl(synth.PAGES, [page("Alpha", "Alpha is a letter."), page("Beta", "Beta is one, too.")])
    configure("synth", teacher="openai", at_least=2, llm={"max_output_tokens": 1000, "usd_per_million_output": 10.0})
    print_estimates("synth")
    assert server.asked == []
    printed = capsys.readouterr().out
    assert re.search(r"requests +2\n", printed)
    assert re.search(r"output tokens +2,000 ", printed)


def test_an_estimate_counts_all_that_is_asked(
    serve: Serve, make: MakeExample, answers: MakeAnswers, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guards against a bill that is twice what was said: both orders, repeats, the panel, answers alone and checks."""
    server = serve(prefers_neither)
    examples = [make(f"Add {n} and two.", f"{n + 2} it is.") for n in range(2)]
    rows = [answers(row.output, row.instruction, row.id, base="a", small="b", full="c") for row in examples]
    write_jsonl(judge.TEST, examples)
    write_jsonl(judge.ANSWERS, rows)
    write_json(judge.TEST_PAGES, {})
    panel = [{"judge": "gemini", "llm": {"model": "other"}}]
    configure_judge(repeats=2, solo=True, panel=panel, checks=["empty", "same_answer"], check_rows=1)
    print_estimates("judge")
    assert server.asked == []
    printed = capsys.readouterr().out
    # Each row: 3 pairs in 2 orders, and 3 answers alone; each check: 1 row in 2 orders, which are one for equal texts.
    once = 2 * (6 + 3) + 2 + 1
    assert re.findall(r"judge asks (\S+)\n +requests +(\d+)\n", printed) == [
        (MODEL, str(2 * once)),
        ("other", str(2 * once)),
    ]

    configure_judge(panel=[], checks=["empty", "same_answer"], repeats=1)
    judge.main()
    print_estimates("judge")
    assert re.search(rf"requests +{once}\n +in the journal +{once}\n", capsys.readouterr().out)
    configure_judge(judge="rubric")
    with pytest.raises(StageError, match=r"judge\.judge is rubric, which costs nothing"):
        print_estimates("judge")


def test_the_estimate_as_text() -> None:
    found = CostEstimate("synth", "gemini-flash", 1000, 250, 1_234_567, 750_000, 9.5, 0.6, 10.0)
    assert format_estimate(found) == (
        "synth asks gemini-flash\n"
        "  requests                     1,000\n"
        "  in the journal                 250\n"
        "  still to ask                   750\n"
        "  input tokens, about      1,234,567  (4 bytes a token)\n"
        "  output tokens              750,000  at most\n"
        "  cost                       $9.5000  about, with output tokens at most and without repairs\n"
        "  in batch jobs              $4.7500  about, with batch: true, within a day; repairs at the whole price\n"
        "  spent so far               $0.6000  of budget_usd 10\n"
        "  This may pass the budget; the stage stops before it does, and keeps what it bought"
    )
    in_jobs = format_estimate(replace(found, batch=True))  # which the budget has room for
    assert (
        "  in batch jobs              $4.7500  about, as batch is true, within a day; repairs at the whole price\n"
        in in_jobs
    )
    assert "This may pass the budget" not in in_jobs


def test_an_estimate_of_the_auditor_counts_what_the_rules_keep(
    serve: Serve, make: MakeExample, capsys: pytest.CaptureFixture[str]
) -> None:
    """Guards against an estimate of batches that the stage doesn't send."""
    server = serve(lambda prompt: {})
    examples = [make(f"Name the color number {number}.", f"Blue {number}.") for number in range(5)]
    write_jsonl(curate.SYNTHETIC, [*examples, make("Name a planet.", "")])  # the last one is malformed
    configure("curate", auditor="openai", audit_batch=2)
    print_estimates("curate")
    assert server.asked == []
    printed = capsys.readouterr().out
    curate_params = load_params("curate", curate.Params)
    kept = len(curate_examples(examples, curate_params, {}).kept)
    assert printed.startswith(f"curate asks {MODEL}\n")
    assert re.search(rf"requests +{-(-kept // 2)}\n", printed)


@pytest.mark.parametrize(
    ("stage", "message"), [("synth", "synth.teacher is rules"), ("curate", "curate.auditor is none")]
)
def test_what_costs_nothing_has_no_estimate(project: Path, stage: str, message: str) -> None:
    with pytest.raises(StageError, match=rf"^params.yaml: {message}, which costs? nothing; choose gemini or openai"):
        print_estimates(stage)
