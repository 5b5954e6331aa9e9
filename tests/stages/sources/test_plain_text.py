"""The parts of a wiki's plain text that aren't prose."""

from collections import Counter

import pytest

from stages.common.records import Section
from stages.sources.plain_text import to_sections


def read(text: str, *drop: str) -> tuple[list[tuple[str, int, str]], Counter[str]]:
    sections, left_out = to_sections(text, drop, "en")
    return [(section.heading, section.level, section.text) for section in sections], left_out


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Suttner ( ; born 1950) wrote.", "Suttner (born 1950) wrote."),
        ("Suttner ( ; 9 June 1843 – 21 June 1914) wrote.", "Suttner (9 June 1843 – 21 June 1914) wrote."),
        ("The platypus (/ˈplætɪpəs/; PLAT-ih-pəs) swims.", "The platypus swims."),
        ("The platypus ( PLAT-ih-pəs) swims.", "The platypus swims."),
        ("Dutch ( Nederlands ) is a language.", "Dutch (Nederlands) is a language."),
        ("Dutch (Nederlands ()) is a language.", "Dutch (Nederlands) is a language."),
        ("Goethe (German: [ˈɡøːtə] (listen); 1749 – 1832) wrote.", "Goethe (1749 – 1832) wrote."),
        (
            "Gustave Eiffel ( EYE-fəl, French: [ɡystav ɛfɛl]; né Bonickhausen; 15 December 1832 – 1923) built it.",
            "Gustave Eiffel (né Bonickhausen; 15 December 1832 – 1923) built it.",
        ),
        ("Vienna (; German: Wien [viːn] ; Bavarian: Wean) is big.", "Vienna (German: Wien; Bavarian: Wean) is big."),
        ("Moscow (, US also ; Russian: , romanized: Moskva) is big.", "Moscow (romanized: Moskva) is big."),
        ("Paris (French pronunciation: [paʁi]) is old.", "Paris is old."),
        ("Athens (Greek: Ἀθῆναι, romanized: Athênai) is old.", "Athens (Greek: Ἀθῆναι, romanized: Athênai) is old."),
        ("The force (NATO-led, of 1999) came.", "The force (NATO-led, of 1999) came."),
        ("Bach (; listen ; 1685 – 1750) wrote (listen to it).", "Bach (1685 – 1750) wrote (listen to it)."),
        ("A dog (help·info) or ( ) or (,) barks.", "A dog or or barks."),
        ("It rose.[1][note 2][citation needed] It fell.[14]: 45", "It rose. It fell."),
        ("It rose , then,, fell .", "It rose, then, fell."),
        ("Also (listen), (help).", "Also."),
        ("It is run by AT&amp;T and R&amp;amp;D.", "It is run by AT&T and R&D."),
        ("The 👨\u200d👩\u200d👧 is an emoji.", "The 👨\u200d👩\u200d👧 is an emoji."),
        ("Li (born ; died ) wrote on 5 km ( mi) of paper.", "Li wrote on 5 km of paper."),
        ("One, two, ... and ten; C, .NET and more.", "One, two, ... and ten; C, .NET and more."),
        ("A\u00a0cat\u202fsat\u200b\ufeff down­hill.", "A cat sat downhill."),
        ("He earned $6 million \n(over $14.7 million  today). He left.",
         "He earned $6 million (over $14.7 million today). He left."),
        ("He sat\nand stood.", "He sat and stood."),
        ("It helped the poor.As president he ruled.", "It helped the poor. As president he ruled."),
        ("It ran at 3.5.Then ASP.NET came.", "It ran at 3.5.Then ASP.NET came."),
        ("It lies at 51°30′26″N 0°7′39″W\ufeff / \ufeff51.507°N 0.127°W\ufeff / 51.507; -0.127 by the sea.",
         "It lies at 51°30′26″N 0°7′39″W by the sea."),
        ('He said "no." They left. She asked why? Yes!', 'He said "no." They left. She asked why? Yes!'),
    ],
)  # fmt: skip
def test_what_can_be_mended_is_mended(raw: str, clean: str) -> None:
    """Guards against holes and stray marks in a sentence, and against losing dates and words with them."""
    assert read(raw) == ([("", 1, clean)], Counter())


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("Main article: History of Egypt", "notice"),
        ("See also: Aswan Dam", "notice"),
        ("Further information: Aswan", "notice"),
        ("For other uses, see Nile (disambiguation).", "notice"),
        ('"Neilos" redirects here. For the monk, see Nilus.', "notice"),
        ("This section needs additional citations for verification.", "notice"),
        ("This article is about the river. For the god, see Hapi.", "notice"),
        ("You can help by adding to it.", "notice"),
        ("File: Nile.jpg", "notice"),
        ("Coordinates: 30°10′N 31°6′E", "notice"),
        ("* Cairo is a city.", "list_or_table"),
        ("•", "list_or_table"),
        ("1. Cairo", "list_or_table"),
        ("Nile.jpg|The Nile at night.", "list_or_table"),
        ("Length\t6,650 km.", "list_or_table"),
        ("Cairo, the largest city", "fragment"),
        ("Its ports are:", "fragment"),
        ("30°10′N 31°6′E", "fragment"),
        ('The name "" is old.', "sentence_with_a_hole"),
        ("It is pronounced [ˈnaɪəl] in English.", "sentence_with_a_hole"),
        ("It is pronounced /naɪl/ there.", "sentence_with_a_hole"),
        ("See {{convert|5|km}} and [[Cairo]].", "list_or_table"),
        ("See {{Cairo}} there.", "sentence_with_a_hole"),
        ("See [[Cairo]] there.", "sentence_with_a_hole"),
        ("It is old<ref>Smith</ref>.", "sentence_with_a_hole"),
        ("The value \\frac{1}{2} is half.", "sentence_with_a_hole"),
        ("He wrote $E = mc^2$ in 1905.", "sentence_with_a_hole"),
        ("It has an area of  and a population of approximately .", "sentence_with_a_hole"),
        ("The top speed of it is limited to .", "sentence_with_a_hole"),
        ("It has a weight of , a  and a range of .", "sentence_with_a_hole"),
        ("At , Alabama has one of the longest inland waterways.", "sentence_with_a_hole"),
        ("It is &lt;ref&gt;old&lt;/ref&gt;.", "sentence_with_a_hole"),
        ("This page lists rivers.", "notice"),
        ("This article was written by a fan.", "notice"),
    ],
)
def test_what_cannot_be_mended_is_left_out_and_counted(line: str, reason: str) -> None:
    """Guards against debris in an example, and against losing the prose around it."""
    expected = [("", 1, "The Nile is a river.\n\nIt is long.")]
    assert read(f"The Nile is a river.\n{line}\nIt is long.") == (expected, Counter({reason: 1}))


def test_a_line_after_a_colon_is_a_paragraph_of_its_own() -> None:
    """Guards against joining the words before a list to its first item."""
    assert read("Its rule is:\nall rivers flow.") == ([("", 1, "all rivers flow.")], Counter(fragment=1))


def test_only_the_sentence_with_the_hole_goes() -> None:
    text = 'It is old. The name "" is older. It is long. Its ports are:\nCairo\nAswan'
    assert read(text) == ([("", 1, "It is old. It is long.")], Counter(fragment=3, sentence_with_a_hole=1))


def test_sections_are_those_with_prose_in_them() -> None:
    """Guards against stray heading marks, empty and repeated sections, and subsections of dropped sections."""
    text = (
        "Lead.\n\n\n== History ==\n\n\n=== Early[edit] ===\nIt began.\n=== Late ===\nIt ended.\n==  ==\nStill late.\n"
        "== Unclosed\nIt goes on.\n\n\n== Doubled ==\nIt began.\n\n\n== see ALSO ==\nNile is long.\n=== Deeper ===\n"
        "It is deep.\n==== Deepest ====\nIt is deepest.\n\n\n== Empty ==\n\n\n== Last[1] ==\nThe end."
    )
    assert read(text, "See also") == (
        [
            ("", 1, "Lead."),
            ("History / Early", 3, "It began."),
            ("History / Late", 3, "It ended.\n\nStill late."),
            ("Unclosed", 2, "It goes on."),
            ("Last", 2, "The end."),
        ],
        Counter(boilerplate_section=3, empty_section=1, repeated_section=1),
    )


def test_a_page_without_prose_has_no_sections() -> None:
    assert read("") == ([], Counter(empty_section=1))
    assert to_sections("終わりです。\n項目", (), "ja")[0][0].text == "終わりです。"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("hy", "Երևանը Հայաստանի մայրաքաղաքն է։ Այն մեծ քաղաք է:"),
        ("am", "አዲስ አበባ የኢትዮጵያ ዋና ከተማ ናት። ትልቅ ከተማ ናት፡፡"),
        ("my", "ရန်ကုန်မြို့သည် မြန်မာနိုင်ငံ၏ မြို့ဖြစ်သည်။ မြို့ကြီးဖြစ်သည်။"),
        ("th", "กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย มีประชากรมาก"),
        ("lo", "ວຽງຈັນເປັນນະຄອນຫຼວງຂອງປະເທດລາວ"),
        ("km", "ភ្នំពេញ គឺជារាជធានី។ វាធំ។"),
        ("bo", "ལྷ་ས་ནི། བོད་ཀྱི་རྒྱལ་ས་ཡིན།"),
        ("ur", "کراچی ایک شہر ہے۔ یہ بڑا ہے۔"),
        ("hi", "दिल्ली भारत की राजधानी है। यह बड़ी है।"),
        ("ja", "彼は「はい。」と言った。彼女は「いいえ。」"),
        ("fa", "می\u200cخواهم کتاب\u200cها را بخوانم."),
        ("si", "ශ්\u200dරී ලංකාව දූපතකි."),
    ],
)  # fmt: skip
def test_sentences_of_other_scripts_are_whole(language: str, text: str) -> None:
    """Guards against pages that vanish because their full stop, if they have one, isn't Latin."""
    assert to_sections(text, (), language) == ([Section(heading="", level=1, text=text)], Counter())


def test_a_caption_in_thai_is_a_fragment() -> None:
    assert to_sections("ภาพถ่าย", (), "th")[1] == Counter(fragment=1, empty_section=1)


def test_a_heading_without_text_is_the_context_of_its_subsections() -> None:
    """Guards against three sections "Weather" of which nobody knows the season."""
    text = (
        "A year is long.\n== Spring ==\n=== Weather ===\nIt rains.\n== Summer ==\n* item\n=== Weather ===\nIt is dry.\n"
        "== Autumn ==\n=== Weather ===\n==== Wind ====\nIt blows.\n=== Food ===\nWe eat.\n== Winter ==\nIt is cold.\n"
        "=== Weather ===\nIt snows.\n== Holidays ==\n=== Weather ===\n"
    )
    assert read(text) == (
        [
            ("", 1, "A year is long."),
            ("Spring / Weather", 3, "It rains."),
            ("Summer / Weather", 3, "It is dry."),
            ("Autumn / Weather / Wind", 4, "It blows."),
            ("Autumn / Food", 3, "We eat."),
            ("Winter", 2, "It is cold."),
            ("Weather", 3, "It snows."),
        ],
        Counter(list_or_table=1, empty_section=2),
    )
