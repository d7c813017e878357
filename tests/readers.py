"""Many readers of the dashboards at once, each as a browser is to the server: a websocket of its own, over which pages are asked for and come in.

Drawing in a browser is left out, so that many fit on the computer that the server runs on: what is measured is the server.
"""

import asyncio
import random
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.typing import Origin, Subprotocol

PAGES_ASKED_FOR = (
    "", "programme", "goals", "representation", "learning", "money", "impact", "how_sure", "retention", "promotion",
    "planner", "todo", "quality", "metrics", "reports",
)  # fmt: skip
PATIENCE = 60


@dataclass(frozen=True)
class Opened:
    """A page that was asked for: seconds until all of it had come, its words, and what went wrong (an exception's message, an error shown)."""

    reader: int
    page: str
    choices: Mapping[str, str]
    seconds: float
    words: str
    problems: tuple[str, ...] = ()


@dataclass
class Reader:
    """One open tab. hashes: what the server calls its pages, from the first answer on."""

    number: int
    socket: websockets.ClientConnection
    hashes: dict[str, str] = field(default_factory=dict)

    async def open(self, page: str, choices: Mapping[str, str] | None = None) -> Opened:
        """Ask for a page and wait until it is whole."""
        asked = BackMsg()
        asked.rerun_script.query_string = urlencode(choices or {})
        if page in self.hashes:
            asked.rerun_script.page_script_hash = self.hashes[page]
        else:
            asked.rerun_script.page_name = page
        started = time.perf_counter()
        await self.socket.send(asked.SerializeToString())
        words, problems = await asyncio.wait_for(self._until_whole(), PATIENCE)
        return Opened(self.number, page, choices or {}, time.perf_counter() - started, words, tuple(problems))

    async def _until_whole(self) -> tuple[str, list[str]]:
        words: list[str] = []
        problems: list[str] = []
        while True:
            message = ForwardMsg.FromString(await self.socket.recv())
            kind = message.WhichOneof("type")
            if kind == "delta":
                element = message.delta.new_element
                words += [element.heading.body, element.markdown.body, element.html.body]
                problems += _problems(element)
            elif kind == "navigation":
                self.hashes = {page.url_pathname: page.page_script_hash for page in message.navigation.app_pages}
            elif kind == "page_not_found":
                problems.append(f"no page {message.page_not_found.page_name}")
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return "\n".join(words), problems


def _problems(element: Element) -> list[str]:
    if element.HasField("exception"):
        return [f"{element.exception.type}: {element.exception.message}"]
    if element.HasField("alert") and element.alert.format == element.alert.ERROR:
        return [element.alert.body]
    return []


async def reads(
    number: int, address: str, *, pages: int, think: float, choices: Mapping[str, Sequence[str]], start: float
) -> list[Opened]:
    """One reader's visit: `pages` pages one after the other, the first after a share of `start` seconds, between them `think` seconds on average (exponential)."""
    chance = random.Random(number)
    await asyncio.sleep(chance.random() * start)
    opened: list[Opened] = []
    where = address.replace("http", "ws", 1) + "/_stcore/stream"
    async with websockets.connect(
        where, subprotocols=[Subprotocol("streamlit")], origin=Origin(address), max_size=None
    ) as socket:
        reader = Reader(number, socket)
        for place in range(pages):
            if place:
                await asyncio.sleep(chance.expovariate(1 / think))
            chosen = {key: chance.choice(values) for key, values in choices.items()}
            opened.append(await reader.open(chance.choice(PAGES_ASKED_FOR), chosen))
    return opened


def all_read(
    address: str, *, readers: int, pages: int, think: float, choices: Mapping[str, Sequence[str]]
) -> list[Opened]:
    """What `readers` readers opened at the same time."""

    async def together() -> list[list[Opened]]:
        return await asyncio.gather(
            *(
                reads(number, address, pages=pages, think=think, choices=choices, start=think)
                for number in range(readers)
            )
        )

    return [one for visit in asyncio.run(together()) for one in visit]


def told(opened: Sequence[Opened]) -> dict[str, Any]:
    """Pages, seconds at the median and the 95th percentile, the slowest page's own median, and what went wrong."""
    seconds = sorted(one.seconds for one in opened)
    by_page = {page: [one.seconds for one in opened if one.page == page] for page in {one.page for one in opened}}
    slowest = max(by_page, key=lambda page: statistics.median(by_page[page]))
    return {
        "pages": len(opened),
        "p50_seconds": round(statistics.median(seconds), 3),
        "p95_seconds": round(statistics.quantiles(seconds, n=20)[-1], 3),
        "slowest_page": slowest or "all programmes",
        "slowest_page_p50_seconds": round(statistics.median(by_page[slowest]), 3),
        "errors": sorted({problem for one in opened for problem in one.problems}),
    }
