"""One alert per incident: what was told stays told until it is over, and then that is told."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock

from pipelines.operations.health import Problem
from pipelines.whole_files import write_whole

LOG = logging.getLogger("impact.alerts")
FILE = Path("operations") / "incidents.json"


@dataclass(frozen=True)
class Incident:
    """since: ISO instant in UTC. is_told: whether somebody has been reached."""

    key: str
    words: str
    since: str
    is_told: bool = False


@dataclass(frozen=True)
class News:
    """begun: incidents that nobody was told of; over: told incidents that have ended."""

    begun: tuple[Incident, ...]
    over: tuple[Incident, ...]

    def __bool__(self) -> bool:
        return bool(self.begun or self.over)


Tell = Callable[[News], bool]


def compare(open_: Mapping[str, Incident], problems: Sequence[Problem], now: datetime) -> tuple[dict[str, Incident], News]:  # fmt: skip
    """The incidents that are open now, and what is new. One that ended before anybody was reached is no news."""
    keys = {problem.key for problem in problems}
    current = {one.key: open_.get(one.key) or Incident(one.key, one.words, now.isoformat()) for one in problems}
    begun = tuple(one for one in current.values() if not one.is_told)
    over = tuple(one for key, one in open_.items() if key not in keys and one.is_told)
    return current, News(begun, over)


def watch(data: Path, problems: Sequence[Problem], now: datetime, tell: Tell) -> News:
    """Compare with what is known, tell what is new, and keep it. Where nobody could be reached it is news again next time."""
    path = data / FILE
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(path.with_suffix(".lock")):
        known = _read(path)
        current, news = compare(known, problems, now)
        if news and tell(news):
            current = {key: Incident(one.key, one.words, one.since, True) for key, one in current.items()}
        elif news.over:
            current |= {one.key: one for one in news.over}
        write_whole(path, json.dumps([asdict(one) for one in current.values()], indent=1))
    return news


def _read(path: Path) -> dict[str, Incident]:
    if not path.exists():
        return {}
    try:
        return {one["key"]: Incident(**one) for one in json.loads(path.read_text(encoding="utf-8"))}
    except (ValueError, TypeError, KeyError):
        LOG.warning("%s can't be read; what is wrong now is told again", path.name)
        return {}
