"""The command `wikitune`: everything that is not a stage of the pipeline.

This module has the command line up to the report, `result_commands.py` that of what follows. The module of a command is
loaded when the command runs, so that `wikitune --help` is quick.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.result_commands import add_compare, add_export, add_journal, add_publish, add_verify
from tools.subcommands import Subparsers, add_command

DESCRIPTION = """\
Everything around the pipeline of `dvc repro`: checks and estimates before a run, a closer look and people's opinions
after it, sweeps, publishing, and talking to the models. Run it in the project's folder.
"""


def main() -> None:
    from stages.common.errors import run_command

    run_command(lambda: sys.exit(run_quietly(sys.argv[1:])))


def run_quietly(arguments: Sequence[str]) -> int:
    """Runs one command; returns the exit status. If whoever reads the output (such as `head`) has read enough, the
    command ends without a message, and the status is 1. Without a standard output (`>&-`), it is thrown away."""
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 # for the rest of the process
    try:
        try:
            return run_arguments(arguments)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what is still to be flushed at exit
        return 1


def run_arguments(arguments: Sequence[str]) -> int:
    if arguments[:1] == ["ask"]:  # its options belong to the package `model`, which can be used on its own
        from model.asking.ask import main as ask

        ask(arguments[1:], "wikitune ask")
        return 0
    if arguments[:1] == ["serve"]:
        from model.asking.serve import main as serve

        serve(arguments[1:], "wikitune serve")
        return 0
    parser = make_parser()
    if not arguments:
        parser.print_help(sys.stderr)
        return 2  # as for any other usage error
    options = parser.parse_args(arguments)
    return int(options.run(options) or 0)


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands. The `run` of its result is the function that runs the command."""
    parser = argparse.ArgumentParser(
        prog="wikitune", description=DESCRIPTION, formatter_class=argparse.RawTextHelpFormatter
    )
    commands = parser.add_subparsers(
        title="commands (`wikitune COMMAND --help` has the details)", metavar="COMMAND [OPTIONS]", required=True
    )
    add_check(commands)
    add_estimate(commands)
    add_sample(commands)
    add_why(commands)
    add_score(commands)
    add_label(commands)
    add_preferences(commands)
    add_compare(commands)
    add_verify(commands)
    add_publish(commands)
    add_export(commands)
    add_journal(commands)
    add_command(commands, "ask", "Asks a model, or several side by side.", "ask --compare base,small,full")
    add_command(commands, "serve", "Serves models to programs that speak OpenAI's protocol.", "serve --port 8000")
    return parser


def add_check(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "check",
        "Says what an experiment needs and costs, before it runs.",
        "check --profile profiles/report.args -S train.epochs=2",
        "Looks at parameters, keys, servers, memory and disk. That takes seconds, and sends nothing that has to be "
        "paid for. The exit status is 1 if something can't work.",
    )
    add = parser.add_argument
    add("--profile", nargs="+", type=Path, default=[], metavar="FILE", help="profiles, such as profiles/gpt2.args")
    add("-S", action="append", default=[], metavar="KEY=VALUE", help="a change, as for dvc exp run")
    parser.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    from tools.check import print_findings

    return 0 if print_findings(options.profile, options.S) else 1


def add_estimate(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "estimate",
        "Says what a stage would ask a language model, and what that may cost.",
        "estimate synth",
        "Reads what the stages before it wrote, and which model params.yaml names. Nothing is sent. Answers that are "
        "already in the journal cost nothing.",
    )
    parser.add_argument("stage", choices=["synth", "curate", "judge"], help="the stage that asks")
    parser.set_defaults(run=_estimate)


def _estimate(options: argparse.Namespace) -> None:
    from tools.estimate import print_estimates

    print_estimates(options.stage)


def add_sample(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "sample",
        "Prints some of the synthetic examples, for reading.",
        "sample 20",
        "They are drawn from data/synthetic.jsonl with synth.seed, so they are the same each time.",
    )
    parser.add_argument("count", type=int, metavar="N", help="how many, from 1")
    parser.set_defaults(run=_sample)


def _sample(options: argparse.Namespace) -> None:
    from tools.sample import print_sample

    print_sample(options.count)


def add_why(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "why",
        "Says what each rule of curation says about one example.",
        "why 0f3a6c1d9be24875",
        "Ids are in data/synthetic.jsonl. A rejected row that is not an example is named by its place, such as "
        "data/synthetic.jsonl:1.",
    )
    parser.add_argument("id", metavar="ID", help="the id of an example, or the place of a rejected row")
    parser.set_defaults(run=_why)


def _why(options: argparse.Namespace) -> None:
    from tools.why import print_story

    print_story(options.id)


def add_score(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "score",
        "Scores the examples with the base model: difficulty and perplexity.",
        "score --model data/checkpoints/base",
        "Writes data/scores/quality.jsonl. After the next `dvc repro`, reports/data.html shows the scores, and "
        "curate.min_ifd and curate.max_ifd can reject by them.",
    )
    default = Path("data/checkpoints/base")
    add = parser.add_argument
    add("--model", type=Path, default=default, metavar="FOLDER", help="a checkpoint (default: %(default)s)")
    parser.set_defaults(run=_score)


def _score(options: argparse.Namespace) -> None:
    from tools.score import score_examples

    print(score_examples(options.model))


def add_label(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "label",
        "Writes a page on which a person compares pairs of answers.",
        "label 50",
        "Writes reports/label.html, which needs no network. Put the file that it downloads into the folder of "
        "judge.labels: the next `dvc repro` then says how far the judge agrees with people.",
    )
    parser.add_argument("count", type=int, metavar="N", help="how many comparisons, from 1")
    parser.set_defaults(run=_label)


def _label(options: argparse.Namespace) -> None:
    from tools.label import write_label_page

    write_label_page(options.count)


def add_preferences(commands: Subparsers) -> None:
    parser = add_command(
        commands,
        "preferences",
        "Writes which answers the judge prefers, as TRL's preference data.",
        "preferences --rows 400 --lead 3",
        "The models of the last `dvc repro` answer training rows, and the judge compares their answers. The file goes "
        "to the folder of train.dpo.preferences, for `dvc exp run -S train.objective=dpo`.\n"
        "A comparison counts if both orders agree, by the majority of the judges, and neither answer was cut off.",
    )
    add = parser.add_argument
    choices = ("full-base", "full-small", "small-base")
    add("--rows", type=int, default=200, metavar="N", help="training rows to answer, from 1 (default: %(default)s)")
    add("--pairs", nargs="+", choices=choices, default=[], help="models to compare (default: judge.pairs)")
    add("--lead", type=float, default=1, metavar="POINTS", help="least lead in points, to 15 (default: %(default)s)")
    add(
        "--of-test",
        type=Path,
        metavar="FILE",
        help="write the pairs that the stage judge has judged instead; they are about test rows, so training, whose "
        "models are judged by them, refuses this file",
    )
    parser.set_defaults(run=_preferences)


def _preferences(options: argparse.Namespace) -> None:
    from tools.preference_file import write_preferences

    write_preferences(options.rows, options.pairs, options.lead, options.of_test)


if __name__ == "__main__":
    main()
