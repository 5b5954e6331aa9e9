"""The model cards, read by the Hub's own client."""

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import ModelCard, ModelCardData

from model.core.prompt import render_prompt
from tests.stages.reporting.cards.conftest import cards, with_values
from tests.stages.results import QUESTION, metrics, params


def metadata(card: Path) -> ModelCardData:
    """What the Hub's client reads of a model card."""
    read = ModelCard.load(card).data
    assert isinstance(read, ModelCardData)
    return read


def test_the_hub_reads_the_model_cards(run: Path) -> None:
    """Guards against a model-index that the client cannot read, or numbers of another model."""
    texts = cards(run)
    read = metadata(run / "reports/cards/full.md")
    results = [
        (result.metric_name, result.metric_value, result.metric_args, result.dataset_split)
        for result in read.eval_results or []
    ]
    assert results == [
        ("Loss, all tokens", 1.2346, None, "validation"),
        ("Loss, response tokens", 1.5, None, "validation"),
        ("Judge's total, of 15", 6.75, {"low_95": 5.1235, "high_95": 8.0}, "test"),
    ]
    assert (read.license, read.base_model, read.library_name) == ("unknown", None, "transformers")
    assert "| total, of 15 | 6.75 (5.12 to 8.00) |" in texts["full"]
    assert "| full against base | 2.00 (-0.50 to 4.00) | unresolved |" in texts["full"]
    assert "| learning\\_rate | 5e-05 |" in texts["full"]
    weights = hashlib.sha256((run / "data/checkpoints/full/model.safetensors").read_bytes()).hexdigest()
    assert texts["full"].endswith(f"SHA-256 of `model.safetensors`: `{weights}`\n")


def test_a_card_lists_what_makes_its_model(run: Path) -> None:
    """Guards against where it was computed among the hyperparameters, and a source that another model has."""
    texts = cards(run)
    shown = {role: set(re.findall(r"^\| ([a-z\\_]+) \|", texts[role], re.M)) for role in ("base", "full")}
    assert {"epochs", "batch\\_size", "loss\\_on"} < shown["full"]
    assert {"n\\_layer", "n\\_head", "vocab\\_size"} < shown["base"]
    for elsewhere in ("device", "launcher", "compile", "snapshot\\_minutes", "tracker"):
        assert elsewhere not in shown["full"]
    for of_other_sources in ("source", "revision", "sha256", "path"):
        assert of_other_sources not in shown["base"]


def test_what_was_not_measured_is_not_said(run: Path) -> None:
    """Guards against a zero, a null or another model's number in the place of one that isn't there."""
    texts = cards(run)
    assert "Its answers were not judged." in texts["small"]
    results = metadata(run / "reports/cards/small.md").eval_results or []
    assert [result.metric_type for result in results] == ["loss", "loss"]
    assert "| factual correctness, of 5 | not measured |" in texts["base"]
    assert "| total, of 15 | 6.75 |" in texts["base"]
    assert "## Losses" not in texts["base"] and "## Losses" in texts["small"]


def test_all_judges_are_named(run: Path) -> None:
    """Guards against a panel's scores under the name of its first judge alone."""
    assert "A rubric scored the answers to" in cards(run)["full"]
    settings = with_values(params(), judge__panel=[{"judge": "openai", "llm": {"model": "big"}}])
    assert "rubric and openai: big scored the answers to" in cards(run, settings=settings)["full"]


@pytest.mark.parametrize(
    ("healthy", "said"), [(1, "It passed its own health checks."), (0, "It failed its own health")]
)
def test_a_judge_that_failed_its_checks_is_not_relied_on(run: Path, healthy: int, said: str) -> None:
    assert said in cards(run, with_values(metrics(), judge__healthy=healthy))["full"]


def test_gpt2s_own_weights_are_the_base_model(run: Path) -> None:
    """Guards against a foreign model that is passed off as trained here."""
    settings = with_values(params(), base__source="huggingface", base__model="gpt2-medium")
    texts = cards(run, settings=settings)
    for role in ("base", "full"):
        read = metadata(run / f"reports/cards/{role}.md")
        assert (read.base_model, read.license) == ("openai-community/gpt2-medium", "mit")
        assert "revision `6dcaa7a952f72f9298047fd5137cd6e4f05f41da`" in texts[role]
        assert "from scratch" not in texts[role]


def test_weights_from_a_file_are_named_by_their_hash_alone(run: Path) -> None:
    """Guards against a user's folders on a card."""
    settings = with_values(params(), base__source="path", base__path="/home/me/secret")
    text = cards(run, with_values(metrics(), base__sha256="f" * 64), settings)["base"]
    assert f"Weights from a file with the SHA-256 `{'f' * 64}`." in text
    assert "secret" not in text


def test_the_bundled_model_is_named_with_its_licence_and_what_it_was_asked(run: Path) -> None:
    """Guards against a model that wikitune made and about which its card knows nothing."""
    settings = with_values(params(), base__source="bundled")
    asked = {"asked_examples": 9, "asked_in_train": 7, "asked_in_val_and_test": 0}
    measured = with_values(metrics(), base__sha256="f" * 64, split__base=metrics()["split"]["base"] | asked)
    text = cards(run, measured, settings)["full"]
    assert f"The model that comes with wikitune, with the SHA-256 `{'f' * 64}`." in text
    assert "9 ask one of them in the same words: 7 are in train, 0 in validation" in text
    assert "WordNet" in text and "Nobody has chosen a licence for these weights" not in text


def test_the_cards_prompt_is_the_models(run: Path, root: Path) -> None:
    """Guards against an example whose prompt is not the one that the model was trained on."""
    from transformers import AutoTokenizer

    [code] = re.findall(r"^chat = .*\nprompt = .*$", cards(run)["full"], re.M)
    names: dict[str, Any] = {"tokenizer": AutoTokenizer.from_pretrained(root / "data/bundled/base")}
    exec(code, names)
    assert names["prompt"] == render_prompt(QUESTION)


def test_what_the_base_model_has_read_of_the_test_pages_is_said(run: Path) -> None:
    """Guards against a zero for weights of which nobody knows what they have read."""
    assert all("The base model has read 1 of the 1 pages" in cards(run)[role] for role in ("base", "small", "full"))
    unknown = {"test_pages": 1, "read_test_pages": "unknown", "test_examples_that_share_words": "unknown"}
    assert "What the base model has read is unknown" in cards(run, with_values(metrics(), split__base=unknown))["full"]
