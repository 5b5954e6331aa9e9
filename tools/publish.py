"""`wikitune publish`: the data set and the models of the last `dvc repro`, laid out as on the Hugging Face Hub.

The data set is at the top of the folder, so that `datasets.load_dataset(FOLDER)` loads it; the models are below it.
"""

import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from stages.common.errors import StageError
from stages.common.files import iter_jsonl, read_text, readable, sha256_of_file
from stages.common.records import ROLES, Example
from stages.reporting.cards.data_card import FILES, dataset_configs
from tools.publish_targets import HUB_PREFIX, MODELS, parse_repository, replace_folder, upload_to_hub

DATA = Path("data")
CARDS = Path("reports/cards")  # data.md, and one for each model, such as base.md
CARD = "README.md"  # where the Hub looks for a card
ATTRIBUTION = "attribution.jsonl"
WEIGHTS = "model.safetensors"
MODEL_FILES = ("config.json", "generation_config.json", WEIGHTS, "tokenizer.json", "tokenizer_config.json")
ROW_GROUP = 10_000  # rows of a Parquet file that are in memory at once


def publish(target: str, private: bool) -> list[str]:
    """Publishes to `target`, a folder or hf://OWNER/NAME; returns a line to print for each thing that was written.

    `private` is for new repositories of the Hub. Raises StageError if something is missing, if a card is about other
    files, or if the target can't be written.
    """
    if find_spec("pyarrow") is None:
        raise StageError("Parquet files need pyarrow, which is not installed; pip install 'wikitune[publish]'")
    if target.startswith(HUB_PREFIX):
        name = parse_repository(target)
        with TemporaryDirectory(prefix="wikitune-") as folder:
            lay_out(Path(folder))
            return upload_to_hub(Path(folder), name, private)
    try:
        replace_folder(Path(target), lay_out)
    except KeyboardInterrupt:
        raise StageError("interrupted; what was there before is as it was") from None
    return [f"{target}: the data set, and the models in {MODELS}/"]


def lay_out(target: Path) -> None:
    """Copies the data set, the models and their cards into the empty folder `target`.

    Raises StageError if one is missing, or a card describes other files than these.
    """
    check_card("data", [DATA / name for name in FILES])
    for role in ROLES:
        check_card(role, [DATA / "checkpoints" / role / WEIGHTS])
    lay_out_data(target)
    for role in ROLES:
        folder = target / MODELS / role
        folder.mkdir(parents=True)
        copy_file(CARDS / f"{role}.md", folder / CARD)
        for name in MODEL_FILES:
            copy_file(DATA / "checkpoints" / role / name, folder / name)


def check_card(name: str, files: list[Path]) -> None:
    """Raises StageError unless the card has the SHA-256 of each of the files."""
    card = CARDS / f"{name}.md"
    text = read_text(card)
    for path in files:
        if sha256_of_file(path) not in text:
            raise StageError(f"{card} describes another {path.name} than {path}; run `dvc repro`")


def lay_out_data(target: Path) -> None:
    """Writes the JSON Lines files unchanged, Parquet files with the same rows, and the card, which names the Parquet
    files as the data."""
    from huggingface_hub import DatasetCard

    copy_file(DATA / ATTRIBUTION, target / ATTRIBUTION)
    for name in FILES:
        rows = target / name
        rows.parent.mkdir(parents=True, exist_ok=True)
        copy_file(DATA / name, rows)
        write_parquet(rows, rows.with_suffix(".parquet"))
    card = DatasetCard.load(CARDS / "data.md")
    card.data.configs = dataset_configs(".parquet")
    card.save(target / CARD)


def copy_file(source: Path, target: Path) -> None:
    """Raises StageError if `source` cannot be read."""
    with readable(source) as content, target.open("wb") as file:
        shutil.copyfileobj(content, file)


def write_parquet(source: Path, target: Path) -> None:
    """The examples of a JSON Lines file, with the columns of `stages/reporting/cards/data_card.py`."""
    from pyarrow import Table
    from pyarrow.parquet import ParquetWriter

    schema = example_schema()
    with ParquetWriter(target, schema) as writer:
        rows = (example.model_dump() for example in iter_jsonl(source, Example))
        for group in row_groups(rows):
            writer.write_table(Table.from_pylist(group, schema=schema))


def row_groups(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    """The rows in lists of up to `ROW_GROUP`."""
    while group := list(islice(rows, ROW_GROUP)):
        yield group


def example_schema() -> Any:
    """The columns as a `pyarrow.Schema`."""
    import pyarrow as pa

    text = pa.string()
    source = pa.struct([("kind", text), ("title", text), ("revision_id", pa.int64()), ("url", text)])
    teacher = pa.struct([("name", text), ("model", text)])
    texts = [(name, text) for name in ("id", "instruction", "input", "output", "kind")]
    return pa.schema([*texts, ("source", source), ("teacher", teacher)])
