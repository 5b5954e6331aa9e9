"""Keys that don't depend on the process."""

from stages.engine.stable_keys import stable_key, text_hash, word_hash


def test_keys_are_the_same_in_every_process() -> None:
    """Guards against Python's `hash`, which differs between processes, so that one of two twins goes elsewhere."""
    assert stable_key("word", "emma") == 5217405241870844505
    assert (word_hash("emma"), text_hash("emma")) == (2285567626704835416, 1142783813352417708)
    assert stable_key("a", ["b"]) != stable_key("a", "b")
