"""Role by page by row: whom the file names sees what it says, by any address, and nothing else; what may be written is held to the same."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from streamlit.testing.v1 import AppTest

from dashboards.access import gate, managers, reveals, who
from dashboards.access.doors import PermittedOutbox, decisions_for, outbox_for, workspace_for
from dashboards.pages import PAGES, page_at
from dashboards.snapshot import Snapshot
from pipelines.access.names import NoNames
from pipelines.access.principal import NotForYou, Principal, Role, Share, local_principal, mark_of, viewer
from pipelines.access.settings import AccessRefused
from pipelines.audit_log import entries, log_of
from pipelines.messages.outbox import Outbox
from tests.dashboards.reading import application, texts
from tests.published_matching import COHORT
from tests.published_roles import A, B, publish_for_roles
from tests.unit.messages.made import due

NOW = datetime.now(UTC)
OF_A = ("P-1", "P-2", "P-3", "X-7")
OF_B = ("B-PAIR", "B-APPLICANT")
QUARANTINED = "0012;***;30.02.2024"
MATCHED = ("EE-1", "OR-1")
PEOPLE = [
    {"email": "viewer@example.org", "role": "viewer"},
    {"email": "a@example.org", "role": "manager", "programmes": [A]},
    {"email": "b@example.org", "role": "manager", "programmes": [B]},
    {"email": "dean@example.org", "role": "manager", "programmes": "all", "units": ["Legal"]},
    {"email": "chief@example.org", "role": "administrator"},
]
OPENS = {
    "viewer": set(),
    "a": {"todo", "matching", "messages"},
    "b": {"todo", "matching", "messages"},
    "dean": {"todo", "matching", "messages"},
    "chief": {"todo", "matching", "messages", "add_data", "administration"},
}
FOR_OTHERS = sorted({page.path for page in PAGES if page.audience > Role.VIEWER})
As = Callable[..., AppTest]


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_for_roles(tmp_path_factory.mktemp("roles") / "serving").parent


@pytest.fixture
def workspace(serving: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with `access:` that the dashboards read; nobody is signed in."""
    file = tmp_path / "impact.yaml"
    file.write_text(yaml.safe_dump({"workspace": "w", "access": {"public_url": "http://localhost:8501", "people": PEOPLE}}))  # fmt: skip
    for name, value in {"IMPACT_ACCESS": file, "IMPACT_SERVING": serving, "IMPACT_DATA": tmp_path, "IMPACT_OUTBOX": f"sqlite:///{tmp_path}/outbox.sqlite", "IMPACT_DECISIONS": f"sqlite:///{tmp_path}/decisions.sqlite"}.items():  # fmt: skip
        monkeypatch.setenv(name, str(value))
    monkeypatch.setattr(who, "ENDED", {})
    return file


@pytest.fixture
def opened_as(workspace: Path, monkeypatch: pytest.MonkeyPatch) -> As:
    """Open a page as somebody: the part of the address before the @, or nobody."""

    def _open(name: str | None, path: str, **state: object) -> AppTest:
        token = {"email": f"{name}@example.org", "email_verified": True, "iat": datetime.now(UTC).timestamp()}
        monkeypatch.setattr(who, "claims", lambda: token if name else {})
        app = application().switch_page(f"app_pages/{page_at(path).module}.py")
        for key, value in state.items():
            app.session_state[key] = value
        return app.run()

    return _open


def said(app: AppTest) -> str:
    return "\n".join(texts(app))


def seen(app: AppTest, numbers: tuple[str, ...]) -> set[str]:
    cells = {str(cell) for table in app.dataframe for row in table.value.values.tolist() for cell in row}
    return {number for number in numbers if number in cells}


@pytest.mark.parametrize("path", FOR_OTHERS)
@pytest.mark.parametrize("name", OPENS)
def test_a_page_opens_for_its_audience_only_whatever_the_address(opened_as: As, name: str, path: str) -> None:
    app = opened_as(name, path)
    assert not app.exception
    is_refused = app.title[0].value.startswith("This page is for")
    assert is_refused == (path not in OPENS[name] or (name, path) in {("b", "matching"), ("dean", "matching")})
    if is_refused:
        assert not app.dataframe


@pytest.mark.parametrize("path", [page.path for page in PAGES])
def test_a_viewer_reads_of_nobody_on_any_page(opened_as: As, path: str) -> None:
    app = opened_as("viewer", path)
    assert not app.exception
    shown = said(app)
    assert not [one for one in (*OF_B, *OF_A, *MATCHED, QUARANTINED) if f"{one}\n" in f"{shown}\n".replace(" ", "\n")]


@pytest.mark.parametrize(
    ("name", "rows"),
    [("a", {*OF_A}), ("b", {*OF_B}), ("dean", {"P-1", "B-APPLICANT"}), ("chief", {*OF_A, *OF_B})],
)  # fmt: skip
def test_on_to_do_each_sees_the_own_rows(opened_as: As, name: str, rows: set[str]) -> None:
    app = opened_as(name, "todo")
    assert seen(app, (*OF_A, *OF_B)) == rows
    other = {"a": "Mentoring B", "b": "Mentoring A"}.get(name)
    assert other is None or other not in said(app)


def test_who_sees_some_people_has_no_decision_about_all_of_them(opened_as: As) -> None:
    assert "Approve the matching of Autumn 2026" in said(opened_as("a", "todo"))
    assert "Approve the matching of Autumn 2026" not in said(opened_as("dean", "todo"))


def test_records_in_quarantine_belong_to_no_programme_and_are_for_administrators(opened_as: As) -> None:
    assert QUARANTINED in said(opened_as("chief", "quality"))
    for name in ("a", "viewer", "dean"):
        assert QUARANTINED not in said(opened_as(name, "quality"))


def test_the_workbench_is_for_who_sees_the_whole_programme(opened_as: As) -> None:
    assert "10 of 12 mentees" in said(opened_as("a", "matching"))
    assert "it is about everybody in it" in said(opened_as("dean", "matching"))


def test_messages_are_those_of_the_own_programmes(opened_as: As, tmp_path: Path) -> None:
    outbox = Outbox(f"sqlite:///{tmp_path}/outbox.sqlite")
    outbox.draft(
        [due(1, programme_id=A, fields={"pair": "P-1"}), due(2, programme_id=B, fields={"pair": "B-PAIR"})], NOW
    )
    assert opened_as("chief", "messages").title[0].value == "2 messages wait for approval"
    for name, programme, other in (("a", "Mentoring A", "Mentoring B"), ("b", "Mentoring B", "Mentoring A"), ("dean", "Mentoring A", "Mentoring B")):  # fmt: skip
        app = opened_as(name, "messages")
        assert app.title[0].value == "1 message waits for approval"
        assert programme in said(app)
        assert other not in said(app)


def test_navigation_lists_what_may_be_opened(opened_as: As, monkeypatch: pytest.MonkeyPatch) -> None:
    from dashboards import navigation

    listed: dict[str, str] = {}
    made = navigation._visible
    monkeypatch.setattr(navigation, "_visible", lambda page, **how: (listed.update({page.path: str(how["hidden"])}), made(page, **how))[1])  # fmt: skip
    for name, opens in OPENS.items():
        opened_as(name, "quality")
        assert {path for path in FOR_OTHERS if listed[path] == "False"} == opens


@pytest.mark.parametrize("path", ["programmes", "matching", "todo", "quality"])
def test_before_signing_in_there_is_nothing(opened_as: As, path: str) -> None:
    app = opened_as(None, path)
    assert app.title[0].value == "Sign in"
    assert len(texts(app)) == 3
    assert [button.label for button in app.button] == ["Sign in"]


def test_a_broken_list_lets_nobody_in(opened_as: As, workspace: Path) -> None:
    workspace.write_text("workspace: w\n")
    app = opened_as("chief", "todo")
    assert app.title[0].value == "Nobody can be let in now"
    assert "impact.yaml" not in said(app)


def test_what_is_taken_away_is_gone_with_the_next_click(opened_as: As, workspace: Path) -> None:
    app = opened_as("a", "todo")
    assert seen(app, OF_A)
    content = yaml.safe_load(workspace.read_text())
    content["access"]["people"] = PEOPLE[:1]
    workspace.write_text(yaml.safe_dump(content))
    app.run()
    assert app.title[0].value == "You have no role here yet"
    assert not app.dataframe


def test_a_click_that_approves_is_judged_anew(opened_as: As, workspace: Path, tmp_path: Path) -> None:
    outbox = Outbox(f"sqlite:///{tmp_path}/outbox.sqlite")
    outbox.draft([due(1, programme_id=A, fields={"pair": "P-1"})], NOW)
    app = opened_as("a", "messages")
    content = yaml.safe_load(workspace.read_text())
    content["access"]["people"] = [{"email": "a@example.org", "role": "manager", "programmes": [B]}]
    workspace.write_text(yaml.safe_dump(content))
    app.button(key="hold-0").click().run()
    assert [message.state for message in outbox.messages()] == ["draft"]


@pytest.mark.parametrize("button", ["hold-0", "approve-0"])
def test_a_click_of_somebody_without_a_role_does_nothing_and_says_so(opened_as: As, workspace: Path, tmp_path: Path, button: str) -> None:  # fmt: skip
    outbox = Outbox(f"sqlite:///{tmp_path}/outbox.sqlite")
    outbox.draft([due(1, programme_id=A, fields={"pair": "P-1"})], NOW)
    app = opened_as("a", "messages")
    content = yaml.safe_load(workspace.read_text())
    content["access"]["people"] = PEOPLE[:1]
    workspace.write_text(yaml.safe_dump(content))
    app.button(key=button).click().run()
    assert not app.exception
    assert app.title[0].value == "You have no role here yet"
    assert [message.state for message in outbox.messages()] == ["draft"]


def manager(*shares: Share) -> Principal:
    return Principal("user-x", Role.MANAGER, "x@example.org", shares)


def test_writing_is_for_whom_the_programme_is(workspace: Path, serving: Path, tmp_path: Path) -> None:
    snapshot = Snapshot(next(serving.glob("v*.duckdb")))
    of_a, of_some = manager(Share(A)), manager(Share(A, units=frozenset({"Legal"})))
    assert decisions_for(of_a, A).decisions(COHORT) == []
    for refused in (
        lambda: decisions_for(of_a, B), lambda: decisions_for(of_some, A), lambda: decisions_for(viewer(), A), lambda: outbox_for(viewer(), snapshot),
        lambda: workspace_for(of_a), lambda: managers.managers_file(snapshot, viewer()),
    ):  # fmt: skip
        with pytest.raises(NotForYou):
            refused()


def test_a_message_of_others_is_neither_approved_nor_held_by_its_key(tmp_path: Path) -> None:
    outbox = Outbox(f"sqlite:///{tmp_path}/o.sqlite")
    outbox.draft(
        [due(1, programme_id=A, fields={"pair": "P-1"}), due(2, programme_id=B, fields={"pair": "B-PAIR"})], NOW
    )
    keys = [message.key for message in outbox.messages()]
    own = PermittedOutbox(outbox, manager(Share(B)), frozenset())
    assert [message.programme_id for message in own.messages()] == [B]
    assert own.hold(keys, NOW) == 1
    assert {(message.programme_id, message.state) for message in outbox.messages()} == {(A, "draft"), (B, "held")}
    assert own.approve(keys, NOW) == 1
    assert {message.approved_by for message in outbox.messages()} == {None, "x@example.org"}


def numbers(snapshot: Snapshot, principal: Principal, table: str, column: str) -> set[str]:
    found = managers.managers_file(snapshot, principal)
    assert found is not None
    return set(found.frame(f"select {column} from {table}")[column])


def test_lines_and_charges_follow_the_reporting_lines(workspace: Path, serving: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    snapshot = Snapshot(next(serving.glob("v*.duckdb")))
    for key, share, pairs in (
        ("chief", Share(A, line=True), {"P-0", "P-1"}), ("boss", Share(A, caseload=True), {"P-0", "P-1"}), ("chief", Share(A, caseload=True), set()),
        ("boss", Share(B, line=True), {"B-PAIR"}), ("stranger", Share(A, line=True), set()),
        ("stranger", Share(A, line=True, units=frozenset({"Sales"})), {"P-0"}),
    ):  # fmt: skip
        monkeypatch.setattr(managers, "_own_key", lambda *_, key=key: f"key:{key}")
        assert numbers(snapshot, manager(share), "work_pairs", "pair_id") == pairs
        assert numbers(snapshot, manager(share), "work_surveys", "survey_id") == set()
        assert numbers(snapshot, manager(share), "match_mentees", "application_id") == set()


def test_whose_address_nobody_knows_sees_nobody_and_is_told_why(workspace: Path, serving: Path) -> None:
    snapshot, dean = Snapshot(next(serving.glob("v*.duckdb"))), manager(Share(A, line=True))
    assert numbers(snapshot, dean, "work_pairs", "pair_id") == set()
    assert "can't be told" in str(managers.why_nothing(dean))
    assert managers.why_nothing(manager(Share(A))) is None


@pytest.mark.parametrize("name", ["x' or true --", 'a") or true --', A.upper(), "", "%"])
def test_a_programme_s_name_is_a_name_whatever_stands_in_it(workspace: Path, serving: Path, name: str) -> None:
    snapshot = Snapshot(next(serving.glob("v*.duckdb")))
    for share in (Share(name), Share(name, units=frozenset({name})), Share(A, units=frozenset({name}))):
        assert numbers(snapshot, manager(share), "work_pairs", "pair_id") == set()


def test_what_nobody_has_thought_of_yet_is_for_administrators(workspace: Path, serving: Path) -> None:
    snapshot = Snapshot(next(serving.glob("v*.duckdb")))
    assert numbers(snapshot, manager(Share("all")), "quarantine", "masked_text") == set()
    assert numbers(snapshot, local_principal("me"), "quarantine", "masked_text") == {QUARANTINED}


def test_names_are_shown_on_request_and_each_look_is_logged(opened_as: As, workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    asked: list[tuple] = []

    def names(_: str, people: tuple[str, ...]) -> dict[str, str]:
        asked.append(people)
        return {"mentee1": "Ada Lovelace", "mentor1": "Mary Somerville", "menteeB": "Emmy Noether"}

    monkeypatch.setattr(reveals, "_names", names)
    app = opened_as("a", "todo")
    assert "Ada Lovelace" not in said(app)
    app.toggle(key="names_todo").set_value(True).run()
    assert "Ada Lovelace with Mary Somerville" in said(app)
    assert "Emmy Noether" not in said(app)
    assert "menteeB" not in asked[0]
    app.run()
    looks = [one for one in entries(log_of(tmp_path)) if one["action"] == "saw names"]
    assert [(one["actor"], one["details"]["page"], one["details"]["programmes"]) for one in looks] == [(mark_of("a@example.org"), "todo", A)]  # fmt: skip
    assert "Ada" not in str(looks)


def test_names_that_cannot_be_read_stay_pseudonyms(opened_as: As, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> dict[str, str]:
        raise NoNames("A run is writing the data; names can be read again when it has ended.")

    monkeypatch.setattr(reveals, "_names", busy)
    app = opened_as("a", "todo")
    app.toggle(key="names_todo").set_value(True).run()
    assert not app.exception
    assert "names can be read again when it has ended. Until then pseudonyms are shown." in said(app)
    assert seen(app, OF_A)


def test_without_access_this_computer_sees_what_it_always_did(opened_as: As, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("IMPACT_ACCESS")
    app = opened_as(None, "todo")
    assert seen(app, (*OF_A, *OF_B)) == {*OF_A, *OF_B}
    assert "Not signed in: this dashboard answers this computer only." in said(app)
    assert not app.toggle


@pytest.mark.parametrize(
    ("headers", "is_here"),
    [
        ({}, True), ({"Host": "127.0.0.1:8501"}, True), ({"Host": "localhost:8501"}, True), ({"host": "[::1]:8501"}, True), ({"Host": "mentoring.example.org"}, False),
        ({"Host": "localhost:8501", "X-Forwarded-For": "10.0.0.9"}, False), ({"Host": "localhost:8501", "forwarded": "for=10.0.0.9"}, False), ({"Host": "10.0.0.7:8501"}, False),
    ],
)  # fmt: skip
def test_through_a_proxy_without_access_there_are_published_figures_only(opened_as: As, monkeypatch: pytest.MonkeyPatch, headers: dict, is_here: bool) -> None:  # fmt: skip
    monkeypatch.delenv("IMPACT_ACCESS")
    monkeypatch.setattr(who, "headers", lambda: headers)
    assert who.current_principal().sees_everything == is_here
    assert who.current_principal().may_open(Role.MANAGER) == is_here


def test_behind_a_declared_proxy_everybody_reads_and_nobody_is_asked(opened_as: As, workspace: Path) -> None:
    workspace.write_text("workspace: w\naccess: {sign_in: proxy}\n")
    app = opened_as("chief", "todo")
    assert app.title[0].value == "This page is for programme managers"
    assert "Signed in by the proxy: published figures only." in said(app)


@pytest.mark.parametrize("option", gate.REFUSED_OPTIONS)
def test_a_way_in_beside_the_sign_in_is_refused_at_the_start(workspace: Path, monkeypatch: pytest.MonkeyPatch, option: str) -> None:  # fmt: skip
    real = gate.config.get_option
    monkeypatch.setattr(gate.config, "get_option", lambda name: True if name == option else real(name))
    with pytest.raises(AccessRefused, match=option):
        gate.auth_secrets()
