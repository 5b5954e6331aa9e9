"""reports/data.html in a real browser."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from stages.common.files import write_jsonl
from stages.common.quality_scores import QualityScore
from stages.common.records import Example, RawRow, Rejection, Source, Teacher, make_example
from stages.reporting.charts import draw_charts
from stages.reporting.data_charts import data_charts
from stages.reporting.data_page import write_data_page
from stages.reporting.example_rows import ExampleFate, ExampleFates, read_example_fates
from stages.reporting.wording import Language, Wording
from tests.browser.report_page import load
from tests.stages.reporting.made_run import examples

COUNT = 90
PHONE = {"width": 390, "height": 844}


def written_data(folder: Path) -> ExampleFates:
    """Adds curated and rejected examples to a finished run: one repeats another, and one is not even an example."""
    made = [one for one in examples(COUNT) if one.source.kind == "synthetic"]
    first = made[0]
    twin = make_example(
        instruction="In which year did it open?", output=first.output, kind=first.kind, source=first.source,
        teacher=Teacher(name="gemini", model="flash"),
    )  # fmt: skip
    late = make_example(
        instruction="What opened in 2031?", output="A <b>mill</b> (2031).", kind="who", source=first.source,
        teacher=Teacher(name="rules"),
    )  # fmt: skip
    raw = RawRow(place="data/synthetic.jsonl:4", text='{"instruction": ')
    evidence = f"asks and answers the same as {first.id}: {first.instruction!r}"
    write_jsonl(folder / "data/curated.jsonl", made)
    rejections = [
        Rejection(example=raw, reason="malformed", evidence="not JSON"),
        Rejection(example=late, reason="after_cutoff", evidence="instruction speaks of 'in 2031', the cut-off is 2022"),
        Rejection(example=twin, reason="near_duplicate", evidence=evidence),
        Rejection(example=first, reason="exact_duplicate", evidence=f"same instruction and input as {first.id}"),
    ]
    write_jsonl(folder / "data/rejected.jsonl", rejections)
    scores = {
        one.id: QualityScore(id=one.id, tokens=4, loss=1 + place / 10, loss_alone=2.0, model="0" * 16)
        for place, one in enumerate(made[:20])
    }
    return read_example_fates(folder / "data", scores)


def write_page_of(fates: ExampleFates, folder: Path, language: Language = "en") -> str:
    wording = Wording(language)
    evidence = load(folder)
    draw_charts(evidence, wording, folder / "reports/plots", data_charts(fates))
    write_data_page(fates, evidence, wording, folder / "reports/plots", folder / "reports/data.html")
    return (folder / "reports/data.html").as_uri()


@pytest.fixture(scope="module")
def fates(made: Path) -> ExampleFates:
    return written_data(made)


@pytest.fixture(scope="module")
def address(made: Path, fates: ExampleFates) -> str:
    return write_page_of(fates, made)


@pytest.fixture
def data(page: Page, address: str) -> Page:
    """The page, opened at its examples."""
    page.goto(f"{address}#rows")
    expect(rows(page).first).to_be_visible()
    return page


def rows(page: Page) -> Locator:
    return page.locator("#list .row")


def expect_count(page: Page, count: int, total: int) -> None:
    expect(page.locator("#count")).to_have_text(f"{count} of {total} examples")


def choose(page: Page, label: str, option: str | re.Pattern[str]) -> None:
    field = page.get_by_label(label, exact=True)
    texts = field.locator("option").all_inner_texts()
    field.select_option(index=next(place for place, text in enumerate(texts) if re.search(option, text)))


def test_filters_and_search(data: Page, fates: ExampleFates) -> None:
    """Guards against filters that show the examples of another rule, kind, teacher or split, and a search that looks at
    instructions only."""
    total = len(fates.rows)
    expect_count(data, total, total)
    for label, option, expected in (
        ("Outcome", "^rejected$", sum(bool(row.reason) for row in fates.rows)),
        ("Outcome", r"^near duplicate \(1\)", 1),
        ("Outcome", "^kept", sum(not row.reason for row in fates.rows)),
        ("Teacher", r"gemini \(flash\)", 1),
        ("Split", "^test", sum(row.side == "test" for row in fates.rows)),
        ("Split", "also in small", sum(row.in_small for row in fates.rows)),
        ("Kind", "^when", sum(getattr(row.example, "kind", "") == "when" for row in fates.rows)),
    ):
        choose(data, label, option)
        expect_count(data, expected, total)
        assert 0 < expected < total
        data.get_by_role("button", name="Reset").click()
    data.get_by_label("Search").fill("SPEAKS of 2031")  # of the evidence
    expect_count(data, 1, total)
    expect(rows(data).first).to_contain_text("after the cutoff")


def test_a_rejected_example_shows_evidence_twin_page_and_revision(data: Page, fates: ExampleFates) -> None:
    """Guards against a rejection that nobody can judge, and a link to the twin that leads to the wrong example."""
    choose(data, "Outcome", "^near duplicate")
    rows(data).first.get_by_role("button").click()
    body = rows(data).first.locator(".body")
    first = fates.rows[0].example
    assert isinstance(first, Example)
    expect(body.locator(".objection")).to_contain_text(f"asks and answers the same as {first.id}")
    expect(body.locator(".other")).to_contain_text(first.instruction)
    expect(body.locator(".other")).to_contain_text(first.output)
    lineage = body.locator(".lineage")
    expect(lineage).to_contain_text(f"page{first.source.title}")
    expect(lineage).to_contain_text(f"revision{first.source.revision_id}")
    expect(lineage.get_by_role("link", name=first.source.title or "")).to_have_attribute("href", first.source.url or "")
    body.locator(".other").get_by_role("link").click()
    twin = data.locator(f"[id='row-{first.id}']")
    expect(twin).to_be_in_viewport()
    expect(twin.locator(".body")).to_contain_text("Rejected because of this one")
    expect(twin.locator(".body")).to_contain_text("In which year did it open?")


def test_a_copy_with_the_id_of_its_original_opens_alone(data: Page) -> None:
    """Guards against two rows of one address, which open together and lead to one another."""
    choose(data, "Outcome", "^exact duplicate")
    rows(data).first.get_by_role("button").click()
    expect(data.locator(".row.open")).to_have_count(1)
    assert str(rows(data).first.get_attribute("id")).endswith(".2")
    data.get_by_role("button", name="Reset").click()
    expect(rows(data).first.locator(".body")).to_have_count(0)


def test_rules_and_examples_lead_to_one_another(data: Page) -> None:
    """Guards against a link to a rule that stays folded, and a button that shows another rule's examples."""
    choose(data, "Outcome", "^after the cutoff")
    rows(data).first.get_by_role("button").click()
    rows(data).first.get_by_role("link", name="after the cutoff").click()
    rule = data.locator("#rule-after_cutoff")
    expect(rule.get_by_text("Threshold curate.cutoff: 2022-12-31")).to_be_in_viewport()
    rule.get_by_role("button", name="Show the 31 examples").click()  # by the metrics of this made run
    expect(data.get_by_label("Outcome")).to_have_value("after_cutoff")
    expect(rows(data)).to_have_count(1)


def test_sorting_puts_what_has_no_score_last(data: Page) -> None:
    choose(data, "Sort", "hardest first")
    expect(rows(data).first.locator(".score")).to_have_text("difficulty 1.45")
    choose(data, "Sort", "easiest first")
    expect(rows(data).first.locator(".score")).to_have_text("difficulty 0.50")
    expect(rows(data).nth(19).locator(".score")).to_have_count(1)
    data.evaluate("scrollTo({top: document.body.scrollHeight, behavior: 'instant'})")
    expect(rows(data).last.locator(".score")).to_have_count(0)


def test_every_row_of_the_report_leads_to_its_example(page: Page, made: Path, address: str) -> None:
    """Guards against links between the two pages that lead nowhere: for the first row, a general task and the last."""
    ids = [load(made).rows[place].example.id for place in (0, 2, -1)]
    assert (made / "reports/index.html").is_file() and address.endswith("reports/data.html")
    for name in ids:
        page.goto((made / "reports/index.html").as_uri() + f"#row-{name}")
        page.locator(f"[id='row-{name}']").get_by_role("link", name="in the data").click()
        row = page.locator(f"[id='row-{name}']")
        expect(row).to_be_in_viewport()
        row.get_by_role("link", name="in the report").click()
        expect(page.locator(f"[id='row-{name}'] .answer")).to_have_count(3)


def test_a_hostile_example_stays_text(page: Page, made: Path, tmp_path: Path) -> None:
    """Guards against pages and teachers that act in the reader's browser."""
    attack = "</script><script>window.attacked = 1</script><img src=x onerror='window.attacked = 1'>"
    source = Source(kind="synthetic", title=attack, revision_id=1, url="javascript:window.attacked = 1")
    teacher = Teacher(name=attack)
    example = make_example(instruction=attack, input=attack, output=attack, kind=attack, source=source, teacher=teacher)
    wording, evidence = Wording("en"), load(made)
    fates = ExampleFates((ExampleFate(example, "echo", attack),), 1)
    draw_charts(evidence, wording, tmp_path, data_charts(fates))
    write_data_page(fates, evidence, wording, tmp_path, tmp_path / "data.html")
    page.goto((tmp_path / "data.html").as_uri() + "#rows")
    rows(page).first.get_by_role("button").click()
    for place in (".question", ".objection", ".lineage"):
        expect(rows(page).first.locator(place)).to_contain_text("<script>window.attacked = 1</script>")
    assert page.locator("a[href^='javascript'], #list img, #list script").count() == 0
    assert page.evaluate("window.attacked") is None


@pytest.mark.parametrize("viewport", [None, PHONE])
def test_the_page_scrolls_only_downwards(data: Page, viewport: dict[str, int] | None) -> None:
    """Guards against a page that is wider than a phone, with a rule and an example open."""
    if viewport:
        data.set_viewport_size(viewport)  # type: ignore[arg-type]
    data.evaluate("document.getElementById('rows').scrollIntoView({behavior: 'instant'})")
    expect(rows(data).first).to_be_in_viewport()
    data.keyboard.press("j")
    data.keyboard.press("Enter")
    expect(data.locator(".row.open .lineage")).to_have_count(1)
    data.evaluate("document.querySelectorAll('details').forEach((box) => { box.open = true; })")
    width = data.evaluate("innerWidth")
    assert data.evaluate("document.documentElement.scrollWidth") == width


@pytest.fixture(params=["light", "dark"])
def painted(browser: Browser, address: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    page = browser.new_page(color_scheme=request.param)
    page.goto(f"{address}#rows")
    yield page
    page.close()


def test_the_data_page_is_accessible(painted: Page) -> None:
    """Guards against what keeps people with a screen reader, a keyboard or weak eyes from the page."""
    choose(painted, "Outcome", "^near duplicate")
    painted.locator("#list .row button").first.click()
    painted.evaluate("document.querySelectorAll('details').forEach((box) => { box.open = true; })")
    violations = Axe().run(painted).response["violations"]
    assert [(violation["id"], violation["nodes"][0]["html"]) for violation in violations] == []


@pytest.fixture
def portuguese(page: Page, made: Path, tmp_path: Path, fates: ExampleFates) -> Callable[[], Page]:
    def opened() -> Page:
        wording, evidence = Wording("pt"), load(made)
        draw_charts(evidence, wording, tmp_path, data_charts(fates))
        write_data_page(fates, evidence, wording, tmp_path, tmp_path / "data.html")
        page.goto((tmp_path / "data.html").as_uri() + "#rows")
        return page

    return opened


def test_kinds_and_numbers_are_portuguese(portuguese: Callable[[], Page]) -> None:
    """Guards against a page of two languages."""
    page = portuguese()
    kinds = page.locator("#kind option").all_inner_texts()
    assert "pergunta sobre um trecho" in kinds and "quando" in kinds
    expect(rows(page).first.locator(".score")).to_have_text("dificuldade 0,50")
