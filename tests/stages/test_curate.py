from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from stages import curate
from stages.curation.after_cutoff import after_cutoff
from stages.curation.answer_in_input import answer_in_input
from stages.curation.exact_duplicate import exact_duplicate, question_key
from stages.curation.malformed import malformed
from stages.curation.not_english import not_english
from stages.errors import StageError
from stages.files import read_json, read_jsonl, write_jsonl
from stages.records import Example, Rejection
from tests.conftest import ROOT
from tests.stages.conftest import MakeExample

CUTOFF = date(2022, 12, 31)
DEFAULTS = YAML(typ="safe").load(ROOT / "params.yaml")["curate"]
PARAMS = curate.Params.model_validate(DEFAULTS)


@pytest.mark.parametrize(
    ("texts", "evidence"),
    [
        ({"instruction": " "}, "instruction is empty"),
        ({"output": ""}, "output is empty"),
        ({"output": "Blue.<|endoftext|>"}, "output holds '<|endoftext|>'"),
        ({"instruction": "Describe {{topic}}."}, "instruction holds '{{'"),
        ({"output": "<b>Blue</b>"}, "output holds '<b>'"),
        ({"input": "### Response:"}, "input holds '###'"),
        ({"output": "Bl\x00ue"}, "output holds the control character '\\x00'"),
        ({"instruction": "Is 3 < 5?", "output": "Yes, 3 < 5 and 5 > 3."}, None),
        ({"input": "Two lines\n\twith a tab"}, None),
    ],
)
def test_malformed(make: MakeExample, texts: dict[str, str], evidence: str | None) -> None:
    assert malformed(make(**texts)) == evidence


@pytest.mark.parametrize(
    ("instruction", "output", "language"),
    [
        ("Nenne die Hauptstadt von Frankreich.", "Paris ist die Hauptstadt von Frankreich.", "de"),
        ("Qual é a capital do Brasil?", "A capital do Brasil é Brasília.", "pt"),
        ("Who wrote Pride and Prejudice?", "Jane Austen.", None),
        ("Where was Nezahualcoyotl born?", "Nezahualcoyotl was born in Texcoco.", None),
        ("Convert 5 km to m.", "5 km is 5,000 m.", None),
    ],
)
def test_not_english(make: MakeExample, instruction: str, output: str, language: str | None) -> None:
    """Guards against foreign text, and against foreign names taken for it."""
    evidence = not_english(make(instruction, output), max_foreign=0.5)
    assert evidence is None if language is None else evidence is not None and f"reads as {language} " in evidence


@pytest.mark.parametrize(
    ("output", "found"),
    [
        ("It opened in 2023.", "'2023'"),
        ("It opened on 4 March 2024.", "'4 March 2024'"),
        ("March 2023 was warm.", "'March 2023'"),
        ("The prize (2025) went to her.", "'2025'"),
        ("2023 was the hottest year.", "'2023'"),
        ("It rained. 2024 was dry.", "'2024'"),
        ("It will end in 2123.", "'2123'"),
        ("It opened in 2022.", None),
        ("It opened on 31 December 2022.", None),
        ("The peak is 2,050 m high.", None),
        ("The town lies 2050 meters above the sea.", None),
        ("She plays 2048 on her phone.", None),
        ("A kilobyte of 2048 bytes", None),
    ],
)
def test_after_cutoff(make: MakeExample, output: str, found: str | None) -> None:
    """Guards against facts that nobody could know, and against quantities taken for years."""
    expected = f"output speaks of {found}, the cut-off is 2022-12-31" if found else None
    assert after_cutoff(make("When?", output), CUTOFF) == expected


@pytest.mark.parametrize("cutoff", [date(2022, 12, 31), date(2023, 7, 30), date(2023, 7, 31)])
def test_cutoff_is_a_day(make: MakeExample, cutoff: date) -> None:
    """Guards against a cut-off that is rounded to its year."""
    found = after_cutoff(make("When?", "It ended on 31 July 2023."), cutoff) is not None
    assert found == (cutoff < date(2023, 7, 31))


@pytest.mark.parametrize(
    ("instruction", "input", "output", "evidence"),
    [
        (
            "Name the stadium that hosted the opening match of the 2014 World Cup.",
            "Arena Corinthians",
            "The Arena Corinthians hosted the opening match.",
            "input 'Arena Corinthians' gives away 'arena corinthians'",
        ),
        ("Who painted the Mona Lisa?", "Leonardo da Vinci", "Leonardo da Vinci painted it.", "gives away"),
        ("Correct the spelling.", "recieve", "recieve should be receive", None),
        ("Give the plural of the following word.", "sheep", "sheep", None),
        ("Who wrote this sentence?", "Jane Austen", "Jane Austen", None),
        ("Which river is longer?", "the Nile, the Danube", "The Nile.", None),
        ("Who painted the Mona Lisa?", "", "Leonardo da Vinci.", None),
        ("Name the painter of the Mona Lisa.", "It was painted by Leonardo da Vinci in Italy.", "Leonardo", None),
    ],
)
def test_answer_in_input(make: MakeExample, instruction: str, input: str, output: str, evidence: str | None) -> None:
    """Guards against answers that are given away, and against work on a text taken for it."""
    found = answer_in_input(make(instruction, output, input), max_words=6)
    assert found is None if evidence is None else found is not None and evidence in found


def test_exact_duplicate(make: MakeExample) -> None:
    """Guards against twins that differ in case or spaces; another input makes another question."""
    first = make("Name a color.", "Blue.")
    seen = {question_key(first): first.id}
    assert exact_duplicate(make("  name a COLOR", "Red."), seen) == f"asks the same as {first.id}"
    assert exact_duplicate(make("Name a color.", "Red.", input="warm"), seen) is None


def test_every_example_is_kept_or_rejected_with_its_reason(project: Path, make: MakeExample) -> None:
    """Guards against rows that are lost; the counts add up and the rejected rows are all there."""
    examples = [
        make("Name a color.", "Blue."),
        make("name a color", "Red."),
        make("Name a planet.", ""),
        make("When was it built?", "It was built in 2031."),
        make("Name the capital of France.", "Paris.", input="Paris"),
        make("Nenne die Hauptstadt von Frankreich.", "Paris ist die Hauptstadt von Frankreich."),
        make("Name a fruit.", "Apple."),
    ]
    write_jsonl(curate.SYNTHETIC, examples)
    curate.main()
    kept = read_jsonl(curate.CURATED, Example)
    rejected = read_jsonl(curate.REJECTED, Rejection)
    assert kept == [examples[0], examples[6]]
    assert [one.example for one in rejected] == examples[1:6]
    reasons = ["exact_duplicate", "malformed", "after_cutoff", "answer_in_input", "not_english"]
    assert [one.reason for one in rejected] == reasons
    metrics = read_json(curate.METRICS)
    assert metrics["reasons"] == dict(Counter(reasons))
    assert metrics["read"] == metrics["kept"] + metrics["rejected"] == len(examples)


def test_nothing_kept_stops_the_stage(project: Path, make: MakeExample) -> None:
    write_jsonl(curate.SYNTHETIC, [make("Name a planet.", "")])
    with pytest.raises(StageError, match=r"all 1 examples were rejected: \{'malformed': 1\}"):
        curate.main()


def test_rejected_twin_does_not_reject_its_brother(make: MakeExample) -> None:
    """Guards against a good example that is dropped for the sake of a bad one."""
    bad, good = make("Name a color.", "Blue in 2030."), make("Name a color.", "Blue.")
    kept, rejected = curate.curate([bad, good], PARAMS)
    assert (kept, [one.reason for one in rejected]) == ([good], ["after_cutoff"])
