"""The summary of a report for a mail's body. It is made when the report is issued and kept with it: the mail says what the report says, whichever version sends it."""

from typing import Any

from dashboards.reports.content import ReportContent


def summary(content: ReportContent) -> dict[str, Any]:
    """title, period, headline, lines (programmes, findings, what was corrected), decision, caveat, as_of."""
    values = content.values
    decision = values["decision"]
    asked = f"{decision['facts']} Owner: {decision['owner']}. By: {decision['by']}." if decision["is_asked"] else ""
    return {
        "title": f"{values['organisation']}: leadership report on mentoring",
        "period": values["period"],
        "headline": values["headline"],
        "lines": [*_strip(values["strip"]), *_findings(values["findings"]), *values["changes"]["since"]],
        "decision": asked,
        "caveat": values["caveat"],
        "as_of": values["as_of"],
    }


def _strip(strip: dict[str, Any]) -> list[str]:
    lines = []
    for card in strip["cards"]:
        agreed = f", agreed {card['agreed']}" if card["agreed"] else ""
        lines.append(f"{card['name']}, {card['state']}: {card['told'] or card['value']} meetings per pair per month{agreed}. {card['word']}: {card['detail']}.")  # fmt: skip
    return lines


def _findings(findings: dict[str, Any]) -> list[str]:
    told = [f"{row['number']} {row['unit']} ({row['interval_words']}). {row['title']}. {row['word'].capitalize()}, {row['rating']} of 5." for row in findings["rows"]]  # fmt: skip
    return told or [findings["silent"]] if findings["silent"] else told
