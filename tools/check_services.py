"""Whether the servers that the parameters name can be reached, and what asking them takes and may cost.

Nothing paid is sent. A judge that costs nothing by the parameters is asked for one judgment, to know how long the
others will take: on a CPU, that may be hours.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from stages.common.errors import StageError
from stages.common.files import cache_folder
from stages.common.hub import FILES, OWNER, choose_revision
from stages.common.rates import CHARACTERS_PER_TOKEN, TEST_SHARE, duration
from stages.common.records import ROLES, Answer, Answers, Example, Source, Teacher, make_example
from stages.curate import Params as CurateParams
from stages.curation.auditor import audit_request, batches
from stages.extract import Params as ExtractParams
from stages.judge import Params as JudgeParams, all_sheets
from stages.judges.llm_judge import judge_request
from stages.judges.panel import PanelMember, estimate_member, service_of
from stages.judges.protocol import pair_sheets
from stages.llm.request import AttemptError, LlmParams, Provider, Request
from stages.llm.service import CostEstimate, Service
from stages.synth import Params as SynthParams, requests as synth_requests
from tools.check_experiment import Finding, Workload

SECONDS = 3.0  # a web server that takes longer counts as unreachable
PROSE = "The keeper lights the lamp in the evening, writes down the weather, and looks for ships until the morning. "
MOST_ROWS = 20_000  # examples, or rows to judge; of more, costs are computed from these
EXAMPLE_CHARACTERS = 200  # about: an example that is audited, and a task or a reference that is judged


def connection_problem(url: str) -> str | None:
    """Why no web server answers at this URL; None if one does, with any status."""
    import httpx2

    try:
        httpx2.head(url, timeout=SECONDS)
    except httpx2.HTTPError as error:
        return f"{url}: {str(error) or type(error).__name__}"
    return None


def check_websites(sections: dict[str, Any]) -> list[Finding]:
    """A finding for each website that the run needs: the wiki, the URL of the general instructions, the Hugging Face
    Hub."""
    findings = []
    extract, general = ExtractParams.model_validate(sections["extract"]), sections["split"]["general"]
    if extract.source == "wikipedia" and not extract.pin:
        advice = "Check the network and extract.endpoint, or set extract.source to bundled"
        findings.append(_website("extract", extract.address(), advice))
    if general["url"] and not list((cache_folder("downloads") / general["sha256"]).glob("[!.]*")):
        advice = "Check the network, or set split.general.url to nothing and its path to a file"
        findings.append(_website("split", general["url"], advice))
    if sections["base"]["source"] == "huggingface":
        findings.append(_hub(sections["base"]))
    return findings


def _hub(base: dict[str, Any]) -> Finding:
    from huggingface_hub import constants, try_to_load_from_cache

    repository = f"{OWNER}/{base['model']}"
    commit = choose_revision(base["model"], base["revision"])
    if all(isinstance(try_to_load_from_cache(repository, name, revision=commit), str) for name in FILES):
        return Finding("ok", "base", f"{repository} is in the cache")
    return _website("base", constants.ENDPOINT, "Check the network and HF_ENDPOINT, or set base.source to path")


def _website(stage: str, url: str, advice: str) -> Finding:
    wrong = connection_problem(url)
    return Finding("FAILS", stage, f"{wrong}\n{advice}") if wrong else Finding("ok", stage, f"{url} answers")


def check_models(sections: dict[str, Any], workload: Workload) -> list[Finding]:
    """For each language model that a stage asks: its key, server and model, and what its answers may cost."""
    findings = []
    for model in asked_models(sections, workload):
        server = _server_finding(model)
        findings += [server, _cost_finding(model, can_be_timed=server.verdict == "ok")]
    return findings


@dataclass(frozen=True)
class AskedModel:
    """A language model that a stage asks."""

    key: str  # of params.yaml, where it is chosen
    service: Service
    estimate: Callable[[], CostEstimate]  # raises StageError if nothing would be asked
    sample: Request | None = None  # one like those that it will be asked, to time it


def asked_models(sections: dict[str, Any], workload: Workload) -> Iterator[AskedModel]:
    """The language models that the parameters choose: as teacher, as auditor, and as judges."""
    for stage, role in (("synth", "teacher"), ("curate", "auditor")):
        provider: Provider = sections[stage][role]
        if provider in ("gemini", "openai"):
            service = Service(stage, provider, LlmParams.model_validate(sections[stage]["llm"]))
            yield AskedModel(f"{stage}.{role}", service, partial(_estimate, service, stage, sections, workload))
    judge = JudgeParams.model_validate(sections["judge"])
    for place, member in enumerate(judge.members):
        if member.judge != "rubric":
            key = f"judge.panel[{place - 1}]" if place else "judge.judge"
            estimate = partial(_estimate_judge, member, judge.repeats, sections, workload)
            service = service_of(member)
            sample = _sample_judgment(sections) if member.llm.model and service.settings.is_free else None
            yield AskedModel(key, service, estimate, sample)


def _estimate(service: Service, stage: str, sections: dict[str, Any], workload: Workload) -> CostEstimate:
    planned = planned_requests(stage, sections, workload)
    return planned.scaled(service.estimate_cost(planned.requests))


def _estimate_judge(member: PanelMember, repeats: int, sections: dict[str, Any], workload: Workload) -> CostEstimate:
    planned = planned_requests("judge", sections, workload)
    return planned.scaled(estimate_member(planned.requests, member, repeats))


def _server_finding(model: AskedModel) -> Finding:
    try:
        return Finding("ok", model.key, f"{model.service.params.model} at {model.service.check()}")
    except StageError as error:
        return Finding("FAILS", model.key, str(error))


@dataclass(frozen=True)
class PlannedRequests:
    requests: Sequence[Request]
    times: float = 1.0  # for how many each of them stands

    def __len__(self) -> int:
        return round(len(self.requests) * self.times)

    def scaled(self, estimate: CostEstimate) -> CostEstimate:
        """The estimate for all, from that for `requests`."""
        if self.times == 1:
            return estimate
        counts = ("requests", "in_journal", "input_tokens", "output_tokens")
        more = {name: round(getattr(estimate, name) * self.times) for name in counts}
        return replace(estimate, **more, usd=estimate.usd * self.times)


def planned_requests(stage: str, sections: dict[str, Any], workload: Workload) -> PlannedRequests:
    """The most requests that the stage can send, of about the length that they will have; for `judge`, those of one
    repeat."""
    builders: dict[str, Callable[[dict[str, Any], Workload], PlannedRequests]] = {
        "synth": _synth_requests,
        "curate": _audit_requests,
        "judge": _judge_requests,
    }
    return builders[stage](sections, workload)


def _synth_requests(sections: dict[str, Any], workload: Workload) -> PlannedRequests:
    params = SynthParams.model_validate(sections["synth"])
    of_these = params.model_copy(update={"at_least": math.ceil(params.at_least / workload.pages_each)})
    return PlannedRequests(synth_requests(workload.pages, of_these), workload.pages_each)


def _audit_requests(sections: dict[str, Any], workload: Workload) -> PlannedRequests:
    params = CurateParams.model_validate(sections["curate"])
    count = min(workload.examples, MOST_ROWS)
    examples = [_example(number) for number in range(count)]
    requests = [audit_request(batch, params.cutoff) for batch in batches(examples, params.audit_batch)]
    return PlannedRequests(requests, workload.examples / count)


def _example(number: int) -> Example:
    text = f"{number} ".ljust(EXAMPLE_CHARACTERS, "x")
    source, teacher = Source(kind="synthetic", title=""), Teacher(name="rules")
    return make_example(instruction=text, output="", kind="", source=source, teacher=teacher)


def _judge_requests(sections: dict[str, Any], workload: Workload) -> PlannedRequests:
    """Pairs in both orders, single answers and checks of the judge, as far as the parameters ask for them."""
    params = JudgeParams.model_validate(sections["judge"])
    length = sections["infer"]["max_new_tokens"] * CHARACTERS_PER_TOKEN
    judged = round(workload.full * TEST_SHARE)
    judged = judged if params.at_most == "all" else min(judged, params.at_most)
    rows = [_answers(number, length) for number in range(min(judged, MOST_ROWS))]
    requests = [judge_request(sheet, params.shown_characters) for sheet in all_sheets(rows, params)]
    return PlannedRequests(requests, max(1.0, judged / MOST_ROWS))


def _answers(number: int, length: int) -> Answers:
    """A test row with three different answers of `length` characters."""
    texts = {role: f"{role} {number} ".ljust(length, "x") for role in ROLES}
    return Answers(
        id=f"{number:016x}",
        instruction=f"{number} ".ljust(EXAMPLE_CHARACTERS, "x"),
        input="",
        output=f"reference {number} ".ljust(EXAMPLE_CHARACTERS, "x"),
        answers={role: Answer(text=text, tokens=0, finish="length") for role, text in texts.items()},
    )


def _sample_judgment(sections: dict[str, Any]) -> Request:
    """A pair of answers to judge: one as short as a reference, the other as long as an answer may be."""
    params = JudgeParams.model_validate(sections["judge"])
    longest = sections["infer"]["max_new_tokens"] * CHARACTERS_PER_TOKEN
    texts = {role: _prose(longest if role == "base" else EXAMPLE_CHARACTERS) for role in ROLES}
    row = Answers(
        id="0" * 16,
        instruction="Describe what the keeper of a lighthouse does.",
        input="",
        output=_prose(EXAMPLE_CHARACTERS),
        answers={role: Answer(text=text, tokens=0, finish="stop") for role, text in texts.items()},
    )
    return judge_request(next(pair_sheets([row], ["full-base"], params.shown_characters)), params.shown_characters)


def _prose(length: int) -> str:
    return (PROSE * (length // len(PROSE) + 1))[:length]


def _cost_finding(model: AskedModel, *, can_be_timed: bool) -> Finding:
    what = f"{model.key} asks"
    try:
        cost = model.estimate()
        asks = f"{cost.to_ask:,} requests at most"
        if model.sample and can_be_timed and cost.to_ask:
            asks += _timed(model.sample, model.service, cost.to_ask)
        else:
            minutes = math.ceil(cost.to_ask / model.service.params.requests_per_minute)
            asks += f", which take {minutes} min or longer"
    except (StageError, AttemptError) as error:
        return Finding("FAILS", what, str(error))
    if not cost.usd:
        return Finding("about", what, f"{asks}, and cost nothing")
    text = (
        f"{asks}, and cost ${cost.planned_usd:.2f} with output tokens at most;\n"
        f"${cost.spent_usd:.2f} of {cost.stage}.llm.budget_usd {cost.budget_usd:g} is spent"
    )
    if cost.spent_usd + cost.planned_usd > cost.budget_usd:
        text += ": it may end first, and the stage keeps what it bought"
    return Finding("about", what, text)


def _timed(sample: Request, service: Service, requests: int) -> str:
    """How long the requests take, by the time that one of them took. Raises StageError or AttemptError if there was no
    reply."""
    seconds, reply = service.time_answer(sample)
    params = service.params
    slowest = max(requests * seconds, requests * 60 / params.requests_per_minute)
    at_once = " (several at a time may be faster)" if service.settings.most_at_once > 1 else ""
    unusable = f", but its reply is of no use: {reply.fault}, {reply.detail}" if reply.fault else ""
    return (
        f";\none took {seconds:.1f} s{unusable},\nso that all take about {duration(slowest)} one after another{at_once}"
    )
