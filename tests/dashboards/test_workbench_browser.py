"""The workbench in a real Chromium: from proposal to published and back, two people at once, and a re-run that keeps what was decided."""

import re
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from pipelines.decisions import DecisionStore, state_of
from pipelines.serving.snapshot import publish, write_tables
from tests.chromium import find_chromium
from tests.dashboard_server import running_dashboards
from tests.published import manager_tables, publish_test_snapshot, tables
from tests.published_matching import BLOCK, COHORT, matching_tables, participants

CHROMIUM = find_chromium()
pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium found: set CHROMIUM or run `make browser`"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workbench")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with running_dashboards(folder / "serving", folder, IMPACT_ACTOR="coordinator") as running:
        yield running


@pytest.fixture
def serving(folder: Path) -> Path:
    """The server's snapshot as it was at first."""
    publish_test_snapshot(folder / "serving")
    return folder / "serving"


@pytest.fixture
def store(folder: Path, serving: Path) -> DecisionStore:
    """The server's decision store, empty."""
    (folder / "decisions" / "decisions.sqlite").unlink(missing_ok=True)
    return DecisionStore(f"sqlite:///{folder}/decisions/decisions.sqlite")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"])  # fmt: skip


def opened(browser: Browser, address: str, section: str = "Pairs") -> Page:
    page = browser.new_page(base_url=address, viewport={"width": 1366, "height": 900})
    page.set_default_timeout(20_000)
    visit(page, section)
    return page


def visit(page: Page, section: str) -> None:
    page.goto(f"/matching?section={section}")
    settled(page)


def settled(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_be_visible(timeout=20_000)
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning", timeout=20_000)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    expect(page.get_by_text("Deciding as coordinator")).to_be_visible(timeout=20_000)
    assert page.get_by_test_id("stException").count() == 0


def ask(page: Page, button: str | re.Pattern[str]) -> None:
    page.get_by_role("button", name=button, exact=isinstance(button, str)).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    settled(page)


def give_reason(page: Page, reason: str) -> None:
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Reason").fill(reason)
    dialog.get_by_role("button", name="Decide").click()


def decide(page: Page, button: str | re.Pattern[str], reason: str) -> None:
    ask(page, button)
    give_reason(page, reason)
    expect(page.get_by_role("dialog")).to_have_count(0)
    settled(page)


def answer(page: Page) -> str:
    return page.get_by_text(re.compile(r"approved, (nothing|version)")).inner_text()


def choose(page: Page, label: str, name: str) -> None:
    box = page.get_by_role("combobox", name=label, exact=True)
    box.click()
    box.fill(name)
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    settled(page)
    expect(box).to_have_value(re.compile(re.escape(name)))


def test_from_proposal_to_published_and_back_and_a_rerun_keeps_the_lock(
    browser: Browser, address: str, store: DecisionStore, serving: Path
) -> None:
    page = opened(browser, address)
    before = dict(
        matching_tables()[1]["match_pairs"].select("mentee_application_id", "mentor_application_id").iter_rows()
    )
    mentee = "EE-3"
    other = next(mentor for mentor in ("OR-2", "OR-4", "OR-5") if mentor != before[mentee])
    choose(page, "Mentee", f"{mentee},")
    choose(page, "Another mentor", f"{other},")
    ask(page, "Lock with this mentor")
    page.get_by_role("dialog").get_by_role("button", name="Decide").click()
    expect(page.get_by_role("dialog")).to_contain_text("Every decision needs its reason")
    assert store.decisions(COHORT) == []
    give_reason(page, "They know each other's work")
    expect(page.get_by_role("dialog")).to_have_count(0)
    settled(page)
    assert state_of(store.decisions(COHORT)).locks == {(mentee, other)}
    expect(page.get_by_text("1 decisions are newer than the published run")).to_be_visible()

    decide(page, re.compile(r"^Approve \d+ shown$"), "Looked through with the team")
    approved = state_of(store.decisions(COHORT)).approved
    assert (mentee, other) in approved
    assert f"{len(approved)} pairs are approved, nothing is published." in answer(page)
    decide(page, re.compile(r"^Publish \d+ approved$"), "Steering group agreed")
    assert f"version 1 with {len(approved)} pairs is published." in answer(page)

    visit(page, "Runs and log")
    decide(page, re.compile("^Take back decision 3: publish$"), "Too early")
    assert "nothing is published." in answer(page)
    visit(page, "Pairs")
    decide(page, re.compile(r"^Publish \d+ approved$"), "Now it is time")
    assert "version 2 with" in answer(page)

    readers, managers = matching_tables(store.decisions(COHORT))
    publish(serving, lambda path: write_tables(path, tables() | readers), lambda path: write_tables(path, manager_tables() | managers))  # fmt: skip
    visit(page, "Pairs")
    expect(page.get_by_text("newer than the published run")).to_have_count(0)
    again = managers["match_pairs"].filter(mentee_application_id=mentee)
    assert again["mentor_application_id"].to_list() == [other]
    assert again["is_locked"].to_list() == [True]
    assert set(managers["match_differences"]["change"]) == {"kept"}
    choose(page, "Mentee", f"{mentee},")
    expect(page.locator("p").filter(has_text="locked, approved, published")).to_be_visible()
    log = store.decisions(COHORT)
    assert [one.kind for one in log] == ["lock", "approve", "publish", "undo", "publish"]
    assert all(one.actor == "coordinator" and one.reason and one.made_at for one in log)


ROUNDS = {**BLOCK, "hard_rules": [*BLOCK["hard_rules"], {"rule": "previous_pair", "reason": "x"}]}


def of_round(
    gone: frozenset[str] = frozenset(), new: int = 0, had: frozenset[tuple[str, str]] = frozenset()
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The people of a round: EE-3 wants two mentors, OR-1 has a group of up to four. gone: who left; new: mentees who came; had: pairs of earlier rounds."""
    mentees, mentors = participants(12 + new)
    key = dict(mentees.select("application_id", "person_key").iter_rows()) | dict(
        mentors.select("application_id", "person_key").iter_rows()
    )
    partners = [[key[mentor] for mentee, mentor in sorted(had) if mentee == one] for one in mentees["application_id"]]
    mentees = mentees.with_columns(
        pl.Series("previous_partners", partners, dtype=pl.List(pl.String)),
        pl.when(pl.col("application_id") == "EE-3").then(2).otherwise(1).alias("demand"),
    )
    mentors = mentors.with_columns(
        pl.when(pl.col("application_id") == "OR-1").then(4).otherwise(pl.col("capacity") + 1).alias("capacity")
    )
    return mentees.filter(~pl.col("application_id").is_in(gone)), mentors


def run_again(serving: Path, store: DecisionStore, people: tuple[pl.DataFrame, pl.DataFrame]) -> pl.DataFrame:
    """The next run over some people, published; its pairs."""
    readers, managers = matching_tables(store.decisions(COHORT), people, ROUNDS)
    publish(serving, lambda path: write_tables(path, tables() | readers), lambda path: write_tables(path, manager_tables() | managers))  # fmt: skip
    return managers["match_pairs"]


def pairs_of(frame: pl.DataFrame) -> frozenset[tuple[str, str]]:
    return frozenset(frame.select("mentee_application_id", "mentor_application_id").iter_rows())


def test_rounds_with_several_mentors_groups_entries_exits_and_no_repeats(
    browser: Browser, address: str, store: DecisionStore, serving: Path
) -> None:
    first = pairs_of(run_again(serving, store, of_round()))
    assert sum(mentee == "EE-3" for mentee, _ in first) == 2
    page = opened(browser, address)
    choose(page, "Mentee", "EE-3,")
    expect(page.locator("p").filter(has_text=re.compile("^EE-3.* with OR-"))).to_have_count(2)
    decide(page, re.compile(r"^Approve \d+ shown$"), "Looked through")
    assert state_of(store.decisions(COHORT)).approved == first
    choose(page, "Mentee", "EE-3,")
    page.get_by_role("button", name="Lock", exact=True).last.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    settled(page)
    give_reason(page, "Agreed with both")
    expect(page.get_by_role("dialog")).to_have_count(0)
    settled(page)
    state = state_of(store.decisions(COHORT))
    assert (len(state.locks), state.approved) == (1, first)
    decide(page, re.compile(r"^Publish \d+ approved$"), "First round")

    # In the middle of the programme EE-4 leaves and two others come: nobody else moves, and the new ones get a mentor.
    second = pairs_of(run_again(serving, store, of_round(gone=frozenset({"EE-4"}), new=2)))
    kept = frozenset(pair for pair in first if pair[0] != "EE-4")
    assert kept <= second
    assert {mentee for mentee, _ in second - first} == {"EE-13", "EE-14"}
    visit(page, "Pairs")
    expect(page.get_by_text("1 approved pairs are no longer proposed: EE-4")).to_be_visible()
    decide(page, "Withdraw these approvals", "EE-4 left")
    decide(page, re.compile(r"^Approve \d+ shown$"), "Two came")
    decide(page, re.compile(r"^Publish \d+ approved$"), "In the middle of the programme")
    assert state_of(store.decisions(COHORT)).published.pairs == second
    assert "version 2 with" in answer(page)

    # The next programme's round repeats nobody.
    third = pairs_of(matching_tables((), of_round(had=second), ROUNDS)[1]["match_pairs"])
    assert third
    assert not third & second


def test_who_decides_on_an_outdated_page_is_told_what_the_other_decided(
    browser: Browser, address: str, store: DecisionStore
) -> None:
    one, other = opened(browser, address), opened(browser, address)
    for page in (one, other):
        choose(page, "Mentee", "EE-3,")
    ask(other, "Forbid")
    decide(one, "Lock", "First")
    give_reason(other, "Second")
    dialog = other.get_by_role("dialog")
    expect(dialog).to_contain_text("Somebody decided since you looked, so yours was not saved. Locked EE-3")
    expect(dialog).to_contain_text('because: "First"')
    assert [decision.kind for decision in store.decisions(COHORT)] == ["lock"]


def test_the_keyboard_alone_can_decide(browser: Browser, address: str, store: DecisionStore) -> None:
    page = opened(browser, address)
    choose(page, "Mentee", "EE-3,")
    page.get_by_role("button", name="Lock", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("textbox", name="Reason")).to_be_visible()
    settled(page)
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
    page.keyboard.type("Agreed in person")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert [decision.reason for decision in store.decisions(COHORT)] == ["Agreed in person"]
