"""The workbench's sections and states, on a cohort that the engine solved: what is told, what may be pressed, what is refused."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboards.workbench.fairness import references
from dashboards.workbench.history import history_rows
from dashboards.workbench.limits import limit_prices
from dashboards.workbench.seats import reasons
from pipelines.decisions import Decision, DecisionStore, state_of
from pipelines.matching import LevelGap, MatchProblem, Policy, TimeZoneGap, solve
from tests.causal_words import refuse_causal_verbs
from tests.published_matching import COHORT, matching_tables
from tests.unit.matching.people import SCORE, mentees, mentors

ROOT = Path(__file__).resolve().parents[2]
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
OpenSection = Callable[..., AppTest]


@pytest.fixture
def store(tmp_path: Path) -> DecisionStore:
    return DecisionStore(f"sqlite:///{tmp_path}/decisions.sqlite")


@pytest.fixture
def section(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> OpenSection:
    def _open(name: str = "Pairs", url: str = f"sqlite:///{tmp_path}/decisions.sqlite") -> AppTest:
        monkeypatch.setenv("IMPACT_SERVING", str(published.parent))
        monkeypatch.setenv("IMPACT_DECISIONS", url)
        monkeypatch.setenv("IMPACT_ACTOR", "coordinator")
        app = AppTest.from_file(ROOT / "dashboards" / "streamlit_app.py", default_timeout=60)
        app.switch_page("app_pages/matching.py")
        app.session_state["section"] = name
        return app.run()

    return _open


def decided(revision: int, kind: str, pairs: list[tuple[str, str]] = (), **more) -> Decision:  # type: ignore[assignment]
    return Decision(COHORT, revision, kind, pairs=tuple(pairs), actor="anna", reason="they asked", made_at=NOON, **more)


def proposed() -> list[tuple[str, str]]:
    return list(
        matching_tables()[1]["match_pairs"].select("mentee_application_id", "mentor_application_id").iter_rows()
    )


def said(app: AppTest) -> str:
    parts = [
        one.value for kind in ("title", "markdown", "caption", "info", "warning", "error") for one in getattr(app, kind)
    ]
    return "\n".join([*parts, *(str(table.value.values.tolist()) for table in app.dataframe)])


def button(app: AppTest, key: str):
    return next(one for one in app.button if one.key == key)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Pairs", "Alternatives"),
        ("Unmatched and seats", "What one more would add"),
        ("What if", "Move a slider"),
        ("Fairness and difference", "under four fifths"),
        ("Runs and log", "Nothing was decided yet"),
    ],
)
def test_each_section_answers_and_claims_no_effect(section: OpenSection, name: str, words: str) -> None:
    app = section(name)
    assert not app.exception
    assert not app.error
    shown = said(app) + str([list(table.value.columns) for table in app.dataframe])
    assert words in shown
    assert "10 of 12 mentees" in shown
    refuse_causal_verbs(shown)


def test_the_page_names_the_group_that_others_are_compared_with(section: OpenSection) -> None:
    shown = said(section("Fairness and difference"))
    assert "**Gender**: matched shares are compared with **" in shown
    assert "1 (reference)" in shown
    assert "hold at least a tenth of the mentees" in shown


def test_a_reason_that_many_share_is_told_once_and_in_full() -> None:
    people = pl.DataFrame({"role": ["mentee"] * 6 + ["mentor"], "why": ["a"] * 2 + list("bcde") + ["nobody asked"]})
    assert reasons(people) == ["- **2 mentees**: a", "- **1 mentee**: b", "- **1 mentee**: c", "- **1 mentee**: d", "- and 2 more reasons, in the table"]  # fmt: skip
    assert reasons(people.head(2)) == ["- **2 mentees**: a"]


def test_each_limit_stands_with_what_would_come_without_it(section: OpenSection) -> None:
    app = section("Unmatched and seats")
    assert not app.exception
    (limits,) = [table.value for table in app.dataframe if "Score more without it" in table.value.columns]
    assert len(limits)
    assert (limits["Mentees more without it"] >= 0).all()
    assert limits["Pairs ruled out"].notna().all()


def test_a_limit_that_keeps_somebody_out_has_that_place_as_its_price() -> None:
    near, far = {"utc_offset_hours": 0.0}, {"utc_offset_hours": 11.0}
    problem = MatchProblem(mentees=mentees(near, near), mentors=mentors(near, far), rules=[TimeZoneGap(4), LevelGap(1)], score=SCORE)  # fmt: skip
    priced = limit_prices(solve(problem, Policy(), salt="s")).to_dicts()
    assert [(row["pairs_removed"], row["mentees"]) for row in priced] == [(2, 1), (0, 0)]
    assert priced[0]["score"] > 0 and priced[1]["score"] == 0


def test_a_group_audit_without_reference_says_so() -> None:
    rows = pl.DataFrame(
        {"coverage_reference": [None], "quality_reference": [None]}, schema_overrides={"coverage_reference": pl.String}
    )
    assert references("home_office", rows).startswith("**Home office**: no group is large enough")


def test_past_runs_are_listed_with_policy_and_what_people_made_of_them(
    section: OpenSection, store: DecisionStore
) -> None:
    def runs() -> list[list[str]]:
        return section("Runs and log").dataframe[-1].value.iloc[:, [0, 2, 3, 4, 5]].values.tolist()

    replaced = ["30 Sep 2026", "8 of 9 mentees", "0ldf00d1", "nobody yet", "replaced before it was published"]
    now = ["31 Oct 2026", "10 of 12 mentees", "cafe0001"]
    assert runs() == [[*now, "nobody yet", "pending"], replaced]
    run = matching_tables()[1]["match_problems"]["run_id"][0]
    store.record(decided(1, "approve", proposed(), run_id=run))
    assert runs() == [[*now, "anna", "pending: 10 pairs approved"], replaced]
    store.record(decided(2, "publish", proposed(), run_id=run))
    published = "10 pairs published as version 1 by anna on 02 Nov 2026"
    assert runs() == [[*now, "anna", published], replaced]
    store.record(decided(3, "undo", undoes=2))
    assert runs()[0] == [*now, "anna", f"{published}, taken back"]


def test_a_publication_of_a_run_that_was_not_kept_is_still_listed(store: DecisionStore) -> None:
    taken = [
        decided(1, "approve", proposed()),
        decided(2, "publish", proposed()),
        decided(3, "publish", proposed()[:9]),
    ]
    rows = history_rows([], "now", taken, state_of(taken))
    assert [(row["pairs"], row["run"], row["standing"]) for row in rows] == [
        ("9 pairs", "not kept", "9 pairs published as version 2 by anna on 02 Nov 2026"),
        ("10 pairs", "not kept", "10 pairs published as version 1 by anna on 02 Nov 2026, replaced by version 2"),
    ]


def test_nothing_can_be_published_before_it_is_approved(section: OpenSection, store: DecisionStore) -> None:
    assert button(section(), "publish_approved").disabled
    store.record(decided(1, "approve", proposed()))
    assert not button(section(), "publish_approved").disabled


def test_an_approval_that_is_no_longer_proposed_holds_publishing_up(section: OpenSection, store: DecisionStore) -> None:
    store.record(decided(1, "approve", proposed()))
    mentee, mentor = proposed()[0]
    store.record(decided(2, "capacity", mentor=mentor, seats=0))
    app = section()
    assert button(app, "publish_approved").disabled
    assert f"{mentee}, " in next(one.value for one in app.warning if "no longer proposed" in one.value)
    assert button(app, "withdraw_outdated")


def test_a_button_asks_for_the_reason_and_an_empty_one_is_refused(section: OpenSection, store: DecisionStore) -> None:
    app = section()
    app.selectbox(key="mentee_chosen").select(proposed()[0][0]).run()
    button(app, "lock_pair").click().run()
    assert "The proposal would match 10 of 12 mentees (+0)" in said(app)
    button(app, "workbench_decide").click().run()
    assert any("Every decision needs its reason" in error.value for error in app.error)
    assert store.decisions(COHORT) == []
    app.text_area(key="workbench_reason").input("agreed").run()
    button(app, "workbench_decide").click().run()
    assert [(one.kind, one.actor, one.reason) for one in store.decisions(COHORT)] == [("lock", "coordinator", "agreed")]


def test_a_lock_that_breaks_a_rule_is_refused_with_the_rule(section: OpenSection, store: DecisionStore) -> None:
    app = section()
    app.selectbox(key="mentee_chosen").select("EE-1").run()
    app.selectbox(key="mentor_chosen").select("OR-1").run()
    assert "reporting line" in said(app)
    button(app, "lock_other").click().run()
    assert any("reporting line" in error.value for error in app.error)
    assert not [one for one in app.button if one.key == "workbench_decide"]


def test_other_weights_are_shown_as_differences_and_change_nothing(section: OpenSection, store: DecisionStore) -> None:
    app = section("What if")
    app.slider(key=f"weight_{COHORT}_topics").set_value(9.0).run()
    table = next(one.value for one in app.dataframe if "With these weights" in one.value.columns)
    assert {"Matched mentees", "Total score", "Worst score", "Have their best mentor"} <= set(table["Figure"])
    assert store.decisions(COHORT) == []
    prepared = next(one.value for one in app.dataframe if "Change" in one.value.columns)
    assert "Lowest coverage ratio by gender" in prepared.columns


def test_the_log_tells_who_what_and_why_and_what_was_taken_back(section: OpenSection, store: DecisionStore) -> None:
    store.record(decided(1, "lock", [proposed()[0]]))
    store.record(decided(2, "undo", undoes=1))
    rows = section("Runs and log").dataframe[0].value
    assert rows["No."].tolist() == [2, 1]
    assert rows["Reason"].tolist() == ["they asked"] * 2
    assert rows["Standing"].tolist() == ["in effect", "taken back"]


def test_a_store_that_does_not_answer_is_told_and_nothing_can_be_decided(section: OpenSection) -> None:
    app = section(url="postgresql://someone:secret@127.0.0.1:1/none")
    assert not app.exception
    assert "doesn't answer" in app.error[0].value
    assert "secret" not in said(app)
    assert not [one for one in app.button if one.key and one.key.startswith(("approve", "publish", "lock"))]
