"""Escapes that were never undone, or undone once too often: HTML entities ("&rsquo;"), escapes of strings ("\\n" as two
characters), and LaTeX commands whose backslash JSON took for an escape ("\\times" that became a tab and "imes").
"""

import re
from html.entities import html5

from stages.common.records import Example
from stages.curation.code_text import asks_for_code, looks_like_code

# "&rsquo;", "&#8217;", "&#x2019;". "&amp;quot;", which was escaped twice, begins with one.
_ENTITY = re.compile(r"&(?P<name>#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# Entities that lost their "&" or their ";", or have a space: "caf&eacute au lait", "don#39;t", "R& amp; D". Addresses
# have "&copy=1", and C has "&lt".
_TORN_ENTITY = re.compile(
    r"&(?:nbsp|amp|quot|rsquo|lsquo|ldquo|rdquo|mdash|ndash|hellip|[aeiou](?:acute|grave|circ|uml)|ntilde|ccedil)"
    r"(?![\w=;(])"
    r"|&#(?:\d{2,5}(?![\d;])|x[0-9a-fA-F]{2,4}(?![\da-fA-F;]))|& ?(?:amp|nbsp|quot|lt|gt) ?;|\b(?:quot|nbsp|rsquo|"
    r"ldquo|rdquo|mdash|ndash);|(?<!&)#(?:39|34|x27|8217|8220|8221);"
)
# Escapes of strings as text: \u00e9, \xe9, \U0001f600, \303\251, \" and http:\/\/. Also without a backslash: cafu00e9.
_ESCAPE = re.compile(
    r"\\u[0-9a-fA-F]{4}|\\u\{[0-9a-fA-F]{2,6}\}|\\U[0-9a-fA-F]{8}|\\x[0-9a-fA-F]{2}|\\[23]\d\d\\[23]\d\d"
    r"|\\[\"“”]|(?<=\w)\\'(?=\w)|(?<!\w)\\'(?=\w)|(?<=\w)\\'(?!\w)|:\\/\\/"
    r"|[A-Za-z]u00[c-f][0-9a-f]|[A-Za-z ]u20(?:1[0-9a-d]|2[026])(?![0-9])"
    r"|(?<![\w/=.?&%-])[A-Za-z]+(?:%[2-9A-F][0-9A-F])+[A-Za-z]+(?![\w/=.?&%-])"  # New%20York outside an address
    r"|=[C-F][0-9A-F]=[89AB][0-9A-F]"  # quoted-printable: caf=C3=A9
)
_ESCAPE_SIGN = re.compile(r"[%=]|u[02]0")  # of the escapes without a backslash
# \n, \t and \r as two characters. The letters after the backslash say whether it is a command of LaTeX: \nu, \tau.
_LINE_END = re.compile(r"\\(?P<letters>[nrt][A-Za-z]*)")
_LATEX = frozenset(
    "nu ne neq nabla not notin neg ni nmid nleq ngeq nless ngtr nsubseteq nexists norm nolimits newline newcommand "
    "nonumber nearrow nwarrow natural noindent nparallel ncong nsim newpage newtheorem nobreak "
    "theta tau times text textbf textit textrm textsf texttt textstyle tan tanh to top triangle triangleq tfrac tilde "
    "tiny title tag therefore thinspace today tableofcontents tabular thickapprox thicksim trianglelefteq "
    "rho right rightarrow rightharpoonup rangle rfloor rceil rvert rVert rbrace rbrack rm ref rule rtimes rad "
    "renewcommand rightleftharpoons raggedright".split()
)
_WINDOWS_PATH = re.compile(r"\b[A-Za-z]:\\\S*|\\\\\w+\\\S*|%\w+%\\\S*")
# LaTeX whose backslash and first letter became a tab, a line feed or a carriage return: \times, \neq, \rho.
_LOST_LATEX = re.compile(
    r"\t(?:imes|heta|au|riangle|frac|ilde|anh|herefore)(?![a-z])|\text(?:bf|it|rm|sf|tt|style)?\{|\tan ?[({\d]"
    r"|\tan (?=[a-z]\b|\\)|\to (?=[\d\\-]|inf|∞)|\^\{?\top\b"
    r"|\neg (?=[A-Za-z](?![A-Za-z]|\.[A-Za-z]))|\not ?(?=[=<>∈\\])|\n(?:eq|abla|otin|leq|geq|subseteq|mid)\b(?! ?[.:)])"
    r"|(?<=[\w)}]) ?\ne (?=-?(?:\d|[a-z]\b|\\))|=[^\n]{0,60}\w\nu(?=[\s.,)$]|$)"
    r"|\r(?:ho|ight|ightarrow|angle|floor|ceil|vert|brace|oot|m|ef)(?![a-z])"
    # a teacher's answer is stripped, and with it a tab or line end at its start
    r"|\A(?:(?:heta|imes|abla|riangle|ightarrow)\b|(?:ho|au|eq) ?[=<>≈]|eq -?\d)"
    r"|(?<![\w\\])(?:rac|ext|extbf|egin|ilde|oldsymbol|qrt)\{"  # whatever took the place of the letter is gone, too
)


_LOST_AT_START = re.compile(r"[haire]")  # the letters that the commands at the start of a text go on with


def broken_escapes(example: Example) -> str | None:
    """An HTML entity, a string's escape or a damaged LaTeX command. The first two are no fault in code, or in tasks "
    "that
    ask for code."""
    for field in ("instruction", "input", "output"):
        text: str = getattr(example, field)
        if found := _lost_latex(text):
            return f"{field} holds {found!r}, a LaTeX command without its backslash"
        if (found := _entity(text)) and not asks_for_code(example.instruction):
            return f"{field} holds the HTML entity {found!r}"
        if (found := _escape(text)) and not asks_for_code(example.instruction) and not looks_like_code(text):
            return f"{field} holds {found!r}, an escape that was left as text"
    return None


def _lost_latex(text: str) -> str | None:
    if text.isprintable() and "{" not in text and "=" not in text and not _LOST_AT_START.match(text):
        return None
    return None if (found := _LOST_LATEX.search(text)) is None else found[0]


def _entity(text: str) -> str | None:
    for match in _ENTITY.finditer(text):
        if match["name"][0] == "#" or f"{match['name']};" in html5:
            return match[0]
    if "&" not in text and ";" not in text:
        return None
    return None if (torn := _TORN_ENTITY.search(text)) is None else torn[0]


def _escape(text: str) -> str | None:
    if "\\" in text:
        text = _WINDOWS_PATH.sub(" ", text)
        if found := next((found for found in _LINE_END.finditer(text) if found["letters"] not in _LATEX), None):
            return found[0]
    elif not _ESCAPE_SIGN.search(text):
        return None
    return None if (found := _ESCAPE.search(text)) is None else found[0]
