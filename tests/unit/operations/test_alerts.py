"""Who is told of an incident, and how often: a real mail server, and a chat that a real HTTP server stands for."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from pipelines.operations.after_run import after_run
from pipelines.outreach_settings import AlertSettings
from pipelines.settings import Settings, read_workspace
from tests.unit.messages.kills import free_port


@dataclass
class Mailbox:
    """Takes every mail but those to `refused`."""

    port: int = 0
    refused: set[str] = field(default_factory=set)
    mails: list[tuple[str, EmailMessage]] = field(default_factory=list)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.rcpt_tos[0], message_from_bytes(envelope.content, policy=policy.default)))
        return "250 taken"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox(free_port())
    server = Controller(box, hostname="127.0.0.1", port=box.port)
    server.start()
    yield box
    server.stop()


@pytest.fixture
def workspace(tmp_path: Path, mailbox: Mailbox) -> Settings:
    (tmp_path / "impact.yaml").write_text("workspace: arbor\nsources: []\n")
    read = read_workspace(tmp_path / "impact.yaml", data=tmp_path / "data", key=None)
    told = AlertSettings(to=("Ops <ops@arbor.example>", "lead@arbor.example"))
    return replace(read, alerts=told, smtp=f"smtp://127.0.0.1:{mailbox.port}")


def fail(workspace: Settings, run_id: str) -> None:
    after_run(workspace, "everything", run_id, where="raw tables")


def test_a_run_that_fails_again_and_again_is_told_once_and_its_recovery_once(
    workspace: Settings, mailbox: Mailbox
) -> None:
    for number in range(3):
        fail(workspace, f"r{number}")
    after_run(workspace, "everything", "r3")
    after_run(workspace, "everything", "r4")
    subjects = [(to, str(mail["Subject"])) for to, mail in mailbox.mails]
    assert subjects == [
        ("ops@arbor.example", "Mentoring impact, arbor: 1 new problem"),
        ("lead@arbor.example", "Mentoring impact, arbor: 1 new problem"),
        ("ops@arbor.example", "Mentoring impact, arbor: 1 recovered"),
        ("lead@arbor.example", "Mentoring impact, arbor: 1 recovered"),
    ]
    begun, over = mailbox.mails[0][1], mailbox.mails[2][1]
    assert "The run of everything failed at: raw tables." in begun.get_content()
    assert "Recovered" in over.get_content()
    assert begun["Auto-Submitted"] == "auto-generated"
    assert begun["From"].addresses[0].addr_spec == "ops@arbor.example"


def test_an_address_that_is_refused_keeps_nobody_else_from_being_told_nor_repeats_it(
    workspace: Settings, mailbox: Mailbox
) -> None:
    mailbox.refused = {"ops@arbor.example"}
    fail(workspace, "r1")
    fail(workspace, "r2")
    assert [to for to, _ in mailbox.mails] == ["lead@arbor.example"]


def test_where_the_server_does_not_answer_it_is_told_with_the_next_run(workspace: Settings, mailbox: Mailbox) -> None:
    fail(replace(workspace, smtp=f"smtp://127.0.0.1:{free_port()}"), "r1")
    assert not mailbox.mails
    fail(workspace, "r2")
    assert len(mailbox.mails) == 2


def test_a_failed_choice_of_assets_is_over_when_everything_was_run_well(workspace: Settings, mailbox: Mailbox) -> None:
    after_run(workspace, "__ASSET_JOB", "r1", where="dbt models")
    assert "chosen assets" in mailbox.mails[0][1].get_content()
    after_run(workspace, "everything", "r2")
    assert "recovered" in mailbox.mails[-1][1]["Subject"]


@pytest.mark.parametrize("other", ["nonsense", "json://127.0.0.1:1/dead"])
def test_a_chat_is_told_once_whatever_is_wrong_with_another_address(
    workspace: Settings, mailbox: Mailbox, other: str
) -> None:
    heard: list[dict] = []

    class Chat(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Chat)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    chat = f"json://127.0.0.1:{server.server_port}/"
    try:
        for number in range(2):
            fail(replace(workspace, alerts=AlertSettings(), alert_urls=f"{other} {chat}"), f"r{number}")
        after_run(replace(workspace, alerts=AlertSettings(), alert_urls=f"{other} {chat}"), "everything", "well")
    finally:
        server.shutdown()
    assert [(told["title"], told["type"]) for told in heard] == [
        ("Mentoring impact, arbor: 1 new problem", "failure"),
        ("Mentoring impact, arbor: 1 recovered", "success"),
    ]
    assert not mailbox.mails


@pytest.mark.parametrize("name", ["runs.json", "incidents.json"])
def test_a_damaged_note_stops_no_run(workspace: Settings, mailbox: Mailbox, name: str) -> None:
    fail(workspace, "r1")
    (workspace.data / "operations" / name).write_text("{")
    after_run(workspace, "everything", "r2")
    fail(workspace, "r3")
    assert "new problem" in mailbox.mails[-1][1]["Subject"]


def test_a_disk_that_takes_nothing_stops_no_run(workspace: Settings) -> None:
    workspace.data.mkdir()
    (workspace.data / "operations").write_text("a file where a folder belongs")
    after_run(workspace, "everything", "r1")
