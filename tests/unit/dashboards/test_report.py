"""The leadership report: same snapshot, same bytes; accessible; nothing claimed that no design carries."""

import re
from pathlib import Path

import pypdf
import pytest

from dashboards import wording
from dashboards.reports import figures, render_report
from dashboards.reports.content import gather
from dashboards.snapshot import Snapshot


@pytest.fixture(scope="module")
def rendered(published: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return {path.suffix: path for path in render_report(published, tmp_path_factory.mktemp("report"))}


def test_the_same_snapshot_gives_the_same_bytes(published: Path, rendered: dict[str, Path], tmp_path: Path) -> None:
    for again in render_report(published, tmp_path):
        assert again.read_bytes() == rendered[again.suffix].read_bytes()


def test_the_pdf_is_tagged_titled_and_in_a_language(rendered: dict[str, Path]) -> None:
    document = pypdf.PdfReader(rendered[".pdf"])
    catalogue = document.trailer["/Root"]
    assert catalogue["/MarkInfo"]["/Marked"]
    assert catalogue["/Lang"].startswith("en")
    assert document.metadata.title.startswith("Mentoring: what it does")
    assert b"pdfuaid" in rendered[".pdf"].read_bytes() or "pdfuaid" in str(document.xmp_metadata.stream.get_data())


def test_the_summary_fits_one_page_and_180_words(rendered: dict[str, Path], published: Path) -> None:
    first = pypdf.PdfReader(rendered[".pdf"]).pages[0].extract_text()
    assert "Summary" in first
    assert "Goals" not in first.replace("Goals compare", "")
    content = gather(Snapshot(published))
    words = " ".join([*(f.sentence for f in content.findings), content.decision, content.caveat]).split()
    assert len(words) <= 180


def test_the_sections_stand_in_reading_order(rendered: dict[str, Path]) -> None:
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(rendered[".pdf"]).pages)
    titles = ["Summary", "Goals", "Health", "Outcomes", "Effects", "Data quality", "Definitions", "Reproducibility"]
    places = [text.index(f"\n{title}") for title in titles]
    assert places == sorted(places)


def test_the_html_asks_for_nothing_from_outside_and_runs_no_script(rendered: dict[str, Path]) -> None:
    page = rendered[".html"].read_text()
    assert not re.findall(r"""(?:src|href)=["']https?:""", page)
    assert "<script" not in page
    assert page.count('role="img" aria-label="') == page.count("<figure") > 0


def test_no_descriptive_sentence_claims_an_effect(published: Path) -> None:
    content = gather(Snapshot(published))
    for effect in content.effects:
        wording.refuse_causal_verbs(effect["sentence"], verdicts=(effect["verdict"],))
    for row in [*content.health, *content.outcomes]:
        wording.refuse_causal_verbs(f"{row['label']} {row['text']}")


def test_every_figure_has_an_alternative_text_with_its_numbers(published: Path) -> None:
    drawn = figures.of_report(gather(Snapshot(published)), "Libertinus Serif", 400)
    everything = [*drawn["health"], *drawn["impact"].values()]
    assert len(drawn["impact"]) == 5
    for figure in everything:
        assert re.search(r"\d", figure["alt"])
        assert figure["svg"].startswith("<svg")


def test_every_effect_has_one_sentence_and_one_chart_and_no_p_value(rendered: dict[str, Path]) -> None:
    page = rendered[".html"].read_text()
    assert page.count("Comparable employees, not a randomised trial.") == 4, (
        "two sentences, each in the alternative text too"
    )
    assert "88.6 % of 483 mentees, 83.5 % of comparable colleagues" in page
    assert not re.search(r"hazard|p[- ]value|p [<=]", page)


def test_an_effect_without_a_figure_says_why(rendered: dict[str, Path]) -> None:
    page = rendered[".html"].read_text()
    assert "12 mentees with a start date; at least 30 are needed" in page
    assert "only those who took part were asked" in page


def test_a_curve_of_the_report_counts_who_left_observation(rendered: dict[str, Path]) -> None:
    pages = pypdf.PdfReader(rendered[".pdf"]).pages
    text = " ".join(" ".join(page.extract_text() for page in pages).split())
    assert "mentees, left observation so far 0 few 12 18 24" in text
    html = rendered[".html"].read_text()
    assert '<th scope="row">comparable colleagues, left observation so far</th>' in html
    assert "no longer followed before it could happen" in html and "no longer followed before it could happen" in text
