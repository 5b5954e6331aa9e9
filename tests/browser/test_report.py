"""reports/index.html in a real browser."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from stages.common.files import read_jsonl, write_jsonl
from stages.common.records import Answer, Answers, Example, Judgment, Scores, Source, Teacher, make_example
from stages.reporting.evidence import Evidence
from tests.browser.report_page import ROWS, load
from tests.stages.reporting.made_run import numbered, params, write_run

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def report(page: Page, made: Path) -> Page:
    """The page, opened at its rows."""
    page.goto((made / "reports/index.html").as_uri() + "#rows")
    expect(rows(page).first).to_be_visible()
    return page


def rows(page: Page) -> Locator:
    return page.locator("#list .row")


def count(page: Page) -> Locator:
    return page.locator("#count")


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label, exact=True).select_option(label=option)


def gains(page: Page) -> list[str]:
    """As numbers that Python reads."""
    shown = rows(page).locator(".gain").all_text_contents()
    return [text.removeprefix("gain ").replace("\N{MINUS SIGN}", "-") for text in shown]


def test_search_finds_words_and_marks_them(report: Page, made: Path) -> None:
    """Guards against a search that looks at instructions only, or at single letters' case."""
    examples = read_jsonl(made / "data/splits/full/test.jsonl", Example)
    expected = sum("orchard" in example.output.lower() and "diary" in example.instruction for example in examples)
    report.get_by_label("Search").fill("ORCHARD diary")
    expect(count(report)).to_have_text(f"{expected} of {ROWS} rows")
    assert 0 < expected < ROWS
    assert {text.lower() for text in report.locator("#list mark").all_inner_texts()} == {"orchard", "diary"}
    report.get_by_label("Search").fill("nobody wrote this")
    expect(count(report)).to_have_text(f"0 of {ROWS} rows")
    expect(report.get_by_text("No row fits.")).to_be_visible()
    report.get_by_role("button", name="Reset").click()
    expect(count(report)).to_have_text(f"{ROWS} of {ROWS} rows")


def test_a_search_is_no_pattern(report: Page) -> None:
    """Guards against signs that act in a regular expression."""
    report.get_by_label("Search").fill("(.*")
    expect(count(report)).to_have_text(f"0 of {ROWS} rows")


def test_filters_by_winner_criterion_and_kind(report: Page, made: Path) -> None:
    """Guards against filters that show the rows of another winner, criterion or kind."""
    evidence = load(made)
    judged = [(row, judgment) for row in evidence.rows for judgment in row.comparisons("full", "small")[:1]]
    for winner, name in (("small", "small wins"), ("tie", "tie")):
        choose(report, "Compare", "full against small")
        choose(report, "Winner", name)
        expected = sum(judgment.winner == winner for _, judgment in judged)
        expect(count(report)).to_have_text(f"{expected} of {ROWS} rows")
    choose(report, "Criterion", "factual correctness")
    ties = sum(len({score.factual_correctness for score in judgment.scores.values()}) == 1 for _, judgment in judged)
    expect(count(report)).to_have_text(f"{ties} of {ROWS} rows")
    choose(report, "Kind", "when")
    when = sum(
        len({score.factual_correctness for score in judgment.scores.values()}) == 1 and row.example.kind == "when"
        for row, judgment in judged
    )
    expect(count(report)).to_have_text(f"{when} of {ROWS} rows")
    assert 0 < when < ties
    choose(report, "Winner", "failed or not judged")
    choose(report, "Kind", "all kinds")
    expect(count(report)).to_have_text(f"{sum(not row.counts for row in evidence.rows)} of {ROWS} rows")


def test_sorting_by_gain(report: Page) -> None:
    """Guards against numbers that are sorted as words, and rows without a score in between."""
    choose(report, "Sort", "largest gain first")
    expect(rows(report).first.locator(".gain")).not_to_have_text("gain –")
    shown = [float(gain) for gain in gains(report) if gain != "–"]
    assert shown == sorted(shown, reverse=True) and shown[0] > shown[-1]
    choose(report, "Sort", "largest loss first")
    shown = [float(gain) for gain in gains(report)]
    assert shown == sorted(shown) and shown[0] < shown[-1]


def test_sorting_by_a_models_score(report: Page) -> None:
    """Guards against the score of another model, or the lowest first."""
    choose(report, "Sort", "base's score, highest first")
    expect(rows(report).first.locator(".base")).not_to_have_text("base –")
    shown = rows(report).locator(".tally .base").all_text_contents()
    scores = [float(text.removeprefix("base ")) for text in shown if "–" not in text]
    assert scores == sorted(scores, reverse=True) and scores[0] > scores[-1]


def test_scores_in_a_line_are_those_of_the_comparison(page: Page, write: Callable[[Evidence], str], made: Path) -> None:
    """Guards against a winner in bold beside a score that is lower, from the mean over other comparisons."""
    evidence = load(made)
    row = next(row for row in evidence.rows if row.counts)
    scores = {
        total: Scores(factual_correctness=total, instruction_adherence=0, clarity_and_usefulness=0, total=total)
        for total in (1, 2, 5)
    }
    judgments = [
        judgment.model_copy(
            update={"scores": {role: scores[2 if role == "full" else 1] for role in judgment.models}, "winner": "full"}
        )
        if set(judgment.models) == {"full", "base"}
        else judgment.model_copy(update={"scores": dict.fromkeys(judgment.models, scores[5]), "winner": "tie"})
        for judgment in row.judgments
    ]
    page.goto(write(replace(evidence, rows=(replace(row, judgments=tuple(judgments)),))) + "#rows")
    tally = rows(page).first.locator(".tally")
    expect(tally).to_have_text("base 1small 5full 2gain +1")
    expect(tally.locator(".won")).to_have_text("full 2")


def test_keyboard(report: Page) -> None:
    """Guards against keys that skip rows, act while one types, or don't reach the end of what is drawn."""
    for key, place in (("j", 0), ("j", 1), ("j", 2), ("k", 1), ("k", 0), ("k", 0)):
        report.keyboard.press(key)
        assert report.evaluate("document.activeElement.closest('.row').dataset.place") == str(place)
    report.keyboard.press("Enter")
    expect(rows(report).first.locator(".answer")).to_have_count(3)
    expect(rows(report).first.get_by_role("button")).to_have_attribute("aria-expanded", "true")
    report.keyboard.press("Enter")
    expect(report.locator(".answer")).to_have_count(0)
    for _ in range(ROWS + 3):
        report.keyboard.press("j")
    assert report.evaluate("document.activeElement.closest('.row').dataset.place") == str(ROWS - 1)
    report.keyboard.press("/")
    expect(report.get_by_label("Search")).to_be_focused()
    expect(rows(report).first).to_be_in_viewport()  # what is found shows without scrolling
    report.keyboard.type("jk/")
    expect(report.get_by_label("Search")).to_have_value("jk/")
    report.keyboard.press("Escape")
    expect(report.get_by_label("Search")).to_have_value("")
    expect(count(report)).to_have_text(f"{ROWS} of {ROWS} rows")


def test_a_link_opens_its_row_whatever_the_filters(report: Page, made: Path) -> None:
    """Guards against links into rows that are filtered out, or far below what is drawn."""
    last = load(made).rows[-1].example
    report.get_by_label("Search").fill("nobody wrote this")
    expect(count(report)).to_have_text(f"0 of {ROWS} rows")
    report.evaluate(f"location.hash = 'row-{last.id}'")
    row = report.locator(f"[id='row-{last.id}']")
    expect(row.locator(".answer")).to_have_count(3)
    expect(row).to_be_in_viewport()
    report.reload()
    expect(row).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_light_and_dark(browser: Browser, made: Path, scheme: str) -> None:
    """Guards against a page, or pictures in it, that stay bright in the dark."""
    page = browser.new_page(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto((made / "reports/index.html").as_uri())
    background = "getComputedStyle(document.body).backgroundColor"
    ink = "getComputedStyle(document.querySelector('figure svg text')).fill"
    light, dark = ("rgb(255, 255, 255)", "rgb(27, 32, 39)"), ("rgb(17, 20, 25)", "rgb(230, 233, 238)")
    colors = {"light": light, "dark": dark}
    opposite = {"light": "dark", "dark": "light"}[scheme]
    assert page.evaluate(background) == colors[scheme][0]
    title = (
        "[...document.querySelectorAll('figure svg text')].find(one => one.textContent.startsWith('Total')).style.fill"
    )
    assert page.evaluate(title) == "var(--ink)" and page.evaluate(ink)
    page.get_by_role("button", name="Light or dark").click()
    assert page.evaluate(background) == colors[opposite][0]
    page.reload()
    assert page.evaluate(background) == colors[opposite][0]  # the choice is kept
    page.close()


def test_a_phone_scrolls_only_downwards(context: BrowserContext, report: Page) -> None:
    """Guards against a page that is wider than a phone, whatever its words."""
    report.set_viewport_size(PHONE)  # type: ignore[arg-type]
    report.keyboard.press("j")
    report.keyboard.press("Enter")
    expect(report.locator(".answer")).to_have_count(3)
    assert report.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_tables_that_scroll_say_so(report: Page) -> None:
    """Guards against columns that nobody on a phone knows of, and against the hint where everything is in view."""
    report.locator("details.reference").evaluate("one => one.open = true")
    hints = report.locator(".sideways").filter(visible=True)
    wide = "boxes => boxes.filter((box) => box.scrollWidth > box.clientWidth).length"
    for width in (2000, PHONE["width"]):
        report.set_viewport_size({"width": width, "height": 900})
        expect(hints).to_have_count(report.locator(".scroll").evaluate_all(wide))
    assert hints.count() > 3
    expect(hints.last).to_have_text("This table goes on to the right: scroll it sideways.")


def hostile_run(folder: Path) -> Evidence:
    """A run of which every text is an attack."""
    attack = "</script><script>window.attacked = 1</script><img src=x onerror='window.attacked = 1'>"
    source = Source(kind="synthetic", title=attack, revision_id=1, url="javascript:window.attacked = 1")
    example = make_example(
        instruction=f"<!-- {attack}",
        input=f"{attack}\u2028 {{{{ 7 * 7 }}}}",
        output=attack,
        kind=attack,
        source=source,
        teacher=Teacher(name=attack, model=attack),
    )
    answers = {role: Answer(text=f"{role} {attack}", tokens=1, finish="stop") for role in ("base", "small", "full")}
    row = {"id": example.id, "instruction": example.instruction, "input": example.input, "output": example.output}
    scores = {"factual_correctness": 1, "instruction_adherence": 1, "clarity_and_usefulness": 1, "total": 3}
    judgment = {"id": example.id, "models": ("full", "base"), "repeat": 0, "scores": {"full": scores, "base": scores}}
    judgment |= {"declared": "tie", "winner": "tie", "justification": attack, "status": "ok", "raw": attack}
    write_run(folder, 1)
    write_jsonl(folder / "data/splits/full/test.jsonl", [example])
    write_jsonl(folder / "data/splits/small/test.jsonl", [example])
    write_jsonl(folder / "data/answers.jsonl", [Answers.model_validate(row | {"answers": answers})])
    judge = Teacher(name=attack)
    write_jsonl(folder / "data/judgments.jsonl", [Judgment.model_validate(judgment | {"judge": judge})])
    return load(folder)


def test_hostile_text_stays_text(page: Page, write: Callable[[Evidence], str], tmp_path: Path) -> None:
    """Guards against pages, models and judges that act in the reader's browser."""
    page.goto(write(hostile_run(tmp_path / "hostile")) + "#rows")
    page.get_by_label("Search").fill("<img")
    page.keyboard.press("Escape")
    page.locator("#list .row button").click()
    shown = page.locator("#list .row")
    for place in (".question", ".answer.full .text", ".judgments", ".lineage"):
        expect(shown.locator(place)).to_contain_text("<script>window.attacked = 1</script>")
    expect(shown.locator(".lineage")).to_contain_text("javascript:window.attacked = 1")
    assert page.locator("a[href^='javascript']").count() == 0
    assert page.locator("#list img, #list script").count() == 0
    assert page.evaluate("window.attacked") is None


def test_ten_thousand_rows_stay_few_in_the_document(page: Page, write: Callable[[Evidence], str], made: Path) -> None:
    """Guards against a page that draws all rows at once, or keeps all that were passed."""
    evidence = load(made)
    page.goto(write(replace(evidence, rows=tuple(numbered(evidence.rows, 10_000)))) + "#rows")
    expect(count(page)).to_have_text("10,000 of 10,000 rows")
    expect(rows(page).first).to_be_visible()
    for fraction in (0.3, 0.6, 1):
        page.evaluate(f"scrollTo({{top: {fraction} * document.body.scrollHeight, behavior: 'instant'}})")
        page.wait_for_timeout(200)
        expect(page.locator("#list .row:visible").first).to_be_visible()
        assert rows(page).count() <= 120
    expect(rows(page).last).to_have_attribute("aria-posinset", "10000")
    page.get_by_label("Search").fill(f"{9998:016x}")
    expect(count(page)).to_have_text("1 of 10,000 rows")


def test_no_rows_no_errors(page: Page, write: Callable[[Evidence], str]) -> None:
    """Guards against a script that stops where there is nothing to show."""
    page.goto(write(Evidence(params(), {}, {"full": [], "small": []}, ())))
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no answer yet.")
    expect(count(page)).to_have_text("0 of 0 rows")


@pytest.fixture(params=["light", "dark"])
def painted(browser: Browser, made: Path, request: pytest.FixtureRequest) -> Iterator[Page]:
    page = browser.new_page(color_scheme=request.param)
    page.goto((made / "reports/index.html").as_uri() + "#rows")
    yield page
    page.close()


def test_accessibility(painted: Page) -> None:
    """Guards against what keeps people with a screen reader, a keyboard or weak eyes from the page."""
    painted.locator("#list .row button").first.click()
    painted.locator("details.reference").evaluate("one => one.open = true")
    violations = Axe().run(painted).response["violations"]
    assert [(violation["id"], violation["nodes"][0]["html"]) for violation in violations] == []
