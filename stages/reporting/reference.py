"""This run beside the reference experiment, point by point.

The rule of the verdicts. A figure depends on settings: a loss on those of data and training, a score on those of
answers and judge as well. Where one of them differs, or isn't known, or we have no such figure, the two are not
comparable. Where all are the same, the reference is reproduced if its figure lies in our 95% interval, and otherwise
not. A validation loss has no interval (one seed): it is reproduced if it lies within 5% of the reference's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from stages.reporting.evidence import Estimate, Evidence
from stages.reporting.wording import NOTHING, Form, Wording

NAMED = 3  # settings that a verdict names; the table of settings has all
TOLERANCE = 0.05  # of a reference loss
MEDIUM = (350e6, 360e6)  # parameters of GPT-2 medium (354,823,168) with any vocabulary near GPT-2's

Area = Literal["training", "judging"]
Verdict = Literal["reproduced", "not_reproduced", "not_comparable"]


@dataclass(frozen=True)
class Setting:
    """What both experiments had to choose."""

    name: str  # key in the catalogue
    area: Area
    reference: str
    ours: str
    same: bool


@dataclass(frozen=True)
class Point:
    """A figure of the reference experiment, ours, and what follows."""

    name: str
    reference: str
    ours: str
    interval: str
    verdict: Verdict
    why: str


def settings(evidence: Evidence, wording: Wording) -> list[Setting]:
    """Every setting that the reference experiment states, ours beside it."""
    return [*_data(evidence, wording), *_training(evidence, wording), *_judging(evidence)]


def _data(evidence: Evidence, wording: Wording) -> list[Setting]:
    params = evidence.params
    extract, synth, curate = params["extract"], params["synth"], params["curate"]
    source = page_source(extract)
    teacher, auditor = model_name(synth, "teacher"), model_name(curate, "auditor")
    mixed = [evidence.number("split", f"{kind}_drawn") for kind in ("synthetic", "general")]
    ours = [
        Setting("pages", "training", "en.wikipedia", source, source == "en.wikipedia"),
        Setting("teacher", "training", "gemini: Gemini 3 Flash", teacher, _is(teacher, "gemini-3", "flash")),
        Setting("auditor", "training", "gemini: Gemini 3 Pro", auditor, _is(auditor, "gemini-3", "pro")),
        _counts("examples", mixed, [1000, 1000], wording),
    ]
    for size, sides in (("full", [1600, 200, 200]), ("small", [400, 50, 50])):
        found = [evidence.number("split", size, side) for side in ("train", "val", "test")]
        ours.append(_counts(f"split_{size}", found, sides, wording))
    return ours


def _training(evidence: Evidence, wording: Wording) -> list[Setting]:
    train, base = evidence.params["train"], evidence.params["base"]
    parameters = evidence.number("base", "parameters") or 0
    name = base["model"] if base["source"] == "huggingface" else base["source"]
    ours = f"{name}, {wording.integer(parameters)}"
    pretrained = base["source"] != "scratch" and MEDIUM[0] < parameters < MEDIUM[1]
    return [
        Setting("model", "training", "gpt2-medium, 355M", ours, pretrained),
        *(
            _equal(name, reference, train[name], "training")
            for name, reference in (
                ("learning_rate", 5e-5),
                ("batch_size", 8),
                ("epochs", 1),
                ("weight_decay", 0.1),
                ("loss_on", "all"),
            )
        ),
    ]


def _judging(evidence: Evidence) -> list[Setting]:
    infer, judge = evidence.params["infer"], evidence.params["judge"]
    names = judge_names(judge)
    temperature = NOTHING if judge["judge"] == "rubric" else judge["llm"]["temperature"]
    return [
        _equal("max_new_tokens", 256, infer["max_new_tokens"]),
        _equal("answer_temperature", 0, infer["temperature"]),
        Setting("judge", "judging", "openai: Llama", ", ".join(names), len(names) == 1 and _is(names[0], "llama")),
        _equal("judge_temperature", 0, temperature),
    ]


def _equal(name: str, reference: Any, ours: Any, area: Area = "judging") -> Setting:
    return Setting(name, area, _written(reference), _written(ours), reference == ours)


def _written(value: Any) -> str:
    """`5e-5` for 0.00005."""
    return f"{value:g}".replace("e-0", "e-") if isinstance(value, float) else str(value)


def _counts(name: str, ours: list[float | None], reference: list[int], wording: Wording) -> Setting:
    def written(counts: list[Any]) -> str:
        return " / ".join(NOTHING if count is None else wording.integer(count) for count in counts)

    return Setting(name, "training", written(reference), written(ours), ours == reference)


def page_source(extract: Mapping[str, Any]) -> str:
    """`en.wikipedia`, a wiki's address, or `bundled`."""
    if extract["source"] != "wikipedia":
        return str(extract["source"])
    return str(extract["endpoint"] or f"{extract['language']}.wikipedia")


def model_name(section: Mapping[str, Any], choice: str) -> str:
    """`gemini: gemini-2.5-pro`; the choice alone where it is no language model."""
    chosen = str(section[choice])
    return f"{chosen}: {section['llm']['model']}" if chosen in {"gemini", "openai"} else chosen


def judge_names(judge: Mapping[str, Any]) -> list[str]:
    """The judge and those of its panel, who say only in what they differ from it."""
    panel = [{"judge": one["judge"], "llm": judge["llm"] | one.get("llm", {})} for one in judge.get("panel", [])]
    return [model_name(one, "judge") for one in (judge, *panel)]


def _is(name: str, *words: str) -> bool:
    """Whether a language model's name has all of the words."""
    return ":" in name and all(word in name.lower() for word in words)


def points(evidence: Evidence, wording: Wording) -> list[Point]:
    """Every figure that the reference experiment reports of its models and their comparison."""
    differing = [one for one in settings(evidence, wording) if not one.same]
    trained = [one for one in differing if one.area == "training"]

    def loss(size: str, reference: float) -> Point:
        found = evidence.estimate(f"train_{size}", "val_loss")
        near = found is not None and abs(found.value - reference) <= TOLERANCE * reference
        return _point(f"val_loss_{size}", reference, found, _decimals(wording, 3), trained, near, wording)

    def judged(name: str, reference: float, form: Form, *path: str) -> Point:
        found = evidence.estimate("judge", *path)
        inside = found is not None and _inside(found, reference)
        return _point(name, reference, found, form, differing, inside, wording)

    alone = "solo" if evidence.part("judge", "solo", "small") else "models"  # the reference scored small by itself
    where = {"full": "models", "small": alone, "base": "models"}
    totals = {"full": (12.06, 80.40), "small": (8.46, 56.40), "base": (4.39, 29.25)}
    return [
        loss("full", 0.504),
        loss("small", 0.596),
        *(
            judged(f"total_{role}", total, wording.decimal, where[role], role, "total")
            for role, (total, _) in totals.items()
        ),
        *(
            judged(f"percent_{role}", percent, _decimals(wording, 2, "%"), where[role], role, "percent")
            for role, (_, percent) in totals.items()
        ),
        *(
            judged(f"{outcome}_rate", rate, wording.percent, "pairs", "full-base", f"{outcome}_rate")
            for outcome, rate in (("win", 0.75), ("loss", 0.175), ("tie", 0.075))
        ),
        judged("gain", 7.67, wording.signed, "pairs", "full-base", "gain"),
    ]


def _point(
    name: str,
    reference: float,
    found: Estimate | None,
    form: Form,
    differing: list[Setting],
    agrees: bool,
    wording: Wording,
) -> Point:
    verdict: Verdict = "reproduced" if agrees else "not_reproduced"
    if found is None:
        verdict, why = "not_comparable", wording.text("reference.not_measured")
    elif differing:
        verdict, why = "not_comparable", _differences(differing, wording)
    elif name.startswith("val_loss"):
        why = wording.text("reference.within" if agrees else "reference.beyond", percent=wording.percent(TOLERANCE, 0))
    else:
        why = wording.text("reference.inside" if agrees else "reference.outside")
    ours = form(found.value) if found else ""
    return Point(name, form(reference), ours, wording.interval(found, form) if found else "", verdict, why)


def _differences(differing: list[Setting], wording: Wording) -> str:
    """The first few by name, the others by their number."""
    names = ", ".join(wording.text(f"settings.{one.name}") for one in differing[:NAMED])
    if len(differing) <= NAMED:
        return wording.text("reference.differs", settings=names)
    return wording.text("reference.differs_more", settings=names, count=len(differing) - NAMED)


def _inside(found: Estimate, reference: float) -> bool:
    return found.low is not None and found.high is not None and found.low <= reference <= found.high


def _decimals(wording: Wording, places: int, unit: str = "") -> Callable[[float], str]:
    return lambda value: wording.decimal(value, places) + unit
