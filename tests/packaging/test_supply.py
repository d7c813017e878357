"""What an installation brings along: known licences, and an installer by its hash."""

import email.message
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.licences import ACCEPTED, judged, packages

ROOT = Path(__file__).resolve().parents[2]


def package(name: str = "some", **fields: str | list[str]) -> SimpleNamespace:
    metadata = email.message.Message()
    for field, values in fields.items():
        for value in [values] if isinstance(values, str) else values:
            metadata[field.replace("_", "-")] = value
    return SimpleNamespace(name=name, version="1", metadata=metadata)


@pytest.mark.parametrize(
    ("fields", "is_taken"),
    [
        ({"License_Expression": "Apache-2.0 OR MIT"}, True),
        ({"License_Expression": "MIT AND GPL-3.0-only"}, False),
        ({"Classifier": "License :: OSI Approved :: MIT License"}, True),
        ({"Classifier": "License :: OSI Approved :: GNU Affero General Public License v3"}, False),
        ({"Classifier": ["License :: OSI Approved :: MIT License", "License :: OSI Approved :: GNU General Public License (GPL)"]}, False),
        ({"License": "MIT", "Classifier": "License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)"}, False),
        ({"License": "BSD 3-Clause License\n\nCopyright"}, True),
        ({"License": "All rights reserved"}, False),
        ({}, False),
    ],
)  # fmt: skip
def test_a_licence_that_asks_for_more_or_is_not_told_is_not_taken(fields: dict, is_taken: bool) -> None:
    assert judged(package(**fields))[1] == is_taken


def test_every_package_of_an_installation_has_a_licence_that_is_taken() -> None:
    found = list(packages())
    names = {one.name.lower() for one in found}
    assert {"streamlit", "authlib", "joserfc", "duckdb", "dagster"} <= names
    assert [f"{one.name}: {judged(one)[0]}" for one in found if not judged(one)[1]] == []
    assert set(ACCEPTED) <= names


def test_the_installer_is_installed_by_its_hash_and_by_one_version() -> None:
    pinned = (ROOT / "deploy" / "uv.txt").read_text()
    version = re.search(r"^uv==(\S+) ", pinned, re.MULTILINE)
    named = re.search(r"^UV_VERSION := (\S+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert version is not None
    assert named is not None
    assert version[1] == named[1]
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", pinned)) >= 10
    for file in ("Makefile", "Dockerfile"):
        text = (ROOT / file).read_text()
        assert re.search(r"pip install .*--require-hashes -r \S*uv\.txt", text), file
        assert "uv==" not in text
