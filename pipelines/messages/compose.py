"""A message of the outbox as a mail: words, headers, and the calendar invitation of an introduction."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

from pipelines.messages import opt_out
from pipelines.messages.etiquette import zone_of
from pipelines.messages.first_meeting import Guest, invitation, propose_start
from pipelines.messages.kinds import CATEGORIES, kind_named
from pipelines.messages.office import Contact, Directory, Office
from pipelines.messages.outbox_rows import Message
from pipelines.messages.render import Words, render
from pipelines.messages.why import told_reasons

MILESTONES = {
    "agreement_signed": ("mentoring agreement", "Agree on how you work together and sign it; one page is enough."),
    "goals_set": ("goals", "Write down one to three goals: what will be different, how you will notice, and until when."),
    "mid_check_in": ("half-time check-in", "Look at each goal: what has moved, what has not, what changes in the second half."),
    "closing_assessment": ("closing assessment", "Each of you fills in the closing assessment; it takes five minutes and is confidential."),
}  # fmt: skip
WORK = {
    "silent": (
        "pair has been silent too long for another reminder",
        "pairs have been silent too long for another reminder",
    ),
    "late_milestones": ("milestone is late", "milestones are late"),
    "applicants": ("applicant waits for an answer", "applicants wait for an answer"),
    "unanswered": ("survey invitation is open", "survey invitations are open"),
}


class NoPartner(LookupError):
    """The message speaks of a partner who has no name or address in the vault."""


@dataclass(frozen=True)
class Mail:
    """A composed message and its words."""

    message: EmailMessage
    words: Words


@dataclass(frozen=True)
class Composer:
    """Makes mails for one office. secret: what opt-out links are signed with."""

    office: Office
    directory: Directory
    secret: str

    def compose(self, message: Message, to: Contact, now: datetime, begun: datetime | None = None) -> Mail:
        """begun: when the first message about the same pair left, so that both propose the same hour. Raises TemplateRefused, NoPartner."""
        partner = self._partner(message)
        start = self._first_meeting(message, to, partner, begun or now)
        fields = self._fields(message, to, partner, start)
        kind = kind_named(message.kind)
        words = self._with_footer(message, render(kind.text(message.role), fields, self.office.templates))
        mail = self._envelope(message, to, words, now)
        if start is not None and partner is not None:
            self._invite(mail, message, to, partner, start)
        if fields.get("pdf"):
            mail.add_attachment(fields["pdf"], maintype="application", subtype="pdf", filename="leadership_report.pdf")
        return Mail(mail, words)

    def _partner(self, message: Message) -> Contact | None:
        if message.partner is None:
            return None
        found = self.directory.contact(f"person:{message.partner}")
        if found is None or not found.name:
            raise NoPartner("the partner has no name or address")
        return found

    def _fields(self, message: Message, to: Contact, partner: Contact | None, start: datetime | None) -> dict[str, Any]:
        programme = self.directory.programme(message.programme_id)
        fields: dict[str, Any] = {
            "given_name": to.given_name or "there", "programme": programme.name, "rhythm": programme.rhythm, "team": self.office.team,
            "reply_to": self.office.reply_to, "last_met": "", "link": "", "closes": "", "address": "", **_read_days(message.fields),
        }  # fmt: skip
        if partner is not None:
            fields |= {"partner_name": partner.name, "partner_given_name": partner.given_name or partner.name, "partner_address": partner.address}  # fmt: skip
        if message.kind == "introduction" and partner is not None:
            reasons = told_reasons(self.directory.reasons(message), message.role, fields["partner_given_name"])
            fields |= {"reasons": reasons, "meeting": _told(start, zone_of(to.zone, self.office.etiquette.zone))}
        if message.kind == "milestone_due":
            name, what = MILESTONES.get(str(fields["milestone"]), (str(fields["milestone"]).replace("_", " "), ""))
            fields |= {"milestone": name, "what_to_do": what}
        if message.kind == "coordinator_digest":
            fields |= {"week_of": message.due_on, "address": self.office.link("todo"), "lines": _work_lines(message.fields)}  # fmt: skip
        if message.kind in ("report", "report_preview"):
            fields = {**self.directory.report(message.subject), **fields, "report_id": message.subject}
            fields["address"] = self.office.link("programmes")
        return fields

    def _first_meeting(
        self, message: Message, to: Contact, partner: Contact | None, begun: datetime
    ) -> datetime | None:
        if message.kind != "introduction" or partner is None:
            return None
        return propose_start(begun, [_guest(to), _guest(partner)], self.office.etiquette.zone)

    def _invite(self, mail: EmailMessage, message: Message, to: Contact, partner: Contact, start: datetime) -> None:  # fmt: skip
        key = hashlib.sha256(message.subject.encode()).hexdigest()[:32]
        title = f"First meeting: {self.directory.programme(message.programme_id).name}"
        guests = sorted((_guest(to), _guest(partner)), key=lambda guest: guest.address)
        calendar = invitation(key, start, guests, organiser=self.office.address, title=title, agenda="Getting to know each other, what you want to reach, how you work together, the next date.")  # fmt: skip
        mail.add_alternative(calendar.decode(), subtype="calendar", charset="utf-8", params={"method": "REQUEST"})

    def _with_footer(self, message: Message, words: Words) -> Words:
        kind = kind_named(message.kind)
        if message.recipient.startswith("mailbox:") and kind.category not in CATEGORIES:
            return words
        foot = opt_out.footer(self.secret, message.recipient, kind.category, public_url=self.office.public_url, reply_to=self.office.reply_to)  # fmt: skip
        shown = foot.replace("<", '<a href="').replace(">", '">one click</a>') if "<" in foot else foot
        html = words.html.replace("</div></body>", f'<hr><p style="font-size:13px;color:#52606d">{shown}</p></div></body>')  # fmt: skip
        return Words(words.subject, f"{words.text}\n-- \n{foot}\n", html)

    def _envelope(self, message: Message, to: Contact, words: Words, now: datetime) -> EmailMessage:
        mail = EmailMessage()
        name, address = parseaddr(self.office.sender)
        mail["From"] = Address(name, addr_spec=address)
        mail["To"] = Address(" ".join(to.name.split()), addr_spec=to.address)
        mail["Reply-To"] = self.office.reply_to
        mail["Subject"] = " ".join(words.subject.split())
        mail["Date"] = format_datetime(now.astimezone(UTC))
        mail["Message-ID"] = message_id(message, self.office)
        mail["Auto-Submitted"] = "auto-generated"
        category = kind_named(message.kind).category
        for header, value in opt_out.headers(self.secret, message.recipient, category, public_url=self.office.public_url, reply_to=self.office.reply_to).items():  # fmt: skip
            mail[header] = value
        mail.set_content(words.text)
        mail.add_alternative(words.html, subtype="html")
        return mail


def message_id(message: Message, office: Office) -> str:
    """The same message has the same id, however often it is tried: a mail program shows copies as one."""
    return f"<{message.key}@{office.domain}>"


def _guest(contact: Contact) -> Guest:
    return Guest(contact.name, contact.address, contact.zone, contact.country)


def _told(start: datetime | None, zone: Any) -> str:
    there = start.astimezone(zone) if start else None
    return f"{there:%A} {there.day} {there:%B %Y, %H:%M} ({zone.key})" if there else ""


def _read_days(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields in which ISO days are days again."""
    found = dict(fields)
    for name, value in found.items():
        if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
            found[name] = date.fromisoformat(value)
    return found


def _work_lines(work: Mapping[str, Any]) -> list[str]:
    return [f"{count} {WORK[name][count != 1]}" for name, count in work.items() if name in WORK and count]
