"""The container's files name what exists, and ask for no more than they need. They aren't built here: no test has Docker."""

import re
import shlex
from fnmatch import fnmatch

import pytest
import typer.main
import yaml

from pipelines.cli import app
from tests.packaging.installed import PROJECT

DOCKERFILE = (PROJECT / "Dockerfile").read_text()
SERVICES = yaml.safe_load((PROJECT / "compose.yaml").read_text())["services"]
OURS = [name for name, service in SERVICES.items() if "build" in service]


def test_the_image_is_built_from_the_lock_file_with_the_makefiles_uv_and_runs_as_no_root() -> None:
    version = re.search(r"UV_VERSION := (\S+)", (PROJECT / "Makefile").read_text())[1]
    assert f"uv=={version} " in (PROJECT / "deploy" / "uv.txt").read_text()
    assert "--require-hashes -r uv.txt" in DOCKERFILE
    assert "!deploy/uv.txt" in (PROJECT / ".dockerignore").read_text()
    assert "uv sync --frozen --no-default-groups --no-editable" in DOCKERFILE
    assert DOCKERFILE.index("USER 10001") < DOCKERFILE.index("ENTRYPOINT")


def test_what_the_wheel_needs_goes_into_the_image_and_nobodys_data() -> None:
    kept = [line[1:] for line in (PROJECT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    wheel = (PROJECT / "pyproject.toml").read_text()
    wanted = (
        re.search(r"only-include = \[(.*?)\]", wheel)[1]
        + ", "
        + ", ".join(re.findall(r'^("[a-z.]+") = "mentorship_impact/', wheel, re.M))
    )
    assert {word.strip('" ') for word in wanted.split(",")} <= set(kept)
    for private in (".env", "data/vault", "workspace", ".git", "impact.yaml"):
        assert not any(fnmatch(private, name) or private.startswith(f"{name}/") for name in kept)


@pytest.mark.parametrize("name", OURS)
def test_a_service_starts_a_command_that_exists_and_may_write_to_its_data_alone(name: str) -> None:
    service = SERVICES[name]
    command, *options = service["command"]
    known = {option for one in typer.main.get_command(app).commands[command].params for option in one.opts}
    assert [word for word in options if word.startswith("--") and word not in known] == []
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["volumes"] == ["./workspace:/workspace:ro", "data:/data"]
    assert "ports" not in service, "only the proxy is reached from outside"


def test_whoever_lacks_a_hash_is_told_to_quote_it_since_compose_takes_its_dollar_signs_for_variables() -> None:
    told = SERVICES["proxy"]["environment"]
    assert all("single quotation marks" in told[name] for name in ("READER_HASH", "ENGINEER_HASH"))
    assert "in single quotation marks" in (PROJECT / "docs/guides/operations.md").read_text()


def test_every_setting_is_known_and_every_file_exists() -> None:
    example = (PROJECT / ".env.example").read_text()
    for name in SERVICES[OURS[0]]["environment"]:
        assert name in example
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert not source.startswith("./deploy") or (PROJECT / source).exists()


def test_the_proxy_signs_in_before_all_but_the_links_of_mails_and_keeps_health_inside() -> None:
    text = (PROJECT / "deploy/Caddyfile").read_text()
    blocks = re.findall(r"handle ?(\S*) \{(.*?)\n\t\}", text, re.S)
    without = [path for path, block in blocks if "reverse_proxy" in block and "basic_auth" not in block]
    assert without == ["/unsubscribe/*"]
    assert [path for path, block in blocks if "404" in block] == ["/healthz", "@scrape"]
    # monitoring's text stays inside; the page Metrics, which browsers ask for at the same address, is behind the sign-in
    assert re.search(r"@scrape \{\s+path /metrics\s+not header Accept \*text/html\*\s+\}", text)
    assert shlex.split(text.split("handle", 1)[0].splitlines()[1])[0] == "{$PUBLIC_HOST}"
    assert text.count("reverse_proxy") - text.count("basic_auth {") == 1
