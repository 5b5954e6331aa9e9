"""This run beside the reference experiment, setting by setting and figure by figure.

The rule of the verdicts: a loss depends on the settings of data and training, a score also on those of answers and
judge. If one of these settings differs or isn't known, or if we have no such figure, the two are not comparable. If all
are the same, the reference is reproduced if its figure lies in our 95% interval, and not reproduced otherwise. A
validation loss has no interval (one seed): it is reproduced if ours is within 5% of the reference's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal

from stages.common.records import TOTAL_MAX, Role
from stages.reporting.evidence import Evidence, Measurement
from stages.reporting.wording import NOTHING, NumberFormat, Wording

NAMED = 3  # how many differing settings a verdict names; the table of settings has all of them
TOLERANCE = 0.05  # share of a reference loss
MEDIUM = (350e6, 360e6)  # parameters of GPT-2 medium (354,823,168), with a vocabulary about as large as GPT-2's

Area = Literal["training", "judging"]
Verdict = Literal["reproduced", "not_reproduced", "not_comparable"]


@dataclass(frozen=True)
class ComparedSetting:
    """What the reference experiment chose, and what this run chose."""

    name: str  # key in the catalogue
    area: Area
    reference: str
    ours: str
    same: bool


@dataclass(frozen=True)
class ComparedFigure:
    """A figure of the reference experiment, ours, and the verdict."""

    name: str  # key in the catalogue
    reference: str
    ours: str  # "" if it was not measured
    interval: str  # "" if there is none
    verdict: Verdict
    why: str


def compare_settings(evidence: Evidence, wording: Wording) -> list[ComparedSetting]:
    """Every setting that the reference experiment states, with ours beside it."""
    return [*_data_settings(evidence, wording), *_training_settings(evidence, wording), *_judging_settings(evidence)]


def _data_settings(evidence: Evidence, wording: Wording) -> list[ComparedSetting]:
    params = evidence.params
    extract, synth, curate = params["extract"], params["synth"], params["curate"]
    source = page_source(extract)
    teacher, auditor = model_name(synth, "teacher"), model_name(curate, "auditor")
    drawn = [evidence.number("split", f"{kind}_drawn") for kind in ("synthetic", "general")]
    settings = [
        ComparedSetting("pages", "training", "en.wikipedia", source, source == "en.wikipedia"),
        _language_model("teacher", "Gemini 3 Flash", teacher, "gemini-3-", "flash"),
        _language_model("auditor", "Gemini 3 Pro", auditor, "gemini-3-", "pro"),
        _counts("examples", [1000, 1000], drawn, wording),
    ]
    for size, sides in (("full", [1600, 200, 200]), ("small", [400, 50, 50])):
        ours = [evidence.number("split", size, side) for side in ("train", "val", "test")]
        settings.append(_counts(f"split_{size}", sides, ours, wording))
    return settings


def _training_settings(evidence: Evidence, wording: Wording) -> list[ComparedSetting]:
    train, base = evidence.params["train"], evidence.params["base"]
    parameters = evidence.number("base", "parameters") or 0
    name = base["model"] if base["source"] == "huggingface" else base["source"]
    ours = f"{name}, {wording.integer(parameters)}"
    pretrained = base["source"] != "scratch" and MEDIUM[0] < parameters < MEDIUM[1]
    return [
        ComparedSetting("model", "training", "gpt2-medium, 355M", ours, pretrained),
        *(
            _value(name, "training", reference, train[name])
            for name, reference in (
                ("learning_rate", 5e-5),
                ("batch_size", 8),
                ("epochs", 1),
                ("weight_decay", 0.1),
                ("loss_on", "all"),
                ("objective", "sft"),
                ("replay", 0),
            )
        ),
    ]


def _judging_settings(evidence: Evidence) -> list[ComparedSetting]:
    infer, judge = evidence.params["infer"], evidence.params["judge"]
    names = judge_names(judge)
    is_llama = _is_model(names[0], "llama")
    temperature = NOTHING if judge["judge"] == "rubric" else judge["llm"]["temperature"]
    rows = ", ".join([str(judge["at_most"]), *(["certain"] if judge["stop"] == "certain" else [])])
    return [
        _value("max_new_tokens", "judging", 256, infer["max_new_tokens"]),
        _value("answer_temperature", "judging", 0, infer["temperature"]),
        ComparedSetting("judge", "judging", "openai: Llama", ", ".join(names), len(names) == 1 and is_llama),
        _value("judge_temperature", "judging", 0, temperature),
        _value("judged_rows", "judging", "all", rows),
    ]


def _value(name: str, area: Area, reference: Any, ours: Any) -> ComparedSetting:
    def as_text(value: Any) -> str:  # 0.00005 as 5e-5
        return f"{value:g}".replace("e-0", "e-") if isinstance(value, float) else str(value)

    return ComparedSetting(name, area, as_text(reference), as_text(ours), reference == ours)


def _counts(name: str, reference: Sequence[int], ours: Sequence[float | None], wording: Wording) -> ComparedSetting:
    def as_text(counts: Sequence[float | None]) -> str:
        return " / ".join(map(wording.count, counts))

    return ComparedSetting(name, "training", as_text(reference), as_text(ours), ours == reference)


def _language_model(name: str, reference: str, ours: str, *words: str) -> ComparedSetting:
    """The same if our model's name has all of the words."""
    return ComparedSetting(name, "training", f"gemini: {reference}", ours, _is_model(ours, *words))


def page_source(extract: Mapping[str, Any]) -> str:
    """`en.wikipedia`, a wiki's address, or `bundled`."""
    if extract["source"] != "wikipedia":
        return str(extract["source"])
    return str(extract["endpoint"] or f"{extract['language']}.wikipedia")


def model_name(section: Mapping[str, Any], choice: str) -> str:
    """`gemini: gemini-3.8-flash`; only the choice if it isn't a language model, such as `rules`."""
    chosen = str(section[choice])
    return f"{chosen}: {section['llm']['model']}" if chosen in {"gemini", "openai"} else chosen


def judge_names(judge: Mapping[str, Any]) -> list[str]:
    """The judge and the other members of its panel, whose sections contain only what differs from its own."""
    panel = [
        {"judge": member["judge"], "llm": judge["llm"] | member.get("llm", {})} for member in judge.get("panel", [])
    ]
    return [model_name(member, "judge") for member in (judge, *panel)]


def _is_model(name: str, *words: str) -> bool:
    """Whether `name` is that of a language model and has all of the words."""
    return ":" in name and all(word in name.lower() for word in words)


def compare_figures(evidence: Evidence, wording: Wording) -> list[ComparedFigure]:
    """Every figure that the reference experiment reports of its models and their comparison."""
    differing = [setting for setting in compare_settings(evidence, wording) if not setting.same]
    differing_in_training = [setting for setting in differing if setting.area == "training"]

    def loss(size: str, reference: float) -> ComparedFigure:
        ours = evidence.measurement(f"train_{size}", "val_loss")
        near = ours is not None and abs(ours.value - reference) <= TOLERANCE * reference
        why = wording.text("reference.within" if near else "reference.beyond", percent=wording.percent(TOLERANCE, 0))
        three_places = partial(wording.decimal, places=3)
        return _figure(f"val_loss_{size}", reference, ours, three_places, differing_in_training, near, why, wording)

    def judged(name: str, reference: float, number_format: NumberFormat, *path: str) -> ComparedFigure:
        ours = evidence.measurement("judge", *path)
        inside = ours is not None and _contains(ours, reference)
        why = wording.text("reference.inside" if inside else "reference.outside")
        return _figure(name, reference, ours, number_format, differing, inside, why, wording)

    def percent(role: Role, reference: float, best: float, worst: float) -> ComparedFigure:
        """A total as percent of the points, with the best and the worst of a row."""

        def as_percent(total: float) -> str:
            return f"{wording.decimal(100 * total / TOTAL_MAX)}%"

        def with_range(text: str, ends: Sequence[float]) -> str:
            return f"{text} ({' / '.join(wording.decimal(end) for end in ends)})"

        path = (scored[role], role)
        compared = judged(f"percent_{role}", reference * TOTAL_MAX / 100, as_percent, *path, "total")
        range_of_ours = [100 * total / TOTAL_MAX for total in evidence.table("judge", *path).get("total_range", ())]
        return replace(
            compared,
            reference=with_range(compared.reference, (best, worst)),
            ours=with_range(compared.ours, range_of_ours[::-1]) if range_of_ours else compared.ours,
        )

    alone = "solo" if evidence.table("judge", "solo", "small") else "models"  # the reference scored small alone
    scored = {"full": "models", "small": alone, "base": "models"}
    totals = {"full": 12.06, "small": 8.46, "base": 4.39}
    return [
        loss("full", 0.504),
        loss("small", 0.596),
        *(
            judged(f"total_{role}", score, wording.decimal, scored[role], role, "total")
            for role, score in totals.items()
        ),
        percent("full", 80.40, 100, 6.67),
        percent("small", 56.40, 100, 0),
        percent("base", 29.25, 100, 0),
        *(
            judged(f"{outcome}_rate", rate, wording.percent, "pairs", "full-base", f"{outcome}_rate")
            for outcome, rate in (("win", 0.75), ("loss", 0.175), ("tie", 0.075))
        ),
        judged("gain", 7.67, wording.signed, "pairs", "full-base", "gain"),
    ]


def _figure(
    name: str,
    reference: float,
    ours: Measurement | None,
    number_format: NumberFormat,
    differing: Sequence[ComparedSetting],
    agrees: bool,
    why: str,
    wording: Wording,
) -> ComparedFigure:
    """`agrees` and `why` are the verdict if no setting differs and the figure was measured."""
    written = number_format(reference)
    if ours is None:
        return ComparedFigure(name, written, "", "", "not_comparable", wording.text("reference.not_measured"))
    verdict: Verdict = "reproduced" if agrees else "not_reproduced"
    if differing:
        verdict, why = "not_comparable", _describe_differences(differing, wording)
    interval = wording.interval(ours, number_format)
    return ComparedFigure(name, written, number_format(ours.value), interval, verdict, why)


def _describe_differences(differing: Sequence[ComparedSetting], wording: Wording) -> str:
    """The first few settings by name, and how many more there are."""
    names = ", ".join(wording.text(f"settings.{setting.name}") for setting in differing[:NAMED])
    if len(differing) <= NAMED:
        return wording.text("reference.differs", settings=names)
    return wording.text("reference.differs_more", settings=names, count=len(differing) - NAMED)


def _contains(ours: Measurement, reference: float) -> bool:
    """Whether our interval contains the reference's figure; False if we have no interval."""
    return ours.low is not None and ours.high is not None and ours.low <= reference <= ours.high
