"""The settings of the environment: what each of them must look like, and `.env`, in which they may stand. `.env.example` explains them; a test holds both lists together."""

import os
import re
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from pipelines.told import ToldInWords

KEY = "IMPACT_HASH_KEY"
LIKELY = 0.85
QUOTES = ("'", '"')
MEMORY = re.compile(r"(\d+(\.\d+)?)\s*(%|[KMGT](i?B)?)", re.IGNORECASE)
HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?(:\d{1,5})?|\[[0-9a-f:]+\](:\d{1,5})?", re.IGNORECASE)
Check = Callable[[str], str]
"""What is wrong with a value and how it is written, in words that don't repeat it: it may hold a password. "" where it may be right."""


class EnvironmentRefused(ToldInWords, ValueError):
    """Settings of the environment, or the file `.env`, can't be used; the message says which and how they are written."""


def _anything(_: str) -> str:
    return ""


def _folder(value: str) -> str:
    return "is a file, not a folder" if Path(value).is_file() else ""


def _file(value: str) -> str:
    return "is a folder; name the file in it" if Path(value).is_dir() else ""


def _memory(value: str) -> str:
    found = MEMORY.fullmatch(value)
    share = float(found[1]) if found and found[3] == "%" else 1.0
    return "" if found and 0 < share <= 100 and float(found[1]) else "isn't a size; write 4GB or 30%"


def _address(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
        is_whole = bool(parts.hostname) and parts.port != 0 and parts.netloc.count("@") <= 1
        return parts.scheme in schemes and is_whole
    except ValueError:
        return False


def _store(value: str) -> str:
    is_store = value.startswith("sqlite:///") or _address(value, ("postgresql", "postgres", "postgresql+pg8000"))
    return "" if is_store else "isn't a store; write postgresql://user:password@host/database, with special characters percent-encoded, or sqlite:///file"  # fmt: skip


def _postgres(value: str) -> str:
    return "" if _address(value, ("postgresql", "postgres")) else "isn't a database; write postgresql://user:password@host/database, with special characters percent-encoded"  # fmt: skip


def _mail_server(value: str) -> str:
    return "" if _address(value, ("smtp", "smtps")) else "isn't a mail server; write smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465 (TLS), with special characters percent-encoded"  # fmt: skip


def _chats(value: str) -> str:
    unlike = [place for place, one in enumerate(value.split(), 1) if "://" not in one]
    return f"has no address at place {unlike[0]}; write apprise addresses with blanks between, such as slack://..." if unlike else ""  # fmt: skip


def _web(value: str) -> str:
    return "" if _address(value, ("https", "http")) else "isn't a web address; write https://..."


def _log(value: str) -> str:
    return "" if value in ("json", "text") else "is neither json nor text"


def _hosts(value: str) -> str:
    unlike = [one for one in value.split(",") if one.strip() and not HOST.fullmatch(one.strip())]
    return "must be host names as the browser shows them, with commas between and without https://: mentoring.example.org" if unlike else ""  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """check: what is wrong with a value, in words. decides_results: whether what a run makes may be another under another value, beyond what is asked of the files that it names."""

    check: Check
    decides_results: bool = False


SETTINGS: Mapping[str, Setting] = {
    KEY: Setting(_anything),  # settings look at it, wherever it is kept; each source's recipe holds its fingerprint
    "IMPACT_WORKSPACE": Setting(_file),
    "IMPACT_DATA": Setting(_folder),
    "IMPACT_MEMORY_LIMIT": Setting(_memory),
    "IMPACT_SPILL": Setting(_folder),
    "IMPACT_SERVING": Setting(_folder),
    "IMPACT_DECISIONS": Setting(_store, decides_results=True),
    "IMPACT_ACTOR": Setting(_anything),
    "IMPACT_OUTBOX": Setting(_store, decides_results=True),
    "IMPACT_SMTP": Setting(_mail_server),
    "IMPACT_ALERTS": Setting(_chats),
    "IMPACT_TIME_STAMPS": Setting(_web),
    "IMPACT_LOG": Setting(_log),
    "IMPACT_ALLOWED_HOSTS": Setting(_hosts),
    "IMPACT_OIDC_METADATA_URL": Setting(_web),
    "IMPACT_OIDC_CLIENT_ID": Setting(_anything),
    "IMPACT_OIDC_CLIENT_SECRET": Setting(_anything),
    "IMPACT_COOKIE_SECRET": Setting(_anything),
    "IMPACT_BI_DATABASE": Setting(_postgres),
    "IMPACT_TARGET": Setting(
        _anything, decides_results=True
    ),  # the engines say which there are, and what address each needs
    "IMPACT_ENGINE_DATABASE": Setting(_anything),
    "IMPACT_ENGINE_FOLDER": Setting(_anything),
}
PATHS = ("IMPACT_WORKSPACE", "IMPACT_DATA", "IMPACT_SPILL", "IMPACT_SERVING")
TOLD_BETWEEN_PROGRAMS = frozenset(
    f"IMPACT_{name}"
    for name in "WAREHOUSE ADD_DATA ACCESS PROGRAM DBT_ONLY PARSED_DBT_PROJECT SPILL_OF_DBT LATE_AFTER_HOURS RETENTION IS_DEMO".split()
)
"""What one of our programs tells another; nobody else sets it."""


def read_environment(*folders: Path) -> Path | None:
    """Take what isn't set yet from the first `.env` of some folders, and every setting without the blanks and quotation marks around it that some files and shells leave there; paths become
    whole. Returns which `.env` it was. An entry without a value sets nothing. Raises EnvironmentRefused for a `.env` that can't be read.
    """
    found = next((folder / ".env" for folder in folders if (folder / ".env").is_file()), None)
    for name, value in (_read(found) if found else {}).items():
        if value and not os.environ.get(name):
            os.environ[name] = value
    tidy(os.environ)
    return found


def _read(file: Path) -> Mapping[str, str | None]:
    try:
        from dotenv import dotenv_values  # where there is a file to read

        return dotenv_values(file, encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise EnvironmentRefused(f"{file} isn't saved as UTF-8. Next step: open it in an editor and save it so.") from None  # fmt: skip
    except OSError as problem:
        raise EnvironmentRefused(f"{file} can't be read ({problem.strerror}). Next step: let its owner run this, or correct its rights.") from None  # fmt: skip


def tidy(environment: MutableMapping[str, str]) -> None:
    """Take blanks and quotation marks from around every setting but the key, of which they would be a part."""
    for name in SETTINGS:
        if name == KEY or name not in environment:
            continue
        value = _bare(environment[name])
        environment[name] = _whole_path(name, value) if value and name in PATHS else value


def _whole_path(name: str, value: str) -> str:
    try:
        return str(Path(value).expanduser().absolute())
    except RuntimeError:
        raise EnvironmentRefused(f"{name} begins with ~, and this account has no home folder of that name. Next step: write the whole path.") from None  # fmt: skip


def _bare(value: str) -> str:
    bare = value.strip()
    is_quoted = len(bare) > 1 and bare[0] in QUOTES and bare[0] == bare[-1]
    return bare[1:-1].strip() if is_quoted else bare


def check_environment(environment: Mapping[str, str]) -> None:
    """Raises EnvironmentRefused with everything that can't be right."""
    wrong = [f"{name} {fault}." for name, setting in SETTINGS.items() if (value := environment.get(name)) and (fault := setting.check(value))]  # fmt: skip
    if wrong:
        raise EnvironmentRefused(" ".join(wrong))


def notes_on(environment: Mapping[str, str]) -> list[str]:
    """What may be a slip: names that are nearly a setting's, and a key with quotation marks or blanks around it."""
    known = [*SETTINGS, *TOLD_BETWEEN_PROGRAMS]
    odd = [name for name in environment if name.startswith("IMPACT") and name not in known]
    meant = {name: get_close_matches(name, SETTINGS, 1, LIKELY) for name in odd}
    notes = [f"{name} is no setting; {close[0]} is one" for name, close in meant.items() if close]
    key = environment.get(KEY, "")
    if key != _bare(key):
        notes.append(f"{KEY} has blanks or quotation marks around it, and they are part of the key: without them it would be another")  # fmt: skip
    return notes
