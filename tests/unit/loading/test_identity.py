"""Who somebody is from load to load: what lists of two or three months say of ids, addresses, names and first days, and who is one person by it."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import duckdb
import pytest

from pipelines.loading.identity import remember_identities
from pipelines.loading.schemas import prepare_schemas
from pipelines.loading.vault import PERSONS, draft_vault

pytestmark = pytest.mark.slow

DAYS = (date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1))
KEY = b"a key for tests"


class Row(NamedTuple):
    """A line of a list of people."""

    no: str
    given: str | None = None
    family: str | None = None
    mail: str | None = None
    hired: str | None = None
    left: str | None = None


Held = dict[str, list[tuple[str, str | None, str | None]]]


def loads(*lists: Sequence[Row], days: Sequence[date] = DAYS) -> tuple[Held, dict[str, int]]:
    """Load list after list: value of an identifier to who holds it from when to when, and what was counted at last."""
    with duckdb.connect() as warehouse:
        prepare_schemas(warehouse)
        draft_vault(warehouse, None)
        counts: dict[str, int] = {}
        for day, rows in zip(days, lists, strict=False):
            for table in ("raw_people.persons", "raw_people.person_identifiers", PERSONS):
                warehouse.execute(f"delete from {table}")
            for row in rows:
                _insert(warehouse, "raw_people.persons", person_id=row.no, original_hire_date=row.hired, termination_date=row.left, is_deleted=False)  # fmt: skip
                _insert(warehouse, PERSONS, person_id=row.no, given_name=row.given, family_name=row.family)
                if row.mail:
                    _insert(warehouse, "raw_people.person_identifiers", person_id=row.no, id_type="email", id_value=row.mail, is_deleted=False)  # fmt: skip
            counts = remember_identities(warehouse, "hr", f"load-{day}", day, KEY)
        query = "select id_value, person_id, cast(valid_from as varchar), cast(valid_to as varchar) from identity.identifiers_in_force order by valid_from nulls first, id_value, person_id"
        held: Held = {}
        for value, *holder in warehouse.execute(query).fetchall():
            held.setdefault(value, []).append(tuple(holder))
        return held, counts


def _insert(warehouse: duckdb.DuckDBPyConnection, table: str, **values: object) -> None:
    values = {"source_instance": "hr", **values}
    marks = ", ".join("?" for _ in values)
    warehouse.execute(f"insert into {table} ({', '.join(values)}) values ({marks})", list(values.values()))


def holders(held: Held, value: str) -> set[str]:
    return {person for person, *_ in held[value]}


OTHERS = [Row(f"o{n}", f"Given {n}", f"Family {n}", f"o{n}@x", "2020-01-01") for n in range(5)]
ED = Row("1", "Ed", "Lee", "ed@x", "2024-01-01")

THE_SAME_PERSON = {
    "an address was changed": ED._replace(mail="eddy@x"),
    "a marriage: family name and address on one day": ED._replace(family="Noor", mail="ed.noor@x"),
    "a marriage while the first day was corrected": ED._replace(family="Noor", hired="2024-02-01"),
    "a name was mistyped and the first day was too late": ED._replace(given="Edd", mail="edd@x", hired="2023-01-01"),
    "the other script of a name": ED._replace(given="Эд", family="Ли"),
    "given and family name turned round": ED._replace(given="Lee", family="Ed", hired=None),
}


@pytest.mark.parametrize("change", THE_SAME_PERSON)
def test_who_keeps_the_number_and_a_name_or_the_address_stays_who_they_are(change: str) -> None:
    held, counts = loads([ED, *OTHERS], [THE_SAME_PERSON[change], *OTHERS])
    assert holders(held, "1") == {"1"}
    assert counts["id_reused"] == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [(("José", "Núñez-Gil"), ("JOSE", "Nunez Gil")), (("IŞIL", "İnce"), ("Işıl", "ince")), (("", ""), ("Ed", "Lee"))],
)
def test_case_accents_and_hyphens_of_a_name_are_no_other_person(
    before: tuple[str, str], after: tuple[str, str]
) -> None:
    first, second = (Row("1", *names, mail) for names, mail in ((before, "a@x"), (after, "b@x")))
    held, counts = loads([first, *OTHERS], [second, *OTHERS])
    assert (holders(held, "1"), counts["id_reused"]) == ({"1"}, 0)


ANOTHER_PERSON = {
    "with another first day": (ED, Row("1", "Ana", "Roe", "ana@x", "2026-03-15"), "2026-03-15"),
    "with the same family name": (ED, Row("1", "Ana", "Lee", "ana@x", "2026-03-15"), "2026-03-15"),
    "with the address of the place": (ED, Row("1", "Ana", "Roe", "ed@x", "2026-03-15"), "2026-03-15"),
    "where no first days are told": (ED._replace(hired=None), Row("1", "Ana", "Roe", "ana@x"), "2026-04-01"),
    "where no names are told": (Row("1", mail="ed@x", hired="2024-01-01"), Row("1", mail="ana@x", hired="2026-03-15"), "2026-03-15"),
}  # fmt: skip


@pytest.mark.parametrize("case", ANOTHER_PERSON)
def test_a_number_given_to_somebody_else_is_theirs_from_their_first_day(case: str) -> None:
    before, after, since = ANOTHER_PERSON[case]
    held, counts = loads([before, *OTHERS], [after, *OTHERS])
    assert held["1"] == [(f"1~{since}", None, since), ("1", since, None)]
    assert counts["id_reused"] == 1


BACK = {
    "at once": [[ED, *OTHERS], [Row("77", "Ed", "Lee", "ed@x", "2026-03-20"), *OTHERS]],
    "after a month away": [[ED, *OTHERS], OTHERS, [Row("77", "Ed", "Lee", "ed@x", "2026-04-20"), *OTHERS]],
    "with their first day": [[ED, *OTHERS], OTHERS, [Row("77", "Ed", "Lee", "ed@x", "2024-01-01"), *OTHERS]],
}


@pytest.mark.parametrize("case", BACK)
def test_who_comes_back_with_another_number_and_their_address_is_who_they_were(case: str) -> None:
    held, counts = loads(*BACK[case])
    assert holders(held, "1") == holders(held, "77") == holders(held, "ed@x") == {"77"}
    assert counts["records_merged"] == 1


def test_a_colleague_who_gets_an_address_is_not_the_leaver_whether_new_or_known() -> None:
    new = Row("77", "Ana", "Roe", "ed@x", "2026-04-20")
    held, _ = loads([ED, *OTHERS], OTHERS, [new, *OTHERS])
    assert holders(held, "1") == {"1"}
    known = Row("77", "Ana", "Roe", "ana@x", "2019-04-20")
    held, counts = loads([ED, known, *OTHERS], [known._replace(mail="ed@x"), *OTHERS])
    assert (holders(held, "1"), counts["records_merged"]) == ({"1"}, 0)


def test_an_address_passes_from_a_listed_leaver_to_the_colleague_on_their_first_day() -> None:
    left, new = ED._replace(left="2026-03-10"), Row("77", "Ana", "Roe", "ed@x", "2026-03-20")
    held, _ = loads([ED, *OTHERS], [left, new, *OTHERS])
    assert held["ed@x"] == [("1", None, "2026-03-20"), ("77", "2026-03-20", None)]


def test_an_address_of_two_who_work_at_one_time_is_cut_nowhere() -> None:
    held, _ = loads([ED, Row("77", "Ana", "Roe", "ed@x", "2026-02-20"), *OTHERS])
    assert held["ed@x"] == [("1", None, None), ("77", None, None)]


def everybody(number: str = "{n:03d}", mail: str = "p{n}@x", hired: str | None = "2024-01-{n:02d}") -> list[Row]:
    return [
        Row(number.format(n=n), f"G{n}", f"F{n}", mail.format(n=n) or None, hired and hired.format(n=n))
        for n in range(1, 21)
    ]


REWRITTEN = {
    "leading zeros were lost": (everybody(), everybody("{n}")),
    "leading zeros were lost and there are no addresses": (everybody(mail=""), everybody("{n}", mail="")),
    "leading zeros were lost and there are no first days": (everybody(mail="", hired=None), everybody("{n}", mail="", hired=None)),
    "ids came in capitals": (everybody("ab{n:03d}"), everybody("AB{n:03d}")),
    "another domain where the address is the id": (everybody("p{n}@x"), everybody("p{n}@y", mail="p{n}@y")),
    "another domain, no first days": (everybody("p{n}@x", hired=None), everybody("p{n}@y", mail="p{n}@y", hired=None)),
}  # fmt: skip


@pytest.mark.parametrize("case", REWRITTEN)
def test_everybody_stays_who_they_are_where_all_ids_are_written_otherwise(case: str) -> None:
    before, after = REWRITTEN[case]
    held, counts = loads(before, after)
    assert [holders(held, row.no) for row in before] == [{row.no} for row in after]
    assert counts["records_merged"] == len(before)


def test_numbers_that_count_the_lines_move_nobody_into_somebody_else() -> None:
    before = everybody("{n}")
    after = [row._replace(no=str(n)) for n, row in enumerate(before[1:], 1)]
    held, _ = loads(before, after)
    assert held["2"][0][0] == "1"
    assert held["p2@x"][-1][0] == "1"


def test_namesakes_without_anything_else_in_common_are_told_and_stay_apart() -> None:
    contractor, employee = Row("C17", "Ed", "Lee", "ed.ext@x", "2024-01-01"), Row("1", "Ed", "Lee", "ed@x", "2026-03-15")  # fmt: skip
    held, counts = loads([contractor, *OTHERS], [employee, *OTHERS])
    assert (holders(held, "C17"), counts["namesakes"], counts["records_merged"]) == ({"C17"}, 1, 0)


def test_a_leavers_namesake_in_a_list_without_first_days_is_somebody_else_where_many_leave() -> None:
    leaving = [Row(f"l{n}", f"A{n}", f"B{n}") for n in range(5)]
    held, counts = loads([*leaving, *OTHERS], [Row("new", "A0", "B0"), *OTHERS])
    assert (holders(held, "l0"), counts["namesakes"]) == ({"l0"}, 1)


def test_an_older_list_that_was_accepted_ends_nothing_before_it_began() -> None:
    mails = ("a@x", "b@x", "c@x")
    held, _ = loads(*[[ED._replace(mail=mail), *OTHERS] for mail in mails], days=(DAYS[0], DAYS[2], DAYS[1]))
    assert held["b@x"] == [("1", None, "2026-05-01")]
