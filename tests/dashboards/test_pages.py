"""Every page on a small published snapshot: the answer first, and a state for whatever is missing."""

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboards import snapshot
from dashboards.facts.findings import finding_of
from dashboards.pages import FOLDER, GROUPS, PAGES, UnknownPage, page_at
from dashboards.snapshot import Reading, Snapshot
from pipelines.serving.snapshot import publish, write_tables
from tests.causal_words import refuse_causal_verbs
from tests.dashboards.reading import DATA_PATHS, PATHS, RELEASED, OpenPage, application, chosen, html_of, said_in, texts
from tests.published import estimates, programme_costs, tables
from tests.report_variants import FIRST_LOOK, VARIANTS, many_programmes, published_variant

Publish = Callable[..., Path]


@pytest.mark.parametrize("path", PATHS)
def test_a_page_opens_with_one_title_that_is_its_answer(pages: dict[str, AppTest], path: str) -> None:
    app = pages[path]
    assert not app.exception
    assert not app.error
    (title,) = app.title
    assert len(title.value) > 8
    assert title.proto.anchor == "main"


@pytest.mark.parametrize("path", PATHS)
def test_a_title_says_something_and_is_no_name(pages: dict[str, AppTest], path: str) -> None:
    assert len(pages[path].title[0].value.split()) > 2


@pytest.mark.parametrize("path", PATHS)
def test_a_per_cent_sign_follows_its_number_and_a_day_is_written_out(pages: dict[str, AppTest], path: str) -> None:
    said = "\n".join(text for text in texts(pages[path]) if "80 % of" not in text)  # a goal's own words
    assert not re.findall(r".{0,30}\d %.{0,20}", said)
    if path not in ("quality", "matching", "administration", "todo"):  # tables whose days the browser words
        assert not re.findall(r".{0,40}\b20\d\d-\d\d-\d\d\b", said)


@pytest.mark.parametrize("path", PATHS)
def test_no_page_claims_an_effect_that_no_lottery_carries(pages: dict[str, AppTest], path: str) -> None:
    caused = [
        finding_of({**row, "cohort_name": None, "has_arms": False})
        for row in estimates().to_dicts()
        if row["verdict"] == "caused"
    ]
    said = "\n".join(texts(pages[path]))
    by_verdict = "Being offered the programme raised the outcome (randomised)."
    for sentence in [by_verdict, *(words for one in caused for words in (one.title, one.phrase, one.said, one.word))]:
        said = said.replace(sentence, "")
    refuse_causal_verbs(said)


@pytest.mark.parametrize("path", RELEASED)
def test_every_page_says_as_of_when_its_data_are_and_which_source_is_stale(
    pages: dict[str, AppTest], path: str
) -> None:
    (line,) = [said_in(block) for block in html_of(pages[path]) if "Data as of" in block]
    assert line.startswith("Data as of 31 October 2026. Older than agreed: surveys (91 days, agreed 35).")
    assert "Made-up demo company." in line
    (warning,) = [warning for warning in pages[path].warning if "days agreed" in warning.value]
    assert "The newest record of surveys is 91 days old (01 Aug 2026; 35 days agreed)" in warning.value


@pytest.mark.parametrize("path", RELEASED)
def test_before_anything_is_published_a_page_names_the_command(open_page: OpenPage, path: str, tmp_path: Path) -> None:
    app = open_page(path, tmp_path)
    assert not app.exception
    assert app.title[0].value == "Nothing to show yet"
    assert "make demo" in app.info[0].value


@pytest.mark.parametrize(("path", "table"), [(page.path, table) for page in PAGES for table in page.reads])
def test_a_snapshot_without_a_table_that_a_page_reads_is_told_with_a_next_step(
    open_page: OpenPage, publish_with: Publish, path: str, table: str
) -> None:
    app = open_page(path, publish_with(**{table: None}))
    assert not app.exception
    assert "can't be read" in app.title[-1].value
    assert "damaged or was made by another version" in app.error[0].value
    assert "make demo" in app.markdown[-1].value
    assert re.search(r"incident [0-9a-f]{8}", app.markdown[-1].value)
    assert "Traceback" not in " ".join(texts(app))


def test_a_broken_file_is_told_with_a_next_step(open_page: OpenPage, tmp_path: Path) -> None:
    (tmp_path / "v1.duckdb").write_bytes(b"not a database" * 1000)
    (tmp_path / "CURRENT").write_text("v1.duckdb")
    app = open_page("programmes", tmp_path)
    assert not app.exception
    assert "v1.duckdb is damaged" in app.error[0].value


def test_a_page_whose_release_went_while_it_was_drawn_is_drawn_from_the_next(
    open_page: OpenPage, published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_page("programme", programme="mentoring_a")
    found = iter([Snapshot(published.parent / "v1.duckdb")])
    monkeypatch.setattr(snapshot, "current_snapshot", lambda: next(found, Snapshot(published)))
    app.run()
    assert next(found, None) is None
    assert [error.value for error in app.error] == []
    assert "Mentoring A" in " ".join(texts(app))


def test_a_page_opens_its_release_once_however_much_it_asks(
    open_page: OpenPage, publish_with: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    connected = Snapshot._connected

    def counted(one: Snapshot) -> duckdb.DuckDBPyConnection:
        opened.append(one.path)
        return connected(one)

    monkeypatch.setattr(Snapshot, "_connected", counted)
    folder = publish_with()
    open_page("programme", folder)  # AppTest begins with the landing page
    opened.clear()
    published = publish(folder, lambda path: write_tables(path, tables()))
    app = open_page("goals", folder)
    assert not app.error
    # before the page: which pages have something to show
    assert len([path for path in opened if path == published]) <= 2


EMPTY = [
    ("programmes", "programmes", "No programme is declared yet"),
    ("programmes", "goals", "no goal is declared"),
    ("programmes", "impact_estimates", "Not measured: no outcome is declared"),
    ("programme", "metric_values", "nothing is loaded from which it could be counted"),
    ("programme", "goals", "No goal is declared."),
    ("programme", "impact_estimates", "Not measured: no outcome is declared"),
    ("representation", "metric_values", "Name the attributes under `segments:`"),
    ("learning", "metric_values", "What people set out to learn isn't recorded in this programme"),
    ("goals", "goals", "Declare a goal under"),
    ("impact", "impact_estimates", "No programme declares an outcome"),
    ("matching", "match_runs", "Set a cohort's `status: forming`"),
    ("quality", "quarantine_counts", "No record is in quarantine"),
    ("quality", "identity_conflicts", "No two records share an identifier"),
    ("quality", "filtered_counts", "No record was filtered"),
    ("quality", "check_results", "No check has run"),
    ("metrics", "metric_values", "No value of it is published."),
]


@pytest.mark.parametrize(("path", "table", "told"), EMPTY)
def test_an_empty_table_is_told_and_not_left_blank(
    open_page: OpenPage, publish_with: Publish, path: str, table: str, told: str
) -> None:
    app = open_page(path, publish_with(**{table: tables()[table].clear()}))
    assert not app.exception
    assert not app.error
    assert any(told in text for text in texts(app))


def test_no_address_means_two_pages_and_every_page_has_a_group_and_a_module() -> None:
    addresses = [address for page in PAGES for address in (page.path, *page.old)]
    assert len(set(addresses)) == len(addresses)
    assert all(page.file.exists() and page.group in GROUPS and page.question.endswith("?") for page in PAGES)
    assert {path.stem for path in FOLDER.glob("*.py")} == {page.module for page in PAGES}


@pytest.mark.parametrize("path", [page.path for page in PAGES if "cohort" in page.choices])
@pytest.mark.parametrize("address", [
    {"programme": "bogus"}, {"cohort": "bogus"}, {"programme": "mentoring_b", "cohort": "A-2025"}, {"programme": "", "cohort": "'; drop table goals"}, {"period": "-1"},
])  # fmt: skip
def test_an_address_that_names_nothing_shows_the_default_and_is_corrected(
    open_page: OpenPage, path: str, address: dict
) -> None:
    app = open_page(path, **address)
    assert not app.exception
    assert chosen(app, "Programme") == ("mentoring_b" if address.get("programme") == "mentoring_b" else "mentoring_a")
    assert chosen(app, "Cohort") == "all"
    assert dict(app.query_params) in ({}, {"programme": "mentoring_b"})


def test_where_nobody_has_chosen_a_page_shows_the_programme_that_needs_somebody_first(
    open_page: OpenPage, publish_with: Publish
) -> None:
    """The first by the alphabet was shown once, whatever waited elsewhere."""
    names = tables()["programmes"].with_columns(
        pl.when(pl.col("programme_id") == "mentoring_a").then(pl.lit("Zeal")).otherwise("name").alias("name")
    )
    release = publish_with(programmes=names)
    landing = "\n".join(texts(open_page("programmes", release)))
    assert "Zeal first: its next cohort starts in 16 days." in landing
    app = open_page("money", release)
    assert chosen(app, "Programme") == "mentoring_a"
    assert [box.options[0] for box in app.selectbox if box.label == "Programme"] == ["Mentoring B"]


def test_of_many_programmes_the_first_dozen_stand_in_full_and_each_of_the_rest_on_a_line(
    open_page: OpenPage, tmp_path: Path
) -> None:
    release = published_variant(tmp_path, many_programmes(20))
    app = open_page("programmes", release.parent)
    assert not app.exception
    assert [header.value for header in app.header] == ["10 more programmes"]
    links = [link for block in html_of(app) for link in re.findall(r'href="/programme\?programme=(\w+)"', block)]
    assert len(links) == len(set(links)) == 10


def test_an_address_with_programme_and_cohort_is_kept(open_page: OpenPage) -> None:
    app = open_page("programme", programme="mentoring_a", cohort="A-2025")
    assert chosen(app, "Cohort") == "A-2025"
    assert [metric.value for metric in app.metric if "Satisfaction" in metric.label] == ["70%"]


def test_another_programme_does_not_keep_the_cohort(open_page: OpenPage) -> None:
    app = open_page("programme", programme="mentoring_a", cohort="A-2025")
    app.selectbox(key="pick_programme").select("mentoring_b").run()
    assert not app.exception
    assert chosen(app, "Cohort") == "all"
    assert dict(app.query_params) == {"programme": "mentoring_b"}


def test_the_choice_follows_to_the_next_page_and_can_be_reset(open_page: OpenPage) -> None:
    app = open_page("programme")
    assert "Reset" not in [button.label for button in app.button]
    app.selectbox(key="pick_programme").select("mentoring_b").run()
    app.query_params.clear()
    app.switch_page(f"app_pages/{page_at('learning').module}.py").run()
    assert chosen(app, "Programme") == "mentoring_b"
    assert dict(app.query_params) == {"programme": "mentoring_b"}
    next(button for button in app.button if button.label == "Reset").click().run()
    assert chosen(app, "Programme") == "mentoring_a"
    assert dict(app.query_params) == {}


@pytest.mark.parametrize("path", PATHS)
def test_every_link_within_the_product_names_a_page_and_a_metric_that_exist(
    pages: dict[str, AppTest], path: str
) -> None:
    app = pages[path]
    shown = [
        *html_of(app),
        *(markdown.value for markdown in app.markdown),
        *(metric.proto.help for metric in app.metric),
    ]
    links = {link for text in shown for link in re.findall(r"""(?:href="|\()(/[a-z][^")]*)""", text)}
    known = set(tables()["metric_definitions"]["metric_id"])
    for link in links:
        address, _, query = link.partition("?")
        assert page_at(address.strip("/"))
        for metric in re.findall(r"metric=(\w+)", query):
            assert metric in known


@pytest.mark.parametrize("path", PATHS)
def test_a_text_and_a_table_stand_behind_each_chart_and_no_page_is_overloaded(
    pages: dict[str, AppTest], path: str
) -> None:
    app = pages[path]
    drawn = app.get("vega_lite_chart")
    tables_behind = [one for one in app.expander if one.label == "Show as table"]
    assert len(drawn) == len(tables_behind) + len(app.get("popover")) <= 6
    assert all(re.search(r"\d", chart.proto.alt) for chart in drawn)
    payload = sum(
        element.proto.ByteSize()
        for kind in ("vega_lite_chart", "dataframe", "table", "markdown", "html")
        for element in app.get(kind)
    )
    assert payload < 1_000_000


@pytest.mark.parametrize("path", PATHS)
def test_every_picture_in_the_text_has_words_or_stands_beside_them(pages: dict[str, AppTest], path: str) -> None:
    for block in html_of(pages[path]):
        for picture in re.findall(r"<img[^>]*>", block):
            assert 'alt="' in picture
            if 'alt=""' in picture:
                assert said_in(block)


@pytest.mark.parametrize("path", DATA_PATHS)
def test_a_page_asks_for_few_rows_and_the_second_time_for_none(
    open_page: OpenPage, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []
    read = Reading.frame

    def noting(self: Reading, query: str, parameters: list | None = None) -> pl.DataFrame:
        frame = read(self, query, parameters)
        asked.append((query, frame.height))
        return frame

    monkeypatch.setattr(Reading, "frame", noting)
    st.cache_data.clear()
    open_page(path)
    assert asked
    assert all(rows <= 60 for query, rows in asked if "metric_values" in query)
    again = len(asked)
    open_page(path)
    assert len(asked) == again


def test_readers_see_no_person(published: Path) -> None:
    """The readers' file has no column of a person; only the managers' file does."""
    with duckdb.connect(str(published), read_only=True) as connection:
        columns = connection.execute("select table_name, column_name from information_schema.columns").fetchall()
    assert not [column for column in columns if "person" in column[1]]


def test_a_page_that_nobody_declares_is_an_error() -> None:
    with pytest.raises(UnknownPage, match="no page bogus; there are programmes, programme"):
        page_at("bogus")


def test_pages_open_without_the_managers_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(tmp_path, lambda path: write_tables(path, tables()))
    monkeypatch.setenv("IMPACT_SERVING", str(tmp_path))
    app = application().switch_page(f"app_pages/{page_at('todo').module}.py").run()
    assert not app.exception
    assert not app.dataframe
    assert any("programme managers see which" in text for text in texts(app))


def test_money_says_what_a_participant_costs_and_how_many_must_stay_for_it_to_pay(pages: dict[str, AppTest]) -> None:
    page = pages["money"]
    said = "\n".join(texts(page))
    assert page.title[0].value == "€200 per participant; 50% is people's time"
    assert "In all €24,000" in said
    assert (
        "150 places pay when 2 more people stay; the estimate is 3 (−6 to 12). The comparison supports no return."
        in said
    )
    assert "Time of mentors Mentors' and mentees' time €6,000 100 hours in held sessions, at the loaded rate" in said


def test_a_dearer_replacement_pays_with_fewer_people(open_page: OpenPage, publish_with: Publish) -> None:
    page = open_page("money", publish_with())
    page.number_input[0].set_value(60_000).run()
    assert "150 places pay when 1 more person stays" in "\n".join(texts(page))


def test_where_no_costs_are_loaded_the_page_says_what_to_load(open_page: OpenPage, publish_with: Publish) -> None:
    page = open_page("money", publish_with(programme_costs=programme_costs().clear()))
    assert page.title[0].value == "Cost: not measured"
    assert "Load costs (item, amount, day) with a source" in page.info[0].value


def test_the_published_trial_stands_beside_print_and_nowhere_else(open_page: OpenPage, publish_with: Publish) -> None:
    trial = {"programme_id": "kenya_mentoring_trial", "programme_name": "Mentors or teachers?", "outcome": "weekly_profit", "wave": "pooled"}  # fmt: skip
    found = [
        {**trial, "arm": "mentor", "estimate": 371.8347, "std_error": 133.0151, "ci_low": 110.3, "ci_high": 633.4, "n_observations": 2578},
        {**trial, "arm": "class", "estimate": 124.4, "std_error": 144.9046, "ci_low": -160.5, "ci_high": 409.5, "n_observations": 2578},
    ]  # fmt: skip
    known = tables()["programmes"]
    reference = known.head(1).with_columns(programme_id=pl.lit("kenya_mentoring_trial"), name=pl.lit("Mentors or teachers?"), data_origin=pl.lit("reference"))  # fmt: skip
    more = pl.concat([estimates(), pl.DataFrame(found)], how="diagonal_relaxed")
    folder = publish_with(programmes=pl.concat([known, reference]), impact_estimates=more)
    app = open_page("check_us", folder)
    assert app.title[0].value == "Check us: a published trial, recomputed; one of two figures agree with print"
    said = " ".join(texts(app))
    for words in ("371.83 (133.02)", "110.30 to 633.40", "yes, to the last printed digit", "124.40 (144.90)", "doi:10.1257/app.20170042"):  # fmt: skip
        assert words in said
    assert "Mentors or teachers?" not in " ".join(texts(open_page("programmes", folder)))
    assert "Mentors or teachers?" not in " ".join(open_page("impact", folder).selectbox[0].options)


def test_a_cost_that_nobody_priced_is_called_not_measured_and_is_no_dash(open_page: OpenPage, publish_with: Publish) -> None:  # fmt: skip
    free = programme_costs().with_columns(pl.lit(None, pl.Float64).alias("amount"), pl.lit(None, pl.Float64).alias("hourly_rate"))  # fmt: skip
    said = "\n".join(texts(open_page("money", publish_with(programme_costs=free))))
    assert "In all not measured" in said and "Per participant not measured" in said
    assert "–" not in said


def test_before_the_first_look_pages_say_when_it_is_and_no_difference(open_page: OpenPage, tmp_path: Path) -> None:
    release = published_variant(tmp_path, VARIANTS["before_the_first_look"]()).parent
    for path in ("programmes", "programme", "impact", "how_sure", "retention", "promotion"):
        app = open_page(path, release, programme="mentoring_a")
        assert not app.exception and not app.error, path
        said = "\n".join(texts(app))
        assert not re.search(r"[+−]\d[\d.]* points|(?<!-)(?<!not )supported", said), path
        if path in ("impact", "retention", "promotion"):
            assert FIRST_LOOK.removeprefix("it is ") in said, path


@pytest.mark.parametrize(
    ("variant", "says"), [("nothing_measured", "Not measured"), ("everything_hidden", "Suppressed")]
)
def test_where_nothing_can_be_shown_every_page_says_so_in_its_own_words(
    open_page: OpenPage, tmp_path: Path, variant: str, says: str
) -> None:
    release = published_variant(tmp_path, VARIANTS[variant]()).parent
    for path in ("programmes", "programme", "goals", "representation", "learning", "money", "impact", "retention"):
        app = open_page(path, release)
        assert not app.exception and not app.error, path
        said = "\n".join(texts(app))
        assert not re.search(r"\b(nan|None)\b(?! (declared|of|has))", said.replace("\nnan", "")), path
        if path in ("programme", "learning"):
            assert says in said, path
