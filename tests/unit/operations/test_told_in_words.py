"""What a run stops at is told in its own words where these were written for readers, and by its kind alone where they may quote a row."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from pipelines.contracts.declared_outcomes import DeclarationError
from pipelines.decisions import StoreUnreachable
from pipelines.messages.outbox import OutboxUnreachable
from pipelines.run import _problem
from pipelines.sources.remote.client import RemoteRefused
from pipelines.told import told_kinds


@pytest.mark.parametrize("kind", [StoreUnreachable, OutboxUnreachable, RemoteRefused, DeclarationError])
def test_a_refusal_of_ours_is_told_as_it_stands_whatever_raises_it(kind: type[Exception], tmp_path: Path) -> None:
    inner = SimpleNamespace(
        cls_name=kind.__name__, message=f"{kind.__name__}: It doesn't answer. Check it.", cause=None
    )
    told = _problem("landing__decisions", SimpleNamespace(cause=inner), tmp_path)
    assert told == "landing zone: decisions: It doesn't answer. Check it."


def test_another_exceptions_words_may_quote_a_row_and_stay_in_the_log(tmp_path: Path) -> None:
    other = SimpleNamespace(cls_name="ValueError", message="ValueError: Ada", cause=None, to_string=lambda: "trace")
    assert "ValueError" not in told_kinds()
    assert "Ada" not in _problem("raw", other, tmp_path)
