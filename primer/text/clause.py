"""A clause in its parts, and what becomes of it: tenses, negation, questions, the passive, question tags."""

from dataclasses import dataclass, replace

from primer.text.english_forms import ing_form, participle, simple_past, third_person, with_capital

OBJECT_FORM = {"I": "me", "you": "you", "he": "him", "she": "her", "it": "it", "we": "us", "they": "them"}
POSSESSIVE = {"I": "my", "you": "your", "he": "his", "she": "her", "it": "its", "we": "our", "they": "their"}
SIMPLE_TENSES = ("present", "past", "future")
TENSES = (*SIMPLE_TENSES, "progressive", "past progressive", "perfect")
TENSE_NAMES = {
    "present": "simple present",
    "past": "simple past",
    "future": "future",
    "progressive": "present progressive",
    "past progressive": "past progressive",
    "perfect": "present perfect",
}
_SHORT = {
    "will not": "won't",
    "cannot": "can't",
    "am not": "'m not",
    **{
        f"{word} not": f"{word}n't"
        for word in "do does did is are was were has have had must should could would".split()
    },
}


@dataclass(frozen=True)
class Phrase:
    """Somebody or something: the words, the pronoun that stands for it, and whether one asks for it with "who"."""

    text: str  # in the middle of a sentence: "the old farmer", "Anna", "I"
    pronoun: str = "it"  # I, you, he, she, it, we or they
    is_person: bool = False

    @property
    def is_plural(self) -> bool:
        """Whether it takes "are" and "walk"."""
        return self.pronoun in {"they", "we", "you"}

    @property
    def as_object(self) -> str:
        """ "him" for "he"; other words stay."""
        return OBJECT_FORM.get(self.text, self.text)


@dataclass(frozen=True)
class SimpleClause:
    """Subject, verb (base form, perhaps with a particle), object or none, and the rest ("in the garden")."""

    subject: Phrase
    verb: str
    object: Phrase | None = None
    rest: str = ""

    def be(self, past: bool) -> str:
        """The form of "be" for the subject."""
        if self.subject.pronoun == "I":
            return "was" if past else "am"
        return ("were" if past else "are") if self.subject.is_plural else ("was" if past else "is")

    def _words(self, tense: str) -> tuple[str, str, str]:
        """The helping verb ("" if only questions and "not" need one), the one they need, and the main verb with one."""
        plural = self.subject.is_plural or self.subject.pronoun == "I"
        have = "have" if plural else "has"
        if self.verb == "be" and tense in {"present", "past"}:
            return self.be(tense == "past"), self.be(tense == "past"), ""
        match tense:
            case "present":
                return "", "do" if plural else "does", self.verb
            case "past":
                return "", "did", self.verb
            case "future":
                return "will", "will", self.verb
            case "progressive" | "past progressive":
                helper = self.be(tense == "past progressive")
                return helper, helper, ing_form(self.verb)
            case "perfect":
                return have, have, participle(self.verb)
        return tense, tense, self.verb  # a modal verb: can, must, should, may

    def finite(self, tense: str) -> str:
        """The verb as a statement has it: "walks", "will walk", "is walking"."""
        helper, _, main = self._words(tense)
        if helper:
            return f"{helper} {main}".strip()
        if tense == "past":
            return simple_past(self.verb)
        return self.verb if self.subject.is_plural or self.subject.pronoun == "I" else third_person(self.verb)

    def _after(self, *, object_too: bool = True) -> str:
        if object_too and self.object:
            if " " in self.verb and self.object.text in OBJECT_FORM.values():
                raise ValueError(f"{self.verb}: a pronoun would stand before the particle")
            return f"{self.object.as_object} {self.rest}".strip()
        return self.rest

    def statement(self, tense: str) -> str:
        """The sentence: "The farmer feeds the hens in the morning."."""
        return finished([self.subject.text, self.finite(tense), self._after()], ".")

    def negative(self, tense: str, *, short: bool = False) -> str:
        """With "not", or with a contraction if `short`."""
        _, helper, main = self._words(tense)
        no = "cannot" if helper == "can" else f"{helper} not"
        if short and helper != "am" and no in _SHORT:
            no = _SHORT[no]
        return finished([self.subject.text, no, main, self._after()], ".")

    def question(self, tense: str, word: str = "", *, object_too: bool = True, rest_too: bool = True) -> str:
        """A yes-or-no question, or one with a question word ("Where") that may ask for the object or the rest."""
        _, helper, main = self._words(tense)
        after = self._after(object_too=object_too)
        if not rest_too:
            after = self.object.as_object if self.object and object_too else ""
        return finished([word.lower() if word else "", helper, self.subject.text, main, after], "?")

    def subject_question(self, tense: str) -> str:
        """Asks for the subject: "Who feeds the hens in the morning?"."""
        who = "who" if self.subject.is_person else "what"
        asked = replace(self, subject=Phrase(who, "it"))
        return finished([who, asked.finite(tense), asked._after()], "?")

    def short_answer(self, tense: str, *, yes: bool) -> str:
        """ "Yes, he does." or "No, he doesn't."."""
        _, helper, _ = self._words(tense)
        if yes:
            return f"Yes, {self.subject.pronoun} {helper}."
        no = "cannot" if helper == "can" else f"{helper} not"
        return f"No, {self.subject.pronoun} {no if helper == 'am' else _SHORT.get(no, no)}."

    def tagged(self, tense: str) -> str:
        """With a question tag: "The farmer feeds the hens, doesn't he?"."""
        _, helper, _ = self._words(tense)
        tag = (
            "aren't I"
            if helper == "am"
            else f"{_SHORT['cannot' if helper == 'can' else f'{helper} not']} {self.subject.pronoun}"
        )
        return f"{self.statement(tense)[:-1]}, {tag}?"

    def passive(self, tense: str, *, agent: bool = True) -> str:
        """ "The hens are fed by the farmer in the morning."; for present, past, future and perfect."""
        if self.object is None:
            raise ValueError(f"{self.verb}: no object, so no passive")
        return self._passive_clause(tense, agent=agent)

    def _passive_clause(self, tense: str, *, agent: bool) -> str:
        assert self.object is not None
        of_object = SimpleClause(Phrase(self.object.text, self.object.pronoun), "be", None)
        be = {
            "present": of_object.be(False),
            "past": of_object.be(True),
            "future": "will be",
            "perfect": f"{'have' if of_object.subject.is_plural else 'has'} been",
            "progressive": f"{of_object.be(False)} being",
            "past progressive": f"{of_object.be(True)} being",
        }.get(tense, f"{tense} be")
        by = f"by {self.subject.as_object}" if agent else ""
        return finished([self.object.text, be, participle(self.verb), by, self.rest], ".")

    def passive_question(self, tense: str) -> str:
        """ "Are the hens fed by the farmer?"."""
        statement = self.passive(tense)[:-1]
        assert self.object is not None
        helper, main = statement[len(self.object.text) + 1 :].split(" ", 1)
        return finished([helper, self.object.text, main], "?")


def finished(words: list[str], mark: str) -> str:
    """The words as a sentence: a capital at the start and the mark at the end."""
    return with_capital(" ".join(word for word in words if word)) + mark
