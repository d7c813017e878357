"""Programmes as their files describe them to messages."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipelines.checkout import SettingsError
from pipelines.contracts.programme_messages import MessagesRefused, ProgrammeMessages, programme_messages
from pipelines.handbook.facts import rhythm_words
from pipelines.messages.facts import Programme, Survey
from pipelines.messages.office import ProgrammeWords
from pipelines.settings import Settings
from pipelines.workspace_entries import read_yaml


def programme_files(workspace: Settings) -> dict[str, Mapping[str, Any]]:
    """Content of every programme file by programme id; published trials that are shown for comparison are left out: nobody writes to their people."""
    paths = sorted(path for folder in workspace.programme_folders if folder.exists() for path in folder.glob("*.y*ml"))
    contents = [read_yaml(path) for path in paths]
    return {str(one["programme_id"]): one for one in contents if isinstance(one, dict) and "programme_id" in one and one.get("data_origin") != "reference"}  # fmt: skip


def programmes(workspace: Settings) -> dict[str, Programme]:
    """By id. Raises SettingsError where a `messages:` block isn't right."""
    return {key: _programme(key, content, _block(key, content)) for key, content in programme_files(workspace).items()}


def words_of_programmes(workspace: Settings) -> dict[str, ProgrammeWords]:
    """Name and rhythm by id."""
    return {key: ProgrammeWords(str(content.get("name", key)), rhythm_words(content.get("cadence_days"))) for key, content in programme_files(workspace).items()}  # fmt: skip


def templates_of(workspace: Settings) -> Path:
    """The workspace's own templates; the folder needn't exist."""
    return (workspace.workspace_file.parent / workspace.messages.templates).resolve()


def _block(programme_id: str, content: Mapping[str, Any]) -> ProgrammeMessages:
    try:
        return programme_messages(content.get("messages"))
    except MessagesRefused as wrong:
        raise SettingsError(f"The file of the programme {programme_id}: in messages, {wrong}. Next step: correct it.") from wrong  # fmt: skip


def _programme(programme_id: str, content: Mapping[str, Any], block: ProgrammeMessages) -> Programme:
    surveys = tuple(Survey(one.survey, None if one.at == "closing" else one.at, one.link, one.open_days, tuple(one.roles)) for one in block.surveys)  # fmt: skip
    cadence = content.get("cadence_days")
    return Programme(programme_id, str(content.get("name", programme_id)), float(cadence) if cadence else None, surveys, frozenset(block.send), frozenset(block.without_approval))  # fmt: skip
