"""What the bundled base model was asked, and that no example of val and test asks it."""

import random
import re
from pathlib import Path

import pytest

from stages import split
from stages.common.errors import StageError
from stages.common.files import read_json, read_jsonl, write_jsonl
from stages.common.records import Example, Page
from stages.splitting.base_questions import (
    count_asked,
    pack_hashes,
    plain_words,
    question_hash,
    read_asked,
    refuse_asked,
    unpack_hashes,
    was_asked,
)
from stages.teachers.rules.teacher import teach
from tests.stages.conftest import MakeExample

PASSAGE = "The assembly of Iceland was founded at Thingvellir in 930 by the settlers."
ASKED = frozenset(
    {
        question_hash(plain_words("In which year did Iceland become a republic?")),
        question_hash(plain_words("When was the assembly founded?"), plain_words(PASSAGE)),
    }
)


def test_hashes_are_packed_and_unpacked() -> None:
    """Guards against a first, last or doubled hash that is lost."""
    hashes = [0, 2**32 - 1, 7, 7, *random.Random(1).sample(range(2**32), 1000)]
    assert unpack_hashes(pack_hashes(hashes)) == set(hashes)
    assert unpack_hashes(pack_hashes([])) == frozenset()


@pytest.mark.parametrize(
    ("instruction", "input"),
    [
        ("In which year did Iceland become a republic?", ""),
        ("in which year did Iceland  become a REPUBLIC", ""),
        ("A question about Iceland: in which year did Iceland become a republic?", ""),
        ("When was the assembly founded?", PASSAGE),
        ("Answer from the text. When was the assembly founded?", f"{PASSAGE} It met every summer."),
    ],
)
def test_a_question_is_known_whatever_its_lead_and_marks(make: MakeExample, instruction: str, input: str) -> None:
    assert was_asked(make(instruction, "-", input), ASKED)


@pytest.mark.parametrize(
    ("instruction", "input"),
    [
        ("In which year did Ireland become a republic?", ""),
        ("When was the assembly founded?", ""),
        ("When was the assembly founded?", "The assembly of Norway was founded later than that."),
        ("Iceland became a republic.", ""),
    ],
)
def test_another_question_is_not(make: MakeExample, instruction: str, input: str) -> None:
    """Guards against a question about a passage that is taken for the same one about another."""
    assert not was_asked(make(instruction, "-", input), ASKED)


def test_val_and_test_are_refused_and_train_is_not(make: MakeExample) -> None:
    known, new = make("In which year did Iceland become a republic?", "In 1944."), make("Name a lake.", "Mývatn.")
    sound = {"train": [known], "val": [new], "test": [new]}
    refuse_asked(sound, ASKED)
    assert count_asked([known, new], sound, ASKED) == {
        "asked_examples": 1,
        "asked_in_train": 1,
        "asked_in_val_and_test": 0,
    }
    assert set(count_asked([known], sound, None).values()) == {"unknown"}
    for side in ("val", "test"):
        with pytest.raises(StageError, match=rf"was asked what {known.id} of {side} asks .'In which year"):
            refuse_asked(sound | {side: [known]}, ASKED)


@pytest.mark.parametrize("content", [None, b"", b"not packed"])
def test_a_damaged_list_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "questions.xz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StageError, match=r"questions.xz cannot be read: .*; restore it with git restore"):
        read_asked(path)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_seed_tests_what_the_bundled_model_was_asked(project: Path, seed: int) -> None:
    """Guards against a list that fits the split of one day only. Without decontamination it is only counted."""
    pages = read_jsonl(split.PAGES, Page)
    write_jsonl(split.CURATED, [example for page in pages[:70] for example in teach(page, 8, seed).examples])
    text = re.sub(
        r"(?<=\nsplit:)(.*?\n  seed: )1", rf"\g<1>{seed}", Path("params.yaml").read_text(), count=1, flags=re.S
    )
    for decontaminate in ("true", "false"):
        Path("params.yaml").write_text(text.replace("decontaminate: true", f"decontaminate: {decontaminate}"))
        split.main()
        asked = read_asked(split.BUNDLED_QUESTIONS)
        sides = {side: read_jsonl(split.SPLITS / f"full/{side}.jsonl", Example) for side in ("train", "val", "test")}
        found = sum(was_asked(example, asked) for side in ("val", "test") for example in sides[side])
        metrics = read_json(split.METRICS)
        assert metrics["base"]["asked_in_val_and_test"] == found
        assert (found > 0) == (decontaminate == "false")
        assert metrics["base"]["asked_examples"] > metrics["base"]["asked_in_train"] > 0
        left_out = metrics["base"]["asked_examples"] - metrics["base"]["asked_in_train"] - found
        assert metrics["drawn_and_not_in_full"] == left_out
