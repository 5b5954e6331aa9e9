"""The cards that a run leaves, read by the Hub's own client."""

import hashlib
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import DatasetCard, ModelCard, ModelCardData

from model.core.prompt import render_prompt
from stages.common.errors import StageError
from stages.reporting.cards.attribution import attribute
from stages.reporting.cards.data_card import size_category
from stages.reporting.cards.writing import write_cards
from tests.stages.results import QUESTION, TITLES, Nested, example, metrics, page, params, rows, write_results


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's results, without cards."""
    folder = tmp_path_factory.mktemp("data")
    write_results(folder)
    return folder


def cards(data: Path, measured: Nested | None = None, settings: Nested | None = None) -> dict[str, str]:
    """The texts of all cards, by the names of their folders, as the two change them."""
    write_cards(data, measured or metrics(), settings or params())
    return {name: (folder / "README.md").read_text() for name, folder in folders(data).items()}


def folders(data: Path) -> dict[str, Path]:
    return {"data": data} | {role: data / "checkpoints" / role for role in ("base", "small", "full")}


def metadata(card: Path) -> ModelCardData:
    """What the Hub's client reads of a model card."""
    read = ModelCard.load(card).data
    assert isinstance(read, ModelCardData)
    return read


def with_values(sections: Nested, **values: Any) -> Nested:
    """A copy with the values of `section__key`."""
    changed = deepcopy(sections)
    for name, value in values.items():
        *outer, last = name.split("__")
        place = changed
        for key in outer:
            place = place[key]
        place[last] = value
    return changed


def test_the_hub_reads_the_data_card(data: Path) -> None:
    """Guards against metadata that is no YAML, and a licence of the pages or of the general tasks that is left out."""
    text = cards(data)["data"]
    read = vars(DatasetCard.load(data / "README.md").data)
    assert read["license"] == ["cc-by-sa-4.0", "cc0-1.0"]
    assert (read["language"], read["size_categories"]) == (["en"], ["n<1K"])
    assert [config["config_name"] for config in read["configs"]] == ["full", "small", "curated"]
    assert "&" not in text.split("---")[1]  # no aliases, which not every reader of YAML knows
    assert "2 of 3 pages that were read gave examples." in text
    assert "| CC-BY-SA-4.0 | 2 |" in text
    assert "written by rules (2).\nIt is a set of grammar patterns, without a prompt.\n" in text
    assert "| too\\_short | 1 |" in text
    assert "| where | 2 |" in text
    assert "3 were drawn from 9 in `instructions.jsonl`. They were written for wikitune and are in the public" in text
    digest = hashlib.sha256((data / "curated.jsonl").read_bytes()).hexdigest()
    assert f"| `curated.jsonl` | `{digest}` |" in text


def test_every_page_is_attributed(data: Path) -> None:
    """Guards against text under CC BY-SA without its title, revision, address and licence."""
    cards(data)
    expected = [
        {
            "title": title,
            "revision_id": number,
            "url": f"https://x.org/{title}",
            "language": "en",
            "license": "CC-BY-SA-4.0",
            "examples": count,
        }
        for number, (title, count) in enumerate(zip(TITLES, (1, 1, 0), strict=True))
    ]
    assert rows(data / "attribution.jsonl") == expected


def test_an_example_without_its_page_cannot_be_attributed() -> None:
    with pytest.raises(StageError, match=r"data/pages.jsonl lacks 'Porto', revision 1, which examples come from"):
        attribute([example("Where?", "There.", "Porto")], [page("Lisbon", 0), page("Porto", 7)])


def test_prompts_of_language_models_are_named_by_their_hashes(data: Path, root: Path) -> None:
    """Guards against a card that calls a language model's examples rules, or keeps silent about who audited them."""
    settings = with_values(params(), synth__teacher="gemini", curate__auditor="openai", curate__llm__model="big<b>")
    text = cards(data, settings=settings)["data"]
    for folder, name in (("teachers", "teacher"), ("curation", "auditor")):
        assert hashlib.sha256((root / "stages" / f"{folder}/{name}.md").read_bytes()).hexdigest() in text
    assert "went to big\\<b\\> as auditor" in text
    assert "and rules and another machine checked them" in text


def test_a_general_set_from_elsewhere_has_no_known_licence(data: Path) -> None:
    """Guards against CC0 on what somebody else wrote, and a user's folders on a card."""
    settings = with_values(params(), split__general__path="/home/me/secret/tasks.json")
    text = cards(data, settings=settings)["data"]
    assert vars(DatasetCard(text).data)["license"] == ["cc-by-sa-4.0", "unknown"]
    assert "`tasks.json`. Their licence is not known to wikitune" in text
    assert "secret" not in text


def test_the_hub_reads_the_model_cards(data: Path) -> None:
    """Guards against a model-index that the client cannot read, or numbers of another model."""
    texts = cards(data)
    read = metadata(data / "checkpoints/full/README.md")
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
    assert "| learning\\_rate | 0.002 |" in texts["full"]
    weights = hashlib.sha256((data / "checkpoints/full/model.safetensors").read_bytes()).hexdigest()
    assert texts["full"].endswith(f"SHA-256 of `model.safetensors`: `{weights}`\n")


def test_what_was_not_measured_is_not_said(data: Path) -> None:
    """Guards against a zero, a null or another model's number in the place of one that isn't there."""
    texts = cards(data)
    assert "Its answers were not judged." in texts["small"]
    results = metadata(data / "checkpoints/small/README.md").eval_results or []
    assert [result.metric_type for result in results] == ["loss", "loss"]
    assert "| factual correctness, of 5 | not measured |" in texts["base"]
    assert "| total, of 15 | 6.75 |" in texts["base"]
    assert "## Losses" not in texts["base"] and "## Losses" in texts["small"]


def test_without_a_judge_there_are_cards(data: Path) -> None:
    assert "Its answers were not judged." in cards(data, with_values(metrics(), judge={}))["full"]


def test_without_what_it_has_to_say_there_is_no_card(data: Path) -> None:
    """Guards against a traceback after a run that was stopped."""
    with pytest.raises(StageError, match=r"the cards need reports/metrics/train_full.json, which is missing or empty"):
        cards(data, with_values(metrics(), train_full={}))


def test_all_judges_are_named(data: Path) -> None:
    """Guards against a panel's scores under the name of its first judge alone."""
    assert "A rubric scored the answers to" in cards(data)["full"]
    settings = with_values(params(), judge__panel=[{"judge": "openai", "llm": {"model": "big"}}])
    assert "rubric and openai: big scored the answers to" in cards(data, settings=settings)["full"]


@pytest.mark.parametrize(
    ("healthy", "said"), [(1, "It passed its own health checks."), (0, "It failed its own health")]
)
def test_a_judge_that_failed_its_checks_is_not_relied_on(data: Path, healthy: int, said: str) -> None:
    assert said in cards(data, with_values(metrics(), judge__healthy=healthy))["full"]


def test_gpt2s_own_weights_are_the_base_model(data: Path) -> None:
    """Guards against a foreign model that is passed off as trained here."""
    settings = with_values(params(), base__source="huggingface", base__model="gpt2-medium")
    texts = cards(data, settings=settings)
    for role in ("base", "full"):
        read = metadata(data / f"checkpoints/{role}/README.md")
        assert (read.base_model, read.license) == ("openai-community/gpt2-medium", "mit")
        assert "revision `6dcaa7a952f72f9298047fd5137cd6e4f05f41da`" in texts[role]
        assert "from scratch" not in texts[role]


def test_weights_from_a_file_are_named_by_their_hash_alone(data: Path) -> None:
    """Guards against a user's folders on a card."""
    settings = with_values(params(), base__source="path", base__path="/home/me/secret")
    text = cards(data, with_values(metrics(), base__sha256="f" * 64), settings)["base"]
    assert f"Weights from a file with the SHA-256 `{'f' * 64}`." in text
    assert "secret" not in text


def test_the_cards_prompt_is_the_models(data: Path) -> None:
    """Guards against an example whose prompt is not the one that the model was trained on."""
    [code] = re.findall(r"prompt = (\(\n.*?\n\))", cards(data)["full"], re.S)
    assert eval(code) == render_prompt(QUESTION)


def test_cards_are_the_same_bytes_again(data: Path) -> None:
    assert cards(data) == cards(data)


@pytest.mark.parametrize(
    ("number", "name"), [(999, "n<1K"), (1000, "1K<n<10K"), (999_999, "100K<n<1M"), (10**6, "n>1M")]
)
def test_sizes_have_the_hubs_names(number: int, name: str) -> None:
    assert size_category(number) == name
