"""Whether a text is program code, or a task asks for some: there, braces, tags and backslashes mean something."""

import re

_ASKS_FOR_CODE = re.compile(
    r"\b(?:HTML|XML|SVG|CSS|markup|markdown|LaTeX|TeX|(?<!dress )code|coding|programming|Python|Java\w*|TypeScript|SQL|"
    r"PHP|Perl|Ruby|Kotlin|Haskell|MATLAB|Bash|shell (?:command|script)|terminal|Docker\w*|git|algorithms?|compilers?|"
    r"syntax|regex\w*|regular expressions?|JSON|JSX|React|YAML|CSV|Jinja|Mustache|escape (?:sequences?|characters?|"
    r"codes?)|escap(?:ed|ing)|HTML entit(?:y|ies)|newlines?|backslash\w*|command[- ]lines?|URL[- ]encod\w+|Unicode|"
    r"f-strings?|"
    r"(?:query |text |a |the |two )strings?)\b|\bC\+\+|\bC#",
    re.I,
)
# What hardly occurs outside code; one of these is enough.
_CODE = re.compile(
    r"\b(?:def|class|function|func|fn|sub|struct|interface) \w+ ?[({:<]"  # def greet(name)
    r"|\b(?:print|printf|println|echo|puts|console\.log|len|range|alert|require|scanf|format) ?[(\"']"  # print("x")
    r"|^[ \t]*(?:import [\w.]+|from [\w.]+ import\b|#include ?[<\"]|using namespace|(?:const|let|var) \w+ ?=|"
    r"return [\w(])"
    r"|^[ \t]*(?:if|for|while|elif|else|switch|catch|try)\b[^\n]{0,200}[:{][ \t]*$"  # for i in range(3):
    r"|[=(){}<>+*][^\n;]{0,80};[ \t]*$"  # a line with signs that ends with a semicolon
    r"|&&|\|\||[!=]==?(?!=)|\+=|=>|\w::\w"  # operators
    r"|\$\{\w+|\$[A-Z_]{2,}\b|#\{\w+|\bf[\"'][^\"'\n]{0,80}\{"  # ${HOME}, $HOME, #{name}, f"{name}"
    r"|\bSELECT\b.{1,200}\bFROM\b|\bINSERT INTO\b|\bCREATE TABLE\b|\bUPDATE \w+ SET\b"
    r"|<\?php|<!DOCTYPE|^(?:\$|>>>|#!) ?\S"  # a shell's or Python's prompt
    r"|\b\w+\.\w+\([^)\n]{0,80}\)"  # list.append(1)
    r"|^[\w.]+ = [\[({\"'\w]|\w\[\w+\] ?=",  # total = 0
    re.M,
)
# A fence with a language that is not plain text: ```python
_FENCE = re.compile(r"```(?!(?:text|txt|plain\w*|markdown|md|json)\b)[a-zA-Z+#]+[ \t]*\n")


def asks_for_code(task: str) -> bool:
    """Whether a task speaks of code or markup."""
    return _ASKS_FOR_CODE.search(task) is not None


def looks_like_code(text: str) -> bool:
    """Whether a text holds code: a call, an assignment, a query, a fence with the name of a language."""
    return _CODE.search(text) is not None or _FENCE.search(text) is not None
