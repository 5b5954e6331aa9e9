"""`wikitune preferences`: what the judge prefers, as preference data in TRL's format.

The rows for `train.objective: dpo` are training rows, which the models answer for this purpose: what is learned from
them can't be about a test row. The pairs that `judge` has judged are about test rows. They can be written for a look or
for other uses, to another file, and training refuses them.
"""

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from stages.common.errors import StageError
from stages.common.files import read_jsonl, write_jsonl
from stages.common.params import load_params
from stages.common.records import ROLES, Answers, Example, Judgment
from stages.judges.panel import Panel
from stages.judges.protocol import pair_roles, pair_sheets, row_verdicts, usable_judgments
from stages.tuning.preference_data import JudgedPreference, judged_preference

if TYPE_CHECKING:
    from stages.judge import Params as JudgeParams

TRAINING = Path("data/splits/full/train.jsonl")
PREFERENCES = "judged.jsonl"  # in the folder of train.dpo.preferences
LEFT_OUT = ("ties", "smaller leads", "answers that were cut off")


def write_preferences(count: int, pairs: Sequence[str], lead: float, of_test: Path | None) -> None:
    """Writes the preferences of the judge, and prints how many there are, and what was left out.

    They are about `count` training rows, or all if there are fewer, drawn with `judge.seed`; with `of_test`, the name
    of a file, about the test rows. `pairs` are those of models, [] for those of `judge.pairs`. `lead` is how many
    points, 0 to 15, the better answer must be ahead.
    """
    from stages import judge, train

    if count < 1:
        raise StageError(f"preferences --rows {count}: choose a number from 1")
    params = load_params("judge", judge.Params)
    place = Path(load_params("train", train.Params).dpo.preferences)
    compared = list(pairs or params.pairs)
    if of_test is None:
        rows, judgments = judge_training_rows(count, compared, params)
        path, side = place if place.suffix == ".jsonl" else place / PREFERENCES, "training"
    else:
        if of_test.resolve().is_relative_to(place.resolve()):
            raise StageError(f"{of_test} is in {place}, where training reads; write test rows to another place")
        rows, judgments = read_jsonl(judge.ANSWERS, Answers), read_jsonl(judge.JUDGMENTS, Judgment)
        path, side = of_test, "test"
    preferences, left_out = collect_preferences(rows, judgments, compared, lead)
    if not preferences:
        found = describe_count(left_out)
        raise StageError(f"no answer to the {len(rows)} {side} rows is {lead:g} points ahead: {found}")
    write_jsonl(path, preferences)
    won = Counter((one.chosen_model, one.rejected_model) for one in preferences)
    parts = [f"{chosen} over {rejected} {number}" for (chosen, rejected), number in sorted(won.items())]
    print(f"{path}: {len(preferences)} preferences about {len(rows)} {side} rows: {', '.join(parts)}")
    print(f"left out: {describe_count(left_out)}")


def describe_count(left_out: Counter[str]) -> str:
    return ", ".join(f"{left_out[name]} {name}" for name in LEFT_OUT)


def judge_training_rows(
    count: int, pairs: Sequence[str], params: "JudgeParams"
) -> tuple[list[Answers], list[Judgment]]:
    """Lets the models of these pairs answer training rows, with the settings of `infer`, and judges the answers."""
    from stages import infer

    settings = load_params("infer", infer.Params)
    if settings.precision == "auto":
        settings = settings.model_copy(update={"precision": "float32"})
    examples = read_jsonl(TRAINING, Example)
    drawn = random.Random(params.seed).sample(examples, min(count, len(examples)))
    compared = [role for role in ROLES if any(role in pair_roles(pair) for pair in pairs)]
    answers = {role: infer.answer_all(infer.CHECKPOINTS / role, drawn, settings) for role in compared}
    rows = [
        Answers(
            id=example.id,
            instruction=example.instruction,
            input=example.input,
            output=example.output,
            answers={role: answers[role][number] for role in compared},
        )
        for number, example in enumerate(drawn)
    ]
    panel = Panel(params.members, params.repeats, params.shown_characters)
    judgments = list(panel.judge(list(pair_sheets(rows, pairs, params.shown_characters))))
    panel.check_failures()
    return rows, judgments


def collect_preferences(
    rows: Sequence[Answers], judgments: Sequence[Judgment], pairs: Sequence[str], lead: float
) -> tuple[list[JudgedPreference], Counter[str]]:
    """A preference for each comparison that has a winner in both orders, by the majority of the judges and repeats, and
    by at least `lead` points; and how many others there are, by what is the matter with them.

    Answers that were cut off are left out: they have no end, and training would teach one.
    """
    by_id = {row.id: row for row in rows}
    preferences: list[JudgedPreference] = []
    left_out: Counter[str] = Counter()
    usable = usable_judgments(judgments)
    for pair in pairs:
        first, second = pair_roles(pair)
        totals = mean_totals(usable, pair)
        for verdict in row_verdicts(usable, (first, second)):
            chosen, rejected = (first, second) if verdict.outcome == 1 else (second, first)
            gain = verdict.gain if verdict.outcome == 1 else -verdict.gain
            row = by_id[verdict.id]
            if verdict.outcome == 0.5:
                left_out["ties"] += 1
            elif gain < lead:
                left_out["smaller leads"] += 1
            elif any(row.answers[role].finish == "length" for role in (chosen, rejected)):
                left_out["answers that were cut off"] += 1
            else:
                scores = totals[verdict.id]
                preferences.append(judged_preference(row, chosen, rejected, (scores[chosen], scores[rejected])))
    return preferences, left_out


def mean_totals(judgments: Sequence[Judgment], pair: str) -> dict[str, dict[str, float]]:
    """By row, each model's mean total over the judgments of a pair, 0 to 15."""
    totals: dict[str, dict[str, list[int]]] = {}
    for judgment in judgments:
        if set(judgment.models) == set(pair_roles(pair)):
            of_row = totals.setdefault(judgment.id, {})
            for model, scores in judgment.scores.items():
                of_row.setdefault(model, []).append(scores.total)
    return {row: {model: fmean(values) for model, values in of_row.items()} for row, of_row in totals.items()}
