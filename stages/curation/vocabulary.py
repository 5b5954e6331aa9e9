"""What near-duplicates are, as word lists: words that only wrap a task, words that mean the same, forms of question.

The rule (`content.py`, `near_duplicate.py`) and the proof of the split (`stages/splitting/rewordings.py`) share these
lists because both need the same definition. They share no code, so that a bug in one shows up in the other.
"""

from stages.english.number_words import CARDINALS

LONG = 20  # words; an input of this length or longer is a passage, in which a single word matters less

# Words that say nothing about the subject: articles, auxiliaries, and words that wrap a task.
WORDING = frozenset(
    "a an the be is are was were been being do does did has have had having will would can could should shall may "
    "might to of and or that which what whom whose there it its this these those such as in on at by for from with "
    "into s i me my you your we us our please kindly name names give tell state provide identify find say mention "
    "specify list write answer respond reply ask asked know want need like let show regarding concerning define "
    "definition mean meaning describe explain determine calculate compute solve call called sentence sentences "
    "statement passage text paragraph word words phrase term expression following given below above provided "
    "correct exactly another someone something thing one's about topic subject theme true false yes no whether if "
    "who when where why how many much year date number reason because locate located location lie situated "
    "person".split()
)
# Words for the same relation, as lemmas: each word of a group is replaced by the first.
SYNONYMS = {
    word: group.split()[0]
    for group in (
        "author write writer",
        "birth bear born birthplace birthday birthdate",
        "death die dead",
        "founder found foundation establish establishment",
        "inventor invent invention",
        "discoverer discover discovery",
        "painter paint",
        "composer compose",
        "designer design architect",
        "director direct",
        "creator create creation",
        "antonym opposite",
        "change turn convert transform conversion rewrite reword rephrase",
        "summarize summarise summary",
        "color colour",
        "+ plus",
        "- minus –",
        "* times multiply ×",  # noqa: RUF001
        "/ divide ÷",
    )
    for word in group.split()
}
# Signs that make another question of the same words, as regular expressions; only looked for in instructions and short
# inputs. Other punctuation says nothing: "Paris - the city" asks what "Paris, the city" asks.
SIGNS = "|".join(
    (
        r"[$£€¥¢\u20a0-\u20cf°±§¶\u2190-\u2bff\U0001f000-\U0001faff]",  # money, arrows, mathematics, emoji: "€5", "A ♭"
        r"(?<=[A-Za-z])#|(?<=[\d)])!(?!\w)",  # C#, 5!
        r"&&|\|\||!=|->|:=|::",  # operators
        r"(?<= )[#@|~\\_](?=[ ?.!]|$)",  # alone: "What does @ mean?"
        r"(?<=['\"‘“(\[`])[^\w\s](?=['\"’”)\]`])",  # in quotes or brackets: "What does ';' mean?"
        r"(?<=symbol )[^\w\s]|(?<=sign )[^\w\s]|(?<=character )[^\w\s]|(?<=mark )[^\w\s]",  # "the symbol & is ..."
    )
)
DIGITS = {word: str(value) for word, value in CARDINALS.items() if value <= 10}
NEGATIONS = frozenset("not never none without n't cannot except neither nor".split())
PEOPLE = (
    "person people man woman writer author novelist poet artist painter composer musician singer actor director "
    "scientist physicist chemist astronomer mathematician engineer inventor architect explorer king queen president "
    "emperor ruler"
)
PLACES = "city town village country continent state region place island county province"

# What a question asks for, as a regular expression each, for text in small letters; the first that matches counts. A
# question for a kind of place also says which kind ("where city").
QUESTION_FORMS = {
    "when": r"\bwhen\b|\b(?:what|which|the|birth) (?:year|date|day|month|century)\b",
    "where": rf"\bwhere\b|\bbirthplace\b|\b(?:what|which) (?P<kind>{'|'.join(PLACES.split())})\b",
    "how many": r"\bhow (?!does|do|did|is|are|was|were|can|to|would)\w+\b|\bthe number of\b",
    "why": r"\bwhy\b|\breason\b",
    "how": r"\bhow\b",
    "who": rf"\bwho(?:m|se)?\b|\b(?:what|which) (?:{'|'.join(PEOPLE.split())})\b",
}
