"""The command line: `outsourcing eval`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from ui.shell import Json, Mode, bar, print_json, read_settings, say

eval_app = typer.Typer(context_settings={"help_option_names": ["-h", "--help"]})


@eval_app.callback(invoke_without_command=True)
def evaluate(
    context: typer.Context,
    as_json: Json = False,
    split: Annotated[Literal["dev", "test"], typer.Option(help="Which half of the set.")] = "dev",
    only: Annotated[
        list[str] | None, typer.Option("--type", help="Only cases of this type.", show_default=False)
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Only so many cases, types in turn.", show_default=False)
    ] = None,
    mode: Annotated[Mode, typer.Option(help="composed needs no chat model.")] = "composed",
    model: Annotated[
        str | None, typer.Option(help="A chat model instead of the settings'.", show_default=False)
    ] = None,
    retrieval_only: Annotated[bool, typer.Option("--retrieval-only", help="Passages only.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was cut.")] = False,
    judge: Annotated[
        str | None,
        typer.Option(help="A chat model that looks for facts which phrasing misses.", show_default=False),
    ] = None,
    beir: Annotated[
        Path | None, typer.Option(help="Instead: retrieval on a BEIR-format folder.", show_default=False)
    ] = None,
    spans: Annotated[
        Path | None, typer.Option(help="Instead: chunking against gold character spans.", show_default=False)
    ] = None,
) -> None:
    """Check answer quality on the evaluation set: a table, a JSON file and an HTML report."""
    if context.invoked_subcommand is not None:
        return
    from eval import beir as beir_module
    from eval import page, report, run
    from eval import spans as spans_module

    with bar() as progress:
        if beir is not None or spans is not None:
            measure, folder = (beir_module.evaluate, beir) if beir is not None else (spans_module.evaluate, spans)
            assert folder is not None
            result = measure(folder, read_settings("composed"), progress)
        else:
            selection = run.Selection(split, tuple(only or ()), limit, retrieval_only, resume, judge)
            result = run.evaluate(run.with_mode(read_settings(), mode, model), progress, selection)
            result["report"] = page.write(result)
    if as_json:
        print_json(result)
    elif beir is not None or spans is not None:
        report.show_lines(result)
    else:
        report.show(result)
        if result["report"]:
            say(f"the report: {result['report']}")


@eval_app.command()
def compare(
    before: Annotated[Path, typer.Argument(help="A result file of `outsourcing eval`.")],
    after: Annotated[Path, typer.Argument(help="Another.")],
    as_json: Json = False,
) -> None:
    """What changed between two runs, case by case, and whether it is more than noise."""
    from eval import compare as comparison
    from eval import report

    found = comparison.compare(comparison.read(before), comparison.read(after))
    if as_json:
        print_json(found)
    else:
        report.show_comparison(found)
