"""The leadership report by mail: a gate, a preview, a way to hold it, and never the same report twice."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipelines.checkout import SettingsError
from pipelines.message_inputs import report_round
from pipelines.message_inputs.directory import mailboxes
from pipelines.messages.outbox import Outbox
from pipelines.outreach_settings import ReportSettings
from pipelines.serving.release_health import SourceAge, release_health
from pipelines.settings import Settings, read_workspace
from tests.unit.messages.made import NOON, Clock, Directory, Kept, opened, sender

OWNER, CHIEF, BOARD = "owner@example.org", "chief@example.org", "Board <board@example.org>"
SAYS = "report: {owner: owner@example.org, recipients: [chief@example.org, Board <board@example.org>]}"
FRESH = SourceAge("hris", 3, 35, False)


@pytest.fixture
def healthy(published: Path):
    return replace(release_health(published.parent), sources=(FRESH,), failed_checks=(), worked_out=0)


@pytest.fixture
def workspace(tmp_path: Path) -> Settings:
    file = tmp_path / "impact.yaml"
    file.write_text(f"workspace: mine\nsources: []\n{SAYS}\n")
    return read_workspace(file, data=tmp_path, key="a key of the tests, long enough")


class Mailboxes(Directory):
    def contact(self, recipient: str):
        address = mailboxes([OWNER, CHIEF, BOARD])[recipient]
        return replace(super().contact("person:x"), address=address.rpartition("<")[2].strip(">"))


def drafted(monkeypatch: pytest.MonkeyPatch, workspace: Settings, box: Outbox, health, report_id: str = "0001-r"):
    monkeypatch.setattr(report_round, "release_health", lambda serving: health)
    monkeypatch.setattr(report_round, "_issued", lambda workspace: (report_id, {"period": "May 2026"}))
    return report_round.draft_report(workspace, box, NOON)


def test_the_owner_sees_it_a_day_before_everybody_else(tmp_path: Path, monkeypatch, workspace, healthy) -> None:
    box, post, clock = opened(tmp_path), Kept(), Clock()
    drafted(monkeypatch, workspace, box, healthy)
    sender(box, post, directory=Mailboxes(), clock=clock).deliver()
    assert [address for address, _ in post.mails] == ["owner@example.org"]
    clock.now += timedelta(hours=24)
    sender(box, post, directory=Mailboxes(), clock=clock).deliver()
    assert sorted(address for address, _ in post.mails[1:]) == ["board@example.org", "chief@example.org"]


def test_a_report_is_drafted_once_however_often_it_is_asked_for(
    tmp_path: Path, monkeypatch, workspace, healthy
) -> None:
    box = opened(tmp_path)
    assert [drafted(monkeypatch, workspace, box, healthy).new for _ in range(3)] == [3, 0, 0]


def test_what_is_held_during_the_preview_does_not_leave(tmp_path: Path, monkeypatch, workspace, healthy) -> None:
    box, post = opened(tmp_path), Kept()
    drafted(monkeypatch, workspace, box, healthy)
    box.hold([message.key for message in box.messages(kind="report")], "Ada", NOON)
    sender(box, post, directory=Mailboxes(), clock=Clock(NOON + timedelta(hours=25))).deliver()
    assert [address for address, _ in post.mails] == ["owner@example.org"]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (
            {"sources": (SourceAge("surveys", 91, 35, True),)},
            "the newest record of surveys is 91 days old, 35 were agreed",
        ),
        ({"failed_checks": ("persons: one row per key",)}, "a check of the data isn't met (persons: one row per key)"),
        ({"worked_out": 1}, "the audit found that hidden counts could be worked out"),
    ],
)
def test_where_the_gate_is_closed_everybody_is_told_why_once_and_gets_no_numbers(
    tmp_path: Path, monkeypatch, workspace, healthy, fault, words: str
) -> None:
    box, post = opened(tmp_path), Kept()
    for _ in range(2):
        found = drafted(monkeypatch, workspace, box, replace(healthy, **fault))
    assert (found.report_id, found.reasons) == (None, (words,))
    assert report_round.is_awaited(box)
    sender(box, post, directory=Mailboxes()).deliver()
    assert len(post.mails) == 3
    assert all(words in mail.get_body(("plain",)).get_content() for _, mail in post.mails)
    drafted(monkeypatch, workspace, box, healthy)
    assert not report_round.is_awaited(box)


def test_nothing_published_is_a_closed_gate() -> None:
    assert report_round.gate(None) == ("nothing is published yet",)


def test_the_outbox_holds_no_address_of_a_recipient(tmp_path: Path, monkeypatch, workspace, healthy) -> None:
    box = opened(tmp_path)
    drafted(monkeypatch, workspace, box, healthy)
    assert b"chief@example.org" not in b"".join(path.read_bytes() for path in tmp_path.glob("outbox*"))


def test_a_workspace_without_recipients_is_told_what_to_write(workspace: Settings) -> None:
    with pytest.raises(SettingsError, match="write `report:"):
        report_round.mail_settings(replace(workspace, report_mail=None))


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("report: {owner: nobody, recipients: [a@example.org]}", "is no address"),
        ("report: {owner: a@example.org}", "recipients"),
        ("messages: {form: a@example.org}", "form"),
        ("messages: {zone: Middle/Earth}", "is no IANA zone"),
        ("messages: {public_url: 'javascript:x'}", "public_url"),
    ],
)
def test_what_the_workspace_file_says_wrongly_is_named(tmp_path: Path, lines: str, words: str) -> None:
    file = tmp_path / "impact.yaml"
    file.write_text(f"workspace: mine\nsources: []\n{lines}\n")
    with pytest.raises(SettingsError, match=words):
        read_workspace(file, data=tmp_path, key="a key of the tests, long enough")


def test_the_pdf_is_attached_only_where_the_file_says_so() -> None:
    assert not ReportSettings(owner=OWNER, recipients=(CHIEF,)).attach
