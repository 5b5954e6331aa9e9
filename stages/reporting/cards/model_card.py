"""A model card: what a checkpoint was made of, how, how it was judged, and what it cannot do."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from stages.common.hub import OWNER, REVISIONS
from stages.common.records import Role
from stages.reporting.reference import judge_names

if TYPE_CHECKING:
    from huggingface_hub import EvalResult
    from jinja2 import Template

# Parameters of `train` and `base` that make no other model: where it is computed, where files lie.
NOT_OF_THE_MODEL = {"launcher", "device", "precision", "micro_batch_size", "compile", "snapshot_minutes"}
NOT_OF_SCRATCH = {"source", "model", "revision", "path", "sha256", "vocabulary", "snapshot_minutes"}


def model_card(
    template: "Template",
    role: Role,
    weights: str,
    digests: Mapping[str, str],
    metrics: Mapping[str, Any],
    params: Mapping[str, Any],
) -> str:
    """`weights` is the SHA-256 of model.safetensors, `digests` are those of the data files by path, `metrics` are by
    stage, `params` by section."""
    base = params["base"]
    tuned = role != "base"
    excluded = NOT_OF_THE_MODEL if tuned else NOT_OF_SCRATCH
    shown = params["train"] if tuned else base if base["source"] == "scratch" else {"dropout": base["dropout"]}
    judge = metrics.get("judge", {})
    return template.render(
        metadata=metadata(role, base, metrics).to_yaml(),
        role=role,
        tuned=tuned,
        training=metrics[f"train_{role}"] if tuned else metrics["base"],
        origin=origin(base),
        hyperparameters={name: value for name, value in shown.items() if name not in excluded},
        scores=judge.get("models", {}).get(role),
        comparisons=list(comparisons(role, judge.get("pairs", {}))),
        estimate=estimate,
        judges=judge_names(params["judge"]),
        weights=weights,
        digests=digests,
        metrics=metrics,
        params=params,
    )


def origin(base: Mapping[str, Any]) -> dict[str, str] | None:
    """The repository and revision of the Hub that the base model comes from; None where it comes from elsewhere."""
    if base["source"] != "huggingface":
        return None
    revision = REVISIONS[base["model"]] if base["revision"] == "default" else base["revision"]
    return {"repository": f"{OWNER}/{base['model']}", "revision": revision}


def metadata(role: Role, base: Mapping[str, Any], metrics: Mapping[str, Any]) -> Any:
    """A `huggingface_hub.ModelCardData`, with what was measured as its `model-index`."""
    from huggingface_hub import ModelCardData

    foreign = origin(base)
    return ModelCardData(
        model_name=f"wikitune-{role}",
        language=["en"],
        license="mit" if foreign else "unknown",
        library_name="transformers",
        pipeline_tag="text-generation",
        base_model=foreign["repository"] if foreign else None,
        tags=["gpt2"] if role == "base" else ["gpt2", "instruction-tuning"],
        eval_results=list(eval_results(role, metrics)) or None,
    )


def eval_results(role: Role, metrics: Mapping[str, Any]) -> "Iterator[EvalResult]":
    """Validation loss where the model was tuned, and the judge's scores where it was judged."""
    from huggingface_hub import EvalResult

    def result(config: str, split: str, metric: str, name: str, scores: Mapping[str, Any], key: str) -> EvalResult:
        return EvalResult(
            task_type="text-generation",
            dataset_type="wikitune",
            dataset_name="wikitune instructions",
            dataset_config=config,
            dataset_split=split,
            metric_type=metric,
            metric_name=name,
            metric_value=round(scores[key], 4),
            metric_args={"low_95": round(scores[f"{key}_low"], 4), "high_95": round(scores[f"{key}_high"], 4)}
            if f"{key}_low" in scores
            else None,
        )

    if role != "base":
        training = metrics[f"train_{role}"]
        yield result(role, "validation", "loss", "Loss, all tokens", training, "val_loss")
        yield result(role, "validation", "loss", "Loss, response tokens", training, "val_response_loss")
    scores = metrics.get("judge", {}).get("models", {}).get(role, {})
    if "total" in scores:
        yield result("full", "test", "judge_total", "Judge's total, of 15", scores, "total")


def comparisons(role: Role, pairs: Mapping[str, Mapping[str, Any]]) -> "Iterator[tuple[str, Mapping[str, Any]]]":
    """The judged pairs that the model stands in, as `full against base`."""
    for pair, scores in pairs.items():
        if role in pair.split("-"):
            yield pair.replace("-", " against "), scores


def estimate(scores: Mapping[str, float], key: str, digits: int) -> str:
    """A number with its 95% interval, where it has one."""
    value, low, high = (scores.get(name) for name in (key, f"{key}_low", f"{key}_high"))
    if value is None:
        return "not measured"
    return (
        f"{value:.{digits}f}"
        if low is None or high is None
        else f"{value:.{digits}f} ({low:.{digits}f} to {high:.{digits}f})"
    )
