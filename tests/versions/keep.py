"""Make the data of a version that later versions must be able to open: `python -m tests.versions.keep v0.2.0` writes tests/data/versions/v0.2.0.tar.xz.

The tag is checked out into a temporary folder with an environment of its own, and its commands do what an organisation does in two months. Done once, after a tag is set.
"""

import csv
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path

from tests.versions.company import BAD_TIME, KEY, MENDED_TIME, write_company

PROJECT = Path(__file__).parent.parent.parent
KEPT = PROJECT / "tests/data/versions"
LEFT_OUT = ("dagster", "logs", "serving", "bi", "warehouse/dbt_target", "warehouse/dbt.log")
"""In the data folder: what every run makes again, and Dagster's own home, which belongs to its version."""

MESSAGES_SINCE = (0, 2, 0)
ERASED = "E080"


class Version:
    """The code of a tag with its environment, and a workspace that its commands work on."""

    def __init__(self, tag: str, folder: Path) -> None:
        self.tag, self.code, self.workspace = tag, folder / "code", folder / "workspace"
        self.data = self.workspace / "data"
        self.code.mkdir()
        archive = subprocess.run(["git", "archive", tag], cwd=PROJECT, capture_output=True, check=True).stdout
        subprocess.run(["tar", "x"], cwd=self.code, input=archive, check=True)
        sync = ["sync", "--frozen", "--quiet", "--no-default-groups", "--python", sys.executable]
        uv = shutil.which("uv") or str(PROJECT / ".uv/bin/uv")
        subprocess.run([uv, *sync], cwd=self.code, env=self._environment(), check=True)
        self.commands = set(re.findall(r"^│ ([a-z]+) ", self.impact("--help"), re.MULTILINE))

    def impact(self, *arguments: str) -> str:
        """What a command of that version says. Raises where it fails."""
        return self._run([str(self.code / ".venv/bin/impact"), *arguments])

    def if_known(self, *arguments: str) -> None:
        """Run a command where that version has it."""
        if arguments[0] in self.commands:
            self.impact(*arguments)

    def decide(self) -> None:
        store = f"sqlite:///{self.data / 'decisions' / 'decisions.sqlite'}"
        self._run([str(self.code / ".venv/bin/python"), str(Path(__file__).with_name("decide.py")), store])

    def write(self, month: int) -> None:
        """The company's export of a month."""
        write_company(self.workspace, month)
        extra = self.workspace / "messages.yaml"
        if tuple(map(int, self.tag.removeprefix("v").split("."))) >= MESSAGES_SINCE:
            file = self.workspace / "impact.yaml"
            file.write_text(file.read_text(encoding="utf-8") + extra.read_text(encoding="utf-8"), encoding="utf-8")
        extra.unlink()

    def mend_the_meeting(self) -> None:
        """Correct the record without a readable time, as `impact quarantine` asks for it."""
        file = self.workspace.parent / "quarantine.csv"
        self.impact("quarantine", "export", str(file))
        with file.open(newline="", encoding="utf-8") as stream:
            rows = list(csv.DictReader(stream))
        for row in rows:
            row["corrected_text"] = row["raw_text"].replace(BAD_TIME, MENDED_TIME)
        with file.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        self.impact("quarantine", "reload", str(file))

    def _run(self, command: list[str]) -> str:
        ended = subprocess.run(
            command, cwd=self.code, env=self._environment(), capture_output=True, text=True, check=False
        )
        if ended.returncode:
            raise RuntimeError(f"{self.tag}: {' '.join(command[1:])} failed\n{ended.stdout}\n{ended.stderr}")
        print(f"{self.tag}: {' '.join(command[1:])}", flush=True)
        return ended.stdout

    def _environment(self) -> dict[str, str]:
        foreign = ("IMPACT_", "DAGSTER_", "DBT_", "UV_PROJECT", "VIRTUAL_ENV", "PYTHONPATH")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        here = {"IMPACT_WORKSPACE": str(self.workspace / "impact.yaml"), "IMPACT_DATA": str(self.data)}
        return {**kept, **here, "IMPACT_HASH_KEY": KEY, "COLUMNS": "200", "UV_PYTHON_DOWNLOADS": "never"}


def keep(tag: str, to: Path = KEPT) -> Path:
    """Two months of the company in the code of `tag`, packed. Returns the archive."""
    with tempfile.TemporaryDirectory(prefix="kept-") as folder:
        version = Version(tag, Path(folder))
        version.write(0)
        version.impact("run")
        version.decide()
        version.if_known("register", "mentoring")
        version.write(1)
        version.impact("run")
        version.mend_the_meeting()
        version.impact("run")
        version.impact("report")
        shutil.rmtree(version.data / "dagster")  # 0.2.0 stumbles over what SQLite leaves there
        version.if_known("erase", ERASED, "--yes")
        version.if_known("backup", str(Path(folder) / "backups"))
        to.mkdir(parents=True, exist_ok=True)
        return _packed(to / f"{tag}.tar.xz", Path(folder), ("workspace", "backups"))


def _packed(archive: Path, folder: Path, names: Iterable[str]) -> Path:
    """xz finds what the backup repeats of the data folder, however far apart they lie."""
    data = folder / "workspace/data"
    with tarfile.open(archive, "w:xz", preset=9) as packed:
        for path in (found for name in names for found in sorted((folder / name).rglob("*"))):
            is_made_again = path.is_relative_to(data) and path.relative_to(data).as_posix().startswith(LEFT_OUT)
            if path.is_file() and not is_made_again and path.suffix != ".lock":
                packed.add(path, path.relative_to(folder).as_posix(), filter=_nobodys)
    return archive


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without the account that made it."""
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    made = keep(sys.argv[1])
    print(f"{made.relative_to(PROJECT)}: {made.stat().st_size:,} bytes")
