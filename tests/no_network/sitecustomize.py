"""Put in front of the path, this refuses every connection that leaves the machine and writes it down.

Child processes inherit it, so a whole run with dbt and its helpers is covered.
"""

import os
import socket

_LEDGER = os.environ.get("NETWORK_LEDGER")
_LOCAL = ("127.", "::1", "localhost", "0.0.0.0")
_connect, _lookup = socket.socket.connect, socket.getaddrinfo


def _refuse(what: object) -> None:
    if _LEDGER:
        with open(_LEDGER, "a", encoding="utf-8") as ledger:
            ledger.write(f"{what}\n")
    raise OSError(f"the network is blocked in this test: {what}")


def _connect_locally(self: socket.socket, address: object) -> None:
    if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(_LOCAL):  # type: ignore[index]
        _refuse(address)
    return _connect(self, address)  # type: ignore[arg-type]


def _look_up_locally(host: object, *rest: object, **more: object) -> object:
    if host is not None and not str(host).startswith(_LOCAL) and host != socket.gethostname():
        _refuse(host)
    return _lookup(host, *rest, **more)  # type: ignore[arg-type]


socket.socket.connect = _connect_locally  # type: ignore[method-assign, assignment]
socket.getaddrinfo = _look_up_locally  # type: ignore[assignment]
