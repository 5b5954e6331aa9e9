"""The HTML of a page, as snapshots have it, as the plain text that the extension TextExtracts makes of it.

Sources: https://www.mediawiki.org/wiki/Extension:TextExtracts ($wgExtractsRemoveClasses),
https://www.mediawiki.org/wiki/Specs/HTML
"""

from stages.common.errors import StageError
from stages.english.wiki_text import HOLE

_REMOVED = (
    "table, div, figure, style, script, input, audio, video, link, meta, ol.references, ul.gallery, sup.reference, "
    "sup.mw-ref, .mw-editsection, .error, .nomobile, .noprint, .noexcerpt, .sortkey, .metadata"
)
_FORMULAS = ".mwe-math-element, math"
_BLOCKS = "p, li, dt, dd, blockquote, pre"


def html_to_plain_text(content: str) -> str:
    """The text, with headings as "== Heading ==" and a HOLE for each formula. Raises StageError without selectolax."""
    try:
        from selectolax.lexbor import LexborHTMLParser
    except ImportError:
        raise StageError("snapshots need selectolax, which is not installed; pip install 'wikitune[dump]'") from None
    tree = LexborHTMLParser(content)
    for node in tree.css(_REMOVED):
        node.decompose()
    for node in tree.css(_FORMULAS):
        node.replace_with(HOLE)
    for node in tree.css("br"):
        node.replace_with(" ")
    for level in range(2, 7):
        for node in tree.css(f"h{level}"):
            node.insert_before(f"\n\n\n{'=' * level} ")
            node.insert_after(f" {'=' * level}\n")
    for node in tree.css(_BLOCKS):
        node.insert_before("\n")
    return tree.body.text(deep=True) if tree.body else ""
