"""`wikitune verify`: whether all that the report rests on is as it was, and whether the figures follow from it."""

import random
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stages.common.errors import StageError
from stages.common.files import count_lines
from stages.common.harmless import harmless
from stages.common.params import read_sections
from stages.reporting.manifest import MANIFEST, Manifest, StageFiles, make_manifest, read_stages
from tools.verify_hashes import Breach, compare_hashes, read_manifest
from tools.verify_records import answer_again, check_answers, check_sources, trace
from tools.verify_training import Checked


@dataclass(frozen=True)
class Draws:
    """What is computed again on a sample."""

    answers: int = 0  # test rows
    retrain: int = 0  # segments of training
    seed: int | None = None  # None: another draw each time
    other_machine: bool = False  # accept trained weights with other bytes, if their losses are within the tolerance


def verify(quick: bool, root: str, draws: Draws) -> int:
    """Prints what was compared and what is broken, and returns how many files are. `quick` compares hashes only; `root`
    is the root that the manifest must have, or its beginning."""
    manifest, sections = read_manifest(), read_sections()
    stages, now = read_stages(sections), make_manifest(sections)
    broken = compare_hashes(manifest, now)
    changed = len({breach.place for breach in broken})
    say("root", f"{manifest.root} ({MANIFEST})")
    if root and not manifest.root.startswith(root):
        broken.append(Breach(MANIFEST.as_posix(), f"root: expected {root}, found {manifest.root}"))
    files, values = len(manifest.files()), len(manifest.parameters.values)
    unlike = f"{changed} not as in the manifest" if changed else "all as in the manifest"
    say("hashes", f"{files} files, {values} parameters: {unlike}")
    sound = all(breach.place == MANIFEST.as_posix() for breach in broken)
    if sound and not quick:
        broken += check_contents()
    if not quick:
        broken = check_outputs(broken, manifest, stages, sections)
    if not broken and not quick:
        broken += check_sources()
        say("pages", "each example has its page and revision" if not broken else "BROKEN")
    if not broken:
        broken += draw_and_repeat(draws)
    elif not (quick or sound):
        say("not checked", "losses, answers, pages and training: mend first what is named below")
    for breach in broken:
        print(harmless(f"BROKEN  {breach}"))
    places = {breach.place for breach in broken}
    print(f"{len(places)} file(s) broken" if places else "Nothing is broken.")
    return len(places)


def say(what: str, text: str) -> None:
    print(harmless(f"{what:15} {text}"), flush=True)


def check_contents() -> list[Breach]:
    """Whether answers belong to test rows, and models have the losses that the report gives."""
    if broken := check_answers():
        return broken
    say("answers", "each belongs to its test row, and their metrics are right")
    from tools.verify_training import measure_losses

    return judge_comparisons("losses", measure_losses())


def check_outputs(
    broken: Sequence[Breach], manifest: Manifest, stages: Mapping[str, StageFiles], sections: Mapping[str, Any]
) -> list[Breach]:
    """Runs stages again. What they say of a file replaces what is known of it, because they have its right content."""
    from tools.verify_reruns import rerun_stages

    reruns = rerun_stages(stages, sections, manifest, broken)
    for names, result in ((reruns.same, "the same bytes"), (reruns.other, "other bytes")):
        if names:
            say("recomputed", f"{', '.join(names)}: {result}")
    for reason in dict.fromkeys(reruns.left_out.values()):
        left_out = ", ".join(name for name, why in reruns.left_out.items() if why == reason)
        say("not recomputed", f"{left_out}: {reason}")
    named = {breach.place for breach in reruns.breaches}
    return [breach for breach in broken if breach.place not in named] + list(reruns.breaches)


def draw_and_repeat(draws: Draws) -> list[Breach]:
    """Lets the models answer drawn rows again, and trains drawn segments again."""
    from stages.infer import ANSWERS
    from tools.verify_training import retrain_segments

    seed = secrets.randbelow(2**32) if draws.seed is None else draws.seed
    broken: list[Breach] = []
    if draws.answers:
        drawn = sorted(random.Random(seed).sample(range(rows := count_lines(ANSWERS)), min(draws.answers, rows)))
        broken += answer_again(drawn)
        say("answers again", f"{len(drawn)} of {rows} rows (--seed {seed}): {len(broken)} answers differ")
    if draws.retrain:
        say("training", f"segments drawn with --seed {seed}")
        broken += judge_comparisons("training", retrain_segments(draws.retrain, seed), not draws.other_machine)
    return broken


def judge_comparisons(what: str, comparisons: Iterable[Checked], strict: bool = False) -> list[Breach]:
    """Prints how many comparisons are exact or within the tolerance; the others are breaches, and if `strict`, all that
    aren't exact."""
    found: Sequence[Checked] = list(comparisons)
    same, near = (sum(one.same for one in found), sum(one.near and not one.same for one in found))
    text = f"{same} of {len(found)} exactly as recorded"
    if near:
        text += f", {near} within the tolerance: another processor or number of threads rounds otherwise"
    say(what, text)
    for one in found:
        if what == "training" or not one.same:
            say("", f"{one.what}: {one.text}")
    wrong = (one for one in found if not (one.same or (one.near and not strict)))
    return [Breach(place, f"{rest}: {one.text}") for one in wrong for place, _, rest in [one.what.partition(": ")]]


def print_trace(name: str) -> None:
    """Raises StageError unless it is a figure or a test row of a run that is as in its manifest."""
    manifest, sections = read_manifest(), read_sections()
    if broken := compare_hashes(manifest, make_manifest(sections)):
        raise StageError(f"{broken[0]}; so nothing can be traced. `wikitune verify` names everything that is broken")
    print(harmless(trace(name, manifest, read_stages(sections))))
