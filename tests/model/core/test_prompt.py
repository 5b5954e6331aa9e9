"""The prompt, character by character."""

from model.core.prompt import render_prompt


def test_prompt_with_input() -> None:
    """Guards against any change of a character: models are tuned on exactly this."""
    assert render_prompt("Correct the spelling.", "I recieve it.") == (
        "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n"
        "### Instruction:\nCorrect the spelling.\n\n"
        "### Input:\nI recieve it.\n\n"
        "### Response:\n"
    )


def test_prompt_without_input_has_no_input_block() -> None:
    assert render_prompt("Name a color.") == (
        "Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n"
        "### Instruction:\nName a color.\n\n"
        "### Response:\n"
    )
