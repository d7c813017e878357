"""What leaves the warehouse stands in one list: nothing is published beside it, and nothing reads what isn't on it."""

import re
from pathlib import Path

import polars as pl
import pytest

from dashboards.pages import PAGES
from pipelines.access.principal import Role
from pipelines.bi.contract import CONTRACT
from pipelines.serving.published import PUBLISHED, STAMP, NotOnTheList, split, tables_for

PROJECT = Path(__file__).parents[2]
NONE = pl.DataFrame()


def test_each_table_is_published_once() -> None:
    names = [one.table for one in PUBLISHED]
    assert sorted(set(names)) == sorted(names)


def test_a_release_is_exactly_what_is_listed() -> None:
    whole = {one.table: NONE for one in PUBLISHED if one.table != STAMP}
    readers, managers = split(whole)
    assert set(readers) == set(tables_for("readers")) - {STAMP}
    assert set(managers) == set(tables_for("managers"))
    for other in ({**whole, "vault": NONE}, {name: NONE for name in whole if name != "goals"}):
        with pytest.raises(NotOnTheList, match=r"vault|goals"):
            split(other)


def test_what_a_page_cannot_do_without_is_published_for_whoever_opens_it() -> None:
    for page in PAGES:
        may = {*tables_for("readers"), *(tables_for("managers") if page.audience >= Role.MANAGER else ())}
        assert set(page.reads) <= may, page.path


def test_bi_tools_get_what_readers_get() -> None:
    assert {table.name for table in CONTRACT.tables} <= set(tables_for("readers"))


def test_every_published_table_is_documented() -> None:
    told = (PROJECT / "docs/reference/tables.md").read_text(encoding="utf-8").partition("## What readers see")[2]
    assert [name for name in tables_for("readers") if not re.search(rf"\b{name}\b", told)] == []


def test_people_are_listed_for_managers_alone() -> None:
    """A query for readers names nobody's key, in whatever table it stands."""
    listing = {one.table for one in PUBLISHED if one.query and re.search(r"person_key|person_id", one.query)}
    assert listing <= set(tables_for("managers"))
