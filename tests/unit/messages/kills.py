"""Senders that are killed at every step, against a real SMTP server: `python -m tests.unit.messages.kills [MESSAGES] [KILLS]` prints what became of the messages.

Recipients live in eleven zones and seven countries; some opt out on the way, some addresses don't exist, the server asks some to come back and drops some connections after it has taken
the message. The clock is made up: it stands still while a sender runs and goes on by the lease after each kill, else by an hour.
"""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
from aiosmtpd.controller import Controller

from pipelines.messages.kinds import NUDGES
from pipelines.messages.outbox import LEASE, Outbox
from pipelines.messages.transports import SmtpServer, SmtpTransport
from tests.unit.messages.made import Clock, Directory, due, opened, sender

STEPS = ("claimed", "judged", "composed", "transmitted", "settled")
PLACES = (
    ("Europe/Berlin", "DE"), ("America/New_York", "US"), ("Asia/Tokyo", "JP"), ("Asia/Kolkata", "IN"), ("Africa/Nairobi", "KE"), ("Pacific/Auckland", "NZ"), ("Asia/Dubai", "AE"),
    ("America/Sao_Paulo", None), (None, "DE"), ("Pacific/Kiritimati", None), ("America/Anchorage", "US"),
)  # fmt: skip
BEGIN = datetime(2026, 5, 13, 4, tzinfo=UTC)
"""The evening before Ascension Day, which Germany keeps."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def places(messages: int) -> dict[str, tuple[str | None, str | None]]:
    return {f"mentee{n}": PLACES[n % len(PLACES)] for n in range(messages)}


@dataclass
class Server:
    """What a mail server does and remembers. accepted: (message id, address, moment)."""

    now: datetime = BEGIN
    accepted: list[tuple[str, str, datetime]] = field(default_factory=list)
    greeted: set[str] = field(default_factory=set)
    dropped: int = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        number = int(address.partition("@")[0].removeprefix("mentee"))
        if number % 41 == 7:
            return f"550 5.1.1 <{address}> unknown"
        if number % 13 == 5 and address not in self.greeted:
            self.greeted.add(address)
            return "451 4.7.1 come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        message_id = message_from_bytes(envelope.content)["Message-ID"]
        address = envelope.rcpt_tos[0]
        self.accepted.append((message_id, address, self.now))
        number = int(address.partition("@")[0].removeprefix("mentee"))
        if number % 97 == 3 and sum(one[1] == address for one in self.accepted) == 1:
            self.dropped += 1
            server.transport.close()
        return "250 taken"


def work(url: str, port: int, moment: str, messages: int, step: str, after: int) -> None:
    """A sender that kills itself at the `after`th time that it comes to `step`."""
    seen = Counter[str]()

    def observe(name: str) -> None:
        seen[name] += 1
        if name == step and seen[name] == after:
            os.kill(os.getpid(), signal.SIGKILL)

    with SmtpTransport(SmtpServer("127.0.0.1", port)) as transport:
        clock = Clock(datetime.fromisoformat(moment))
        sender(
            Outbox(url),
            transport,
            directory=Directory(places(messages)),
            clock=clock,
            observe=observe,
            name=f"{os.getpid()}",
        ).deliver()


def nurse() -> None:
    """A process that has imported everything and forks a sender for each line of orders; answers with how it ended."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            url, port, moment, messages, step, after = json.loads(line)
            work(url, port, moment, messages, step, after)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def run(folder: Path, messages: int, kills: int, seed: int = 1) -> dict[str, int]:
    """Send everything in spite of the kills; what became of it, counted."""
    chance = random.Random(seed)
    box = opened(folder, *(due(number) for number in range(messages)), now=BEGIN)
    server, declined = Server(), dict[str, datetime]()
    controller = Controller(server, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        done = _until_settled(folder, box, server, controller.port, messages, kills, chance, declined)
    finally:
        controller.stop()
    return {"messages": messages, **done, **_judged(box, server, declined, done["kills"])}


def _until_settled(
    folder: Path,
    box: Outbox,
    server: Server,
    port: int,
    messages: int,
    kills: int,
    chance: random.Random,
    declined: dict[str, datetime],
) -> dict[str, int]:
    done, rounds = 0, 0
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.unit.messages.kills", "nurse"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    while any(box.messages(states=("approved", "leased"))):
        rounds += 1
        assert rounds < 24 * 10 + kills, "it doesn't end"
        step = STEPS[done % len(STEPS)] if done < kills else "never"
        order = [
            f"sqlite:///{folder / 'outbox.sqlite'}",
            port,
            server.now.isoformat(),
            messages,
            step,
            chance.randint(1, max(2, messages // max(kills, 1))),
        ]
        print(json.dumps(order), file=nursery.stdin, flush=True)
        ended = int(nursery.stdout.readline())
        assert ended in (0, -signal.SIGKILL)
        done += ended == -signal.SIGKILL
        server.now += LEASE + timedelta(minutes=1) if ended else timedelta(hours=1)
        if chance.random() < 0.5:
            someone = f"mentee{chance.randrange(messages)}"
            box.opt_out(f"person:{someone}", NUDGES, server.now, by="link")
            declined.setdefault(someone, server.now)
    nursery.stdin.close()
    nursery.wait(timeout=20)
    return {"kills": done, "rounds": rounds}


def _judged(box: Outbox, server: Server, declined: dict[str, datetime], kills: int) -> dict[str, int]:
    copies = Counter(message_id for message_id, _, _ in server.accepted)
    settled = {message.key: message for message in box.messages()}
    arrived = {message_id.strip("<>").partition("@")[0] for message_id in copies}
    quiet = sum(_is_quiet(address, moment) for _, address, moment in server.accepted)
    late = sum(
        moment >= declined.get(address.partition("@")[0], datetime.max.replace(tzinfo=UTC))
        for _, address, moment in server.accepted
    )
    return {
        "arrived": len(arrived),
        "lost": sum(message.state == "sent" and key not in arrived for key, message in settled.items())
        + sum(message.state not in ("sent", "failed", "suppressed") for message in settled.values()),
        "refused_by_server": sum(message.state == "failed" for message in settled.values()),
        "opted_out": sum(message.state == "suppressed" for message in settled.values()),
        "copies": sum(count - 1 for count in copies.values()),
        "most_copies_of_one": max(copies.values()) - 1,
        "connections_dropped": server.dropped,
        "after_opt_out": late,
        "in_quiet_hours": quiet,
    }


def _is_quiet(address: str, moment: datetime) -> bool:
    """Judged apart from the product's own etiquette: the recipient's clock and calendar."""
    zone, country = PLACES[int(address.partition("@")[0].removeprefix("mentee")) % len(PLACES)]
    local = moment.astimezone(ZoneInfo(zone or "UTC"))
    festive = country is not None and local.date() in holidays.country_holidays(country)
    return not 8 <= local.hour < 18 or local.weekday() in (5, 6) or festive


def main() -> None:
    if sys.argv[1:2] == ["nurse"]:
        return nurse()
    messages, kills = (int(word) for word in (sys.argv[1:3] or ["1000", "60"]))
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), messages, kills)
    print(json.dumps({**found, "seconds": round(time.monotonic() - begun)}, indent=1))


if __name__ == "__main__":
    main()
