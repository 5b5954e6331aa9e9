"""curate with a language model as its auditor: the real client libraries, the journal, and a server on this machine."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from stages import curate
from stages.common.errors import StageError
from stages.common.files import read_json, read_jsonl, write_jsonl
from stages.common.records import Example, Rejection
from tests.stages.conftest import MakeExample, Serve
from tests.stages.model_server import configure, data


def numbered(prompt: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in data(prompt, "examples").splitlines()]


def auditor(prompt: str) -> dict[str, Any]:
    """Rejects answers about Green, has nothing to say about Red, and keeps the others."""
    verdicts = [
        {"number": example["number"], "reason": "not_factual", "justification": "It is not."}
        if "Green" in example["output"]
        else {"number": example["number"], "reason": "ok", "justification": "Fine."}
        for example in numbered(prompt)
        if "Red" not in example["output"]
    ]
    return {"verdicts": verdicts}


@pytest.mark.parametrize("provider", ["openai", "gemini"])
def test_the_auditor_reads_what_passed_the_rules(serve: Serve, make: MakeExample, provider: str) -> None:
    """Guards against examples that are lost, or kept on trust, where the auditor says nothing about them."""
    server = serve(auditor)
    colors = ["Blue", "Green", "Red", "Brown", "Black"]
    examples = [make(f"Name the color number {index}.", f"{color}.") for index, color in enumerate(colors)]
    write_jsonl(curate.SYNTHETIC, [*examples, make("Which color opened in 2031?", "None did until 2031.")])
    configure("curate", auditor=provider, audit_batch=2, llm={"concurrency": 1})
    curate.main()
    kept = [example.output for example in read_jsonl(curate.CURATED, Example)]
    rejected = {
        rejection.example.output: (rejection.reason, rejection.evidence)
        for rejection in read_jsonl(curate.REJECTED, Rejection)
        if isinstance(rejection.example, Example)
    }
    assert kept == ["Blue.", "Brown.", "Black."]
    assert rejected["Green."] == ("audited_not_factual", "It is not.")
    assert rejected["Red."][0] == "audit_failed"
    assert rejected["None did until 2031."][0] == "after_cutoff"  # by the rules: the auditor never saw it
    assert not [prompt for prompt in server.prompts if "2031" in prompt]
    metrics = read_json(curate.METRICS)
    assert (metrics["read"], metrics["kept"], metrics["rejected"]) == (6, 3, 3)


def test_a_reply_in_a_fence_is_read_and_counted(serve: Serve, make: MakeExample) -> None:
    """Guards against examples that are rejected because their auditor wrote a fence and an end mark."""
    serve(lambda prompt: f"```JSON\n{json.dumps(auditor(prompt))}\n```<|im_end|>")
    write_jsonl(curate.SYNTHETIC, [make(f"Name the color number {index}.", "Blue, it is.") for index in range(3)])
    configure("curate", auditor="openai", audit_batch=1)
    curate.main()
    metrics = read_json(curate.METRICS)
    assert (metrics["kept"], metrics["stripped_fence"], metrics["stripped_end_mark"]) == (3, 3, 3)


def test_a_rejection_without_grounds_still_has_evidence(serve: Serve, make: MakeExample) -> None:
    """Guards against a record that cannot be written because a model left its justification empty."""
    verdict = {"number": 1, "reason": "not_useful", "justification": " "}
    serve(lambda prompt: {"verdicts": [verdict | {"number": example["number"]} for example in numbered(prompt)][:1]})
    write_jsonl(curate.SYNTHETIC, [make("Name a color.", "Blue."), make("Name a shape.", "A cube.")])
    configure("curate", auditor="openai", audit_batch=1)
    with pytest.raises(StageError, match=r"all 2 examples were rejected: \{'audited_not_useful': 2\}"):
        curate.main()


Change = Callable[[int, dict[str, Any]], dict[str, Any]]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda number, verdict: verdict | {"number": number - 1}, "numbered from 1 to 3, and there is a verdict on 0"),
        (lambda number, verdict: verdict | {"number": number + 1}, "numbered from 1 to 3, and there is a verdict on 4"),
        (lambda number, verdict: verdict | {"number": 1}, "there are 3 on example 1"),
    ],
)
def test_verdicts_that_cannot_be_told_apart_are_asked_for_again(
    serve: Serve, make: MakeExample, change: Change, fault: str
) -> None:
    """Guards against an example that gets its neighbour's verdict, and against three verdicts on one example that pass
    for one on each of three."""

    def careless(prompt: str) -> dict[str, Any]:
        listed = data(prompt, "examples").splitlines()
        right = {"reason": "ok", "justification": "Fine."}
        verdicts: list[dict[str, Any]] = [{"number": number} | right for number in range(1, len(listed) + 1)]
        if "An earlier answer" in prompt:
            verdicts[1] |= {"reason": "not_useful"}
            return {"verdicts": verdicts}
        return {"verdicts": [change(verdict["number"], verdict) for verdict in verdicts]}

    server = serve(careless)
    write_jsonl(
        curate.SYNTHETIC,
        [make(f"Name color number {n}.", f"{color}.") for n, color in enumerate(("Blue", "Green", "Red"))],
    )
    configure("curate", auditor="openai", audit_batch=3)
    curate.main()
    assert [example.output for example in read_jsonl(curate.CURATED, Example)] == ["Blue.", "Red."]
    assert [rejection.reason for rejection in read_jsonl(curate.REJECTED, Rejection)] == ["audited_not_useful"]
    _, repair = server.prompts
    assert fault in repair


def test_an_odd_verdict_that_no_repair_mends_costs_one_example(serve: Serve, make: MakeExample) -> None:
    """Guards against a batch of ten that is lost because of one verdict."""

    def careless(prompt: str) -> dict[str, Any]:
        count = len(data(prompt, "examples").splitlines())
        verdicts = [{"number": n, "reason": "ok", "justification": "Fine."} for n in range(1, count + 1)]
        return {"verdicts": [*verdicts[:4], verdicts[4] | {"justification": None}, *verdicts[5:]]}

    server = serve(careless)
    write_jsonl(curate.SYNTHETIC, [make(f"Name the color number {n}.", "Blue, it is.") for n in range(10)])
    configure("curate", auditor="openai", audit_batch=10)
    curate.main()
    assert len(read_jsonl(curate.CURATED, Example)) == 9
    (rejection,) = read_jsonl(curate.REJECTED, Rejection)
    assert rejection.reason == "audit_failed" and "verdicts.4.justification" in rejection.evidence
    assert len(server.prompts) == 2  # the request and its repair
    curate.main()
    assert len(server.prompts) == 2  # at temperature 0 it would come out the same again
