"""How well the rubric's points agree with other judges, and whether it can be fooled.

    python -m benchmarks.rubric_quality [data/answers.jsonl] [data/splits/full/train.jsonl]

- Spearman's correlation with GPT-4 and with Llama 3 (8B) for two models' answers to 100 instructions, and how often the
  winners agree where both judges name one. The scores are in `../shared`, beside the project.
- The same with fair marks that people gave, and the mean distance of the totals, of 15.
- Inversions: of the bundled tasks, a right answer alone ("children") and a wrong one in a full sentence ("The plural of
  'child' is 'childs'."). An inversion is a wrong answer with as many points as the right one, or more.
- The floor: the points of one answer to all tests, the best of many. It needs the answers of a run.
"""

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from stages.common.files import read_jsonl
from stages.common.instruction_sets import read_instructions
from stages.common.records import Answers, Example
from stages.judges.constant_answers import CONSTANTS, frame_of
from stages.judges.rubric.rubric import score

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
FAIR = {
    "shared fair marks": SHARED / "cases/rubric.jsonl",
    "our own fair marks": ROOT / "tests/stages/judges/rubric/fair_marks.jsonl",
}
MORE_CONSTANTS = (
    "No.", "True.", "The word.", "There.", "The first.", "Paris", "1900", "7", "It is true.", "There are .",
    "The blank stands for '.'", "The passage mentions.", "It describes the text.", "It means that it is good.",
    "The capital is Paris.", "The answer is 7.", "The plural is 'children'.", "The passage mentions 1900.",
    "Yes, that is correct.", "The answer is not known.", "The first book of the world.", "The missing word is 'first'.",
    "The odd one out is 'cat'.", "This is a sentence with some words in it and it is not about anything.",
)  # fmt: skip
OPENINGS = 30  # how many frequent openings of training answers are tried as constant answers
KINDS = {
    "plural": r"plural",
    "past tense": r"past|participle",
    "comparison": r"comparative|superlative",
    "spelling": r"spell",
    "sorting": r"sort|order|arrange|rank|alphabetical",
    "sentiment": r"sentiment|positive|tone|review",
    "even or odd": r"even or odd|odd or even",
    "part of speech": r"noun|verb|adjective|adverb",
    "roman": r"roman",
    "words and digits": r"in words|digits|numeral",
    "unit": r"convert|how many (?:\w+ ){1,2}(?:are|is|make)|change \d",
    "synonym": r"synonym|similar|another word",
    "antonym": r"opposite|antonym",
    "capital": r"capital of|capital",
}
SWAPS = (
    "positive negative, even odd, noun verb, adjective adverb, happy unhappy, simile metaphor, active passive, "
    "true false"
)
FRAME = re.compile(
    r"(?P<frame>.+?\b(?:is|are|was|were|becomes?|equals|makes?|has|have|stands for|means|gives|contains)|.+ =) "
    r"(?P<core>[^,]+?)\.?$"
)
COMMON = set("the a an it is of in are that which answer word sentence number correct result called".split())
QUOTED = re.compile(r"(?<!\w)['\"]([^'\"]+)['\"](?!\w)")


def main() -> None:
    if SHARED.is_dir():
        print_agreement()
    for name, path in FAIR.items():
        if path.is_file():
            print_fair_marks(name, path)
    print_inversions()
    if len(sys.argv) > 1:
        train = read_jsonl(Path(sys.argv[2]), Example) if len(sys.argv) > 2 else []
        print_floor(read_jsonl(Path(sys.argv[1]), Answers), train)


def total(instruction: str, input: str, reference: str, answer: str) -> int:
    return score(instruction, input, reference, answer)[0].total


def spearman(one: Sequence[float], other: Sequence[float]) -> float:
    """Pearson's correlation of ranks; equal values share the mean of their ranks."""
    ranks = []
    for values in (one, other):
        _, index, count = np.unique(np.array(values), return_inverse=True, return_counts=True)
        ranks.append((np.cumsum(count) - (count - 1) / 2)[index])
    return float(np.corrcoef(ranks[0], ranks[1]).item(1))


# Other judges


def print_agreement() -> None:
    folder = SHARED / "data/judge-calibration"
    rows = json.loads((folder / "answers.json").read_text(encoding="utf-8"))
    ours = [
        [total(row["instruction"], row["input"], row["output"], row[f"model {n} response"]) for row in rows]
        for n in (1, 2)
    ]
    for judge in ("gpt4", "llama3-8b"):
        theirs = [json.loads((folder / f"scores-{judge}-model-{n}.json").read_text(encoding="utf-8")) for n in (1, 2)]
        theirs[1] = with_missing_score(
            theirs[1], json.loads((folder / "scores-gpt4-model-2.json").read_text(encoding="utf-8"))
        )
        correlations = [f"{spearman(mine, others):.3f}" for mine, others in zip(ours, theirs, strict=True)]
        print(
            f"{judge:20} Spearman {', '.join(correlations)} for two models; same winner {same_winner(ours, theirs):.1%}"
        )


def with_missing_score(scores: list[int], like: list[int]) -> list[int]:
    """The scores with the one that is missing put in where they then correlate best with another judge's."""
    if len(scores) == len(like):
        return scores
    versions = [[*scores[:place], like[place], *scores[place:]] for place in range(len(like))]
    return max(versions, key=lambda version: float(np.corrcoef(version, like).item(1)))


def same_winner(ours: Sequence[Sequence[int]], theirs: Sequence[Sequence[int]]) -> float:
    """Of the rows for which both name a winner, the share for which it is the same one."""
    signs = [(np.sign(a - b), np.sign(c - d)) for a, b, c, d in zip(*ours, *theirs, strict=True)]
    decided = [one == other for one, other in signs if one and other]
    return float(np.mean(decided))


def print_fair_marks(name: str, path: Path) -> None:
    groups: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        ours = total(row["instruction"], row["input"], row["reference"], row["answer"])
        marks = row["fair"].values() if isinstance(row["fair"], dict) else row["fair"]
        groups[row.get("half", "")].append((ours, sum(marks)))
    for half, pairs in groups.items():
        away = float(np.mean([abs(one - other) for one, other in pairs]))
        correlation = spearman(*zip(*pairs, strict=True))
        print(f"{name:20} {half:8} {len(pairs):4} rows, Spearman {correlation:.3f}, {away:.2f} points away")


# Inversions


def print_inversions() -> None:
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for kind, example, right, wrong in right_and_wrong():
        points = [total(example.instruction, example.input, example.output, text) for text in (right, wrong)]
        counts[kind][0] += points[0] <= points[1]
        counts[kind][1] += 1
    inverted, pairs = (sum(column) for column in zip(*counts.values(), strict=True))
    print(f"inversions           {inverted} of {pairs} ({inverted / pairs:.1%}): ", end="")
    print(", ".join(f"{kind} {bad}/{of}" for kind, (bad, of) in counts.items()))


def right_and_wrong() -> Iterator[tuple[str, Example, str, str]]:
    """Of each bundled task whose reference has a frame: its kind, the right answer alone, and a wrong full sentence."""
    examples, _ = read_instructions(ROOT / "data/bundled/instructions.jsonl", "error")
    before = "window"  # what the task before was about: a wrong answer to most others
    for example in examples:
        kind = next((name for name, words in KINDS.items() if re.search(words, example.instruction, re.I)), "other")
        if swap := swapped_choice(example):
            yield kind, example, *swap
            continue
        core = core_of(example)
        if core:
            wrong = wrong_core(kind, example, core, before)
            before = core
            if wrong.lower() != core.lower():
                yield kind, example, core, example.output.replace(core, wrong)


def swapped_choice(example: Example) -> tuple[str, str] | None:
    """The reference's choice of two, and its sentence with the other one: "even" and "12 is odd."."""
    for pair in SWAPS.split(", "):
        for one, two in (pair.split(), reversed(pair.split())):
            both = all(re.search(rf"\b{word}\b", example.instruction, re.I) for word in (one, two))
            said = re.search(rf"\b{one}\b", example.output) and not re.search(rf"\b{two}\b", example.output)
            if both and said and not QUOTED.search(example.output):
                return one, re.sub(rf"\b{one}\b", two, example.output, count=1)
    return None


def core_of(example: Example) -> str:
    """What the reference says beyond its frame: what it has in quotes, or after "is"; "" if that isn't clear."""
    question = f"{example.instruction} {example.input}".lower()
    quotes = [quoted for quoted in QUOTED.findall(example.output) if quoted.lower() not in QUOTED.findall(question)]
    if QUOTED.search(example.output):
        return str(quotes[0]) if len(quotes) == 1 and example.output.count(quotes[0]) == 1 else ""
    items = re.search(r"(?:\bis|\bare|:) ((?:[\w.-]+, )+[\w.-]+(?:,? and [\w.-]+)?)\.?$", example.output)
    if items and example.output.count(":") < 2 and re.search(KINDS["sorting"], example.instruction, re.I):
        return items[1].rstrip(".")
    kept = set(re.findall(r"\w+", example.input.lower())) & set(re.findall(r"\w+", example.output.lower()))
    if len(example.input.split()) > 3 and 2 * len(kept) > len(set(re.findall(r"\w+", example.input.lower()))):
        return ""  # a text that was reworked
    match = FRAME.fullmatch(example.output)
    if match is None or example.output.count(match["core"]) > 1 or len(match["core"].split()) > 3:
        return ""
    head = set(re.findall(r"\w+", match["frame"].lower())) - set(re.findall(r"\w+", question)) - COMMON
    return "" if head else match["core"]


def wrong_core(kind: str, example: Example, core: str, other: str) -> str:
    """A core that is certainly wrong: another order, inflection or number, or that of another task."""
    if kind == "sorting" and ("," in core or " and " in core):
        return ", ".join(reversed(re.split(r",? and |, ", core)))
    asked = QUOTED.findall(example.instruction) or [example.input]
    base = asked[0] if len(asked[0].split()) == 1 else ""
    if base and kind in ("plural", "past tense", "comparison"):
        ending = {"plural": "s", "past tense": "ed", "comparison": "er"}[kind]
        return base + ending if base + ending != core else f"{base}es"
    if kind == "spelling" and base:
        return base
    if re.search(r"\d", core):
        return re.sub(r"\d", lambda digit: str((int(digit[0]) + 3) % 10), core)
    return other


# The floor


def print_floor(rows: Sequence[Answers], train: Sequence[Example]) -> None:
    openings = Counter(" ".join(example.output.split()[:n]) for example in train for n in (2, 3, 4))
    texts = [
        *CONSTANTS,
        *MORE_CONSTANTS,
        *(f"{opening.rstrip(chr(46))}." for opening, _ in openings.most_common(OPENINGS)),
    ]
    means = {text: mean_total(rows, [text] * len(rows)) for text in texts}
    means["(the reference's own frame)"] = mean_total(rows, [frame_of(row) for row in rows])
    for text, mean in sorted(means.items(), key=lambda item: -item[1])[:5]:
        print(f"floor                {mean:.2f} of 15: {text}")
    for role in rows[0].answers:
        print(f"{role:20} {mean_total(rows, [row.answers[role].text for row in rows]):.2f} of 15")


def mean_total(rows: Sequence[Answers], answers: Sequence[str]) -> float:
    pairs = zip(rows, answers, strict=True)
    return float(np.mean([total(row.instruction, row.input, row.output, answer) for row, answer in pairs]))


if __name__ == "__main__":
    main()
