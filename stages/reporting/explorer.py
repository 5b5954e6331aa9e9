"""The test rows for the page's script: one compact object per row, in a block of JSON that no text can break out of."""

import json
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from stages.common.records import CRITERIA, ROLES, Judgment, Role, Teacher
from stages.judges.protocol import row_verdicts
from stages.reporting.evidence import Evidence, ReportRow

MEASURES = ("total", *CRITERIA)  # what the reader can compare rows by
PAIRS: tuple[tuple[Role, Role], ...] = (("full", "base"), ("full", "small"), ("small", "base"))


def script_json(value: object) -> Markup:
    """JSON for a script element. It contains neither `</script>` nor `<!--`, because `<`, `>` and `&` are escaped; so
    are U+2028 and U+2029, which JSON allows inside strings and JavaScript once took for line ends."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate({ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}))


def page_rows(evidence: Evidence) -> list[dict[str, Any]]:
    """The test rows, in the order of the split."""
    return [_row(row) for row in evidence.rows]


def _row(row: ReportRow) -> dict[str, Any]:
    example, source = row.example, row.example.source
    answers = row.answers.answers if row.answers else {}
    return {
        "id": example.id,
        "instruction": example.instruction,
        "input": example.input,
        "reference": example.output,
        "kind": example.kind,
        "source": source.kind,
        "title": source.title or "",
        "revision": source.revision_id or "",
        "url": source.url or "",
        "linked": is_web_address(source.url or ""),
        "teacher": _name(example.teacher),
        "small": row.in_small,
        "answers": {role: [answer.text, answer.tokens, answer.finish] for role, answer in answers.items()},
        "scores": {role: means for role in ROLES if (means := _mean_scores(row.comparisons(role), role))},
        "pairs": {f"{a}-{b}": pair for a, b in PAIRS if (pair := _pair(row, a, b))},
        "judgments": [_judgment(judgment) for judgment in row.judgments],
    }


def _pair(row: ReportRow, first: Role, second: Role) -> dict[str, Any] | None:
    """Both models' mean scores in this comparison and who won; None if the two were never compared."""
    usable = row.comparisons(first, second)
    if not usable:
        judged = any(set(judgment.models) == {first, second} for judgment in row.judgments)
        return {"failed": True} if judged else None
    [verdict] = row_verdicts(usable, (first, second))
    return {
        "scores": [_mean_scores(usable, first), _mean_scores(usable, second)],
        "winner": {1.0: first, 0.0: second}.get(verdict.outcome, "tie"),
        "consistent": verdict.consistent == verdict.repeats,
    }


def _mean_scores(judgments: list[Judgment], role: Role) -> list[float]:
    """The mean of each measure, in the order of MEASURES; [] if there are no judgments."""
    scores = [judgment.scores[role] for judgment in judgments]
    return [round(sum(getattr(score, name) for score in scores) / len(scores), 2) for name in MEASURES if scores]


def _judgment(judgment: Judgment) -> dict[str, Any]:
    return {
        "models": judgment.models,
        "winner": judgment.winner,
        "declared": judgment.declared,
        "why": judgment.justification,
        "judge": _name(judgment.judge),
        "scores": {role: scores.total for role, scores in judgment.scores.items()},
        "failed": judgment.status == "failed",
    }


def _name(teacher: Teacher) -> str:
    return f"{teacher.name} ({teacher.model})" if teacher.model else teacher.name


def is_web_address(url: str) -> bool:
    """Whether the page may link to it: http and https only, never `javascript:` in any disguise."""
    if any(character <= " " for character in url):  # browsers ignore tabs and line ends inside a scheme
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
