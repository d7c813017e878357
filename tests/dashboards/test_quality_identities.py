"""Two people under one address are told, never joined or dropped in silence."""

import re
from collections.abc import Callable
from pathlib import Path

from dashboards.facts.quality import SHARED
from tests.dashboards.reading import OpenPage, texts
from tests.demo_run import PROJECT


def test_shared_identifiers_stand_with_reason_source_and_number(open_page: OpenPage) -> None:
    said = " ".join(texts(open_page("quality")))
    assert "one source lists two people with one address or number" in said
    assert "hris and platform" in said
    assert "belong to neither of them" in said


def test_a_release_from_before_says_that_there_are_none(open_page: OpenPage, publish_with: Callable[..., Path]) -> None:
    app = open_page("quality", publish_with(identity_conflicts=None))
    assert not app.exception
    assert "No two records share an identifier" in " ".join(texts(app))


def test_every_reason_of_the_models_has_words() -> None:
    folder = PROJECT / "dbt_project/models/entities/prepared"
    links, conflicts = ((folder / f"int_identity_{name}.sql").read_text() for name in ("links", "conflicts"))
    written = re.findall(r"then '([^']+)'", links) + re.findall(r"coalesce\(links.objection, '([^']+)'\)", conflicts)
    assert sorted(written) == sorted(SHARED)
