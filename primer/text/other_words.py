"""Text about saying it in another way: synonyms and opposites in context, politeness, formal words, short forms."""

import random
from collections.abc import Iterator

from primer.text.english_forms import degrees_of, with_article, with_capital
from primer.text.materials import NAMES, pick
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
            f"{with_capital(a)} is {more} than {b}.",
            f"{with_capital(b)} is {degrees_of(opposite)[0]} than {a}.",
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
                with_capital(a),
                f"{with_capital(a)} is the {least}.",
                own=True,
            )
        else:
            yield Item(
                f"Who is {more}?" if people else f"Which is {more}?",
                sentence,
                with_capital(a),
                f"{with_capital(a)} is {more}.",
                own=True,
            )


MAKERS: tuple[tuple[Maker, int], ...] = (
    (_adjective, 26),
    (_comparison, 14),
)
