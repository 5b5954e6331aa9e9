"""What is published, and where it stands: the data set at the top, so that `datasets` loads the folder itself, and the
models below it."""

import shutil
from pathlib import Path

from stages.common.errors import StageError
from stages.common.files import read_text, readable
from stages.common.records import ROLES
from stages.reporting.cards.data_card import FILES, configs
from stages.reporting.cards.digests import sha256
from stages.reporting.cards.writing import CARD
from tools.publish_parquet import write_parquet

ATTRIBUTION = "attribution.jsonl"
MODELS = "models"
WEIGHTS = "model.safetensors"
MODEL_FILES = (CARD, "config.json", WEIGHTS, "tokenizer.json", "tokenizer_config.json")


def lay_out(data: Path, target: Path) -> None:
    """Copies data set and models from `data` into the folder `target`. Raises StageError where one is missing, or a
    card was written about other files."""
    check_cards(data)
    lay_out_data(data, target)
    for role in ROLES:
        folder = target / MODELS / role
        folder.mkdir(parents=True)
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
    card = DatasetCard.load(data / CARD)
    card.data.configs = configs(".parquet")
    card.save(target / CARD)


def check_cards(data: Path) -> None:
    """A card names the SHA-256 of the files that it describes."""
    described = {data / CARD: [data / name for name in FILES]}
    for folder in (data / "checkpoints" / role for role in ROLES):
        described[folder / CARD] = [folder / WEIGHTS]
    for card, files in described.items():
        text = read_text(card)
        for path in files:
            if sha256(path) not in text:
                raise StageError(f"{card} describes another {path.name} than {path}; run `dvc repro`")


def copy(source: Path, target: Path) -> None:
    """Raises StageError where `source` cannot be read."""
    with readable(source) as content, target.open("wb") as file:
        shutil.copyfileobj(content, file)
