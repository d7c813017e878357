"""The store on a real SQLite file and a real PostgreSQL: nothing is overwritten, whoever writes at once."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from pipelines.decisions import Decision, DecisionRefused, DecisionStore, StaleRevision, StoreUnreachable, state_of
from tests.postgres import running_postgres

pytestmark = pytest.mark.slow

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
WRITERS = 8


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with running_postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/folder/decisions.sqlite"
        return
    address = request.getfixturevalue("server")
    yield address
    engine = sa.create_engine(address.replace("postgresql", "postgresql+pg8000", 1))
    with engine.begin() as connection:
        connection.execute(sa.text("drop table if exists match_decisions"))
    engine.dispose()


def lock(revision: int, mentee: str = "a", actor: str = "anna") -> Decision:
    return Decision(
        "C", revision, "lock", pairs=((mentee, "x"),), actor=actor, reason=f"{mentee} asked", made_at=NOON, run_id="C:1"
    )


def test_a_log_comes_back_as_it_was_written(url: str) -> None:
    made = [
        lock(1),
        Decision("C", 2, "capacity", mentor="x", seats=0, actor="ben", reason="on leave; 'quoted' and ünïcode", made_at=NOON),
        Decision("C", 3, "undo", undoes=2, actor="anna", reason="back already", made_at=NOON),
    ]  # fmt: skip
    for decision in made:
        DecisionStore(url).record(decision)
    assert DecisionStore(url).decisions("C") == made
    assert DecisionStore(url).decisions("another") == []
    assert DecisionStore(url).cohorts() == ["C"]


def test_before_the_first_decision_there_is_nothing_and_nothing_is_made(url: str, tmp_path: Path) -> None:
    assert DecisionStore(url).decisions("C") == []
    assert DecisionStore(url).cohorts() == []
    assert not list(tmp_path.iterdir())


def test_who_looked_too_early_is_told_what_the_other_decided(url: str) -> None:
    DecisionStore(url).record(lock(1))
    with pytest.raises(StaleRevision, match=r'Locked a with x\. \(anna, decision 1, because: "a asked"\)') as refused:
        DecisionStore(url).record(lock(1, "b", "ben"))
    assert [one.actor for one in refused.value.others] == ["anna"]
    assert [one.actor for one in DecisionStore(url).decisions("C")] == ["anna"]


def test_decisions_about_other_people_follow_each_other_whoever_looked_first(url: str) -> None:
    DecisionStore(url).record(lock(1))
    ben = replace(lock(1, "b", "ben"), pairs=(("b", "y"),))
    after = DecisionStore(url).record(ben)
    assert after.locks == {("a", "x"), ("b", "y")}
    assert [(one.actor, one.revision) for one in DecisionStore(url).decisions("C")] == [("anna", 1), ("ben", 2)]
    with pytest.raises(StaleRevision, match="Locked a with x"):  # an undo is about everything that it hasn't seen
        DecisionStore(url).record(replace(lock(1, "c", "cleo"), kind="undo", pairs=(), undoes=2))


def test_two_approvals_meet_only_in_the_same_pair(url: str) -> None:
    DecisionStore(url).record(replace(lock(1), kind="approve"))
    after = DecisionStore(url).record(replace(lock(1, "b", "ben"), kind="approve"))
    assert after.approved == {("a", "x"), ("b", "x")}
    with pytest.raises(StaleRevision, match="ben"):
        DecisionStore(url).record(replace(lock(2, "b", "cleo"), kind="withdraw"))


@pytest.mark.slow
def test_of_writers_at_the_same_moment_one_wins_and_nothing_is_overwritten(url: str) -> None:
    for revision in range(1, 4):
        gate, outcomes = threading.Barrier(WRITERS), []

        def write(name: int, revision: int = revision, gate: threading.Barrier = gate, told: list = outcomes) -> None:
            store = DecisionStore(url)
            gate.wait()
            try:
                store.record(lock(revision, f"{revision}-{name}", f"writer {name}"))
                told.append(name)
            except StaleRevision as stale:
                told.append(stale)

        threads = [threading.Thread(target=write, args=(name,)) for name in range(WRITERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        winners = [one for one in outcomes if isinstance(one, int)]
        assert len(winners) == 1
        assert len(outcomes) == WRITERS
        newest = DecisionStore(url).decisions("C")[-1]
        assert newest.actor == f"writer {winners[0]}"
        assert all(one.others[-1].actor == newest.actor for one in outcomes if isinstance(one, StaleRevision))
    assert len(state_of(DecisionStore(url).decisions("C")).locks) == 3


def test_the_primary_key_holds_where_both_looked_before_either_wrote(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check of the revision alone would let both through: the second reads before the first has written."""
    DecisionStore(url).record(lock(1))
    from pipelines.decisions import store as module

    read, first = module._read, [True]

    def late(connection: sa.Connection, cohort: str) -> list[Decision]:
        seen = read(connection, cohort)
        if first:
            first.clear()
            DecisionStore(url).record(lock(2, "b", "ben"))
        return seen

    monkeypatch.setattr(module, "_read", late)
    with pytest.raises(StaleRevision, match="ben"):
        DecisionStore(url).record(lock(2, "c", "cleo"))
    assert [one.actor for one in DecisionStore(url).decisions("C")] == ["anna", "ben"]


def test_a_refused_decision_leaves_no_trace(url: str) -> None:
    store = DecisionStore(url)
    store.record(lock(1))
    with pytest.raises(DecisionRefused):
        store.record(lock(2))
    with pytest.raises(DecisionRefused):
        store.record(replace(lock(2, "b"), reason=""))
    assert len(store.decisions("C")) == 1


def test_a_store_that_does_not_answer_is_told_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(StoreUnreachable, match="IMPACT_DECISIONS") as told:
        DecisionStore("postgresql://someone:secret@127.0.0.1:1/none").decisions("C")
    assert "secret" not in str(told.value)
    (tmp_path / "broken.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(StoreUnreachable):
        DecisionStore(f"sqlite:///{tmp_path}/broken.sqlite").decisions("C")
