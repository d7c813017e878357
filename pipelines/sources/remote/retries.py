"""One retry policy for every connector: which answers are tried again, how long to wait, and when to give up.

A server's own `Retry-After` (seconds or an HTTP date, RFC 9110 section 10.2.3) is obeyed; without one the wait doubles, with jitter, so that several
sources that were refused together don't come back together.
"""

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from pipelines.sources.records import SourceRefused

CHANGEABLE: Mapping[str, Callable[[Any], Any]] = {"attempts": int, "budget_seconds": float}
RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504, 598})


@dataclass(frozen=True)
class RetryPolicy:
    """attempts: tries of one call. budget_seconds: waiting in one extraction, all calls together."""

    attempts: int = 8
    budget_seconds: float = 900.0
    first_wait: float = 1.0
    longest_wait: float = 120.0
    statuses: frozenset[int] = RETRIED


def policy_of(source_id: str, options: Mapping[str, Any]) -> RetryPolicy:
    """The policy with what a source's option `retry: {attempts, budget_seconds}` says. Raises `SourceRefused` for anything else in it."""
    given = options.get("retry") or {}
    try:
        return RetryPolicy(**{name: CHANGEABLE[name](value) for name, value in dict(given).items()})
    except (KeyError, TypeError, ValueError):
        raise SourceRefused(
            f"Source {source_id}: `retry` is {given!r}. Next step: write it as {{attempts: 8, budget_seconds: 900}}; it takes nothing else."
        ) from None


@dataclass
class RetryBudget:
    """What is left of the policy's budget; `wait` sleeps and takes from it."""

    policy: RetryPolicy
    sleep: Callable[[float], None]
    now: Callable[[], datetime]
    jitter: random.Random = field(repr=False)
    spent: float = 0.0
    waits: int = 0

    def wait(self, attempt: int, retry_after: str | None) -> bool:
        """Sleep before attempt `attempt` + 1 (counted from 1). False, without sleeping, where no attempt or no budget is left."""
        if attempt >= self.policy.attempts:
            return False
        asked = seconds_asked(retry_after, self.now())
        doubled = min(self.policy.longest_wait, self.policy.first_wait * 2 ** (attempt - 1))
        seconds = self.jitter.uniform(doubled / 2, doubled) if asked is None else asked + self.jitter.uniform(0, 0.25)
        if self.spent + seconds > self.policy.budget_seconds:
            return False
        self.spent += seconds
        self.waits += 1
        self.sleep(seconds)
        return True


def seconds_asked(retry_after: str | None, now: datetime) -> float | None:
    """Seconds that a `Retry-After` asks for; None where it is absent or can't be read. A date in the past is 0."""
    text = (retry_after or "").strip()
    if not text:
        return None
    try:
        seconds = float(text)
        return max(0.0, seconds) if math.isfinite(seconds) else None
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
