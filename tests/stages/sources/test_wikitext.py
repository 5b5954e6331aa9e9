"""Wikitext as the plain text of a page."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from stages.english.wiki_text import HOLE
from stages.sources.plain_text import to_sections
from stages.sources.wikitext import BrokenMarkupError, Namespaces, to_plain_text


def read(wikitext: str) -> str:
    return to_plain_text(wikitext, Namespaces()).text.strip()


@pytest.mark.parametrize(
    ("wikitext", "text"),
    [
        ("'''Nile''' is ''a'' '''''river'''''.", "Nile is a river."),
        ("A [[river]] of [[Egypt|the land]]s, [[:Category:Rivers]].", "A river of the lands, Category:Rivers."),
        ("It flows.<ref>{{cite web|url=x}}</ref><ref name=a /> It ends.", "It flows. It ends."),
        ("[[File:a.jpg|thumb|A [[boat]] on {{it}}]]It flows.[[Category:Rivers|N]]", "It flows."),
        ("[[image:a.jpg|left]][[ category : Rivers]]It flows.\n[[de:Nil]]\n[[zh-min-nan:N]]", "It flows."),
        ("[[:de:Nil|Nil]] and [[wikt:nile|nile]]", "Nil and nile"),
        ("<!-- no -->It <span style='a'>is</span> x<sub>2</sub> <nowiki>[[y]]</nowiki>.", "It is x2 [[y]]."),
        ("AT&amp;T &nbsp;&#8211; &#x41;", "AT&T \xa0– A"),
        ("[https://example.org The site] says, [https://example.org] too.", "The site says,  too."),
        ("__NOTOC__\nIt is.<br>So.", "It is. So."),
        ("{{Infobox river\n| name = Nile\n| length = {{convert|1|km}}\n}}'''Nile''' is long.", "Nile is long."),
        ("{{Use dmy dates}} {{short description|A river}}\n{{Main|Nile}}\nIt is.", "It is."),
        ("{|\n|-\n| a || b\n|}\nIt is.", "It is."),
        ("<div>A box</div>It is.<gallery>\nFile:a.jpg|b\n</gallery>", "It is."),
        ("* A one.\n# B two.\n: C three.\n; D : four", "A one.\n B two.\n C three.\n D  four"),
        ("The sum <math>a</math> is.", f"The sum {HOLE} is."),
    ],
)
def test_marks_are_read_as_textextracts_shows_them(wikitext: str, text: str) -> None:
    """Guards against mark-up in what a teacher reads, and words that a reader of the wiki doesn't see."""
    assert read(wikitext) == text


@pytest.mark.parametrize(
    ("wikitext", "text"),
    [
        ("It is {{convert|100|km|mi}} long.", "It is 100 km long."),
        ("It is {{cvt|3|to|5|sqmi|km2}} wide.", "It is 3 to 5 sq mi wide."),
        ("a {{convert|5|km|adj=on}} run", f"a {HOLE} run"),
        ("{{convert|5|ft|6|in}} tall", f"{HOLE} tall"),
        ("The {{lang|fr|''mot''}} and {{nowrap|10 kg}}{{efn|x}}{{snd}}so.", "The mot and 10 kg –so."),
        ("born {{circa|1900}}, as {{ill|Ana B|de|Ana C}}", "born c. 1900, as Ana B"),
        ("{{as of|2020}}, it is; {{as of|2020|5}}, it was.", f"As of 2020, it is; {HOLE}, it was."),
        ("It has {{population|Cairo}} people.", f"It has {HOLE} people."),
        ("It is big.{{someone's note|12}} It is old,{{sfn|Lee|2001|p=5}} too.", "It is big. It is old, too."),
        ("Vienna ({{IPAc-en|v}}; {{langx|de|Wien}}; born 1900) is big.", "Vienna (born 1900) is big."),
        ("Vienna ({{langx|de|Wien}}) is big.", "Vienna  is big."),
        ("It is {{{1|nothing}}} here.", f"It is {HOLE} here."),
        ("== The {{lang|fr|mot}}{{x}} ==\nIt.", "==  The mot  ==\n\nIt."),
    ],
)
def test_templates_give_their_text_or_leave_a_hole(wikitext: str, text: str) -> None:
    """Guards against a sentence that lost a value without a trace, and against losing every sentence with a unit."""
    assert read(wikitext) == text


def test_a_page_gives_the_words_that_the_live_wiki_gives() -> None:
    """Guards against another data set, because the same page came from a dump."""
    wikitext = Path(__file__).with_name("nile.wikitext").read_text(encoding="utf-8")
    live = Path(__file__).with_name("nile.txt").read_text(encoding="utf-8")
    drop = ["References", "External links"]
    dumped, _ = to_sections(to_plain_text(wikitext, Namespaces()).text, drop, "en")
    expected, _ = to_sections(live, drop, "en")
    assert dumped == expected
    assert [section.heading for section in dumped] == ["", "Course / Delta", "Use"]
    assert dumped[2].text == "The dam at Aswan was finished in 1970."


def test_categories_and_disambiguations_are_seen() -> None:
    page = to_plain_text("A may be:\n* [[B]]\n{{Geodis}}\n[[Category:Place names|A]][[category:b_c]]", Namespaces())
    assert (page.categories, page.is_disambiguation) == (["Place names", "b c"], True)
    assert to_plain_text("A.\n__DISAMBIG__", Namespaces()).is_disambiguation
    assert to_plain_text("A.\n{{Chemistry disambiguation}}", Namespaces()).is_disambiguation
    assert not to_plain_text("{{for|others|A (disambiguation)}}\nA.", Namespaces()).is_disambiguation


def test_files_may_have_the_wikis_own_name() -> None:
    names = Namespaces(frozenset({"file", "datei"}), frozenset({"category", "kategorie"}))
    page = to_plain_text("[[Datei:a.jpg|mini|Ein Boot]]Er ist.[[Kategorie:Fluss]]", names)
    assert (page.text, page.categories) == ("Er ist.", ["Fluss"])


@pytest.mark.parametrize("mark", ["<b>", "{{a|b=", "{|\n|-\n| a || b\n", "<ref name='{{a|", "<!--"])
def test_marks_that_never_end_cost_no_minutes(mark: str) -> None:
    """Guards against one page of a vandal that holds up a run: 3,000 of these take the tokenizer over 10 seconds."""
    with pytest.raises(BrokenMarkupError, match="over 300 of its tags, tables, templates and links never end"):
        to_plain_text(mark * 3000, Namespaces())
    started = time.process_time()
    assert isinstance(read(mark * 100), str)
    assert time.process_time() - started < 5


def test_without_the_parser_the_message_says_what_to_install(root: Path) -> None:
    code = (
        "import sys; sys.modules['mwparserfromhell'] = None\n"
        "from stages.sources.wikitext import *\n"
        "try: to_plain_text('a', Namespaces())\n"
        "except StageError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "wikitext needs mwparserfromhell, which is not installed; pip install 'wikitune[dump]'\n"
