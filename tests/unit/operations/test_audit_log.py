"""The audit log only grows, and shows any other change."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.audit_log import append, entries, head, verify


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "audit/log.jsonl"
    for number in range(5):
        append(path, "exported", {"what": f"list {number}"}, actor="ada")
    return path


def test_entries_say_who_did_what_in_order(log: Path) -> None:
    found = entries(log)
    assert [entry["number"] for entry in found] == [1, 2, 3, 4, 5]
    assert (found[0]["actor"], found[0]["details"]) == ("ada", {"what": "list 0"})
    assert verify(log).problem is None
    assert log.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("line", range(5))
@pytest.mark.parametrize("kind", ["changed", "removed", "doubled", "garbage", "moved"])
def test_any_change_of_a_line_is_told_with_its_place(log: Path, line: int, kind: str) -> None:
    lines, noted = log.read_text().splitlines(), head(log)
    if kind == "changed":
        lines[line] = lines[line].replace('"ada"', '"eve"')
    elif kind == "garbage":
        lines[line] = "{"
    elif kind == "removed":
        del lines[line]
    elif kind == "doubled":
        lines.insert(line, lines[line])
    else:
        lines.insert((line + 2) % 5, lines.pop(line))
    log.write_text("\n".join(lines) + "\n")
    verdict = verify(log, noted)
    assert verdict.problem is not None
    if kind in ("changed", "garbage"):
        assert f"line {line + 1}" in verdict.problem


def test_a_log_written_anew_doesnt_have_the_head_that_a_report_noted(log: Path) -> None:
    noted = head(log)
    log.unlink()
    append(log, "exported", {"what": "something else"}, actor="eve")
    assert verify(log).problem is None
    assert "removed or written anew" in verify(log, noted[:16]).problem


def test_a_later_log_still_has_an_earlier_head(log: Path) -> None:
    noted = head(log)
    append(log, "erased", {"receipt": "erasure-0001"})
    assert verify(log, noted[:16]).problem is None


def test_what_a_killed_process_left_half_written_is_dropped_by_the_next_entry(log: Path) -> None:
    with log.open("a") as stream:
        stream.write('{"number": 6, "at": "20')
    assert verify(log).problem is not None
    append(log, "exported", {})
    assert verify(log).problem is None
    assert len(entries(log)) == 6


def test_writers_at_the_same_time_leave_one_chain(log: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: append(log, "accepted", {"key": number}), range(12)))
    assert (verify(log).problem, len(entries(log))) == (None, 17)


@pytest.mark.slow
@given(
    st.dictionaries(st.text(max_size=20), st.one_of(st.text(max_size=50), st.integers(), st.booleans()), max_size=5),
    st.text(min_size=1, max_size=30),
)
def test_whatever_an_entry_holds_it_verifies(
    tmp_path_factory: pytest.TempPathFactory, details: dict, actor: str
) -> None:
    log = tmp_path_factory.mktemp("log") / "log.jsonl"
    append(log, "exported", details, actor=actor)
    append(log, "exported", json.loads(json.dumps(details)), actor=actor)
    assert verify(log).problem is None
