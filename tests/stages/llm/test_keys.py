"""Keys in texts, and keys that cannot be sent."""

import pytest

from stages.common.errors import StageError
from stages.llm.keys import check_key, scrub


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", ["GEMINI_API_KEY", "GOOGLE_API_KEY", "OPENAI_API_KEY"])
def test_every_provider_s_key_is_replaced(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Guards against a provider whose key is left in messages, and against a line break that hides the key."""
    monkeypatch.setenv(name, "planted-key\n")
    assert scrub("no planted-key, planted-key!") == "no [key], [key]!"


def test_a_key_that_begins_with_another_leaves_no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEMINI_API_KEY", "planted-key")
    monkeypatch.setenv("GOOGLE_API_KEY", "planted-key-and-more")
    assert scrub("planted-key-and-more planted-key") == "[key] [key]"


@pytest.mark.parametrize(("value", "scrubbed"), [("1234567", "1234567"), ("12345678", "[key]"), ("", "")])
def test_a_placeholder_is_no_key(monkeypatch: pytest.MonkeyPatch, value: str, scrubbed: str) -> None:
    """Guards against texts in which a common word is replaced, because a local server accepts it as a key."""
    monkeypatch.setenv("OPENAI_API_KEY", value)
    assert scrub(value) == scrubbed


@pytest.mark.parametrize("key", ["a…b", "a\nb", "a\tb"])
def test_a_key_that_no_header_can_hold_is_named(key: str) -> None:
    with pytest.raises(StageError, match=r"^OPENAI_API_KEY holds a character that no key has") as error:
        check_key("OPENAI_API_KEY", key)
    assert key not in str(error.value)
    check_key("OPENAI_API_KEY", "sk-proj-0 9")
