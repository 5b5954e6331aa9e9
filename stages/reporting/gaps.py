"""What the report lacks, in words: it is built from whatever there is, and says what there isn't."""

from collections.abc import Iterator

from stages.reporting.evidence import METRICS, Evidence
from stages.reporting.wording import Wording

FEW = 10  # test rows; an interval from fewer says next to nothing


def gaps(evidence: Evidence, wording: Wording) -> list[str]:
    """A sentence each, the gravest first; none for a run that has everything."""
    return [*_rows(evidence, wording), *_judgments(evidence, wording), *_files(evidence, wording)]


def _rows(evidence: Evidence, wording: Wording) -> Iterator[str]:
    if not evidence.rows:
        yield wording.text("gaps.no_rows")
    elif not any(row.answers for row in evidence.rows):
        yield wording.text("gaps.no_answers")
    if 0 < len(evidence.rows) < FEW:
        yield wording.text("gaps.few_rows", rows=len(evidence.rows))


def _judgments(evidence: Evidence, wording: Wording) -> Iterator[str]:
    judgments = [one for row in evidence.rows for one in row.judgments]
    failed = sum(one.status == "failed" for one in judgments)
    if evidence.rows and not judgments:
        yield wording.text("gaps.no_judgments")
        return
    if failed:
        yield wording.text("gaps.failed", failed=wording.integer(failed), judgments=wording.integer(len(judgments)))
    if unjudged := sum(not row.counts for row in evidence.rows):
        rows = wording.integer(len(evidence.rows))
        yield wording.text("gaps.unjudged", unjudged=wording.integer(unjudged), rows=rows)


def _files(evidence: Evidence, wording: Wording) -> Iterator[str]:
    for size, points in evidence.curves.items():
        if not points:
            yield wording.text("gaps.no_curve", model=size)
    if missing := [name for name in METRICS if not evidence.metrics.get(name)]:
        yield wording.text("gaps.no_metrics", stages=", ".join(missing))
