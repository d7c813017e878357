"""A time-stamping authority on this machine: OpenSSL's own, behind a web address. A real one in everything but that nobody has to trust its clock."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

OPENSSL = shutil.which("openssl")
SETTINGS = """
[tsa]
default_tsa = tsa_here
[tsa_here]
dir = {folder}
serial = $dir/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
"""


def _made(folder: Path, *words: str) -> None:
    subprocess.run([str(OPENSSL), *words], cwd=folder, check=True, capture_output=True)


def make_authority(folder: Path) -> Path:
    """Keys and certificates of an authority in a folder; the PEM file of its root."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tsa.cnf").write_text(SETTINGS.format(folder=folder), encoding="utf-8")
    (folder / "serial").write_text("01", encoding="utf-8")
    (folder / "leaf.ext").write_text("extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n", encoding="utf-8")  # fmt: skip
    _made(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "root.key", "-out", "root.pem", "-days", "30", "-subj", "/CN=A root")  # fmt: skip
    _made(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "leaf.key", "-out", "leaf.csr", "-subj", "/CN=An authority")  # fmt: skip
    _made(folder, "x509", "-req", "-in", "leaf.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "30", "-extfile", "leaf.ext", "-out", "leaf.pem")  # fmt: skip
    return folder / "root.pem"


@contextmanager
def authority(folder: Path) -> Iterator[str]:
    """The web address of the authority whose keys lie in a folder."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = folder / "question.tsq"
            question.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            _made(folder, "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "question.tsq", "-inkey", "leaf.key", "-signer", "leaf.pem", "-out", "answer.tsr")  # fmt: skip
            answer = (folder / "answer.tsr").read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsr"
    finally:
        server.shutdown()
        server.server_close()
