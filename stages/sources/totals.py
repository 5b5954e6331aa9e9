"""How much text pages have, added up page by page, so that no stage needs all pages at once."""

from dataclasses import dataclass
from typing import NamedTuple

from stages.common.records import Page


class PageSize(NamedTuple):
    has_text: bool
    sections: int
    words: int  # separated by spaces
    characters: int


def size_of(page: Page) -> PageSize:
    texts = [section.text for section in page.sections]
    return PageSize(page.has_text, len(texts), sum(len(text.split()) for text in texts), sum(map(len, texts)))


@dataclass
class PageTotals:
    pages: int = 0
    without_text: int = 0
    sections: int = 0
    words: int = 0
    characters: int = 0

    def add(self, size: PageSize) -> None:
        self.pages += 1
        self.without_text += not size.has_text
        self.sections += size.sections
        self.words += size.words
        self.characters += size.characters

    def metrics(self, read: int, over_the_limit: int) -> dict[str, object]:
        """The metrics of any source. `read` counts pages, or titles of a wiki."""
        return {
            "pages_read": read,
            "pages_kept": self.pages,
            "pages_over_the_limit": over_the_limit,
            "pages_without_text": self.without_text,
            "sections": self.sections,
            "words": self.words,
            "characters": self.characters,
        }
