"""Which pages the base model reads or has read, and how much of the test split is in them.

A base model that is trained from scratch reads all pages unless `base.pages` is `train`, and the bundled one has read
most of the bundled pages before. So base has read the pages that the test examples are about. That is
no leak between the sides of the split, and it favours none of the three models, which all start from base. But an
answer about such a page can be remembered, so it is counted.
"""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import ConfigDict

from stages.common.params import SectionModel
from stages.common.records import Example, Page
from stages.english.normal_form import normal_form
from stages.splitting.shared_words import example_runs, runs_also_in, runs_of

BARRED_SIDES = ("test", "val")  # whose pages the base model must not read, if `base.pages` is `train`


class BaseSource(SectionModel):
    """The keys of section `base` of params.yaml that decide which pages the base model reads."""

    model_config = ConfigDict(extra="ignore")  # the stage `base` checks the others

    source: str
    pages: Literal["all", "train"]


@dataclass(frozen=True)
class BaseReading:
    """What the base model reads of the pages; None for what nobody can know of a model that others have trained."""

    left_out: dict[str, str]  # titles of pages that it doesn't read, with the reason
    test_pages: int  # pages that test examples are about
    read_test_pages: int | None  # of these, pages that it reads
    sharing: int | None  # test examples that share a run of words with a page that it reads
    read: dict[str, bool] = field(default_factory=dict)  # whether it reads a test page, by title; {} if nobody knows

    def metrics(self) -> dict[str, int | str]:
        read, sharing = ("unknown" if count is None else count for count in (self.read_test_pages, self.sharing))
        return {
            "pages_left_out": len(self.left_out),
            "test_pages": self.test_pages,
            "read_test_pages": read,
            "test_examples_that_share_words": sharing,
        }


def choose_base_pages(
    pages: Sequence[Page], split: Mapping[str, Sequence[Example]], params: BaseSource, bundled: Sequence[Page] = ()
) -> BaseReading:
    """Decides what the base model reads of the pages, and compares it with the test split.

    `bundled` are the pages that the bundled model has read.
    """
    test_titles = _titles(split["test"])
    if params.source not in ("scratch", "bundled"):
        return BaseReading({}, len(test_titles), None, None)
    left_out = pages_to_leave_out(pages, split) if (params.source, params.pages) == ("scratch", "train") else {}
    read = bundled if params.source == "bundled" else [page for page in pages if page.title not in left_out]
    runs = {run for example in split["test"] for run in example_runs(example)}
    shared = runs_also_in((page.plain_text for page in read), runs)
    return BaseReading(
        left_out,
        test_pages=len(test_titles),
        read_test_pages=len(test_titles & {normal_form(page.title) for page in read}),
        sharing=sum(not shared.isdisjoint(example_runs(example)) for example in split["test"]),
        read=which_are_read(
            {title for example in split["test"] if (title := example.source.title) is not None},
            {normal_form(page.title) for page in read},
        ),
    )


def pages_to_leave_out(pages: Sequence[Page], split: Mapping[str, Sequence[Example]]) -> dict[str, str]:
    """The titles of the pages that are not of the training side, in their order, each with its reason.

    These are the pages that examples of val and test are about (`page_of_test`), and other pages that share a run of
    words with one of these examples (`words_of_test`).
    """
    left_out: dict[str, str] = {}
    for side in BARRED_SIDES:
        titles = _titles(split[side])
        runs = {run for example in split[side] for run in example_runs(example)}
        for page in pages:
            if normal_form(page.title) in titles:
                left_out.setdefault(page.title, f"page_of_{side}")
            elif not runs.isdisjoint(runs_of(page.plain_text)):
                left_out.setdefault(page.title, f"words_of_{side}")
    return {page.title: left_out[page.title] for page in pages if page.title in left_out}


def which_are_read(named: Collection[str], known: Container[str]) -> dict[str, bool]:
    """For each page that examples are about, by the title that they name, whether it is among the pages read, of which
    `known` has the normal forms of titles."""
    return {title: normal_form(title) in known for title in sorted(named)}


def _titles(examples: Sequence[Example]) -> set[str]:
    return {normal_form(example.source.title) for example in examples if example.source.title is not None}
