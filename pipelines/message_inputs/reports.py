"""What the mail of an issued report says, read from the report as it was issued."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from pipelines.settings import Settings

SUMMARY, PDF = "mail.json", "leadership_report.pdf"


def words_of_reports(workspace: Settings, report_ids: Iterable[str]) -> dict[str, Mapping[str, Any]]:
    """By report id: the summary, and the PDF where the workspace file attaches it. One that is gone, or that a version before mails issued, is left out."""
    mail, found = workspace.report_mail, dict[str, Mapping[str, Any]]()
    for report_id in set(report_ids):
        folder = workspace.reports / "issued" / report_id
        if (folder / SUMMARY).exists():
            told = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
            found[report_id] = {**told, "pdf": (folder / PDF).read_bytes() if mail and mail.attach else None}
    return found
