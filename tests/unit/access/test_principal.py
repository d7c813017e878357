"""Who somebody is follows from the token and from the file as it is now."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.access.principal import (
    NoRole,
    NotForYou,
    Principal,
    Role,
    SignInNeeded,
    groups_of,
    mark_of,
    principal_of,
)
from pipelines.access.settings import AccessSettings

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
TOKEN = {"sub": "42", "email": "Anna@example.org", "email_verified": True, "iat": NOW.timestamp() - 60}


def access(*people: dict, **more: object) -> AccessSettings:
    return AccessSettings.model_validate({"public_url": "https://m.example.org", "people": people, **more})


def who(claims: dict, settings: AccessSettings, ended: dict | None = None) -> Principal:
    return principal_of(TOKEN | claims, settings, NOW, ended)


ANNA = {"email": "anna@example.org", "role": "manager", "programmes": ["a"]}


def test_a_manager_sees_the_own_programmes_and_decides_there() -> None:
    anna = who(
        {}, access(ANNA, {"email": "anna@example.org", "role": "manager", "programmes": ["b"], "units": ["Law"]})
    )
    assert (anna.role, anna.is_signed_in) == (Role.MANAGER, True)
    assert [anna.may_see(one) for one in ("a", "b", "c", "")] == [True, True, False, False]
    assert [anna.may_decide(one) for one in ("a", "b", "c", "")] == [True, False, False, False]
    for refused in (
        lambda: anna.must_see("c"),
        lambda: anna.must_decide("b"),
        lambda: anna.must_be(Role.ADMINISTRATOR),
    ):
        with pytest.raises(NotForYou):
            refused()


def test_the_highest_role_counts_and_groups_give_roles_too() -> None:
    settings = access(ANNA, {"group": "heads", "role": "administrator"})
    assert who({"groups": ["staff", "heads"]}, settings).role is Role.ADMINISTRATOR
    assert who({"groups": "heads"}, settings).sees_everything
    assert who({"groups": ["staff"]}, settings).role is Role.MANAGER


@pytest.mark.parametrize(
    "claims",
    [{"email": "other@example.org"}, {"email_verified": False}, {"email_verified": "false"}, {"email": None}, {"email": ["anna@example.org"]}, {"groups": ["anna@example.org"]} | {"email": "x@y.z"}],
)  # fmt: skip
def test_whom_the_file_does_not_name_has_no_role(claims: dict) -> None:
    with pytest.raises(NoRole):
        who(claims, access(ANNA))
    assert who(claims, access(ANNA, everybody="viewer")).role is Role.VIEWER


@pytest.mark.parametrize("issued", [NOW.timestamp() - 12 * 3600 - 1, NOW.timestamp() + 301, None, "now", True])
def test_a_sign_in_without_a_day_or_of_another_day_is_none(issued: object) -> None:
    with pytest.raises(SignInNeeded):
        who({"iat": issued}, access(ANNA))


def test_a_sign_in_that_was_ended_is_none_and_a_later_one_is() -> None:
    ended = {mark_of("anna@example.org"): TOKEN["iat"]}
    with pytest.raises(SignInNeeded, match="signed out"):
        who({}, access(ANNA), ended)
    assert who({"iat": NOW.timestamp() - 1}, access(ANNA), ended).role is Role.MANAGER


def test_nobody_is_nobody() -> None:
    for claims in ({}, {"iat": NOW.timestamp()}):
        with pytest.raises(SignInNeeded):
            principal_of(claims, access(ANNA, everybody="viewer"), NOW)


def test_behind_a_proxy_everybody_reads_whatever_a_token_says() -> None:
    found = who({}, AccessSettings(sign_in="proxy"))
    assert (found.role, found.is_signed_in, found.shares) == (Role.VIEWER, False, ())


def test_logs_get_a_mark_and_no_address() -> None:
    anna = who({}, access(ANNA))
    assert anna.who == mark_of(" ANNA@example.org")
    assert "anna" not in repr(anna)


def test_groups_lie_where_the_file_says() -> None:
    claims = {"realm_access": {"roles": ["x"]}, "https://example.org/groups": ["y"], "groups": {"a": 1}}
    assert groups_of(claims, "realm_access.roles") == {"x"}
    assert groups_of(claims, "https://example.org/groups") == {"y"}
    assert groups_of(claims, "groups") == groups_of(claims, "realm_access.roles.x") == frozenset()


NAMES = st.sampled_from(["anna@example.org", "bo@example.org", "staff", "heads", ""])
GRANTS = st.lists(
    st.one_of(
        st.fixed_dictionaries({"email": st.sampled_from(["anna@example.org", "bo@example.org"]), "role": st.sampled_from(["viewer", "administrator"])}),
        st.fixed_dictionaries({"group": st.sampled_from(["staff", "heads"]), "role": st.just("manager"), "programmes": st.lists(st.sampled_from("ab"), min_size=1)}),
    ),
    min_size=1,
)  # fmt: skip


@pytest.mark.slow
@given(GRANTS, NAMES, st.lists(NAMES))
def test_nobody_gets_more_than_some_line_that_fits_them_says(people: list[dict], email: str, groups: list[str]) -> None:
    fitting = [one for one in people if one.get("email") == email or one.get("group") in groups]
    try:
        found = who({"email": email, "groups": groups}, access(*people))
    except NoRole:
        assert not fitting
        return
    assert found.role.words in {one["role"] for one in fitting}
    own = {programme for one in fitting for programme in one.get("programmes", [])}
    for programme in "ab":
        assert found.may_see(programme) == (found.sees_everything or programme in own)
