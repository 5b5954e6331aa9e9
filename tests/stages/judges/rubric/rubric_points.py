"""The rubric's points for an answer to one of two questions."""

from stages.judges.rubric.rubric import score

QUESTION = "When was Moby-Dick published?"
REFERENCE = "Moby-Dick was published in 1851."
WHY = "Why are leaves green?"
BECAUSE = "Leaves are green because chlorophyll absorbs red and blue light and reflects green light."


def points(
    answer: str, instruction: str = QUESTION, reference: str = REFERENCE, input: str = ""
) -> tuple[int, int, int]:
    scores = score(instruction, input, reference, answer)[0]
    return scores.factual_correctness, scores.instruction_adherence, scores.clarity_and_usefulness
