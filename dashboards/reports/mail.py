"""The summary of an issued report for a mail's body, made from the inputs that were kept with it: the mail says what the report says."""

from typing import Any

from dashboards.reports.archive import INPUTS, Report
from dashboards.reports.content import gather
from dashboards.reports.inputs import unpacked
from dashboards.reports.issued import from_plain


def summary(report: Report) -> dict[str, Any]:
    """title, period, headline, lines (programmes, findings, changes), decision, caveat, cost, as_of, owner."""
    values = gather(unpacked((report.folder / INPUTS).read_bytes()), from_plain(report.record["since"])).values
    decision = values["decision"]
    asked = f"{decision['facts']} Owner: {decision['owner']}. By: {decision['by']}." if decision["is_asked"] else ""
    return {
        "title": f"{values['organisation']}: {values['title'][:1].lower()}{values['title'][1:]}",
        "period": values["period"],
        "headline": values["headline"],
        "lines": [*_strip(values["strip"]), *_findings(values["findings"]), *values["changes"]["since"]],
        "decision": asked,
        "caveat": values["caveat"],
        "as_of": values["as_of"],
        "owner": decision["owner"] if decision["is_asked"] else "the programme team",
    }


def _strip(strip: dict[str, Any]) -> list[str]:
    lines = []
    for card in strip["cards"]:
        agreed = f", agreed {card['agreed']}" if card["agreed"] else ""
        lines.append(f"{card['name']}: {card['value']} meetings per pair per month{agreed}. {card['word']}; {card['detail']}.")  # fmt: skip
    return lines


def _findings(findings: dict[str, Any]) -> list[str]:
    told = [f"{row['number']} {row['unit']} ({row['interval_words']}). {row['title']}. {row['word'].capitalize()}, {row['rating']} of 5." for row in findings["rows"]]  # fmt: skip
    return told or [findings["silent"]] if findings["silent"] else told
