"""Random material to work on: words, numbers, dates, made-up names, codes, in rows and lists."""

import random
from collections.abc import Sequence

from primer.text import slots
from primer.text.english_forms import listed

_COMMON = (
    "able above across action afraid after afternoon again against air alone always amount angle answer anyone apart "
    "arrow attack autumn baby balance bamboo barrel basic battle beauty become before begin behind "
    "believe below beside "
    "better beyond blanket blood board bottom brain branch brave bread breath brick brief bring broad "
    "bronze brush bubble "
    "bundle burn button cable calm canal candle capital carbon care carpet carry cause center century "
    "chain chance change "
    "chapter charm check cheese choose cinema circus citizen class clever cliff climb cloth cloud coast common company "
    "corner cotton count courage cover create crowd curious curtain danger daring dark debt decide deep degree desert "
    "detail dinner distance divide doubt dream drop dust early earn earth edge effort empty enemy energy engine enjoy "
    "enough evening event exact example expert fabric failure famous fancy feather fence fever field figure final flag "
    "flame flavor float flour follow force forest forget formal fortune frame freedom fresh friend frost future garlic "
    "gentle giant ginger glory goal grain grass gravity group growth guess habit handle happen harbor "
    "harvest health heart "
    "heavy height hidden hollow honest honey hope horizon hotel humble hunger hurry idea image island ivory jewel join "
    "journey joy jungle junior justice keen kettle kind kingdom kitchen kitten label ladder lantern "
    "large later laughter "
    "layer leader leaf learn leather legend lesson letter level light limit liquid listen little local "
    "lonely luck lunch "
    "magic major manner marble market master matter meadow measure melody memory message method middle "
    "mild minor minute "
    "mirror modern moment money motion motor mountain movement muscle mystery narrow nation nature "
    "needle nephew nervous "
    "nobody normal notice number object ocean office often open opinion orbit order origin outside "
    "oven owner oxygen palace "
    "paper parade pardon parent pattern peace pebble pencil pepper perfect period person phrase picture "
    "pillow pilot plain "
    "planet plastic plenty pocket point polite poem portrait powder power present pretty price prize "
    "problem profit promise "
    "proof proud public pupil puzzle quality quarter quick quiet rabbit radio random rapid reason record region remote "
    "reply report rescue result reward rhythm ribbon river robot rocket rough round royal ruler safety "
    "sail salt sample "
    "sand science season second secret select sentence serious shade shadow shape share shelter shiny "
    "short signal silent "
    "silver simple skill smooth society solid sound south space spark special spice spirit spring square stage station "
    "statue steam steel stone storm story strange street strong studio sudden sugar summer supper surface sweet symbol "
    "system talent target temple tender thick thirst thought thread thunder ticket timber tiny tired "
    "title today together "
    "tomorrow total touch tower trade trail travel treasure trial tribe trophy trouble trust tunnel "
    "twin under unit useful "
    "valley value vessel victory village vision visit voice volume voyage wagon wander warm water "
    "weather weight welcome "
    "wheel whisper wild window winter wisdom wonder wooden world worry yellow yesterday young zebra zero"
).split()
_FROM_KINDS = [word for _, members in slots.CATEGORIES.values() for word in members if word.islower()]
WORDS = tuple(sorted({*_COMMON, *_FROM_KINDS}))
NAMES = slots.FEMALE_NAMES + slots.MALE_NAMES
_STARTS = (
    "Al Ar Bal Ber Bor Cal Cor Dal Dor El Far Fen Gal Gor Hal Hel Il Jor Kal Kel Lan Lor Mal Mer Mor Nal Nor Or Pel "
)
_STARTS += "Quin Ral Ros Sal Ser Tal Tor Ul Val Ver Wal Wes Yar Zel Br Cr Dr Fl Gr Kr St Tr Sh Th Ch"
_MIDDLES = "a e i o u an en in or al el il ar er ea io"
_ENDS = (
    "dor den mar nia ria land ton ville berg stad holm wick more dale mont grad na la ra sa ta ka mo ro vo lin ver bel"
)


def made_up_name(rng: random.Random) -> str:
    """A name that nothing real is likely to have: "Talorberg", "Brenmar"."""
    middle = rng.choice(_MIDDLES.split()) + (rng.choice("lnrstvdm") if rng.random() < 0.4 else "")
    return rng.choice(_STARTS.split()) + middle + rng.choice(_ENDS.split())


def code(rng: random.Random) -> str:
    """A few letters and digits: "KD-482", "7B19"."""
    letters = "".join(rng.choices("ABCDEFGHJKLMNPRSTUVWXYZ", k=rng.randint(1, 3)))
    digits = "".join(rng.choices("0123456789", k=rng.randint(2, 4)))
    return rng.choice([f"{letters}-{digits}", f"{letters}{digits}", f"{digits}{letters}", f"{letters} {digits}"])


def phone(rng: random.Random) -> str:
    """A number of the block that is kept for stories: "555-0137"."""
    return f"555-01{rng.randint(0, 99):02d}"


def numbers(rng: random.Random, count: int, *, distinct: bool = True) -> list[int]:
    """Whole numbers of one size: mostly up to 100, sometimes up to 1,000 or 10,000."""
    top = rng.choice([20, 50, 100, 100, 100, 100, 120, 200, 200, 1000, 1000, 10_000])
    pool = range(0 if top < 1000 else 1, top)
    return rng.sample(pool, count) if distinct else rng.choices(pool, k=count)


def years(rng: random.Random, count: int) -> list[int]:
    """Different years from 1200 to 2030, mostly of the last centuries."""
    return rng.sample(range(rng.choice([1200, 1700, 1800, 1900]), 2030), count)


def date(rng: random.Random) -> tuple[int, int, int]:
    """A year, a month from 1 to 12, and a day that every month has."""
    return rng.randint(1800, 2029), rng.randint(1, 12), rng.randint(1, 28)


def date_in_words(year: int, month: int, day: int, *, day_first: bool = False) -> str:
    """ "May 4, 1981", or "4 May 1981"."""
    name = slots.MONTHS[month - 1]
    return f"{day} {name} {year}" if day_first else f"{name} {day}, {year}"


def row(items: Sequence[object], rng: random.Random) -> str:
    """The items in one line, mostly with commas; now and then in lines, with dashes or bullets."""
    words = [str(item) for item in items]
    draw = rng.random()
    if draw < 0.7:
        return ", ".join(words)
    if draw < 0.78:
        return listed(words)
    if draw < 0.84:
        return "; ".join(words)
    if draw < 0.88 and not any(" " in word for word in words):
        return " ".join(words)
    if draw < 0.92:
        return " - ".join(words)
    return rng.choice(["\n", "\n- ", "\n* "]).join(["", *words]).lstrip("\n")


def same_row(items: Sequence[object], rng: random.Random) -> str:
    """The items in one line, as an answer: with commas, or with "and"."""
    words = [str(item) for item in items]
    return ", ".join(words) if rng.random() < 0.5 else listed(words)


def pick(rng: random.Random, wordings: str) -> str:
    """One of some wordings, which "|" separates."""
    return rng.choice(wordings.split("|"))
