"""Random clauses that make sense: who does what to what, and where.

A scene is a line: verb | who | what | the rest. "who" and "what" name kinds of `THINGS` or people; the rest is what
may follow, "-" for nothing.
"""

import random
from dataclasses import dataclass

from primer.text import slots
from primer.text.clause import POSSESSIVE, Phrase, SimpleClause
from primer.text.english_forms import number_in_words, plural_of, with_article

# Per kind of thing: its nouns, and the adjectives that go with all of them. "~" marks what can't be counted.
THINGS: dict[str, tuple[str, str]] = {
    "baked": ("cake,pie,pizza,loaf of bread,cookie,roll,tart,muffin,~bread", "fresh,delicious,warm,sweet,small,large"),
    "dish": ("soup,salad,stew,omelet,meal,pancake,~rice,~pasta,sandwich", "hot,delicious,simple,tasty,spicy,light"),
    "fruit": ("apple,pear,plum,cherry,peach,banana,orange,lemon,strawberry,melon", "ripe,sweet,fresh,large,small"),
    "vegetable": ("carrot,potato,onion,cabbage,bean,pumpkin,tomato,beet", "fresh,large,small,tasty"),
    "drink": ("~tea,~coffee,~milk,~juice,~water,~lemonade,~cocoa", "cold,hot,fresh"),
    "text": ("letter,poem,story,report,book,article,song,message", "long,short,funny,sad,interesting,strange"),
    "paper": ("letter,newspaper,map,notebook,ticket,postcard,magazine", "old,new,thin,torn,wet"),
    "clothes": ("shirt,coat,hat,dress,skirt,sweater,jacket,scarf,cap", "new,old,warm,expensive,beautiful,red,blue"),
    "furniture": ("table,chair,bed,sofa,desk,wardrobe,bookcase,stool,shelf,bench", "wooden,new,old,heavy,small,large"),
    "vehicle": ("car,bus,truck,van,bicycle,motorcycle,tractor,boat", "new,old,red,blue,small,big,fast"),
    "tool": ("hammer,saw,screwdriver,drill,shovel,rake,axe,ladder,rope", "old,new,heavy,rusty,small,useful"),
    "instrument": ("piano,guitar,violin,flute,drum,trumpet,cello,harp", "old,new,beautiful,expensive"),
    "room": ("kitchen,bedroom,garage,attic,cellar,hall,classroom,office", "small,large,old,dark,bright,cold"),
    "building": ("house,school,church,hospital,library,museum,castle,bridge,tower,hotel", "old,new,small,famous,tall"),
    "animal": ("dog,cat,horse,cow,goat,rabbit,duck,hen,donkey,pony,sheep", "old,young,hungry,brown,white,black,small"),
    "wild": ("fox,bear,wolf,deer,owl,squirrel,snake,eagle,lion,monkey", "young,old,hungry,big,wild,clever"),
    "plant": ("rose,tulip,tree,bush,flower,daisy,sunflower,cactus", "tall,small,beautiful,young,dry"),
    "thing": (
        "key,box,bag,umbrella,lamp,clock,camera,basket,candle,pillow,cup,plate,bottle,mirror,coin,ring,ball,toy,"
        "phone,watch,wallet,suitcase,blanket,bucket,vase,brush,pen",
        "old,new,small,big,broken,expensive,lost,green",
    ),
    "art": ("picture,portrait,painting,drawing,statue,film,photograph", "beautiful,old,strange,famous,colorful,small"),
    "opening": ("window,door,gate,box,bottle,drawer,suitcase,jar", "old,heavy,small,wooden,big"),
    "dirt": ("floor,window,kitchen,car,table,carpet,stove,mirror,street,staircase", "dirty,dusty,old,long,wide"),
    "idea": ("plan,problem,question,mistake,joke,idea,secret,rule", "new,strange,simple,difficult,good,important"),
    "event": ("party,meeting,concert,wedding,trip,game,match,festival", "big,small,long,important,exciting"),
    "place": ("village,town,island,lake,river,mountain,beach,forest,park,market", "small,old,quiet,beautiful,famous"),
    "money": ("coin,bill,ticket,bag,watch,bracelet", "old,lost,expensive,small"),
    "nature": ("~rain,~snow,~wind,storm,flood", "heavy,cold,sudden,strong"),
    "people": ("child,student,guest,player,customer,tourist,friend,visitor", "young,happy,tired,new,friendly,polite"),
}
SCENES = """
bake | person | baked | in the kitchen; for the party; for the guests; with a friend; in the old oven; -
cook | person | dish | in the kitchen; for the family; for the guests; over the fire; in the evening; -
eat | person animal | fruit baked dish | at the table; in the garden; for breakfast; after school; -
drink | person | drink | in the kitchen; after dinner; at the window; before work; in the morning; -
buy | person | fruit vegetable clothes furniture thing vehicle | at the market; from a friend; -
sell | person | fruit vegetable clothes furniture vehicle art | at the market; to a neighbor; -
write | person | text | at the desk; in the library; in a small notebook; for the newspaper; on the train; -
read | person | text paper | in bed; on the bus; in the library; under a tree; after lunch; to the children; -
paint | person | art building room | in the garden; with a thin brush; with a friend; in bright colors; -
draw | person | animal building plant | on the wall; with a pencil; in a notebook; on the board; -
build | person | furniture building | near the river; behind the house; in the village; with old bricks; -
repair | person | vehicle furniture tool thing | in the garage; with great care; for a friend; in the yard; -
clean | person | dirt room | before lunch; with a wet cloth; after lunch; after the party; -
wash | person | clothes vehicle dirt | by hand; in cold water; in the yard; with soap; -
open | person | opening | with a key; in the morning; for the guests; very slowly; -
close | person | opening | at night; before the storm; very quietly; with both hands; -
carry | person | thing furniture tool | up the stairs; across the street; to the car; into the house; -
find | person animal | thing money | under the bed; in the forest; behind the door; on the beach; in the attic; -
lose | person | thing money paper | on the train; at the station; in the park; in the snow; -
hide | person animal | thing money | under the stairs; in the garden; behind the curtain; in a box; -
steal | wild | baked fruit vegetable | from the kitchen; at night; from the basket; -
catch | wild | mouse | in the field; at night; near the barn; -
chase | animal wild | animal wild | through the garden; across the field; around the house; into the woods; -
feed | person | animal | in the morning; behind the barn; with fresh hay; before breakfast; -
watch | person | event animal wild art | from the window; from the balcony; with friends; in silence; -
visit | person | place building | in the summer; with a friend; with a friend; in winter; -
help | person | people | in the garden; with the homework; at the station; after school; -
teach | person | people | at the school; in the evening; in a small room; -
invite | person | people | to the party; for dinner; to the wedding; to the concert; -
meet | person | people | at the station; in the park; in front of the museum; after work; -
call | person | people | in the evening; after dinner; from the office; -
thank | person | people | after the concert; for the help; with a smile; -
greet | person | people | at the door; with a smile; in the street; -
plant | person | plant vegetable | in the garden; along the road; behind the house; in spring; -
water | person | plant | in the evening; with a hose; in the garden; -
pick | person | fruit plant | in the garden; in the field; for a friend; in early summer; -
cut | person | fruit vegetable baked | into small pieces; with a sharp knife; in the kitchen; -
play | person | instrument | at the concert; in the evening; for the guests; in the school band; -
sing | person | song | in the choir; at the party; in the shower; for the children; -
drive | person | vehicle | to work; through the city; along the coast; very carefully; -
wear | person | clothes | at work; in the rain; at the party; in winter; -
sew | person | clothes | by hand; in the evening; for the theater; -
knit | person | clothes | by the fire; for the baby; in winter; -
break | person animal | thing opening | in the kitchen; by accident; during the party; -
throw | person | thing | into the water; over the fence; out of the window; -
kick | person | ball | across the yard; into the goal; over the wall; -
bring | person | thing dish drink paper | to the office; to the table; for the teacher; -
send | person | text paper | to a friend; to the office; from Paris; by mail; -
show | person | art paper thing | to the class; to the police; to a friend; -
choose | person | clothes art fruit | at the shop; with great care; for the party; -
forget | person | thing paper | at home; on the bus; in the classroom; -
solve | person | problem puzzle | in a few minutes; at school; with a friend; -
explain | person | idea | to the class; at the meeting; in simple words; -
discuss | person | idea text | at the meeting; in class; over lunch; -
tell | person | story joke secret | at dinner; to the children; by the fire; -
organize | person | event | at the school; in the village; for the children; -
plan | person | event | in the kitchen; for the family; with friends; -
take | person | photograph | at the beach; from the tower; with an old camera; -
move | person | furniture | into the hall; to the window; with two friends; -
push | person animal | thing furniture | across the room; into the corner; down the hill; -
pull | person animal | sled cart wagon | up the hill; through the snow; along the road; -
destroy | nature | building vehicle | in the valley; near the coast; during the night; -
damage | nature | building vehicle plant | in the north; on the coast; at night; -
cover | snow | place building vehicle | in winter; in the north; for weeks; -
lock | person | opening room | at night; with a small key; after work; -
pack | person | suitcase bag box | before the trip; in the bedroom; very quickly; -
fix | person | furniture vehicle tool | in the yard; with a friend; with a hammer; -
hold | person | thing tool | in one hand; above the table; with both hands; -
follow | person animal | animal people | through the woods; down the street; into the house; -
count | person | coin sheep ticket | in the evening; at the table; with care; -
collect | person | coin stamp shell stone | in a box; on the beach; as a hobby; -
polish | person | shoe lamp mirror | with a cloth; in the hall; before the party; -
sleep | person animal | | in the barn; on the sofa; under the tree; for ten hours; very well
walk | person animal | | to the river; through the park; along the beach; home in the rain; very slowly
run | person animal wild | | across the field; to the station; through the garden; around the lake; very fast
swim | person animal | | in the lake; across the river; in the cold sea; near the bridge
sit | person animal | | on the bench; by the fire; at the window; under the old oak
dance | person | | at the wedding; in the kitchen; on the stage; until midnight
laugh | person | | at the joke; during the film; about the story; very loudly
wait | person | | at the station; for the bus; in the rain; outside the school; for an hour
work | person | | in a bank; at the hospital; in the garden; on a farm; until the evening
live | person | | in a small village; near the sea; in an old house; on the third floor
travel | person | | to the coast; by train; through the desert; with a small bag
arrive | person train | | at the station; in the evening; at noon; before lunch
jump | person animal wild | | over the fence; into the water; across the stream; off the wall
climb | person wild | tree wall hill | in the garden; behind the house; without help; -
hide | wild animal | | behind the tree; in the tall grass; under the bridge; in the barn
fall | leaf apple cup | | to the ground; on the grass; from the table; on the floor
stand | person building | | near the church; in front of the gate; on the hill; at the corner
shout | person | | across the street; from the window; in the playground
whisper | person | | in the library; during the lesson; behind the door
listen | person | | to the radio; to the teacher; to the music; to the birds
look | person | | at the stars; out of the window; at the old map; into the mirror
talk | person | | about the weather; to a neighbor; about the game; in the hall
smile | person | | at the baby; in the picture; at the camera
study | person | | at the library; for the test; in the evening; at home
"""


@dataclass(frozen=True)
class Scene:
    """A verb with the kinds that may do it, the kinds that it may be done to, and what may follow."""

    verb: str
    doers: tuple[str, ...]
    things: tuple[str, ...]
    rests: tuple[str, ...]


def _parse(line: str) -> Scene:
    verb, doers, things, rests = (part.strip() for part in line.split("|"))
    return Scene(verb, tuple(doers.split()), tuple(things.split()), tuple(rest.strip() for rest in rests.split(";")))


ALL_SCENES = tuple(_parse(line) for line in SCENES.strip().splitlines())
TRANSITIVE = tuple(scene for scene in ALL_SCENES if scene.things)


def random_name(rng: random.Random) -> Phrase:
    """A first name; now and then with a surname."""
    female = rng.random() < 0.5
    name = rng.choice(slots.FEMALE_NAMES if female else slots.MALE_NAMES)
    if rng.random() < 0.08:
        name += f" {rng.choice(slots.SURNAMES)}"
    return Phrase(name, "she" if female else "he", True)


def random_person(rng: random.Random, *, pronouns: bool = True) -> Phrase:
    """A person or some: a name, "my aunt", "the baker", "the children", "Tom and Ida", or a pronoun."""
    draw = rng.random()
    if draw < 0.36:
        return random_name(rng)
    if draw < 0.5:
        word, sex = rng.choice(slots.FAMILY).split(":")
        owners = {"wife": ["my", "his", "Tom's"], "husband": ["my", "her", "Anna's"]}
        owner = rng.choice(owners.get(word, ["my", "my", "our", "her", "his", "Anna's", "Tom's", "their"]))
        return Phrase(f"{owner} {word}", {"f": "she", "m": "he"}.get(sex) or rng.choice(["he", "she"]), True)
    if draw < 0.68:
        adjective = rng.choice(["", "", "", "old ", "young ", "new ", "tired ", "friendly ", "tall "])
        job = rng.choice(slots.JOBS)
        return Phrase(
            f"the {adjective}{job}", {"king": "he", "queen": "she"}.get(job) or rng.choice(["he", "she"]), True
        )
    if draw < 0.8:
        word = rng.choice([*(entry.split(":")[0] for entry in slots.PEOPLE), *slots.JOBS])
        many = rng.choice(["the", "the", "two", "three", "some", "the young", "many", "our"])
        return Phrase(f"{many} {plural_of(word)}", "they", True)
    if draw < 0.88 or not pronouns:
        first, second = random_name(rng), random_name(rng)
        if first.text != second.text:
            return Phrase(f"{first.text.split()[0]} and {second.text.split()[0]}", "they", True)
    pronoun = rng.choice(["I", "he", "she", "we", "they", "you"])
    return Phrase(pronoun, pronoun, True) if pronouns else random_name(rng)


def random_thing(kind: str, rng: random.Random, owner: str = "") -> Phrase:
    """A thing of the kind, or of the noun itself: "a red hat", "the keys", "three ripe plums", "her old coat"."""
    nouns, adjectives = THINGS.get(kind, (kind, "old,small,new"))
    noun = rng.choice(nouns.split(","))
    adjective = f"{rng.choice(adjectives.split(','))} " if rng.random() < 0.4 else ""
    if noun in {"snow", "rain", "wind"} or noun.startswith("~"):
        return Phrase(f"{rng.choice(['the', 'some', 'the'])} {adjective}{noun.removeprefix('~')}")
    draw = 0.4 if plural_of(noun) == noun else rng.random()  # "the sheep" may be one or many
    if draw < 0.3:
        return Phrase(f"the {adjective}{noun}")
    if draw < 0.55:
        return Phrase(with_article(f"{adjective}{noun}"))
    if draw < 0.65 and owner in POSSESSIVE:
        return Phrase(f"{POSSESSIVE[owner]} {adjective}{noun}")
    if draw < 0.8:
        return Phrase(f"the {adjective}{plural_of(noun)}", "they")
    return Phrase(
        f"{number_in_words(rng.choice([2, 2, 2, 3, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]))} {adjective}{plural_of(noun)}",
        "they",
    )


def random_clause(
    rng: random.Random, *, transitive: bool = False, pronouns: bool = True, possessives: bool = True
) -> SimpleClause:
    """A clause from a random scene.

    Args:
        transitive: with an object, so that it has a passive.
        pronouns: the subject may be a pronoun.
        possessives: the object may have the subject's possessive ("her coat"), which a passive can't keep.
    """
    scene = rng.choice(TRANSITIVE if transitive else ALL_SCENES)
    doer = rng.choice(scene.doers)
    if doer == "person":
        subject = random_person(rng, pronouns=pronouns)
    elif doer in {"nature", "snow"}:
        subject = Phrase(f"the {rng.choice(['rain', 'wind', 'storm', 'flood'])}" if doer == "nature" else "snow")
    else:
        subject = random_thing(doer, rng)
    thing = None
    if scene.things:
        kind = rng.choice(scene.things)
        person = doer == "person" and possessives
        thing = random_thing(kind, rng, subject.pronoun if person else "")
        if thing.text.split()[-1] in subject.text.split():  # "the dog chases the dog"
            thing = Phrase("the ball") if kind in {"animal", "wild"} else Phrase("the new neighbors", "they")
    rest = rng.choice(scene.rests)
    return SimpleClause(subject, scene.verb, thing, "" if rest == "-" else rest)
