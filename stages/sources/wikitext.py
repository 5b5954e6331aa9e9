"""Wikitext, as dumps have it, as the plain text that the extension TextExtracts makes of a page.

`mwparserfromhell` splits the wikitext into tokens. Its tree of nodes is not built: that takes seven times as long as
the tokens, and only the text is needed. What TextExtracts leaves out is left out here: tables, footnotes, galleries,
`div`s, files, categories. Formulas leave a HOLE, and so do templates in a sentence whose text a dump doesn't have.

Sources: https://www.mediawiki.org/wiki/Extension:TextExtracts ($wgExtractsRemoveClasses),
https://mwparserfromhell.readthedocs.io/en/latest/api/mwparserfromhell.parser.html
"""

import html
import re
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from stages.common.errors import StageError
from stages.english.wiki_text import HOLE
from stages.sources.template_texts import has_text, is_silent, lists_other_pages, normal_name, shown_text

# Tags, tables, templates and links that never end. The tokenizer's time grows with their square or faster: 400 of the
# worst took 1.5 s, and some thousands would take minutes.
MOST_UNCLOSED = 300

_TEMPLATE = "\ue000"  # where a template was; of Unicode's private use, and taken out of the wikitext before
_REMOVED_TAGS = frozenset(
    "ref references table gallery timeline score templatestyles includeonly noexcerpt imagemap graph mapframe maplink "
    "inputbox categorytree syntaxhighlight source style script indicator div figure templatedata section".split()
)
_FORMULA_TAGS = frozenset("math chem ce hiero".split())
_BLOCK_TAGS = frozenset("p blockquote poem pre center table ul ol li tr h2 h3 h4".split())
_QUOTES = re.compile("'''''|'''|''")
_SWITCH = re.compile(r"__[A-Z]+__")  # __NOTOC__
_LANGUAGE_LINK = re.compile(r"(?:[a-z]{2,3}|simple)(?:-[a-z-]+)?:\S")
_ALONE = re.compile(rf"^[ \t{_TEMPLATE}]*{_TEMPLATE}[ \t{_TEMPLATE}]*$", re.MULTILINE)
_AFTER_A_MARK = re.compile(
    rf"{_TEMPLATE}(?<=[.,;:!?)\]\"”’»].){_TEMPLATE}*(?=\s|$)"
)  # a template that shows a footnote's mark
_BRACKETS = re.compile(rf"\([^()\n{_TEMPLATE}]*{_TEMPLATE}[^()\n]*\)")
_HEADING_LINE = re.compile(rf"^=.*{_TEMPLATE}.*=$", re.MULTILINE)


@dataclass(frozen=True)
class Namespaces:
    """The names, in lower case, of the namespaces whose links show nothing in a text."""

    files: frozenset[str] = frozenset({"file", "image"})
    categories: frozenset[str] = frozenset({"category"})


@dataclass
class PlainText:
    text: str = ""  # with headings as "== Heading ==", as the API gives it with `exsectionformat=wiki`
    categories: list[str] = field(default_factory=list)  # that the page itself names; templates may add others
    is_disambiguation: bool = False
    left_out: Counter[str] = field(default_factory=Counter)


class BrokenMarkupError(Exception):
    """The wikitext cannot be read; the message says why."""


def to_plain_text(wikitext: str, namespaces: Namespaces) -> PlainText:
    """The plain text of a page. Raises BrokenMarkupError if its tags can't be told apart in a sensible time."""
    wikitext = wikitext.replace(_TEMPLATE, "").replace("\r\n", "\n")
    if _count_unclosed(wikitext) > MOST_UNCLOSED:
        raise BrokenMarkupError(f"over {MOST_UNCLOSED} of its tags, tables, templates and links never end")
    reader = _Reader(_tokenize(wikitext), namespaces)
    text = reader.read()
    reader.result.text = _without_marks(_SWITCH.sub("", _QUOTES.sub("", text)))
    reader.result.is_disambiguation |= "__DISAMBIG__" in text
    return reader.result


def _count_unclosed(wikitext: str) -> int:
    """About how many tags, tables, templates and links are opened and never closed."""
    count = wikitext.count
    tags = count("<") - count("<!--") - 2 * count("</") - count("/>") - count("<br>")
    pairs = (("<!--", "-->"), ("{|", "|}"), ("{{", "}}"), ("[", "]"))
    return max(0, tags) + sum(max(0, count(opening) - count(closing)) for opening, closing in pairs)


def _tokenize(wikitext: str) -> list[Any]:
    tokenizer, _, failure = _library()
    try:
        tokens: list[Any] = tokenizer().tokenize(wikitext, 0, True)  # True: '' and ''' stay in the text
    except failure as error:
        raise BrokenMarkupError(str(error)) from None
    return tokens


@cache
def _library() -> tuple[Any, Any, type[Exception]]:
    """The class of the tokenizer, in C where it is built, the module of its tokens, and its error."""
    try:
        from mwparserfromhell import parser
    except ImportError:
        raise StageError(
            "wikitext needs mwparserfromhell, which is not installed; pip install 'wikitune[dump]'"
        ) from None
    library: Any = parser  # its types are incomplete
    return type(library.Parser()._tokenizer), library.tokens, library.ParserError


def _without_marks(text: str) -> str:
    """The text without the places of templates; those in a sentence become a HOLE."""
    if _TEMPLATE not in text:
        return text
    text = _ALONE.sub("", text)
    text = _HEADING_LINE.sub(lambda line: line[0].replace(_TEMPLATE, ""), text)
    text = _AFTER_A_MARK.sub("", text)
    return _BRACKETS.sub(_whole_parts, text).replace(_TEMPLATE, HOLE)


def _whole_parts(brackets: re.Match[str]) -> str:
    """Brackets without the parts between semicolons from which a text is gone; the sentence is whole without them."""
    inner = brackets[0][1:-1]
    kept = "; ".join(part.strip() for part in inner.split(";") if _TEMPLATE not in part and part.strip())
    return f"({kept})" if kept else ""


class _Reader:
    """Goes through the tokens of a page once."""

    def __init__(self, tokens: list[Any], namespaces: Namespaces) -> None:
        self.tokens, self.at = tokens, 0
        self.namespaces = namespaces
        self.result = PlainText()
        self.level = 2  # of the heading that we are in
        self._kinds, self._handlers = _library()[1], _handlers()

    def read(self, ends: Collection[type] = ()) -> str:
        """The text up to a token of one of these kinds, which is the next one then."""
        parts: list[str] = []
        tokens, plain, handlers, at = self.tokens, self._kinds.Text, self._handlers, self.at
        while at < len(tokens):
            token = tokens[at]
            kind = type(token)
            if kind is plain:
                parts.append(token["text"])
            elif kind in ends:
                break
            elif handler := handlers.get(kind):
                self.at = at + 1
                parts.append(handler(self, token))
                at = self.at
                continue
            at += 1
        self.at = at
        return "".join(parts) if len(parts) != 1 else parts[0]

    def _next_is(self, kind: type) -> bool:
        return self.at < len(self.tokens) and type(self.tokens[self.at]) is kind

    def _skip_to(self, kind: type) -> str:
        while self.at < len(self.tokens) and type(self.tokens[self.at]) is not kind:
            self.at += 1
        self.at += 1
        return ""

    def _skip_nested(self, opening: type, *closing: type) -> bool:
        """Skips to the end of what was just opened. Returns whether it has several lines."""
        tokens, plain, at, depth, several = self.tokens, self._kinds.Text, self.at, 1, False
        while depth and at < len(tokens):
            token = tokens[at]
            kind = type(token)
            at += 1
            if kind is plain:
                several = several or "\n" in token["text"]
            elif kind is opening:
                depth += 1
            elif kind in closing:
                depth -= 1
        self.at = at
        return several

    def _template(self, token: Any) -> str:
        kinds = self._kinds
        first: Any = self.tokens[self.at] if self.at < len(self.tokens) else None
        name = normal_name(first["text"]) if type(first) is kinds.Text else ""
        if lists_other_pages(name):
            self.result.is_disambiguation = True
        if has_text(name):
            text = shown_text(name, self._arguments())
            return _TEMPLATE if text is None else text
        several_lines = self._skip_nested(kinds.TemplateOpen, kinds.TemplateClose)
        self.result.left_out["template"] += 1
        return "\n" if several_lines else "" if is_silent(name) or name.startswith("defaultsort:") else _TEMPLATE

    def _arguments(self) -> dict[str, str]:
        """The arguments of the template whose name comes next, by name or number."""
        kinds = self._kinds
        ends = (kinds.TemplateParamSeparator, kinds.TemplateParamEquals, kinds.TemplateClose)
        self.read(ends)
        arguments: dict[str, str] = {}
        position = 0
        while self._next_is(kinds.TemplateParamSeparator):
            self.at += 1
            text = self.read(ends)
            if self._next_is(kinds.TemplateParamEquals):
                self.at += 1
                arguments[text.strip()] = self.read(ends[::2]).strip()
            else:
                position += 1
                arguments[str(position)] = text.strip()
        self.at += 1
        return arguments

    def _argument(self, token: Any) -> str:
        self._skip_nested(self._kinds.ArgumentOpen, self._kinds.ArgumentClose)
        return _TEMPLATE

    def _link(self, token: Any) -> str:
        kinds = self._kinds
        target = self.read((kinds.WikilinkSeparator, kinds.WikilinkClose)).strip()
        namespace, colon, name = target.partition(":")
        namespace = namespace.strip().replace("_", " ").casefold() if colon else ""
        if namespace in self.namespaces.files or namespace in self.namespaces.categories:
            if namespace in self.namespaces.categories:
                self.result.categories.append(" ".join(name.replace("_", " ").split()))
            self._skip_nested(kinds.WikilinkOpen, kinds.WikilinkClose)
            return ""
        label = ""
        if has_label := self._next_is(kinds.WikilinkSeparator):
            self.at += 1
            label = self.read((kinds.WikilinkClose,))
        self.at += 1
        if has_label and label.strip():
            return label
        return "" if colon and _LANGUAGE_LINK.match(target) else target.removeprefix(":")

    def _external_link(self, token: Any) -> str:
        kinds = self._kinds
        address = self.read((kinds.ExternalLinkSeparator, kinds.ExternalLinkClose))
        label = ""
        if self._next_is(kinds.ExternalLinkSeparator):
            self.at += 1
            label = self.read((kinds.ExternalLinkClose,))
        self.at += 1
        return label if token["brackets"] else address  # "[https://example.org]" is shown as a footnote's mark

    def _tag(self, token: Any) -> str:
        kinds = self._kinds
        first: Any = self.tokens[self.at] if self.at < len(self.tokens) else None
        name = first["text"].strip().casefold() if type(first) is kinds.Text else ""
        if name in _REMOVED_TAGS or name in _FORMULA_TAGS:
            self._skip_nested(kinds.TagOpenOpen, kinds.TagCloseClose, kinds.TagCloseSelfclose)
            if name == "table":
                self.result.left_out["table"] += 1
            return HOLE if name in _FORMULA_TAGS else "\n" if name in ("table", "div", "gallery") else ""
        while self.at < len(self.tokens):  # the attributes
            kind = type(self.tokens[self.at])
            self.at += 1
            if kind is kinds.TagOpenOpen:
                self._skip_nested(kinds.TagOpenOpen, kinds.TagCloseClose, kinds.TagCloseSelfclose)
            elif kind is kinds.TagCloseOpen or kind is kinds.TagCloseSelfclose:
                break
        return " " if name == "br" else "\n" if name in _BLOCK_TAGS and name != "li" else ""

    def _entity(self, token: Any) -> str:
        kinds = self._kinds
        body = ""
        while self.at < len(self.tokens) and not self._next_is(kinds.HTMLEntityEnd):
            part = self.tokens[self.at]
            kind = type(part)
            body += (
                "#"
                if kind is kinds.HTMLEntityNumeric
                else part["char"]
                if kind is kinds.HTMLEntityHex
                else part["text"]
            )
            self.at += 1
        self.at += 1
        return html.unescape(f"&{body};")

    def _heading(self, token: Any) -> str:
        self.level = token["level"]  # 1 to 6
        return f"\n\n\n{'=' * self.level} "

    def _end_of_heading(self, token: Any) -> str:
        return f" {'=' * self.level}\n"

    def _closing_tag(self, token: Any) -> str:
        return self._skip_to(self._kinds.TagCloseClose)

    def _comment(self, token: Any) -> str:
        return self._skip_to(self._kinds.CommentEnd)


@cache
def _handlers() -> dict[type, Callable[[_Reader, Any], str]]:
    """What to do at each kind of token but plain text. All others are passed over, such as the marks of list items."""
    kinds = _library()[1]
    return {
        kinds.TemplateOpen: _Reader._template,
        kinds.WikilinkOpen: _Reader._link,
        kinds.TagOpenOpen: _Reader._tag,
        kinds.TagOpenClose: _Reader._closing_tag,
        kinds.ExternalLinkOpen: _Reader._external_link,
        kinds.HTMLEntityStart: _Reader._entity,
        kinds.CommentStart: _Reader._comment,
        kinds.HeadingStart: _Reader._heading,
        kinds.HeadingEnd: _Reader._end_of_heading,
        kinds.ArgumentOpen: _Reader._argument,
    }
