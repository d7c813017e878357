"""The leadership report: PDF, HTML and text from one published snapshot, kept in an archive; the same inputs give the same bytes."""

from dashboards.reports.archive import issue

__all__ = ["issue"]
