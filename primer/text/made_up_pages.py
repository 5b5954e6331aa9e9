"""Made-up pages: passages as an encyclopedia has them, about people, places and things that nobody knows.

Every name is invented, so a question about a passage can be answered from it alone. A fact is a clause, so it can be
stated, asked, denied, cut off or told with a wrong number.
"""

import random
import re
from dataclasses import dataclass, replace

from primer.text import materials, slots
from primer.text.clause import POSSESSIVE, Phrase, SimpleClause
from primer.text.english_forms import number_in_words, with_capital
from primer.text.materials import pick

# Per kind of subject, a fact a line: tense and verb | what follows | questions, each with what follows there. Words in
# braces are drawn once per page: "{town}" is the same town in all of its facts, and "{year2}" is later than "{year}".
_FACTS = {
    "person": """
past be | {people} {job} | who:
past be | born in {town} in {year} | when: born in {town}; where: born in {year}
past grow up | in {town2} | where:
past study | {field} in {town3} | what: -in {town3}; where: {field}
past move | to {town3} in {year2} | when: to {town3}; where: in {year2}
past marry | {name} in {year2} | who: in {year2}; when: {name}
past found | a school in {town3} in {year3} | when: a school in {town3}; where: a school in {year3}
past write | {count} books about {field} | how many books: about {field}
past discover | a lake near {town2} in {year3} | what: near {town2} in {year3}; when: a lake near {town2}
past publish | a map of {land} in {year3} | what: in {year3}; when: a map of {land}
past receive | the {title} Prize in {year4} | what: in {year4}; when: the {title} Prize
past teach | at the University of {town3} for {count} years | how long: at the University of {town3}
past die | in {town3} in {year5} | when: in {town3}; where: in {year5}
""",
    "town": """
present be | a {size} on the River {river} in {land} | what:; where:
present have | {people_count} inhabitants | how many inhabitants:
past be | founded in {year} by {name} | when: founded by {name}; who: founded by
past be | destroyed by {disaster} in {year2} | when: destroyed by {disaster}; what: destroyed by in {year2}
present be | known for its {good} | what: known for
present lie | {count} kilometers from {town2} | how far: from {town2}
past get | a railway station in {year3} | when: a railway station; what: in {year3}
present have | a {building} that is {height} meters high |
past become | the capital of {land} in {year4} | when: the capital of {land}; what: in {year4}
""",
    "mountain": """
present be | a mountain in the {side} of {land} | what:; where:
present be | {big} meters high | how high:
past be | first climbed in {year} by {name} | when: first climbed by {name}; who: first climbed by
present consist | of {rock} | what: of
present be | covered with snow for {few} months a year | how long: covered with snow
past be | named after {name2} | who: named after
present lie | {count} kilometers from {town} | how far: from {town}
past become | part of a national park in {year3} | when: part of a national park; what: in {year3}
""",
    "river": """
present be | a river in {land} | what:; where:
present be | {big} kilometers long | how long:
present begin | in the hills of {town} | where:
present flow | through {town2} and {town3} | where:
present flow | into Lake {lake} |
past flood | the town of {town2} in {year} | when: the town of {town2}; what: in {year}
past be | first mapped by {name} in {year2} | who: first mapped by in {year2}; when: first mapped by {name}
present contain | {count} species of fish | how many species of fish:
""",
    "bridge": """
present be | a {thing} in {town} | what:; where:
past be | designed by {name} | who: designed by
past be | built between {year} and {year2} | when: built
present be | {height} meters {long} | how {long}:
past be | opened by {name2} in {year3} | who: opened by in {year3}; when: opened by {name2}
present consist | of {rock} and iron | what: of
past be | damaged by {disaster} in {year4} | when: damaged by {disaster}; what: damaged by in {year4}
present attract | {people_count} visitors a year | how many visitors:
""",
    "book": """
present be | a {work} by {name} | what:
past be | published in {year} in {town} | when: published in {town}; where: published in {year}
present tell | the story of a {hero} from {town2} |
present have | {count} chapters | how many chapters:
past be | translated into {few} languages | how many languages: -translated into
past win | the {title} Prize in {year2} | what: in {year2}; when: the {title} Prize
past be | turned into a film in {year3} | when: turned into a film; what: turned into in {year3}
past sell | {people_count} copies | how many copies:
""",
    "company": """
present be | a company in {town} | what:; where:
past be | founded by {name} in {year} | who: founded by in {year}; when: founded by {name}
present make | {good} and {good2} | what:
present have | {big} workers | how many workers:
past open | a factory in {town2} in {year2} | when: a factory in {town2}; where: a factory in {year2}
past buy | a mill in {town3} in {year3} | when: a mill in {town3}; what: in {town3} in {year3}
past close | its first shop in {year4} because the rent was too high | why: its first shop
""",
    "animal": """
present be | a {small} {beast} that lives in {land} | what:
present live | in the forests of {land} | where:
present eat | {food} and {food2} | what:
present weigh | about {count} grams | how much:
past be | first described in {year} by {name} | when: first described by {name}; who: first described by
present lay | {few} eggs in spring | how many eggs: in spring; when: {few} eggs
present sleep | {few} hours a day | how long:
present leave | its nest at night because it avoids the heat | why: its nest at night
past be | protected by law in {year3} | when: protected by law
""",
    "island": """
present be | an island off the coast of {land} | what:; where:
present cover | {big} square kilometers | how large an area:
present have | {people_count} inhabitants | how many inhabitants:
past be | discovered by {name} in {year} | who: discovered by in {year}; when: discovered by {name}
past belong | to {land2} until {year3} |
present be | covered by {rock} and low bushes | what: covered by
present export | {good} and {good2} | what:
past receive | its lighthouse in {year2} because many ships had been lost | why: its lighthouse
""",
}  # fmt: skip
_NAMING = {
    "mountain": "Mount {}", "river": "the {} River", "bridge": "the {} {Thing}", "book": "The {Title} {Noun}",
    "company": "{} {Firm}", "animal": "the {} {beast}", "island": "{} Island",
}  # fmt: skip
# What may follow a fact behind a comma, and be left out again.
_ADDITIONS = (
    "as old letters show", "which surprised many people", "according to a local legend", "as most historians believe",
    "although little is known about it", "much earlier than was once thought", "a fact that is often forgotten",
    "as several travelers reported", "which is shown on an old map", "when the war was already over",
)  # fmt: skip
_GOODS = tuple("paper glass shoes cheese wine steel carpets toys boats salt wool candles bells cloth soap tea".split())
_FOODS = tuple("roots berries insects leaves fish worms nuts seeds grass frogs".split())
_CHOICES = {
    "people": "a Norwegian|a Danish|a Scottish|an Irish|a Dutch|a Polish|an Italian|a Greek|a Canadian|a Brazilian|"
    "a Swiss|a Finnish|a Turkish|a Portuguese|an Austrian|a Hungarian|a Mexican|an Egyptian|an Indian|a Korean",
    "job": "painter|writer|doctor|traveler|chemist|teacher|engineer|botanist|composer|lawyer|astronomer|nurse",
    "field": "medicine|law|music|history|botany|mathematics|chemistry|geology|astronomy|philosophy",
    "title": "Golden Pen|Silver Star|Blue Ribbon|White Rose|Green Oak|Royal Crown|Red Lantern",
    "size": "town|city|village|port", "disaster": "a fire|a flood|a storm|an earthquake",
    "side": "north|south|east|west", "building": "tower|church|lighthouse|windmill",
    "rock": "granite|sandstone|limestone|basalt|marble",
    "thing": "bridge|tower|castle|museum|theater|lighthouse|palace", "work": "novel|poem|play|comedy|fairy tale",
    "hero": "sailor|miller|thief|nurse|shepherd|doctor|clockmaker", "beast": "bird|lizard|frog|duck|owl|turtle",
    "small": "small|large|shy|rare|colorful|slow",
}  # fmt: skip
_NUMBER = re.compile(r"\d[\d,]*\d|\d")


@dataclass(frozen=True)
class PageFact:
    """A fact of a page, and the questions that it answers."""

    clause: SimpleClause  # with the subject's full name
    tense: str
    questions: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentence with the name."""
        return self.clause.statement(self.tense)


@dataclass(frozen=True)
class MadeUpPage:
    """A passage about one subject; its first fact says what it is."""

    name: str  # as in the middle of a sentence: "the Talor River"
    pronoun: str
    facts: tuple[PageFact, ...]
    sentences: tuple[str, ...]  # of the passage, one a fact

    @property
    def passage(self) -> str:
        """All sentences, as a paragraph."""
        return " ".join(self.sentences)

    @property
    def years(self) -> list[str]:
        """The years of the passage, in their order, each once."""
        return list(dict.fromkeys(re.findall(r"\b(?:1[5-9]|20)\d\d\b(?!,\d)", self.passage)))


def _drawn(rng: random.Random) -> dict[str, str]:
    """What the words in braces stand for, on one page."""
    year = rng.randint(1600, 1930)
    years = {"year": year, "year2": year + rng.randint(18, 30), "year3": year + rng.randint(31, 42)}
    years |= {"year4": year + rng.randint(43, 52), "year5": year + rng.randint(53, 88)}
    names = ("town", "town2", "town3", "river", "lake", "land", "land2")
    people = ("name", "name2")
    drawn = {key: str(value) for key, value in years.items()}
    drawn |= {key: materials.made_up_name(rng) for key in names}
    drawn |= {key: f"{rng.choice(materials.NAMES)} {_surname(rng)}" for key in people}
    drawn |= {key: pick(rng, words) for key, words in _CHOICES.items()}
    drawn["good"], drawn["good2"] = rng.sample(_GOODS, 2)
    drawn["food"], drawn["food2"] = rng.sample(_FOODS, 2)
    drawn["long"] = "high" if drawn["thing"] in {"tower", "lighthouse"} else "long"
    drawn["count"], drawn["height"] = str(rng.randint(11, 90)), str(rng.randint(20, 150))
    drawn["few"] = number_in_words(rng.randint(3, 12))
    drawn["big"] = rng.choice([str(rng.randint(110, 999)), f"{rng.randint(1100, 6900):,}"])
    drawn["people_count"] = f"{rng.randint(12, 900) * 100:,}"
    return drawn


def _surname(rng: random.Random) -> str:
    return rng.choice(slots.SURNAMES) if rng.random() < 0.4 else materials.made_up_name(rng)


def _subject(kind: str, drawn: dict[str, str], rng: random.Random) -> Phrase:
    own = materials.made_up_name(rng)
    if kind == "person":
        female = rng.random() < 0.5
        return Phrase(
            f"{rng.choice(slots.FEMALE_NAMES if female else slots.MALE_NAMES)} {own}", "she" if female else "he", True
        )
    firm = pick(rng, "Brothers|Works|and Sons|Mills|Glass|Paper")
    title = pick(rng, "Silent|Red|Last|White|Lost|Blue|Broken|Young|Empty|Second|Long|Iron|Secret")
    noun = pick(rng, "Harbor|Garden|Horse|Tower|Winter|Mirror|Road|Bell|Lamp|River|Door|Letter|Island|Song")
    form = _NAMING.get(kind, "{}").replace("{}", own).replace("{beast}", drawn["beast"])
    form = form.replace("{Thing}", with_capital(drawn["thing"])).replace("{Title}", title).replace("{Noun}", noun)
    return Phrase(form.replace("{Firm}", firm), "it")


def _fact(line: str, subject: Phrase, drawn: dict[str, str]) -> PageFact:
    head, rest, asked = (part.strip() for part in line.split("|"))
    tense, verb = head.split(" ", 1)
    clause = SimpleClause(subject, verb, None, rest.format(**drawn))
    questions = []
    for question in filter(None, (part.strip() for part in asked.split(";"))):
        word, _, after = question.format(**drawn).partition(":")
        after = after.strip().removeprefix("-")
        questions.append(replace(clause, rest=after.strip()).question(tense, word))
    return PageFact(clause, tense, tuple(questions))


def made_up_page(rng: random.Random, kinds: tuple[str, ...] = tuple(_FACTS)) -> MadeUpPage:
    """A page of three to seven facts; the name is now and then replaced by a pronoun, and times come first."""
    kind, drawn = rng.choice(kinds), _drawn(rng)
    subject = _subject(kind, drawn, rng)
    first, *others = _FACTS[kind].strip().splitlines()
    chosen = sorted(rng.sample(range(len(others)), min(len(others), rng.randint(2, 6))))
    facts = [_fact(line, subject, drawn) for line in (first, *(others[at] for at in chosen))]
    sentences = [facts[0].text]
    for fact in facts[1:]:
        sentences.append(told(fact, rng, name=rng.random() < 0.35))
    return MadeUpPage(subject.text, subject.pronoun, tuple(facts), tuple(sentences))


def told(fact: PageFact, rng: random.Random, *, name: bool) -> str:
    """The fact as a sentence of a passage: with the name or a pronoun, the year now and then in front."""
    pronoun = fact.clause.subject.pronoun
    subject = fact.clause.subject if name else Phrase(pronoun, pronoun)
    text = replace(fact.clause, subject=subject).statement(fact.tense)
    year = re.search(r" in (1[5-9]\d\d|20\d\d)\.$", text)
    if year and rng.random() < 0.4:
        start = subject.text if name and subject.text[0].isupper() else subject.text[0].lower() + subject.text[1:]
        return f"In {year[1]}, {start}{text[len(subject.text) : year.start()]}."
    return text


def with_addition(fact: PageFact, rng: random.Random) -> str:
    """The sentence with something behind a comma that can be left out again."""
    return f"{fact.text[:-1]}, {rng.choice(_ADDITIONS)}."


def with_other_number(text: str, rng: random.Random) -> str | None:
    """The sentence with one number changed; None if it has none."""
    numbers = list(_NUMBER.finditer(text))
    if not numbers:
        return None
    number = rng.choice(numbers)
    value = int(number[0].replace(",", ""))
    step = rng.randint(1, 60) if value > 1000 and "," not in number[0] else max(1, value // rng.randint(2, 9))
    other = value + step * rng.choice([-1, 1])
    shown = f"{other:,}" if "," in number[0] else str(other)
    return text[: number.start()] + shown + text[number.end() :]


def possessive_of(page: MadeUpPage) -> str:
    """ "his", "her" or "its"."""
    return POSSESSIVE[page.pronoun]
