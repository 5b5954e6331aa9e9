"""Holes that a wiki's templates leave in sentences, and sentences that only look as if they had one."""

import pytest

from stages.english.holes import has_debris, mark_holes, reason_to_leave_out, without_broken_sentences
from stages.english.wiki_text import tidy_spaces

# As a wiki writes it: two spaces, or one before a mark, where a value is gone.
SPACED = """\
Andorra Vella State is a small state in the mountains, having an area of  and a population of approximately .
The top speed of Roadster One is electronically limited to .
Roadster One has a weight of , a  and a range of .
At , Alabama has one of the longest navigable inland waterways in the nation.
The county has a total area of , of which is land and  (21.7%) is water.
The fort is located at an elevation of  above sea level.
The park covers  of forest.
The river is  long and flows north.
The tower stands  tall.
She was born in  in Vienna.
It runs from  to the sea.
The summer temperature lies between  and .
The novel was written by  and published in 1950.
The bridge has a  main span.
The trail is a  -long path.
On , the company was sold.
It is a town in the province of .
The village is a  in the north of Spain.
The lake lies  above sea level.
The city has  inhabitants.
The film was directed by .
The budget was  million.
The average depth is .
It weighs .
The engine produces  of power.
He died on  in Rome.
The mountain rises to  and is covered with snow.
The town is  from Paris.
The city of  was founded in 1200.
The hall was opened in  and closed in 1990.
It is located about  north of the capital.
The species is known as .
Its length is approximately  and its width is .
The plane has a wingspan of  and a maximum speed of .
The reactor holds water at .
The mean annual rainfall is  per year.
The municipality covers an area of  in the east.
Lake Ohrid has a maximum depth of  and a surface area of .
Founded in , the company moved to  in 1960.
The peak is the highest point in the county with an elevation of  .
Its population in 2010 was .
The airport is located  southwest of the city.
The wingspan is , the length is  and the weight is .
It was a gift of  to the king.
The road connects  with Rome.
It has a population density of  per square kilometre.
The battle was fought on , near the river.
The house is  square.
He won  medals for Spain.
It is about  from the coast.
Temperatures range from  in winter to  in summer.
The engine is rated at .
The district lies between the towns of  and .
The album sold over  copies.
The currency is worth about  dollars.
It was directed by  and starred  in the main role.
In , he moved to Berlin.
He married  in 1920.
The ship displaced  and was armed with .
The name is derived from the Greek word , meaning water.
It is the -largest city.
The stadium has a capacity of  people.
The species was named after  by Linnaeus.
The aircraft cruises at  at an altitude of .
It flows for  through Peru.
The tunnel is over  in length.
Water freezes at  () and boils at  ().
The diameter is approximately  ().
The church, built in the  century, is old.
A  -tall statue stands there.
The symbol  is used for sets.
According to the United States Census Bureau, the city has a total area of , all land.
The highest point is Mount X at .
The track is a  oval.
At  it is the longest bridge.
It grows to  tall with leaves  long and  broad.
The flowers are  in diameter.
The wingspan is about .
The school is for children aged  to .
He was  tall.
It was sold to  for .
Won the  in 1950.
She was the daughter of  and .
It was a  race.
Its capital is .
The  is a river in Spain.
It has the code .
The temperature can reach .
The distance was reduced from  to .
The valley is  deep and  wide.
The word comes from the Greek , which means sun.
It covers an area of  (12 acres) in the park.
""".splitlines()

# The same after somebody has tidied the spaces.
TIDIED = """\
Andorra Vella State is a small state in the mountains, having an area of and a population of approximately.
The capital of Andorra Vella State is Vella, which lies at an elevation of.
The tallest mountain in Andorra Vella State is Coma Peak, at.
The top speed of Roadster One is electronically limited to.
Roadster One has a weight of, a and a range of.
At, Alabama has one of the longest navigable inland waterways in the nation.
The county has a total area of, of which is land and (21.7%) is water.
The fort is located at an elevation of above sea level.
She was born in in Vienna.
It runs from to the sea.
The summer temperature lies between and.
The novel was written by and published in 1950.
On, the company was sold.
It is a town in the province of.
The village is a in the north of Spain.
The film was directed by.
The average depth is.
It weighs and can fly.
He died on in Rome.
The mountain rises to and is covered with snow.
The city of was founded in 1200.
The species is known as.
Its length is approximately and its width is.
The plane has a wingspan of and a maximum speed of.
The reactor holds water at.
He was the son of and a grandson of the king.
She was married to and had two sons.
The lake has a surface area of (12 sq mi).
The car reached a speed of during tests.
The lake has an area of km² and is deep.
It is the capital of the and a port.
The dam was completed in and is the largest.
It covers an area of and is home to bears.
The building cost $ million.
The station is at a distance of from the centre.
The village has a population of in 2010.
The club was founded on by workers.
The trains run at speeds of up to.
The population is approximately.
The island has a length of about and a width of about.
The municipality covers an area of in the east.
Lake Ohrid has a maximum depth of and a surface area of.
Founded in, the company moved to in 1960.
The peak has an elevation of.
Its population in 2010 was.
The wingspan is, the length is and the weight is.
It has a population density of per square kilometre.
The battle was fought on, near the river.
It is about from the coast.
Temperatures range from in winter to in summer.
The engine is rated at.
The district lies between the towns of and.
It was directed by and starred in the main role.
In, he moved to Berlin.
The ship displaced and was armed with.
The stadium has a capacity of people.
The species was named after by Linnaeus.
The aircraft cruises at at an altitude of.
It flows for through Peru.
The tunnel is over in length.
The diameter is approximately.
He was born on in the town of, Spain.
He is a and writer.
The town lies in the and has a castle.
The range is to.
The castle stands at an altitude of above the sea.
The film earned $ worldwide.
He was the of Spain.
It has an and a castle.
She was born in, Austria.
She was born in and died in.
The railway runs from Paris to and was opened in.
It is located at, north of the river.
It contains% of the oil.
It ranges in size from to.
The river has a length of, of which are in Spain.
The city has a total area of, all land.
The highest point is Mount X at.
At it is the longest bridge.
It grows to tall with leaves.
The wingspan is about.
It was sold to for.
He won the in 1950.
She was the daughter of and.
It was a.
Its capital is and its largest city is Oslo.
The is a river in Spain.
The distance was reduced from to.
It has an area of square kilometres.
The line is kilometres long.
The church is located at, and has a tower.
The town lies on the of the river.
He was the first to win the and the cup.
The trail starts at and ends at.
It was built between and 1960.
The show ran from 1950 to.
The team is based in the of Spain.
It was published by in 1950.
It is a species of in the family.
The plant has leaves of in length.
It was named by after his wife.
The airport lies at above sea level.
The show is hosted by.
The club was formed by and in 1950.
""".splitlines()

# Prepositions at the end of a clause, pairs of them, letters, names and sums.
WHOLE = """\
The town he was born in lies by the sea.
He did not know what it was made of.
She is often referred to as the queen.
The word is seldom referred to.
The losses were accounted for.
It is a house to live in.
They had nothing to talk about.
The ship was first heard of in 1900.
The tide goes in and out, up and down, to and fro.
The law is for and against nobody.
It was a government of, by and for the people.
He moved in in 1950 and stayed on.
A is the first letter, and B is the second.
The letter a is a vowel.
If a and b are even, so is their sum.
The .NET framework is older than the .NET Core.
He walked in and sat down.
The bridge was opened on 5 May 1900, and closed in 1950.
It is similar to, but smaller than, the wolf.
They came from at least ten towns.
The patient is looked after and cared for.
The price rose from about $5 to at most $6 million.
The car costs between $5 and $6.
She went to the school that he had gone to.
Elephants are the largest land animals there are.
It is taller than it is wide.
He answered all the questions that he was asked.
The city is known for its wine, as well as for its cheese.
The cat sat on the mat, which it was fond of.
They asked where the king came from.
The village was the one he came from.
The sum of (a) cats and (b) dogs is small.
A house of (mostly) poor people was built.
The Beatles' album The Who was sold.
The problem was dealt with.
Water boils at a lower temperature at high altitude.
He was a member of the party in power.
A metre is about 3 feet, and a mile is about 1.6 km.
Thousands of km of roads were built.
Steel is made of iron, and glass of sand.
The light was switched on and off.
He lived in and around Paris.
She had no one to turn to.
The two sides are equal, and so are the angles.
The oldest is what it always was.
What you see is what there is.
It is the town where he grew up, lived and died.
It is a part of what is now Spain.
He was the man everyone had waited for.
Light travels faster than anything else we know of.
The band The The was formed in 1979.
The river is joined by, among others, the Blue Nile.
Some birds, such as, for example, gulls, nest there.
They can walk, swim and so on.
The prize was shared by two.
It was sold for as much as ten pounds.
Elevation of above-average quality is rare.
The book is about how stars form and what they are made of.
It has in- and outputs.
The team was to be reckoned with.
The plan was approved of and carried out.
He was in the army from 1914 to 1918, and in the navy after that.
It is one of the largest towns, and one of the oldest, in Spain.
The number of people who can read and write is growing.
It was so hard that he gave in and left.
In the end, what was it good for?
A place to go to and come back from is needed.
He is the person to talk to, and she is the one to listen to.
In 1950, of all the towns, it was the smallest.
They lived on and off in Rome.
From above, the town looks like a star.
He went from town to town and from door to door.
It rises from below the ground and falls from above it.
The animals it feeds on are small.
The tools they worked with were made of stone.
This is a problem that nobody had dealt with.
The name the town is known by is old.
He was well thought of and liked.
The area of the town is large and the population of the town is small.
Most of the land is used for grazing.
The speed of light in water is lower than in air.
Of the two, the first is larger.
With that, the war was over.
For a long time, he was ill.
The world he was born into was poor.
People came to see the king, to and from whom gifts were sent.
At first, it was a village; at last, it was a city.
The weight of a and b is equal.
The average of 3 and 5 is 4.
The distance between the sun and the earth is long.
The height of the tower is 50 m, and its width is 10 m.
The population rose to 3,000 in 1950 and to 5,000 in 1960.
It is a point from which the sea can be seen.
The law came into force in 1950 and was done away with in 1960.
He was looked up to by all and envied by some.
The dog was taken care of by a nurse.
The company, which it is a part of, is old.
He is known as the father of, among other things, modern physics.
The first part is to be read, the second to be sung.
The total of the three numbers is 10.
The price of $5 and of $6 million is low.
The temperature at which water boils is 100 °C.
He asked what it was for and why.
The question of what is real and what is not is old.
The film is about a boy and the dog he lives with.
Cars can be parked in or near the market.
It is larger than, and different from, the other.
The range of the bird is from Spain to India.
It was founded by and named after Smith.
A third of the area is covered by ice.
The bird lives in and around rivers.
The house the family lived in was sold.
He was accused of murder and sentenced to death.
The novel is divided into three parts, each of which is set in Rome.
The ages of the boys were 3, 4 and 5.
The river is crossed by a bridge at Rome, by a ferry at Ostia, and by a ford.
Light takes 8 minutes to travel the distance.
A rate of about 5% is common.
The war was over, and all were happy.
It is not known what the book was about.
The house is in the town, at the end of the street.
The others were around when he came in.
He was miles away from home.
The king was all that he was and the man he wanted to be.
The best there is is in Spain.
The two were to be married in Rome in 1950.
Sugar is made from beet or cane, and salt from sea water.
She wrote to, and received letters from, many people.
It is used for, among other things, cooking.
He came from a poor family and went to a school for the poor.
From 1950 to 1960, it was the capital of the province.
Between 1950 and 1960, it grew from 10 to 20 towns.
The river is about 100 km long and up to 2 km wide.
It is, however, the largest.
The Who and The Band were rock groups.
He played for, and later managed, the club.
It is one of the few towns to have a wall around it.
Is it clear whom the letter was meant for?
The road that leads to it is narrow.
They had a child to care for, and a house to pay for.
The film, which he starred in, was a success.
It was the first film he starred in.
No one knows where the gold came from or where it went to.
In the year he was born, his father died.
She was not sure who it was by.
He took off his hat and put it back on.
The two countries went to war, and in 1950 made peace.
Some are in use, and some are out of use.
The day after, he left for Spain.
As of 2010, 5,000 people lived there.
It was too small to live in and too old to be sold.
They are the people it was built for.
Most of what is known about him is from letters.
The distance from the sun is large.
He was killed in action in 1944 at the age of 20.
On and off, the war went on for a year.
The rate at which it grows is low, at about 2% a year.
The law was voted for by many and against by few.
Such a plant is rarely heard of outside Spain.
The name of the town is of unknown origin.
It consists of A and B, of which A is larger.
Write the time with a.m. or p.m.
It is the town of [the] king.
""".splitlines()


@pytest.mark.parametrize("sentence", SPACED)
def test_a_hole_is_seen_by_the_spaces_around_it(sentence: str) -> None:
    """Guards against "an area of and a population of approximately." in an example."""
    assert has_debris(tidy_spaces(mark_holes(sentence)))


@pytest.mark.parametrize("sentence", TIDIED)
def test_a_hole_is_seen_by_the_words_around_it(sentence: str) -> None:
    """Guards against holes in pages from a file, whose spaces say nothing any more."""
    assert has_debris(sentence)


@pytest.mark.parametrize("sentence", WHOLE)
def test_a_whole_sentence_stays(sentence: str) -> None:
    """Guards against a loss of sentences for a preposition without a noun after it, as in "the town he was born in"."""
    assert mark_holes(sentence) == sentence
    assert not has_debris(sentence)


@pytest.mark.parametrize(
    ("raw", "mended"),
    [
        ("It cost $6 million  today.", "It cost $6 million today."),
        ("It is  the largest town in  the land.", "It is the largest town in the land."),
        ("Hunter,  the governor, came.  He left.", "Hunter, the governor, came. He left."),
        ("He died in  1950 in  Paris.", "He died in 1950 in Paris."),
        ("It is 5 km ( mi) long and weighs 5 kg ( lb).", "It is 5 km long and weighs 5 kg."),
        ("The kilometre (km) is a unit.", "The kilometre (km) is a unit."),
        ("A duck's  beak .", "A duck's beak."),
        ("It cost $5 (equivalent to  in 2020) then.", "It cost $5 then."),
        ("The flat  bill is long.", None),
    ],
)
def test_what_is_certain_is_mended(raw: str, mended: str | None) -> None:
    """Guards against a sentence that is lost for a space, and one that is kept where a value may be gone (None)."""
    tidy = tidy_spaces(mark_holes(raw))
    assert (None if has_debris(tidy) else tidy) == mended


@pytest.mark.parametrize(
    "sentence",
    [
        "He wrote $E = mc^2$ in 1905.",
        "The mass $m$ is known.",
        "It has $2^n$ of them.",
        "It follows that $$x+y$$ holds.",
        "The ratio \\frac{1}{2} is known.",
        "The angle \\alpha is small.",
        "The mass \\(m\\) is known.",
        "The formula E = mc^2 is known.",
        "The row a_{n} grows.",
        "The value x_1 is known.",
        "The mean {\\displaystyle k} is known.",
        "The variable $x_i \\in X$ is free.",
    ],
)
def test_tex_is_debris(sentence: str) -> None:
    """Guards against TeX in examples, which readers see as signs without a meaning."""
    assert has_debris(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "It costs between $5 and NZ$6.",
        "Ke$ha and A$AP sang with $uicideboy$.",
        "The files are in C:\\Users.",
        "It sold for $100-$200.",
        "The snake_case name is long.",
        "The firm made $3 million and lost $2 million.",
        "He paid $5, $6 and $7.",
        "The $ sign is used in the USA.",
        "The variables $x and $y are of PHP.",
        "The sign ^ is called a caret.",
    ],
)
def test_dollars_and_backslashes_are_not_always_tex(sentence: str) -> None:
    """Guards against a loss of prices and names."""
    assert not has_debris(sentence)


def test_holes_are_looked_for_in_english_only() -> None:
    """Guards against a loss of sentences for words of other languages that look like English ones."""
    assert not has_debris("Ele a viu no. Ela foi a Roma e a in in.", "pt")
    assert mark_holes("Era a  casa.", "pt") == "Era a  casa."
    assert has_debris("A massa $m$ cresce.", "pt")


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("This page lists the rivers.", "notice"),
        ("This article was written by a fan.", "notice"),
        ("In this article, dates are old.", "notice"),
        ("This Wikipedia article is short.", "notice"),
        ("This article of the law is old.", ""),
        ("This pageant is old.", ""),
        ("The page was written by .", "sentence_with_a_hole"),
    ],
)
def test_reason_to_leave_out(sentence: str, reason: str) -> None:
    """Guards against "This page ..." as something to learn."""
    assert reason_to_leave_out(tidy_spaces(mark_holes(sentence))) == reason


def test_only_broken_sentences_go() -> None:
    """Guards against a paragraph that changes although nothing is wrong with it, and so the request to a model."""
    assert without_broken_sentences("It is  the first.\nSo it is.") == ("It is  the first.\nSo it is.", {})
    assert without_broken_sentences("It cost $5 (now  in all).\nSo it is.") == ("It cost $5.\nSo it is.", {})
    text, left_out = without_broken_sentences("It rose. It has an area of . This page is long. It fell.")
    assert text == "It rose. It fell."
    assert left_out == {"sentence_with_a_hole": 1, "notice": 1}
