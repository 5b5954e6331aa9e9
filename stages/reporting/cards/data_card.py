"""The data card: what the examples are, where they come from, how they were made, and their limits.

Its paths are relative to the data set, as it is published.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field

from stages.common.errors import StageError
from stages.common.files import sha256_of_file
from stages.common.records import Example, Page, Record, Text

if TYPE_CHECKING:
    from huggingface_hub import DatasetCardData
    from jinja2 import Template

# The Hub's names for the sides of a split, and ours.
SIDES = {"train": "train", "validation": "val", "test": "test"}
CONFIGS = {
    "full": {side: f"splits/full/{name}.jsonl" for side, name in SIDES.items()},
    "small": {side: f"splits/small/{name}.jsonl" for side, name in SIDES.items()},
    "curated": {"train": "curated.jsonl"},
}
FILES = tuple(path for files in CONFIGS.values() for path in files.values())

TEXT = "string"
# The columns, in the form of `datasets`, which cannot infer a column's type if it is null in all rows of a file.
FEATURES = [
    *({"name": name, "dtype": TEXT} for name in ("id", "instruction", "input", "output", "kind")),
    {
        "name": "source",
        "struct": [
            {"name": "kind", "dtype": TEXT},
            {"name": "title", "dtype": TEXT},
            {"name": "revision_id", "dtype": "int64"},
            {"name": "url", "dtype": TEXT},
        ],
    },
    {"name": "teacher", "struct": [{"name": "name", "dtype": TEXT}, {"name": "model", "dtype": TEXT}]},
]
# The Hub's names of the licences that wikis use. Any other licence is `other`.
LICENSES = {
    spdx: spdx.lower() for spdx in ("CC0-1.0", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0", "GFDL-1.3")
} | {"GFDL-1.3": "gfdl"}
BUNDLED = "data/bundled/instructions.jsonl"  # its licence is in data/LICENSE.md
STAGES = Path(__file__).parents[2]
TEACHER_PROMPT = STAGES / "teachers/teacher.md"
AUDITOR_PROMPT = STAGES / "curation/auditor.md"


class Attribution(Record):
    """Whose text the examples of a page come from, as CC BY-SA asks."""

    title: Text
    revision_id: int
    url: Text
    language: Text
    license: Text  # SPDX identifier
    examples: Annotated[int, Field(ge=0)]  # in the curated set


def attribute_pages(examples: Sequence[Example], pages: Sequence[Page]) -> list[Attribution]:
    """All of the `pages`, in order, because the base model may also have read pages that no example is about.

    Raises StageError if the page of an example is missing, since the example could not be attributed.
    """
    counts = Counter((example.source.title, example.source.revision_id) for example in examples)
    missing = counts.keys() - {(page.title, page.revision_id) for page in pages}
    if missing:
        title, revision = min(missing, key=str)
        raise StageError(f"data/pages.jsonl lacks {title!r}, revision {revision}, which examples come from")
    return [
        Attribution(
            **page.model_dump(include=set(Attribution.model_fields)), examples=counts[page.title, page.revision_id]
        )
        for page in pages
    ]


def render_data_card(
    template: "Template",
    curated: Sequence[Example],
    attributions: Sequence[Attribution],
    digests: Mapping[str, str],
    metrics: Mapping[str, Any],
    params: Mapping[str, Any],
) -> str:
    """`digests` are the SHA-256 of the data files by path, `metrics` are by stage, `params` by section."""
    general = params["split"]["general"]
    teachers = Counter((example.teacher.name, example.teacher.model) for example in curated)
    used = [page for page in attributions if page.examples]
    page_licenses = Counter(page.license for page in used)
    return template.render(
        metadata=dataset_metadata(metrics["split"], sorted(page_licenses), general_license(general)).to_yaml(),
        examples=len(curated),
        with_input=sum(bool(example.input) for example in curated),
        kinds=sorted(Counter(example.kind for example in curated).items(), key=lambda kind: (-kind[1], kind[0])),
        teachers=sorted(teachers.items(), key=str),
        pages=len(used),
        licenses=sorted(page_licenses.items()),
        general=Path(urlsplit(general["url"]).path or general["path"]).name,
        general_is_bundled=is_bundled(general),
        general_license=general_license(general),
        teacher_prompt=None if params["synth"]["teacher"] == "rules" else sha256_of_file(TEACHER_PROMPT),
        auditor_prompt=None if params["curate"]["auditor"] == "none" else sha256_of_file(AUDITOR_PROMPT),
        digests=digests,
        metrics=metrics,
        params=params,
    )


def is_bundled(general: Mapping[str, Any]) -> bool:
    """Whether `split.general` names the tasks that come with the project."""
    return not general["url"] and general["path"] == BUNDLED


def general_license(general: Mapping[str, Any]) -> str:
    """The SPDX identifier of the general tasks, "unknown" if nobody stated it. `general` is `split.general`."""
    stated: str = general["license"]
    if stated != "auto":
        return stated
    return "CC0-1.0" if is_bundled(general) else "unknown"


def dataset_metadata(split: Mapping[str, Any], licenses: Sequence[str], general_license: str) -> "DatasetCardData":
    """`split` is the stage's metrics; `licenses` are the SPDX identifiers of the pages."""
    from huggingface_hub import DatasetCardData

    names = {LICENSES.get(spdx, "other") for spdx in licenses}
    names.add("unknown" if general_license == "unknown" else LICENSES.get(general_license, general_license.lower()))
    return DatasetCardData(
        pretty_name="wikitune instructions",
        language=["en"],
        license=sorted(names),
        task_categories=["text-generation"],
        size_categories=[size_category(sum(split["full"].values()))],
        annotations_creators=["machine-generated"],
        multilinguality=["monolingual"],
        tags=["instruction-tuning", "synthetic"],
        configs=dataset_configs(".jsonl"),
        # Copies: YAML would write shared objects as aliases, which not every reader knows.
        dataset_info=[{"config_name": name, "features": deepcopy(FEATURES)} for name in CONFIGS],
    )


def dataset_configs(suffix: str) -> list[dict[str, Any]]:
    """The files of each configuration, as the Hub and `datasets` read them. `suffix` is `.jsonl` or `.parquet`."""
    return [
        {"config_name": name}
        | ({"default": True} if name == "full" else {})
        | {
            "data_files": [
                {"split": side, "path": Path(path).with_suffix(suffix).as_posix()} for side, path in files.items()
            ]
        }
        for name, files in CONFIGS.items()
    ]


def size_category(rows: int) -> str:
    """The Hub's name for the order of magnitude of a number of rows."""
    limits = {1_000: "n<1K", 10_000: "1K<n<10K", 100_000: "10K<n<100K", 1_000_000: "100K<n<1M"}
    return next((name for limit, name in limits.items() if rows < limit), "n>1M")
