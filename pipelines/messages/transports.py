"""Where mails go: to an SMTP server, or as `.eml` files into a folder."""

import contextlib
import re
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipelines.messages.dispatch import NotAccepted, TransportDown
from pipelines.told import ToldInWords

SECONDS = 60
LOCAL = ("localhost", "127.0.0.1", "::1")
PORTS = {"smtps": 465, "smtp": 587}


class ServerRefused(ToldInWords, ValueError):
    """IMPACT_SMTP can't be used; the message says how to write it, without the password."""


@dataclass(frozen=True)
class SmtpServer:
    """A mail server. is_tls_first: TLS from the first byte (smtps), else STARTTLS, which only a server on this machine may do without."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    is_tls_first: bool = False

    @property
    def needs_tls(self) -> bool:
        return self.host not in LOCAL


def read_server(url: str) -> SmtpServer:
    """`smtps://user:password@host[:465]` or `smtp://user:password@host[:587]`; special characters of user and password percent-encoded. Raises ServerRefused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ServerRefused("IMPACT_SMTP has no valid port.") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise ServerRefused("IMPACT_SMTP must read smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465 (TLS).")  # fmt: skip
    user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
    return SmtpServer(parts.hostname, port or PORTS[parts.scheme], user, password, parts.scheme == "smtps")


class SmtpTransport:
    """Keeps one connection while it is used; close it, or use it in a `with` block."""

    def __init__(self, server: SmtpServer) -> None:
        self.server = server
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> "SmtpTransport":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Say goodbye, where there is somebody to say it to."""
        if self._connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
        self._connection = None

    def send(self, mail: EmailMessage, address: str) -> None:
        """One recipient a mail. Raises NotAccepted, TransportDown."""
        connection = self._open()
        try:
            connection.send_message(mail, to_addrs=[address])
        except smtplib.SMTPRecipientsRefused as refused:
            code, words = next(iter(refused.recipients.values()))
            raise NotAccepted(_told(code, words, address), is_final=code >= 500, is_address=code >= 500) from None
        except smtplib.SMTPSenderRefused as refused:
            raise NotAccepted(_told(refused.smtp_code, refused.smtp_error, address), is_final=refused.smtp_code >= 500) from None  # fmt: skip
        except smtplib.SMTPNotSupportedError:
            raise NotAccepted("the server can't take an address with letters outside ASCII", is_final=True) from None
        except smtplib.SMTPResponseException as refused:
            raise NotAccepted(_told(refused.smtp_code, refused.smtp_error, address), is_final=refused.smtp_code >= 500) from None  # fmt: skip
        except (smtplib.SMTPException, OSError) as broken:
            # whether it arrived isn't known: it is sent again under the same Message-ID
            self._connection = None
            raise NotAccepted(f"the connection broke off ({type(broken).__name__})") from None

    def _open(self) -> smtplib.SMTP:
        if self._connection is None:
            try:
                self._connection = self._connect()
            except (smtplib.SMTPException, OSError) as broken:
                code = getattr(broken, "smtp_code", "")
                raise TransportDown(f"the mail server {self.server.host}:{self.server.port} can't be used ({type(broken).__name__}{f' {code}' if code else ''}). Check IMPACT_SMTP.") from None  # fmt: skip
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        server, context = self.server, ssl.create_default_context()
        if server.is_tls_first:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
            connection.ehlo()
            if connection.has_extn("starttls"):
                connection.starttls(context=context)
            elif server.needs_tls:
                connection.close()
                raise smtplib.SMTPNotSupportedError("no STARTTLS")
        if server.user:
            connection.login(server.user, server.password or "")
        return connection


class EmlFolder:
    """Writes each mail to a file of its own, readable by its owner only."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written: list[Path] = []

    def send(self, mail: EmailMessage, address: str) -> None:  # noqa: ARG002
        """The file's name is the message's key."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / f"{str(mail['Message-ID']).strip('<>').partition('@')[0]}.eml"
        path.write_bytes(mail.as_bytes(policy=SMTP))
        path.chmod(0o600)
        self.written.append(path)


def _told(code: int, words: bytes | str, address: str) -> str:
    """The server's answer in one line, without the address that servers like to repeat."""
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    text = re.sub(r"<?[^\s<>@]+@[^\s<>]+>?", "<address>", text.replace(address, "<address>"))
    return f"{code} {' '.join(text.split())}"[:300]
