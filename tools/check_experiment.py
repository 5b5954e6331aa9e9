"""The experiment that is checked: its parameters, how much work they ask for, and the findings about it."""

import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

from stages.base import BUNDLED
from stages.common.errors import StageError
from stages.common.files import read_text
from stages.common.instruction_sets import read_instructions
from stages.common.params import PARAMS, AtMost, read_sections
from stages.common.records import Page, Section
from stages.engine.apart import check_engine
from stages.sources.dump_files import count_pages, list_files
from stages.sources.input_files import CATEGORY, read_pages, read_titles

if TYPE_CHECKING:
    from model.core.gpt2_config import GPT2Config

# Width, blocks and heads of GPT-2's published sizes.
PUBLISHED = {
    "gpt2": (768, 12, 12),
    "gpt2-medium": (1024, 24, 16),
    "gpt2-large": (1280, 36, 20),
    "gpt2-xl": (1600, 48, 25),
}
MOST_STAND_INS = 5000  # pages; of more, costs are computed from these
UNKNOWN = 1000  # assumed number of pages in a category without a limit, and of instructions in a file at a URL


@dataclass(frozen=True)
class Finding:
    verdict: Literal["ok", "FAILS", "about"]  # about: an estimate, which can't fail
    what: str
    text: str  # what is there or needed; if it fails, also what to set


@dataclass(frozen=True)
class Workload:
    """Upper limits, except for `parameters`."""

    pages: list[Page]  # of a wiki or a dump: stand-ins as long as what a language model reads of a page
    page_count: int
    examples: int  # that the teacher writes
    full: int  # rows of train, val and test together, here and below
    small: int
    parameters: int  # of the model

    @property
    def characters(self) -> int:
        listed = sum(len(section.text) for page in self.pages for section in page.sections)
        return round(listed * self.pages_each)

    @property
    def pages_each(self) -> float:
        """How many pages each of `pages` stands for."""
        return self.page_count / len(self.pages)


def read_profile(path: Path) -> list[str]:
    """The changes of a profile, each as `key=value`.

    Raises StageError for a line that `dvc exp run $(cat PROFILE)` would not get as it is written: the shell splits the
    file at spaces, and knows neither quotes nor comments there.
    """
    changes = []
    for number, line in enumerate(read_text(path).splitlines(), start=1):
        words = line.split()
        if len(words) != 2 or words[0] != "-S" or "=" not in words[1]:
            raise StageError(f"{path}:{number}: {line!r} is no change; a line is -S key=value, without any space in it")
        changes.append(words[1])
    return changes


def changed_sections(changes: Sequence[str]) -> dict[str, Any]:
    """All sections of params.yaml with the changes applied by DVC's own code, unchecked. If two changes set the same
    key, the later one counts.

    Raises StageError for an unknown key, and for a value that DVC can't read.
    """
    read_text(PARAMS)  # raises a StageError with advice if the file is missing
    with TemporaryDirectory() as folder:
        copy = Path(shutil.copy(PARAMS, folder))
        _apply(changes, copy)
        return read_sections(copy)


def _apply(changes: Sequence[str], path: Path) -> None:
    from dvc.exceptions import InvalidArgumentError
    from dvc.utils.hydra import apply_overrides

    try:
        apply_overrides(path, list(changes))
    except InvalidArgumentError as error:
        for change in changes if len(changes) > 1 else ():
            _apply([change], path)  # raises for the one that is wrong
        reason = str(error.__cause__ or error).splitlines()[0].rstrip(".")
        raise StageError(
            f"{' '.join(changes)}: {reason}; the keys are those of {PARAMS}, with their section"
        ) from error


def measure_workload(sections: dict[str, Any]) -> Workload:
    """How much work the parameters ask for, as far as that is known before a run.

    Raises StageError if a file that the parameters name is missing or broken, or has too few examples for the split.
    """
    pages, page_count = _pages(sections)
    split = sections["split"]
    examples = page_count * sections["synth"]["per_page"]
    drawn = _limited(examples, split["synthetic"]["at_most"])
    drawn += _limited(_general_count(split["general"]), split["general"]["at_most"])
    full = drawn if split["full"] == "all" else split["full"]
    counted = sections["extract"]["source"] == "bundled" and not split["general"]["url"]  # else `drawn` is a guess
    if counted and max(full, split["small"]) > drawn:
        raise StageError(
            f"split.full is {split['full']} and split.small {split['small']}, of at most {drawn} examples that there "
            "can be; lower them, or raise split.synthetic.at_most, split.general.at_most or extract.at_most"
        )
    return Workload(pages, page_count, examples, full, split["small"], count_parameters(sections["base"]))


def _pages(sections: dict[str, Any]) -> tuple[list[Page], int]:
    """The pages, or stand-ins for them, and how many pages there are."""
    extract = sections["extract"]
    if extract["source"] == "bundled":
        pages = read_pages(Path(extract["path"]))
        pages = pages[: _limited(len(pages), extract["at_most"])]
        return pages, len(pages)
    if extract["source"] == "dump" and extract["dump_pages"] == "all":
        known = count_pages(list_files(Path(extract["path"])))
    else:
        of_a_category = UNKNOWN if extract["category_limit"] == "all" else extract["category_limit"]
        titles = read_titles(Path(extract["titles"]))
        known = sum(of_a_category if title.startswith(CATEGORY) else 1 for title in titles)
    count = _limited(known, extract["at_most"])
    length = sections["synth"]["page_characters"]
    return [_stand_in(number, length) for number in range(min(count, MOST_STAND_INS))], count


def check_pages(sections: dict[str, Any], workload: Workload) -> list[Finding]:
    """How many pages a dump gives, which other sources say exactly; and whether the engines that run stages are
    installed."""
    extract, findings = sections["extract"], []
    if extract["source"] == "dump":
        text = f"{workload.page_count:,} of {extract['path']} at most"
        if extract["dump_pages"] == "all":
            text += ", by its size; extract.at_most limits them"
        findings.append(Finding("about", "pages", text))
    for stage in ("extract", "synth", "curate", "split"):
        try:
            check_engine(sections[stage]["engine"])
        except StageError as error:
            findings.append(Finding("FAILS", f"{stage}.engine", str(error)))
    return findings


def _stand_in(number: int, length: int) -> Page:
    """A page of `length` characters that differs from those with other numbers."""
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


def _general_count(general: dict[str, Any]) -> int:
    if general["url"]:
        return UNKNOWN
    return len(read_instructions(Path(general["path"]), general["missing_input"])[0])


def _limited(count: int, at_most: AtMost) -> int:
    return count if at_most == "all" else min(count, at_most)


def count_parameters(base: dict[str, Any]) -> int:
    """The number of parameters of the model that is tuned. Errors are those of `model_config`."""
    from model.core.gpt2_config import tensor_shapes

    return sum(map(math.prod, tensor_shapes(model_config(base)).values()))


def model_config(base: dict[str, Any]) -> "GPT2Config":
    """The sizes of the model that is tuned. Raises StageError if the weights at `base.path` are missing, or if `base`
    could not use them."""
    return _config_at(Path(base["path"])) if base["source"] == "path" else _config(base)


def _config_at(path: Path) -> "GPT2Config":
    from model.core.checkpoint_files import WEIGHTS, CheckpointError
    from model.core.weights_file import check_weights

    file = path / WEIGHTS if path.is_dir() else path
    advice = "correct base.path, or set base.source to huggingface or scratch"
    if not file.exists():
        raise StageError(f"{file} is missing; {advice}")
    try:
        return check_weights(path).config
    except CheckpointError as error:
        raise StageError(f"{error}; {advice}") from error


def _config(base: dict[str, Any]) -> "GPT2Config":
    from model.core.config_file import read_settings
    from model.core.gpt2_config import GPT2Config

    if base["source"] == "huggingface":
        width, blocks, heads = PUBLISHED[base["model"]]
        return GPT2Config(n_embd=width, n_layer=blocks, n_head=heads)
    names = ("vocab_size", "n_positions", "n_embd", "n_layer", "n_head")
    sizes = read_settings(BUNDLED / "config.json") if base["source"] == "bundled" else base
    return GPT2Config(**{name: sizes[name] for name in names})
