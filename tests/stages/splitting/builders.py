"""Examples for the tests of the split."""

from stages.common.records import Example, Source, Teacher, make_example


def general(instruction: str, input: str, output: str) -> Example:
    """A general task, which comes from no page."""
    source, teacher = Source(kind="general"), Teacher(name="t")
    return make_example(instruction=instruction, input=input, output=output, kind="", source=source, teacher=teacher)
