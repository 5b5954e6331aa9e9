"""What is published, and where it stands: the data set at the top, so that `datasets` loads the folder itself, and the
models below it."""

import shutil
from pathlib import Path

from stages.cards.data_card import FILES, configs
from stages.cards.digests import sha256
from stages.cards.writing import CARD
from stages.errors import StageError
from stages.files import read_text
from stages.publishing.parquet import write_parquet
from stages.records import ROLES

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
            shutil.copyfile(data / "checkpoints" / role / name, folder / name)


def lay_out_data(data: Path, target: Path) -> None:
    """JSON Lines as they are, Parquet with the same rows beside them, and the card, whose metadata name the latter."""
    from huggingface_hub import DatasetCard

    shutil.copyfile(data / ATTRIBUTION, target / ATTRIBUTION)
    for name in FILES:
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(data / name, copy)
        write_parquet(copy, copy.with_suffix(".parquet"))
    card = DatasetCard.load(data / CARD)
    card.data.configs = configs(".parquet")
    card.save(target / CARD)


def check_cards(data: Path) -> None:
    """A card names the SHA-256 of the files that it describes."""
    described = {data / CARD: [data / name for name in FILES]}
    described |= {
        data / "checkpoints" / role / CARD: [data / "checkpoints" / role / name for name in MODEL_FILES if name != CARD]
        for role in ROLES
    }
    sha256(data / ATTRIBUTION)
    for card, files in described.items():
        text = read_text(card)
        for path in files:
            digest = sha256(path)
            if path.suffix in {".jsonl", ".safetensors"} and digest not in text:
                raise StageError(f"{card} describes another {path.name} than {path}; run `dvc repro`")
