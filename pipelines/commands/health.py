"""`impact health`: is the installation well? For people, for cron, and for a monitoring system."""

from collections import Counter
from datetime import UTC, datetime
from typing import Annotated

import typer

from pipelines.commands.words import stop, workspace
from pipelines.messages.outbox import Outbox, OutboxUnreachable
from pipelines.operations import alerts
from pipelines.operations.health import health as health_of
from pipelines.operations.health import metrics as metrics_of
from pipelines.operations.lateness import late_after_hours


def health(
    alert: Annotated[bool, typer.Option(help="Tell whom the workspace names of what is new and what is over, once an incident.")] = False,
    metrics: Annotated[bool, typer.Option(help="Print Prometheus text instead.")] = False,
) -> None:  # fmt: skip
    """Say whether runs succeed, whether one is late, and whether sources are as fresh as agreed. Exit code 1 where something is wrong."""
    here, now = workspace(), datetime.now(UTC)
    if alert and not alerts.is_configured(here):
        stop("Nobody is named to be told. Next step: write `alerts: {to: [ops@example.org]}` and set IMPACT_SMTP, or set IMPACT_ALERTS.")  # fmt: skip
    found = alerts.review(here, now)[0] if alert else health_of(here.data, here.serving, now, late_after_hours(here))  # fmt: skip
    if metrics:
        typer.echo(metrics_of(found, now, _messages(here.outbox)).decode(), nl=False)
        return
    for problem in found.problems:
        typer.echo(problem.words)
    if found.release is None and not found.unreadable:
        typer.echo("Nothing is published yet. Next step: `impact run`.")
    if found.problems or found.release is None:
        raise typer.Exit(1)
    typer.echo(f"All is well. Published {found.release.published_at.day} {found.release.published_at:%B %Y, %H:%M} UTC, data as of {found.release.as_of.day} {found.release.as_of:%B %Y}.")  # fmt: skip


def _messages(url: str) -> Counter[str]:
    try:
        return Counter(message.state for message in Outbox(url).messages())
    except OutboxUnreachable:
        return Counter()
