"""Words by kind, for the slots of sentences: who does things, to what, where, and of what sort the things are."""

FEMALE_NAMES = tuple(
    "Anna Maria Sarah Laura Emma Julia Nina Clara Ella Rosa Lucy Alice Eva Helen Ruth Grace Mia Zoe Lena Ida Nora Amy "
    "Jane Kate Susan Linda Carla Diana Elena Fiona Gloria Hanna Irene Joan Karen Lily Megan Olga Paula Rita Sofia Tina "
    "Vera Wendy Yara Amina Fatima Leila Priya Mei Yuki Sakura Aisha Ingrid Astrid Freya Bianca Chiara Dora Edith Flora "
    "Greta Hazel Iris Judith Kira Lydia Marta Naomi Olivia Petra Rachel Stella Teresa Ursula Violet Zara Beatrice "
    "Camila Delia Esther Ginny Harriet Isabel Josie Katya Lorna Mabel Nadia Orla Penny Rosalind Sylvia Tamara".split()
)
MALE_NAMES = tuple(
    "Tom Ben Paul Peter Mark David John James Leo Max Oscar Felix Adam Daniel Simon Martin Victor Henry George Frank "
    "Carlos Diego Pedro Juan Luis Marco Paolo Nico Ivan Boris Igor Omar Ali Hassan Karim Raj Arjun Kenji Hiro Chen Wei "
    "Lars Sven Erik Nils Otto Karl Hugo Emil Jonas Lukas Anton Bruno Cedric Dylan Edgar Fred Gavin Harold Isaac Jack "
    "Kevin Liam Miles Nathan Owen Philip Quentin Robert Samuel Theo Ulrich Vincent Walter Xavier Yusuf Zachary Aaron "
    "Bernard Calvin Derek Elliot Franco Gilbert Howard Ian Jasper Kurt Leon Morris Noel Oliver Patrick Ralph".split()
)
SURNAMES = tuple(
    "Smith Brown Miller Wilson Taylor Moore Clark Lewis Walker Hall Young King Wright Hill Green Adams Baker Carter "
    "Parker Evans Turner Collins Murphy Cook Rogers Reed Bailey Cooper Ward Gray Watson Brooks Kelly "
    "Price Bennett Wood "
    "Ross Foster Novak Weber Silva Costa Rossi Garcia Lopez Larsen Berg Lind Haas Fischer Dubois Moreau "
    "Petrov Kowalski "
    "Nakamura Tanaka Singh Patel Okafor Mensah Haddad Kaya Demir Nagy Horvat Jensen Olsen Virtanen Byrne Quinn "
    "Doyle Fraser Grant Munro Hale Finch Marsh Thorne Whitlock Ashby Holt Pike Rowe Sutton Vance Yates".split()
)
FAMILY = tuple(
    "mother:f father:m sister:f brother:m aunt:f uncle:m grandmother:f grandfather:m cousin:? neighbor:? daughter:f "
    "son:m friend:? niece:f nephew:m roommate:? wife:f husband:m".split()
)
JOBS = tuple(
    "teacher doctor nurse farmer baker cook painter singer writer driver pilot sailor gardener carpenter "
    "plumber tailor "
    "butcher waiter dentist lawyer judge artist actor dancer reporter scientist engineer mechanic librarian "
    "photographer fisherman shepherd clown king queen mayor manager secretary student guard coach captain "
    "musician cashier electrician firefighter hunter professor merchant miner potter shopkeeper".split()
)
PEOPLE = tuple("boy:m girl:f man:m woman:f child:? guest:? student:? player:? customer:? tourist:?".split())

ANIMALS = tuple("dog cat horse cow goat fox bear wolf rabbit mouse duck goose pig hen donkey squirrel monkey".split())
BIRDS = tuple("sparrow owl eagle crow pigeon swan robin gull parrot hawk stork swallow falcon".split())
FISH = tuple("salmon trout tuna cod shark herring carp pike".split())
INSECTS = tuple("bee ant fly wasp butterfly beetle moth mosquito ladybug grasshopper".split())
REPTILES = tuple("snake lizard turtle crocodile gecko".split())
MAMMALS = tuple(
    "dog cat horse cow goat fox bear wolf rabbit mouse pig donkey squirrel monkey lion tiger elephant giraffe zebra "
    "deer camel sheep whale dolphin bat kangaroo panda seal hedgehog otter".split()
)
FRUITS = tuple("apple pear plum cherry peach banana orange lemon mango grape strawberry melon apricot fig kiwi".split())
VEGETABLES = tuple(
    "carrot potato onion cabbage pea bean leek turnip radish beet pumpkin spinach lettuce celery".split()
)
FLOWERS = tuple("rose tulip daisy lily violet sunflower orchid daffodil poppy carnation".split())
TREES = tuple("oak pine birch maple beech willow elm cedar fir ash spruce".split())
TOOLS = tuple("hammer saw screwdriver drill shovel rake wrench axe chisel pliers file spade".split())
CLOTHES = tuple("shirt coat hat dress skirt sweater jacket scarf sock glove shoe boot cap belt".split())
VEHICLES = tuple("car bus train truck bicycle boat ship plane motorcycle tram taxi tractor van helicopter".split())
FURNITURE = tuple("table chair bed sofa desk wardrobe bookcase stool cupboard armchair shelf bench".split())
INSTRUMENTS = tuple("piano guitar violin flute drum trumpet cello harp clarinet trombone accordion oboe".split())
SPORTS = tuple("soccer tennis basketball hockey golf volleyball rugby baseball badminton swimming boxing".split())
COLORS = tuple("red blue green yellow white black brown gray orange purple pink".split())
METALS = tuple("iron gold silver copper tin lead zinc aluminum nickel".split())
BODY = tuple("head arm leg hand foot nose ear eye mouth knee shoulder finger toe elbow neck back chin".split())
SHAPES = tuple("circle square triangle rectangle pentagon hexagon oval".split())
KITCHEN = tuple("spoon fork knife plate cup bowl pan pot kettle glass".split())
SUBJECTS = tuple("history geography biology chemistry physics music art mathematics".split())
DRINKS = tuple("tea coffee milk juice water lemonade cocoa".split())
LANGUAGES = tuple(
    "English French German Spanish Italian Russian Chinese Japanese Arabic Portuguese Greek Turkish".split()
)
RELATIVES = tuple("mother father sister brother aunt uncle cousin grandmother nephew niece".split())
ROOMS = tuple("kitchen bedroom bathroom garage attic cellar hall pantry".split())
BUILDINGS = tuple("school church hospital library museum castle factory hotel bank theater".split())
MONTHS = tuple("January February March April May June July August September October November December".split())
WEEKDAYS = tuple("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())
SEASONS = ("spring", "summer", "autumn", "winter")
WEATHER = tuple("rain snow fog hail thunder lightning wind sunshine".split())
PLANETS = tuple("Mercury Venus Earth Mars Jupiter Saturn Uranus Neptune".split())

# A kind of thing: the words for one and for several, with an article, and its members.
CATEGORIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "bird": ("birds", BIRDS),
    "fish": ("fish", FISH),
    "insect": ("insects", INSECTS),
    "reptile": ("reptiles", REPTILES),
    "mammal": ("mammals", MAMMALS),
    "fruit": ("fruits", FRUITS),
    "vegetable": ("vegetables", VEGETABLES),
    "flower": ("flowers", FLOWERS),
    "tree": ("trees", TREES),
    "tool": ("tools", TOOLS),
    "piece of clothing": ("pieces of clothing", CLOTHES),
    "vehicle": ("vehicles", VEHICLES),
    "piece of furniture": ("pieces of furniture", FURNITURE),
    "musical instrument": ("musical instruments", INSTRUMENTS),
    "sport": ("sports", SPORTS),
    "color": ("colors", COLORS),
    "metal": ("metals", METALS),
    "part of the body": ("parts of the body", BODY),
    "shape": ("shapes", SHAPES),
    "kitchen item": ("kitchen items", KITCHEN),
    "school subject": ("school subjects", SUBJECTS),
    "drink": ("drinks", DRINKS),
    "language": ("languages", LANGUAGES),
    "family member": ("family members", RELATIVES),
    "room": ("rooms", ROOMS),
    "building": ("buildings", BUILDINGS),
    "month": ("months", MONTHS),
    "day of the week": ("days of the week", WEEKDAYS),
    "season": ("seasons", SEASONS),
    "planet": ("planets", PLANETS),
    "job": ("jobs", JOBS),
}
# Members of two kinds: neither an odd one out of the other kind, nor an example that tells the kinds apart.
AMBIGUOUS = frozenset(
    "orange violet rose lily pink back hall king queen file lead tin saw pike seal bat fly swallow "
    "bank school cook may "
    "church castle English March May Mercury Earth guard glass cup pumpkin swimming swan".lower().split()
) - {"swan"}
WITHOUT_ARTICLE = frozenset(
    {"sport", "color", "metal", "school subject", "drink", "language", "month", "day of the week", "season", "planet"}
)
UNCOUNTED = frozenset("spinach lettuce celery cabbage pliers swimming".split())

CITIES = tuple(
    "London Paris Berlin Madrid Rome Vienna Lisbon Dublin Oslo Prague Warsaw Athens Cairo Nairobi Delhi Tokyo Kyoto "
    "Seoul Sydney Toronto Boston Chicago Denver Lima Quito Bogota Geneva Milan Naples Venice Porto Seville Hamburg "
    "Munich Krakow Budapest Zurich Glasgow Bristol Leeds Montreal Havana Manila Bangkok Hanoi".split()
)
VILLAGES = tuple(
    "Ashford Millbrook Riverton Oakdale Stonebridge Greenfield Lakeside Hillcrest Westport Northwood Eastham Fairview "
    "Brookhaven Kingsley Marlow Redhill Elmwood Silverton Thornbury Winfield Harlow Larkspur Copperhill Foxton".split()
)
