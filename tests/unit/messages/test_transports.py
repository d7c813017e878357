"""Real servers: TLS, refusals, and files."""

import smtplib
import ssl
import subprocess
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from pipelines.messages.dispatch import NotAccepted, TransportDown
from pipelines.messages.transports import EmlFolder, ServerRefused, SmtpServer, SmtpTransport, read_server
from tests.unit.messages.kills import free_port


class Box:
    def __init__(self, rcpt: str = "250 OK", data: str = "250 OK") -> None:
        self.rcpt, self.data, self.mails = rcpt, data, []

    async def handle_RCPT(self, server, session, envelope, address, options):
        envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((session.ssl is not None, envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return self.data


@pytest.fixture
def serve():
    running = []

    def start(box: Box, **options) -> int:
        controller = Controller(box, hostname="127.0.0.1", port=free_port(), **options)
        controller.start()
        running.append(controller)
        return controller.port

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        key,
        "-out",
        cert,
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
        "-addext",
        "subjectAltName=DNS:localhost,IP:127.0.0.1",
    ]
    subprocess.run(command, check=True, capture_output=True)
    return cert, key


def mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"], message["Message-ID"] = (
        "Team <m@example.org>",
        "Zoë <zoe@example.org>",
        "Grüße",
        "<k@example.org>",
    )
    message.set_content("Hello")
    return message


def test_a_mail_arrives_encrypted_where_the_server_can(serve, certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    box = Box()
    port = serve(
        box,
        tls_context=context,
        require_starttls=True,
        auth_require_tls=True,
        authenticator=lambda *_: AuthResult(success=True),
    )
    with SmtpTransport(SmtpServer("localhost", port, "user", "p@ss")) as transport:
        transport.send(mail(), "zoe@example.org")
    ((encrypted, sender, to, _),) = box.mails
    assert (encrypted, sender, to) == (True, "m@example.org", ["zoe@example.org"])


def test_a_certificate_that_nobody_vouches_for_stops_all_sending(serve, certificate) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with pytest.raises(TransportDown, match="SSLCertVerificationError"):
        SmtpTransport(SmtpServer("localhost", serve(Box(), tls_context=context))).send(mail(), "zoe@example.org")


def test_a_server_elsewhere_without_tls_gets_nothing(serve, monkeypatch: pytest.MonkeyPatch) -> None:
    box = Box()
    port = serve(box)
    real = smtplib.SMTP
    monkeypatch.setattr(
        "pipelines.messages.transports.smtplib.SMTP",
        lambda host, port, timeout: real("127.0.0.1", port, timeout=timeout),
    )
    with pytest.raises(TransportDown):
        SmtpTransport(SmtpServer("mail.example.org", port)).send(mail(), "zoe@example.org")
    assert not box.mails


@pytest.mark.parametrize(
    ("rcpt", "data", "final", "address"),
    [
        ("550 <zoe@example.org> no", "250 OK", True, True),
        ("451 later", "250 OK", False, False),
        ("250 OK", "554 spam", True, False),
        ("250 OK", "452 full", False, False),
    ],
)
def test_refusals_are_told_apart_and_name_no_address(serve, rcpt: str, data: str, final: bool, address: bool) -> None:
    with (
        pytest.raises(NotAccepted) as refused,
        SmtpTransport(SmtpServer("127.0.0.1", serve(Box(rcpt, data)))) as transport,
    ):
        transport.send(mail(), "zoe@example.org")
    assert (refused.value.is_final, refused.value.is_address) == (final, address)
    assert "zoe" not in str(refused.value)


def test_a_server_that_is_not_there_is_down() -> None:
    with pytest.raises(TransportDown, match="Check IMPACT_SMTP"):
        SmtpTransport(SmtpServer("127.0.0.1", free_port())).send(mail(), "zoe@example.org")


def test_a_servers_address_is_read_and_its_password_never_shown() -> None:
    server = read_server("smtps://mentoring%40example.org:p%40ss%2F1@smtp.example.org")
    assert (server.host, server.port, server.user, server.password, server.is_tls_first) == (
        "smtp.example.org",
        465,
        "mentoring@example.org",
        "p@ss/1",
        True,
    )
    assert "p@ss" not in repr(server)
    for wrong in ("smtp.example.org", "http://x", "smtp://", "smtp://host:port"):
        with pytest.raises(ServerRefused):
            read_server(wrong)


def test_a_dry_run_writes_one_file_a_message_that_mail_programs_open(tmp_path: Path) -> None:
    folder = EmlFolder(tmp_path / "dry")
    folder.send(mail(), "zoe@example.org")
    (written,) = folder.written
    assert written.name == "k.eml"
    assert written.stat().st_mode & 0o077 == 0
