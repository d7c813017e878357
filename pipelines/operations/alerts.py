"""Telling people that something is wrong or well again: by mail through the workspace's server, and to whatever chat IMPACT_ALERTS names."""

import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr

from pipelines.messages.dispatch import NotAccepted, TransportDown
from pipelines.messages.transports import ServerRefused, SmtpTransport, read_server
from pipelines.operations.health import Health, health
from pipelines.operations.incidents import News, watch
from pipelines.operations.lateness import late_after_hours
from pipelines.settings import Settings

LOG = logging.getLogger("impact.alerts")


def review(workspace: Settings, now: datetime | None = None) -> tuple[Health, News]:
    """Look at the installation and tell what is new; nobody is told where the workspace names nobody."""
    moment = now or datetime.now(UTC)
    found = health(workspace.data, workspace.serving, moment, late_after_hours(workspace))
    return found, watch(workspace.data, found.problems, moment, lambda news: tell(workspace, news))


def is_configured(workspace: Settings) -> bool:
    """Whether there is anybody to tell."""
    return bool(workspace.alert_urls.split()) or bool(workspace.alerts.to and workspace.smtp)


def tell(workspace: Settings, news: News) -> bool:
    """Mail and chat; True where at least one of them was reached."""
    title, text = title_of(news, workspace.workspace), text_of(news)
    reached = [
        _mail(workspace, title, text),
        _chat(workspace.alert_urls.split(), title, text, is_failure=bool(news.begun)),
    ]
    return any(reached)


def title_of(news: News, workspace: str) -> str:
    """How many began and how many are over."""
    parts = [f"{len(news.begun)} new problem{'s' if len(news.begun) != 1 else ''}"] if news.begun else []
    parts += [f"{len(news.over)} recovered"] if news.over else []
    return f"Mentoring impact, {workspace}: {', '.join(parts)}"


def text_of(news: News) -> str:
    """One line per incident."""
    begun = [f"- {one.words} Since {_told(one.since)}." for one in news.begun]
    over = [f"- Recovered: {one.words} It began {_told(one.since)}." for one in news.over]
    return "\n".join([*begun, *over])


def _told(moment: str) -> str:
    at = datetime.fromisoformat(moment)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def _mail(workspace: Settings, title: str, text: str) -> bool:
    if not workspace.smtp or not workspace.alerts.to:
        return False
    mail, reached = _mail_of(workspace, title, text), 0
    try:
        with SmtpTransport(read_server(workspace.smtp)) as transport:
            for address in workspace.alerts.to:
                reached += _reaches(transport, mail, parseaddr(address)[1])
    except (TransportDown, ServerRefused) as problem:
        LOG.warning("alert not mailed: %s", problem)
    return reached > 0


def _mail_of(workspace: Settings, title: str, text: str) -> EmailMessage:
    """From the programme office; where the workspace file names none, from the first who is told."""
    named = not workspace.messages.answers_to.endswith("@localhost")
    sender = workspace.messages.sender if named else workspace.alerts.to[0]
    mail = EmailMessage()
    mail["From"], mail["Subject"] = sender, title
    mail["To"] = ", ".join(workspace.alerts.to)
    mail["Date"], mail["Auto-Submitted"] = format_datetime(datetime.now(UTC)), "auto-generated"
    mail["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].rpartition("@")[2])
    mail.set_content(text)
    return mail


def _reaches(transport: SmtpTransport, mail: EmailMessage, address: str) -> bool:
    """One address that isn't accepted keeps nobody else from being told."""
    try:
        transport.send(mail, address)
    except NotAccepted as problem:
        LOG.warning("alert not mailed to one address: %s", problem)
        return False
    return True


def _chat(urls: Sequence[str], title: str, text: str, *, is_failure: bool) -> bool:
    """True where at least one address took it: who was told is told once, also where another address is dead."""
    if not urls:
        return False
    from apprise import Apprise, NotifyType

    kind, reached = NotifyType.FAILURE if is_failure else NotifyType.SUCCESS, 0
    for place, url in enumerate(urls, 1):
        channel = Apprise()  # one for each: of several together apprise says only that one of them failed
        if not channel.add(url):
            LOG.warning("entry %d of IMPACT_ALERTS is no address that apprise knows", place)
        elif channel.notify(title=title, body=text, notify_type=kind):
            reached += 1
        else:
            LOG.warning("entry %d of IMPACT_ALERTS didn't take the alert", place)
    return reached > 0
