"""The judges of a run: each reads every sheet, as often as asked."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from tqdm import tqdm

from stages.common.errors import StageError
from stages.common.params import SectionModel
from stages.common.records import Judgment, Scores, Teacher
from stages.judges import llm_judge as llm
from stages.judges.marking import better, marked
from stages.judges.rubric import rubric
from stages.judges.sheets import Sheet
from stages.llm.estimating import Estimate, render, together
from stages.llm.request import LlmParams, Request
from stages.llm.service import Service

SEEDS = 2**32


class Member(SectionModel):
    judge: Literal["rubric", "gemini", "openai"]
    llm: LlmParams

    @property
    def teacher(self) -> Teacher:
        """The name that its judgments carry."""
        return Teacher(name=self.judge, model=None if self.judge == "rubric" else self.llm.model)


def inherit(section: dict[str, Any]) -> dict[str, Any]:
    """The judge's section of params.yaml, with what a judge of the panel doesn't say taken from the section's `llm`."""
    panel, shared = section.get("panel"), section.get("llm")
    if not isinstance(panel, list) or not isinstance(shared, dict):
        return section
    own = [one.get("llm", {}) if isinstance(one, dict) else None for one in panel]
    return section | {
        "panel": [
            one | {"llm": shared | llm} if isinstance(llm, dict) else one for one, llm in zip(panel, own, strict=True)
        ]
    }


def judge_all(
    sheets: Sequence[Sheet], panel: Iterable[Member], repeats: int, shown_characters: int
) -> Iterator[Judgment]:
    """The judgments of each judge, repeat by repeat, each in the order of the sheets."""
    for member in panel:
        for repeat in range(repeats):
            if member.judge == "rubric":
                yield from by_rubric(sheets, member.teacher, repeat)
            else:
                outcomes = service_of(member, repeat).ask([llm.judge_request(one, shown_characters) for one in sheets])
                for sheet, outcome in zip(sheets, outcomes, strict=True):
                    yield llm.judgment(sheet, outcome, member.teacher, repeat)


def by_rubric(sheets: Iterable[Sheet], judge: Teacher, repeat: int) -> Iterator[Judgment]:
    """The rubric reads one answer at a time, so that an answer is scored once, in however many sheets it stands."""
    known: dict[tuple[str, str, str, str], tuple[Scores, str]] = {}

    def opinion(sheet: Sheet, text: str) -> tuple[Scores, str]:
        key = (sheet.instruction, sheet.input, sheet.reference, text)
        if key not in known:
            scores, reading = rubric.score(*key)
            known[key] = scores, rubric.justify(reading)
        return known[key]

    for sheet in tqdm(sheets, unit="judgment", desc="judge", disable=None):
        scores, remarks = zip(*(opinion(sheet, text) for text in sheet.texts), strict=True)
        if len(scores) == 1:
            yield marked(sheet, judge, repeat, scores, None, f"The answer {remarks[0]}.")
        else:
            said = f"The first answer {remarks[0]}; the second {remarks[1]}."
            yield marked(sheet, judge, repeat, scores, better(scores), said)


def estimate_all(sheets: Sequence[Sheet], panel: Iterable[Member], repeats: int, shown_characters: int) -> str:
    """What the language models among the judges would be asked, as lines to read."""
    asked = [member for member in panel if member.judge != "rubric"]
    if not asked:
        raise StageError("params.yaml: judge.judge is rubric, which costs nothing; choose gemini or openai")
    requests = [llm.judge_request(one, shown_characters) for one in sheets]
    return "\n".join(render(estimate(requests, member, repeats)) for member in asked)


def estimate(requests: Sequence[Request], member: Member, repeats: int) -> Estimate:
    """What a language model would be asked, all repeats together."""
    return together([service_of(member, repeat).estimated(requests) for repeat in range(repeats)])


def service_of(member: Member, repeat: int = 0) -> Service:
    """Each repeat draws with a seed of its own: the same one would find the first repeat's answers in the journal."""
    if member.judge == "rubric":
        raise ValueError("the rubric is not asked")
    seed = (member.llm.seed + repeat) % SEEDS
    return Service("judge", member.judge, member.llm.model_copy(update={"seed": seed}))
