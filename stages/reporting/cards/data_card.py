"""The data card: what the examples are, where they come from, how they were made and what they cannot do."""

from collections import Counter
from collections.abc import Mapping, Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stages.common.records import Example
from stages.reporting.cards.attribution import Attribution
from stages.reporting.cards.digests import sha256

if TYPE_CHECKING:
    from jinja2 import Template

# Names of the Hub's for the sides of a split.
SIDES = {"train": "train", "validation": "val", "test": "test"}
CONFIGS = {
    "full": {side: f"splits/full/{name}.jsonl" for side, name in SIDES.items()},
    "small": {side: f"splits/small/{name}.jsonl" for side, name in SIDES.items()},
    "curated": {"train": "curated.jsonl"},
}
FILES = tuple(path for files in CONFIGS.values() for path in files.values())

TEXT = "string"
# The columns, as `datasets` writes them: in a file where all rows lack a value, it couldn't tell its type.
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
# The Hub's names of licences that wikis have; for another it has `other`.
LICENSES = {
    spdx: spdx.lower() for spdx in ("CC0-1.0", "CC-BY-3.0", "CC-BY-4.0", "CC-BY-SA-3.0", "CC-BY-SA-4.0", "GFDL-1.3")
} | {"GFDL-1.3": "gfdl"}
BUNDLED = "data/bundled/instructions.jsonl"  # whose licence stands in data/LICENSE.md
STAGES = Path(__file__).parents[2]
TEACHER_PROMPT = STAGES / "teachers/teacher.md"
AUDITOR_PROMPT = STAGES / "curation/auditor.md"


def data_card(
    template: "Template",
    curated: Sequence[Example],
    attributions: Sequence[Attribution],
    digests: Mapping[str, str],
    metrics: Mapping[str, Any],
    params: Mapping[str, Any],
) -> str:
    """`digests` are the SHA-256 of the files by path, `metrics` are by stage, `params` by section."""
    general = params["split"]["general"]["path"]
    teachers = Counter((example.teacher.name, example.teacher.model) for example in curated)
    used = [page for page in attributions if page.examples]
    page_licenses = Counter(page.license for page in used)
    return template.render(
        metadata=metadata(metrics["split"], sorted(page_licenses), general == BUNDLED).to_yaml(),
        examples=len(curated),
        with_input=sum(bool(example.input) for example in curated),
        kinds=sorted(Counter(example.kind for example in curated).items(), key=lambda kind: (-kind[1], kind[0])),
        teachers=sorted(teachers.items(), key=str),
        pages=len(used),
        licenses=sorted(page_licenses.items()),
        general=Path(general).name,
        general_is_bundled=general == BUNDLED,
        teacher_prompt=None if params["synth"]["teacher"] == "rules" else sha256(TEACHER_PROMPT),
        auditor_prompt=None if params["curate"]["auditor"] == "none" else sha256(AUDITOR_PROMPT),
        digests=digests,
        metrics=metrics,
        params=params,
    )


def metadata(split: Mapping[str, Any], licenses: Sequence[str], general_is_bundled: bool) -> Any:
    """A `huggingface_hub.DatasetCardData`."""
    from huggingface_hub import DatasetCardData

    names = {LICENSES.get(spdx, "other") for spdx in licenses} | {"cc0-1.0" if general_is_bundled else "unknown"}
    return DatasetCardData(
        pretty_name="wikitune instructions",
        language=["en"],
        license=sorted(names),
        task_categories=["text-generation"],
        size_categories=[size_category(sum(split["full"].values()))],
        annotations_creators=["machine-generated"],
        multilinguality=["monolingual"],
        tags=["instruction-tuning", "synthetic"],
        configs=configs(".jsonl"),
        # Copies, as YAML would give what is shared a name.
        dataset_info=[{"config_name": name, "features": deepcopy(FEATURES)} for name in CONFIGS],
    )


def configs(ending: str) -> list[dict[str, Any]]:
    """The files of each configuration, which end in `.jsonl` or `.parquet`, as the Hub and `datasets` read them."""
    return [
        {"config_name": name}
        | ({"default": True} if name == "full" else {})
        | {
            "data_files": [
                {"split": side, "path": Path(path).with_suffix(ending).as_posix()} for side, path in files.items()
            ]
        }
        for name, files in CONFIGS.items()
    ]


def size_category(rows: int) -> str:
    """The Hub's name of the order of magnitude."""
    limits = {1_000: "n<1K", 10_000: "1K<n<10K", 100_000: "10K<n<100K", 1_000_000: "100K<n<1M"}
    return next((name for limit, name in limits.items() if rows < limit), "n>1M")
