"""Microsoft Graph: the calendar view of the window, series already expanded, for every named mailbox.

Times come as a local time beside a zone's Windows name; UTC is asked for and the original zone kept. An occurrence's iCalUId holds its day; without it, all occurrences and
the copies in other calendars share one UID.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipelines.sources.connector import SESSIONS, Connector, Documentation, Option
from pipelines.sources.json_pages import count, page_of, page_records, part, parts, scalar
from pipelines.sources.mapped_api import newest_pages
from pipelines.sources.records import Extract, SourceFile
from pipelines.sources.remote.client import RemoteClient
from pipelines.sources.remote.extraction import Page, Plan
from pipelines.sources.remote.fetching import Context, RemoteSystem, Stream
from pipelines.sources.remote.reduction import encoded, records_at, reduced_record
from pipelines.sources.shared.authorization import needed_names
from pipelines.sources.shared.graph import calendar_views, graph_client
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

ASKED = "id,iCalUId,type,seriesMasterId,isCancelled,isAllDay,subject,categories,start,end,originalStart,originalStartTimeZone,attendees,organizer,lastModifiedDateTime"
KEPT = (
    "id iCalUId type seriesMasterId isCancelled isAllDay start end originalStart originalStartTimeZone attendees.type attendees.status attendees.emailAddress.address "
    "organizer.emailAddress.address lastModifiedDateTime @removed"
).split()
SERIES = "seriesMasterId"
GLOBAL_OBJECT_ID = "040000008200E00074C5B7101A82E008"
ANSWERS = {"accepted": "accepted", "declined": "declined", "tentativelyaccepted": "tentative", "organizer": "accepted"}


def open_client(context: Context) -> RemoteClient:
    """A client of Graph. Options: `access_token` of an application with Calendars.Read (limit it to the mentors' mailboxes), `mailboxes`."""
    return graph_client(context, prefer='outlook.timezone="UTC", odata.maxpagesize=500, IdType="ImmutableId"')


def streams(context: Context) -> list[Stream]:
    """One stream for all mailboxes; the token is the mailbox's place and the next link."""
    mailboxes = needed_names(context, "mailboxes", "the mentors' addresses")

    def pages(client: RemoteClient, plan: Plan, token: Any) -> Iterator[Page]:
        rules = rules_of_run(context.options, plan.started)
        known = series_kept(context.committed("events"), "value", SERIES)
        mentoring = MentoringFilter(rules, "subject", "categories", SERIES, known)
        for mailbox, content, following in calendar_views(client, mailboxes, rules, ASKED, token):
            kept, others = mentoring.kept(records_at(content, "value"))
            data = {
                "value": [reduced_record(judged_by_title(event, "subject", isCancelled=True), KEPT) for event in kept],
                "left_out": others,
            }
            yield Page(encoded(data), len(kept), following, part=mailbox)

    return [Stream("events", pages)]


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Sessions and participants from the landed pages. Options as of calendar files: window, zone, mentoring, programme_id."""
    rules = read_rules(options)
    records = CalendarRecords()
    for file in newest_pages(files)["events"]:
        content = page_of(file)
        records.left_out["not a mentoring event"] += count(content.get("left_out"))
        events, broken = page_records(file, content, "value")
        records.rejects += broken
        for number, event in events:
            _take(event, file.name, number, rules, records)
    return extract_of(records, rules)


def _take(event: Mapping[str, Any], file: str, number: int, rules: Rules, records: CalendarRecords) -> None:
    if "@removed" in event:  # deleted, or merely moved out of the window: it proves nothing
        records.left_out["removed from the window"] += 1
        return
    is_all_day = truth(event.get("isAllDay"))
    if is_all_day or event.get("type") == "seriesMaster":
        records.left_out["all-day entry" if is_all_day else "a series itself, not a meeting"] += 1
        return
    start_at = _moment(event.get("start"))
    if not scalar(event.get("iCalUId")) or start_at is None:
        records.rejects.append(broken_event(file, number, event, "no iCalUId" if start_at else "no readable start"))
        return
    is_instance = event.get("type") in ("occurrence", "exception")
    zone = iana(str(event.get("originalStartTimeZone") or rules.zone), rules.zone)
    original = moment(event.get("originalStart"), "UTC") or _original(str(event["iCalUId"]), start_at, zone)
    invited = [
        (
            "" if _is_room(entry) else scalar(part(entry.get("emailAddress")).get("address")) or "",
            ANSWERS.get(str(part(entry.get("status")).get("response")).lower(), "none"),
            False,
        )
        for entry in parts(event.get("attendees"))
    ]
    host = scalar(part(part(event.get("organizer")).get("emailAddress")).get("address"))
    records.take(
        PlannedMeeting(
            uid=series_uid(str(event["iCalUId"])),
            recurrence_id=recurrence_stamp(original) if is_instance else None,
            start=start_at,
            end=_moment(event.get("end")),
            zone=zone,
            is_cancelled=bool(truth(event.get("isCancelled"))),
            updated=moment(event.get("lastModifiedDateTime"), "UTC"),
            invited=(*invited, *([(str(host), "none", True)] if host else [])),
            source_file=file,
            source_line=number,
        ),
        event,
    )


def _is_room(entry: Mapping[str, Any]) -> bool:
    return str(entry.get("type")).lower() == "resource"


def _moment(value: Any) -> Any:
    """`{dateTime, timeZone}` as UTC; Graph writes seven digits of a second. None in a zone that only Outlook knows (`Customized Time Zone`)."""
    if not isinstance(value, Mapping) or not value.get("dateTime"):
        return None
    zone = str(value.get("timeZone") or "UTC")
    return moment(str(value["dateTime"]), iana(zone, ""))


def _original(uid: str, start: datetime, zone: str) -> datetime:
    """When an occurrence was planned to start where `originalStart` doesn't say (0001-01-01): on the day that its id carries, at the hour at which it starts now."""
    there = start.astimezone(ZoneInfo(zone))
    try:
        year, month, day = int(uid[32:36], 16), int(uid[36:38], 16), int(uid[38:40], 16)
        return there.replace(year=year, month=month, day=day) if _has_day(uid) else start
    except ValueError:
        return start


def _has_day(uid: str) -> bool:
    return uid.upper().startswith(GLOBAL_OBJECT_ID) and len(uid) >= 40 and uid[32:40] != "00000000"


def series_uid(uid: str) -> str:
    """The UID that all occurrences share: an Exchange id carries the occurrence's day in its bytes 16 to 19 ([MS-OXOCAL] 2.2.1.27)."""
    if uid.upper().startswith(GLOBAL_OBJECT_ID) and len(uid) >= 40:
        return uid[:32] + "00000000" + uid[40:]
    return uid


def iana(zone: str, fallback: str) -> str:
    """The IANA name of a Windows zone; an IANA name as it is."""
    return iana_name(zone) or fallback


SYSTEM = RemoteSystem(open_client, streams)


SPEC = Connector(
    name="msgraph_calendar",
    system="msgraph_calendar",
    read=read,
    tables=SESSIONS,
    remote=SYSTEM,
    follows_the_day=True,
    own_options=(
        *CALENDARS,
        Option("mailboxes", "list", "the mentors' addresses"),
    ),
    documentation=Documentation(
        title="Microsoft 365 calendars",
        kind="Sessions",
        page="calendars.md",
        brings="sessions, participants (planned)",
        changes="no, window",
        tested="replayed wire format",
        bad_data="Windows zones, ids of occurrences, removed events",
        example=(
            "connector: msgraph_calendar\n"
            'options: {access_token: "${GRAPH_TOKEN}", mailboxes: [mentor@example.org], zone: Europe/Berlin, mentoring: {summary: "(?i)mentoring"}}\n'
        ),
    ),
)
