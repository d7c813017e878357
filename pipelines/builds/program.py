"""This program and the libraries that it runs with, as a hash: whatever another version of either made is made again."""

import hashlib
import sys
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import distributions
from pathlib import Path

from pipelines.checkout import PROJECT

CODE = ("pipelines", "dbt_project", "dashboards")
NOT_CODE = frozenset({"__pycache__", "target", "logs", "dbt_packages"})


@lru_cache(maxsize=1)
def program() -> str:
    """Hash of the code, the libraries by their versions, and Python's; read once in a process, as the code that runs was."""
    return hash_of([sys.version, *_libraries(), *_code()])


def hash_of(parts: Iterable[str]) -> str:
    """SHA-256 of texts in their order."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(f"{len(part)}:{part}\n".encode())
    return digest.hexdigest()


def file_told(path: Path) -> str:
    """Path and hash of the content, or that there is none."""
    if not path.exists():
        return f"{path} -"
    with path.open("rb") as stream:
        return f"{path} {hashlib.file_digest(stream, 'sha256').hexdigest()}"


def _code() -> list[str]:
    return [
        file_told(path)
        for folder in CODE
        for path in sorted((PROJECT / folder).rglob("*"))
        if path.is_file() and not NOT_CODE & set(path.relative_to(PROJECT).parts) and path.suffix != ".pyc"
    ]


def _libraries() -> list[str]:
    return sorted(f"{found.name}=={found.version}" for found in distributions())
