"""Text about saying it in another way: synonyms and opposites in context, politeness, formal words, short forms."""

import random
import re
from collections.abc import Iterator

from primer.text.clause import Clause, Phrase
from primer.text.english_forms import capitalized, degrees_of, with_article
from primer.text.materials import NAMES, pick
from primer.text.scenes import random_clause, random_person
from primer.text.task_layouts import Item, Maker, documents

# Adjectives with a synonym, an opposite, and nouns that go with all three.
ADJECTIVES = tuple(
    (word, same, opposite, tuple(nouns.split(",")))
    for word, same, opposite, nouns in (
        line.split(":")
        for line in (
            "big:large:small:house,dog,box,garden,kitchen,window,cake",
            "small:little:big:room,cat,village,boat,garden,cup",
            "quick:fast:slow:runner,horse,train,dancer",
            "happy:glad:sad:child,boy,girl,teacher,family",
            "sad:unhappy:happy:boy,girl,clown,story",
            "smart:clever:stupid:student,dog,plan,answer",
            "tired:weary:rested:traveler,farmer,horse,nurse",
            "brave:courageous:cowardly:knight,girl,sailor,soldier",
            "rich:wealthy:poor:merchant,lady,king,family",
            "quiet:silent:loud:street,room,boy,night",
            "hard:difficult:easy:question,test,task,exercise",
            "easy:simple:difficult:question,task,exercise,game",
            "nice:pleasant:unpleasant:day,evening,smell,voice",
            "pretty:beautiful:ugly:dress,garden,picture,flower",
            "wonderful:marvelous:terrible:trip,idea,party,film",
            "strange:odd:normal:noise,man,dream,story",
            "old:ancient:modern:castle,temple,city,wall",
            "dirty:filthy:clean:shirt,street,floor,window",
            "wet:damp:dry:towel,coat,ground,shirt",
            "angry:furious:calm:man,customer,neighbor,bear",
            "funny:amusing:serious:story,film,book,clown",
            "huge:enormous:tiny:tree,whale,tower,stone",
            "tiny:minute:huge:insect,mark,seed,stone",
            "cold:chilly:warm:morning,room,wind,evening",
            "important:major:unimportant:event,question,change,role",
            "famous:well-known:unknown:painter,singer,writer,actor",
            "rude:impolite:polite:waiter,boy,answer,guest",
            "polite:courteous:rude:waiter,girl,guest,letter",
            "shiny:bright:dull:coin,button,ring,star",
            "lazy:idle:hard-working:boy,worker,student,cat",
            "strong:powerful:weak:man,wind,horse,engine",
            "dangerous:risky:safe:road,game,plan,trip",
            "afraid:scared:fearless:child,cat,boy,rabbit",
            "whole:entire:partial:story,plan,list,answer",
        )
    )
)
# Plain words with formal ones; each pair can change places without changing anything else.
FORMAL = (
    ("get", "receive"),
    ("buy", "purchase"),
    ("help", "assist"),
    ("ask for", "request"),
    ("need", "require"),
    ("fix", "repair"),
    ("start", "commence"),
    ("end", "conclude"),
    ("tell", "inform"),
    ("think about", "consider"),
    ("find out", "discover"),
    ("look into", "investigate"),
    ("put off", "postpone"),
    ("call off", "cancel"),
    ("set up", "establish"),
    ("talk about", "discuss"),
    ("go up", "increase"),
    ("give back", "return"),
    ("make sure of", "ensure"),
    ("get rid of", "remove"),
    ("keep", "retain"),
    ("let", "permit"),
    ("live in", "inhabit"),
    ("show", "demonstrate"),
)
_FORMAL_OBJECTS = {
    "get": "the letter,an answer,the parcel,two invitations",
    "buy": "a house,the tickets,new chairs,a car",
    "help": "the guests,the new students,the old man",
    "ask for": "more time,a new key,the bill,some help",
    "need": "a new roof,more time,your signature,some help",
    "fix": "the roof,the machine,the old bridge",
    "start": "the work,the lesson,the meeting,the trip",
    "end": "the talk,the meeting,the show",
    "tell": "the parents,the police,the guests,the manager",
    "think about": "the offer,the plan,your question",
    "find out": "the truth,the reason,the secret",
    "look into": "the case,the problem,the accident",
    "put off": "the meeting,the trip,the wedding",
    "call off": "the game,the meeting,the concert",
    "set up": "a school,a club,a new office",
    "talk about": "the plan,the prices,the weather",
    "give back": "the books,the money,the keys",
    "get rid of": "the old chairs,the snow,the dust",
    "keep": "the letters,a copy,the receipt",
    "live in": "the island,the old castle,the valley",
    "show": "the new machine,the method,the experiment",
    "make sure of": "the quality,your safety",
}
_FAVORS = tuple(
    "open the window,close the door,pass the salt,wait here,sit down,help me,call me tomorrow,turn down the music,send me the report,speak more slowly,bring me a glass of water,lend me a pen,be quiet,"
    "move your car,give me the key,come back later,take off your shoes,sign this form,hold the ladder,tell me the time,explain this word,show me the way to the station,repeat your name,clean the table,"
    "stop that noise,feed the cat,water the plants,carry this box,write down your address,read the first page,turn on the light,put the books on the shelf,follow me,look at this map,leave the room".split(
        ","
    )
)
_WANTS = tuple(
    "a cup of tea,two tickets,the bill,a glass of water,a room for one night,more time,your address,some help,an answer,a new key,the menu,a pound of apples".split(
        ","
    )
)
_SHORT_FORMS = (
    ("I am", "I'm"),
    ("you are", "you're"),
    ("he is", "he's"),
    ("she is", "she's"),
    ("it is", "it's"),
    ("we are", "we're"),
    ("they are", "they're"),
    ("I will", "I'll"),
    ("we will", "we'll"),
    ("they will", "they'll"),
    ("she will", "she'll"),
    ("he will", "he'll"),
    ("you will", "you'll"),
    ("I have", "I've"),
    ("we have", "we've"),
    ("they have", "they've"),
    ("you have", "you've"),
    ("do not", "don't"),
    ("does not", "doesn't"),
    ("did not", "didn't"),
    ("is not", "isn't"),
    ("are not", "aren't"),
    ("was not", "wasn't"),
    ("were not", "weren't"),
    ("will not", "won't"),
    ("cannot", "can't"),
    ("could not", "couldn't"),
    ("should not", "shouldn't"),
    ("would not", "wouldn't"),
    ("has not", "hasn't"),
    ("have not", "haven't"),
    ("had not", "hadn't"),
    ("must not", "mustn't"),
    ("let us", "let's"),
    ("that is", "that's"),
    ("what is", "what's"),
    ("who is", "who's"),
    ("there is", "there's"),
    ("where is", "where's"),
)


def write_other_words(rng: random.Random) -> Iterator[str]:
    """Yields documents without end in which the same is said in other words."""
    yield from documents(MAKERS, rng)


def _adjective(rng: random.Random) -> Iterator[Item]:
    """A synonym or an opposite in the place of an adjective."""
    opposite = rng.random() < 0.5
    short = rng.random() < 0.35
    while True:
        word, same, other, nouns = rng.choice(ADJECTIVES)
        noun, new = rng.choice(nouns), other if opposite else same
        kind = "opposite" if opposite else "synonym"
        if short:
            given, result = with_article(f"{word} {noun}"), with_article(f"{new} {noun}")
            ask = rng.choice(
                [
                    f"replace the adjective by {with_article(kind)}",
                    "say the opposite" if opposite else "say the same with another word",
                    f"use {with_article(kind)} of the adjective",
                ]
            )
            yield Item(ask, given, result)
            continue
        if word == "afraid":
            continue
        form = pick(
            rng,
            "{n} saw {} yesterday.|There is {} in the picture.|It was {}.|{n} will never forget the {}.|"
            "We talked about the {} all evening.|Everybody spoke of the {}.|{n} dreamed of {}.",
        ).replace("{n}", rng.choice(NAMES))
        article = with_article if "the {}" not in form else (lambda phrase: phrase)
        given, result = (form.format(article(f"{adjective} {noun}")) for adjective in (word, new))
        ask = pick(
            rng,
            f'replace "{word}" by {with_article(kind)}|use {with_article(kind)} of "{word}"|'
            f'change the word "{word}" to {"its opposite" if opposite else "a word with the same meaning"}|'
            f'write the sentence with {"the opposite of" if opposite else "a synonym for"} "{word}"',
        )
        yield Item(ask, given, result, own=True)


def _favor(rng: random.Random) -> Iterator[Item]:
    """A rude order as a polite request."""
    back = rng.random() < 0.15
    while True:
        if rng.random() < 0.25:
            want = rng.choice(_WANTS)
            given, result = (
                rng.choice([f"I want {want}.", f"Give me {want}."]),
                rng.choice([f"I would like {want}, please.", f"Could I have {want}, please?"]),
            )
        else:
            favor = rng.choice(_FAVORS)
            given = f"{capitalized(favor)}{rng.choice(['.', '!', '.'])}"
            result = pick(
                rng,
                f"Could you please {favor}?|Would you please {favor}?|"
                f"Would you mind if I asked you to {favor}?|Could you {favor}, please?|Please {favor}.",
            )
        if back:
            yield Item(
                pick(rng, "make the request short and plain|say it as a plain order|say it without politeness"),
                result,
                given.replace("!", "."),
            )
        else:
            ask = pick(
                rng,
                "say it more politely|make the sentence polite|turn the order into a polite request|"
                "How can one say this politely?|write it in a more polite way|say this in a friendly way|"
                "make this request more polite",
            )
            yield Item(ask, given, result, rng.choice([result, result, f"More politely: {result}"]))


def _formal(rng: random.Random) -> Iterator[Item]:
    back = rng.random() < 0.25
    while True:
        plain, formal = rng.choice([pair for pair in FORMAL if pair[0] in _FORMAL_OBJECTS])
        thing = Phrase(rng.choice(_FORMAL_OBJECTS[plain].split(",")))
        subject, tense = random_person(rng), rng.choice(["past", "future", "present", "must", "can", "should"])
        given, result = (Clause(subject, verb, thing).statement(tense) for verb in (plain, formal))
        if rng.random() < 0.3 and tense in {"future", "past"}:
            given, result = (
                Clause(subject, verb, thing).negative(tense, short=short)
                for verb, short in ((plain, True), (formal, False))
            )
        if back:
            yield Item(
                pick(
                    rng,
                    "use plainer words|say it in simpler words|make the sentence less formal|"
                    "say it in everyday English",
                ),
                result,
                given,
            )
        else:
            yield Item(
                pick(
                    rng,
                    "make the sentence more formal|rewrite the sentence in a formal style|use a more formal verb|"
                    "write it as in an official letter|say it formally",
                ),
                given,
                result,
                rng.choice([result, f"More formally: {result}"]),
            )


def _short_forms(rng: random.Random) -> Iterator[Item]:
    expand, whole = rng.random() < 0.5, rng.random() < 0.65
    while True:
        if whole:
            clause, tense = (
                random_clause(rng),
                rng.choice(["present", "past", "future", "perfect", "can", "should", "progressive"]),
            )
            full, short = clause.negative(tense), clause.negative(tense, short=True)
            if rng.random() < 0.3 and clause.subject.text in {"I", "he", "she", "we", "they", "you"}:
                clause_text = clause.statement("future")
                full, short = clause_text, re.sub(r"^(\w+) will ", r"\1'll ", clause_text)
            if full == short:
                continue
            given, result = (short, full) if expand else (full, short)
            ask = rng.choice(
                ["write the full forms", "expand the contraction", "write the sentence without a contraction"]
                if expand
                else ["use a contraction", "use the short form", "shorten the words with an apostrophe"]
            )
            yield Item(ask, given, result)
        else:
            full, short = rng.choice(_SHORT_FORMS)
            given, result = (short, full) if expand else (full, short)
            ask = rng.choice(
                ["What is the long form?", "write the full form", "expand the contraction"]
                if expand
                else ["What is the contraction?", "write the short form", "contract the words"]
            )
            yield Item(ask, given, result, f"""The {"full" if expand else "short"} form is "{result}".""")


def _comparison(rng: random.Random) -> Iterator[Item]:
    """Two people or things compared, and turned around."""
    pairs = (
        ("tall", "short"),
        ("old", "young"),
        ("fast", "slow"),
        ("strong", "weak"),
        ("rich", "poor"),
        ("heavy", "light"),
        ("happy", "sad"),
        ("loud", "quiet"),
        ("big", "small"),
        ("long", "short"),
        ("wide", "narrow"),
        ("cheap", "expensive"),
        ("warm", "cold"),
    )
    turned = rng.random() < 0.5
    while True:
        word, opposite = rng.choice(pairs)
        if rng.random() < 0.5:
            word, opposite = opposite, word
        people = word in {"tall", "old", "young", "fast", "slow", "strong", "weak", "rich", "poor", "happy", "sad"}
        if people:
            a, b = rng.sample(NAMES, 2)
        else:
            a, b = (
                f"the {noun}"
                for noun in rng.sample(
                    ["table", "river", "box", "street", "room", "coat", "boat", "bridge", "bag", "garden"], 2
                )
            )
        more, least = degrees_of(word)
        sentence, back = (
            f"{capitalized(a)} is {more} than {b}.",
            f"{capitalized(b)} is {degrees_of(opposite)[0]} than {a}.",
        )
        if turned:
            yield Item(
                pick(
                    rng,
                    "turn the comparison around|say the same, but begin with the other one|"
                    f'say the same with "{degrees_of(opposite)[0]}"',
                ),
                sentence,
                back,
                own=True,
            )
        elif rng.random() < 0.5:
            c = rng.choice([name for name in NAMES if name not in {a, b}]) if people else "the door"
            given = f"{sentence[:-1]}, and {b} is {more} than {c}."
            yield Item(
                f"Who is the {least}?" if people else f"Which is the {least}?",
                given,
                capitalized(a),
                f"{capitalized(a)} is the {least}.",
                own=True,
            )
        else:
            yield Item(
                f"Who is {more}?" if people else f"Which is {more}?",
                sentence,
                capitalized(a),
                f"{capitalized(a)} is {more}.",
                own=True,
            )


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_adjective, 26),
    (_favor, 16),
    (_formal, 16),
    (_short_forms, 18),
    (_comparison, 14),
)
