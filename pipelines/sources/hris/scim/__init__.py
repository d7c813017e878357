"""SCIM 2.0 (RFC 7643, 7644): a directory of people without history. Ours is the sequence of its snapshots, so it begins with the first one and says so.

What a person's job was before the first snapshot isn't known: the first state is `assumed`, and so is the day on which it began.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from pipelines.sources.cleaning import NO_TEXT_WORDS
from pipelines.sources.connector import Connector, Documentation
from pipelines.sources.conversions import rank_map
from pipelines.sources.histories import job_states
from pipelines.sources.hris.scim.attributes import ENTERPRISE, canonical
from pipelines.sources.json_pages import parts, scalar
from pipelines.sources.json_paths import ABSENT, as_text, value_at
from pipelines.sources.records import (
    Extract,
    SourceFile,
    SourceRefused,
    TableBatch,
    filtered_frame,
    reference,
    rejected,
    rejects_frame,
    rows_frame,
)
from pipelines.sources.remote.client import RemoteClient
from pipelines.sources.remote.extraction import Page, Plan
from pipelines.sources.remote.fetching import Context, RemoteSystem, StartOver, Stream
from pipelines.sources.remote.reduction import NotUnderstood, records_at, reduced_page
from pipelines.sources.shared.authorization import authorized_client, needed
from pipelines.sources.shared.options import AUTHORIZED, LEVEL_FIELD, PAGE_SIZE, PERSON_KIND, ZONE
from pipelines.sources.shared.people import absent_fields, refuse_nobody, unknown_words
from pipelines.sources.shared.snapshots import Listed, history_assumed, job_states_seen, snapshots_of
from pipelines.sources.truth_words import FALSE_WORDS, TRUE_WORDS, truth

KEPT = [
    "id",
    "userName",
    "name.givenName",
    "name.familyName",
    "name.formatted",
    "displayName",
    "emails",
    "active",
    "title",
    "userType",
    "meta.lastModified",
    "meta.resourceType",
    ENTERPRISE,
]
STATUS = {True: "active", False: "inactive", None: "unknown"}
STATE = {
    "job_title": ("title",),
    "department": (f"{ENTERPRISE}#department",),
    "business_unit": (f"{ENTERPRISE}#division", f"{ENTERPRISE}#organization"),
}
MANAGER = tuple(f"{ENTERPRISE}#manager{place}" for place in (".value", ".managerId", "[0].value", ""))
"""Where directories write a manager's id: RFC 7643, SCIM 1.1, a list, and the id alone."""
LISTED = {"resources": "Resources", "totalresults": "totalResults"}
PAGE = 100


def open_client(context: Context) -> RemoteClient:
    """A client of one service provider. Options: `base_url` up to and with the version (…/scim/v2), `access_token`."""
    base = needed(context.source_id, context.options, "base_url", "https://directory.example.org/scim/v2")
    return authorized_client(context, base, Accept="application/scim+json")


def streams(context: Context) -> list[Stream]:
    """All users, 1-based pages. Order isn't promised by the protocol: sorting is asked for, and a count that doesn't fit begins anew."""
    level = [str(context.options["level_field"])] if context.options.get("level_field") else []
    kept = [*KEPT, *(field.partition("#")[0] for field in level)]
    count = int(context.options.get("page_size", PAGE))

    def pages(client: RemoteClient, _plan: Plan, token: Any) -> Iterator[Page]:
        start = int(token or 1)
        seen: set[str] = set()
        is_whole, counts_pages = start == 1, False
        while True:
            total, users = _users(client, start, count)
            seen.update(str(_key(canonical(user))) for user in users)
            # Some directories count the page instead of the list. A first full page that is "all" is asked behind; users that come then prove it.
            counts_pages = counts_pages or (start > total and bool(users))
            may_count_pages = counts_pages or len(users) == total == count
            skipped = is_whole and start + len(users) > total and len(seen) != total
            if not may_count_pages and (skipped or (not users and start <= total)):
                raise StartOver("the directory changed while it was read")
            ends = len(users) < count if may_count_pages else start + len(users) > total
            start += len(users)
            page = reduced_page({"Resources": canonical(users)}, "Resources", kept)
            yield Page(page, len(users), None if ends else start, total=None if may_count_pages else total)
            if ends:
                return

    return [Stream("users", pages)]


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Persons of the newest snapshot, and job history from the first snapshot on."""
    source_id = str(options["source_id"])
    snapshots, rejects = snapshots_of(files, "users", "Resources", _key, canonical)
    if not snapshots:
        raise SourceRefused(f"Source {source_id}: nothing has been fetched yet. Next step: run `impact fetch`.")
    newest = [one for one in snapshots[-1].listed if _is_user(one.record)]
    others = len(snapshots[-1].listed) - len(newest)
    rejects = rejects + [_reject(one) for one in newest if not _key(one.record)]
    people = [one for one in newest if _key(one.record)]
    found = rows_frame("persons", (_person(source_id, one, options) for one in people))
    left_out = filtered_frame({"not a user (a group)": others})
    persons = TableBatch("persons", found, rejects_frame(rejects), left_out)
    refuse_nobody(source_id, persons, remedy="check what the token may read, and that the address is the one of Users")
    identifiers = rows_frame("person_identifiers", (row for one in people for row in _identifiers(source_id, one)))
    state = partial(_state, source_id, options.get("level_field"), rank_map(options.get("levels")))
    jobs, cuts = job_states(rows_frame("job_history", job_states_seen(source_id, snapshots, _key, state, _is_here)))
    return Extract(
        [
            persons,
            TableBatch("person_identifiers", identifiers),
            TableBatch("job_history", jobs),
        ],
        [
            history_assumed(source_id, snapshots[0]),
            *cuts,
            *absent_fields("job_history", _named_level(options), _present(people, _named_level(options))),
            *unknown_words(
                "active", (as_text(one.record.get("active")) for one in people), (*TRUE_WORDS, *FALSE_WORDS)
            ),
        ],
    )


def _named_level(options: Mapping[str, Any]) -> list[str]:
    return [str(options["level_field"])] if options.get("level_field") else []


def _present(people: Sequence[Listed], paths: Sequence[str]) -> set[str]:
    """Those of the paths at which some user has a value."""
    return {path for path in paths if any(_value(one.record, path) for one in people)}


def _key(user: Mapping[str, Any]) -> str | None:
    return scalar(user.get("id"))


def _is_user(user: Mapping[str, Any]) -> bool:
    """Whether a record that says what it is says that it is a user; some directories list groups among them."""
    kind = as_text(value_at(user, "meta.resourceType"))
    return not kind or kind.lower().endswith("user")


def _is_here(user: Mapping[str, Any]) -> bool:
    return _is_user(user) and truth(value_at(user, "active")) is not False


def _work_mail(user: Mapping[str, Any]) -> str | None:
    """The address at work: the primary one, unless that is of home and another is of work."""
    mail = _value(user, "emails[primary=true].value")
    if (_value(user, "emails[primary=true].type") or "").lower() == "home":
        return _value(user, "emails[type=work].value") or mail
    return mail or _value(user, "emails[type=work].value", "emails[0].value")


def _users(client: RemoteClient, start: int, count: int) -> tuple[int, list[dict[str, Any]]]:
    """How many users the directory says it has, and those of one page."""
    question = {"startIndex": start, "count": count, "sortBy": "id", "sortOrder": "ascending"}
    content = {
        LISTED.get(name.lower(), name): value for name, value in dict(client.get("Users", question).json()).items()
    }
    if "totalResults" not in content:
        raise NotUnderstood("it has no 'totalResults'")
    total = int(content["totalResults"])
    # A list without a single user may be left out (RFC 7644, section 3.4.2).
    return total, records_at(content, "Resources") if total or "Resources" in content else []


def _value(user: Mapping[str, Any], *paths: str) -> str | None:
    for path in paths:
        value = value_at(user, path)
        if value is not ABSENT and (text := as_text(value)):
            return text
    return None


def _person(source_id: str, one: Listed, options: Mapping[str, Any]) -> dict[str, Any]:
    user = one.record
    given, family = _value(user, "name.givenName"), _value(user, "name.familyName")
    mail = _work_mail(user)
    return {
        "person_id": reference(source_id, str(_key(user))),
        "person_kind": str(options.get("person_kind", "employee")),
        "given_name": given,
        "family_name": family or (None if given else _whole_name(user)),
        "email_work": mail.lower() if mail else None,
        "status": STATUS[truth(value_at(user, "active"))],
        "home_tz": options.get("zone"),
        **one.lineage(str(_key(user))),
    }


def _whole_name(user: Mapping[str, Any]) -> str | None:
    """The name that nobody has parted. Null is somebody's surname, and nobody's whole name."""
    names = (_value(user, path) for path in ("name.formatted", "displayName"))
    return next((name for name in names if name and name.casefold() not in NO_TEXT_WORDS), None)


def _identifiers(source_id: str, one: Listed) -> Iterator[dict[str, Any]]:
    user = one.record
    person = str(_key(user))
    mails = [_value(entry, "value") for entry in parts(user.get("emails"))]
    name = _value(user, "userName")
    mails += [name] if name and "@" in name else []
    known = [
        (source_id, source_id, person),
        ("employee_number", "employee_number", _value(user, f"{ENTERPRISE}#employeeNumber")),
    ]
    known += [("email", "email", mail) for mail in dict.fromkeys(mail.lower() for mail in mails if mail)]
    for id_type, prefix, value in known:
        if value:
            yield {
                "person_id": reference(source_id, person),
                "id_type": id_type,
                "id_value": reference(prefix, value),
                **one.lineage(f"{person}|{id_type}|{value}"),
            }


def _state(
    source_id: str, level_field: str | None, ranks: Mapping[str, int], user: Mapping[str, Any]
) -> dict[str, Any]:
    """What a person's job is in one snapshot."""
    state: dict[str, Any] = {name: _value(user, *paths) for name, paths in STATE.items()}
    state["level"] = _value(user, str(level_field)) if level_field else None
    state["level_rank"] = ranks.get(state["level"] or "")
    link = _value(user, f"{ENTERPRISE}#manager.$ref")
    manager = _value(user, *MANAGER) or (link.rstrip("/").rpartition("/")[2] if link else None)
    state["manager_person_id"] = reference(source_id, manager)
    return state


def _reject(one: Listed) -> dict[str, Any]:
    return rejected(
        one.file,
        one.number,
        "missing_key",
        "the user has no id",
        "ask the directory's administrator: id is required by RFC 7643",
        one.record,
    )


SYSTEM = RemoteSystem(open_client, streams, keeps_snapshots=True)


SPEC = Connector(
    name="scim",
    system="scim",
    read=read,
    tables=frozenset({"persons", "person_identifiers", "job_history"}),
    remote=SYSTEM,
    own_options=(
        *AUTHORIZED,
        LEVEL_FIELD,
        PAGE_SIZE,
        PERSON_KIND,
        ZONE,
    ),
    documentation=Documentation(
        title="SCIM 2.0 directory",
        kind="HRIS and directories",
        page="scim.md",
        brings="persons, identifiers, job history from the first snapshot",
        history="assumed, from the first snapshot",
        changes="no, full",
        tested="real scim2-server",
        bad_data="unordered pages, deleted users, inactive users, repeated snapshots",
        example=(
            "connector: scim\n"
            'options: {base_url: "https://directory.example.org/scim/v2", access_token: "${SCIM_TOKEN}"}\n'
        ),
    ),
)
