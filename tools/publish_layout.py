"""What is published, and where it stands: the data set at the top, so that `datasets` loads the folder itself, and the
models below it."""

import shutil
from pathlib import Path

from stages.common.errors import StageError
from stages.common.files import read_text, readable, sha256_of_file
from stages.common.records import ROLES
from stages.reporting.cards.data_card import FILES, dataset_configs
from stages.reporting.cards.write_cards import CARDS
from tools.publish_parquet import write_parquet

ATTRIBUTION = "attribution.jsonl"
CARD = "README.md"  # where the Hub looks for a card
MODELS = "models"
WEIGHTS = "model.safetensors"
MODEL_FILES = ("config.json", WEIGHTS, "tokenizer.json", "tokenizer_config.json")


def lay_out(data: Path, target: Path) -> None:
    """Copies data set and models from `data` into the folder `target`. Raises StageError where one is missing, or a
    card was written about other files."""
    check_cards(data)
    lay_out_data(data, target)
    for role in ROLES:
        folder = target / MODELS / role
        folder.mkdir(parents=True)
        copy(card_of(data, role), folder / CARD)
        for name in MODEL_FILES:
            copy(data / "checkpoints" / role / name, folder / name)


def lay_out_data(data: Path, target: Path) -> None:
    """JSON Lines as they are, Parquet with the same rows beside them, and the card, whose metadata name the latter."""
    from huggingface_hub import DatasetCard

    copy(data / ATTRIBUTION, target / ATTRIBUTION)
    for name in FILES:
        rows = target / name
        rows.parent.mkdir(parents=True, exist_ok=True)
        copy(data / name, rows)
        write_parquet(rows, rows.with_suffix(".parquet"))
    card = DatasetCard.load(card_of(data, "data"))
    card.data.configs = dataset_configs(".parquet")
    card.save(target / CARD)


def check_cards(data: Path) -> None:
    """A card names the SHA-256 of the files that it describes."""
    described = {card_of(data, "data"): [data / name for name in FILES]}
    for role in ROLES:
        described[card_of(data, role)] = [data / "checkpoints" / role / WEIGHTS]
    for card, files in described.items():
        text = read_text(card)
        for path in files:
            if sha256_of_file(path) not in text:
                raise StageError(f"{card} describes another {path.name} than {path}; run `dvc repro`")


def card_of(data: Path, name: str) -> Path:
    """The card that `plot` wrote about the data set or a model, in the folder beside `data`."""
    return data.parent / "reports" / CARDS / f"{name}.md"


def copy(source: Path, target: Path) -> None:
    """Raises StageError where `source` cannot be read."""
    with readable(source) as content, target.open("wb") as file:
        shutil.copyfileobj(content, file)
