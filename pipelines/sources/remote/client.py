"""HTTP to one system: only its configured hosts, under the retry policy, with answers of bounded size and errors in words.

A redirect is followed only within those hosts and only for GET: credentials never follow a `Location` elsewhere.
"""

import ssl
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from pipelines.sources.records import SourceRefused
from pipelines.sources.remote.retries import RetryBudget
from pipelines.sources.remote.secrets import Secrets

LARGEST_ANSWER = 256 * 1024 * 1024  # bytes; a page is far smaller, an export file may be large
REDIRECTS = 3
QUOTED = 300  # characters of an answer that are shown
NOT_FOUND = 404
NO_SECRETS = ("accept", "content-type", "prefer", "user-agent")
WEB_PAGE = "check the address: it is often a sign-in page, or one that a proxy puts in between"
READ_IT = "read the system's answer above and correct the source's options; the next run goes on where this one stopped"
MOVED = "if the system has moved, correct `base_url` of the source"
LOCAL = ("127.0.0.1", "localhost", "::1")
SCOPES = {401: "refused the credentials", 403: "knows the credentials and forbids the call"}
Headers = Mapping[str, str] | Callable[[bool], Mapping[str, str]]
"""Authentication headers, or what makes them; it is called with True after a 401 (a token that ran out in mid-read)."""


class HostRefused(SourceRefused):
    """A connector was sent to a host that the workspace doesn't name."""


class RemoteRefused(SourceRefused):
    """The system answered, and not with data. `status` is the HTTP status, `body` the beginning of its answer, without secrets."""

    def __init__(self, message: str, status: int, body: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.body = body


@cache
def _certificates() -> ssl.SSLContext:
    """The certificates that are trusted (`SSL_CERT_FILE` included), read once: it takes longer than many an answer."""
    return httpx.create_ssl_context()


class Answered(httpx.Response):
    """An answer that says in words when it isn't JSON: a sign-in page with status 200 is the usual reason."""

    refused: Callable[[str], RemoteRefused]
    failed: Callable[[], RemoteRefused]

    def json(self, **more: Any) -> Any:
        """The content as JSON. Raises `RemoteRefused`, for what is only an error too, whatever its status."""
        try:
            content = super().json(**more)
        except (ValueError, RecursionError) as problem:
            raise self.refused(str(problem)) from None
        if self.is_success and _is_error(content):
            raise self.failed()
        return content


class RemoteClient:
    """Calls to one base URL. `hosts` are further ones that the system is documented to answer from."""

    def __init__(
        self,
        source_id: str,
        base_url: str,
        *,
        budget: RetryBudget,
        secrets: Secrets,
        headers: Headers,
        hosts: Iterable[str] = (),
        timeout_seconds: float = 120.0,
    ) -> None:
        self.source_id = source_id
        self.base_url = base_url.rstrip("/") + "/"
        self.budget = budget
        self.secrets = secrets
        self.calls = 0
        self._headers = headers
        self._credentials: Mapping[str, str] = {}
        parts = urlsplit(self.base_url)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise HostRefused(
                f"Source {source_id}: {base_url!r} is no web address. Next step: write it with https:// in the workspace file."
            )
        if parts.scheme == "http" and parts.hostname not in LOCAL:
            raise HostRefused(
                f"Source {source_id}: {parts.hostname} would be called without TLS. Next step: write https:// in the workspace file."
            )
        self._hosts = {(parts.scheme, parts.hostname, parts.port), *(("https", host, None) for host in hosts)}
        self._http = httpx.Client(
            timeout=timeout_seconds,
            follow_redirects=False,
            trust_env=parts.hostname not in LOCAL,
            verify=_certificates(),
        )

    def __enter__(self) -> "RemoteClient":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def get(self, path: str, params: Mapping[str, Any] | None = None, **more: Any) -> Answered:
        """GET `path` (relative to the base, or absolute on an allowed host)."""
        return self.request("GET", path, params=params, **more)

    def post(self, path: str, body: Any, **more: Any) -> Answered:
        """POST `body` as JSON."""
        return self.request("POST", path, json=body, **more)

    def request(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        accepted: Iterable[int] = (200,),
        **more: Any,
    ) -> Answered:
        """One call under the retry policy. Raises `RemoteRefused` for any status but the `accepted`, `HostRefused` for a host that isn't allowed."""
        more = {name: value for name, value in more.items() if value is not None}
        url = self._allowed(urljoin(self.base_url, path))
        renew, renewed, redirects, attempt = False, False, 0, 0
        while True:
            attempt += 1
            try:
                answer = self._send(method, url, {**self._authentication(renew), **(headers or {})}, more)
            except httpx.TransportError as problem:
                if self.budget.wait(attempt, None):
                    continue
                raise RemoteRefused(
                    self._hidden(
                        f"Source {self.source_id}: {urlsplit(url).hostname} can't be reached ({type(problem).__name__}: {problem}). "
                        "Next step: check the address and the network; the next run goes on where this one stopped."
                    ),
                    0,
                ) from None
            renew = False
            if answer.status_code in accepted:
                return answer
            if answer.is_redirect and method == "GET" and redirects < REDIRECTS:
                url = self._allowed(urljoin(url, answer.headers.get("location", "")))
                more.pop("params", None)
                redirects += 1
                attempt -= 1
                continue
            if answer.status_code == 401 and not renewed and callable(self._headers):
                renew = renewed = True
                continue
            if answer.status_code in self.budget.policy.statuses and self.budget.wait(
                attempt, answer.headers.get("retry-after")
            ):
                continue
            raise self._refusal(answer)

    def _authentication(self, renew: bool) -> Mapping[str, str]:
        self._credentials = self._headers(renew) if callable(self._headers) else self._headers
        return self._credentials

    def _send(self, method: str, url: str, headers: Mapping[str, str], more: Mapping[str, Any]) -> Answered:
        self.calls += 1
        with self._http.stream(method, url, headers=headers, **more) as answer:
            content = bytearray()
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > LARGEST_ANSWER:
                    raise RemoteRefused(
                        f"Source {self.source_id}: one answer is larger than {LARGEST_ANSWER // 1024**2} MB. Next step: ask for smaller pages or a shorter period.",
                        answer.status_code,
                    )
            # The content arrives decoded, so the header that names its coding must not reach the new answer.
            kept = {
                name: value
                for name, value in answer.headers.items()
                if name not in ("content-encoding", "content-length")
            }
            whole = Answered(answer.status_code, headers=kept, content=bytes(content), request=answer.request)
        whole.refused = lambda problem: self._no_json(whole, problem)
        whole.failed = lambda: self._told(whole, f"answered with an error: {self._quoted(whole)}", READ_IT)
        return whole

    def _no_json(self, answer: httpx.Response, problem: str) -> RemoteRefused:
        if not answer.content.strip():
            what, advice = "nothing", "run again; if it stays empty, ask the system's administrator"
        elif _is_web_page(answer):
            what, advice = f"a web page instead of data ({self._quoted(answer)})", WEB_PAGE
        else:
            what = f"invalid JSON ({problem}; it begins with {self._quoted(answer)})"
            advice = "run again, since the answer may have been cut off; the next run goes on where this one stopped"
        return self._told(answer, f"answered {what}", advice)

    def _quoted(self, answer: httpx.Response) -> str:
        """The beginning of an answer in one line, without secrets."""
        return repr(self._hidden(" ".join(answer.text.split()))[:QUOTED])

    def _hidden(self, text: str) -> str:
        """`text` without secrets and without what was sent in their place: a token, or name and password in base64."""
        secret = [value for name, value in self._credentials.items() if name.lower() not in NO_SECRETS]
        sent = {part for value in secret for part in (value, value.rpartition(" ")[2])}
        return self.secrets.hidden(text, sent)

    def _allowed(self, url: str) -> str:
        parts = urlsplit(url)
        port = None if parts.port in (None, {"https": 443, "http": 80}.get(parts.scheme)) else parts.port
        if (parts.scheme, parts.hostname, port) not in {
            (scheme, host, _port(scheme, at)) for scheme, host, at in self._hosts
        }:
            raise HostRefused(
                f"Source {self.source_id} was sent to {parts.scheme}://{parts.hostname}, which the workspace file doesn't name; nothing was sent there. "
                "Next step: if the system has moved, correct `base_url` of the source."
            )
        return url

    def _refusal(self, answer: httpx.Response) -> RemoteRefused:
        status = answer.status_code
        said = answer.headers.get("x-bamboohr-error-message") or self._quoted(answer)
        said = f": {self._hidden(said)}" if answer.content.strip() else ""
        if answer.is_redirect:
            where = self._hidden(answer.headers.get("location", "") or "nowhere")
            words, advice = f"sends the call on to {where}, too often or in a way that isn't followed", MOVED
        elif status in SCOPES:
            words = f"{SCOPES[status]} (HTTP {status}){said}"
            advice = "check the key in the environment and the scopes that docs/sources names"
        elif answer.is_success:
            words = f"answered something else than data (HTTP {status}){said}"
            advice = WEB_PAGE if _is_web_page(answer) else "check the address of the source"
        elif status in self.budget.policy.statuses:
            words = f"is busy or out of order (HTTP {status}), also after waiting{said}"
            advice = "run again later; the next run goes on where this one stopped"
        elif status == NOT_FOUND:
            words = f"doesn't know that address (HTTP {status}){said}"
            advice = "check the address of the source and the names in its options"
        else:
            words = f"refused the call (HTTP {status}){said}"
            advice = READ_IT
        return self._told(answer, words, advice)

    def _told(self, answer: httpx.Response, words: str, advice: str) -> RemoteRefused:
        url = answer.request.url
        return RemoteRefused(
            self._hidden(f"Source {self.source_id}: {url.host}{url.path} {words}. Next step: {advice}."),
            answer.status_code,
            self._hidden(answer.text)[:2000],
        )


def _is_error(content: Any) -> bool:
    """Whether an answer tells of an error and holds no records: `{"error": {...}}`, `{"ok": false, "error": "invalid_auth"}`."""
    if not isinstance(content, Mapping) or not (content.get("error") or content.get("errors")):
        return False
    return not any(
        isinstance(value, list | Mapping) for name, value in content.items() if name not in ("error", "errors")
    )


def _is_web_page(answer: httpx.Response) -> bool:
    return answer.text.lstrip()[:1] == "<" and "html" in answer.text[:200].lower()


def _port(scheme: str, port: int | None) -> int | None:
    return None if port == {"https": 443, "http": 80}.get(scheme) else port
