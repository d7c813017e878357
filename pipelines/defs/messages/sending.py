"""Jobs and schedules that reach people: approved messages and the monthly report. Each is on once the workspace names a server and whom to write to."""

from datetime import UTC, datetime

import dagster as dg
import duckdb

from pipelines.message_inputs.report_round import draft_report, is_awaited
from pipelines.message_inputs.rounds import send
from pipelines.messages.outbox import Outbox, OutboxUnreachable
from pipelines.settings import settings

EVERY_QUARTER_HOUR = "*/15 * * * *"


@dg.op(description="Send what is approved and may leave now; a report that was delayed is tried again.")
def send_approved(context: dg.OpExecutionContext) -> None:
    """A warehouse that a run is writing is no failure: the next round is in a quarter of an hour."""
    workspace = settings()
    outbox = Outbox(workspace.outbox)
    if workspace.report_mail and is_awaited(outbox):
        draft_report(workspace, outbox, datetime.now(UTC))
    try:
        context.log.info(str(send(workspace, outbox)))
    except duckdb.IOException:
        context.log.info("A run is writing the warehouse; the next round is in a quarter of an hour.")


@dg.op(description="Issue the leadership report and keep its mails: the owner's preview now, everybody's later.")
def mail_report(context: dg.OpExecutionContext) -> None:
    """Behind its gate."""
    workspace = settings()
    found = draft_report(workspace, Outbox(workspace.outbox), datetime.now(UTC))
    context.log.info(f"delayed, because {'; '.join(found.reasons)}" if found.reasons else f"{found.report_id}: {found.new} mails")  # fmt: skip


@dg.job(description="Approved messages leave within their recipients' working hours.")
def send_messages() -> None:
    """One round."""
    send_approved()


@dg.job(description="The leadership report by mail.")
def report_by_mail() -> None:
    """Drafted; `send_messages` takes it away."""
    mail_report()


def next_round(_context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """No run where nothing waits. An outbox that doesn't answer is met by the run, so that its failure is told."""
    outbox = Outbox(settings().outbox)
    try:
        waits = bool(outbox.messages(states=("approved", "leased"))) or is_awaited(outbox)
    except OutboxUnreachable:
        waits = True
    return dg.RunRequest() if waits else dg.SkipReason("No message is approved and unsent.")


@dg.definitions
def defs() -> dg.Definitions:
    """Rounds every quarter of an hour, and the report by mail when the workspace file plans it."""
    workspace = settings()
    on = {True: dg.DefaultScheduleStatus.RUNNING, False: dg.DefaultScheduleStatus.STOPPED}
    rounds = dg.ScheduleDefinition(
        name="messages",
        job=send_messages,
        cron_schedule=EVERY_QUARTER_HOUR,
        execution_fn=next_round,
        default_status=on[workspace.can_send],
        description="Approved messages, every quarter of an hour.",
    )
    report = dg.ScheduleDefinition(
        name="monthly_report_by_mail",
        job=report_by_mail,
        cron_schedule=workspace.schedule.report,
        execution_timezone=workspace.schedule.zone,
        default_status=on[workspace.can_send and workspace.report_mail is not None],
        description="The leadership report to the recipients of the workspace file.",
    )
    return dg.Definitions(jobs=[send_messages, report_by_mail], schedules=[rounds, report])
