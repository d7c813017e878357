"""`access:` of a workspace file: what is understood, and what is refused with file, line and next step."""

from pathlib import Path

import pytest

from pipelines.access.provider import LEAST_SECRET, is_loopback, read_provider, refuse_exposed
from pipelines.access.settings import AccessRefused, AccessSettings, read_access
from pipelines.checkout import SettingsError
from pipelines.settings import read_workspace

HEAD = "workspace: w\naccess:\n  public_url: https://mentoring.example.org\n  people:\n"
FINE = HEAD + "    - {email: ' Anna@Example.org ', role: administrator}\n    - {group: deans, role: manager, programmes: all, units: [Law]}\n"  # fmt: skip
ENVIRONMENT = {
    "IMPACT_OIDC_METADATA_URL": "https://login.example.org/.well-known/openid-configuration",
    "IMPACT_OIDC_CLIENT_ID": "dashboards",
    "IMPACT_OIDC_CLIENT_SECRET": "s3cret",
    "IMPACT_COOKIE_SECRET": "c" * LEAST_SECRET,
}


def written(folder: Path, text: str) -> Path:
    (folder / "impact.yaml").write_text(text)
    return folder / "impact.yaml"


def test_addresses_are_compared_without_case_and_one_programme_needs_no_list(tmp_path: Path) -> None:
    access = read_access(written(tmp_path, FINE))
    assert access.people[0].email == "anna@example.org"
    assert access.people[1].programmes == ("all",)
    assert access.host == "mentoring.example.org"
    assert read_workspace(tmp_path / "impact.yaml", data=tmp_path, key=None).access == access


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        (HEAD + "    - {email: a@b.org, role: boss}\n", 5, "`people.0.role`"),
        (HEAD + "    - {email: a@b.org, role: viewer}\n    - {email: nobody, role: viewer}\n", 6, "is no address"),
        (HEAD + "    - {email: '*@b.org', role: viewer}\n", 5, "is no address"),
        (HEAD + "    - {email: a@b.org, role: manager}\n", 5, "a manager needs `programmes`"),
        (HEAD + "    - {email: a@b.org, role: viewer, programmes: [x]}\n", 5, "are for managers"),
        (HEAD + "    - {email: a@b.org, role: administrator, line: true}\n", 5, "are for managers"),
        (HEAD + "    - {role: viewer}\n", 5, "either `email` or `group`"),
        (HEAD + "    - {email: a@b.org, group: x, role: viewer}\n", 5, "either `email` or `group`"),
        (HEAD + "    - {email: a@b.org, role: viewer, until: 2027}\n", 5, "`people.0.until`"),
        ("workspace: w\naccess:\n", 2, "in `access`"),
        ("workspace: w\naccess: yes\n", 2, "in `access`"),
        ("workspace: w\naccess: {public_url: 'https://a.org'}\n", 2, "nobody may sign in"),
        ("workspace: w\naccess:\n  everybody: viewer\n", 2, "`public_url` is missing"),
        ("workspace: w\naccess:\n  everybody: viewer\n  public_url: http://a.org\n", 4, "in the clear"),
        ("workspace: w\naccess:\n  everybody: viewer\n  public_url: https://a.org/x\n", 4, "no address of a server"),
        ("workspace: w\naccess:\n  everybody: manager\n  public_url: https://a.org\n", 3, "`everybody`"),
        (FINE + "  session_hours: 0\n", 7, "`session_hours`"),
        (FINE + "  client_secret: x\n", 7, "`client_secret`"),
        (FINE + "  sign_in: proxy\n", 2, "behind a proxy nobody is known"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_file_line_and_next_step(tmp_path: Path, text: str, line: int, words: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(SettingsError) as told:
        read_workspace(file, data=tmp_path, key=None)
    assert str(told.value).startswith(f"{file}, line {line}: ")
    assert words in str(told.value)
    assert "Next step: " in str(told.value)


@pytest.mark.parametrize("text", ["workspace: w\n", "- a\n", "access: [\n", ""])
def test_a_file_without_access_lets_nobody_in_any_more(tmp_path: Path, text: str) -> None:
    with pytest.raises(AccessRefused):
        read_access(written(tmp_path, text))
    with pytest.raises(AccessRefused):
        read_access(tmp_path / "gone.yaml")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"IMPACT_OIDC_CLIENT_SECRET": ""}, "needs IMPACT_OIDC_CLIENT_SECRET"),
        ({"IMPACT_COOKIE_SECRET": "c" * (LEAST_SECRET - 1)}, "forged"),
        ({"IMPACT_OIDC_METADATA_URL": "http://login.example.org/x"}, "isn't an https address"),
        ({"IMPACT_OIDC_METADATA_URL": "https://login.microsoftonline.com/common/v2.0/x"}, "any organisation"),
        ({"IMPACT_OIDC_METADATA_URL": "https://login.microsoftonline.com/Organizations/v2.0/x"}, "any organisation"),
    ],
)  # fmt: skip
def test_an_environment_that_would_let_others_in_is_refused_and_no_secret_is_told(change: dict, words: str) -> None:
    with pytest.raises(AccessRefused) as told:
        read_provider(ENVIRONMENT | change)
    assert words in str(told.value)
    assert "s3cret" not in str(told.value)


def test_secrets_are_not_in_what_is_printed() -> None:
    found = repr(read_provider(ENVIRONMENT))
    assert "s3cret" not in found
    assert "cccc" not in found


@pytest.mark.parametrize(
    ("address", "only_here"),
    [("127.0.0.1", True), ("127.8.9.1", True), ("::1", True), ("[::1]", True), ("localhost", True), ("0.0.0.0", False), ("::", False), ("10.0.0.7", False), ("mentoring.example.org", False), ("localhost.evil.example", False), ("", False), (None, False)],
)  # fmt: skip
def test_without_sign_in_only_this_computer_is_answered(address: str | None, only_here: bool) -> None:
    assert is_loopback(address) == only_here
    refuse_exposed(address, AccessSettings(sign_in="proxy"))
    if only_here:
        refuse_exposed(address, None)
    else:
        with pytest.raises(AccessRefused, match="Next step: write `access:`"):
            refuse_exposed(address, None)
