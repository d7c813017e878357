"""`impact report`: issue the leadership report, list those that were issued, make one again to the byte."""

import tempfile
from typing import TYPE_CHECKING

import typer

from pipelines.access.account import decider
from pipelines.checkout import SettingsError
from pipelines.counted import counted
from pipelines.settings import Settings, settings

if TYPE_CHECKING:
    from pipelines.messages.outbox import Outbox

app = typer.Typer(invoke_without_command=True, help="Issue the leadership report, list issued ones, make one again.")


@app.callback()
def issue(context: typer.Context) -> None:
    """Render the leadership report from the published snapshot and keep it in the archive."""
    if context.invoked_subcommand is not None:
        return
    from dashboards.reports.archive import issue as issue_report
    from pipelines.serving.snapshot import current

    workspace = _workspace()
    published = current(workspace.serving)
    if published is None:
        raise _stopped("Nothing is published yet. Run `make demo` or `impact run` first.")
    for path in issue_report(published, workspace.reports):
        typer.echo(path)


@app.command("list")
def list_issued() -> None:
    """List every issued report with its headline."""
    from dashboards.reports.archive import issued

    found = issued(_workspace().reports)
    if not found:
        typer.echo("No report was issued yet. Next step: impact report")
    for report in found:
        typer.echo(f"{report.report_id}  {report.record['period']}  {report.record['headline']}")


@app.command()
def reproduce(
    report_id: str = typer.Argument(help="Id or number of an issued report, as `impact report list` shows it."),
) -> None:
    """Make an issued report again from its kept inputs and compare every file with what was issued."""
    from dashboards.reports.archive import NoSuchReport, find
    from dashboards.reports.archive import reproduce as reproduced

    try:
        outcome = reproduced(find(_workspace().reports, report_id))
    except NoSuchReport as unknown:
        raise _stopped(str(unknown)) from unknown
    for name, same in outcome.identical.items():
        typer.echo(f"{'identical' if same else 'DIFFERENT'}  {name}")
    for reason in outcome.reasons:
        typer.echo(f"Note: {reason}.")
    if not outcome.holds:
        raise typer.Exit(1)


@app.command()
def send(
    dry_run: bool = typer.Option(
        False, "--dry-run", help="Say whether the gate is open, write the mails as .eml files, send nothing."
    ),
) -> None:
    """Mail the report to the recipients of the workspace file: the preview to its owner at once, the others after the hours of the preview; or tell them why it is delayed."""
    from pipelines.message_inputs import rounds
    from pipelines.messages.outbox import Outbox, OutboxUnreachable

    workspace = _workspace()
    try:
        if dry_run:
            # an outbox of its own, so that nothing of a dry run is known afterwards
            with tempfile.TemporaryDirectory() as folder:
                outbox = Outbox(f"sqlite:///{folder}/outbox.sqlite")
                _say_drafted(workspace, outbox)
                found = rounds.dry_run(workspace, outbox, workspace.data / "messages" / "dry_run")
            typer.echo(
                f"{counted(len(found.written), 'mail')} {'is' if len(found.written) == 1 else 'are'} in {found.folder}; nothing was sent."
            )
        else:
            outbox = Outbox(workspace.outbox)
            _say_drafted(workspace, outbox)
            typer.echo(f"{rounds.send(workspace, outbox)}.")
    except (SettingsError, OutboxUnreachable) as problem:
        raise _stopped(str(problem)) from problem


def _say_drafted(workspace: Settings, outbox: "Outbox") -> None:
    from pipelines.message_inputs import report_round, rounds

    drafted = report_round.draft_report(workspace, outbox, rounds.now())
    if drafted.reasons:
        typer.echo(f"The report is delayed, because {'; '.join(drafted.reasons)}.")
    else:
        typer.echo(f"Report {drafted.report_id}: {drafted.new} mails are new.")


@app.command()
def hold(
    report_id: str = typer.Argument(help="Id of an issued report."),
    by: str = typer.Option("", help="Who holds it. Default: IMPACT_ACTOR, else the operating system's user."),
) -> None:
    """Keep the mails of a report from leaving until somebody approves them (`impact messages approve`)."""
    from pipelines.message_inputs import rounds
    from pipelines.messages.outbox import Outbox

    outbox = Outbox(_workspace().outbox)
    keys = [message.key for message in outbox.messages(kind="report") if message.subject == report_id]
    held = outbox.hold(keys, by or decider(), rounds.now())
    typer.echo(f"{held} mails of {report_id} are held." if held else f"No mail of {report_id} waits.")


def _workspace() -> Settings:
    try:
        return settings()
    except SettingsError as problem:
        raise _stopped(str(problem)) from problem


def _stopped(message: str) -> typer.Exit:
    typer.secho(message, fg=typer.colors.RED, err=True)
    return typer.Exit(1)
