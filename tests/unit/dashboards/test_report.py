"""The leadership report: two pages for those who decide, for every kind of organisation; the same inputs give the same bytes; nothing is claimed that no design supports."""

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pypdf
import pytest
from PIL import Image

from dashboards.facts.meetings import Meetings
from dashboards.reports import archive, figures, issue
from dashboards.reports.content import ReportContent, gather
from dashboards.reports.inputs import AsksOtherwise, Recorded, packed, unpacked
from dashboards.reports.mail import _strip
from dashboards.reports.render import NAMES, forms, pdf, pictures
from dashboards.snapshot import Snapshot
from tests.causal_words import refuse_causal_verbs
from tests.report_variants import VARIANTS, Tables, as_published, published_variant

pytestmark = pytest.mark.slow

FULL = 2 / 3
ESTIMATORS = r"hazard|p[- ]value|p [<=]|ANCOVA|Kaplan|Aalen|log[- ]log|Wilson|Poisson|propensity|bootstrap"


@pytest.fixture(scope="module")
def content(published: Path) -> ReportContent:
    return gather(Snapshot(published))


@pytest.fixture(scope="module")
def rendered(content: ReportContent) -> dict[str, bytes]:
    return forms(content)


def pages(pdf: bytes) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def words_of(html: bytes) -> str:
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html.decode(), flags=re.DOTALL).split())


def test_the_same_snapshot_gives_the_same_bytes(published: Path, rendered: dict[str, bytes]) -> None:
    assert forms(gather(Snapshot(published))) == rendered


def test_the_pdf_is_tagged_titled_in_a_language_and_carries_its_fonts(rendered: dict[str, bytes]) -> None:
    data = rendered["leadership_report.pdf"]
    document = pypdf.PdfReader(io.BytesIO(data))
    catalogue = document.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"].startswith("en")
    assert document.metadata.title == "Mentoring: leadership report, August to October 2026"
    assert "pdfuaid" in str(document.xmp_metadata.stream.get_data())
    fonts = {
        str(font["/BaseFont"])
        for page in document.pages
        for font in page["/Resources"].get("/Font", {}).values()
        for font in [font.get_object()]
    }
    assert fonts and all("SourceSansPro" in font for font in fonts), "one family only"


def test_page_one_asks_for_a_decision_and_tells_three_findings(
    rendered: dict[str, bytes], content: ReportContent
) -> None:
    first = pages(rendered["leadership_report.pdf"])[0]
    for part in (
        content.values["headline"],
        "Decision asked",
        "Owner",
        "Programme manager",
        "One caveat",
        "Cost",
        "Three findings",
        "What changed",
    ):
        assert part in first, part


def test_sections_stand_in_reading_order(rendered: dict[str, bytes]) -> None:
    text = " ".join(pages(rendered["leadership_report.pdf"]))
    titles = [
        "Three findings",
        "What changed",
        "Decision asked",
        "Goals:",
        "Evidence:",
        "People:",
        "Link to strategy",
        "Data quality",
        "Definitions",
        "How to make this report again",
    ]
    places = [text.index(title) for title in titles]
    assert places == sorted(places)


def test_all_three_forms_say_the_same(rendered: dict[str, bytes], content: ReportContent) -> None:
    html, text = (
        words_of(rendered["leadership_report.html"]),
        " ".join(rendered["leadership_report.txt"].decode().split()),
    )
    for said in (
        content.values["headline"],
        content.values["purpose"],
        content.values["caveat"],
        content.values["cost"],
        content.values["decision"]["owner"],
    ):
        assert said.replace("'", "&#39;") in html and said in text


def test_where_nothing_is_drawn_each_figure_of_meetings_has_its_months_and_interval_in_words(
    rendered: dict[str, bytes], content: ReportContent
) -> None:
    cards = [card for card in content.values["strip"]["cards"] if card["interval"]]
    assert cards
    said = [*rendered["leadership_report.txt"].decode().splitlines(), *_strip(content.values["strip"])]
    for card in cards:
        lines = [line for line in said if f"{card['name']}, {card['state']}: " in line]
        assert len(lines) == 2
        assert all(re.search(r": [\d.,]+ \([\d.,]+ to [\d.,]+\) meetings", line) for line in lines), lines


def test_the_html_asks_for_nothing_from_outside_runs_no_script_and_hides_its_drawings(
    rendered: dict[str, bytes],
) -> None:
    page = rendered["leadership_report.html"].decode()
    assert not re.findall(r"""(?:src|href)=["']""", page)
    assert "<script" not in page and "<img" not in page
    assert page.count("<svg") == page.count('aria-hidden="true"') > 10, "each drawing stands beside its words"


def test_no_estimators_name_and_no_causal_verb_outside_what_was_drawn_by_lot(
    rendered: dict[str, bytes], content: ReportContent
) -> None:
    told = pages(rendered["leadership_report.pdf"])
    assert not re.search(ESTIMATORS, " ".join(told[:2]))
    for row in content.told.evidence.findings:
        refuse_causal_verbs(f"{row.title} {row.sentence}", verdicts=(row.verdict,))
    for part in (
        *[row["detail"] for row in content.values["changes"]["rows"]],
        content.values["people"]["title"],
        content.values["cost"],
    ):
        refuse_causal_verbs(part)


def test_an_outcome_without_an_estimate_says_why(rendered: dict[str, bytes]) -> None:
    page = words_of(rendered["leadership_report.html"])
    assert "12 mentees with a start date; at least 30 are needed" in page
    assert "only those who took part were asked" in page


def filled(page: bytes) -> float:
    """How far down the page its content reaches, the footer aside; 1 is the bottom margin."""
    grey = np.asarray(Image.open(io.BytesIO(page)).convert("L"))
    body = grey[: int(grey.shape[0] * 0.955)]
    rows = np.flatnonzero((body < 200).any(axis=1))
    return float(rows[-1] / body.shape[0])


@pytest.mark.parametrize("name", VARIANTS)
def test_every_organisation_gets_its_report_and_no_page_stays_empty(name: str, tmp_path: Path) -> None:
    content = gather(Snapshot(published_variant(tmp_path, VARIANTS[name]())))
    rendered, drawn = forms(content), pictures(content, ppi=40)
    fills = [filled(page) for page in drawn[:-1]]
    assert all(fill >= FULL for fill in fills), fills
    text = f"{words_of(rendered['leadership_report.html'])} {rendered['leadership_report.txt'].decode()}"
    assert not re.search(
        r"\b1 (programmes|pairs|months|people|findings|measures|goals|applicants)\b|\bNone\b|\bnan\b|\(\)", text
    ), "singular and plural, nothing unfilled"
    assert "{{" not in text and " ." not in rendered["leadership_report.txt"].decode()


def test_definitions_fill_both_columns(content: ReportContent) -> None:
    one = content.values["definitions"][0]
    names = [f"Measure{number:02d}" for number in range(8)]
    many = replace(content, values={**content.values, "definitions": [{**one, "label": name} for name in names]})
    placed: dict[str, float] = {}

    def note(text: str, cm: list[float], *_: object) -> None:
        placed.update({name: cm[4] for name in names if name in text})

    for page in pypdf.PdfReader(io.BytesIO(pdf(many))).pages:
        page.extract_text(visitor_text=note)
    assert [placed[name] > placed[names[0]] for name in names] == [False] * 4 + [True] * 4


def test_without_goals_the_report_asks_for_one_and_comforts_nobody(tmp_path: Path) -> None:
    text = forms(gather(Snapshot(published_variant(tmp_path, VARIANTS["nothing_measured"]()))))[
        "leadership_report.txt"
    ].decode()
    assert "DECISION ASKED: DECLARE A GOAL" in text
    assert "No decision is needed" not in text and "WHETHER PAIRS MEET AS AGREED IS NOT MEASURED" in text


def test_many_programmes_keep_those_below_on_the_strip_and_name_the_rest(tmp_path: Path) -> None:
    values = gather(Snapshot(published_variant(tmp_path, VARIANTS["eight_programmes"]()))).values
    assert len(values["strip"]["cards"]) == 4 and values["strip"]["rest"].startswith("Also: Mentoring E 0.7, below")
    assert len(values["annex"]) == 8


# --- the archive


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    return tmp_path / "reports"


def changed(change: Callable[[Tables], Tables], folder: Path) -> Path:
    """A later release: another hash, other figures."""
    made = change(as_published())
    release = made["release"].with_columns(
        pl.lit("beef00000000").alias("release_id"), pl.lit("beef" * 8).alias("content_hash")
    )
    return published_variant(folder, {**made, "release": release})


def test_an_issued_report_is_kept_listed_and_made_again_to_the_byte(published: Path, reports: Path) -> None:
    written = issue(published, reports)
    assert [path.name for path in written] == [
        "leadership_report.pdf",
        "leadership_report.html",
        "leadership_report.txt",
    ]
    [report] = archive.issued(reports)
    assert report.report_id == "0001-2026-10-31-feedc0ffee12"
    assert (report.folder / "leadership_report.pdf").read_bytes() == written[0].read_bytes()
    again = archive.reproduce(archive.find(reports, "1"))
    assert again.holds and again.reasons == ()


def test_the_same_release_is_not_issued_twice(published: Path, reports: Path) -> None:
    first = [path.read_bytes() for path in issue(published, reports)]
    assert [path.read_bytes() for path in issue(published, reports)] == first
    assert len(archive.issued(reports)) == 1


def test_reports_stay_reproducible_when_later_ones_follow(published: Path, reports: Path, tmp_path: Path) -> None:
    issue(published, reports)
    for number in range(2):
        later = changed(
            lambda made, n=number: {
                **made,
                "goals": made["goals"].with_columns(pl.lit(0.61 + n / 100).alias("current_value")),
            },
            tmp_path / f"later{number}",
        )
        with duckdb.connect(str(later)) as release:
            release.execute(f"update release set content_hash = 'beef{number}'")
        issue(later, reports)
    told = archive.issued(reports)
    assert [report.number for report in told] == [1, 2, 3]
    assert all(archive.reproduce(report).holds for report in told)


def test_inputs_that_were_touched_are_told(published: Path, reports: Path) -> None:
    issue(published, reports)
    [report] = archive.issued(reports)
    (report.folder / archive.INPUTS).write_bytes(b"other")
    again = archive.reproduce(report)
    assert not again.holds and again.reasons == ("its inputs were changed after it was issued",)


def test_a_report_that_other_code_words_otherwise_says_which_version_made_it(
    published: Path, reports: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(published, reports)
    [report] = archive.issued(reports)
    monkeypatch.setattr(archive, "forms", lambda content: dict.fromkeys(NAMES, b"other words"))
    monkeypatch.setattr(archive, "wording_hash", lambda: "another")
    again = archive.reproduce(report)
    assert not again.holds
    [reason] = again.reasons
    assert "the code that words it isn't the one that made it" in reason and report.record["stamp"]["Code"] in reason


def test_a_report_that_nobody_issued_is_refused_with_those_that_were(published: Path, reports: Path) -> None:
    issue(published, reports)
    with pytest.raises(archive.NoSuchReport, match="0001-2026-10-31-feedc0ffee12"):
        archive.find(reports, "7")


def test_code_that_asks_other_questions_says_so(published: Path) -> None:
    recorded = Recorded(Snapshot(published))
    recorded.frame("select 1 as one")
    replayed = unpacked(packed(recorded))
    assert replayed.frame("select  1 as one").item() == 1
    with pytest.raises(AsksOtherwise):
        replayed.frame("select 2 as two")


def test_every_claim_of_the_register_is_what_its_query_gives(published: Path, reports: Path) -> None:
    issue(published, reports)
    claims = archive.issued(reports)[0].claims()
    assert {claim["key"].partition("/")[0] for claim in claims} == {
        "meetings",
        "estimate",
        "goal",
        "measure",
        "round",
        "cost",
    }
    snapshot = Snapshot(published)
    for claim in claims:
        assert claim["release_id"] == "feedc0ffee12" and claim["query"]
        value = snapshot.frame(claim["query"], claim["parameters"])["value"].item()
        assert value == pytest.approx(claim["value"]), claim["key"]


def test_what_changed_since_the_last_issued_report_is_told_and_so_is_a_correction(
    published: Path, reports: Path, tmp_path: Path
) -> None:
    issue(published, reports)

    def later(made: Tables) -> Tables:
        goals = made["goals"].with_columns(
            pl.when(pl.col("goal_id") == "goal_on_track").then(pl.lit("missed")).otherwise("status").alias("status")
        )
        past = (pl.col("metric_id") == "session_frequency") & (pl.col("period_kind") == "month")
        values = made["metric_values"].with_columns(
            pl.when(past).then(pl.col("numerator") * 1.5).otherwise("numerator").alias("numerator")
        )
        return {**made, "goals": goals, "metric_values": values}

    issue(changed(later, tmp_path / "later"), reports)
    text = " ".join((reports / "latest/leadership_report.txt").read_text().split())
    assert "Goal “Participation rate”, Mentoring A: missed; on track in report 1." in text
    assert (
        "Corrected since report 1: Meetings per pair per month, Mentoring A, July to October 2026 is 1.1, not 0.7."
        in text
    )
    record = json.loads((archive.issued(reports)[1].folder / "report.json").read_text())
    assert record["since"]["number"] == 1 and record["number"] == 2


def test_what_is_not_measured_is_not_called_too_early() -> None:
    nothing = dict.fromkeys(("agreed", "value", "low", "high", "n_people", "start", "end", "limits"))
    silent = Meetings(
        programme_id="p", programme="Pilot", is_to_date=True, months=(), months_reached=0, assurance="no_level", variation="early",
        reason="not measured: no sessions of its pairs are loaded", **nothing,
    )  # fmt: skip
    shown = figures.card(silent, 2.0)
    assert (shown["word"], shown["detail"], shown["variation_words"]) == (
        "Not measured",
        "no sessions of its pairs are loaded",
        "",
    )
