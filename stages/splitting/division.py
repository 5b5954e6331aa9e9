"""A split on an engine: the very division of `split.divide`, of more examples than fit into memory.

The order of work: store both sources, curate the general examples, draw, link, allocate, store the split in its own
order, look for leaks. What decides (rules, draw, groups, allocation, proof) is the code of `local`. In memory are a few
numbers for each example.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np

from stages.common.instruction_sets import Instructions
from stages.common.params import AtMost
from stages.common.records import Example, Page, Rejection, Source
from stages.curation.at_scale import RejectedExamples, curate_steps, judged_rows, which_are_kept, write_pages
from stages.curation.malformed import malformed
from stages.curation.rules import Thresholds
from stages.engine.plans import bucket_rows
from stages.engine.steps import Steps
from stages.splitting.allocation import SIDES, Split, allocate
from stages.splitting.base_pages import BaseReading, BaseSource
from stages.splitting.base_questions import asked_counts
from stages.splitting.link_steps import LinkTasks, link_steps, read_asked_places, read_groups
from stages.splitting.pool import cut_in_order
from stages.splitting.proof import Proof, prove
from stages.splitting.proof_steps import ProofTasks, proof_steps, read_leaking
from stages.splitting.stored_pool import (
    Draw,
    StoredPool,
    draw_places,
    read_columns,
    repeated_questions,
    save_places,
    store_by_id,
    store_examples,
    stored_pool,
)
from stages.splitting.stored_split import IN_ORDER, StoredSplit, store_split
from stages.splitting.wording_steps import (
    WordingTasks,
    read_asked_in_barred,
    read_base_reading,
    read_shared_wording,
    store_pages,
    wording_steps,
)

ROWS_PER_BUCKET = 20_000  # examples for each bucket of keys; a process takes about 300 MB for one
POSITIONS = "positions.npy"  # the place in the split of each example of the pool, -1 for none
Sizes = Mapping[str, int]
Run = Callable[..., None]  # runs a function with its arguments where Daft is ready


class Slot(NamedTuple):
    """What allocation must know of an example."""

    id: str
    source: Source
    place: int


@dataclass(frozen=True)
class StoredInputs:
    """Both sources, in files, and who is drawn."""

    pool: StoredPool
    draw: Draw
    counts: Sizes  # examples of each source
    read: Sizes  # the same, with those that are not in the files because they are malformed
    without_input: int  # general examples that had no `input`


@dataclass(frozen=True)
class EngineDivision:
    """The settings of a split, and where its steps are."""

    steps: Steps
    run: Run
    limits: Thresholds
    decontaminate: bool
    asked: Path | None  # the file of what the base model was asked

    @property
    def _curation(self) -> Steps:
        """The steps of the curation of the general examples."""
        return Steps(self.steps.path("curation"))

    def store_inputs(
        self, synthetic: Iterable[Example], general: Instructions, at_most: Mapping[str, AtMost], rng: random.Random
    ) -> StoredInputs:
        """Stores both sources, curates the general one, and draws."""
        steps = self.steps
        of_synthetic = store_examples(steps, "synthetic", synthetic)
        sound = SoundExamples(general, self.decontaminate)
        of_general = store_examples(steps, "general", sound, sound.facts)
        folders = {"synthetic": steps.path("synthetic"), "general": steps.path("general")}
        kept = None
        if self.decontaminate:
            store_by_id(self._curation, folders["general"])
            write_pages(self._curation, [])
            self.run(curate_steps, self._curation, self.limits, of_general["count"])
            folders["general"] = self._curation.path("judged")
            kept = which_are_kept(self._curation, of_general["count"])
        draw = draw_places(
            read_columns(steps.path("synthetic"), self.decontaminate),
            read_columns(steps.path("general"), self.decontaminate, kept),
            at_most,
            rng,
        )
        counts = {"synthetic": of_synthetic["count"], "general": of_general["count"]}
        steps.run("draw", lambda folder: save_places(folder, draw, counts, np.arange(len(draw.ids))))
        read = counts | {"general": of_general["read"]}
        return StoredInputs(stored_pool(folders), draw, counts, read, of_general["without_input"])

    def allocate(self, inputs: StoredInputs, sizes: Sizes, rng: random.Random) -> StoredSplit:
        """Groups the examples, and gives each one a place in the split. Train is smaller if too few are left for it."""
        steps, draw = self.steps, inputs.draw
        buckets = -(-len(draw.ids) // ROWS_PER_BUCKET)
        tasks = LinkTasks(
            steps.folder, inputs.pool, steps.path("draw"), buckets, self.limits.min_similarity, self.asked
        )
        self.run(link_steps, steps, tasks, self.decontaminate)

        def work(folder: Path) -> dict[str, list[int]]:
            order = self._order(draw, sizes, rng)
            positions = np.full(len(draw.ids), -1, np.int64)
            positions[np.array([place for side in IN_ORDER for place in order[side]], np.int64)] = np.arange(
                sum(map(len, order.values()))
            )
            np.save(folder / POSITIONS, positions)
            save_places(folder, draw, inputs.counts, positions)
            return {"sizes": [len(order[side]) for side in IN_ORDER]}

        test, val, train = steps.run("order", work)["sizes"]
        return StoredSplit(steps.path("ordered"), (test, val, train))

    def _order(self, draw: Draw, sizes: Sizes, rng: random.Random) -> dict[str, list[int]]:
        """The places of the pool on each side, in order."""
        if not self.decontaminate:
            return cut_in_order(range(len(draw.ids)), sizes)
        sources = [Source(kind="synthetic"), Source(kind="general")]
        slots = [
            Slot(f"{number:016x}", sources[is_general], place)
            for place, (number, is_general) in enumerate(zip(draw.ids.tolist(), draw.is_general.tolist(), strict=True))
        ]
        only_train = {slots[place].id for place in read_asked_places(self.steps).tolist()}
        allocated = allocate(slots, read_groups(self.steps, len(slots)), sizes, rng, only_train=only_train)
        return {side: [slot.place for slot in allocated[side]] for side in SIDES}

    def store(self, inputs: StoredInputs, split: StoredSplit, pages: Iterable[Page], base: BaseSource) -> None:
        """Stores the examples by their place in the split, and looks for what sides, pages and instructions share."""
        steps = self.steps
        parts = store_pages(steps, pages)
        buckets = -(-sum(split.sizes) // ROWS_PER_BUCKET)
        leaves_out = (base.source, base.pages) == ("scratch", "train")
        proof = ProofTasks(steps.folder, split, buckets, self.limits.min_similarity)
        wording = WordingTasks(steps.folder, split, leaves_out, self.asked)
        self.run(finish_steps, steps, inputs.pool, split, proof, wording, parts)

    def prove(self, split: StoredSplit) -> Proof:
        """The proof of `local`, of the examples that share anything with another side: no others have a leak."""
        leaking: Split = {side: [] for side in IN_ORDER}
        for place, row in split.at(read_leaking(self.steps)):
            leaking[split.side_of(place)].append(Example.model_validate_json(row))
        return prove(leaking, self.limits.min_similarity)

    def asked_in_barred(self, split: StoredSplit) -> Split:
        """The examples of val and test that ask what the base model was asked: there are none, if all is well."""
        return read_asked_in_barred(self.steps, split)

    def count_asked(self, split: StoredSplit) -> dict[str, int | str]:
        """The counts of `base_questions.count_asked`."""
        places = read_asked_places(self.steps)
        positions = np.load(self.steps.path("order") / POSITIONS)[places]
        in_train = int(np.sum(positions >= sum(split.sizes[:2])))
        return asked_counts(len(places), in_train, int(np.sum(positions >= 0)) - in_train)

    def base_reading(self, split: StoredSplit, base: BaseSource) -> BaseReading:
        return read_base_reading(self.steps, split, base)

    def shared_wording(self, split: StoredSplit) -> int:
        return read_shared_wording(self.steps, split)

    def rejected(self, draw: Draw) -> Iterator[Rejection]:
        """The general examples that the rules rejected, and then those that repeat a question, in their order."""
        if self.decontaminate:
            yield from RejectedExamples(self._curation, [])
            yield from repeated_questions(draw.repeated, judged_rows(self._curation))
            return
        yield from map(Rejection.model_validate, self.steps.facts("general")["malformed"])
        files = sorted(self.steps.path("general").glob("*.parquet"))
        yield from repeated_questions(draw.repeated, chain.from_iterable(map(bucket_rows, files)))


class SoundExamples:
    """General examples; without curation, those with sound texts, and the others are known when all have been read."""

    def __init__(self, examples: Instructions, will_be_curated: bool) -> None:
        self._examples = examples
        self._will_be_curated = will_be_curated
        self._malformed: list[Rejection] = []

    def __iter__(self) -> Iterator[Example]:
        for example in self._examples:
            if not self._will_be_curated and (evidence := malformed(example)):
                self._malformed.append(Rejection(example=example, reason="malformed", evidence=evidence))
            else:
                yield example

    def facts(self) -> dict[str, object]:
        rejected = [rejection.model_dump(mode="json") for rejection in self._malformed]
        return {"malformed": rejected, "without_input": self._examples.without_input, "read": self._examples.count}


def finish_steps(
    steps: Steps, pool: StoredPool, split: StoredSplit, proof: ProofTasks, wording: WordingTasks, page_parts: int
) -> None:
    """Runs the steps after `order`. Daft must be ready."""
    store_split(steps, pool, steps.path("order"), split)
    proof_steps(steps, proof)
    wording_steps(steps, wording, page_parts)
