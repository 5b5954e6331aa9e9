"""Judges that give again what the run's judges gave: with them `judge` computes its figures anew, and asks nobody.

`wikitune verify` runs this as a program, in a folder where the stage's own outputs are missing; its argument is the
folder of the run.
"""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from stages import judge
from stages.common.errors import StageError, run_command
from stages.common.files import iter_jsonl
from stages.common.records import CheckJudgment, Judgment
from stages.judges.panel import Panel
from stages.judges.protocol import Sheet

Key = tuple[str | None, str, str, tuple[str, ...], str, str | None, int]  # what a judgment is about, and whose it is


class RecordedPanel(Panel):
    """A panel whose judgments are in the files of a run."""

    def __init__(self, params: judge.Params, folder: Path) -> None:
        super().__init__(params.members, params.repeats, params.shown_characters)
        judgments = iter_jsonl(folder / judge.JUDGMENTS, Judgment)
        checks = folder / judge.CHECKS
        of_checks = iter_jsonl(checks, CheckJudgment) if checks.stat().st_size else iter(())
        self._known: dict[Key, Judgment] = {_key(one): one for one in (*judgments, *of_checks)}

    def judge(self, sheets: Sequence[Sheet]) -> Iterator[Judgment]:
        for member in self._members:
            teacher = member.teacher
            for repeat in range(self._repeats):
                for sheet in sheets:
                    key = (sheet.check, sheet.constant, sheet.id, sheet.models, teacher.name, teacher.model, repeat)
                    if key not in self._known:
                        raise StageError(f"no judgment of {teacher.name} about row {sheet.id}, {sheet.models}")
                    yield self._known[key]


def _key(judgment: Judgment) -> Key:
    check, constant = (judgment.check, judgment.constant) if isinstance(judgment, CheckJudgment) else (None, "")
    teacher = judgment.judge
    return check, constant, judgment.id, judgment.models, teacher.name, teacher.model, judgment.repeat


if __name__ == "__main__":
    run_command(lambda: judge.main(lambda params, _: RecordedPanel(params, Path(sys.argv[1]))))
