"""What is missing is said before the client libraries are imported, which takes longer than all else."""

import subprocess
import sys

import pytest

CODE = """
import asyncio, sys
from stages.common.errors import StageError
from stages.llm.clients.{module} import {name}
from tests.stages.llm.clients.conftest import params

async def check():
    client = {name}(params(endpoint={endpoint!r}))
    try:
        await client.check(None)
    finally:
        await client.close()

try:
    asyncio.run(check())
except StageError as error:
    print(error)
print(sorted({{"google.genai", "openai"}} & set(sys.modules)))
"""


@pytest.mark.parametrize(
    ("module", "name", "endpoint", "variable"),
    [
        ("gemini", "GeminiClient", "", "GEMINI_API_KEY"),
        ("openai_compatible", "OpenAICompatibleClient", "https://api.openai.com/v1", "OPENAI_API_KEY"),
    ],
)
def test_a_missing_key_is_named_before_the_library_is_imported(
    module: str, name: str, endpoint: str, variable: str
) -> None:
    """Guards against seconds of start-up for one line."""
    code = CODE.format(module=module, name=name, endpoint=endpoint)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, *_, last = ran.stdout.splitlines()
    assert variable in first and "is not set" in first
    assert last == "[]"
