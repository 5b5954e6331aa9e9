"""What a judge is shown: a task with its reference, and the answers without the names of who wrote them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product

from stages.common.records import ROLES, Answers, CheckName, Contestant, Role


@dataclass(frozen=True)
class Sheet:
    id: str  # of the test row
    instruction: str
    input: str
    reference: str
    models: tuple[Contestant, ...]  # whose answers these are, in the order shown; the judge never sees it
    texts: tuple[str, ...]  # as shown: a long answer is cut
    cut: tuple[bool, ...]
    check: CheckName | None = None  # of the judge itself, that this is a part of


def make_sheet(
    row: Answers, texts: dict[Contestant, str], shown_characters: int, check: CheckName | None = None
) -> Sheet:
    """`texts` stand in the order in which they are shown; each is cut at the same length."""
    return Sheet(
        id=row.id,
        instruction=row.instruction,
        input=row.input,
        reference=row.output,
        models=tuple(texts),
        texts=tuple(text[:shown_characters] for text in texts.values()),
        cut=tuple(len(text) > shown_characters for text in texts.values()),
        check=check,
    )


def both_orders(
    row: Answers, texts: dict[Contestant, str], shown_characters: int, check: CheckName | None = None
) -> Iterator[Sheet]:
    yield make_sheet(row, texts, shown_characters, check)
    yield make_sheet(row, dict(reversed(texts.items())), shown_characters, check)


def pair_sheets(rows: Iterable[Answers], pairs: Iterable[str], shown_characters: int) -> Iterator[Sheet]:
    """Every pair of every row, in both orders."""
    for pair, row in product(pairs, rows):
        texts: dict[Contestant, str] = {role: row.answers[role].text for role in pair_roles(pair)}
        yield from both_orders(row, texts, shown_characters)


def solo_sheets(rows: Iterable[Answers], pairs: Iterable[str], shown_characters: int) -> Iterator[Sheet]:
    """Every answer of the pairs' models alone."""
    compared = {role for pair in pairs for role in pair_roles(pair)}
    for row, role in product(rows, (role for role in ROLES if role in compared)):
        yield make_sheet(row, {role: row.answers[role].text}, shown_characters)


def pair_roles(pair: str) -> tuple[Role, Role]:
    """Of `full-base` full and base: the better trained one is named first."""
    roles: dict[str, Role] = {role: role for role in ROLES}
    first, second = pair.split("-")
    return roles[first], roles[second]
