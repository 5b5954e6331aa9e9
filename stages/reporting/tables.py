"""The numbers behind the charts, as tables that `dvc plots` also draws and compares.

Their words are English in every language of the report, so that experiments can be compared.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stages.common.files import write_csv
from stages.common.records import ROLES, TOTAL_MAX
from stages.judges.protocol import pair_roles, row_verdicts
from stages.reporting.evidence import Evidence
from stages.reporting.exactness import read_group_rates

if TYPE_CHECKING:
    from pandas import DataFrame

OUTCOMES = ("win", "tie", "loss")


def score_table(evidence: Evidence) -> "DataFrame":
    """How many test rows got each total from 0 to 15, a column per model.

    A mean of several judgments counts for the nearest total. Halves are rounded up: `round` would round them to even
    totals, and the chart would have gaps at the odd ones.
    """
    import pandas as pd

    totals = pd.DataFrame({role: [row.score(role) for row in evidence.rows] for role in ROLES}, dtype=float)
    rounded = totals.add(0.5) // 1
    table = pd.DataFrame({"total": range(TOTAL_MAX + 1)})
    for role in ROLES:
        table[role] = [(rounded[role] == total).sum() for total in table["total"]]
    return table


def percent_table(evidence: Evidence) -> "DataFrame":
    """Each model's mean percent of the points, with its 95% interval (of width 0 if there is none), a line each."""
    import pandas as pd

    lines = []
    for role in ROLES:
        if total := evidence.measurement("judge", "models", role, "total"):
            low = total.value if total.low is None else total.low
            high = total.value if total.high is None else total.high
            lines.append((role, *(100 * points / TOTAL_MAX for points in (total.value, low, high))))
    return pd.DataFrame(lines, columns=["model", "percent", "low", "high"])


def exact_table(evidence: Evidence) -> "DataFrame":
    """The percentage of exact answers with its 95% interval, a line for each group of test rows and model."""
    import pandas as pd

    lines = []
    for group in read_group_rates(evidence):
        for role, rate in group.rates.items():
            if rate is not None:
                low, high = (rate.value if end is None else end for end in (rate.low, rate.high))
                lines.append((group.name, role, group.rows, *(100 * share for share in (rate.value, low, high))))
    return pd.DataFrame(lines, columns=["rows", "model", "count", "percent", "low", "high"])


def outcome_table(evidence: Evidence) -> "DataFrame":
    """Each pair's wins, ties and losses in percent of its test rows, with 95% intervals, a line each.

    A rate without an interval gets one of width 0.
    """
    import pandas as pd

    lines = []
    for pair, rates in evidence.table("judge", "pairs").items():
        for outcome in OUTCOMES:
            share = rates[f"{outcome}_rate"]
            low, high = rates.get(f"{outcome}_rate_95", (share, share))
            label = f"{pair.replace('-', ' against ')}: {outcome}"
            lines.append((label, pair, outcome, 100 * share, 100 * low, 100 * high))
    return pd.DataFrame(lines, columns=["figure", "pair", "outcome", "percent", "low", "high"])


def row_table(evidence: Evidence) -> "DataFrame":
    """Each test row: its page ("" if it is about none), each model's mean total, the outcome of each pair for its first
    model (1, 0, or 0.5 for a tie), and whether each answer is exact (1 or 0). What is not known is an empty field; of
    rows that don't count these are the totals and outcomes. `wikitune compare` reads this.
    """
    import pandas as pd

    lines = []
    for row in evidence.rows:
        line: dict[str, object] = {"id": row.example.id, "page": row.example.source.title or ""}
        line |= {role: "" if (total := row.score(role)) is None else round(total, 4) for role in ROLES}
        for pair in evidence.table("judge", "pairs"):
            roles = pair_roles(pair)
            verdicts = row_verdicts(row.comparisons(*roles), roles)
            line[pair] = verdicts[0].outcome if verdicts else ""
        line |= {f"exact_{role}": int(row.exact[role]) if role in row.exact else "" for role in ROLES}
        lines.append(line)
    return pd.DataFrame(lines)


def rejection_table(evidence: Evidence) -> "DataFrame":
    """How many synthetic examples and general tasks each rule rejected, rules in the order of curation."""
    import pandas as pd

    reasons = {"synthetic": evidence.table("curate", "reasons"), "general": evidence.table("split", "general_reasons")}
    rules = list(dict.fromkeys((*reasons["synthetic"], *reasons["general"])))
    counts = pd.DataFrame(reasons, index=rules).fillna(0).astype(int)
    return counts.assign(rejected=counts.sum(axis=1)).rename_axis("reason").reset_index()


TABLES: dict[str, Callable[[Evidence], "DataFrame"]] = {
    "scores": score_table,
    "percents": percent_table,
    "exact": exact_table,
    "outcomes": outcome_table,
    "rejections": rejection_table,
    "rows": row_table,
}


def write_tables(evidence: Evidence, folder: Path) -> None:
    """Writes each table as `NAME.csv`; a table without lines is not written."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make_table in TABLES.items():
        lines: Any = make_table(evidence).to_dict("records")
        if lines:
            write_csv(folder / f"{name}.csv", lines)
