"""How many answers are exact by kind of row, and what base's reading does: rows about pages that it has read or hasn't.

What a model knows of a page shows in the rows that ask from memory, without an input. The others bring the text along.

Exact answers are counted over all test rows, also those that the judge didn't get or failed on, so that the figures are
the same with every judge.
"""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

import numpy as np

from stages.common.records import ROLES, TOTAL_MAX, Answers, Example, Judgment, Role
from stages.judges.bootstrap import Floats, Interval, rate_interval
from stages.judges.exact import is_exact
from stages.judges.judge_statistics import BootstrapSettings
from stages.judges.protocol import usable_judgments

ExactAnswers = Mapping[str, Mapping[Role, bool]]  # by row id
Groups = Mapping[str, Sequence[str]]  # ids of rows, by the group's name
Figures = dict[str, float | list[float]]
BY_PAGE = ("pages_read", "pages_unread")
GROUPS = ("all", "general", "synthetic", "from_memory", *BY_PAGE)


def find_exact_answers(rows: Iterable[Answers]) -> dict[str, dict[Role, bool]]:
    """Whether each answer is exact, by row id and model."""
    return {
        row.id: {role: is_exact(row.instruction, row.input, row.output, row.answers[role].text) for role in ROLES}
        for row in rows
    }


def group_rows(rows: Iterable[Answers], examples: Iterable[Example], pages_read: Mapping[str, bool]) -> Groups:
    """All rows; the general ones; the synthetic ones; of these, those without an input; and of those, the ones about
    pages that base has read, or hasn't, if there are both. `pages_read` says by title which it has read. A group
    without rows is left out."""
    sources = {example.id: example.source for example in examples}
    groups: dict[str, list[str]] = {name: [] for name in GROUPS}
    for row in rows:
        source = sources[row.id]
        groups["all"].append(row.id)
        groups[source.kind].append(row.id)
        if source.kind == "synthetic" and not row.input:
            groups["from_memory"].append(row.id)
            if source.title is not None and source.title in pages_read:
                groups["pages_read" if pages_read[source.title] else "pages_unread"].append(row.id)
    both = all(groups[name] for name in BY_PAGE)
    return {name: ids for name, ids in groups.items() if ids and (both or name not in BY_PAGE)}


def exact_metrics(exact: ExactAnswers, groups: Groups, settings: BootstrapSettings) -> dict[str, Figures]:
    """The share of exact answers of each model in each group, 0 to 1, with a score interval by clusters."""
    metrics = {}
    for name, ids in groups.items():
        bootstrap = settings.bootstrap(ids)
        columns: dict[str, Floats] = {role: np.array([exact[row][role] for row in ids], dtype=float) for role in ROLES}
        rates = {
            role: rate_interval(interval, len(ids), bootstrap.count)
            for role, interval in bootstrap.means(columns).items()
        }
        metrics[name] = _figures(len(ids), bootstrap.count, rates)
    return metrics


def page_totals(judgments: Sequence[Judgment], groups: Groups, settings: BootstrapSettings) -> dict[str, Figures]:
    """The mean total of each model over the judged rows about pages that base has read, and hasn't; {} unless there are
    both."""
    totals: dict[str, dict[Role, list[int]]] = {}
    for judgment in usable_judgments(judgments):
        if len(judgment.models) == 2:
            for role in ROLES:
                if role in judgment.models:
                    totals.setdefault(judgment.id, {}).setdefault(role, []).append(judgment.scores[role].total)
    judged = {name: [row for row in groups.get(name, ()) if row in totals] for name in BY_PAGE}
    if not all(judged.values()):
        return {}
    metrics = {}
    for name, ids in judged.items():
        bootstrap = settings.bootstrap(ids)
        roles = [role for role in ROLES if role in totals[ids[0]]]  # every row has the same pairs
        columns: dict[str, Floats] = {role: np.array([fmean(totals[row][role]) for row in ids]) for role in roles}
        means = bootstrap.means(columns, dict.fromkeys(columns, (0.0, float(TOTAL_MAX))))
        metrics[name] = _figures(len(ids), bootstrap.count, means)
    return metrics


def _figures(rows: int, clusters: int, intervals: Mapping[str, Interval]) -> Figures:
    figures: Figures = {"rows": rows, "clusters": clusters}
    for role, interval in intervals.items():
        figures |= {role: interval.mean, f"{role}_95": [interval.low, interval.high]}
    return figures
