"""What each connector is for, in words: the list of `impact sources`, the blocks of `impact init` and the overview of docs/sources come from here."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Described:
    """One connector. `brings`: canonical tables. `tested`: against what. `bad_data`: cases that its tests hold. `example`: a block of the workspace file; `page`: its page in docs/sources."""

    connector: str
    title: str
    kind: str
    brings: str
    history: str
    changes: str
    tested: str
    bad_data: str
    page: str
    example: str


HRIS, SESSIONS, SURVEYS, FILES = "HRIS and directories", "Sessions", "Surveys", "Files"
PEOPLE = "persons, identifiers, spells, job history"
CALENDAR = "sessions, participants (planned)"
SURVEY = "surveys, questions, responses, answers"

DESCRIBED: tuple[Described, ...] = (
    Described("bamboohr_api", "BambooHR", HRIS, PEOPLE, "yes", "changed tables, weekly full", "stateful server held to the vendor's OpenAPI file", "429, 503, BadPage, forbidden field, changed rows without id, gone people", "bamboohr.md",
        "connector: bamboohr_api\noptions: {company: arbor, api_key: \"${BAMBOOHR_KEY}\", level_field: customJobLevel}"),
    Described("bamboohr", "BambooHR, JSON files", HRIS, PEOPLE, "yes", "no", "records in the vendor's documented shapes", "unsorted rows, shared names, empty dates, ids through a spreadsheet", "bamboohr.md",
        "connector: bamboohr\npath: exports/bamboohr\noptions: {level_field: customJobLevel, zone: Europe/Berlin}"),
    Described("sql", "HRIS in a database", HRIS, "any, by mapping", "where the tables have it", "updated_at with lag, deletes by keys", "real PostgreSQL 15, SQLite", "late commits, deletes, quoted names, sentinels, refused login", "sql.md",
        "connector: sql\nmapping: mappings/hris.yaml\noptions:\n  url: ${HRIS_URL}\n  tables: [{name: employees, table: hr.employees, key: employee_id, updated_at: updated_at}]"),
    Described("scim", "SCIM 2.0 directory", HRIS, "persons, identifiers, job history from the first snapshot", "assumed, from the first snapshot", "no, full", "real scim2-server", "unordered pages, deleted users, inactive users, repeated snapshots", "scim.md",
        "connector: scim\noptions: {base_url: \"https://directory.example.org/scim/v2\", access_token: \"${SCIM_TOKEN}\"}"),
    Described("hibob", "HiBob", HRIS, PEOPLE, "yes", "no, full", "replayed wire format", "both documented shapes, forbidden histories", "hibob.md",
        "connector: hibob\noptions: {user: \"${HIBOB_USER}\", password: \"${HIBOB_TOKEN}\"}"),
    Described("successfactors", "SAP SuccessFactors", HRIS, PEOPLE, "yes, EmpJob", "no, full", "replayed wire format", "server paging, open ends, NO_MANAGER, several slices a day, next link elsewhere", "successfactors.md",
        "connector: successfactors\noptions: {base_url: \"https://api2.successfactors.eu\", access_token: \"${SF_TOKEN}\"}"),
    Described("workday", "Workday (RaaS)", HRIS, PEOPLE, "where the report has it", "no, full", "replayed wire format", "absent fields, workers without key, report in pieces", "workday.md",
        "connector: workday\noptions: {base_url: \"https://wd3-services1.workday.com\", report: tenant/owner/Mentoring_Workers, user: \"${WORKDAY_USER}\", password: \"${WORKDAY_PASSWORD}\"}"),
    Described("oneroster_files", "OneRoster, student register", HRIS, "persons, identifiers, spells", "roles", "no", "Microsoft's and ClassLink's samples", "password column, deleted records, alias headers", "files.md",
        "connector: oneroster_files\npath: exports/students\noptions: {person_kind: student, zone: Europe/Berlin}"),
    Described("caldav", "CalDAV", SESSIONS, CALENDAR, "", "no, window", "real Radicale", "exceptions, summer time, endless series, two copies, private events", "calendars.md",
        "connector: caldav\noptions: {base_url: \"https://calendar.example.org/mentoring/\", user: hr, password: \"${CALENDAR_PASSWORD}\", zone: Europe/Berlin, mentoring: {summary: \"(?i)mentoring\"}}"),
    Described("google_calendar", "Google Calendar", SESSIONS, CALENDAR, "", "no, window", "replayed wire format", "cancelled instances without title, rooms, all-day events", "calendars.md",
        "connector: google_calendar\noptions: {access_token: \"${GOOGLE_TOKEN}\", calendars: [mentor@example.org], zone: Europe/Berlin, mentoring: {summary: \"(?i)mentoring\"}}"),
    Described("msgraph_calendar", "Microsoft 365 calendars", SESSIONS, CALENDAR, "", "no, window", "replayed wire format", "Windows zones, ids of occurrences, removed events", "calendars.md",
        "connector: msgraph_calendar\noptions: {access_token: \"${GRAPH_TOKEN}\", mailboxes: [mentor@example.org], zone: Europe/Berlin, mentoring: {summary: \"(?i)mentoring\"}}"),
    Described("ics_files", "Calendar files (.ics)", SESSIONS, CALENDAR, "", "no", "icalendar's own samples", "broken events, floating times, endless series", "calendars.md",
        "connector: ics_files\npath: exports/calendars\noptions: {zone: Europe/Berlin, mentoring: {summary: \"(?i)mentoring\"}}"),
    Described("zoom", "Zoom reports", SESSIONS, "sessions, participants (attended)", "", "no, window", "replayed wire format", "re-joins, waiting room, participants without address, UUIDs with slashes", "zoom.md",
        "connector: zoom\noptions: {account_id: abc, client_id: def, client_secret: \"${ZOOM_SECRET}\", users: [mentor@example.org], mentoring: {summary: \"(?i)mentoring\"}}"),
    Described("zoom_files", "Zoom reports, CSV", SESSIONS, "sessions, participants (attended)", "", "no", "three shapes made from documentation", "meeting block, totals without times, day and month", "zoom.md",
        "connector: zoom_files\npath: exports/zoom\noptions: {zone: Europe/Berlin, times: \"%m/%d/%Y %I:%M:%S %p\"}"),
    Described("qualtrics_api", "Qualtrics", SURVEYS, SURVEY, "", "no, full", "genuine export behind a local server", "slow and failed exports, identifying columns", "surveys.md",
        "connector: qualtrics_api\nmapping: mappings/surveys.yaml\noptions: {base_url: \"https://fra1.qualtrics.com\", api_key: \"${QUALTRICS_TOKEN}\"}"),
    Described("qualtrics_files", "Qualtrics, CSV", SURVEYS, SURVEY + ", invitations", "", "no", "genuine exports, current and legacy", "three header rows, preview and spam, partials, changed scales", "surveys.md",
        "connector: qualtrics_files\npath: exports/surveys\nmapping: mappings/surveys.yaml"),
    Described("surveymonkey", "SurveyMonkey", SURVEYS, SURVEY, "", "start_modified_at, weekly full", "replayed wire format", "previews, weights, matrix rows, partials", "surveys.md",
        "connector: surveymonkey\nmapping: mappings/surveys.yaml\noptions: {access_token: \"${SURVEYMONKEY_TOKEN}\"}"),
    Described("typeform", "Typeform", SURVEYS, SURVEY, "", "no, full", "replayed wire format", "absent answers, labels, partials, hidden fields", "surveys.md",
        "connector: typeform\nmapping: mappings/surveys.yaml\noptions: {access_token: \"${TYPEFORM_TOKEN}\"}"),
    Described("survey_files", "Google Forms, SurveyMonkey or any table of responses", SURVEYS, SURVEY, "", "no", "files made from documentation", "same line twice, two header rows, undeclared times, reworded questions", "surveys.md",
        "connector: survey_files\npath: exports/forms\nmapping: mappings/forms.yaml"),
    Described("mapped_files", "Any CSV, XLSX or Parquet", FILES, "any, by mapping", "by mapping", "no", "customers' shapes and property tests", "encodings, preambles, wrong widths, mojibake, impossible dates, ids in exponent form", "files.md",
        "connector: mapped_files\npath: exports/platform\nmapping: mappings/platform.yaml"),
    Described("programme_files", "Programme files", FILES, "programmes, goals, cohorts", "", "no", "the demo's programmes", "unknown fields, wrong types, missing owners", "files.md",
        ""),
    Described("match_decisions", "Decisions of the matching workbench", FILES, "match_decisions", "yes, nothing is ever changed", "no", "real SQLite and PostgreSQL stores", "a line that is no decision", "files.md",
        ""),
)  # fmt: skip


def described(connector: str) -> Described:
    """The description of one connector."""
    return next(entry for entry in DESCRIBED if entry.connector == connector)


def overview(entries: Iterable[Described] = DESCRIBED) -> str:
    """The overview table of docs/sources/README.md."""
    lines = [
        "| system | connector | brings | history | changes only | tested against | bad data in its tests |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| [{entry.title}]({entry.page}) | `{entry.connector}` | {entry.brings} | {entry.history or '-'} | {entry.changes} | {entry.tested} | {entry.bad_data} |"
        for entry in entries
    ]
    return "\n".join(lines) + "\n"
