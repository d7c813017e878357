"""What the mail of an issued report says, read from the report as it was issued."""

from collections.abc import Iterable, Mapping
from typing import Any

from pipelines.settings import Settings

PDF = "leadership_report.pdf"


def words_of_reports(workspace: Settings, report_ids: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """By report id: the summary, and the PDF where the workspace file attaches it. A report that is gone is left out."""
    wanted = set(report_ids)
    if not wanted:
        return {}
    from dashboards.reports.archive import issued
    from dashboards.reports.mail import summary

    mail = workspace.report_mail
    found = {report.report_id: report for report in issued(workspace.reports) if report.report_id in wanted}
    pdfs = {key: (one.folder / PDF).read_bytes() if mail and mail.attach else None for key, one in found.items()}
    return {key: {**summary(one), "pdf": pdfs[key]} for key, one in found.items()}
