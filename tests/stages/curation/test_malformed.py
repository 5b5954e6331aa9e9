import pytest

from stages.curation.malformed import malformed
from tests.stages.conftest import MakeExample


@pytest.mark.parametrize(
    ("texts", "evidence"),
    [
        ({"instruction": " "}, "instruction is empty"),
        ({"output": ""}, "output is empty"),
        ({"output": "\u200b\ufeff"}, "output is empty"),
        ({"output": "Bl\x00ue"}, "output holds the control character '\\x00'"),
        ({"input": "caf\ufffd"}, "input holds the control character '\ufffd'"),
        ({"output": "SÃ£o Paulo"}, "output holds 'Ã£', which is UTF-8 read as another encoding"),
        ({"output": "It didnâ€™t."}, "output holds 'â€™', which is UTF-8 read as another encoding"),
        ({"output": "Gauß’s “CAFÉ”, “FÊ…TE”"}, None),
        ({"output": "He was called Ã…ke"}, "output holds 'Ã…', which is UTF-8 read as another encoding"),
        ({"output": "ned\u202edih"}, "output holds the invisible character '\\u202e'"),
        ({"output": "ap\u200bple"}, "output holds the invisible character '\\u200b'"),
        ({"input": "Two lines\r\n\twith a tab"}, None),
        ({"input": ""}, None),
        ({"output": "NAÇÃO, Île, “naïve”, 東京, 😀"}, None),
    ],
)
def test_malformed(make: MakeExample, texts: dict[str, str], evidence: str | None) -> None:
    """Guards against text that is none, and against accents, quotes and other scripts taken for damage."""
    assert malformed(make(**texts)) == evidence
