"""A local HTTP server for tests: real sockets, answers made by a function, every call remembered."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Call:
    """One request as it arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    number: int = 0

    @property
    def url(self) -> str:
        """The server's own address."""
        return f"http://{self.headers['host']}"

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What is sent back; `body` other than bytes is sent as JSON. `hangs_up` closes the socket in mid-answer."""

    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hangs_up: bool = False


Behaviour = Callable[[Call], Answer]


class LocalServer:
    """A running server: `url`, the `calls` so far, and `next_answers` that are given before the behaviour is asked."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.calls: list[Call] = []
        self.next_answers: list[Answer] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def _serve(self) -> None:
                parts = urlsplit(self.path)
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                query = dict(parse_qsl(parts.query, keep_blank_values=True))
                call = Call(self.command, parts.path, query, headers, body, len(server.calls))
                server.calls.append(call)
                answer = server.next_answers.pop(0) if server.next_answers else server.behaviour(call)
                data = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data[: len(data) // 2] if answer.hangs_up else data)
                if answer.hangs_up:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                """Tests are silent."""

        for method in ("GET", "POST", "REPORT", "PROPFIND"):
            setattr(Handler, f"do_{method}", Handler._serve)
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@contextmanager
def serving(behaviour: Behaviour) -> Iterator[LocalServer]:
    """A server for the length of a test."""
    server = LocalServer(behaviour)
    server.start()
    try:
        yield server
    finally:
        server.stop()
