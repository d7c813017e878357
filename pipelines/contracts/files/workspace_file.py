"""The words of a workspace file: sources, programmes, the day as of which everything is counted, and who may see what."""

from typing import Any

from pydantic import Field

from pipelines.contracts.files.words import Text, Texts, Words

# fmt: off


class ScheduleWords(Words):
    """When runs begin by themselves, as five cron fields (minute hour day month weekday)."""

    load: Text | None = Field(None, description='everything: `"15 3 * * *"`')
    report: Text | None = Field(None, description='the leadership report: `"0 7 2 * *"`')
    zone: Text | None = Field(None, description="the IANA zone of both, for example Europe/Berlin")


class Source(Words):
    """One source."""

    id: Text | None = Field(None, description="its id, unique: the source_instance of its rows")
    connector: Text | None = Field(None, description="a name that `impact sources` lists")
    path: Text | None = Field(None, description="folder of its files; `data/...` is the data folder, anything else is relative to this file; may be left out for systems behind an API")
    mapping: Text | None = Field(None, description="its mapping file or survey catalogue")
    options: dict[str, Any] | None = Field(None, description="what the connector is told (docs/sources/options.md); secrets as `${NAME}` of an environment variable")
    freshness_days: Text | None = Field(None, description="days after which its newest record is too old, or never; left out, 35")
    holds: Texts | None = Field(None, description="kinds of facts of which it holds all, so that absence means that none occurred: leavers, past_levels, past_jobs, missed_sessions, pair_endings, done_milestones, goal_results, applications")
    months_from: Text | None = Field(None, description="the first month, for example 2025-01, of a source whose files are named by month (`calls_2025-03.csv`): months can then be loaded again one by one")


class WorkspaceFile(Words):
    """A workspace file."""

    workspace: Text | None = Field(None, description="the workspace's name")
    as_of: Text | None = Field(None, description="the clock of every model, for example 2026-10-31; left out, the newest extract")
    zone: Text | None = Field(None, description="the IANA zone of instants whose source names none; left out, the only one that the sources name, else the schedule's")
    min_group_size: Text | None = Field(None, description="groups of fewer people are not shown; 3 at least, 5 where it is left out")
    demo: bool | None = Field(None, description="true: the published demo key may make pseudonyms; only the shipped demo may say so")
    levels: Text | None = Field(None, description="the level map: level, rank, leadership yes or no")
    programmes: Text | list[Text] | None = Field(None, description="folder of programme files, or a list of folders; left out, `programmes`")
    sources: list[Source] | None = Field(None, description="where data come from")
    schedule: ScheduleWords | None = Field(None, description="when runs begin by themselves; on in a workspace of one's own while `impact dagster` runs")
    access: dict[str, Any] | None = Field(None, description="how people sign in, and who may see what (docs/guides/access.md)")
    messages: dict[str, Any] | None = Field(None, description="who sends messages, and when (docs/guides/messages.md)")
    report: dict[str, Any] | None = Field(None, description="who gets the leadership report by mail (docs/guides/operations.md)")
    alerts: dict[str, Any] | None = Field(None, description="who is told when a run fails or is late (docs/guides/operations.md)")
    retention: dict[str, int] | None = Field(None, description="days for which landing, quarantine, reports and logs are kept (docs/guides/keeping-data.md)")
