"""Microsoft Graph: the client, the pages of a list, and the calendar view of several mailboxes, series already expanded."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from pipelines.sources.remote.client import RemoteClient
from pipelines.sources.remote.fetching import Context
from pipelines.sources.shared.authorization import authorized_client
from pipelines.sources.shared.meeting_rules import Rules

NEXT = "@odata.nextLink"


def graph_client(context: Context, *, prefer: str) -> RemoteClient:
    """A client of Graph 1.0, with what lists prefer."""
    return authorized_client(context, "https://graph.microsoft.com/v1.0", Prefer=prefer)


def address(*parts: str) -> str:
    """A path of Graph; ids and addresses may hold any character."""
    return "/".join(quote(part, safe="@") for part in parts)


def pages_of(
    client: RemoteClient, paths: Sequence[str], question: Mapping[str, str] | None, token: Any
) -> Iterator[tuple[int, Mapping[str, Any], Any]]:
    """The pages of several lists, one list after the other: place in `paths`, content, and the token of the next page (None behind the last)."""
    place, link = token or (0, None)
    while place < len(paths):
        content = (client.get(link) if link else client.get(paths[place], question)).json()
        asked, link = place, content.get(NEXT) or None
        place = place if link else place + 1
        yield asked, content, [place, link] if place < len(paths) else None


def calendar_views(
    client: RemoteClient, mailboxes: Sequence[str], rules: Rules, fields: str, token: Any
) -> Iterator[tuple[str, Mapping[str, Any], Any]]:
    """The events of the window, mailbox by mailbox: mailbox, content and token of every page."""
    window = {"startDateTime": rules.start.isoformat(), "endDateTime": rules.end.isoformat(), "$select": fields}
    paths = [address("users", mailbox, "calendarView") for mailbox in mailboxes]
    for place, content, following in pages_of(client, paths, window, token):
        yield mailboxes[place], content, following
