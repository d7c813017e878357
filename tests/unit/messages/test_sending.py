"""What leaves the outbox, what doesn't, and what is left behind."""

import logging
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import icalendar
import pytest

from pipelines.messages.compose import message_id
from pipelines.messages.dispatch import GIVE_UP, NotAccepted, TransportDown
from pipelines.messages.kinds import NUDGES
from pipelines.messages.opt_out import LinkRefused, read_token, token
from pipelines.messages.outbox import LEASE, Outbox
from tests.postgres import running_postgres
from tests.unit.messages.kills import run
from tests.unit.messages.made import NOON, OFFICE, Clock, Directory, Kept, due, office, opened, sender

pytestmark = pytest.mark.slow


def states(box: Outbox) -> dict[str, str]:
    return {message.recipient.partition(":")[2]: message.state for message in box.messages()}


def test_only_what_somebody_approved_is_sent_and_only_once(tmp_path: Path) -> None:
    box, post = opened(tmp_path, due(1)), Kept()
    box.draft([due(1), due(2)], NOON)
    for _ in range(2):
        sender(box, post).deliver()
    assert [address for address, _ in post.mails] == ["mentee1@example.org"]
    assert states(box) == {"mentee1": "sent", "mentee2": "draft"}


def test_a_batch_carries_the_name_of_who_approved_it(tmp_path: Path) -> None:
    (message,) = opened(tmp_path, due(1)).messages()
    assert message.approved_by == "Ada"
    assert message.batch


def test_what_the_programmes_file_approves_needs_no_person(tmp_path: Path) -> None:
    box = opened(tmp_path)
    box.draft([due(1, is_approved=True)], NOON)
    assert box.messages()[0].approved_by == "the programme's file"


def test_what_is_held_stays_until_it_is_approved(tmp_path: Path) -> None:
    box, post = opened(tmp_path, due(1)), Kept()
    assert box.hold([due(1).key], "Grace", NOON) == 1
    sender(box, post).deliver()
    assert not post.mails
    assert box.messages()[0].reason == "held by Grace"
    box.approve([due(1).key], "Grace", NOON)
    sender(box, post).deliver()
    assert len(post.mails) == 1


def test_a_draft_that_is_no_longer_due_is_withdrawn_and_comes_back_as_a_draft(tmp_path: Path) -> None:
    box = opened(tmp_path, due(1))
    box.draft([], NOON, planned=["drift_nudge"])
    assert box.messages()[0].reason == "no longer due"
    box.draft([due(1)], NOON, planned=["drift_nudge"])
    assert box.messages()[0].state == "draft"


def test_who_opted_out_gets_nothing_of_the_category_and_the_rest_still(tmp_path: Path) -> None:
    box, post = opened(tmp_path, due(1), due(1, "closing", fields={"ends": "2026-07-01", "held": 3})), Kept()
    box.opt_out("person:mentee1", NUDGES, NOON, by="link")
    sender(box, post).deliver()
    assert [mail["Subject"] for _, mail in post.mails] == ["Inclusive leadership: closing your time with Mentor1 Doe"]
    assert {message.kind: message.state for message in box.messages()} == {
        "drift_nudge": "suppressed",
        "closing": "sent",
    }


def test_somebody_who_opts_out_while_the_message_is_made_does_not_get_it(tmp_path: Path) -> None:
    box, post = opened(tmp_path, due(1)), Kept()
    declined = lambda step: step == "composed" and box.opt_out("person:mentee1", NUDGES, NOON, by="link")  # noqa: E731
    sender(box, post, observe=declined).deliver()
    assert not post.mails


def test_a_third_message_in_a_week_waits_and_an_essential_one_does_not(tmp_path: Path) -> None:
    more = [due(1, occasion=f"{n}") for n in range(3)]
    box, post, clock = (
        opened(tmp_path, *more, due(1, "closing", fields={"ends": "2026-07-01", "held": 3})),
        Kept(),
        Clock(),
    )
    sender(box, post, clock=clock).deliver()
    assert len(post.mails) == 3
    clock.now += timedelta(days=7)
    sender(box, post, clock=clock).deliver()
    assert len(post.mails) == 4


def test_before_sending_is_opened_only_the_allow_list_gets_messages(tmp_path: Path) -> None:
    box, post = opened(tmp_path, due(1), due(2), everybody=False), Kept()
    sender(box, post, office=office(allowed=frozenset({"mentee2@example.org"}))).deliver()
    assert [address for address, _ in post.mails] == ["mentee2@example.org"]


def test_all_sending_stops_where_somebody_paused_it(tmp_path: Path) -> None:
    box, post = opened(tmp_path, due(1)), Kept()
    box.keep_fact("paused", "Grace")
    sender(box, post).deliver()
    assert not post.mails


def test_a_message_out_of_date_or_without_address_is_not_sent(tmp_path: Path) -> None:
    box, post = opened(tmp_path, due(1, expires_on=date(2026, 6, 1)), due(2), due(3)), Kept()
    sender(box, post, directory=Directory(without=frozenset({"mentee2", "mentor3"}))).deliver()
    assert not post.mails
    assert states(box) == {"mentee1": "suppressed", "mentee2": "failed", "mentee3": "failed"}


def test_a_refusal_for_now_is_tried_again_later_and_later_and_given_up_after_a_day(tmp_path: Path) -> None:
    box, clock, waits = opened(tmp_path, due(1)), Clock(), []
    for _ in range(40):
        began = clock.now
        post = Kept(refuses=[NotAccepted("451 come back")])
        while post.refuses and box.messages()[0].state == "approved":
            sender(
                box, post, clock=clock, office=office(first_hour=datetime.min.time(), last_hour=datetime.max.time())
            ).deliver()
            clock.now += timedelta(minutes=1)
        waits.append(clock.now - began)
        if box.messages()[0].state == "failed":
            break
    assert clock.now - NOON > GIVE_UP
    assert len(waits) < 12
    assert "given up after a day: 451 come back" in box.messages()[0].reason


def test_an_address_that_does_not_exist_is_not_tried_again(tmp_path: Path) -> None:
    box, post = (
        opened(tmp_path, due(1), due(1, occasion="2")),
        Kept(refuses=[NotAccepted("550 unknown", is_final=True, is_address=True)]),
    )
    sender(box, post).deliver()
    assert not post.mails
    assert sorted(message.reason for message in box.messages()) == [
        "550 unknown",
        "the mail server refused this address before",
    ]


def test_a_server_that_is_down_ends_the_round_and_loses_nothing(tmp_path: Path) -> None:
    box, post, clock = opened(tmp_path, due(1), due(2)), Kept(refuses=[TransportDown("can't be reached")]), Clock()
    assert sender(box, post, clock=clock).deliver().stopped == "can't be reached"
    clock.now += timedelta(minutes=10)
    sender(box, post, clock=clock).deliver()
    assert len(post.mails) == 2


def test_what_a_dead_sender_left_is_sent_when_its_lease_ends_under_the_same_id(tmp_path: Path) -> None:
    box, post, clock = opened(tmp_path, due(1)), Kept(), Clock()
    assert box.claim("dead", NOON) is not None
    sender(box, post, clock=clock).deliver()
    assert not post.mails
    clock.now += LEASE
    sender(box, post, clock=clock).deliver()
    assert [mail["Message-ID"] for _, mail in post.mails] == [message_id(box.messages()[0], OFFICE)]


def test_neither_the_outbox_nor_the_log_holds_a_name_or_an_address(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    box, post = (
        opened(tmp_path, due(1), due(2)),
        Kept(refuses=[NotAccepted("550 <address> unknown", is_final=True, is_address=True)]),
    )
    sender(box, post).deliver()
    assert len(post.mails) == 1
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"@example.org" not in kept
    assert b"Doe" not in kept
    assert "example.org" not in caplog.text.replace(OFFICE.address, "")


def test_a_message_says_who_it_is_from_that_a_program_sent_it_and_how_to_decline(tmp_path: Path) -> None:
    box, post = opened(tmp_path, due(1)), Kept()
    sender(box, post, office=office(public_url="https://impact.example.org")).deliver()
    ((_, mail),) = post.mails
    assert mail["From"] == "Mentoring team <mentoring@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].partition(">")[0].removeprefix("<")
    assert read_token(box.secret(), link.rpartition("/")[2]) == ("person:mentee1", NUDGES)
    assert link in mail.get_body(("plain",)).get_content()
    assert f'<a href="{link}">' in mail.get_body(("html",)).get_content()


def test_without_a_public_address_one_declines_by_mail() -> None:
    from pipelines.messages.opt_out import headers

    assert headers("s", "person:a", NUDGES, public_url=None, reply_to="m@example.org") == {
        "List-Unsubscribe": "<mailto:m@example.org?subject=unsubscribe%20nudges>"
    }


def test_a_link_that_was_changed_declines_nothing() -> None:
    good = token("secret", "person:a", NUDGES)
    for bad in (
        good[:-1],
        f"x{good}",
        token("another", "person:a", NUDGES),
        token("secret", "person:a", "essential"),
        "",
    ):
        with pytest.raises(LinkRefused):
            read_token("secret", bad)


def test_an_introduction_says_why_each_from_their_side_and_proposes_one_hour_to_both(tmp_path: Path) -> None:
    pair = [
        due(1, "introduction", fields={}),
        due(1, "introduction", recipient="person:mentor1", partner="mentee1", role="mentor", fields={}),
    ]
    box, post = opened(tmp_path, *pair), Kept()
    sender(
        box, post, directory=Directory({"mentee1": ("Europe/Berlin", "DE"), "mentor1": ("America/New_York", "US")})
    ).deliver()
    texts = {address: mail.get_body(("plain",)).get_content() for address, mail in post.mails}
    assert "Mentor1 can help with what you want to learn: negotiation." in texts["mentee1@example.org"]
    assert "Mentee1 wants to learn what you offer: negotiation." in texts["mentor1@example.org"]
    assert not any("named" in text or "score" in text for text in texts.values())
    events = [
        icalendar.Calendar.from_ical(part.get_content())
        for _, mail in post.mails
        for part in mail.walk()
        if part.get_content_type() == "text/calendar"
    ]
    assert [event["METHOD"] for event in events] == ["REQUEST", "REQUEST"]
    (one, two) = (event.walk("VEVENT")[0] for event in events)
    assert one["UID"] == two["UID"]
    assert one["DTSTART"].dt == two["DTSTART"].dt == datetime(2026, 6, 22, 13, tzinfo=UTC)
    assert {f"{guest}" for guest in one["ATTENDEE"]} == {"mailto:mentee1@example.org", "mailto:mentor1@example.org"}


def test_forty_messages_and_six_kills_lose_nothing_and_copy_at_most_one_a_crash(tmp_path: Path) -> None:
    found = run(tmp_path, messages=40, kills=6)
    assert found["kills"] == 6
    assert found["lost"] == found["after_opt_out"] == found["in_quiet_hours"] == 0
    assert found["copies"] <= found["kills"] + found["connections_dropped"]
    assert found["most_copies_of_one"] <= 1
    assert found["arrived"] + found["refused_by_server"] + found["opted_out"] == found["messages"]


def test_the_outbox_works_in_postgresql_and_two_senders_share_it(tmp_path: Path) -> None:
    with running_postgres() as url:
        box = Outbox(url)
        box.draft([due(number) for number in range(12)], NOON)
        box.approve([due(number).key for number in range(12)], "Ada", NOON)
        claimed = [Outbox(url).claim(f"{n}", NOON) for n in range(3)]
        assert len({message.key for message in claimed if message}) == 3
        box.keep_fact("opened_to_everybody", "Ada")
        post = Kept()
        sender(box, post, clock=Clock(NOON + LEASE)).deliver()
        assert len(post.mails) == 12
