"""Questions about columns, put to whoever sits at a terminal."""

import os
import pty
import subprocess
import sys
from pathlib import Path

from tests.demo_run import PROJECT


def test_at_a_terminal_a_column_of_people_is_asked_about_until_the_answer_is_one_of_those_offered(
    tmp_path: Path,
) -> None:
    (tmp_path / "mentees.csv").write_text(
        "Name,Email,Wants to learn,Suggested mentor\nAnn Lee,ann@x.org,SQL,Max Frei\nCid Roe,cid@x.org,Talks,Eva Kurz\n"
    )
    (tmp_path / "mentors.csv").write_text(
        "Name,Email,Can help with\nMax Frei,max@x.org,SQL\nEva Kurz,eva@x.org,Talks\n"
    )
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "pipelines.cli", "match", f"{tmp_path}/mentees.csv", f"{tmp_path}/mentors.csv"]
    asked = subprocess.Popen(
        command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=PROJECT, text=True
    )
    os.write(ours, b"wish\nexcluded\n")
    matched, said = asked.communicate(timeout=120)
    assert asked.returncode == 0, said
    assert "'wish' is none of these" in said
    assert "Eva Kurz" in matched.split("Ann Lee")[1].splitlines()[0]
