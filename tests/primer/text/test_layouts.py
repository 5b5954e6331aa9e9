"""Layouts: whatever the layout, the task comes before the answer and nothing of either is lost."""

import random

from primer.text.layouts import Exchange, lay_out_exchanges


def test_every_layout_keeps_all_parts_in_order() -> None:
    """Guards against a layout that loses the material, or gives the answer before the task."""
    exchanges = [Exchange("Do this.", "with this", "Done."), Exchange("And that?", "", "That, too.")]
    documents = {lay_out_exchanges(random.Random(seed), exchanges) for seed in range(400)}
    assert len(documents) > 100
    for document in documents:
        assert document.index("Do this.") < document.index("Done.")
        assert document.index("with this") < document.index("Done.")
        assert document.index("And that?") < document.index("That, too.")
        assert "###" not in document
