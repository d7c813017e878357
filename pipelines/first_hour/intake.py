"""What was added and answered, kept beside the data, so that a closed browser loses nothing. Files and answers are for their owner alone (0600)."""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.first_hour.sheets import check_size
from pipelines.sources.records import SourceFile, SourceRefused
from pipelines.whole_files import write_whole


@dataclass
class Intake:
    """The folder of one workspace's intake, and its state: answers by question key, and the files that were loaded already."""

    folder: Path
    answers: dict[str, str] = field(default_factory=dict)
    loaded: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Path) -> "Intake":
        """The intake of a data folder, as it was left."""
        folder = data / "intake"
        path = folder / "state.json"
        kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        return cls(folder, kept.get("answers", {}), kept.get("loaded", {}))

    @property
    def files(self) -> list[SourceFile]:
        """Every file that was added, by name."""
        return [SourceFile(path.name, path.read_bytes()) for path in self._paths()]

    @property
    def stamp(self) -> tuple[Any, ...]:
        """Changes with every file and every answer; what was understood under it needn't be worked out again."""
        held = tuple((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in self._paths())
        return held, tuple(sorted(self.answers.items()))

    def _paths(self) -> list[Path]:
        return sorted(
            path for path in (self.folder / "files").glob("*") if path.is_file() and not path.name.startswith(".")
        )

    def add(self, name: str, data: bytes) -> bool:
        """Keep a file; whether it took the place of one of the same name. Raises `SourceRefused` where it is too large, of another kind or one too many."""
        plain = Path(name).name
        target = self.folder / "files" / plain
        check_size(plain, len(data), len(self._paths()) - target.exists())
        if not data.strip():
            raise SourceRefused(f"{plain} is empty. Next step: export it again and check that it has rows.")
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        replaced = target.exists()
        temporary = target.with_name(f".{plain}.part")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        temporary.replace(target)
        return replaced

    def remove(self, name: str) -> None:
        """Forget a file and the answers about it."""
        (self.folder / "files" / Path(name).name).unlink(missing_ok=True)
        self.answers = {key: value for key, value in self.answers.items() if not key.startswith(f"{name}|")}
        self.loaded.pop(name, None)
        self.save()

    def answer(self, key: str, value: str | None) -> None:
        """Keep an answer, or take it back (None)."""
        if value is None:
            self.answers.pop(key, None)
        else:
            self.answers[key] = value
        self.save()

    def save(self) -> None:
        """Write the state."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        text = json.dumps({"answers": self.answers, "loaded": self.loaded}, ensure_ascii=False, indent=1)
        write_whole(self.folder / "state.json", text, mode=0o600)
