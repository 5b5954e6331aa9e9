"""The judges of a run: each reads every sheet, as many times as `judge.repeats` says."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from tqdm import tqdm

from stages.common.params import SectionModel
from stages.common.records import Judgment, Scores, Teacher
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


def judge_all(
    sheets: Sequence[Sheet], panel: Iterable[PanelMember], repeats: int, shown_characters: int
) -> Iterator[Judgment]:
    """The judgments of each judge, repeat by repeat, each in the order of the sheets."""
    for member in panel:
        for repeat in range(repeats):
            if member.judge == "rubric":
                yield from judge_by_rubric(sheets, member.teacher, repeat)
                continue
            requests = [llm_judge.judge_request(sheet, shown_characters) for sheet in sheets]
            outcomes = service_of(member, repeat).ask(requests)
            for sheet, outcome in zip(sheets, outcomes, strict=True):
                yield llm_judge.judgment_from_outcome(sheet, outcome, member.teacher, repeat)


def judge_by_rubric(sheets: Iterable[Sheet], judge: Teacher, repeat: int) -> Iterator[Judgment]:
    """The rubric scores each answer by itself, so an answer that several sheets show is scored once."""
    scored: dict[tuple[str, str, str, str], tuple[Scores, str]] = {}

    def opinion(sheet: Sheet, text: str) -> tuple[Scores, str]:
        key = (sheet.instruction, sheet.input, sheet.reference, text)
        if key not in scored:
            scores, features = rubric.score(*key)
            scored[key] = scores, rubric.justify(features)
        return scored[key]

    for sheet in tqdm(sheets, unit="judgment", desc="judge", disable=None):
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
