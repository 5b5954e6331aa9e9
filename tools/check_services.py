"""Whether the servers that the parameters name are there, and what asking them may cost. Nothing paid is sent."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from stages.common.errors import StageError
from stages.common.files import cache_folder
from stages.common.hub import FILES, OWNER, REVISIONS
from stages.common.records import ROLES, Answer, Answers, Example, Source, Teacher, make_example
from stages.curate import Params as CurateParams
from stages.curation.auditor import audit_request, batches
from stages.extract import Params as ExtractParams
from stages.judge import Params as JudgeParams, all_sheets
from stages.judges.llm_judge import judge_request
from stages.judges.panel import estimate_member, service_of
from stages.llm.estimating import Estimate
from stages.llm.request import LlmParams, Provider, Request
from stages.llm.service import Service
from stages.synth import Params as SynthParams, requests as teaching
from tools.check_experiment import Sizes
from tools.check_findings import Finding
from tools.check_machine import CHARACTERS_A_TOKEN, TEST_SHARE

SECONDS = 3.0  # in which a web server must answer
EXAMPLE_CHARACTERS = 200  # about, of an example that is audited, and of a task or reference that is judged


def reachable(url: str) -> str | None:
    """What is wrong, None where a web server answers, whatever it says."""
    import httpx2

    try:
        httpx2.head(url, timeout=SECONDS)
    except httpx2.HTTPError as error:
        return f"{url}: {str(error) or type(error).__name__}"
    return None


def websites(sections: dict[str, Any]) -> list[Finding]:
    """The wiki, the general instructions by address, and the Hugging Face Hub, where they are needed."""
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
    commit = REVISIONS[base["model"]] if base["revision"] == "default" else base["revision"]
    if all(isinstance(try_to_load_from_cache(repository, name, revision=commit), str) for name in FILES):
        return Finding("ok", "base", f"{repository} is in the cache")
    return _website("base", constants.ENDPOINT, "Check the network and HF_ENDPOINT, or set base.source to path")


def _website(stage: str, url: str, advice: str) -> Finding:
    wrong = reachable(url)
    return Finding("FAILS", stage, f"{wrong}\n{advice}") if wrong else Finding("ok", stage, f"{url} answers")


def models(sections: dict[str, Any], sizes: Sizes) -> list[Finding]:
    """Key, server and model of each part that asks one, and what its answers may cost."""
    return [finding for one in asking(sections, sizes) for finding in (_server(one), _cost(one))]


@dataclass(frozen=True)
class Asking:
    """A part of the run that asks a language model."""

    what: str  # the key of params.yaml that names it
    service: Service
    estimate: Callable[[], Estimate]  # raises StageError where nothing would be asked


def asking(sections: dict[str, Any], sizes: Sizes) -> Iterator[Asking]:
    for stage, role in (("synth", "teacher"), ("curate", "auditor")):
        provider: Provider = sections[stage][role]
        if provider in ("gemini", "openai"):
            service = Service(stage, provider, LlmParams.model_validate(sections[stage]["llm"]))
            yield Asking(f"{stage}.{role}", service, partial(_estimated, service, stage, sections, sizes))
    judge = JudgeParams.model_validate(sections["judge"])
    for place, member in enumerate(judge.members):
        if member.judge != "rubric":
            what = f"judge.panel[{place - 1}]" if place else "judge.judge"
            requests = asked("judge", sections, sizes)
            yield Asking(what, service_of(member), partial(estimate_member, requests, member, judge.repeats))


def _estimated(service: Service, stage: str, sections: dict[str, Any], sizes: Sizes) -> Estimate:
    return service.estimated(asked(stage, sections, sizes))


def _server(one: Asking) -> Finding:
    try:
        return Finding("ok", one.what, f"{one.service.params.model} at {one.service.check()}")
    except StageError as error:
        return Finding("FAILS", one.what, str(error))


def asked(stage: str, sections: dict[str, Any], sizes: Sizes) -> Sequence[Request]:
    """As many requests as there can be, of about the length that they will have; of a judge, those of one repeat."""
    builders: dict[str, Callable[[dict[str, Any], Sizes], Sequence[Request]]] = {
        "synth": lambda sections, sizes: teaching(sizes.pages, SynthParams.model_validate(sections["synth"])),
        "curate": _auditing,
        "judge": _judging,
    }
    return builders[stage](sections, sizes)


def _auditing(sections: dict[str, Any], sizes: Sizes) -> Sequence[Request]:
    params = CurateParams.model_validate(sections["curate"])
    examples = [_example(number) for number in range(sizes.examples)]
    return [audit_request(batch, params.cutoff) for batch in batches(examples, params.audit_batch)]


def _example(number: int) -> Example:
    text = f"{number} ".ljust(EXAMPLE_CHARACTERS, "x")
    source, teacher = Source(kind="synthetic", title=""), Teacher(name="rules")
    return make_example(instruction=text, output="", kind="", source=source, teacher=teacher)


def _judging(sections: dict[str, Any], sizes: Sizes) -> Sequence[Request]:
    """The pairs in both orders, the answers alone and the checks of the judge, as far as they are asked for."""
    params = JudgeParams.model_validate(sections["judge"])
    length = sections["infer"]["max_new_tokens"] * CHARACTERS_A_TOKEN
    rows = [_answers(number, length) for number in range(round(sizes.full * TEST_SHARE))]
    return [judge_request(sheet, params.shown_characters) for sheet in all_sheets(rows, params)]


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


def _cost(one: Asking) -> Finding:
    what, params = f"{one.what} asks", one.service.params
    try:
        found = one.estimate()
    except StageError as error:
        return Finding("FAILS", what, str(error))
    minutes = math.ceil(found.to_ask / params.requests_per_minute)
    asks = f"{found.to_ask:,} requests at most, which take {minutes} min or longer"
    if not found.usd:
        return Finding("about", what, f"{asks}, and cost nothing")
    text = (
        f"{asks}, and cost ${found.usd:.2f} with output tokens at most;\n"
        f"${found.spent_usd:.2f} of {found.stage}.llm.budget_usd {found.budget_usd:g} is spent"
    )
    if found.spent_usd + found.usd > found.budget_usd:
        text += ": it may end first, and the stage keeps what it bought"
    return Finding("about", what, text)
