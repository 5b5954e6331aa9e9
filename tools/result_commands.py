"""The command line of what follows a run: comparing, verifying, publishing, exporting, and what it has cost."""

import argparse
from datetime import date
from pathlib import Path

from tools.subcommands import Subparsers, add_command


def add_compare(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "compare",
        "Compares experiments: a verdict over seeds, a league of all models, or a sweep as a picture.",
        "compare --by train.learning_rate",
        "Experiments that differ only in their seeds get a verdict over seeds and test rows, and a league of all their "
        "models. Those that also differ in one parameter are drawn against it; those with the same value become one "
        "point, with a 95% interval. What is printed also goes into reports/compare.",
    )
    default = "all experiments of the commit that is checked out and, for seeds and league, the commit itself"
    add = parser.add_argument
    add(
        "runs",
        nargs="*",
        metavar="RUN",
        help=f"experiments, branches, commits, or folders of runs (default: {default})",
    )
    add("--league", action="store_true", help="only the league, of runs with any settings but the same test rows")
    add("--by", metavar="KEY", help="the parameter; needed if the experiments differ in several")
    parser.set_defaults(run=_compare)


def _compare(options: argparse.Namespace) -> None:
    from tools.compare import compare_experiments

    print(compare_experiments(options.runs, options.by, options.league))


def add_verify(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "verify",
        "Checks that the report follows from the data, back to each page's revision.",
        "verify --answers 5",
        "Compares all files with the hashes in reports/manifest.json, computes again what takes seconds, measures the "
        "models' losses, and names whatever is broken: the file, the record and the field. The exit status is then 1.",
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="compare hashes, and compute nothing")
    add("--answers", type=int, default=0, metavar="N", help="let the models answer N drawn test rows again")
    add("--retrain", type=int, default=0, metavar="N", help="train N drawn segments again (see train.keep_snapshots)")
    add("--seed", type=int, help="of what is drawn (default: another one each time)")
    add("--other-machine", action="store_true", help="accept weights with other bytes whose losses are as recorded")
    add("--root", default="", metavar="HASH", help="the root that the manifest must have, or its first digits")
    add("--trace", metavar="NAME", help="say instead what a figure (judge.models.full.total) or a test row comes from")
    parser.set_defaults(run=_verify)


def _verify(options: argparse.Namespace) -> int:
    from tools.verify import Draws, print_trace, verify

    if options.trace:
        print_trace(options.trace)
        return 0
    draws = Draws(options.answers, options.retrain, options.seed, options.other_machine)
    return int(verify(options.quick, options.root, draws) > 0)


def add_publish(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "publish",
        "Publishes the data set and the models of the last `dvc repro`.",
        "publish --to hf://me/wikitune --private",
        "A target that begins with hf:// is a repository of the Hugging Face Hub: the data set goes to the data set "
        "OWNER/NAME, the models to OWNER/NAME-base, -small and -full.\n"
        "Anything else is a folder on this machine, with the data set at its top and the models in models/; nothing is "
        "sent anywhere. A folder that holds files which no publication wrote is left alone.",
    )
    add = parser.add_argument
    add("--to", required=True, metavar="TARGET", help="a folder, or hf://OWNER/NAME")
    add("--private", action="store_true", help="only you can see new repositories of the Hub")
    parser.set_defaults(run=_publish)


def _publish(options: argparse.Namespace) -> None:
    from tools.publish import publish

    print("\n".join(publish(options.to, options.private)))


def add_export(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "export",
        "Writes a model as one file for llama.cpp, Ollama and LM Studio.",
        "export data/checkpoints/full full.gguf --type q8_0",
        "The file has the weights, the vocabulary and the chat template. With f32, weights are as they were trained; "
        "q8_0 and q4_0 round them to 8 and 4 bits, which takes about a quarter and a sixth of the room.",
    )
    add = parser.add_argument
    add("checkpoint", type=Path, metavar="CHECKPOINT", help="its folder")
    add("path", type=Path, metavar="FILE", help="the file to write")
    add("--type", choices=["f32", "q8_0", "q4_0"], default="f32", help="how weights are stored (default: %(default)s)")
    parser.set_defaults(run=_export)


def _export(options: argparse.Namespace) -> None:
    from tools.export import export

    print(export(options.checkpoint, options.path, options.type))


def add_journal(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "journal",
        "Lists what language models have cost; prints and removes their answers.",
        "journal --stage synth --show Tide",
        "The journal keeps every answer, for all experiments, so that no request is paid for twice.",
    )
    parser.add_argument("--stage", help="only answers to this stage: synth, curate or judge")
    parser.add_argument("--model", help="only answers of this model")
    parser.add_argument("--before", type=_day, metavar="DAY", help="only answers before this day (UTC): 2025-01-31")
    parser.add_argument("--name", help="only answers about this page or example")
    add = parser.add_mutually_exclusive_group().add_argument
    add("--show", metavar="NAME", help="print the newest answers about a page or an example instead")
    add("--timed-out", action="store_true", help="only what was set aside for requests that timed out")
    add("--prune", action="store_true", help="remove the chosen answers; when needed again, they are paid for again")
    parser.add_argument("--all", action="store_true", help="with --prune: remove all answers")
    parser.set_defaults(run=_journal)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2025-01-31") from None


def _journal(options: argparse.Namespace) -> None:
    from tools.spending import Filter, print_spending

    chosen = Filter(options.stage, options.model, options.before, options.name, options.timed_out)
    print_spending(chosen, options.show, options.prune, options.all)
