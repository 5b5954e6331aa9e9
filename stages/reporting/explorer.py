"""The test rows as the page's script reads them: one compact object a row, in a JSON block that no text can leave."""

import json
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from stages.common.records import CRITERIA, ROLES, Judgment, Role, Teacher
from stages.judges.verdicts import row_verdicts
from stages.reporting.evidence import Evidence, Row

MEASURES = ("total", *CRITERIA)  # what rows are compared by
PAIRS: tuple[tuple[Role, Role], ...] = (("full", "base"), ("full", "small"), ("small", "base"))


def embedded(value: object) -> Markup:
    """JSON for a script element: `<`, `>` and `&` as escapes, so that neither `</script>` nor `<!--` stands in it, and
    the line ends that only JSON knows (U+2028, U+2029), too."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.translate({ord(one): f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"}))


def rows(evidence: Evidence) -> list[dict[str, Any]]:
    return [_row(row) for row in evidence.rows]


def _row(row: Row) -> dict[str, Any]:
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
        "answers": {role: [one.text, one.tokens, one.finish] for role, one in answers.items()},
        "scores": {role: found for role in ROLES if (found := _means(row.comparisons(role), role))},
        "pairs": {f"{a}-{b}": pair for a, b in PAIRS if (pair := _pair(row, a, b))},
        "judgments": [_judgment(one) for one in row.judgments],
    }


def _pair(row: Row, first: Role, second: Role) -> dict[str, Any] | None:
    """Both models' mean scores in this comparison and who won; None where it was never made."""
    judged = [one for one in row.judgments if set(one.models) == {first, second}]
    usable = row.comparisons(first, second)
    if not usable:
        return {"failed": True} if judged else None
    [verdict] = row_verdicts(usable, (first, second))
    return {
        "scores": [_means(usable, first), _means(usable, second)],
        "winner": {1.0: first, 0.0: second}.get(verdict.outcome, "tie"),
        "consistent": verdict.consistent == verdict.repeats,
    }


def _means(judgments: list[Judgment], role: Role) -> list[float]:
    """The mean of each measure, in the order of MEASURES; empty where there is no judgment."""
    scores = [one.scores[role] for one in judgments]
    return [round(sum(getattr(one, name) for one in scores) / len(scores), 2) for name in MEASURES if scores]


def _judgment(one: Judgment) -> dict[str, Any]:
    return {
        "models": one.models,
        "winner": one.winner,
        "declared": one.declared,
        "why": one.justification,
        "judge": _name(one.judge),
        "scores": {role: scores.total for role, scores in one.scores.items()},
        "failed": one.status == "failed",
    }


def _name(teacher: Teacher) -> str:
    return f"{teacher.name} ({teacher.model})" if teacher.model else teacher.name


def is_web_address(url: str) -> bool:
    """Whether a link may lead there: http and https, never `javascript:`, in however many disguises."""
    if any(character <= " " for character in url):  # browsers drop tabs and line ends inside a scheme
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
