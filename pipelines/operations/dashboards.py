"""The dashboards on this machine: the command that serves them, and what they are told of the workspace."""

import json
import os
import sys
from collections.abc import Mapping
from urllib.parse import urlsplit

from pipelines.access.provider import FILE, read_provider, refuse_exposed
from pipelines.access.settings import AccessRefused
from pipelines.checkout import PROJECT, SettingsError
from pipelines.operations.lateness import late_after_hours
from pipelines.settings import Settings


def dashboards_command(port: int, host: str = "127.0.0.1") -> list[str]:
    """Streamlit on one address, which ends with the command that started it."""
    server = str(PROJECT / "dashboards/server.py")
    return [sys.executable, "-m", "pipelines.operations.attached", "streamlit", "run", server, f"--server.port={port}", f"--server.address={host}", "--server.headless=true"]  # fmt: skip


def dashboards_environment(workspace: Settings) -> Mapping[str, str]:
    """Places and limits, no keys. The workspace file is named where it has `access:`, which is read at each question. The host of `messages: public_url` is allowed, since links lead there."""
    named = [host for host in os.environ.get("IMPACT_ALLOWED_HOSTS", "").split(",") if host.strip()]
    public = urlsplit(workspace.messages.public_url or "").netloc
    return {
        "IMPACT_SERVING": str(workspace.serving),
        "IMPACT_DECISIONS": workspace.decisions,
        "IMPACT_OUTBOX": workspace.outbox,
        "IMPACT_DATA": str(workspace.data),
        FILE: str(workspace.workspace_file) if workspace.access else "",
        "IMPACT_LATE_AFTER_HOURS": str(late_after_hours(workspace)),
        "IMPACT_RETENTION": json.dumps(dict(workspace.retention)),
        "IMPACT_IS_DEMO": "yes" if workspace.is_demo else "",
        "IMPACT_ALLOWED_HOSTS": ",".join([*named, *([public] if public else [])]),
    }


def check_sign_in(workspace: Settings, host: str) -> None:
    """Raises SettingsError where the dashboards would be open to others, or their sign-in couldn't work."""
    try:
        refuse_exposed(host, workspace.access)
        if workspace.access is not None and workspace.access.sign_in == "oidc":
            read_provider(os.environ)
    except AccessRefused as refused:
        raise SettingsError(str(refused)) from refused
