"""Microsoft Teams over Graph: attendance reports of the online meetings that named organisers have held.

Graph lists no online meetings. They are found by the organisers' calendars: an event's join link names its meeting, a meeting lists a report a session, a report lists who was there and when.
Wire format: learn.microsoft.com, meetingAttendanceReport and attendanceRecord of Graph 1.0. Times are UTC; one that Teams doesn't know is null.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pipelines.sources.connector import SESSIONS, Connector, Documentation, Option
from pipelines.sources.json_pages import count, page_of, page_records, part, parts, reject, scalar
from pipelines.sources.mapped_api import newest_pages
from pipelines.sources.records import Extract, SourceFile
from pipelines.sources.remote.client import RemoteClient, RemoteRefused
from pipelines.sources.remote.extraction import Page, Plan
from pipelines.sources.remote.fetching import Context, RemoteSystem, Stream
from pipelines.sources.remote.reduction import encoded, records_at, reduced_record
from pipelines.sources.shared.attendance import (
    OF_NONE,
    AttendedMeeting,
    extract_of,
    stays_of_none,
)
from pipelines.sources.shared.authorization import needed_names
from pipelines.sources.shared.graph import address, calendar_views, graph_client, pages_of
from pipelines.sources.shared.meeting_rules import Rules, read_rules, rules_of_run
from pipelines.sources.shared.moments import moment
from pipelines.sources.shared.options import AUTHORIZED, MENTORING, WINDOW, ZONE
from pipelines.sources.shared.planned import MentoringFilter, series_kept
from pipelines.sources.shared.stays import Join, fault_of_stay, seconds_stated

SERIES = "seriesMasterId"
ASKED = "id,subject,categories,seriesMasterId,isOrganizer,isOnlineMeeting,onlineMeeting"
KEPT_OF_REPORTS = ("id", "meetingStartDateTime", "meetingEndDateTime")
KEPT_OF_RECORDS = ("emailAddress", "identity.displayName", "attendanceIntervals", "totalAttendanceInSeconds")
NOT_FOUND = 404
ISO = "2026-03-02T09:00:00Z"


def open_client(context: Context) -> RemoteClient:
    """A client of Graph. Options: `access_token` of an application with Calendars.Read, OnlineMeetings.Read.All and OnlineMeetingArtifact.Read.All, `organizers`."""
    return graph_client(context, prefer='outlook.timezone="UTC", odata.maxpagesize=100, IdType="ImmutableId"')


def streams(context: Context) -> list[Stream]:
    """The organisers' meetings, the reports of each, the records of each report."""
    organizers = needed_names(context, "organizers", "the object ids of the users who organise mentoring meetings")

    def meetings(client: RemoteClient, plan: Plan, token: Any) -> Iterator[Page]:
        rules = _rules(context.options, plan)
        known = series_kept(context.committed("meetings"), "value", SERIES)
        mentoring = MentoringFilter(rules, "subject", "categories", SERIES, known)
        for user, content, following in calendar_views(client, organizers, rules, ASKED, token):
            yield _meetings_page(client, user, mentoring, content, following)

    def reports(client: RemoteClient, plan: Plan, token: Any) -> Iterator[Page]:
        rules = _rules(context.options, plan)
        found = _distinct(context.committed("meetings"), "user", "meeting")
        paths = [address("users", user, "onlineMeetings", meeting, "attendanceReports") for user, meeting in found]
        for place, content, following in pages_of(client, paths, None, token):
            user, meeting = found[place]
            yield _reports_page(user, meeting, rules, content, following)
        if not paths:
            yield Page(encoded({"value": [], "left_out": 0}), 0)

    def records(client: RemoteClient, _plan: Plan, token: Any) -> Iterator[Page]:
        found = _distinct(context.committed("reports"), "user", "meeting", "id")
        paths = [
            address("users", user, "onlineMeetings", meeting, "attendanceReports", report, "attendanceRecords")
            for user, meeting, report in found
        ]
        for place, content, following in pages_of(client, paths, None, token):
            report = found[place][2]
            rows = [reduced_record(row, KEPT_OF_RECORDS) for row in records_at(content, "value")]
            yield Page(encoded({"report": report, "value": rows}), len(rows), following, part=report)
        if not paths:
            yield Page(encoded({"report": "", "value": []}), 0)

    return [Stream("meetings", meetings), Stream("reports", reports), Stream("records", records)]


def _rules(options: Mapping[str, Any], plan: Plan) -> Rules:
    """The window, up to now: what lies ahead has no report."""
    rules = rules_of_run(options, plan.started)
    return replace(rules, end=max(rules.start, min(rules.end, plan.started)))


def _distinct(pages: Sequence[bytes], *names: str) -> list[tuple[str, ...]]:
    """The records of committed pages by these values, each once, in order; one that lacks a value leads nowhere. A report is told apart by its id alone: a co-organiser lists it too."""
    found: dict[str, tuple[str, ...]] = {}
    for page in pages:
        for record in json.loads(page)["value"]:
            values = tuple(scalar(record.get(name)) or "" for name in names)
            if all(values):
                found.setdefault(values[-1], values)
    return list(found.values())


def _meetings_page(
    client: RemoteClient, user: str, mentoring: MentoringFilter, content: Mapping[str, Any], following: Any
) -> Page:
    """The meetings behind a page of events: the events themselves and their join links are not kept."""
    kept, others = mentoring.kept(records_at(content, "value"))
    own = [event for event in kept if event.get("isOrganizer")]
    links: dict[str, str] = {}
    for event in own:
        link = scalar(part(event.get("onlineMeeting")).get("joinUrl"))
        if link:
            links.setdefault(link, scalar(event.get(SERIES)) or "")
    ids = {link: _meeting_id(client, user, link) for link in links}
    found = [{"user": user, "meeting": ids[link], SERIES: series} for link, series in links.items() if ids[link]]
    left_out = {
        "not a mentoring meeting": others,
        "organised by somebody who isn't named": len(kept) - len(own),
        "a meeting that Teams doesn't know any more": len(links) - len(found),
        "not held in Teams": sum(not scalar(part(event.get("onlineMeeting")).get("joinUrl")) for event in own),
    }
    return Page(encoded({"value": found, "left_out": left_out}), len(found), following, part=user)


def _meeting_id(client: RemoteClient, user: str, link: str) -> str | None:
    """The id of the meeting behind a join link; None where the meeting is gone."""
    quoted = link.replace("'", "''")
    try:
        content = client.get(address("users", user, "onlineMeetings"), {"$filter": f"JoinWebUrl eq '{quoted}'"}).json()
    except RemoteRefused as refusal:
        if refusal.status == NOT_FOUND:
            return None
        raise
    found = records_at(content, "value")
    return scalar(found[0].get("id")) if found else None


def _reports_page(user: str, meeting: str, rules: Rules, content: Mapping[str, Any], following: Any) -> Page:
    reports = records_at(content, "value")
    inside = [report for report in reports if _is_inside(report, rules)]
    kept = [{"user": user, "meeting": meeting, **reduced_record(report, KEPT_OF_REPORTS)} for report in inside]
    left_out = {"outside the window": len(reports) - len(kept)}
    return Page(encoded({"value": kept, "left_out": left_out}), len(kept), following, part=meeting)


def _is_inside(report: Mapping[str, Any], rules: Rules) -> bool:
    """Whether the session lies in the window; one whose start can't be read is kept, to be rejected."""
    start = moment(report.get("meetingStartDateTime"), "UTC")
    return start is None or rules.start <= start < rules.end


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """One session per report, with who was in it. Raises `SourceRefused`."""
    rules = read_rules(options)
    pages = newest_pages(files)
    rejects: list[dict[str, Any]] = []
    left_out: dict[str, int] = {}
    joins: dict[str, list[Join]] = {}
    for file in pages["records"]:
        content = page_of(file)
        rows, broken = page_records(file, content, "value")
        rejects += broken
        for number, row in rows:
            joins.setdefault(scalar(content.get("report")) or "", []).extend(_joins(file.name, number, row, rejects))
    meetings: dict[str, AttendedMeeting] = {}
    for file in (*pages["meetings"], *pages["reports"]):
        content = page_of(file)
        for reason, rows_left in part(content.get("left_out")).items():
            left_out[reason] = left_out.get(reason, 0) + count(rows_left)
    for file in pages["reports"]:
        rows, broken = page_records(file, page_of(file), "value")
        rejects += broken
        for number, report in rows:
            meeting = _meeting(file.name, number, report, joins, rules.zone, rejects)
            if meeting is not None:
                meetings.setdefault(meeting.session_id, meeting)
    left_out[OF_NONE] = stays_of_none(joins, meetings.values())
    return extract_of(list(meetings.values()), rejects, left_out, rules)


def _meeting(
    file: str,
    number: int,
    report: Mapping[str, Any],
    joins: Mapping[str, Sequence[Join]],
    zone: str,
    rejects: list[dict[str, Any]],
) -> AttendedMeeting | None:
    name, start = scalar(report.get("id")), moment(report.get("meetingStartDateTime"), "UTC")
    if name is None or start is None:
        rejects.append(reject(file, number, report, "has no id" if name is None else "has no readable start"))
        return None
    end = moment(report.get("meetingEndDateTime"), "UTC")
    return AttendedMeeting(name, None, start, end, zone, file, tuple(joins.get(name, ())), source_line=number)


def _joins(file: str, number: int, row: Mapping[str, Any], rejects: list[dict[str, Any]]) -> Iterator[Join]:
    """The stays of one person. One that Teams knows no time of is rejected, alone."""
    mail = scalar(row.get("emailAddress"))
    name = str(scalar(part(row.get("identity")).get("displayName")) or "")
    stays = parts(row.get("attendanceIntervals"))
    if not stays:
        rejects.append(reject(file, number, row, "tells of nobody's coming and going"))
    for stay in stays:
        stated = seconds_stated(stay.get("durationInSeconds"))
        written = scalar(stay.get("joinDateTime")), scalar(stay.get("leaveDateTime"))
        start, end = (moment(text, "UTC") for text in written)
        fault = fault_of_stay(written, start, end, ISO)
        if fault is not None or start is None or end is None:
            rule, reason = fault or ("not_a_time", "a time can't be read")
            rejects.append({**reject(file, number, row, ""), "rule": rule, "reason": reason})
        else:
            yield Join(mail, name, start, end, number, stated)


SPEC = Connector(
    name="teams",
    system="teams",
    read=read,
    remote=RemoteSystem(open_client, streams),
    tables=SESSIONS,
    own_options=(
        *AUTHORIZED,
        Option("organizers", "list", "object ids of the users who organise mentoring meetings"),
        WINDOW,
        MENTORING,
        ZONE,
    ),
    documentation=Documentation(
        title="Microsoft Teams attendance",
        kind="Sessions",
        page="teams.md",
        brings="sessions, participants (attended)",
        changes="no, window",
        tested="replayed wire format",
        bad_data="stays without a time, guests, several reports of a meeting, meetings that are gone, reports listed twice",
        example=(
            "connector: teams\n"
            'options: {access_token: "${GRAPH_TOKEN}", organizers: [16664f75-11dc-4870-bec6-38c1aaa81431], zone: Europe/Berlin, mentoring: {summary: "(?i)mentoring"}}\n'
        ),
    ),
)
