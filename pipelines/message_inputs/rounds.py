"""One round of messages of a workspace: draft what is due, send what is approved, or write it to files."""

import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parseaddr
from pathlib import Path

from pipelines.checkout import SettingsError
from pipelines.message_inputs.directory import VaultDirectory, mailboxes, people_of, read_contacts
from pipelines.message_inputs.facts import read_facts
from pipelines.message_inputs.programmes import programmes, templates_of, words_of_programmes
from pipelines.messages.compose import Composer, Mail, NoPartner
from pipelines.messages.dispatch import Sender, Tally
from pipelines.messages.etiquette import Etiquette
from pipelines.messages.facts import Invitation
from pipelines.messages.kinds import KINDS
from pipelines.messages.office import NoReport, Office
from pipelines.messages.outbox import Outbox
from pipelines.messages.outbox_rows import Message
from pipelines.messages.render import TemplateRefused
from pipelines.messages.rules import due_messages
from pipelines.messages.transports import EmlFolder, ServerRefused, SmtpTransport, read_server
from pipelines.settings import Settings
from pipelines.warehouse import connect

PLANNED = tuple(kind.name for kind in KINDS.values() if not kind.name.startswith("report"))
"""Kinds that are worked out from the warehouse in full; reports have a round of their own."""


@dataclass(frozen=True)
class Drafted:
    """as_of: the day up to which the data are complete; due: messages due that day; new: of them, how many weren't known."""

    as_of: date
    due: int
    new: int


@dataclass(frozen=True)
class DryRun:
    """written: one file per message; left_out: message and why it would not leave."""

    folder: Path
    written: list[Path]
    left_out: list[tuple[Message, str]]


def now() -> datetime:
    """The time, UTC."""
    return datetime.now(UTC)


def draft_due(workspace: Settings, outbox: Outbox, moment: datetime) -> Drafted:
    """Work out what is due and keep it as drafts. Raises duckdb.Error while a run writes, SettingsError where a programme's file isn't right."""
    with connect(workspace.warehouse, read_only=True) as warehouse:
        facts = read_facts(warehouse, programmes(workspace), own_invitations(outbox))
    due = due_messages(facts)
    _leave_office(workspace, outbox)
    return Drafted(facts.today, len(due), outbox.draft(due, moment, planned=PLANNED))


def _leave_office(workspace: Settings, outbox: Outbox) -> None:
    """For the dashboards, which don't read the workspace file: who sends, and where the templates are."""
    office = office_of(workspace)
    told = {"sender": office.sender, "reply_to": office.reply_to, "team": office.team, "public_url": office.public_url, "templates": str(office.templates), "sends": bool(workspace.smtp)}  # fmt: skip
    outbox.keep_fact("office", json.dumps(told))


def own_invitations(outbox: Outbox) -> list[Invitation]:
    """Surveys to which people were invited from here."""
    sent = outbox.messages(states=("sent",), kind="survey_invitation")
    return [_invitation(message) for message in sent if message.sent_at]


def _invitation(message: Message) -> Invitation:
    sent_on = datetime.fromisoformat(str(message.sent_at)).date()
    closes = date.fromordinal(sent_on.toordinal() + int(message.fields.get("open_days", 21)))
    return Invitation(str(message.fields["survey"]), message.programme_id, message.recipient.removeprefix("person:"), sent_on, closes, None, str(message.fields.get("link", "")))  # fmt: skip


def office_of(workspace: Settings) -> Office:
    """The programme office as the workspace file names it."""
    said = workspace.messages
    etiquette = Etiquette(said.hours.first, said.hours.last, said.zone or workspace.zone or workspace.schedule.zone, said.country, said.week_cap)  # fmt: skip
    allowed = frozenset(parseaddr(address)[1].lower() for address in said.allow)
    return Office(said.sender, said.answers_to, said.team, said.public_url, templates_of(workspace), etiquette, allowed)


def directory_for(workspace: Settings, messages: Iterable[Message]) -> VaultDirectory:
    """Names and addresses that some messages need. Raises duckdb.Error while a run writes the warehouse."""
    from pipelines.message_inputs.reports import words_of_reports

    wanted = list(messages)
    people, pairs = read_contacts(workspace.warehouse, workspace.vault, people_of(wanted))
    mail = workspace.report_mail
    known = mailboxes([*mail.recipients, mail.owner]) if mail else {}
    told = [message.subject for message in wanted if message.kind in ("report", "report_preview")]
    return VaultDirectory(people, pairs, words_of_programmes(workspace), workspace.messages.coordinators, known, words_of_reports(workspace, told))  # fmt: skip


def composer_for(workspace: Settings, outbox: Outbox, messages: Iterable[Message]) -> Composer:
    """What makes mails of some messages."""
    return Composer(office_of(workspace), directory_for(workspace, messages), outbox.secret())


def send(workspace: Settings, outbox: Outbox, *, most: int | None = None) -> Tally:
    """Send what is approved and may leave now. Raises SettingsError where no server is set, duckdb.Error while a run writes."""
    if not workspace.smtp:
        raise SettingsError("IMPACT_SMTP isn't set, so nothing can be sent. Next step: set it as .env.example shows, or use `impact messages send --dry-run`.")  # fmt: skip
    if workspace.messages.answers_to.endswith("@localhost"):
        raise SettingsError(f"{workspace.workspace_file.name} doesn't say whom messages come from. Next step: write `messages: {{from: Mentoring <mentoring@example.org>}}`.")  # fmt: skip
    waiting = outbox.messages(states=("approved", "leased"))
    try:
        server = read_server(workspace.smtp)
    except ServerRefused as wrong:
        raise SettingsError(str(wrong)) from wrong
    with SmtpTransport(server) as transport:
        composer = composer_for(workspace, outbox, waiting)
        return Sender(outbox, composer, transport, now, name=f"{os.uname().nodename if hasattr(os, 'uname') else 'host'}:{os.getpid()}").deliver(most)  # fmt: skip


def compose_one(workspace: Settings, outbox: Outbox, message: Message) -> Mail | str:
    """One message as it would be sent now, or why it can't be."""
    composer = composer_for(workspace, outbox, [message])
    return _composed(composer, outbox, message)


def dry_run(workspace: Settings, outbox: Outbox, folder: Path) -> DryRun:
    """Write every draft and approved message to a file of its own and change nothing; what an earlier dry run wrote is removed."""
    shutil.rmtree(folder, ignore_errors=True)
    waiting = outbox.messages(states=("draft", "approved"))
    composer, files, left = composer_for(workspace, outbox, waiting), EmlFolder(folder), []
    for message in waiting:
        mail = _composed(composer, outbox, message)
        if isinstance(mail, str):
            left.append((message, mail))
        else:
            files.send(mail.message, "")
    return DryRun(folder, files.written, left)


def _composed(composer: Composer, outbox: Outbox, message: Message) -> Mail | str:
    to = composer.directory.contact(message.recipient)
    if to is None or not to.address:
        return "no address is known"
    if outbox.has_opted_out(message.recipient, message.category):
        return "the recipient has opted out"
    try:
        return composer.compose(message, to, now())
    except (NoPartner, NoReport, TemplateRefused) as refused:
        return str(refused)
