"""Each page on a small published snapshot: the answer first, every number with its n and interval, and a state for whatever is missing."""

import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboards import charts, elements, wording
from dashboards.snapshot import Snapshot
from pipelines.serving.snapshot import publish, write_tables
from tests.published import estimates, manager_tables, metric_signals, tables

ROOT = Path(__file__).resolve().parents[2]
DATA_PAGES = ("overview", "health", "goals", "impact", "retention", "promotion", "workbench", "quality", "dictionary")
PAGES = (*DATA_PAGES, "power")
OpenPage = Callable[..., AppTest]


@pytest.fixture
def open_page(published: Path, monkeypatch: pytest.MonkeyPatch) -> OpenPage:
    """Open a page of a snapshot, the common one unless another folder is given; keywords are the address's parameters."""

    def _open(name: str, serving: Path = published.parent, **address: str) -> AppTest:
        monkeypatch.setenv("IMPACT_SERVING", str(serving))
        app = AppTest.from_file(ROOT / "dashboards" / "streamlit_app.py", default_timeout=30)
        app.switch_page(f"app_pages/{name}.py")
        for key, value in address.items():
            app.query_params[key] = value
        return app.run()

    return _open


@pytest.fixture(scope="module")
def pages(published: Path) -> dict[str, AppTest]:
    """Each page of the common snapshot, opened once; for tests that only look."""
    opened = {}
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("IMPACT_SERVING", str(published.parent))
        for name in PAGES:
            app = AppTest.from_file(ROOT / "dashboards" / "streamlit_app.py", default_timeout=30)
            opened[name] = app.switch_page(f"app_pages/{name}.py").run()
    return opened


@pytest.fixture
def publish_with(tmp_path: Path) -> Callable[..., Path]:
    """Publish the test snapshot with some tables replaced (a frame) or left out (None); returns the serving folder."""

    def _publish(**changes: pl.DataFrame | None) -> Path:
        made = {name: frame for name, frame in (tables() | changes).items() if frame is not None}
        publish(tmp_path, lambda path: write_tables(path, made), lambda path: write_tables(path, manager_tables()))
        return tmp_path

    return _publish


def texts(app: AppTest) -> list[str]:
    """Everything a reader of the page sees as text."""
    found = [
        element.value
        for kind in ("header", "subheader", "markdown", "caption", "info", "warning", "error")
        for element in getattr(app, kind)
    ]
    found += [text for metric in app.metric for text in (metric.label, metric.value)]
    found += [
        str(cell) for table in [*app.table, *app.dataframe] for row in table.value.values.tolist() for cell in row
    ]
    found += [str(name) for table in [*app.table, *app.dataframe] for name in table.value.columns]
    return found


def chosen(app: AppTest, label: str) -> str:
    return next(box.value for box in app.selectbox if box.label == label)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_with_the_sentence_that_answers_its_question(pages: dict[str, AppTest], name: str) -> None:
    app = pages[name]
    assert not app.exception
    assert not app.error
    assert len(app.header) == 1
    answer = app.markdown[0].value
    assert answer.endswith(".")
    assert re.search(r"\d", answer)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_claims_an_effect_that_no_lottery_carries(pages: dict[str, AppTest], name: str) -> None:
    allowed = [wording.effect_sentence(row) for row in estimates().to_dicts() if row["verdict"] == "caused"]
    said = "\n".join(texts(pages[name]))
    for sentence in [*allowed, wording.VERDICT_WORDS["caused"]]:
        said = said.replace(sentence, "")
    wording.refuse_causal_verbs(said)


@pytest.mark.parametrize("name", DATA_PAGES)
def test_every_page_says_which_source_is_older_than_agreed(pages: dict[str, AppTest], name: str) -> None:
    (warning,) = [warning for warning in pages[name].warning if "days agreed" in warning.value]
    assert "the newest record of surveys is 91 days old (01 Aug 2026; 35 days agreed)" in warning.value
    assert "hris" not in warning.value


@pytest.mark.parametrize("name", DATA_PAGES)
def test_every_page_says_as_of_when_its_data_are(pages: dict[str, AppTest], name: str) -> None:
    assert any("Data as of 31 October 2026 · release feedc0ffee12" in caption.value for caption in pages[name].caption)


@pytest.mark.parametrize("name", PAGES)
def test_before_anything_is_published_a_page_names_the_command(open_page: OpenPage, name: str, tmp_path: Path) -> None:
    app = open_page(name, tmp_path)
    assert not app.exception
    assert app.header[0].value == "Nothing to show yet"
    assert "make demo" in app.info[0].value


@pytest.mark.parametrize(("name", "table"), [
    ("overview", "goals"), ("health", "metric_values"), ("goals", "goals"), ("impact", "impact_estimates"),
    ("workbench", "match_runs"), ("quality", "reconciliation"), ("dictionary", "metric_definitions"),
])  # fmt: skip
def test_a_snapshot_without_a_table_is_told_with_a_next_step(
    open_page: OpenPage, publish_with, name: str, table: str
) -> None:
    app = open_page(name, publish_with(**{table: None}))
    assert not app.exception
    assert "can't be read" in app.header[-1].value
    assert "damaged or was made by another version" in app.error[0].value
    assert "make demo" in app.markdown[-1].value
    assert re.search(r"incident [0-9a-f]{8}", app.markdown[-1].value)
    assert "Traceback" not in " ".join(texts(app))


def test_a_broken_file_is_told_with_a_next_step(open_page: OpenPage, tmp_path: Path) -> None:
    (tmp_path / "v1.duckdb").write_bytes(b"not a database" * 1000)
    (tmp_path / "CURRENT").write_text("v1.duckdb")
    app = open_page("overview", tmp_path)
    assert not app.exception
    assert "v1.duckdb is damaged" in app.error[0].value


@pytest.mark.parametrize(("name", "table", "told"), [
    ("overview", "goals", "No goal is declared"),
    ("overview", "impact_estimates", "No main outcome has an estimate"),
    ("overview", "metric_values", "No headline metric is published"),
    ("health", "metric_values", "Nothing is published for this choice"),
    ("goals", "goals", "Declare goals under"),
    ("impact", "impact_estimates", "No programme declares an outcome"),
    ("workbench", "match_runs", "Set a cohort's `status: forming`"),
    ("quality", "quarantine_counts", "No record is in quarantine"),
    ("quality", "filtered_counts", "No record was filtered"),
    ("quality", "check_results", "No check has run"),
    ("dictionary", "metric_definitions", "No definition is published"),
])  # fmt: skip
def test_an_empty_table_is_told_and_not_left_blank(
    open_page: OpenPage, publish_with, name: str, table: str, told: str
) -> None:
    app = open_page(name, publish_with(**{table: tables()[table].clear()}))
    assert not app.exception
    assert not app.error
    assert any(told in text for text in texts(app))


def test_a_suppressed_group_is_counted_and_never_shown(open_page: OpenPage) -> None:
    app = open_page("health", programme="mentoring_a")
    assert any(text == "Not shown to protect individuals: 1 group(s) of 2." for text in texts(app))
    assert not any("Legal" in json.dumps(json.loads(chart.proto.spec)) for chart in app.get("vega_lite_chart"))


def test_a_suppressed_metric_says_why_on_its_card(open_page: OpenPage, publish_with) -> None:
    hidden = pl.col("metric_id") == "csat_mentee"
    values = tables()["metric_values"].with_columns(
        *(pl.when(hidden).then(None).otherwise(pl.col(name)).alias(name) for name in ("value", "ci_low", "ci_high", "numerator", "denominator", "n_people")),
        (pl.col("is_suppressed") | hidden).alias("is_suppressed"),
        pl.when(hidden).then(pl.lit("fewer than 5 people")).otherwise("suppression_reason").alias("suppression_reason"),
    )  # fmt: skip
    serving = publish_with(metric_values=values)
    for name in ("overview", "health"):
        app = open_page(name, serving)
        assert "Not shown to protect individuals (fewer than 5 people)" in [caption.value for caption in app.caption]
        assert [metric.value for metric in app.metric if "csat_mentee" in metric.label] == ["–"]


@pytest.mark.parametrize("name", ["overview", "health"])
@pytest.mark.parametrize("address", [
    {"programme": "bogus"}, {"cohort": "bogus"}, {"programme": "mentoring_b", "cohort": "A-2025"}, {"programme": "", "cohort": "'; drop table goals"},
])  # fmt: skip
def test_an_address_that_names_nothing_shows_the_default_and_is_corrected(
    open_page: OpenPage, name: str, address: dict
) -> None:
    app = open_page(name, **address)
    assert not app.exception
    assert chosen(app, "Programme") == ("mentoring_b" if address.get("programme") == "mentoring_b" else "mentoring_a")
    assert chosen(app, "Cohort") == "all"
    assert dict(app.query_params) in ({}, {"programme": "mentoring_b"})


def test_an_address_with_programme_and_cohort_is_kept(open_page: OpenPage) -> None:
    app = open_page("health", programme="mentoring_a", cohort="A-2025")
    assert chosen(app, "Cohort") == "A-2025"
    assert [metric.value for metric in app.metric if "csat_mentee" in metric.label] == ["70.0 %"]


def test_another_programme_does_not_keep_the_cohort(open_page: OpenPage) -> None:
    app = open_page("health", programme="mentoring_a", cohort="A-2025")
    app.selectbox(key="pick_programme").select("mentoring_b").run()
    assert not app.exception
    assert chosen(app, "Cohort") == "all"
    assert dict(app.query_params) == {"programme": "mentoring_b"}


def test_the_choice_follows_to_the_next_page_and_can_be_reset(open_page: OpenPage) -> None:
    app = open_page("health")
    assert "Reset filters" not in [button.label for button in app.button]
    app.selectbox(key="pick_programme").select("mentoring_b").run()
    app.query_params.clear()
    app.switch_page("app_pages/overview.py").run()
    assert chosen(app, "Programme") == "mentoring_b"
    assert dict(app.query_params) == {"programme": "mentoring_b"}
    next(button for button in app.button if button.label == "Reset filters").click().run()
    assert chosen(app, "Programme") == "mentoring_a"
    assert dict(app.query_params) == {}


@pytest.mark.parametrize("name", PAGES)
def test_every_link_to_a_definition_arrives_at_that_definition(
    open_page: OpenPage, pages: dict[str, AppTest], name: str
) -> None:
    shown = [*texts(pages[name]), *(metric.proto.help for metric in pages[name].metric)]
    linked = {metric for text in shown for metric in re.findall(r"/dictionary\?metric=(\w+)", text)}
    assert linked or name in ("impact", "retention", "promotion", "power", "workbench", "quality", "dictionary")
    labels = dict(tables()["metric_definitions"].select("metric_id", "label").iter_rows())
    entry = open_page("dictionary")
    for metric in sorted(linked):
        entry.query_params["metric"] = metric
        entry.run()
        assert chosen(entry, "Metric") == metric
        assert entry.subheader[0].value == labels[metric]


@pytest.mark.parametrize("name", ["overview", "health"])
def test_every_card_names_its_definition_its_n_and_its_interval(pages: dict[str, AppTest], name: str) -> None:
    app = pages[name]
    assert app.metric
    said = [
        caption.value
        for caption in app.caption
        if caption.value.startswith("95 %: ") or "complete count, " in caption.value
    ]
    assert len(said) == len(app.metric)
    assert all("n = " in text for text in said if text.startswith("95 %"))
    for metric in app.metric:
        assert re.fullmatch(r"\[.+\]\(/dictionary\?metric=\w+\)", metric.label)
        assert "Numerator: a. Denominator: b." in metric.proto.help
        assert re.search(r"\[Open in the dictionary\]\(/dictionary\?metric=\w+\)$", metric.proto.help)


def test_programmes_stand_side_by_side_in_one_row_each(pages: dict[str, AppTest]) -> None:
    frame = pages["overview"].table[0].value
    assert frame["Programme"].tolist() == ["Mentoring A", "Mentoring B"]
    assert frame.shape == (2, 5)
    assert all(re.search(r"\*\*.+\*\* \(.+ to .+\) n 120", cell) for row in frame.values.tolist() for cell in row[1:])


@pytest.mark.parametrize("name", PAGES)
def test_a_table_and_a_text_stand_behind_each_chart_and_no_page_is_overloaded(
    pages: dict[str, AppTest], name: str
) -> None:
    app = pages[name]
    drawn = app.get("vega_lite_chart")
    assert len(drawn) == len(app.get("popover")) <= 6
    assert all(re.search(r"\d", chart.proto.alt) for chart in drawn)
    payload = sum(
        element.proto.ByteSize()
        for kind in ("vega_lite_chart", "dataframe", "table", "markdown")
        for element in app.get(kind)
    )
    assert payload < 1_000_000


def test_a_complete_count_has_no_interval(pages: dict[str, AppTest]) -> None:
    app = pages["overview"]
    assert "complete count, 31 Oct 2026" in [caption.value for caption in app.caption]


@pytest.mark.parametrize("name", DATA_PAGES)
def test_no_page_loads_all_metric_values(open_page: OpenPage, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []
    read = Snapshot.frame

    def noting(self: Snapshot, query: str, parameters: list | None = None) -> pl.DataFrame:
        frame = read(self, query, parameters)
        asked.append((query, frame.height))
        return frame

    monkeypatch.setattr(Snapshot, "frame", noting)
    st.cache_data.clear()
    open_page(name)
    assert asked
    assert all(rows <= 40 for query, rows in asked if "metric_values" in query)
    again = len(asked)
    open_page(name)
    assert len(asked) == again


def test_goals_say_where_they_should_be_and_where_they_head(pages: dict[str, AppTest]) -> None:
    app = pages["goals"]
    assert [metric.label for metric in app.metric[:4]] == ["Baseline", "Expected by now", "Now", "Target"]
    captions = [caption.value for caption in app.caption if "Owner: Programme manager" in caption.value]
    assert len(captions) == 5
    assert sum("Now: 95 % interval 45.0 % to 65.0 %, n = 120." in text for text in captions) == 4
    assert sum("Now: not shown." in text for text in captions) == 1
    assert all("Forecast for 31 Mar 2027: 68.0 % (60.0 % to 76.0 %)" in text for text in captions)


def test_an_outcome_without_an_estimate_is_listed_with_its_reason(pages: dict[str, AppTest]) -> None:
    last = pages["impact"].dataframe[-1].value
    assert last.values.tolist() == [
        ["Promoted within 24 months", "A-2025", "Refused", "there is no comparison that could carry an effect"]
    ]


def test_the_raw_gap_stands_only_as_what_not_to_believe(open_page: OpenPage, pages: dict[str, AppTest]) -> None:
    shown = [texts(pages["retention"]), texts(open_page("impact", evidence="mentoring_a", outcome="retained_12m"))]
    for said in shown:
        (gap,) = [text for text in said if "33.0 points" in text]
        assert "Not to be believed: ever against never mentored, +33.0 points" in gap
    others = [text for name in PAGES if name not in ("retention", "impact") for text in texts(pages[name])]
    assert not any("33.0 points" in text for text in others)


def test_the_evidence_page_shows_balance_overlap_sensitivity_and_what_was_not_testable(open_page: OpenPage) -> None:
    said = texts(open_page("impact", evidence="mentoring_a", outcome="retained_12m"))
    for words in (
        "What could overturn it.",
        "Least balanced after weighting",
        "Comparison counts like",
        "By department (without a lot): no sign",
    ):
        assert any(words in text for text in said), words
    waves = texts(open_page("impact", evidence="mentoring_a", outcome="engagement_index"))
    assert any("Not testable here." in text for text in waves)
    assert any("Moving differently before they joined" in text for text in waves)


def test_the_overview_names_what_lies_outside_its_limits_with_n_and_limits(pages: dict[str, AppTest]) -> None:
    said = "\n".join(texts(pages["overview"]))
    assert "**1 of 2 metrics** lies outside the usual variation between months in October 2026:" in said
    assert (
        "▼ **Session frequency**: 0.40 sessions per pair month (n = 43), below 0.54 to 1.08 sessions per pair month, the limits of the 14 months before"
        in said
    )
    assert "Not judged: Satisfaction of mentees (fewer than 8 months in a row before it)." in said


def test_the_overview_says_when_it_is_too_early_for_limits(
    open_page: OpenPage, publish_with: Callable[..., Path]
) -> None:
    said = "\n".join(texts(open_page("overview", programme="mentoring_b")))
    assert "**Too early to tell for October 2026**" in said
    nothing = open_page("overview", publish_with(metric_signals=metric_signals().clear()))
    assert any("nothing can be said of change" in info.value for info in nothing.info)


def test_the_overview_says_when_nothing_lies_outside(open_page: OpenPage, publish_with: Callable[..., Path]) -> None:
    quiet = metric_signals().with_columns(signal=pl.col("signal").replace("below", "within"))
    said = "\n".join(texts(open_page("overview", publish_with(metric_signals=quiet))))
    assert "**None of 2 metrics** lies outside its limits in October 2026" in said


def test_a_declaration_changed_after_results_is_shown_as_a_change(pages: dict[str, AppTest]) -> None:
    assert any("Changed after results existed" in warning.value for warning in pages["impact"].warning)


def test_curves_have_a_table_of_people_at_risk_without_small_counts(pages: dict[str, AppTest]) -> None:
    table = pages["retention"].table[0].value
    counts = ("at risk", "events so far", "left observation so far")
    groups = ("mentees", "comparable colleagues")
    assert [str(cell) for cell in table.iloc[:, 0]] == [f"{group}, {count}" for group in groups for count in counts]
    assert [str(cell) for cell in table.iloc[0, 1:]] == ["400", "385", "370", "355", "–"]
    assert [str(cell) for cell in table.iloc[2, 1:]] == ["0", "few", "12", "18", "24"]


def test_the_answer_of_a_page_of_comparisons_is_said_in_plain_words(pages: dict[str, AppTest]) -> None:
    said = texts(pages["retention"])
    assert any(
        "likely to join: " in text and "a difference is supported in 1, the data can't tell in 1" in text
        for text in said
    )


def test_a_refused_comparison_shows_the_reason_and_no_curve(open_page: OpenPage) -> None:
    app = open_page("retention", retention_programme="mentoring_b")
    assert not app.get("vega_lite_chart")
    assert any("12 mentees with a start date; at least 30 are needed" in info.value for info in app.info)


def test_the_planner_repeats_the_published_table(open_page: OpenPage) -> None:
    app = open_page("power")
    assert "12.1 percentage points or more" in app.markdown[0].value
    next(slider for slider in app.slider if slider.label == "Mentees").set_value(400).run()
    assert "6.1 percentage points or more" in app.markdown[0].value
    survey = open_page("power", outcome_planned="survey")
    assert "0.26 standard deviations or more" in survey.markdown[0].value


def test_a_download_cannot_run_as_a_formula() -> None:
    frame = pl.DataFrame({"a": ["=1+1", "+1", "-1", "@x", "\tx", "plain", None], "b": [-1.5, 2, 3, 4, 5, 6, 7]})
    lines = elements.safe_csv(frame).decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "plain", ""]
    assert lines[1].endswith(",-1.5")


def _contrast(one: str, other: str) -> float:
    """Contrast of two colours, WCAG 2.2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_has_a_contrast_of_4_5_and_graphics_of_3() -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
    backgrounds = (theme["backgroundColor"], theme["secondaryBackgroundColor"])
    assert all(
        _contrast(theme[name], back) >= 4.5
        for name in ("textColor", "linkColor", "primaryColor")
        for back in backgrounds
    )
    assert all(_contrast("#4A4A4A", back) >= 4.5 for back in backgrounds)
    assert "#4A4A4A" in (ROOT / "dashboards" / "streamlit_app.py").read_text()
    assert all(_contrast(colour, theme["backgroundColor"]) >= 3 for colour in charts.PALETTE)
    assert len(charts.PALETTE) == len(charts.DASHES) == len(set(map(str, charts.DASHES)))


def test_a_month_without_pairs_breaks_the_line() -> None:
    from datetime import date

    months = pl.DataFrame(
        {"period_start": [date(2026, 1, 1), date(2026, 4, 1)], "value": [1.0, 2.0], "ci_low": [0.5, 1.5], "ci_high": [1.5, 2.5],
         "n_people": [9, 9], "series": ["a", "a"]}
    )  # fmt: skip
    drawn = charts.trend(months, title="", unit="score").to_dict()["datasets"].values()
    assert [1.0, None, None, 2.0] in [[row.get("value") for row in rows] for rows in drawn]


def test_the_server_listens_on_this_machine_only_and_sends_no_statistics() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert config["server"]["address"] == "127.0.0.1"
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"


def test_readers_see_no_person(published: Path) -> None:
    """The readers' file has no column of a person; only the managers' file does."""
    with duckdb.connect(str(published), read_only=True) as connection:
        columns = connection.execute("select table_name, column_name from information_schema.columns").fetchall()
    assert not [column for column in columns if "person" in column[1]]
