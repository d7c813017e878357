"""A message's words: a template of Markdown with fields, as plain text and as HTML. A workspace's own template of the same name comes first.

The first line of a template is `Subject: ...`. Fields are written `{{ given_name }}`; what a field holds is never read as Markdown or HTML.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from markdown_it import MarkdownIt

from pipelines.told import ToldInWords

TEXTS = Path(__file__).parent / "texts"
SUBJECT = "Subject:"
_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>&~])")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_HTML = MarkdownIt("commonmark", {"html": False, "breaks": False}).disable("image")
STYLE = "font-family:Segoe UI,Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5;color:#1f2933;max-width:38em"


class TemplateRefused(ToldInWords, ValueError):
    """A template can't be used; the message names the file, what is wrong and which fields there are."""


@dataclass(frozen=True)
class Words:
    """A message ready to be read."""

    subject: str
    text: str
    html: str


def render(name: str, fields: Mapping[str, Any], own: Path | None = None) -> Words:
    """The words of a template. own: a workspace's folder of templates. Raises TemplateRefused."""
    file = template_file(name, own)
    plain, marked = (_filled(file, fields, escape=escape) for escape in (False, True))
    subject, text = _parted(file, plain)
    body = _HTML.render(_parted(file, marked)[1])
    return Words(subject, text, f'<!doctype html><html lang="en"><body><div style="{STYLE}">{body}</div></body></html>')


def template_file(name: str, own: Path | None) -> Path:
    """The file of a template: the workspace's, else the one that comes with the product."""
    theirs = own / f"{name}.md" if own else None
    return theirs if theirs and theirs.exists() else TEXTS / f"{name}.md"


def template_names() -> list[str]:
    """All templates that come with the product."""
    return sorted(path.stem for path in TEXTS.glob("*.md"))


def _filled(file: Path, fields: Mapping[str, Any], *, escape: bool) -> str:
    try:
        template = _template(file.read_text(encoding="utf-8"), escape)
        return template.render(**fields)
    except (TemplateError, OSError, UnicodeDecodeError, TypeError, ValueError) as problem:
        raise TemplateRefused(f"The template {file.name} can't be used: {problem}. Fields are: {', '.join(sorted(fields))}.") from problem  # fmt: skip


def _parted(file: Path, filled: str) -> tuple[str, str]:
    first, _, rest = filled.strip().partition("\n")
    if not first.startswith(SUBJECT) or not rest.strip():
        raise TemplateRefused(f"The template {file.name} must begin with a line `{SUBJECT} ...`, followed by the text.")
    return first.removeprefix(SUBJECT).strip(), re.sub(r"\n{3,}", "\n\n", rest).strip() + "\n"


@lru_cache(maxsize=256)
def _template(text: str, escape: bool) -> Template:
    return _environment(escape).from_string(text)


@lru_cache(maxsize=2)
def _environment(escape: bool) -> SandboxedEnvironment:
    def finalize(value: Any) -> Any:
        text = _UNPRINTABLE.sub(" ", f"{value.day} {value:%B %Y}" if isinstance(value, date) else str(value))
        # an address in angle brackets is a link of ours and stays one
        return text if not escape or re.fullmatch(r"<https?://[^\s<>]+>", text) else _MARKS.sub(r"\\\1", text)

    environment = SandboxedEnvironment(undefined=StrictUndefined, finalize=finalize, trim_blocks=True, lstrip_blocks=True)  # fmt: skip
    environment.filters["link"] = lambda address: f"<{address}>"
    return environment
