"""Which of two words is rarer."""

from pathlib import Path

import pytest

from stages.engine.word_counts import count_of_words, rank_by_counts, sum_counts, word_number, write_counts

pytest.importorskip("pyarrow", reason="the extra `engine` is not installed")


def test_counts_of_all_parts_are_added(tmp_path: Path) -> None:
    """Guards against a word that counts twice in one text, and against two words of the same rank."""
    write_counts(tmp_path / "parts/0.parquet", [["emma", "emma", "who"], ["emma"]])
    write_counts(tmp_path / "parts/1.parquet", [["emma"], []])
    sum_counts(tmp_path / "parts", tmp_path)
    count_of = count_of_words(tmp_path)
    assert (count_of("emma"), count_of("who"), count_of("other")) == (3, 1, 0)
    assert sorted(["who", "emma", "b", "a"], key=rank_by_counts(tmp_path)) == ["a", "b", "who", "emma"]


def test_words_are_counted_under_the_same_number_in_every_process() -> None:
    """Guards against Python's `hash`, which differs between processes, so that one of two twins goes elsewhere."""
    assert (word_number("emma"), word_number("")) == (377978, 0)
