"""Google Calendar API v3: the window's events, series already expanded by Google, one page after the other for every calendar.

Only mentoring events are kept, and of them only times, state and who was invited. An instance that was cancelled comes with its original start alone (Calendar API v3, Events).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from pipelines.sources.connector import SESSIONS, Connector, Documentation, Option
from pipelines.sources.json_pages import count, page_of, page_records, part, parts, scalar
from pipelines.sources.mapped_api import newest_pages
from pipelines.sources.records import Extract, Finding, SourceFile
from pipelines.sources.remote.client import RemoteClient
from pipelines.sources.remote.extraction import Page, Plan
from pipelines.sources.remote.fetching import Context, RemoteSystem, Stream
from pipelines.sources.remote.reduction import encoded, records_at, reduced_record
from pipelines.sources.shared.authorization import authorized_client, needed_names
from pipelines.sources.shared.meeting_rules import Rules, read_rules, rules_of_run
from pipelines.sources.shared.moments import moment
from pipelines.sources.shared.options import CALENDARS
from pipelines.sources.shared.planned import (
    CalendarRecords,
    MentoringFilter,
    PlannedMeeting,
    broken_event,
    extract_of,
    judged_by_title,
    recurrence_stamp,
    series_kept,
)
from pipelines.sources.times.zones import iana_name
from pipelines.sources.truth_words import truth

SERIES = "recurringEventId"
KEPT = "id status updated iCalUID recurringEventId originalStartTime start end endTimeUnspecified eventType organizer.email organizer.self attendees.email attendees.responseStatus attendees.resource attendeesOmitted".split()
NO_MEETINGS = frozenset({"outofoffice", "focustime", "workinglocation", "birthday"})
NOBODY = ("@resource.calendar.google.com", "@group.calendar.google.com", "unknownorganizer@calendar.google.com")
"""Ends of addresses behind which nobody is: rooms, shared calendars, and an organizer whom Google doesn't know."""

ANSWERS = {"accepted": "accepted", "declined": "declined", "tentative": "tentative"}


def open_client(context: Context) -> RemoteClient:
    """A client of the Calendar API. Options: `access_token` of an account that may read the calendars, `calendars`: their ids."""
    return authorized_client(context, "https://www.googleapis.com/calendar/v3")


def streams(context: Context) -> list[Stream]:
    """One stream for all calendars; the token is the calendar's place and the page's."""
    calendars = needed_names(context, "calendars", "the calendars' ids, for example mentors' addresses")

    def pages(client: RemoteClient, plan: Plan, token: Any) -> Iterator[Page]:
        rules = rules_of_run(context.options, plan.started)
        place, page_token = token or (0, None)
        known = series_kept(context.committed("events"), "items", SERIES)
        mentoring = MentoringFilter(rules, "summary", series=SERIES, known=known)
        while place < len(calendars):
            content = client.get(
                f"calendars/{quote(calendars[place], safe='')}/events", _question(rules, page_token)
            ).json()
            calendar, page_token = calendars[place], content.get("nextPageToken") or None
            place = place if page_token else place + 1
            following = [place, page_token] if place < len(calendars) else None
            yield replace(_page(content, mentoring, following), part=calendar)

    return [Stream("events", pages)]


def _question(rules: Rules, page_token: str | None) -> dict[str, Any]:
    question = {
        "singleEvents": "true",
        "showDeleted": "true",
        "maxResults": 2500,
        "timeMin": rules.start.isoformat(),
        "timeMax": rules.end.isoformat(),
    }
    return {**question, **({"pageToken": page_token} if page_token else {})}


def _page(content: Mapping[str, Any], mentoring: MentoringFilter, following: Any) -> Page:
    """A cancelled instance comes without title, perhaps before its series: it is kept (two times and two ids) and judged by the reader."""
    items = records_at(content, "items")
    titled = [item for item in items if not _is_bare(item)]
    kept, others = mentoring.kept(titled)
    kept += [item for item in items if _is_bare(item) and item.get(SERIES)]
    others += len(items) - len(titled) - sum(_is_bare(item) and bool(item.get(SERIES)) for item in items)
    data = {
        "zone": content.get("timeZone"),
        "items": [reduced_record(judged_by_title(item, "summary", status="cancelled"), KEPT) for item in kept],
        "left_out": others,
    }
    return Page(encoded(data), len(kept), following)


def _is_bare(item: Mapping[str, Any]) -> bool:
    return _is_cancelled(item) and not item.get("iCalUID")


def _is_cancelled(item: Mapping[str, Any]) -> bool:
    return str(item.get("status")).lower() == "cancelled"


def _is_organizers(item: Mapping[str, Any]) -> bool:
    """Whether this is the organizer's own copy: what a guest deletes in the own calendar takes place all the same."""
    return truth(part(item.get("organizer")).get("self")) is True


def _occasion(item: Mapping[str, Any]) -> tuple[str, str]:
    original = part(item.get("originalStartTime"))
    return str(scalar(item.get("iCalUID"))), str(scalar(original.get("dateTime")) or "")


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Sessions and participants from the landed pages. Options as of calendar files: window, zone, mentoring, programme_id."""
    rules = read_rules(options)
    records = CalendarRecords()
    pages = [(file, page_of(file)) for file in newest_pages(files)["events"]]
    uids = {
        item[SERIES]: item["iCalUID"]
        for _, content in pages
        for item in parts(content.get("items"))
        if scalar(item.get(SERIES)) and scalar(item.get("iCalUID"))
    }
    standing = {
        _occasion(item)
        for _, content in pages
        for item in parts(content.get("items"))
        if _is_organizers(item) and not _is_cancelled(item)
    }
    for file, content in pages:
        records.left_out["not a mentoring event"] += count(content.get("left_out"))
        items, broken = page_records(file, content, "items")
        records.rejects += broken
        for number, item in items:
            if _is_bare(item) and scalar(item.get(SERIES)) not in uids:
                records.left_out["not a mentoring event"] += 1
                continue
            if _is_cancelled(item) and not _is_organizers(item) and _occasion(item) in standing:
                records.left_out["copy that a guest deleted"] += 1
                continue
            _take(item, file.name, number, content.get("zone"), uids, rules, records)
    extract = extract_of(records, rules)
    return replace(extract, findings=[*extract.findings, *_shortened(pages)])


def _shortened(pages: Sequence[tuple[SourceFile, Mapping[str, Any]]]) -> list[Finding]:
    """What is told of events whose list of guests Google has left out: who isn't listed may have been invited."""
    events = sum(
        truth(item.get("attendeesOmitted")) is True for _, content in pages for item in parts(content.get("items"))
    )
    if not events:
        return []
    detail = f"{events:,} {'event lists' if events == 1 else 'events list'} not all guests (attendeesOmitted): who took part isn't complete"
    return [Finding("guests_omitted", "session_participants", "google_calendar", detail)]


def _take(
    item: Mapping[str, Any],
    file: str,
    number: int,
    zone: str | None,
    uids: Mapping[str, str],
    rules: Rules,
    records: CalendarRecords,
) -> None:
    original = part(item.get("originalStartTime"))
    start = part(item.get("start") or original)
    end = part(item.get("end"))
    uid = scalar(item.get("iCalUID")) or uids.get(str(item.get("recurringEventId")))
    if start.get("date"):
        records.left_out["all-day entry"] += 1
        return
    if str(item.get("eventType")).lower() in NO_MEETINGS:
        records.left_out["not a mentoring event"] += 1
        return
    start_at = moment(start.get("dateTime"), start.get("timeZone") or zone or rules.zone)
    if uid is None or start_at is None:
        records.rejects.append(broken_event(file, number, item, "no UID" if uid is None else "no readable start"))
        return
    original_at = moment(original.get("dateTime"), original.get("timeZone") or zone or rules.zone)
    invited = [
        (
            "" if truth(entry.get("resource")) else _person(entry),
            ANSWERS.get(str(entry.get("responseStatus")).lower(), "none"),
            False,
        )
        for entry in parts(item.get("attendees"))
    ]
    host = _person(part(item.get("organizer")))
    records.take(
        PlannedMeeting(
            uid=str(uid),
            recurrence_id=recurrence_stamp(original_at) if item.get("recurringEventId") and original_at else None,
            start=start_at,
            end=None
            if truth(item.get("endTimeUnspecified"))
            else moment(end.get("dateTime"), end.get("timeZone") or zone or rules.zone),
            zone=iana_name(str(start.get("timeZone") or zone)) or rules.zone,
            is_cancelled=_is_cancelled(item),
            updated=moment(item.get("updated"), "UTC"),
            invited=(*invited, *([(str(host), "none", True)] if host else [])),
            source_file=file,
            source_line=number,
        ),
        item,
    )


def _person(entry: Mapping[str, Any]) -> str:
    """Somebody's address; empty where nobody is behind it."""
    mail = str(scalar(entry.get("email")) or "")
    return "" if mail.lower().endswith(NOBODY) else mail


SYSTEM = RemoteSystem(open_client, streams)


SPEC = Connector(
    name="google_calendar",
    system="google_calendar",
    read=read,
    tables=SESSIONS,
    remote=SYSTEM,
    follows_the_day=True,
    own_options=(
        *CALENDARS,
        Option("calendars", "list", "ids of the calendars, for example mentors' addresses"),
    ),
    documentation=Documentation(
        title="Google Calendar",
        kind="Sessions",
        page="calendars.md",
        brings="sessions, participants (planned)",
        changes="no, window",
        tested="replayed wire format",
        bad_data="cancelled instances without title, rooms, all-day events",
        example=(
            "connector: google_calendar\n"
            'options: {access_token: "${GOOGLE_TOKEN}", calendars: [mentor@example.org], zone: Europe/Berlin, mentoring: {summary: "(?i)mentoring"}}\n'
        ),
    ),
)
