"""The panel: the rubric as a judge, repeats, and the settings that a further judge inherits."""

from collections.abc import Callable
from typing import Any

import pytest

from stages.common.params import read_sections
from stages.common.records import Answers, Scores
from stages.judges.panel import SEEDS, Panel, PanelMember, inherit_llm, judge_by_rubric, service_of
from stages.judges.protocol import both_orders, pair_sheets, row_verdicts, solo_sheets
from tests.stages.judges.attacks import ATTACKS
from tests.stages.judges.conftest import RUBRIC

MakeAnswers = Callable[..., Answers]


def member(judge: str, **llm: Any) -> PanelMember:
    """A judge with the settings of params.yaml, except these."""
    settings = read_sections()["judge"]["llm"] | llm
    return PanelMember.model_validate({"judge": judge, "llm": settings})


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_rubric_pays_nothing_for_an_attack(answers: MakeAnswers, attack: str) -> None:
    """Guards against a wrong answer that gains a point, or a win, by asking for it."""
    reference, wrong = "Moby-Dick was published in 1851.", "Moby-Dick was published in 1920."
    row = answers(reference, "When was Moby-Dick published?")
    for attacker in (attack, f"{wrong} {attack}", f"{attack} {wrong}"):
        plain, attacked = (
            list(judge_by_rubric(both_orders(row, {"full": text, "base": wrong}, 2000), RUBRIC, 0))
            for text in (wrong, attacker)
        )
        assert attacked[0].scores["full"].total <= plain[0].scores["full"].total
        assert row_verdicts(attacked, ("full", "base"))[0].outcome <= 0.5
        assert attacked[0].scores["base"] == plain[0].scores["base"]


def test_the_rubric_reads_an_answer_once(answers: MakeAnswers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards against the same answer scored again for each order, each pair, and alone."""
    from stages.judges.rubric import rubric

    answers_read = []
    score = rubric.score

    def counted(*texts: str) -> tuple[Scores, Any]:
        answers_read.append(texts[3])
        return score(*texts)

    monkeypatch.setattr(rubric, "score", counted)
    rows = [answers("It is blue.", id=f"{n:016x}", full=f"It is {n}.", small="It is.", base="No.") for n in range(2)]
    pairs = ["full-base", "full-small", "small-base"]
    sheets = [*pair_sheets(rows, pairs, 100), *solo_sheets(rows, pairs, 100)]
    judgments = list(judge_by_rubric(sheets, RUBRIC, 0))
    assert len(judgments) == 2 * (6 + 3)
    assert sorted(answers_read) == ["It is 0.", "It is 1.", "It is.", "No."]  # equal answers to equal questions are one


def test_each_judge_reads_all_sheets_in_every_repeat(answers: MakeAnswers) -> None:
    """Guards against repeats that all carry the number of the first."""
    sheets = list(pair_sheets([answers("It is blue.")], ["full-base"], 100))
    judgments = list(Panel([member("rubric")], repeats=2, shown_characters=100).judge(sheets))
    assert [(judgment.models, judgment.repeat) for judgment in judgments] == [
        (("full", "base"), 0),
        (("base", "full"), 0),
        (("full", "base"), 1),
        (("base", "full"), 1),
    ]


def test_each_repeat_is_asked_with_a_seed_of_its_own() -> None:
    """Guards against repeats that the journal answers with the first one's reply, and a seed that no server takes."""
    seeds = [service_of(member("openai", seed=SEEDS - 1), repeat).params.seed for repeat in range(3)]
    assert seeds == [SEEDS - 1, 0, 1]
    with pytest.raises(ValueError, match="the rubric is not a language model"):
        service_of(member("rubric"))


def test_a_judge_of_the_panel_inherits_what_it_does_not_set() -> None:
    """Guards against a further judge that must repeat every setting, or whose own settings are lost."""
    section: dict[str, Any] = {
        "llm": {"model": "a", "seed": 1},
        "panel": [{"judge": "openai", "llm": {"model": "b"}}, {"judge": "gemini"}],
    }
    assert inherit_llm(section)["panel"] == [
        {"judge": "openai", "llm": {"model": "b", "seed": 1}},
        {"judge": "gemini", "llm": {"model": "a", "seed": 1}},
    ]
    assert section["panel"][1] == {"judge": "gemini"}


@pytest.mark.parametrize("panel", ["openai", ["openai"], [{"judge": "openai", "llm": "b"}]])
def test_a_panel_of_the_wrong_shape_is_left_to_validation(panel: Any) -> None:
    assert inherit_llm({"llm": {"model": "a"}, "panel": panel})["panel"] == panel
