"""The phrasings of each kind of instruction, as templates. A random choice, fixed by the seed, picks one."""

ABOUT = ("A question about {name}: {question}", "About {name}: {question}", "Regarding {name}: {question}")

DEFINITION = (
    "What {verb} {name}?",
    "Define {name} in one sentence.",
    "Explain briefly what {name} {verb}.",
    "Describe {name} in a sentence.",
)
DEFINITION_OF_PERSON = ("Who {verb} {name}?", "Tell me who {name} {verb}.", "In one sentence, say who {name} {verb}.")
WHO_PASSIVE = ("Who {verb} {subject} {done} by?", "By whom {verb} {subject} {done}?")
TRUE_OR_FALSE = (
    "True or false? {statement}",
    "Is this statement true or false? {statement}",
    "Say whether this is true or false: {statement}",
    "Judge whether this claim is true or false: {statement}",
)
TRUE = ("True. {Statement}", "That is true. {Statement}", "True: {statement}")
FALSE = ("False. {Statement}", "That is false. {Statement}", "False: {statement}")
COMPLETE = (
    "Complete the sentence: {start} ...",
    "Finish this sentence: {start} ...",
    "How does this sentence go on? {start} ...",
    "Supply the end of the sentence: {start} ...",
)
FILL_BLANK = (
    "Fill in the blank: {statement}",
    "Which word or number is missing? {statement}",
    "Supply what is missing: {statement}",
    "What belongs in the gap? {statement}",
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
)
SUMMARY = (
    "Summarize the passage in one sentence.",
    "What is the main point of this passage? Answer in one sentence.",
    "Give a one-sentence summary of the text.",
    "Sum up the following paragraph in a single sentence.",
)
TOPIC = (
    "What is this passage about?",
    "Name the subject of the passage.",
    "Who or what does the paragraph describe?",
    "State the topic of the following text.",
)
TOPIC_ANSWER = (
    "The passage is about {name}.",
    "The text is about {name}.",
    "Its subject is {name}.",
    "It describes {name}.",
)
PASSAGE_QUESTION = (
    "Answer from the passage: {question}",
    "Use the passage to answer. {question}",
    "{question} Answer with the help of the passage.",
    "According to the text: {question}",
)
LIST_YEARS = (
    "Which years does the passage mention?",
    "List the years named in this text.",
    "Find all the years in the following paragraph.",
)
LIST_YEARS_ANSWER = ("The passage mentions {years}.", "The years are {years}.", "It names the years {years}.")
FIND_SENTENCE = (
    "Copy the sentence that mentions {mark}.",
    "Which sentence of the passage mentions {mark}?",
    "Find the sentence in the text that speaks of {mark}.",
)
TO_QUESTION = (
    "Turn the statement into a yes-or-no question.",
    "Rewrite this sentence as a question.",
    "Make a question of the following statement.",
    "Change the sentence into a question that can be answered with yes or no.",
)
SHORTEN = (
    "Shorten the sentence to its main statement.",
    "Cut this sentence down to its main clause.",
    "Rewrite the sentence without the part after the comma.",
    "Keep just the main point of this sentence.",
)
CORRECT_ERROR = (
    "One number in this statement is wrong. Correct it.",
    "Correct the factual mistake in the sentence.",
    "The sentence below has a wrong figure in it. Write it correctly.",
    "Fix the error of fact in this statement.",
)
