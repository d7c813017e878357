"""The managers' file as one principal may see it: rows of other programmes and other people aren't in it, whatever is asked."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import streamlit as st

from dashboards.access.who import current_principal
from dashboards.snapshot import CONFIG, Snapshot, serving_folder
from pipelines.access.names import NoNames, person_at
from pipelines.access.principal import Principal, Role, Share
from pipelines.access.settings import ALL
from pipelines.serving.snapshot import managers_of

KEEP_SECONDS = 300
PEOPLE = "work_people"
_OF_PAIRS = "pair_id in (select pairs.pair_id from {file}.work_pairs as pairs, {file}.work_people as people where ({people}) and list_contains(list_concat(pairs.mentees, pairs.mentors), people.person_key))"
OF_PEOPLE = {
    "work_pairs": _OF_PAIRS,
    "work_milestones": _OF_PAIRS,
    "work_applicants": "person_key in (select people.person_key from {file}.work_people as people where {people})",
}
"""Tables of which somebody who is responsible for some people of a programme sees those people's rows; of the others nothing."""


def managers_file(snapshot: Snapshot, principal: Principal) -> Snapshot | None:
    """What lists single people, as far as the principal may see it; None where this computer has no such file. Raises NotForYou."""
    principal.must_be(Role.MANAGER)
    path = managers_of(snapshot.path)
    if not path.exists():
        return None
    return Snapshot(path) if principal.sees_everything else Snapshot(path, _views(path, principal))


def managers_or_none(snapshot: Snapshot, programme_id: str = "") -> Snapshot | None:
    """The same for who asks now; None where a programme isn't theirs, or, without one, where they aren't administrators: the page then shows what everybody may see."""
    principal = current_principal()
    is_theirs = principal.may_decide(programme_id) if programme_id else principal.sees_everything
    return managers_file(snapshot, principal) if is_theirs else None


def data_folder() -> Path:
    """IMPACT_DATA, or the folder in which the snapshots' folder lies."""
    return Path(os.environ.get("IMPACT_DATA") or serving_folder().resolve().parent)


def why_nothing(principal: Principal) -> str | None:
    """Why somebody who is responsible for people sees none: nobody can tell which they are. None where that isn't so."""
    if not any(share.line or share.caseload for share in principal.shares):
        return None
    found = _own_key(str(data_folder()), principal.known_as)
    return None if found.startswith(_KEY) else found


def _views(path: Path, principal: Principal) -> tuple[str, ...]:
    """One view per table, made when the file is opened. What isn't of a programme is for administrators, and so is what nobody has thought of yet."""
    tables = _tables(str(path), path.stat().st_mtime_ns)
    whole = _any(_programme(share) for share in principal.shares if share.is_whole)
    limited = [share for share in principal.shares if not share.is_whole] if PEOPLE in tables else []
    file = f'"{path.stem}".main'
    people = [(_programme(share), _people(share, principal)) for share in limited]
    return tuple(
        f'create temp view "{name}" as select * from {file}."{name}" where {_rows(name, whole, people, file) if has_programme else "false"}'
        for name, has_programme in tables.items()
    )


def _rows(name: str, whole: str, people: Iterable[tuple[str, str]], file: str) -> str:
    if name not in OF_PEOPLE:
        return whole
    return _any([whole, *(f"{programme} and {OF_PEOPLE[name].format(file=file, people=who)}" for programme, who in people)])  # fmt: skip


def _programme(share: Share) -> str:
    return "true" if share.programme == ALL else f"programme_id = {_text(share.programme)}"


def _people(share: Share, principal: Principal) -> str:
    """Which rows of `work_people` a share is about."""
    return _any(_people_conditions(share, principal))


def _people_conditions(share: Share, principal: Principal) -> Iterator[str]:
    if share.units:
        units = ", ".join(map(_text, sorted(share.units)))
        yield f"people.department in ({units})"
        yield f"people.business_unit in ({units})"
    own = _own_key(str(data_folder()), principal.known_as) if share.line or share.caseload else ""
    if own.startswith(_KEY):
        key = _text(own.removeprefix(_KEY))
        if share.line:
            yield f"list_contains(people.above, {key})"
        if share.caseload:
            yield f"people.adviser = {key}"


_KEY = "key:"


@st.cache_data(ttl=KEEP_SECONDS, max_entries=256, show_spinner=False)
def _own_key(data: str, address: str) -> str:
    """The pseudonym of who has an address, after `_KEY`; else why it isn't known."""
    try:
        found = person_at(Path(data), address)
    except NoNames as why:
        return f"Which people are yours can't be told: {why}"
    return f"{_KEY}{found}" if found else "Which people are yours can't be told: nobody in the data has your address, or several have."  # fmt: skip


@st.cache_data(max_entries=8, show_spinner=False)
def _tables(path: str, _written: int) -> dict[str, bool]:
    """Tables of a managers' file, and whether they have a programme."""
    with duckdb.connect(path, read_only=True, config=CONFIG) as connection:
        rows = connection.execute("select table_name, bool_or(column_name = 'programme_id') from duckdb_columns() where not internal and database_name = current_database() group by table_name order by table_name").fetchall()  # fmt: skip
    return dict(rows)


def _any(conditions: Iterable[str]) -> str:
    return " or ".join(f"({condition})" for condition in conditions) or "false"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
