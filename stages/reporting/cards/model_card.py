"""A model card: what a checkpoint was made from and how, how it was judged, and its limits."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from stages.common.hub import OWNER, choose_revision
from stages.common.params import dotted_keys
from stages.common.records import Role
from stages.reporting.reference import judge_names

if TYPE_CHECKING:
    from huggingface_hub import EvalResult, ModelCardData
    from jinja2 import Template

# Parameters of `train` and `base` that the cards leave out: they say how the model is computed or where files are.
SNAPSHOTS = {"snapshot_minutes", "keep_snapshots"}
NOT_OF_THE_MODEL = {"launcher", "device", "precision", "micro_batch_size", "compile", "tracker"} | SNAPSHOTS
NOT_OF_SCRATCH = {"source", "model", "revision", "path", "sha256", "vocabulary", "snapshot_minutes"}


def render_model_card(
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
    prefers = role == "full" and params["train"]["objective"] == "dpo"
    excluded = excluded if prefers else excluded | {"objective", "dpo"}
    shown = params["train"] if tuned else base if base["source"] == "scratch" else {"dropout": base["dropout"]}
    judge = metrics.get("judge", {})
    return template.render(
        metadata=model_metadata(role, base, metrics).to_yaml(),
        role=role,
        tuned=tuned,
        training=metrics[f"train_{role}"] if tuned else metrics["base"],
        origin=hub_origin(base),
        hyperparameters=dotted_keys({name: value for name, value in shown.items() if name not in excluded}),
        scores=judge.get("models", {}).get(role),
        comparisons=list(judged_pairs(role, judge.get("pairs", {}))),
        with_interval=format_with_interval,
        judges=judge_names(params["judge"]),
        weights=weights,
        digests=digests,
        metrics=metrics,
        params=params,
    )


def hub_origin(base: Mapping[str, Any]) -> dict[str, str] | None:
    """The repository and revision of the Hub that the base model comes from; None if it comes from elsewhere."""
    if base["source"] != "huggingface":
        return None
    revision = choose_revision(base["model"], base["revision"])
    return {"repository": f"{OWNER}/{base['model']}", "revision": revision}


def model_metadata(role: Role, base: Mapping[str, Any], metrics: Mapping[str, Any]) -> "ModelCardData":
    """The metadata, with what was measured as its `model-index`."""
    from huggingface_hub import ModelCardData

    origin = hub_origin(base)
    return ModelCardData(
        model_name=f"wikitune-{role}",
        language=["en"],
        license="mit" if origin else "unknown",
        library_name="transformers",
        pipeline_tag="text-generation",
        base_model=origin["repository"] if origin else None,
        tags=["gpt2"] if role == "base" else ["gpt2", "instruction-tuning"],
        eval_results=list(eval_results(role, metrics)) or None,
    )


def eval_results(role: Role, metrics: Mapping[str, Any]) -> "Iterator[EvalResult]":
    """The validation losses if the model was tuned, and the judge's total if it was judged."""
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
            metric_args=dict(zip(("low_95", "high_95"), (round(end, 4) for end in ends), strict=True))
            if (ends := scores.get(f"{key}_95"))
            else None,
        )

    if role != "base":
        training = metrics[f"train_{role}"]
        yield result(role, "validation", "loss", "Loss, all tokens", training, "val_loss")
        yield result(role, "validation", "loss", "Loss, response tokens", training, "val_response_loss")
    scores = metrics.get("judge", {}).get("models", {}).get(role, {})
    if "total" in scores:
        yield result("full", "test", "judge_total", "Judge's total, of 15", scores, "total")


def judged_pairs(role: Role, pairs: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The judged pairs that the model is in, such as `full against base`, with their metrics."""
    for pair, scores in pairs.items():
        if role in pair.split("-"):
            yield pair.replace("-", " against "), scores


def format_with_interval(metrics: Mapping[str, Any], key: str, digits: int) -> str:
    """A number with its 95% interval, if it has one."""
    if key not in metrics:
        return "not measured"
    text = f"{metrics[key]:.{digits}f}"
    ends = [f"{end:.{digits}f}" for end in metrics.get(f"{key}_95", ())]
    return f"{text} ({' to '.join(ends)})" if ends else text
