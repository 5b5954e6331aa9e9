"""How much work the parameters ask for, as far as that can be told before a run."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stages.common.errors import StageError
from stages.common.instruction_sets import read_instructions
from stages.common.params import AtMost
from stages.common.records import Page, Section
from stages.sources.input_files import CATEGORY, read_pages, read_titles

if TYPE_CHECKING:
    from model.core.gpt2 import GPT2Config

# Width, blocks and heads of GPT-2's published sizes.
PUBLISHED = {
    "gpt2": (768, 12, 12),
    "gpt2-medium": (1024, 24, 16),
    "gpt2-large": (1280, 36, 20),
    "gpt2-xl": (1600, 48, 25),
}
UNKNOWN = 1000  # pages of a category, and instructions of an address, where nothing bounds them


@dataclass(frozen=True)
class Sizes:
    """All but `parameters` are the most that there can be."""

    pages: list[Page]  # of a wiki, stand-ins as long as what a language model reads of a page
    examples: int  # that the teacher writes
    full: int  # rows of train, val and test together, here and below
    small: int
    parameters: int  # of the model

    @property
    def characters(self) -> int:
        return sum(len(section.text) for page in self.pages for section in page.sections)


def measure(sections: dict[str, Any]) -> Sizes:
    """Raises StageError where a file that the parameters name is missing or broken, or has too little for the split."""
    pages = _pages(sections)
    split = sections["split"]
    examples = len(pages) * sections["synth"]["per_page"]
    drawn = _bounded(examples, split["synthetic"]["at_most"])
    drawn += _bounded(_general(split["general"]), split["general"]["at_most"])
    full = drawn if split["full"] == "all" else split["full"]
    counted = sections["extract"]["source"] == "bundled" and not split["general"]["url"]  # else `drawn` is a guess
    if counted and max(full, split["small"]) > drawn:
        raise StageError(
            f"split.full is {split['full']} and split.small {split['small']}, of at most {drawn} examples that there "
            "can be; lower them, or raise split.synthetic.at_most, split.general.at_most or extract.at_most"
        )
    return Sizes(pages, examples, full, split["small"], parameter_count(sections["base"]))


def _pages(sections: dict[str, Any]) -> list[Page]:
    extract = sections["extract"]
    if extract["source"] == "bundled":
        pages = read_pages(Path(extract["path"]))
        return pages[: _bounded(len(pages), extract["at_most"])]
    limit = UNKNOWN if extract["category_limit"] == "all" else extract["category_limit"]
    titles = read_titles(Path(extract["titles"]))
    count = sum(limit if title.startswith(CATEGORY) else 1 for title in titles)
    length = sections["synth"]["page_characters"]
    return [_stand_in(number, length) for number in range(_bounded(count, extract["at_most"]))]


def _stand_in(number: int, length: int) -> Page:
    text = f"{number} ".ljust(length, "x")
    return Page(
        title=f"Page {number}",
        page_id=number,
        revision_id=0,
        revision_timestamp="unknown",
        url="unknown",
        language="en",
        license="unknown",
        sections=[Section(heading="", level=1, text=text)],
    )


def _general(general: dict[str, Any]) -> int:
    if general["url"]:
        return UNKNOWN
    return len(read_instructions(Path(general["path"]), general["missing_input"])[0])


def _bounded(count: int, at_most: AtMost) -> int:
    return count if at_most == "all" else min(count, at_most)


def parameter_count(base: dict[str, Any]) -> int:
    """Of the model that is tuned; of a file by its size, taken for float32."""
    import torch

    from model.core.gpt2 import GPT2

    if base["source"] == "path":
        path = Path(base["path"])
        file = path / "model.safetensors" if path.is_dir() else path
        if not file.is_file():
            raise StageError(f"{file} is missing; correct base.path, or set base.source to huggingface or scratch")
        return file.stat().st_size // 4
    with torch.device("meta"):  # shapes alone
        return GPT2(_config(base)).parameter_count()


def _config(base: dict[str, Any]) -> "GPT2Config":
    from model.core.gpt2 import GPT2Config

    if base["source"] == "huggingface":
        width, blocks, heads = PUBLISHED[base["model"]]
        return GPT2Config(n_embd=width, n_layer=blocks, n_head=heads)
    names = ("vocab_size", "n_positions", "n_embd", "n_layer", "n_head")
    return GPT2Config(**{name: base[name] for name in names})
