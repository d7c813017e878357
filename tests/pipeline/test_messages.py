"""Messages of the demo company: drafted from its warehouse, previewed with names of its vault, written by a dry run, sent to a real server."""

import email
import re
from email import policy
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.message_inputs import rounds
from pipelines.messages.outbox import Outbox
from pipelines.settings import settings
from tests.unit.messages.kills import free_port

pytestmark = pytest.mark.pipeline


@pytest.fixture
def workspace(demo_run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The demo's warehouse with an outbox of the test's own."""
    monkeypatch.setenv("IMPACT_DATA", str(demo_run.data))
    monkeypatch.setenv("IMPACT_OUTBOX", f"sqlite:///{tmp_path / 'outbox.sqlite'}")
    monkeypatch.delenv("IMPACT_WORKSPACE", raising=False)
    return settings()


def impact(*words: str, ends: int = 0) -> str:
    done = CliRunner().invoke(app, ["messages", *words])
    assert done.exit_code == ends, done.output
    return done.output


def test_a_second_look_at_the_same_data_drafts_nothing_new(workspace) -> None:
    first, second = impact("list"), impact("list")
    due, new = re.search(r"(\d+) messages due, (\d+) new", first).groups()
    assert int(due) == int(new) > 20
    assert f"{due} messages due, 0 new" in second
    assert "@" not in first


def test_a_preview_names_both_and_the_outbox_nobody(workspace, tmp_path: Path) -> None:
    impact("list", "--kind", "check_in")
    message = Outbox(workspace.outbox).messages(kind="check_in")[0]
    shown = impact("preview", message.key[:10])
    to = re.search(r"To: (.+) <(.+)>", shown)
    assert to
    assert f"Hello {to[1].split()[0]}," in shown
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert to[2].encode() not in kept
    assert to[1].split()[-1].encode() not in kept


def test_nothing_is_sent_without_approval_allow_list_and_server(workspace) -> None:
    impact("list")
    assert "Say which" in impact("approve", ends=1)
    impact("approve", "--kind", "check_in", "--by", "Ada")
    assert "Nobody is on the allow-list yet" in impact("send", ends=1)
    assert "Send one message to an address of the allow-list first" in impact("send", "--everyone", ends=1)


def test_a_dry_run_writes_what_would_leave_and_changes_nothing(
    workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    impact("list")
    outbox = Outbox(workspace.outbox)
    before = outbox.messages()
    done = rounds.dry_run(workspace, outbox, tmp_path / "dry")
    assert outbox.messages() == before
    assert len(done.written) + len(done.left_out) == len(before)
    mail = email.message_from_bytes(done.written[0].read_bytes(), policy=policy.default)
    assert mail["To"].addresses[0].addr_spec.endswith((".example", ".example.org"))
    assert mail.get_body(("html",)) is not None


def test_a_round_reaches_a_real_server_and_says_what_waits(
    workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = []

    class Server:
        async def handle_DATA(self, server, session, envelope):
            taken.append(envelope.rcpt_tos[0])
            return "250 taken"

    own = tmp_path / "impact.yaml"
    text = (
        workspace.workspace_file.read_text()
        .replace("demo: true", "")
        .replace("programmes: [programmes,", f"programmes: [{workspace.workspace_file.parent / 'programmes'},")
    )
    own.write_text(
        text.replace("levels: levels.yaml\n", "")
        + "\nmessages: {from: Mentoring <mentoring@arbor.example>, coordinators: {all: lead@arbor.example}, allow: [lead@arbor.example]}\n"
    )
    server = Controller(Server(), hostname="127.0.0.1", port=free_port())
    server.start()
    monkeypatch.setenv("IMPACT_WORKSPACE", str(own))
    monkeypatch.setenv("IMPACT_HASH_KEY", "a key of the tests, long enough")
    monkeypatch.setenv("IMPACT_SMTP", f"smtp://127.0.0.1:{server.port}")
    monkeypatch.setattr(rounds, "now", lambda: rounds.datetime(2026, 10, 30, 10, tzinfo=rounds.UTC))
    try:
        impact("list")
        impact("approve", "--kind", "coordinator_digest", "--by", "Ada")
        impact("approve", "--kind", "check_in", "--by", "Ada")
        said = impact("send")
    finally:
        server.stop()
    assert set(taken) == {"lead@arbor.example"}
    assert re.search(r"\d+ sent, \d+ waiting", said)
    assert "not on the allow list" in impact("list", "--state", "approved").replace("\n", " ")
