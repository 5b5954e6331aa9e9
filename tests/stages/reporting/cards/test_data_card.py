"""The data card, read by the Hub's own client, and the attributions of the pages."""

import hashlib
from pathlib import Path

import pytest
from huggingface_hub import DatasetCard

from stages.common.errors import StageError
from stages.reporting.cards.data_card import attribute_pages, size_category
from tests.stages.reporting.cards.conftest import cards, with_values
from tests.stages.results import TITLES, example, page, params, rows


def test_the_hub_reads_the_data_card(run: Path) -> None:
    """Guards against metadata that is no YAML, and a licence of the pages or of the general tasks that is left out."""
    text = cards(run)["data"]
    read = vars(DatasetCard.load(run / "reports/cards/data.md").data)
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
    digest = hashlib.sha256((run / "data/curated.jsonl").read_bytes()).hexdigest()
    assert f"| `curated.jsonl` | `{digest}` |" in text


def test_every_page_is_attributed(run: Path) -> None:
    """Guards against text under CC BY-SA without its title, revision, address and licence."""
    cards(run)
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
    assert rows(run / "data/attribution.jsonl") == expected


def test_an_example_without_its_page_cannot_be_attributed() -> None:
    with pytest.raises(StageError, match=r"data/pages.jsonl lacks 'Porto', revision 1, which examples come from"):
        attribute_pages([example("Where?", "There.", "Porto")], [page("Lisbon", 0), page("Porto", 7)])


def test_prompts_of_language_models_are_named_by_their_hashes(run: Path, root: Path) -> None:
    """Guards against a card that calls a language model's examples rules, or keeps silent about who audited them."""
    settings = with_values(params(), synth__teacher="gemini", curate__auditor="openai", curate__llm__model="big<b>")
    text = cards(run, settings=settings)["data"]
    for folder, name in (("teachers", "teacher"), ("curation", "auditor")):
        assert hashlib.sha256((root / "stages" / f"{folder}/{name}.md").read_bytes()).hexdigest() in text
    assert "went to big\\<b\\> as auditor" in text
    assert "and rules and another machine checked them" in text


def test_a_general_set_from_elsewhere_has_no_known_licence(run: Path) -> None:
    """Guards against CC0 on what somebody else wrote, and a user's folders on a card."""
    settings = with_values(params(), split__general__path="/home/me/secret/tasks.json")
    text = cards(run, settings=settings)["data"]
    assert vars(DatasetCard(text).data)["license"] == ["cc-by-sa-4.0", "unknown"]
    assert "`tasks.json`. Their licence is not known to wikitune" in text
    assert "secret" not in text


@pytest.mark.parametrize(
    ("number", "name"), [(999, "n<1K"), (1000, "1K<n<10K"), (999_999, "100K<n<1M"), (10**6, "n>1M")]
)
def test_sizes_have_the_hubs_names(number: int, name: str) -> None:
    assert size_category(number) == name


def test_a_downloaded_set_is_not_taken_for_the_bundled_one(run: Path) -> None:
    """Guards against a card that calls other people's text CC0: `path` keeps its default when `url` is set."""
    url = "https://example.org/sets/tasks.jsonl?raw=1"
    text = cards(run, settings=with_values(params(), split__general__url=url))["data"]
    assert vars(DatasetCard(text).data)["license"] == ["cc-by-sa-4.0", "unknown"]
    assert "`tasks.jsonl`. Their licence is not known to wikitune" in text
    assert "written for wikitune" not in text


def test_the_licence_of_a_general_set_can_be_stated(run: Path) -> None:
    """Guards against a card without the licence that the user knows."""
    settings = with_values(params(), split__general__path="tasks.json", split__general__license="Apache-2.0")
    text = cards(run, settings=settings)["data"]
    assert vars(DatasetCard(text).data)["license"] == ["apache-2.0", "cc-by-sa-4.0"]
    assert "`tasks.json`. Their licence, as stated by whoever ran this, is Apache-2.0.\n\n**Kinds**" in text


def test_the_card_says_what_the_counts_leave_out(run: Path) -> None:
    """Guards against a proof of zeros that says nothing of the base model, which has read the test pages."""
    card = " ".join(cards(run)["data"].split())
    assert "the instructions of 1 test examples share a run of eight words with an instruction of train" in card
    assert "has read 1 of the 1 pages that test examples are about, and 2 of 2 test examples share a run" in card
