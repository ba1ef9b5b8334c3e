"""The command line: `outsourcing`. Everything heavy is imported inside the command that needs it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.evaluation import eval_app
from ui.shell import Json, Mode, bar, print_json, read_settings, say

if TYPE_CHECKING:
    from assistant.assistant import Assistant
    from assistant.types import Turn
    from ingest.types import SyncReport
    from settings import Settings

app = typer.Typer(
    help="Answers outsourcing questions in the sources' own words, with every citation checked.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
models_app = typer.Typer(help="The model files.", no_args_is_help=True)
app.add_typer(models_app, name="models")
app.add_typer(eval_app, name="eval")


def main() -> None:
    """Entry point: one line on standard error and exit code 1 for every stated error."""
    try:
        app()
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(1) from None
    except OSError as error:
        say(f"error: {error.strerror or error}{f' ({error.filename})' if error.filename else ''}")
        raise SystemExit(1) from error
    except Exception as error:
        from settings import OutsourcingError  # half of what `--help` would take

        if not isinstance(error, OutsourcingError):
            raise
        say(f"error: {error}")
        raise SystemExit(1) from error


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question.", show_default=False)] = None,
    as_json: Json = False,
    history: Annotated[
        Path | None, typer.Option(help='Earlier turns: a JSON list of {"role", "content"}.', show_default=False)
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(help='Questions, a JSON object a line: {"question", "history"}.', show_default=False),
    ] = None,
    mode: Annotated[Mode | None, typer.Option(help="Instead of the setting answer_mode.", show_default=False)] = None,
) -> None:
    """Answer a question, with citations."""
    from assistant.assistant import create

    if (question is None) == (file is None):
        raise typer.BadParameter("give a question, or --file, not both")
    if file is not None:
        jobs = list(_questions(file))
    else:
        jobs = [(question or "", _history(_json(history) if history else [], str(history)))]
    settings = read_settings(mode)
    if file is None:
        from assistant.question import clean

        clean(jobs[0][0])  # a wrong question is told at once, not after the models have loaded
    assistant = create(settings)
    _warm_beside(assistant)
    try:
        for asked, turns in jobs:
            if as_json:
                print_json(assistant.ask(asked, turns).to_json(), compact=file is not None)
            else:
                from ui import terminal

                terminal.show(assistant, asked, turns, titled=file is not None)
    finally:
        assistant.close()


@app.command()
def show(file: Annotated[Path, typer.Argument(help="What `outsourcing ask --json` printed.")]) -> None:
    """Show kept answers as they were, without a library or a model."""
    from assistant.errors import QuestionError
    from assistant.types import Answer
    from ui import terminal

    lines = [line for line in _read(file).split("\n") if line.strip()]
    try:
        try:  # one answer a line, as with --file
            kept = [json.loads(line) for line in lines] or [_json(file)]
        except ValueError:  # one in all
            kept = [_json(file)]
        answers = [Answer.from_json(one) for one in kept]
    except (KeyError, TypeError, AttributeError) as error:
        raise QuestionError(f"{file}: not an answer that `outsourcing ask --json` printed") from error
    for number, answer in enumerate(answers):
        if number:
            typer.echo()
        terminal.show_again(answer)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="What to look for.")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="Passages at most.")] = 8,
    as_json: Json = False,
) -> None:
    """Find passages, without an answer."""
    from assistant.question import clean
    from assistant.retrieve import retrieve

    text = clean(query)
    with _assistant(read_settings("composed")) as assistant:
        assistant.library.require()
        scope = sorted({card.collection for card in assistant.library.cards()})
        vector = assistant.encoder.embed_query(text)
        hits = retrieve(text, vector, assistant.library, assistant.settings.retrieval, scope, k).hits
    rows = [
        {
            "passage_id": hit.passage.id, "document_id": hit.passage.document_id, "title": hit.title,
            "headings": list(hit.passage.headings), "page": hit.passage.page, "start": hit.passage.start,
            "end": hit.passage.end, "text": hit.passage.text, "score": round(hit.score, 4),
        }
        for hit in hits
    ]  # fmt: skip
    if as_json:
        print_json({"query": text, "hits": rows})
        return
    for number, hit in enumerate(hits, 1):
        typer.echo(f"{number}. {hit.title} > {' > '.join(hit.passage.headings)}  ({hit.score:.2f})")
        typer.echo("   " + " ".join(hit.passage.text.split()) + "\n")


@app.command()
def ingest(
    paths: Annotated[
        list[str] | None, typer.Argument(help="Files or folders; none: the built-in corpus.", show_default=False)
    ] = None,
    as_json: Json = False,
) -> None:
    """Bring documents into the library."""
    from dataclasses import asdict

    from ingest.errors import DocumentError

    wanted: list[Path] = []
    for given in paths or []:
        if "://" in given:
            raise DocumentError(f"{given}: web addresses are not read yet: save the page as Markdown or text")
        if not Path(given).exists():
            raise DocumentError(f"{given}: there is no such file or folder")
        wanted.append(Path(given))
    report = _ingest(read_settings(), wanted)
    if as_json:
        print_json(asdict(report))
    else:
        typer.echo(
            f"{report.added} added, {report.replaced} replaced, {report.unchanged} unchanged, {report.removed} "
            f"removed; {report.passages} passages, {report.embedded} embedded in {report.seconds:.1f} s"
        )
    for failure in report.failed:
        say(f"not ingested: {failure.error}")
    if report.failed:
        raise SystemExit(1)


def _ingest(settings: Settings, paths: list[Path]) -> SyncReport:
    from ingest import embed, sync

    encoder = embed.create(settings)
    library = sync.open_library(settings, encoder)
    try:
        with bar() as progress:
            return sync.ingest(library, encoder, paths, progress=progress)
    finally:
        library.close()


@app.command()
def sources(as_json: Json = False) -> None:
    """List what the library holds."""
    with _assistant(read_settings("composed")) as assistant:
        assistant.library.require()
        cards = assistant.library.cards()
    rows = [
        {
            "document_id": card.id, "collection": card.collection, "title": card.title, "kind": card.kind,
            "origin": card.origin, "passages": card.passages,
        }
        for card in cards
    ]  # fmt: skip
    if as_json:
        print_json({"documents": rows})
        return
    for card in cards:
        typer.echo(f"{card.id:55} {card.title}  ({card.kind}, {card.passages} passages)")


@app.command()
def remove(document_id: Annotated[str, typer.Argument(help="As `outsourcing sources` lists it.")]) -> None:
    """Take a document out of the library."""
    from ingest import sync
    from ingest.errors import LibraryError

    with _assistant(read_settings("composed")) as assistant:
        if not sync.remove(assistant.library, document_id):
            raise LibraryError(f"there is no document {document_id}: `outsourcing sources` lists them")
    typer.echo(f"removed {document_id}")


@models_app.command()
def pull() -> None:
    """Fetch the models that the settings name (embedding, chat, and what judges a hosted one), and check them."""
    _pull(read_settings(), only_missing=False)


def _pull(settings: Settings, *, only_missing: bool) -> None:
    from ingest import weights
    from ingest.errors import WeightsError

    wanted = [
        model
        for model, needed in (
            (weights.EMBEDDING, settings.embedding_model == "local"),
            (weights.CHAT, settings.needs_embedded_chat),
        )
        if needed
    ]
    for model in wanted:
        if only_missing and weights.present(model, settings.models_dir):
            continue  # the digest is checked before use in any case
        try:
            with bar(unit="bytes") as progress:
                new = weights.pull(model, settings.models_dir, progress=progress, say=say, offline=settings.offline)
        except WeightsError as error:
            if not (only_missing and model is weights.CHAT):
                raise
            say(f"{error}; answers are quoted until then")
            continue
        say(f"{model.name}: {'fetched and checked' if new else 'already here, checked'}")


@app.command()
def chat(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 7860,
) -> None:
    """Serve the chat as a web page; pulls the models and ingests the built-in library first where they are missing."""
    from ui import web

    settings = read_settings()
    web.require_free(host, port)
    _pull(settings, only_missing=True)
    _ingest(settings, [])
    web.serve(settings, host, port, say)


@app.command()
def doctor() -> None:
    """Say what is missing, and the command that mends it."""
    from ui import checkup

    if not checkup.run(read_settings()):
        raise SystemExit(1)


# -- helpers ----------------------------------------------------------------------------------------------------


@contextmanager
def _assistant(settings: Settings) -> Iterator[Assistant]:
    from assistant.assistant import create

    assistant = create(settings)
    try:
        yield assistant
    finally:
        assistant.close()


def _warm_beside(assistant: Assistant) -> None:
    """Loads the chat model while the answer is composed; what goes wrong is told by the answer that needed it."""
    import contextlib
    import threading

    from assistant.errors import ChatModelError

    def warm() -> None:
        with contextlib.suppress(ChatModelError):
            assistant.warm_model()

    threading.Thread(target=warm, name="warm", daemon=True).start()


def _read(path: Path) -> str:
    from assistant.errors import QuestionError

    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(f"cannot read {path}: {error}") from error


def _json(path: Path) -> Any:
    from assistant.errors import QuestionError

    try:
        return json.loads(_read(path))
    except ValueError as error:
        raise QuestionError(f"{path}: not JSON ({error})") from error


def _history(turns: Any, where: str) -> list[Turn]:
    from assistant.errors import QuestionError
    from assistant.types import Turn

    good = isinstance(turns, list) and all(
        isinstance(turn, dict) and turn.get("role") in ("user", "assistant") and isinstance(turn.get("content"), str)
        for turn in turns
    )
    if not good:
        raise QuestionError(f'{where}: a history is a list of {{"role": "user"|"assistant", "content": "…"}}')
    return [Turn(turn["role"], turn["content"]) for turn in turns]


def _questions(path: Path) -> Iterator[tuple[str, list[Turn]]]:
    from assistant.errors import QuestionError
    from assistant.question import clean

    for number, line in enumerate(_read(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except json.JSONDecodeError as error:
            raise QuestionError(f"{path}, line {number}: not JSON ({error.msg})") from error
        if not isinstance(item, dict) or not isinstance(item.get("question"), str):
            raise QuestionError(f'{path}, line {number}: there is no "question"')
        clean(item["question"])
        yield item["question"], _history(item.get("history") or [], f"{path}, line {number}")


if __name__ == "__main__":
    main()
