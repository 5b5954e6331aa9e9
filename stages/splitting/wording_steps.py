"""What the test split shares with other texts although it leaks nothing, on an engine: with the pages that the base
model reads, and with the wording of other instructions.

In memory are only hashes of the runs of words of val and test: eight bytes for each. Of ten million pages and as many
examples, two different runs have the same hash once in 500 sets.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stages.common.records import Example, Page
from stages.engine.plans import read_table
from stages.engine.shuffle import part_name, run_tasks, write_whole
from stages.engine.steps import Steps
from stages.english.normal_form import normal_form
from stages.splitting.allocation import Split
from stages.splitting.base_pages import BARRED_SIDES, BaseReading, BaseSource, which_are_read
from stages.splitting.base_questions import known_questions, was_asked
from stages.splitting.shared_words import hash_runs_of
from stages.splitting.stored_split import IN_ORDER, StoredSplit

if TYPE_CHECKING:
    from pyarrow import Table

PAGES_PER_PART = 2_000
Hashes = NDArray[np.int64]


@dataclass(frozen=True)
class WordingTasks:
    """The work of the steps, each a function of the number of a part of the split, or of the pages."""

    folder: Path  # of the steps
    split: StoredSplit
    leaves_out: bool  # whether the base model doesn't read the pages of val and test
    asked: Path | None  # the file of what the base model was asked

    @property
    def barred_parts(self) -> int:
        """The parts with the examples of test and val, the first ones."""
        return len(self.split.parts_of(0, sum(self.split.sizes[:2])))

    def hash_runs(self, part: int) -> None:
        """The runs of words, the titles and the asked questions of the examples of test and val."""
        import pyarrow as pa

        places, rows = self.split.read(part)
        runs: list[tuple[int, int, bool]] = []
        titles: list[str | None] = []
        asked: list[bool] = []
        sides = self.split.sides_of(places).tolist()
        for place, side, row in zip(places.tolist(), sides, rows, strict=True):
            example = Example.model_validate_json(row)
            titles.append(example.source.title)
            asked.append(was_asked(example, known_questions(self.asked)))
            if IN_ORDER[side] in BARRED_SIDES:
                of_instruction = hash_runs_of(example.instruction)
                every = of_instruction | hash_runs_of(example.input, example.output)
                runs += [(run, place, run in of_instruction) for run in every]
        table = np.array(runs, np.int64).reshape(-1, 3)
        columns = {"run": table[:, 0], "place": table[:, 1], "of_instruction": table[:, 2] > 0}
        write_whole(self.folder / "runs/hashes" / part_name(part), pa.table(columns))
        about = {"place": places, "title": pa.array(titles, pa.string()), "was_asked": pa.array(asked, pa.bool_())}
        write_whole(self.folder / "runs/about" / part_name(part), pa.table(about))

    def find_wording(self, part: int) -> None:
        """The runs of instructions of test that are in instructions of a part of val and train."""
        import pyarrow as pa

        places, rows = self.split.read(part)
        others = [row for side, row in zip(self.split.sides_of(places), rows, strict=True) if IN_ORDER[side] != "test"]
        hashes = (hash_runs_of(Example.model_validate_json(row).instruction) for row in others)
        found = common_hashes(hashes, self._hashes("instructions"))
        write_whole(self.folder / "wording" / part_name(part), pa.table({"run": found}))

    def read_pages(self, part: int) -> None:
        """The pages of a part that the base model doesn't read, with the reason, and the runs of test in the others."""
        import pyarrow as pa

        reasons: list[str | None] = []
        hashes: list[set[int]] = []
        for page in read_table(self.folder / "pages" / part_name(part)).to_pylist():
            runs = hash_runs_of(page["text"])
            reasons.append(self._why_left_out(page["title"], runs) if self.leaves_out else None)
            if reasons[-1] is None:
                hashes.append(runs)
        target = self.folder / "page_runs"
        write_whole(target / "reasons" / part_name(part), pa.table({"reason": pa.array(reasons, pa.string())}))
        found = common_hashes(hashes, self._hashes("test"))
        write_whole(target / "found" / part_name(part), pa.table({"run": found}))

    def _why_left_out(self, title: str, runs: set[int]) -> str | None:
        for side in BARRED_SIDES:
            if normal_form(title) in barred_titles(self.folder / "barred", side):
                return f"page_of_{side}"
            if len(common_hashes([runs], self._hashes(side))):
                return f"words_of_{side}"
        return None

    def _hashes(self, name: str) -> Hashes:
        hashes: Hashes = np.load(self.folder / "barred" / f"{name}.npy", mmap_mode="r")
        return hashes


def wording_steps(steps: Steps, tasks: WordingTasks, page_parts: int) -> None:
    """Runs the steps; the step `pages` must be there, in so many parts. Daft must be ready."""
    steps.run("runs", lambda _: run_tasks(tasks.hash_runs, tasks.barred_parts, "runs"))
    steps.run("barred", lambda folder: _gather_barred(steps, tasks.split, folder))
    steps.run("wording", lambda _: run_tasks(tasks.find_wording, tasks.split.parts, "wording"))
    if page_parts:
        steps.run("page_runs", lambda _: run_tasks(tasks.read_pages, page_parts, "page_runs"))


def store_pages(steps: Steps, pages: Iterable[Page]) -> int:
    """Writes the titles and texts of the pages, in their order, as the step `pages`. Returns the number of parts."""

    def work(folder: Path) -> dict[str, int]:
        import pyarrow as pa

        parts = 0
        rest = iter(pages)
        while part := list(islice(rest, PAGES_PER_PART)):
            columns = {"title": [page.title for page in part], "text": [page.plain_text for page in part]}
            write_whole(folder / part_name(parts), pa.table(columns))
            parts += 1
        return {"parts": parts}

    parts: int = steps.run("pages", work)["parts"]
    return parts


def common_hashes(sets: Iterable[Iterable[int]], known: Hashes) -> Hashes:
    """The hashes in one of the sets that are among the known ones, which rise; they rise, too."""
    hashes = np.unique(np.fromiter(chain.from_iterable(sets), np.int64))
    at = np.minimum(np.searchsorted(known, hashes), max(0, len(known) - 1))
    return hashes[known[at] == hashes] if len(known) else hashes[:0]


@lru_cache(maxsize=len(BARRED_SIDES))
def titles_of(folder: Path, side: str) -> frozenset[str]:
    """The titles that the examples of a side name."""
    return frozenset(read_table(folder / f"titles_of_{side}.parquet")["title"].to_pylist())


@lru_cache(maxsize=len(BARRED_SIDES))
def barred_titles(folder: Path, side: str) -> frozenset[str]:
    """Their normal forms."""
    return frozenset(map(normal_form, titles_of(folder, side)))


def _gather_barred(steps: Steps, split: StoredSplit, folder: Path) -> None:
    """The runs of test, of val, and of the instructions of test, rising, and the titles that test and val name."""
    import pyarrow as pa

    table, about = read_table(steps.path("runs") / "hashes"), read_table(steps.path("runs") / "about")
    of_runs, of_titles = (split.sides_of(rows["place"].to_numpy()) for rows in (table, about))
    runs, of_instruction = table["run"].to_numpy(), table["of_instruction"].to_numpy()
    np.save(folder / "instructions.npy", np.unique(runs[(of_runs == IN_ORDER.index("test")) & of_instruction]))
    for side in BARRED_SIDES:
        np.save(folder / f"{side}.npy", np.unique(runs[of_runs == IN_ORDER.index(side)]))
        titles = about["title"].filter(pa.array(of_titles == IN_ORDER.index(side))).unique().drop_null()
        write_whole(folder / f"titles_of_{side}.parquet", pa.table({"title": titles}))


def read_base_reading(steps: Steps, split: StoredSplit, params: BaseSource) -> BaseReading:
    """The same as `choose_base_pages`, by what the steps have found."""
    named = titles_of(steps.path("barred"), "test")
    of_test = barred_titles(steps.path("barred"), "test")
    if params.source not in ("scratch", "bundled"):
        return BaseReading({}, len(of_test), None, None)
    left_out: dict[str, str] = {}
    for side in BARRED_SIDES:
        for title, reason in _page_reasons(steps):
            if reason and reason.endswith(side):
                left_out.setdefault(title, reason)
    titles = [title for title, _ in _page_reasons(steps) if title not in left_out]
    known = of_test.intersection(map(normal_form, titles))
    return BaseReading(
        {title: left_out[title] for title, _ in _page_reasons(steps) if title in left_out},
        test_pages=len(of_test),
        read_test_pages=len(known),
        sharing=_count_sharing(steps, split, read_table(steps.path("page_runs") / "found"), of_instruction=False),
        read=which_are_read(named, known),
    )


def read_shared_wording(steps: Steps, split: StoredSplit) -> int:
    """The same as `count_shared_wording`."""
    return _count_sharing(steps, split, read_table(steps.path("wording")), of_instruction=True)


def read_asked_in_barred(steps: Steps, split: StoredSplit) -> Split:
    """The examples of val and test that ask what the base model was asked: there are none, if all is well."""
    about = read_table(steps.path("runs") / "about")
    places = np.sort(about["place"].filter(about["was_asked"]).to_numpy())
    found: Split = {side: [] for side in IN_ORDER}
    for place, row in split.at(places):
        found[split.side_of(place)].append(Example.model_validate_json(row))
    return found


def _page_reasons(steps: Steps) -> Iterator[tuple[str, str | None]]:
    """The title of each page, and why the base model doesn't read it."""
    for path in sorted(steps.path("pages").glob("*.parquet")):
        titles = parquet_column(path, "title")
        yield from zip(titles, parquet_column(steps.path("page_runs") / "reasons" / path.name, "reason"), strict=True)


def _count_sharing(steps: Steps, split: StoredSplit, found: "Table", of_instruction: bool) -> int:
    """How many examples of test have one of these runs, in the instruction or anywhere."""
    table = read_table(steps.path("runs") / "hashes")
    has_one = np.isin(table["run"].to_numpy(), found["run"].to_numpy())
    has_one &= split.sides_of(table["place"].to_numpy()) == IN_ORDER.index("test")
    if of_instruction:
        has_one &= table["of_instruction"].to_numpy()
    return len(np.unique(table["place"].to_numpy()[has_one]))


def parquet_column(path: Path, name: str) -> list[Any]:
    """A single column of a file."""
    from pyarrow import parquet

    values: list[Any] = parquet.read_table(path, columns=[name])[name].to_pylist()
    return values
