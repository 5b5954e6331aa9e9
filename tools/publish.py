"""publish: the data set and the models in the Hugging Face Hub's layout, into a folder or to the Hub.

Not a stage of the pipeline: `python -m tools.publish --to FOLDER|hf://OWNER/NAME` takes what the last `dvc repro`
left.
"""

import argparse
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from stages.common.errors import StageError, run_stage
from tools.publish_hub import PREFIX, repository, upload
from tools.publish_layout import MODELS, lay_out
from tools.publish_targets import publish_folder

DATA = Path("data")
DETAILS = """\
A target that begins with hf:// is a repository of the Hub: the data set goes to the data set OWNER/NAME, the models to
OWNER/NAME-base, -small and -full. Anything else is a folder on this machine: the data set at its top, the models in
models/; nothing is sent anywhere. A folder that holds files which no publication wrote is left alone.
"""


def main(target: str, private: bool) -> None:
    if find_spec("pyarrow") is None:
        raise StageError("Parquet files need pyarrow, which is not installed; pip install 'wikitune[publish]'")
    try:
        said = publish(target, private)
    except OSError as error:
        raise StageError(f"{error.filename or target}: {error.strerror}") from error
    except KeyboardInterrupt:
        raise StageError("interrupted; what was there before is as it was") from None
    sys.stdout.write("".join(f"{line}\n" for line in said))


def publish(target: str, private: bool) -> list[str]:
    """What was written where, a line each."""
    if not target.startswith(PREFIX):
        publish_folder(Path(target), partial(lay_out, DATA))
        return [f"{target}: the data set, and the models in {MODELS}/"]
    name = repository(target)
    with TemporaryDirectory(prefix="wikitune-") as folder:
        lay_out(DATA, Path(folder))
        return upload(Path(folder), name, private)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m tools.publish",
        description="Publishes the data set and the models of the last `dvc repro`.",
        epilog=DETAILS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--to", required=True, metavar="TARGET", help="a folder, or hf://OWNER/NAME")
    parser.add_argument("--private", action="store_true", help="new repositories of the Hub are seen by you alone")
    wanted = parser.parse_args()
    run_stage(partial(main, wanted.to, wanted.private))
