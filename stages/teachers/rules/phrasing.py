"""The phrasings of each kind of instruction, as templates. A random choice, fixed by the seed, picks one.

No opening is common in the whole set, so that a model doesn't learn that instructions begin in one way.
"""

DEFINITION = (
    "What {verb} {name}?",
    "Define {name} in one sentence.",
    "Explain briefly what {name} {verb}.",
    "Describe {name} in a sentence.",
    "In a single sentence, what {verb} {name}?",
    "Write one sentence that says what {name} {verb}.",
)
DEFINITION_OF_PERSON = (
    "Who {verb} {name}?",
    "Tell me who {name} {verb}.",
    "In one sentence, say who {name} {verb}.",
    "Introduce {name} in one sentence.",
    "Identify {name} in a short sentence.",
)
WHO_PASSIVE = ("Who {verb} {subject} {done} by?", "By whom {verb} {subject} {done}?")
USE = (
    "Name a use of {subject}.",
    "Give an example of what {subject} {verb} used for.",
    "For what purpose {verb} {subject} used, for example?",
)
# A claim to judge, and how the answers to it begin if it is true and if it is false.
TRUE_OR_FALSE = (
    ("True or false? {statement}", "True.", "False."),
    ("Is this statement true or false? {statement}", "True.", "False."),
    ("Say whether this is true or false: {statement}", "That is true.", "That is false."),
    ("Judge whether this claim is true or false: {statement}", "True.", "False."),
    ("Decide whether the following claim is correct. {statement}", "The claim is correct.", "The claim is wrong."),
    ("Somebody claims: {statement} Is that right?", "Yes, that is right.", "No, that is wrong."),
    ("Is it correct to say this? {statement}", "Yes, it is correct.", "No, it is not correct."),
)
COMPLETE = (
    "Complete the sentence: {start} ...",
    "Finish this sentence: {start} ...",
    "How does this sentence go on? {start} ...",
    "Supply the end of the sentence: {start} ...",
    "Continue this statement correctly: {start} ...",
)
FILL_BLANK = (
    "Fill in the blank: {statement}",
    "What is missing here? {statement}",
    "Supply what is missing: {statement}",
    "What belongs in the gap? {statement}",
    "Replace the blank with what belongs there. {statement}",
)
MISSING_WORD = ("The missing word is {missing}.", "'{missing}' fills the blank.", "The blank stands for '{missing}'.")
MISSING_WORDS = (
    "The missing words are {missing}.",
    "'{missing}' fills the blank.",
    "The blank stands for '{missing}'.",
)
MISSING_NUMBER = (
    "The missing number is {missing}.",
    "The number {missing} is missing.",
    "The blank stands for {missing}.",
)
EVENT_OF_YEAR = (
    "Name an event of {year} in connection with {name}.",
    "What happened in {year} in connection with {name}?",
    "Which event of {year} has to do with {name}?",
    "Say what happened in {year} that concerns {name}.",
    "Tell me what happened in {year} that has to do with {name}.",
)
CORRECT_ERROR = (
    "One number in this statement is wrong. Correct it.",
    "Correct the factual mistake in the sentence.",
    "The sentence below has a wrong figure in it. Write it correctly.",
    "Fix the error of fact in this statement.",
    "There is a wrong number in the following sentence. Rewrite it with the right one.",
)
CHOOSE = (
    "Choose the right answer. {question}",
    "{question} Pick one of the three years.",
    "Which of the options is correct? {question}",
    "Answer the question by naming one of the options. {question}",
)

TO_QUESTION = (
    "Turn the statement into a yes-or-no question.",
    "Rewrite this sentence as a question.",
    "Make a question of the following statement.",
    "Change the sentence into a question that can be answered with yes or no.",
    "Reword this statement so that it asks whether it is true.",
)
ASK_ABOUT = (
    "Write a question that is answered by this sentence.",
    "To which question is the following sentence the answer?",
    "Think of a question to which this statement is the answer.",
    "Formulate a question that somebody could answer with this sentence.",
    "What could a teacher ask to get the following answer?",
)
SHORTEN = (
    "Shorten the sentence to its main statement.",
    "Cut this sentence down to its main clause.",
    "Leave out what this sentence adds to its main statement.",
    "Keep just the main point of this sentence.",
)
TIME_FIRST = (
    "Rewrite the sentence so that it begins with the time.",
    "Move the date to the beginning of this sentence.",
    "Start the sentence with the time at which it happened.",
    "Rearrange this sentence: put the time first.",
)
TO_ACTIVE = (
    "Rewrite the sentence in the active voice.",
    "Change this sentence from the passive to the active voice.",
    "Put the following passive sentence into the active voice.",
)
COMBINE = (
    "Combine the two sentences into one.",
    "Join these sentences into a single one.",
    "Merge the following two sentences.",
    "Make one sentence of these two.",
)

USE_PRONOUN = (
    "Replace the repeated name by a pronoun.",
    "Rewrite the two sentences so that the second begins with a pronoun.",
    "Avoid the repetition: use a pronoun in the second sentence.",
)
SPLIT = (
    "Split this sentence into two.",
    "Divide the following sentence into two shorter ones.",
    "Make two simple sentences out of this one.",
)
TO_PAST = (
    "Put this sentence into the past tense.",
    "Rewrite the sentence in the past tense.",
    "Change the verb of this sentence to the past tense.",
)

TOPIC = (
    "What is this passage about?",
    "Name the subject of the passage.",
    "State the topic of the following text.",
)
TOPIC_ANSWER = (
    "The passage is about {name}.",
    "The text is about {name}.",
    "It is about {name}.",
)
PASSAGE_QUESTION = (
    "Answer from the passage: {question}",
    "Use the passage to answer. {question}",
    "{question} Answer with the help of the passage.",
    "According to the text: {question}",
    "Read the paragraph, then answer: {question}",
    "{question} Base your answer on the text.",
)
LIST_YEARS = (
    "Which years does the passage mention?",
    "List the years named in this text.",
    "Find all the years in the following paragraph.",
    "Extract every year from the passage.",
)
LIST_YEARS_ANSWER = ("The passage mentions {years}.", "The years are {years}.", "It names the years {years}.")
FIND_SENTENCE = (
    "Copy the sentence that mentions {mark}.",
    "Which sentence of the passage mentions {mark}?",
    "Find the sentence in the text that mentions {mark}.",
    "Quote the sentence in which {mark} is mentioned.",
)
HEADING = (
    "Give this passage a short title.",
    "Suggest a heading for the following paragraph.",
    "What would be a good title for this text?",
    "Write a heading that fits the passage.",
)

LIST_FACTS = (
    "List three facts about {name}.",
    "Name three things to know about {name}.",
    "Give three facts about {name} as a numbered list.",
    "Write down three true statements about {name}.",
    "Make a list of three facts that concern {name}.",
)
ORDER_EVENTS = (
    "Put these events about {name} in the order in which they happened, and add the years.",
    "Sort the following events, which concern {name}, from the earliest to the latest. Give the years.",
    "These events have to do with {name}. Arrange them by time, with their years.",
)
WHICH_FIRST = (
    "Which of these two events came first? Both have to do with {name}.",
    "Compare the two events, which concern {name}: which was earlier?",
    "Two events in connection with {name} are given. Say which happened first, and when each took place.",
)
WHICH_FIRST_ANSWER = (
    "{first} came first: {early}, and {late}.",
    "{first} was earlier: {early}, and {late}.",
    "{first} happened first. {Early}; {late}.",
)
YEARS_BETWEEN = (
    "How many years lie between these two events, which concern {name}?",
    "How many years apart were these two events? Both have to do with {name}.",
    "Both events have to do with {name}. How many years apart were they?",
)
YEARS_BETWEEN_ANSWER = (
    "{Count}: {early}, and {late}.",
    "They are {count} apart: {early}, and {late}.",
)
INTRODUCE = (
    "Write a short introduction to {name}.",
    "Explain in two or three sentences {word} {name} {verb}.",
    "Tell me about {name} in two or three sentences.",
    "Give a short overview of {name}.",
    "What should a reader know first about {name}?",
)
_ABOUT_SECTION = (
    "Tell me something about the {heading} of {name}.",
    "Describe the {heading} of {name} in a few sentences.",
    "What can you say about the {heading} of {name}?",
)
# Headings that are aspects of a subject: "the history of Venice".
ASPECTS = (
    "history influence legacy structure background reception aftermath consequences exploration discovery properties "
    "publication development origins expansion importance significance origin effects culture causes "
    "geography symptoms wildlife manufacture invention production conservation"
).split()
# More that a paragraph can be about: "the life of Sappho".
_MORE_TITLES = "life plot spread outcome results voyage use uses".split()
TITLES = frozenset([*ASPECTS, *_MORE_TITLES])
UNDER_HEADING = (
    "Compose a few sentences about {name} for a section called '{heading}'.",
    "Begin a section on {name} that is titled '{heading}'.",
    "What would you write about {name} under the heading '{heading}'?",
    "An article on {name} has a section called '{heading}'. How might it begin?",
    "Tell me about {name}. The keyword is '{heading}'.",
)
# By the heading of a section in lower case. A part of a plot is not the plot, so the question asks for its beginning.
ABOUT_HEADING: dict[str, tuple[str, ...]] = {
    "plot": ("How does the plot of {name} begin?", "Describe how the story of {name} begins."),
    "story": ("How does the story of {name} begin?", "Tell me how the story of {name} begins."),
    "how it works": ("Explain how {name} works.", "How does {name} work?"),
    "uses": ("What are some uses of {name}?", "Describe some uses of {name}."),
    "life": ("Tell me something about the life of {name}.", "Describe part of the life of {name}."),
    "early life": ("Tell me about the early life of {name}.", "What is known about the early life of {name}?"),
} | {heading: tuple(template.replace("{heading}", heading) for template in _ABOUT_SECTION) for heading in ASPECTS}
