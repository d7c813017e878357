"""The leadership report by mail: the gate, a preview for its owner, and then everybody; or a word that it is delayed, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parseaddr

from pipelines.checkout import SettingsError
from pipelines.message_inputs.reports import words_of_reports
from pipelines.messages.due import Due, mailbox
from pipelines.messages.outbox import Outbox
from pipelines.outreach_settings import ReportSettings
from pipelines.serving.release_health import ReleaseHealth, release_health
from pipelines.serving.snapshot import current
from pipelines.settings import Settings

WHOLE = "organisation"
KEEPS_DAYS = 21
AWAITED = "report_awaited"
"""Fact under which the outbox keeps the period whose report is delayed."""


@dataclass(frozen=True)
class ReportRound:
    """report_id: what goes out, None where the gate is closed; reasons: why it is; new: messages that weren't known."""

    report_id: str | None
    reasons: tuple[str, ...]
    new: int


def gate(health: ReleaseHealth | None) -> tuple[str, ...]:
    """Why the report must not leave; empty where it may."""
    if health is None:
        return ("nothing is published yet",)
    reasons = [f"the newest record of {one.source_id} is {one.age_days} days old, {one.limit}" for one in health.stale]  # fmt: skip
    if health.failed_checks:
        reasons.append(f"a check of the data isn't met ({health.failed_checks[0]})")
    if health.worked_out:
        reasons.append("the audit found that hidden counts could be worked out")
    return tuple(reasons)


def mail_settings(workspace: Settings) -> ReportSettings:
    """Raises SettingsError where the workspace file names no recipients."""
    if workspace.report_mail is None:
        raise SettingsError(f"{workspace.workspace_file.name} names nobody who gets the report. Next step: write `report: {{owner: you@example.org, recipients: [...]}}`; docs/guides/messages.md shows every entry.")  # fmt: skip
    return workspace.report_mail


def draft_report(workspace: Settings, outbox: Outbox, now: datetime) -> ReportRound:
    """Issue the report and keep its mails: the preview may leave at once, the others `preview_hours` later, unless somebody holds them. A report is never drafted twice for one address."""
    mail = mail_settings(workspace)
    reasons = gate(release_health(workspace.serving))
    if reasons:
        period = f"{now:%Y-%m}"
        outbox.keep_fact(AWAITED, period)
        return ReportRound(None, reasons, outbox.draft(delayed(mail, f"{now:%B %Y}", reasons, now), now))
    report_id, told = _issued(workspace)
    outbox.keep_fact(AWAITED, None)
    return ReportRound(report_id, (), outbox.draft(report_messages(mail, report_id, told, now), now))


def is_awaited(outbox: Outbox) -> bool:
    """Whether recipients were told that the report is delayed and haven't got it."""
    return outbox.fact(AWAITED) is not None


def report_messages(mail: ReportSettings, report_id: str, told: Mapping[str, object], now: datetime) -> list[Due]:
    """One mail per recipient, and the preview."""
    leaves = now + timedelta(hours=mail.preview_hours)
    fields: dict[str, str | int] = {
        "period": str(told.get("period", "")),
        "recipients": len(mail.recipients),
        "goes_on": f"{leaves.date()}",
    }
    due = [_due("report", address, report_id, "report", now, leaves) for address in mail.recipients]
    return [*due, _due("report_preview", mail.owner, report_id, "preview", now, now, fields)] if mail.preview_hours else due  # fmt: skip


def delayed(mail: ReportSettings, period: str, reasons: tuple[str, ...], now: datetime) -> list[Due]:
    """Once a period, whatever the reason becomes."""
    fields: dict[str, str | int] = {"period": period, "because": "; ".join(reasons)}
    addresses = dict.fromkeys((*mail.recipients, mail.owner))
    return [_due("report_delayed", address, f"{now:%Y-%m}", "delayed", now, now, fields) for address in addresses]


def _due(kind: str, address: str, subject: str, occasion: str, now: datetime, leaves: datetime, fields: Mapping[str, str | int] | None = None) -> Due:  # fmt: skip
    expires = date.fromordinal(leaves.date().toordinal() + KEEPS_DAYS)
    return Due(kind, mailbox(parseaddr(address)[1]), WHOLE, subject, occasion, now.date(), expires, fields=fields or {}, is_approved=True, not_before=leaves)  # fmt: skip


def _issued(workspace: Settings) -> tuple[str, Mapping[str, object]]:
    from dashboards.reports.archive import issue, issued

    published = current(workspace.serving)
    if published is None:
        raise SettingsError("Nothing is published yet. Run `impact run` first.")
    issue(published, workspace.reports)
    report_id = issued(workspace.reports)[-1].report_id
    told = words_of_reports(workspace, [report_id])
    if report_id not in told:
        raise SettingsError(f"The report {report_id} was issued by a version that kept no summary for mails. Next step: `impact run`, which issues the next one.")  # fmt: skip
    return report_id, told[report_id]
