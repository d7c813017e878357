"""The word of somebody else on a day: time stamps of RFC 3161 over a receipt's file, kept beside it.

A receipt says what was planned, and its own day is nobody's word but its writer's. An authority signs the file's hash together with the time at which it was asked, and sees nothing of the
file. Whoever has the receipt, its time stamp and the authority's certificate can check the day without this product too: `openssl ts -verify -data RECEIPT -in RECEIPT.tsr -CAfile FILE`.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import httpx
from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    Verifier,
    VerifierBuilder,
    decode_timestamp_response,
)

from pipelines.told import ToldInWords
from pipelines.whole_files import write_whole_bytes

ENDING = ".tsr"
ASKED = "application/timestamp-query"
LONGEST_ANSWER = 1_000_000
"""Bytes; a time stamp with its chain of certificates has a few thousand."""
HASHES: dict[str, Callable[[bytes], bytes]] = {
    "2.16.840.1.101.3.4.2.1": lambda data: hashlib.sha256(data).digest(),
    "2.16.840.1.101.3.4.2.2": lambda data: hashlib.sha384(data).digest(),
    "2.16.840.1.101.3.4.2.3": lambda data: hashlib.sha512(data).digest(),
}
"""By the identifier that a time stamp gives them; others prove nothing."""
PATIENCE = 30.0
"""Seconds in which an authority has to answer."""


class NoTimeStamp(ToldInWords, RuntimeError):
    """There is no time stamp, or it isn't one of this receipt; the message names the next step."""


def beside(receipt: Path) -> Path:
    """Where a receipt's time stamp lies."""
    return receipt.with_name(receipt.name + ENDING)


def stamp(receipt: Path, authority: str) -> datetime:
    """Ask the authority at a web address for a time stamp over the file, keep it beside, and return its time (UTC). Raises NoTimeStamp."""
    asked = TimestampRequestBuilder(receipt.read_bytes(), HashAlgorithm.SHA256).build()
    answer = _answer(authority, asked.as_bytes())
    told = _decoded(answer)
    if told.tst_info.nonce != asked.nonce or _is_of_other(told, receipt):
        raise NoTimeStamp(f"What {_host(authority)} sent is a time stamp of something else.")
    write_whole_bytes(beside(receipt), answer, mode=0o600)
    return told.tst_info.gen_time


def stamped_at(receipt: Path, authorities: Path | None = None) -> datetime:
    """The time (UTC) of the receipt's time stamp. authorities: certificates (PEM) against which its signature is held; without them only the hash is held against the file.

    Raises NoTimeStamp where there is none or it doesn't hold.
    """
    try:
        told = _decoded(beside(receipt).read_bytes())
    except OSError:
        raise NoTimeStamp(f"No time stamp lies beside {receipt.name}.") from None
    if _is_of_other(told, receipt):
        raise NoTimeStamp(f"The time stamp beside {receipt.name} is of another file.")
    if authorities:
        try:
            _verifier(authorities).verify_message(told, receipt.read_bytes())
        except VerificationError as problem:
            raise NoTimeStamp(f"The time stamp beside {receipt.name} doesn't hold: {problem}.") from problem
    return told.tst_info.gen_time


def _is_of_other(told: TimeStampResponse, receipt: Path) -> bool:
    imprint = told.tst_info.message_imprint
    hashed = HASHES.get(imprint.hash_algorithm.dotted_string)
    return hashed is None or hashed(receipt.read_bytes()) != imprint.message


def _verifier(authorities: Path) -> Verifier:
    try:
        roots = x509.load_pem_x509_certificates(authorities.read_bytes())
    except (OSError, ValueError):
        raise NoTimeStamp(f"{authorities} holds no certificates. Next step: name the authority's PEM file.") from None
    return VerifierBuilder(roots=roots).build()


def _answer(authority: str, question: bytes) -> bytes:
    try:
        with httpx.stream(
            "POST", authority, content=question, headers={"Content-Type": ASKED}, timeout=PATIENCE
        ) as told:
            if told.status_code != httpx.codes.OK:
                raise NoTimeStamp(f"{_host(authority)} answers {told.status_code} instead of a time stamp.")
            answer = b""
            for part in told.iter_bytes():
                answer += part
                if len(answer) > LONGEST_ANSWER:
                    raise NoTimeStamp(f"{_host(authority)} sends more than a time stamp.")
            return answer
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        raise NoTimeStamp(f"{_host(authority)} can't be asked ({type(problem).__name__}).") from problem


def _decoded(answer: bytes) -> TimeStampResponse:
    try:
        told = decode_timestamp_response(answer)
        status = PKIStatus(told.status)
    except ValueError as problem:
        raise NoTimeStamp("What was sent can't be read as a time stamp.") from problem
    if status != PKIStatus.GRANTED:
        why = "; ".join(told.status_string) or status.name.lower().replace("_", " ")
        raise NoTimeStamp(f"The authority gives no time stamp: {why}.")
    return told


def _host(authority: str) -> str:
    """The address without what could be a secret in it."""
    try:
        return httpx.URL(authority).host or "The authority"
    except httpx.InvalidURL:
        return "The authority"
