"""Whether the servers that the parameters name are there, and what asking them may cost. Nothing paid is sent."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel

from stages.cache import cache_folder
from stages.checking.findings import Finding
from stages.checking.machine import TEST_SHARE
from stages.checking.sizes import Sizes
from stages.curate import Params as CurateParams
from stages.curation.audited import audit_request, batches
from stages.errors import StageError
from stages.extract import Params as ExtractParams
from stages.hub import FILES, OWNER, REVISIONS
from stages.llm.estimating import Estimate
from stages.llm.request import LlmParams, Provider, Request
from stages.llm.service import Service
from stages.records import Example, Source, Teacher, make_example
from stages.synth import Params as SynthParams, requests as teaching

SECONDS = 3.0  # in which a web server must answer
EXAMPLE_CHARACTERS = 200  # about, of an example that is audited
JUDGED_CHARACTERS = 5000  # about, of a task, two answers to it and what the judge is told
ROLES = {"synth": "teacher", "curate": "auditor", "judge": "judge"}


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
    """Key, server and model of each stage that asks one, and what its answers may cost."""
    findings = []
    for stage, service in services(sections).items():
        what = f"{stage}.{ROLES[stage]}"
        try:
            findings.append(Finding("ok", what, f"{service.params.model} at {service.check()}"))
        except StageError as error:
            findings.append(Finding("FAILS", what, str(error)))
        try:
            findings.append(_cost(service, service.estimated(asked(stage, sections, sizes))))
        except StageError as error:
            findings.append(Finding("FAILS", f"{stage} asks", str(error)))
    return findings


def services(sections: dict[str, Any]) -> dict[str, Service]:
    """By stage, those that ask a language model."""
    found = {}
    for stage, role in ROLES.items():
        provider: Provider = sections[stage][role]
        if provider in ("gemini", "openai"):
            found[stage] = Service(stage, provider, LlmParams.model_validate(sections[stage]["llm"]))
    return found


def asked(stage: str, sections: dict[str, Any], sizes: Sizes) -> Sequence[Request]:
    """As many requests as there can be, of about the length that they will have."""
    builders: dict[str, Callable[[dict[str, Any], Sizes], Sequence[Request]]] = {
        "synth": lambda section, sizes: teaching(sizes.pages, SynthParams.model_validate(section)),
        "curate": _auditing,
        "judge": _judging,
    }
    return builders[stage](sections[stage], sizes)


def _auditing(section: dict[str, Any], sizes: Sizes) -> Sequence[Request]:
    params = CurateParams.model_validate(section)
    examples = [_example(number) for number in range(sizes.examples)]
    return [audit_request(batch, params.cutoff) for batch in batches(examples, params.audit_batch)]


def _example(number: int) -> Example:
    text = f"{number} ".ljust(EXAMPLE_CHARACTERS, "x")
    source, teacher = Source(kind="synthetic", title=""), Teacher(name="rules")
    return make_example(instruction=text, output="", kind="", source=source, teacher=teacher)


class _Judgment(BaseModel):
    """Stands for what a judge returns, whose schema is a small part of what it reads."""

    justification: str


def _judging(section: dict[str, Any], sizes: Sizes) -> Sequence[Request]:
    """Each pair of answers to each test row, in both orders, once."""
    count = round(sizes.full * TEST_SHARE) * len(section["pairs"]) * 2
    texts = (f"{number} ".ljust(JUDGED_CHARACTERS, "x") for number in range(count))
    return [Request(name="", system="", prompt=text, schema=_Judgment) for text in texts]


def _cost(service: Service, found: Estimate) -> Finding:
    what = f"{service.stage} asks"
    minutes = math.ceil(found.to_ask / service.params.requests_per_minute)
    asks = f"{found.to_ask:,} requests at most, which take {minutes} min or longer"
    if not found.usd:
        return Finding("about", what, f"{asks}, and cost nothing")
    text = (
        f"{asks}, and cost ${found.usd:.2f} with output tokens at most;\n"
        f"${found.spent_usd:.2f} of {service.stage}.llm.budget_usd {found.budget_usd:g} is spent"
    )
    if found.spent_usd + found.usd > found.budget_usd:
        text += ": it may end first, and the stage keeps what it bought"
    return Finding("about", what, text)
