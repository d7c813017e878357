"""Templates: every message can be read by a person and can't be misused by a name."""

from pathlib import Path

import pytest

from pipelines.messages.kinds import KINDS
from pipelines.messages.render import TemplateRefused, render, template_names
from tests.unit.messages.made import NOON, Directory, due, opened, sender

FIELDS = {
    "introduction": {}, "first_meeting": {}, "check_in": {"held": 1}, "drift_nudge": {}, "closing": {"ends": "2026-07-01", "held": 0},
    "survey_invitation": {"link": "https://forms.example.org/a_b?c=1", "open_days": 21, "least_group": 5}, "coordinator_digest": {"silent": 1, "applicants": 2},
    "survey_reminder": {"link": "", "invited": "2026-06-01", "closes": "", "is_anonymous": 1, "least_group": 5}, "milestone_due": {"milestone": "goals_set", "due": "2026-06-20"},
    "report": {}, "report_preview": {"recipients": 1, "goes_on": "2026-06-02"}, "report_delayed": {"period": "May 2026", "because": "a source is stale"},
}  # fmt: skip


def composed(tmp_path: Path, kind: str, **more):
    role = more.pop("role", "mentee")
    made = due(1, kind, fields=FIELDS[kind], role=role, **more)
    box = opened(tmp_path, made)
    composer = sender(box, None).composer
    return composer.compose(box.messages()[0], Directory().contact("person:mentee1"), NOON)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("role", ["mentee", "mentor"])
def test_every_message_has_a_subject_a_text_and_html_without_open_fields(tmp_path: Path, kind: str, role: str) -> None:
    words = composed(tmp_path, kind, role=role).words
    for said in (words.subject, words.text, words.html):
        assert said.strip()
        assert "{{" not in said and "{%" not in said
        assert "None" not in said
    assert "\n\n\n" not in words.text


def test_every_template_belongs_to_a_message() -> None:
    assert set(template_names()) == {kind.text(role) for kind in KINDS.values() for role in ("mentee", "mentor")}


def test_a_name_is_neither_markdown_nor_html_nor_a_header(tmp_path: Path) -> None:
    name = "*Eve* <script>alert(1)</script> [x](http://evil.example)\r\nBcc: all@example.org"
    words = render(
        "first_meeting",
        {
            "given_name": name,
            "programme": "P\r\nX: y",
            "partner_name": name,
            "partner_address": "a_b@example.org",
            "reply_to": "m@example.org",
            "team": "T",
        },
    )
    assert "<script" not in words.html
    assert 'href="http://evil' not in words.html
    assert "<em>" not in words.html
    assert "\n" not in words.subject
    assert "a_b@example.org" in words.html


def test_a_workspaces_own_template_comes_first_and_a_wrong_one_is_told_with_its_fields(tmp_path: Path) -> None:
    own = tmp_path / "check_in.md"
    own.write_text("Subject: Half time\n\nHello {{ given_name }}.\n")
    assert render("check_in", {"given_name": "Ada"}, tmp_path).text == "Hello Ada.\n"
    own.write_text("Subject: Half time\n\nHello {{ first_name }}.\n")
    with pytest.raises(TemplateRefused, match=r"check_in\.md.*first_name.*Fields are: given_name"):
        render("check_in", {"given_name": "Ada"}, tmp_path)
    own.write_text("Hello.")
    with pytest.raises(TemplateRefused, match="must begin with a line `Subject"):
        render("check_in", {}, tmp_path)


def test_a_template_can_not_reach_into_the_program(tmp_path: Path) -> None:
    (tmp_path / "check_in.md").write_text("Subject: x\n\n{{ team.__class__.__mro__ }}\n")
    with pytest.raises(TemplateRefused):
        render("check_in", {"team": "T"}, tmp_path)


def test_the_survey_link_is_a_link_and_confidentiality_is_promised(tmp_path: Path) -> None:
    words = composed(tmp_path, "survey_invitation").words
    assert 'href="https://forms.example.org/a_b?c=1"' in words.html
    assert "groups of 5 people or more" in words.text


def test_counts_are_singular_and_plural_right(tmp_path: Path) -> None:
    assert "you have met 1 time." in composed(tmp_path, "check_in").words.text
    assert "1 pair has been silent" in composed(tmp_path / "another", "coordinator_digest").words.text


def test_what_can_not_be_declined_says_so(tmp_path: Path) -> None:
    assert "can't be declined" in composed(tmp_path, "closing").words.text
