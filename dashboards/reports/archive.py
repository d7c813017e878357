"""The archive of issued reports: each is kept with its inputs, its register of claims and the hashes of everything, and can be made again to the byte."""

import hashlib
import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from dashboards.facts.programmes import Published
from dashboards.reports.content import ReportContent, gather
from dashboards.reports.inputs import AsksOtherwise, Recorded, packed, unpacked
from dashboards.reports.issued import Issued, as_plain, from_plain, measures_as_plain
from dashboards.reports.mail import summary
from dashboards.reports.register import register, since
from dashboards.reports.render import HERE, NAMES, TEMPLATES, forms, write_forms
from dashboards.snapshot import Snapshot

ISSUED = "issued"
RECORD, INPUTS, CLAIMS, MAIL = "report.json", "inputs.zip", "claims.json", "mail.json"
TOOLS = ("typst", "jinja2", "font-source-sans-pro")


class NoSuchReport(LookupError):
    """No report of that id was issued; the message lists those that were."""


@dataclass(frozen=True)
class Report:
    """An issued report as its record says."""

    folder: Path
    record: Mapping[str, Any]

    @property
    def number(self) -> int:
        """Its place in the row of reports, from 1."""
        return int(self.record["number"])

    @property
    def report_id(self) -> str:
        """Its id: number, day of the data and release."""
        return str(self.record["report_id"])

    def claims(self) -> list[dict[str, Any]]:
        """Its register of claims."""
        found: list[dict[str, Any]] = json.loads((self.folder / CLAIMS).read_text(encoding="utf-8"))
        return found


@dataclass(frozen=True)
class Reproduced:
    """identical: file name to whether it came out the same to the byte; reasons: what is known to differ."""

    report: Report
    identical: dict[str, bool]
    reasons: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether every file is the same."""
        return all(self.identical.values())


def issue(published: Path, reports: Path) -> list[Path]:
    """Issue the report of a release: keep it under `reports/issued/` and copy its forms to `reports/latest/`; returns the copies.

    The same release rendered by the same templates isn't issued twice. Raises typst.TypstError where the PDF would not be accessible.
    """
    last = next(iter(reversed(issued(reports))), None)
    recorded = Recorded(Snapshot(published))
    content = gather(recorded, None)
    if last is not None and _is_same(last, content):
        return write_forms({name: (last.folder / name).read_bytes() for name in NAMES}, reports / "latest")
    before = None if last is None else _since(last, content, recorded)
    if before is not None:
        content = gather(recorded, before)
    rendered = forms(content)
    _keep(reports / ISSUED, content, recorded, before, rendered)
    return write_forms(rendered, reports / "latest")


def issued(reports: Path) -> list[Report]:
    """All issued reports, the first first."""
    found = [report_in(path.parent) for path in sorted((reports / ISSUED).glob("*/" + RECORD))]
    return sorted(found, key=lambda report: report.number)


def report_in(folder: Path) -> Report:
    """The report that a folder of the archive holds."""
    return Report(folder, json.loads((folder / RECORD).read_text(encoding="utf-8")))


def find(reports: Path, name: str) -> Report:
    """The report of an id or a number. Raises NoSuchReport."""
    known = issued(reports)
    for report in known:
        if name in (report.report_id, str(report.number)):
            return report
    raise NoSuchReport(
        f"No report {name} was issued. Issued: {', '.join(report.report_id for report in known) or 'none yet'}."
    )


def reproduce(report: Report) -> Reproduced:
    """Make a report again from its kept inputs and compare every form with what was issued, byte for byte."""
    reasons = _differences(report)
    data = (report.folder / INPUTS).read_bytes()
    if _hash(data) != report.record["hashes"][INPUTS]:
        return Reproduced(report, dict.fromkeys(NAMES, False), ("its inputs were changed after it was issued",))
    try:
        rendered = forms(gather(unpacked(data), from_plain(report.record["since"])))
    except AsksOtherwise as otherwise:
        return Reproduced(report, dict.fromkeys(NAMES, False), (*reasons, str(otherwise)))
    identical = {name: _hash(rendered[name]) == report.record["hashes"][name] for name in NAMES}
    if not all(identical.values()) and report.record["stamp"].get("wording") != wording_hash():
        reasons.append(
            f"the code that words it isn't the one that made it; its stamp names version {report.record['stamp']['Code']}"
        )
    return Reproduced(report, identical, tuple(reasons))


def templates_hash() -> str:
    """One hash over all templates."""
    return _hash(b"".join((HERE / name).read_bytes() for name in TEMPLATES))


@cache
def wording_hash() -> str:
    """One hash over the code that turns a release into sentences and figures: a version's number alone doesn't tell two checkouts apart."""
    code = sorted(path for folder in (HERE, HERE.parent / "facts") for path in folder.glob("*.py"))
    return _hash(b"".join(path.read_bytes() for path in code))


def _is_same(last: Report, content: ReportContent) -> bool:
    made = last.record["stamp"]
    return (
        made["content_hash"] == content.release.content_hash
        and made["templates"] == templates_hash()
        and made["tools"] == _tools()
    )


def _since(last: Report, content: ReportContent, snapshot: Published) -> Issued:
    measures = from_plain({"number": 0, "report_id": "", "measures": last.record["measures"], "since": []})
    told = since(last.claims(), content, snapshot, last.number)
    return Issued(last.number, last.report_id, {} if measures is None else measures.measures, tuple(told))


def _keep(
    folder: Path, content: ReportContent, recorded: Recorded, before: Issued | None, rendered: Mapping[str, bytes]
) -> None:
    number = 1 if before is None else before.number + 1
    report_id = f"{number:04d}-{content.as_of}-{content.release.release_id}"
    files = {**rendered, CLAIMS: _json(register(content, recorded)), MAIL: _json(summary(content))}
    files[INPUTS] = packed(recorded)
    record = {
        "report_id": report_id,
        "number": number,
        "title": content.title,
        "as_of": f"{content.as_of}",
        "period": content.values["period"],
        "headline": content.values["headline"],
        "stamp": {
            **dict(content.values["stamp"]),
            "content_hash": content.release.content_hash,
            "templates": templates_hash(),
            "wording": wording_hash(),
            "tools": _tools(),
        },
        "since": as_plain(before),
        "measures": measures_as_plain({row.key: row.now for row in content.told.changes if row.now is not None}),
        "hashes": {name: _hash(data) for name, data in sorted(files.items())},
        "reproduce": f"impact report reproduce {report_id}",
    }
    _place(folder / report_id, {**files, RECORD: _json(record)})


def _place(target: Path, files: Mapping[str, bytes]) -> None:
    """A whole folder in one move, so that a killed run leaves no half report."""
    draft = target.with_name(f".{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for name, data in files.items():
        (draft / name).write_bytes(data)
    os.replace(draft, target)


def _differences(report: Report) -> list[str]:
    """What is known to be other than it was: templates and the programs that render them."""
    made, found = report.record["stamp"], []
    if made["templates"] != templates_hash():
        found.append("the templates have changed since")
    tools = _tools()
    found += [
        f"{name} is {tools.get(name)}, was {was}" for name, was in made["tools"].items() if tools.get(name) != was
    ]
    return found


def _tools() -> dict[str, str]:
    return {name: version(name) for name in TOOLS}


def _json(values: Mapping[str, Any] | Sequence[Any]) -> bytes:
    return json.dumps(values, indent=1, ensure_ascii=False, default=str).encode()


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
