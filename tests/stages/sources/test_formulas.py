"""Formulas are cut out, and the lines that they tear apart are joined."""

import pytest

from stages.english.wiki_text import HOLE
from stages.sources.formulas import cut_formulas
from stages.sources.plain_text import to_sections

FORMULAS = """The mean over the last\x20
  
    
      
        k
      
    
    {\\displaystyle k}
  
 entries containing\x20
  
    
      
        n
      
    
    {\\displaystyle n_{\\text{a}}}
  
. This stays. The value is given by:

  
    
      
        a
        =
        b
      
    
    {\\displaystyle {\\begin{aligned}a&=b\\\\
c&=d\\end{aligned}}}
  

where a is a constant. The next sentence stays.
Another k {\\displaystyle k} stands in a line. It ends.


== The number
  
    
      
        π
      
    
    {\\displaystyle \\pi }
  
 ==
Text of the section."""


def test_formulas_take_their_sentences_along() -> None:
    """Guards against symbols, TeX, and sentences whose subject was a formula."""
    sections, left_out = to_sections(FORMULAS, (), "en")
    assert [(section.heading, section.level, section.text) for section in sections] == [
        ("", 1, "This stays.\n\nThe next sentence stays.\n\nIt ends."),
        ("The number", 2, "Text of the section."),
    ]
    assert left_out["sentence_with_a_hole"] == 3


def test_a_formula_that_never_ends_takes_one_line() -> None:
    """Guards against losing the rest of a page to one missing brace."""
    sections, _ = to_sections("It is old.\n  {\\displaystyle {a}\nIt is new.", (), "en")
    assert [section.text for section in sections] == ["It is old.\n\nIt is new."]


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("No formula.\n\n  Not one.", "No formula.\n\n  Not one."),
        ("The root\n\n  x\n\n  {\\displaystyle x}\n\nis real.", "The root _ is real."),
        ("It ends.\n  x\n  {\\displaystyle x}\nis real.", "It ends.\n_ is real."),
        ("== Root ==\n  x\n  {\\displaystyle x}\n is real.", "== Root ==\n_  is real."),
        ("Let a\n  {\\displaystyle a}\n  b\n  {\\displaystyle b}\n be.", "Let a _ _  be."),
        ("Let {\\displaystyle a} and {\\textstyle b}, then.", "Let _ and _ , then."),
        ("A {\\displaystyle {x\n}} b", "A _ b"),
        ("Is {\\displaystyle x}\n\nThis is new.", "Is _\nThis is new."),
        ("Is {\\displaystyle x}\n\nso.\n\nAnd more.", "Is _ so.\n\nAnd more."),
        ("Is {\\displaystyle {x\nThis is new.", "Is _\nThis is new."),
        ("Let {\\displaystyle a}\n  b\n\nso.", "Let _\n  b so."),  # symbols without a formula
        ("{\\displaystyle x}", "_"),
        ("{\\displaystyle x}\n", "_"),
        ("a {\\displaystyled x}", "a {\\displaystyled x}"),
    ],
)
def test_a_hole_takes_the_place_of_each_formula(text: str, cut: str) -> None:
    """Guards against symbols that stay, sentences that are cut in two, and paragraphs that run together."""
    lines = cut_formulas(text).replace(HOLE, "_").split("\n")
    assert [line.split() for line in lines] == [line.split() for line in cut.split("\n")]
