"""The page Messages: what waits, approving and holding it, and what is said where there is nothing or no outbox."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.messages.outbox import Outbox
from tests.dashboards.reading import OpenPage, texts
from tests.unit.messages.made import due

NOW = datetime.now(UTC)


@pytest.fixture
def outbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    url = f"sqlite:///{tmp_path / 'outbox.sqlite'}"
    monkeypatch.setenv("IMPACT_OUTBOX", url)
    monkeypatch.setenv("IMPACT_ACTOR", "Ada")
    return Outbox(url)


def drafted(outbox: Outbox, *numbers: int) -> None:
    outbox.draft(
        [
            due(number, programme_id="mentoring_a", fields={"last_met": "2026-05-01", "pair": f"P-{number}"})
            for number in numbers
        ],
        NOW,
    )


def test_where_nothing_was_ever_due_the_page_says_what_will_be(open_page: OpenPage, outbox: Outbox) -> None:
    app = open_page("messages")
    assert app.title[0].value == "No message is due"
    assert "impact run" in " ".join(texts(app))


def test_what_waits_is_the_title_and_nobody_is_named(open_page: OpenPage, outbox: Outbox) -> None:
    drafted(outbox, 1, 2, 3)
    app = open_page("messages")
    assert app.title[0].value == "3 messages wait for approval"
    said = " ".join(texts(app))
    assert "Only addresses of the allow-list get messages" in said
    assert "mentee of P-1" in said
    assert "person:" not in said
    assert "mentee1" not in said


def test_approving_asks_once_more_and_keeps_the_name(open_page: OpenPage, outbox: Outbox) -> None:
    drafted(outbox, 1, 2)
    app = open_page("messages")
    app.button(key="approve-0").click().run()
    assert {message.state for message in outbox.messages()} == {"draft"}
    app.button(key="outbox_approve").click().run()
    assert {(message.state, message.approved_by) for message in outbox.messages()} == {("approved", "Ada")}
    assert app.title[0].value == "No message waits for approval"


def test_what_is_held_can_be_approved_again(open_page: OpenPage, outbox: Outbox) -> None:
    drafted(outbox, 1)
    app = open_page("messages")
    app.button(key="hold-0").click().run()
    assert outbox.messages()[0].state == "held"
    app.button(key="release_held").click().run()
    assert outbox.messages()[0].state == "approved"


def test_a_preview_shows_the_text_without_names(open_page: OpenPage, outbox: Outbox) -> None:
    drafted(outbox, 1)
    app = open_page("messages")
    app.button(key="preview-0").click().run()
    assert not app.exception
    (text,) = [element.value for element in app.get("text")]
    assert "[recipient's name] last met on 1 May 2026" in text


def test_failures_are_counted_and_say_why(open_page: OpenPage, outbox: Outbox) -> None:
    drafted(outbox, 1)
    outbox.approve([message.key for message in outbox.messages()], "Ada", NOW)
    message = outbox.claim("sender", datetime.now(UTC))
    assert message is not None
    outbox.settle(message, "failed", NOW, reason="550 unknown")
    said = " ".join(texts(open_page("messages")))
    assert "1 failed" in said
    assert "550 unknown" in said


def test_an_outbox_that_does_not_answer_is_told_and_to_do_still_opens(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMPACT_OUTBOX", "postgresql://nobody:secret@127.0.0.1:1/none")
    app = open_page("messages")
    assert "Check IMPACT_OUTBOX" in app.error[0].value
    assert "secret" not in app.error[0].value
    assert not open_page("todo").exception


def test_to_do_leads_to_what_waits(open_page: OpenPage, outbox: Outbox) -> None:
    drafted(outbox, 1)
    app = open_page("todo")
    assert [link.proto.label for link in app.get("page_link") if "approval" in link.proto.label] == [
        "1 message waits for approval"
    ]
