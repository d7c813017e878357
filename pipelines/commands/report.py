"""`impact report`: issue the leadership report, list those that were issued, make one again to the byte."""

import typer

from pipelines.settings import Settings, SettingsError, settings

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


def _workspace() -> Settings:
    try:
        return settings()
    except SettingsError as problem:
        raise _stopped(str(problem)) from problem


def _stopped(message: str) -> typer.Exit:
    typer.secho(message, fg=typer.colors.RED, err=True)
    return typer.Exit(1)
