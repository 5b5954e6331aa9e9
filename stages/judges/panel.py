"""The judges of a run: each reads every sheet, as many times as `judge.repeats` says."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from stages.common.errors import StageError
from stages.common.params import SectionModel
from stages.common.records import Judgment, Scores, Teacher
from stages.common.stage_bar import StageBar
from stages.judges import llm_judge
from stages.judges.protocol import Sheet, higher_total, make_judgment
from stages.judges.rubric import rubric
from stages.llm.request import LlmParams, Request
from stages.llm.service import CostEstimate, Service, add_estimates

SEEDS = 2**32


class PanelMember(SectionModel):
    judge: Literal["rubric", "gemini", "openai"]
    llm: LlmParams

    @property
    def teacher(self) -> Teacher:
        """Its name and model, as they are in its judgments."""
        return Teacher(name=self.judge, model=None if self.judge == "rubric" else self.llm.model)


def inherit_llm(section: dict[str, Any]) -> dict[str, Any]:
    """The section `judge` of params.yaml, where each judge of the panel takes what it doesn't set from `judge.llm`."""
    panel, shared = section.get("panel"), section.get("llm")
    if not isinstance(panel, list) or not isinstance(shared, dict):
        return section

    def complete(member: Any) -> Any:
        """An invalid member stays as it is: the validation of the section reports it."""
        own = member.get("llm", {}) if isinstance(member, dict) else None
        return member | {"llm": shared | own} if isinstance(own, dict) else member

    return section | {"panel": [complete(member) for member in panel]}


Remarks = dict[tuple[str, str, str, str], tuple[Scores, str]]  # of the rubric, by instruction, input, reference, answer


class Panel:
    """All judges, asked in several rounds. Failures are counted over all rounds, as if there were one."""

    def __init__(
        self, members: Sequence[PanelMember], repeats: int, shown_characters: int, planned: int | None = None
    ) -> None:
        """`planned` is how many sheets there may be in all rounds together; None if there is only one round."""
        self._members, self._repeats, self._shown, self._planned = members, repeats, shown_characters, planned
        self._asked: Counter[tuple[int, int]] = Counter()  # by the judge's place in the panel, and the repeat
        self._failed: Counter[tuple[int, int]] = Counter()
        self._remarks: Remarks = {}

    def judge(self, sheets: Sequence[Sheet]) -> Iterator[Judgment]:
        """The judgments of each judge, repeat by repeat, each in the order of the sheets.

        Raises StageError as `Service.ask` does.
        """
        for place, member in enumerate(self._members):
            for repeat in range(self._repeats):
                if member.judge == "rubric":
                    yield from judge_by_rubric(sheets, member.teacher, repeat, self._remarks)
                else:
                    yield from self._ask(sheets, place, repeat)

    def _ask(self, sheets: Sequence[Sheet], place: int, repeat: int) -> Iterator[Judgment]:
        member, round_of = self._members[place], (place, repeat)
        requests = [llm_judge.judge_request(sheet, self._shown) for sheet in sheets]
        outcomes = service_of(member, repeat).ask(requests, planned=self._planned, failed=self._failed[round_of])
        self._asked[round_of] += len(outcomes)
        self._failed[round_of] += sum(outcome.value is None for outcome in outcomes)
        for sheet, outcome in zip(sheets, outcomes, strict=True):
            yield llm_judge.judgment_from_outcome(sheet, outcome, member.teacher, repeat)

    def check_failures(self) -> None:
        """Raises StageError if too many of the requests failed, now that it is known how many rounds there were."""
        for (place, repeat), asked in self._asked.items():
            member, failed = self._members[place], self._failed[place, repeat]
            if failed / asked > member.llm.max_failure_rate:
                raise StageError(
                    f"judge: {failed} of {asked} requests to {member.llm.model} have no usable answer, and "
                    f"max_failure_rate is {member.llm.max_failure_rate:g}; run again to ask only these, or raise it"
                )


def judge_by_rubric(
    sheets: Iterable[Sheet], judge: Teacher, repeat: int, known: Remarks | None = None
) -> Iterator[Judgment]:
    """The rubric scores each answer by itself, so an answer that several sheets show is scored once. `known` keeps
    the scores for other sheets."""
    scored: Remarks = {} if known is None else known

    def opinion(sheet: Sheet, text: str) -> tuple[Scores, str]:
        key = (sheet.instruction, sheet.input, sheet.reference, text)
        if key not in scored:
            scores, features = rubric.score(*key)
            scored[key] = scores, rubric.justify(features)
        return scored[key]

    for sheet in StageBar(sheets, unit="judgment", desc="judge"):
        scores, remarks = zip(*(opinion(sheet, text) for text in sheet.texts), strict=True)
        if len(scores) == 1:
            yield make_judgment(sheet, judge, repeat, scores, None, f"The answer {remarks[0]}.")
        else:
            justification = f"The first answer {remarks[0]}; the second {remarks[1]}."
            yield make_judgment(sheet, judge, repeat, scores, higher_total(scores), justification)


def estimate_member(requests: Sequence[Request], member: PanelMember, repeats: int) -> CostEstimate:
    """What one language model would be asked in all repeats."""
    return add_estimates([service_of(member, repeat).estimate_cost(requests) for repeat in range(repeats)])


def service_of(member: PanelMember, repeat: int = 0) -> Service:
    """The service that asks a language model in one repeat. Raises ValueError for the rubric.

    Each repeat has another seed: with the same one, the journal would return the first repeat's answers.
    """
    if member.judge == "rubric":
        raise ValueError("the rubric is not a language model and has no service")
    seed = (member.llm.seed + repeat) % SEEDS
    return Service("judge", member.judge, member.llm.model_copy(update={"seed": seed}))
