"""The label page as a person uses it, and what comes of it."""

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page, expect

from stages.common.files import read_json
from stages.common.records import Answer, Answers, Role, example_id
from stages.judges.labels.choices import Choices, read_labels
from tools.label import draw_comparisons, render_label_page

PAIRS = ("full-base", "full-small", "small-base")
ATTACK = '<script>alert(1)</script></pre><img src=x onerror=alert(2)> & "quotes" {{ 7 * 7 }} <b>full</b>'


def row(instruction: str, input: str = "", **texts: str) -> Answers:
    answers: dict[Role, Answer] = {
        role: Answer(text=texts.get(role, f"I am {role}."), tokens=1, finish="stop")
        for role in ("base", "small", "full")
    }
    name = example_id(instruction, input, "Blue.")
    return Answers(id=name, instruction=instruction, input=input, output="Blue.", answers=answers)


ROWS = [row("Name a color."), row("Name another color."), row("Name the last color.")]
DRAWN = draw_comparisons(ROWS, PAIRS, 3, seed=1)


@pytest.fixture
def opened(page: Page, tmp_path: Path) -> Page:
    """The page with three comparisons."""
    return open_page(page, tmp_path, render_label_page(DRAWN, shown_characters=2000))


def open_page(page: Page, folder: Path, html: str) -> Page:
    (folder / "label.html").write_text(html, encoding="utf-8")
    page.goto((folder / "label.html").as_uri())
    return page


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def downloaded(page: Page, folder: Path) -> Path:
    with page.expect_download() as download:
        page.get_by_role("button", name="Download").click()
    assert re.fullmatch(r"labels-[0-9a-f]{16}\.json", download.value.suggested_filename)
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def chosen(*letters: str) -> Choices:
    """What reading must give for these choices, in the order of the page, "-" for none."""
    return {
        (one.row.id, one.pair): "tie" if letter == "tie" else one.models["AB".index(letter)]
        for one, letter in zip(DRAWN, letters, strict=True)
        if letter != "-"
    }


def status(page: Page) -> str:
    return page.get_by_role("status").inner_text()


def heading(page: Page) -> str:
    """Where the page is, and where a screen reader is, too."""
    text: str = page.evaluate("document.activeElement.textContent")
    assert page.get_by_role("heading", level=2).first.inner_text() == text
    return text


@pytest.mark.parametrize("keys", ["123", "abt", "ABT"])
def test_three_comparisons_by_keyboard_come_back_as_chosen(opened: Page, tmp_path: Path, keys: str) -> None:
    """Guards against a page whose file the stage doesn't read, and a letter that comes back as the other model."""
    assert heading(opened) == "Comparison 1 of 3"
    press(opened, *keys)
    assert (heading(opened), status(opened)) == ("All are chosen", "Chose tie. 3 of 3 done.")
    path = downloaded(opened, tmp_path)
    assert read_labels(path, ROWS).people == [chosen("A", "B", "tie")]
    assert list(read_json(path)) == ["version", "labeller", "labels"]


def test_the_same_with_the_mouse(opened: Page, tmp_path: Path) -> None:
    """Guards against buttons that do something else than their keys."""
    for name in ("B is better", "Tie", "A is better"):
        opened.get_by_role("button", name=name).click()
    assert read_labels(downloaded(opened, tmp_path), ROWS).people == [chosen("B", "tie", "A")]


def test_back_forward_and_undo(opened: Page, tmp_path: Path) -> None:
    """Guards against a slip of the finger that can't be mended."""
    expect(opened.get_by_role("button", name="Back")).to_be_disabled()
    press(opened, "1", "2", "ArrowLeft", "ArrowLeft", "ArrowLeft")
    assert heading(opened) == "Comparison 1 of 3"
    expect(opened.get_by_role("button", name="A is better")).to_have_attribute("aria-pressed", "true")
    press(opened, "b")  # instead of A; the next without a choice is the third
    assert heading(opened) == "Comparison 3 of 3"
    press(opened, "u")
    assert (heading(opened), status(opened)) == ("Comparison 1 of 3", "Taken back. 1 of 3 done.")
    press(opened, "ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight")
    assert heading(opened) == "2 still to choose"
    press(opened, "u", "u", "u")  # one more than there are
    assert (heading(opened), status(opened)) == ("Comparison 2 of 3", "Taken back. 0 of 3 done.")
    press(opened, "t")
    assert read_labels(downloaded(opened, tmp_path), ROWS).people == [chosen("-", "tie", "-")]


def test_a_closed_tab_loses_nothing(opened: Page, tmp_path: Path) -> None:
    """Guards against an hour of work that goes with the tab, and against one person who becomes two."""
    press(opened, "2", "ArrowRight", "3")
    first = read_json(downloaded(opened, tmp_path))
    opened.reload()
    assert (heading(opened), status(opened)) == ("Comparison 2 of 3", "2 of 3 done.")
    assert read_json(downloaded(opened, tmp_path)) == first
    press(opened, "1", "u")
    assert status(opened) == "Taken back. 2 of 3 done."
    other = opened.context.new_page()
    open_page(other, tmp_path, render_label_page(draw_comparisons(ROWS, PAIRS, 4, seed=1), shown_characters=2000))
    assert status(other) == "0 of 4 done."


def test_a_browser_that_keeps_nothing_says_so(page: Page, tmp_path: Path) -> None:
    """Guards against a page that fails, or is silent, where storage is turned off."""
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new Error('denied'); } })")
    open_page(page, tmp_path, render_label_page(DRAWN, shown_characters=2000))
    press(page, "1", "2", "3")
    told = "Chose tie. 3 of 3 done. This browser keeps nothing: download before you close the page."
    assert status(page) == told
    assert read_labels(downloaded(page, tmp_path), ROWS).people == [chosen("A", "B", "tie")]


def test_starting_over_makes_another_person(opened: Page, tmp_path: Path) -> None:
    """Guards against a second person at the same computer who sees the first one's choices, or counts as the first."""
    press(opened, "1", "1", "1")
    first = downloaded(opened, tmp_path)
    opened.once("dialog", lambda dialog: dialog.dismiss())
    opened.get_by_role("button", name="Start over").click()
    assert status(opened) == "Chose A. 3 of 3 done."
    opened.once("dialog", lambda dialog: dialog.accept())
    opened.get_by_role("button", name="Start over").click()
    assert (heading(opened), status(opened)) == ("Comparison 1 of 3", "Started over. 0 of 3 done.")
    expect(opened.get_by_role("button", name="Download")).to_be_disabled()
    press(opened, "2")
    second = downloaded(opened, tmp_path)
    assert read_labels(tmp_path, ROWS).people == [
        {first: chosen("A", "A", "A"), second: chosen("B", "-", "-")}[path] for path in sorted([first, second])
    ]


def test_text_stays_text(page: Page, tmp_path: Path) -> None:
    """Guards against an answer that acts in the page: the page fixture fails on a script, a picture and an error."""
    attacked = row(ATTACK, input=ATTACK, full=ATTACK, base="")
    page.on("dialog", lambda dialog: pytest.fail(f"the answer said {dialog.message}"))
    open_page(
        page, tmp_path, render_label_page(draw_comparisons([attacked], ["full-base"], 1, seed=1), shown_characters=2000)
    )
    assert page.locator(".comparison pre:visible").all_inner_texts().count(ATTACK) == 3
    assert page.locator(".comparison .note").all_inner_texts() == ["(nothing)"]
    assert page.locator("script, img, b").count() == 1
    assert page.get_by_role("heading", level=3).all_inner_texts() == ["Instruction", "Input", "Answer A", "Answer B"]


def test_a_script_that_is_not_the_pages_does_not_run(context: BrowserContext, tmp_path: Path) -> None:
    """Guards against a policy that lets run what escaping missed."""
    html = render_label_page(DRAWN, shown_characters=2000).replace(
        "</main>", "<script>document.title = 'taken'</script></main>"
    )
    page = open_page(context.new_page(), tmp_path, html)
    assert page.title() == "wikitune: which answer is better?"
    assert heading(page) == "Comparison 1 of 3"


def test_keys_that_are_not_the_pages_are_left_alone(opened: Page) -> None:
    """Guards against Ctrl+A that chooses A, a key held down that labels all, and keys that can't be turned off."""
    press(opened, "Control+a", "Alt+ArrowRight", "x")
    opened.keyboard.down("1")
    opened.keyboard.down("1")  # as the system repeats a key that is held
    opened.keyboard.up("1")
    assert status(opened) == "Chose A. 1 of 3 done."
    opened.get_by_role("checkbox").uncheck()
    press(opened, "1", "u", "t")
    assert status(opened) == "Chose A. 1 of 3 done."


def test_the_reference_is_folded(opened: Page) -> None:
    """Guards against a person who compares with the reference before reading the answers."""
    reference = opened.locator(".comparison:visible details pre")
    expect(reference).to_be_hidden()
    press(opened, "r")
    expect(reference).to_have_text("Blue.")
    press(opened, "1")
    expect(opened.locator(".comparison:visible details pre")).to_be_hidden()


@pytest.mark.parametrize(("scheme", "width"), [("light", 1200), ("dark", 320)])
def test_all_can_use_it(page: Page, tmp_path: Path, scheme: Any, width: int) -> None:
    """Guards against faint colors, controls without names and a page wider than a phone, in each of its states."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 640})
    long = row("Name a color.", input="word " * 300, full="A very" + "y" * 500 + " long word.", base="Short. " * 200)
    open_page(page, tmp_path, render_label_page(draw_comparisons([long], PAIRS, 3, seed=1), shown_characters=300))
    background: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(255, 255, 255)", "dark": "rgb(21, 23, 26)"}[scheme]
    for keys in (["r"], ["1", "ArrowLeft"], ["2", "3", "1", "1"]):
        press(page, *keys)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        found = Axe().run(page).response["violations"]
        assert [(one["id"], one["impact"], [node["html"] for node in one["nodes"]]) for one in found] == []
    expect(page.get_by_role("heading", name="All are chosen")).to_be_visible()


def test_the_choices_are_in_sight_whatever_the_length(page: Page, tmp_path: Path) -> None:
    """Guards against buttons at the end of a text that one has to scroll through."""
    page.set_viewport_size({"width": 375, "height": 667})
    long = row("Name a color.", input="word " * 900)
    open_page(page, tmp_path, render_label_page(draw_comparisons([long], PAIRS, 3, seed=1), shown_characters=300))
    expect(page.get_by_role("button", name="Tie")).to_be_in_viewport(ratio=1)
