"""Zoom over its API (server-to-server OAuth): the meetings of named hosts in the window, then the participants of those that are mentoring.

Reports are one row per join, times in UTC, durations in seconds; whoever sat in the waiting room wasn't in the meeting. A recurring meeting's id names the series, so instances are
asked for by their UUID, encoded twice where it holds a slash.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from pipelines.sources.connector import SESSIONS, Connector, Documentation, Option
from pipelines.sources.json_pages import count, page_of, page_records, scalar
from pipelines.sources.mapped_api import newest_pages
from pipelines.sources.records import Extract, SourceFile, SourceRefused, rejected
from pipelines.sources.remote.client import RemoteClient, RemoteRefused
from pipelines.sources.remote.extraction import Page, Plan
from pipelines.sources.remote.fetching import Context, RemoteSystem, Stream
from pipelines.sources.remote.reduction import encoded, records_at
from pipelines.sources.shared.attendance import (
    OF_NONE,
    AttendedMeeting,
    extract_of,
    stays_of_none,
)
from pipelines.sources.shared.authorization import needed, needed_names
from pipelines.sources.shared.meeting_rules import Rules, read_rules, rules_of_run
from pipelines.sources.shared.moments import moment
from pipelines.sources.shared.options import ACCESS_TOKEN, BASE_URL, MENTORING, PROGRAMME_ID, WINDOW, ZONE
from pipelines.sources.shared.planned import MentoringFilter
from pipelines.sources.shared.stays import Join, fault_of_stay, seconds_stated

KEPT_OF_MEETINGS = ("uuid", "id", "start_time", "end_time", "duration")
KEPT_OF_PARTICIPANTS = ("name", "user_email", "join_time", "leave_time", "duration", "status", "bo_mtg_id")
MONTH = timedelta(days=30)  # the longest period of one report
NOT_FOUND = 404
ISO = "2026-03-02T09:00:00Z"


def open_client(context: Context) -> RemoteClient:
    """A client of api.zoom.us. Options: `account_id`, `client_id`, `client_secret`, or `access_token`; `users`: the hosts' ids or addresses."""
    options = context.options
    base = str(options.get("base_url", "https://api.zoom.us/v2"))
    token = {"value": options.get("access_token")}

    def headers(renew: bool) -> dict[str, str]:
        if token["value"] is None or (renew and options.get("client_secret")):
            token["value"] = _token(context)
        return {"Authorization": f"Bearer {token['value']}"}

    return RemoteClient(context.source_id, base, budget=context.budget, secrets=context.secrets, headers=headers)


def _token(context: Context) -> str:
    """A token of the account, good for an hour."""
    options = context.options
    pair = f"{needed(context.source_id, options, 'client_id', 'abc')}:{needed(context.source_id, options, 'client_secret', '${ZOOM_SECRET}')}"
    address = str(options.get("token_url", "https://zoom.us/oauth/token"))
    basic = {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    question = {"grant_type": "account_credentials", "account_id": str(options.get("account_id", ""))}
    with RemoteClient(
        context.source_id, address, budget=context.budget, secrets=context.secrets, headers=basic
    ) as client:
        answer = client.request("POST", address, params=question)
    content = answer.json()
    if not isinstance(content, dict) or not content.get("access_token"):
        raise SourceRefused(
            f"Source {context.source_id}: {address} gave no token. Next step: check account_id, client_id and the secret of the server-to-server app."
        )
    return str(content["access_token"])


def streams(context: Context) -> list[Stream]:
    """The hosts' meetings, then their participants."""
    users = needed_names(context, "users", "the hosts whose meetings may be read")

    def meetings(client: RemoteClient, plan: Plan, token: Any) -> Iterator[Page]:
        rules = rules_of_run(context.options, plan.started)
        periods = [(user, start, end) for user in users for start, end in _months(rules, plan)]
        place, page_token = token or (0, "")
        mentoring = MentoringFilter(rules, "topic")
        while place < len(periods):
            user, start, end = periods[place]
            question = {
                "from": start,
                "to": end,
                "page_size": 300,
                "type": "past",
                **({"next_page_token": page_token} if page_token else {}),
            }
            content = client.get(f"report/users/{quote(user, safe='@')}/meetings", question).json()
            page_token = content.get("next_page_token") or ""
            place = place if page_token else place + 1
            kept, others = mentoring.kept(records_at(content, "meetings"))
            data = {
                "meetings": [{name: meeting.get(name) for name in KEPT_OF_MEETINGS} for meeting in kept],
                "left_out": others,
            }
            following = [place, page_token] if place < len(periods) else None
            yield Page(encoded(data), len(kept), following, part=f"{user} {start}")

    def participants(client: RemoteClient, _plan: Plan, token: Any) -> Iterator[Page]:
        listed = [meeting for page in context.committed("meetings") for meeting in json.loads(page)["meetings"]]
        uuids = list(dict.fromkeys(uuid for meeting in listed if (uuid := scalar(meeting["uuid"]))))
        place, page_token = token or (0, "")
        if not uuids:
            yield Page(encoded({"participants": []}), 0)
        while place < len(uuids):
            uuid = uuids[place]
            content = _participants(client, uuid, page_token)
            page_token = content.get("next_page_token") or ""
            place = place if page_token else place + 1
            rows = [
                {name: row.get(name) for name in KEPT_OF_PARTICIPANTS} for row in records_at(content, "participants")
            ]
            following = [place, page_token] if place < len(uuids) else None
            yield Page(encoded({"uuid": uuid, "participants": rows}), len(rows), following, part=uuid)

    return [Stream("meetings", meetings), Stream("participants", participants)]


def _months(rules: Rules, plan: Plan) -> Iterator[tuple[str, str]]:
    """Periods of the report from the window's start to today: it tells of the past only."""
    start, last = rules.start.date(), min(rules.end.date(), plan.started.date())
    while start <= last:
        end = min(start + MONTH, last)
        yield start.isoformat(), end.isoformat()
        start = end + timedelta(days=1)


def _participants(client: RemoteClient, uuid: str, page_token: str) -> Mapping[str, Any]:
    name = quote(uuid, safe="")
    if uuid.startswith("/") or "//" in uuid:
        name = quote(name, safe="")
    question = {"page_size": 300, **({"next_page_token": page_token} if page_token else {})}
    try:
        return client.get(f"report/meetings/{name}/participants", question).json()
    except RemoteRefused as refusal:
        if refusal.status == NOT_FOUND:  # a meeting of one has no report
            return {"participants": []}
        raise


_WAITS = re.compile(r"waiting[\s_-]*room", re.IGNORECASE)


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Sessions and participants of the window from the landed pages, which may tell of more."""
    rules = read_rules(options)
    pages = newest_pages(files)
    left_out = {"not a mentoring meeting": 0, "sat in the waiting room": 0}
    rejects: list[dict[str, Any]] = []
    joins: dict[str, list[Join]] = {}
    for file in pages["participants"]:
        _take_stays(file, joins, rejects, left_out)
    meetings: list[AttendedMeeting] = []
    for file in pages["meetings"]:
        content = page_of(file)
        left_out["not a mentoring meeting"] += count(content.get("left_out"))
        records, broken = page_records(file, content, "meetings")
        rejects += broken
        found = (_meeting(file.name, number, meeting, joins, rules.zone, rejects) for number, meeting in records)
        meetings += [meeting for meeting in found if meeting is not None]
    left_out[OF_NONE] = stays_of_none(joins, meetings)
    return extract_of(meetings, rejects, left_out, rules)


def _take_stays(
    file: SourceFile, joins: dict[str, list[Join]], rejects: list[dict[str, Any]], left_out: dict[str, int]
) -> None:
    """The stays that a page of participants tells, by the UUID of their meeting."""
    content = page_of(file)
    rows, broken = page_records(file, content, "participants")
    rejects += broken
    for number, row in rows:
        if _WAITS.search(str(row.get("status"))):
            left_out["sat in the waiting room"] += 1
            continue
        stated = seconds_stated(row.get("duration"))
        written = scalar(row.get("join_time")), scalar(row.get("leave_time"))
        start, end = (moment(text, "UTC") for text in written)
        fault = fault_of_stay(written, start, end, ISO)
        if fault is not None or start is None or end is None:
            rejects.append(_reject(file.name, number, row, *(fault or ())))
            continue
        joins.setdefault(scalar(content.get("uuid")) or "", []).append(
            Join(scalar(row.get("user_email")), scalar(row.get("name")) or "", start, end, number, stated)
        )


def _meeting(
    file: str,
    number: int,
    meeting: Mapping[str, Any],
    joins: Mapping[str, Sequence[Join]],
    zone: str,
    rejects: list[dict[str, Any]],
) -> AttendedMeeting | None:
    uuid, start = scalar(meeting.get("uuid")), moment(meeting.get("start_time"), "UTC")
    if uuid is None:
        rejects.append(
            _reject(file, number, meeting, "missing_key", "the meeting has no UUID, which names its participants")
        )
        return None
    if start is None:
        rejects.append(_reject(file, number, meeting))
        return None
    end = moment(meeting.get("end_time"), "UTC")
    return AttendedMeeting(uuid, uuid, start, end, zone, file, tuple(joins.get(uuid, ())), source_line=number)


def _reject(
    file: str,
    number: int,
    row: Mapping[str, Any],
    rule: str = "not_a_time",
    reason: str = "a time of the report can't be read",
) -> dict[str, Any]:
    return rejected(file, number, rule, reason, "fetch the report again; if it stays, tell Zoom's support", row)


SYSTEM = RemoteSystem(open_client, streams)


SPEC = Connector(
    name="zoom",
    system="zoom",
    read=read,
    tables=SESSIONS,
    remote=SYSTEM,
    own_options=(
        ACCESS_TOKEN,
        BASE_URL,
        MENTORING,
        PROGRAMME_ID,
        WINDOW,
        ZONE,
        Option("account_id", "text", "account of the server-to-server app"),
        Option("client_id", "text", "client of the server-to-server app"),
        Option("client_secret", "secret", "its secret"),
        Option("token_url", "text", "where the token is asked for, if not at zoom.us"),
        Option("users", "list", "addresses of the people whose meetings are read"),
    ),
    documentation=Documentation(
        title="Zoom reports",
        kind="Sessions",
        page="zoom.md",
        brings="sessions, participants (attended)",
        changes="no, window",
        tested="replayed wire format",
        bad_data="re-joins, waiting room, participants without address, UUIDs with slashes",
        example=(
            "connector: zoom\n"
            'options: {account_id: abc, client_id: def, client_secret: "${ZOOM_SECRET}", users: [mentor@example.org], mentoring: {summary: "(?i)mentoring"}}\n'
        ),
    ),
)
