"""The command line: `impact --help`."""

import errno
import os
import platform
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from pipelines.checkout import IS_CHECKOUT, PROJECT, SettingsError
from pipelines.commands import CommandsOnDemand
from pipelines.environment import notes_on, read_environment
from pipelines.operations.closed_folders import OWN_ALONE
from pipelines.operations.logs import configure
from pipelines.told import ToldInWords
from pipelines.unforeseen import told_in_one_sentence

if TYPE_CHECKING:
    from pipelines.settings import Settings

app = typer.Typer(
    cls=CommandsOnDemand,
    no_args_is_help=True,
    add_completion=False,
)


def _say_version(is_asked: bool) -> None:
    if is_asked:
        from importlib.metadata import version

        typer.echo(f"mentorship-impact {version('mentorship-impact')}, Python {platform.python_version()}, {platform.platform()}")  # fmt: skip
        raise typer.Exit


@app.callback()
def impact(
    version: Annotated[bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version this is, and on what it runs.")] = False,
) -> None:  # fmt: skip
    """What does our mentoring programme do, and for whom?"""


LOCALHOST = "127.0.0.1"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
Host = Annotated[str, typer.Option(help="Address to listen on; another than localhost only behind a proxy with a sign-in, whose host name IMPACT_ALLOWED_HOSTS names.")]  # fmt: skip
DashboardHost = Annotated[str, typer.Option(help="Address to listen on; another than localhost only where the workspace file has `access:`.")]  # fmt: skip


def _workspace() -> "Settings":
    from pipelines.settings import settings  # two spreadsheets are matched without any

    try:
        return settings()
    except SettingsError as problem:
        _stop(str(problem))


def _stop(message: str) -> NoReturn:
    typer.secho(message, fg=typer.colors.RED, err=True)
    raise typer.Exit(1)


@app.command()
def demo(
    scale: Annotated[float, typer.Option(help="Size of the demo company; 1 is about 1,800 people.", min=0.2)] = 1.0,
    seed: Annotated[int, typer.Option(help="Seed of the demo company.")] = 2026,
) -> None:
    """Generate the demo company's source files, run everything, and say what was found."""
    from pipelines.demo.company import generate
    from pipelines.registrations import register_made_up

    workspace = _workspace()
    if not workspace.is_demo:
        _stop(
            f"{workspace.workspace_file} isn't the demo. Unset IMPACT_WORKSPACE and move impact.yaml away, or use `impact run`."
        )
    typer.echo("Demo company: writing its systems' export files ...")
    summary = generate(workspace.data / "demo", seed=seed, scale=scale)
    typer.echo(f"  done  {summary}")
    register_made_up(workspace)
    run()


@app.command()
def run(
    accept: Annotated[
        list[str] | None,
        typer.Option(help="Key of a question at which a load stopped, as it prints it; may be given several times."),
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Run even where files, settings and code are as at the last run.")
    ] = False,
    whole: Annotated[
        bool,
        typer.Option(
            "--whole",
            help="Make everything again, also what rests on nothing new; a run does so once a week by itself.",
        ),
    ] = False,
    target: Annotated[
        str,
        typer.Option(
            help="Where the models are built: duckdb, or at the address in IMPACT_ENGINE_DATABASE: postgres (a database), spark (spark://host:7077, sc://host:15002 or local[2]; tables go through IMPACT_ENGINE_FOLDER). Default: IMPACT_TARGET, else duckdb."
        ),
    ] = "",
    months: Annotated[
        str,
        typer.Option(
            help="Take only the files of these months as they lie now (2025-03, or 2025-01..2025-12), of sources with `months_from`; all else stays as it is loaded."
        ),
    ] = "",
) -> None:
    """Run everything: land, load, check, model, match, estimate, publish, report. Where nothing is new, say so and end."""
    from pipelines.findings import print_findings
    from pipelines.nothing_new import note_run, nothing_new, rests_on
    from pipelines.operations.after_run import after_run
    from pipelines.run import execute
    from pipelines.warehouse import WarehouseBusy

    workspace = _workspace()
    _check_target(target)
    chosen = _chosen_months(workspace, months)
    last = None if again or whole or accept or chosen else nothing_new(workspace)
    if last:
        _retain(workspace)
        print_findings(workspace)
        _note(last.warnings)
        after_run(workspace, "everything", f"unchanged-{datetime.now(UTC):%Y%m%dT%H%M%S}")
        typer.echo(
            f"Nothing new: sources, programmes, decisions, settings and code are as at the run that ended on {last.ended:%Y-%m-%d at %H:%M} UTC, "
            "and what it published is whole. Nothing was done; `impact run --again` runs all the same."
        )
        return
    try:
        before = rests_on(workspace)
        job = "months" if chosen else "everything"
        outcome = execute(workspace, job, say=typer.echo, accept=accept or [], months=chosen, whole=whole)
    except WarehouseBusy as busy:
        _stop(str(busy))
    except SettingsError as refused:
        after_run(workspace, "everything", f"refused-{datetime.now(UTC):%Y%m%dT%H%M%S}", where="its start")
        _stop(str(refused))
    if outcome.problems:
        typer.echo("")
        for problem in outcome.problems:
            typer.secho(problem, fg=typer.colors.RED, err=True)
        _stop("The run stopped. What was published before is still what dashboards show.")
    print_findings(workspace)
    _note(outcome.warnings)
    if not chosen:  # the other months of the folders may be newer than what is loaded
        note_run(workspace, before, outcome.warnings)


def _chosen_months(workspace: "Settings", text: str) -> tuple[str, ...]:
    """The months of `--months`; ends the command where they are none, or none of a source."""
    from pipelines.loading.months import NoMonths, months_between

    if not text:
        return ()
    first = min((source.months_from for source in workspace.sources if source.months_from), default=None)
    if first is None:
        _stop(
            "No source of this workspace is kept by month. Next step: where files are named by month (calls_2025-03.csv), name the first one at the source, `months_from: 2025-01`."
        )
    try:
        chosen = months_between(text)
    except NoMonths as refused:
        _stop(str(refused))
    if chosen[0] < first or chosen[-1] > f"{datetime.now(UTC):%Y-%m}":
        _stop(f"{text} isn't within the months that are kept: {first} is the first, this one the last.")
    return chosen


def _check_target(target: str) -> None:
    """Keep the target for the run, and end at once where the models can't be built there."""
    from pipelines.engines.chosen import chosen_engine
    from pipelines.engines.engine import EngineRefused

    if target:
        os.environ["IMPACT_TARGET"] = target
    try:
        chosen_engine()
    except EngineRefused as refused:
        _stop(str(refused))


def _retain(workspace: "Settings") -> None:
    """Days pass where nothing else does."""
    from pipelines.erasure.retention import remove_expired
    from pipelines.warehouse import WarehouseBusy, claim_writer

    if not workspace.retention:
        return
    try:
        claim_writer(workspace.warehouse)
        remove_expired(workspace, datetime.now(UTC))
    except WarehouseBusy as busy:
        _stop(str(busy))


def _note(warnings: Iterable[str]) -> None:
    for warning in warnings:
        typer.secho(f"Note: {warning}.", fg=typer.colors.YELLOW)


@app.command()
def dictionary(
    out: Annotated[Path | None, typer.Option(help="File to write; default: docs/metrics.md of a checkout, else metrics.md here.")] = None,
) -> None:  # fmt: skip
    """Render the metric dictionary from the records at the top of the metrics' models."""
    from pipelines.serving.catalogue import dictionary_page, read_definitions

    page = out or (PROJECT / "docs" / "metrics.md" if IS_CHECKOUT else Path("metrics.md"))
    page.write_text(dictionary_page(read_definitions(PROJECT / "dbt_project/models/metrics")), encoding="utf-8")
    typer.echo(page)


@app.command()
def dashboard(port: Annotated[int, typer.Option(help="Port.")] = 8501, host: DashboardHost = LOCALHOST) -> None:
    """Open the dashboards (they read the published snapshot only). Who may see what stands under `access:` in the workspace file; without it they answer this computer only."""
    from pipelines.operations.dashboards import check_sign_in, dashboards_command, dashboards_environment

    workspace = _workspace()
    try:
        check_sign_in(workspace, host)
    except SettingsError as refused:
        _stop(str(refused))
    environment = {**os.environ, **dashboards_environment(workspace)}
    import subprocess  # only here

    raise typer.Exit(
        subprocess.run(dashboards_command(port, host), cwd=PROJECT, env=environment, check=False).returncode
    )


@app.command()
def dagster(
    port: Annotated[int, typer.Option(help="Port.")] = 3000,
    host: Host = LOCALHOST,
    read_only: Annotated[bool, typer.Option(help="Nothing can be started or switched in the browser.")] = False,
) -> None:
    """Open Dagster: assets, checks, runs and schedules. It has no sign-in; other web pages and other host names are refused."""
    from pipelines.operations.dagster import serve
    from pipelines.run import prepare_environment

    prepare_environment(_workspace())
    typer.echo(f"Dagster opens at http://{host}:{port} in a few seconds; Ctrl+C ends it.")
    raise typer.Exit(serve(port, host=host, read_only=read_only))


def main() -> None:
    """Run the command line and end the process at once. What it writes is its user's own: names and answers are among it.

    DuckDB's bindings print pages about "leaked" objects while Python shuts down; nothing is left to do by then.
    """
    os.umask(OWN_ALONE)
    code = 0
    try:
        read_environment(Path.cwd(), PROJECT)
        configure(os.environ.get("IMPACT_LOG", ""))
        for note in notes_on(os.environ):
            typer.secho(f"Note: {note}.", fg=typer.colors.YELLOW, err=True)
        app()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except Exception as problem:
        typer.secho(_in_words(problem), fg=typer.colors.RED, err=True)
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _in_words(problem: Exception) -> str:
    """What ended a command that nothing else has told: our own refusals as they stand, a file or folder that can't be used, else where the traceback is kept."""
    if isinstance(problem, ToldInWords):
        return str(problem)
    if isinstance(problem, OSError) and problem.filename and problem.strerror and problem.errno not in _NO_ROOM:
        return f"{problem.filename}: {problem.strerror}. Next step: look whether that place exists, is a file or a folder as it should be, and whether you may write there."
    if type(problem).__name__ == "CatalogException" and "because schema" in str(problem):
        return "No run has built the tables of this data folder to their end yet. Next step: `impact run`."
    try:
        from pipelines.settings import where

        data = where()[1]
    except Exception:  # settings are what is wrong, or can't be read either
        data = Path.cwd() / "data"
    return told_in_one_sentence(problem, "impact", data)


if __name__ == "__main__":
    main()
