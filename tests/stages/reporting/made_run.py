"""An invented run: records and metrics of as many test rows as a test or benchmark wants.

Its figures look like those of a real run, but they are written down here, not computed from the records.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from stages.common.files import write_csv, write_json, write_jsonl
from stages.common.params import read_sections
from stages.common.records import (
    CRITERIA,
    ROLES,
    Answer,
    Answers,
    Contestant,
    Example,
    Judgment,
    Role,
    Scores,
    Source,
    Teacher,
    make_example,
)
from stages.reporting.evidence import ReportRow
from tests.conftest import ROOT

PLACES = ("Rothbury", "Kelmscott", "Vardø", "Olinda", "Tadoussac", "Hirosaki", "Essaouira", "Ystad", "Paraty", "Galway")
THINGS = ("lighthouse", "observatory", "botanical garden", "canal", "opera house", "printing works", "tide mill")
MEANS: dict[Role, int] = {"base": 1, "small": 3, "full": 4}  # of a criterion
PAIRS: tuple[tuple[Role, Role], ...] = (("full", "base"), ("full", "small"), ("small", "base"))


def examples(count: int) -> list[Example]:
    """Two synthetic examples, then a general task, repeatedly."""
    rng = random.Random(1)
    return [_general(number, rng) if number % 3 == 2 else _synthetic(number, rng) for number in range(count)]


def _synthetic(number: int, rng: random.Random) -> Example:
    place, thing, year = rng.choice(PLACES), rng.choice(THINGS), 1650 + number % 300
    title = f"{place} {thing}"
    source = Source(
        kind="synthetic", title=title, revision_id=1_000_000 + number, url=f"https://example.org/wiki/{number}"
    )
    teacher = Teacher(name="rules")
    if number % 3:
        passage = (
            f"Work on the {thing} of {place} began in {year}. It was finished after {2 + number % 9} years of delays."
        )
        fields = {
            "instruction": f"In which year did work on the {title} begin?",
            "input": passage,
            "kind": "passage_question",
        }
    else:
        fields = {"instruction": f"When was the {title} no. {number} opened to the public?", "kind": "when"}
    return make_example(output=f"The {thing} dates from {year}.", source=source, teacher=teacher, **fields)


def _general(number: int, rng: random.Random) -> Example:
    word = rng.choice(("harbour", "ledger", "violin", "orchard", "compass")) + "s" * (number % 2)
    return make_example(
        instruction=f"Use the word '{word}' in sentence {number} of a travel diary.",
        output=f"On day {number} we saw the {word} from the train.",
        kind="write",
        source=Source(kind="general"),
        teacher=Teacher(name="general"),
    )


def answers_of(example: Example, rng: random.Random) -> Answers:
    """Base repeats itself until it is cut off, small is often wrong, full is mostly right."""
    looped = " ".join([example.instruction] * rng.randint(4, 12))
    wrong = example.output.replace("17", "18").replace("from", "of")
    right = example.output if rng.random() < 0.7 else wrong
    texts: dict[Role, tuple[str, bool]] = {"base": (looped, True), "small": (wrong, False), "full": (right, False)}
    return Answers(
        id=example.id,
        instruction=example.instruction,
        input=example.input,
        output=example.output,
        answers={
            role: Answer(text=text, tokens=min(256, len(text) // 4), finish="length" if cut else "stop")
            for role, (text, cut) in texts.items()
        },
    )


def judgments_of(example: Example, rng: random.Random) -> list[Judgment]:
    """Each pair in both orders; about one judgment in fifty failed."""
    scores = {role: _scores(role, rng) for role in ROLES}
    return [judgment(example.id, order, scores, rng) for pair in PAIRS for order in (pair, pair[::-1])]


def judgment(example_id: str, models: tuple[Role, ...], scores: dict[Role, Scores], rng: random.Random) -> Judgment:
    failed = rng.random() < 0.02
    first, second = (scores[role].total for role in models)
    winner: Contestant | str = "tie" if first == second else models[first < second]
    fields: dict[str, Any] = {
        "scores": {} if failed else {role: scores[role] for role in models},
        "declared": None if failed else winner,
        "winner": None if failed else winner,
        "justification": "The reply is not JSON."
        if failed
        else f"The first answer earns {first} points, the second {second}.",
        "status": "failed" if failed else "ok",
        "reason": "not_json" if failed else None,
    }
    judge = Teacher(name="openai", model="llama3.1:8b")
    return Judgment(id=example_id, models=models, repeat=0, judge=judge, raw="", **fields)


def _scores(role: Role, rng: random.Random) -> Scores:
    given = {name: min(5, max(0, MEANS[role] + rng.choice((-1, 0, 0, 1)))) for name in CRITERIA}
    return Scores(**given, total=sum(given.values()))


# Of a full that learned preferences after its examples.
PREFERENCES = {"val_loss": 0.6, "dpo": {"pairs": 1500, "accuracy": 0.915}}


def estimate(name: str, value: float, margin: float) -> dict[str, Any]:
    return {name: value, f"{name}_95": [value - margin, value + margin]}


def _model(rows: int, total: float) -> dict[str, Any]:
    criteria = dict.fromkeys(CRITERIA, total / 3)
    return {"rows": rows, **criteria, **estimate("total", total, 0.48), "total_range": [0.0, 15.0]}


def _group(rows: int, *figures: float) -> dict[str, Any]:
    """A figure of each model over some of the rows."""
    found: dict[str, Any] = {"rows": rows, "clusters": rows}
    for role, figure in zip(ROLES, figures, strict=True):
        found |= estimate(role, figure, figure / 2)
    return found


def without_pages(judge: dict[str, Any]) -> dict[str, Any]:
    """The judge's metrics of a run in which base has read all of the pages, or none."""
    exact = {name: group for name, group in judge["exact"].items() if not name.startswith("pages_")}
    return {name: value for name, value in judge.items() if name != "totals_by_page"} | {"exact": exact}


def _pair(rows: int, win: float, loss: float, gain: float, verdict: str) -> dict[str, Any]:
    rates = (
        estimate("win_rate", win, 0.06) | estimate("loss_rate", loss, 0.05) | estimate("tie_rate", 1 - win - loss, 0.05)
    )
    return {
        "rows": rows,
        **rates,
        **estimate("win_rate_ties_half", win + (1 - win - loss) / 2, 0.045),
        **estimate("gain", gain, 0.6),
        "gain_range": [-12.0, 14.0],
        "p_holm": 0.21 if verdict == "unresolved" else 3e-9,
        **({"rows_to_decide": 940} if verdict == "unresolved" else {"rows_to_decide": 0, "hangs_on": 61}),
        "length_fit": "ok",
        "consistency": 0.915,
        "inconsistent": 17,
        **estimate("length_effect", -0.04, 0.11),
        **estimate("length_controlled_win_rate", win - 0.02, 0.05),
        "verdict": verdict,
    }


def pair_variants() -> list[dict[str, Any]]:
    """Of a pair that was found better: other figures, each of which the report explains in a sentence of its own."""
    unresolved = {"verdict": "unresolved", "p_holm": 0.061} | estimate("gain", 0.1, 0.6)
    return [
        unresolved,
        unresolved | estimate("win_rate_ties_half", 0.52, 0.05) | estimate("gain", 0.9, 0.4),
        unresolved
        | estimate("win_rate_ties_half", 0.52, 0.05)
        | {"labels": 50}
        | estimate("corrected_win_rate", 0.6, 0.05),
        {"labels": 50} | estimate("corrected_win_rate", 0.4, 0.05),
        {"labels": 50} | estimate("corrected_win_rate", 0.5, 0.05),
        {"labels": 3, "hangs_on": 4},
        estimate("gain", 0.3, 0.4),
    ]


def page_losses(pages: int, base: float, small: float, full: float) -> dict[str, Any]:
    """Of base, and how far above it the tuned models are."""
    losses = {"base": base, "small": base + small, "full": base + full}
    rises = estimate("small_rise", small, abs(small) / 4) | estimate("full_rise", full, abs(full) / 4)
    return {"pages": pages, "tokens": 480 * pages, **losses, **rises}


def judge_metrics(rows: int) -> dict[str, Any]:
    """What stages.judge writes about a judge that passed all of its checks."""
    expected: dict[str, tuple[float, float]] = {"same_answer": (0.28, 0.72), "empty": (0, 0.05)}
    expected |= {"constant": (0, 1 / 3), "reference": (0.8, 1), "padded": (0, 0.5), "truncated": (0, 0.25)}
    measured = dict(zip(expected, (0.55, 0.0, 0.21, 0.94, 0.4, 0.05), strict=True))
    checks: dict[str, dict[str, Any]] = {
        name: {"passed": 1, "measured": measured[name], "expected_low": low, "expected_high": high, "rows": 20}
        for name, (low, high) in expected.items()
    }
    checks["constant"]["text"] = "The answer is yes."
    return {
        "rows": rows,
        "clusters": 140,
        "rows_left_out": 0,
        "answers_cut": 3,
        "judgments": 6 * rows,
        "failed": 21,
        "failed_not_json": 21,
        "contradicted": 8,
        "decided": 5 * rows,
        **estimate("first_wins", 0.523, 0.041),
        "healthy": 1,
        "checks": checks,
        "models": {role: _model(rows, total) for role, total in zip(ROLES, (3.1, 8.9, 11.6), strict=True)},
        "exact": {
            name: _group(count, *rates)
            for name, count, *rates in (
                ("all", rows, 0.01, 0.12, 0.31),
                ("general", rows // 3, 0.0, 0.15, 0.42),
                ("synthetic", rows - rows // 3, 0.015, 0.105, 0.255),
                ("from_memory", rows - rows // 3, 0.01, 0.09, 0.25),
                ("pages_read", rows // 2, 0.02, 0.13, 0.34),
                ("pages_unread", rows - rows // 3 - rows // 2, 0.0, 0.03, 0.04),
            )
        },
        "totals_by_page": {
            "pages_read": _group(rows // 2 - 1, 2.9, 8.8, 11.9),
            "pages_unread": _group(rows - rows // 3 - rows // 2, 2.8, 7.1, 7.4),
        },
        "forgetting": {
            "all": page_losses(17, 1.6, -0.05, -0.1),
            "pages_read": page_losses(14, 0.13, 0.034, 0.071),
            "pages_unread": page_losses(3, 8.2, -0.44, -0.91),
        },
        "pairs": {
            "full-base": _pair(rows, 0.745, 0.115, 8.5, "better"),
            "full-small": _pair(rows, 0.41, 0.36, 0.35, "unresolved"),
            "small-base": _pair(rows, 0.70, 0.15, 5.8, "better"),
        },
    }


def diversity_metrics() -> dict[str, Any]:
    quantiles = ("min", "p5", "p25", "median", "p75", "p95", "max")
    lengths = {"instruction": (3, 5, 7, 9, 12, 21, 40), "input": (9, 9, 10, 15, 15, 15, 15), "output": range(5, 12)}
    return {
        "examples": 1075,
        "distinct_instructions": 801,
        "distinct_answers": 1003,
        "first_words": 3,
        "effective_first_words": 2.4,
        "kinds": 2,
        "effective_kinds": 1.97,
        "words": {field: dict(zip(quantiles, found, strict=True)) for field, found in lengths.items()},
        "most_common_first_words": {"when": 500, "in": 400, "which": 175},
        "most_common_kinds": {"passage_question": 600, "when": 475},
    }


def metrics(rows: int) -> dict[str, Any]:
    """Of every stage."""
    losses = {"val_loss_before": 2.44, "val_loss": 0.512, "val_response_loss_before": 2.9, "val_response_loss": 1.21}
    reasons = {"malformed": 2, "too_short": 14, "after_cutoff": 31, "answer_in_input": 12, "exact_duplicate": 25}
    reasons |= {"near_duplicate": 41, "unsupported": 0}
    sides = {"train": 8 * rows, "val": rows, "test": rows}
    shared = ("questions", "pages", "word_runs", "near_duplicates")
    return {
        "extract": {"pages_kept": 166, "words": 41779},
        "synth": {"examples": 1200, "kinds": {"when": 500, "passage_question": 700}},
        "curate": {"read": 1200, "kept": 1075, "rejected": 125, "reasons": reasons},
        "diversity": diversity_metrics(),
        "split": {
            "synthetic_drawn": 1000,
            "synthetic_not_drawn": 75,
            "general_read": 1100,
            "general_rejected": 44,
            "general_reasons": {"too_short": 30, "near_duplicate": 14},
            "general_drawn": 1000,
            "general_not_drawn": 56,
            "drawn_and_not_in_full": 0,
            "full": sides,
            "small": {side: count // 4 for side, count in sides.items()},
            **{f"{what}_on_two_sides": 0 for what in shared},
            "test_examples_that_leak": 0,
            "test_examples_that_share_wording": 3,
            "base": {
                "pages_left_out": 0,
                "test_pages": 5,
                "read_test_pages": 4,
                "test_examples_that_share_words": 9,
            },
        },
        "base": {"parameters": 354_823_168, "vocab_size": 50257},
        "train_full": {"precision": "bfloat16", "steps": 1600, "kept_step": 1200, **losses},
        "train_small": {
            "precision": "bfloat16",
            "steps": 400,
            "kept_step": 400,
            **losses,
            "val_loss": 0.604,
            "val_response_loss": 1.46,
        },
        "infer": {role: {"answers": rows, "tokens": 60 * rows} for role in ROLES},
        "judge": judge_metrics(rows),
    }


def curve(start: float, end: float) -> list[dict[str, object]]:
    """Nine points of two epochs."""
    losses = [end + (start - end) * 0.45**step for step in range(9)]
    return [
        {"step": 200 * step, "epoch": step / 4, "val_loss": loss, "val_response_loss": loss * 1.6 + 0.4}
        for step, loss in enumerate(losses)
    ]


def params() -> dict[str, Any]:
    """The defaults."""
    return read_sections(ROOT / "params.yaml")


def write_run(folder: Path, rows: int) -> None:
    """Writes data/ and reports/ of a finished run, without what the plot stage writes."""
    rng = random.Random(2)
    tested = examples(rows)
    write_jsonl(folder / "data/splits/full/test.jsonl", tested)
    write_jsonl(folder / "data/splits/small/test.jsonl", tested[: max(1, rows // 4)])
    write_jsonl(folder / "data/answers.jsonl", (answers_of(example, rng) for example in tested))
    write_jsonl(
        folder / "data/judgments.jsonl", (judgment for example in tested for judgment in judgments_of(example, rng))
    )
    exact = {
        example.id: {"base": False, "small": number % 9 == 0, "full": number % 3 == 0}
        for number, example in enumerate(tested)
    }
    write_json(folder / "data/exact.json", exact)
    for name, values in metrics(rows).items():
        write_json(folder / f"reports/metrics/{name}.json", values)
    write_csv(folder / "reports/curves/full.csv", curve(2.44, 0.512))
    write_csv(folder / "reports/curves/small.csv", curve(2.44, 0.604))


def numbered(rows: tuple[ReportRow, ...], count: int) -> Iterator[ReportRow]:
    """`count` rows: the given ones, repeated, with their numbers as ids."""
    for number in range(count):
        row = rows[number % len(rows)]
        yield replace(row, example=row.example.model_copy(update={"id": f"{number:016x}"}))
