"""The card of the bundled base model: what it read, under which licences, and what it knows."""

from collections.abc import Mapping, Sequence
from typing import Any

from primer.text.sources import TextSource


def render_card(
    sources: Sequence[TextSource],
    counts: Mapping[str, Mapping[str, int]],
    training: Mapping[str, Any],
    measures: Mapping[str, Any],
    reading: Mapping[str, Any],
) -> str:
    """The card as Markdown, from the metrics of the pipeline's stages."""
    last = training["curve"][-1]
    overlap = measures["overlap"]
    lines = [
        "# The bundled base model",
        "",
        f"A GPT-2 of {training['parameters']:,} parameters with a vocabulary of {training['vocab_size']:,} tokens, "
        "pre-trained by this project's own `model/` on text that code wrote. It lets the pipeline show, without a "
        "network, what instruction-tuning does. It is tiny, it has read little, and it knows the bundled pages, also "
        "those of the test split, as GPT-2 knows Wikipedia. Real work starts with `profiles/gpt2.args`.",
        "",
        f"It saw {training['tokens']:,} tokens in {training['steps']:,} steps; its loss on rows held out is "
        f"{last['val_loss']:.3f} nats a token. `dvc --cd primer repro` makes such a model.",
        "",
        "## What it read",
        "",
        f"{sum(count['documents'] for count in counts.values()):,} documents of "
        f"{sum(count['characters'] for count in counts.values()):,} characters. Of these, "
        f"{overlap['documents_that_ask_a_task']:,} ask a task of the bundled general set or a question of the test "
        "split (`primer/forbidden.py` says what counts).",
        "",
        "| source | what it says | licence | characters | left out: repeated | left out: asks a task | loss |",
        "|---|---|---|---:|---:|---:|---:|",
    ]
    for source in sources:
        count = counts[source.name]
        lines.append(
            f"| {source.name} | {source.description} | {source.license} | {count['characters']:,} | "
            f"{count['repeated']:,} | {count['forbidden']:,} | {measures['loss'][source.name]:.2f} |"
        )
    pages = reading["pages"]
    lines += [
        "",
        "The loss is on documents of the same source that it has not read, in nats a token. What code and lists of "
        "this project say is in the public domain (CC0-1.0). WordNet's licence allows any use, if its notice stays "
        "with copies: `primer/lexicon/WORDNET-LICENSE.txt`. The weights are under the project's Apache License 2.0.",
        "",
        "## What it was asked",
        "",
        f"`questions.xz` has the hashes of {reading['questions']:,} questions and tasks of its text, those about "
        "pages also with what they are about. With `base.source: bundled`, the stage `split` puts no example into "
        "val or test whose very question is among them, whatever the seed and the teacher. A test question may "
        "still ask for a fact that the model was asked for in other words.",
        "",
        f"It has read {len(pages['read']):,} of the bundled pages. `reading.json` lists them, and those that it has "
        f"never read: {', '.join(pages['kept_out'])}.",
        "",
        "## What it knows",
        "",
        "Sentences that it completes with the right word or number, decoding greedily:",
        "",
        "| kind | asked | right |",
        "|---|---:|---:|",
    ]
    for kind, found in measures["completions"].items():
        lines.append(f"| {kind} | {found['asked']:,} | {found['right']:.0%} |")
    lines += [
        "",
        "`year_asked_about`, `year_only_read` and `year_kept_out` are years in sentences of pages that it has read and "
        "been asked about, only read, and never read.",
        "",
    ]
    return "\n".join(lines)
