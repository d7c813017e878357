"""Options that several connectors take, said once."""

from pipelines.sources.connector import Option

ZONE = Option("zone", "text", "IANA name of the zone of times that name none, `Europe/Berlin`")
PROGRAMME_ID = Option("programme_id", "text", "the programme of every meeting that is read")
WINDOW = Option("window", "table", "`{from: 2026-01-01, to: 2026-12-31}`; without it five years back and one ahead")
MENTORING = Option("mentoring", "table", 'which meetings count: `{summary: "(?i)mentoring", category: MENTORING}`')
OCCURRENCES = Option(
    "max_occurrences", "number", "occurrences of all series together from which on the source is refused (200,000)"
)
TIMES = Option("times", "text", "how the reports write their times, as a strptime format: `%m/%d/%Y %I:%M:%S %p`")

BASE_URL = Option("base_url", "text", "the system's address, with https://")
ACCESS_TOKEN = Option("access_token", "secret", "a bearer token")
USER = Option("user", "text", "the technical user's name, beside `password`")
PASSWORD = Option("password", "secret", "the technical user's password or token, beside `user`")
AUTHORIZED = (BASE_URL, ACCESS_TOKEN, USER, PASSWORD)
"""What `authorized_client` reads."""

COLUMNS = Option(
    "columns",
    "table",
    "changes to single columns of the mapping that comes with the connector: `{table: {column: {from: field}}}`",
)
REHIRE_DAYS = Option("rehire_days", "number", "days between two employments below which they are one (31)")
PERSON_KIND = Option("person_kind", "text", "who the people are: `employee`, `student`, `alumnus`, `external`")
MAPPED_PEOPLE = (*AUTHORIZED, COLUMNS, REHIRE_DAYS, ZONE)
"""What a system of people takes whose records are read by a mapping of ours."""
CALENDARS = (*AUTHORIZED, MENTORING, PROGRAMME_ID, WINDOW, ZONE)
"""What a system of calendars takes, beside which of them."""
LEVEL_FIELD = Option("level_field", "text", "the field that holds the level")
PAGE_SIZE = Option("page_size", "number", "records asked for at a time")
