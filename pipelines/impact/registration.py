"""A receipt that says before results exist what will be estimated, of whom, by which rules and which code, so that anybody can see later that none of it was chosen to please.

The receipt holds the texts themselves beside their SHA-256, and one over everything, so that it can be checked without the workspace: `faults` needs nothing else. What a file can't prove
is when it was written. Therefore its hash stands in the audit log too, whose head every report prints, and may be sent to anybody whose word on the day counts.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

from pipelines.contracts.declared_outcomes import declaration_digest

FORM = "registration of an evaluation, form 1"
TEXTS = ("protocol", "declaration", "policy", "code")
ELIGIBILITY = (
    "population_person_kind",
    "population_source_instance",
    "population_min_tenure_days",
    "population_max_tenure_days",
    "population_min_level_rank",
    "population_max_level_rank",
)
"""Columns of a programme that say who is compared."""


def make_receipt(
    programme_id: str,
    protocol: Mapping[str, Any],
    declaration: Mapping[str, Any],
    at: datetime,
    *,
    had_results: bool,
    log_head: str | None,
) -> dict[str, Any]:
    """A receipt as plain JSON. protocol: the programme as its file describes it, `ELIGIBILITY` in it. had_results: figures had been shown before. log_head: last hash of the audit log before."""
    texts = {
        "protocol": _plain(protocol),
        "declaration": _plain(declaration),
        "policy": files(__package__).joinpath("policy.yaml").read_text(encoding="utf-8"),
        "code": code_hashes(),
    }
    receipt = {
        "form": FORM,
        "programme_id": programme_id,
        "registered_at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "had_results": had_results,
        "log_head": log_head,
        **texts,
        "hashes": {name: _hash(text) for name, text in texts.items()},
    }
    return {**receipt, "hash": _hash(receipt)}


def faults(receipt: Any) -> list[str]:
    """What doesn't hold in a receipt, in words; empty where it is exactly what was written."""
    wanted = {"form", "programme_id", "registered_at", "had_results", "log_head", "hashes", "hash", *TEXTS}
    if not isinstance(receipt, Mapping) or set(receipt) != wanted or receipt["form"] != FORM:
        return ["this is no receipt of a registration, or one of another form"]
    hashes = receipt["hashes"] if isinstance(receipt["hashes"], Mapping) else {}
    told = [f"the {name} isn't what was registered" for name in TEXTS if hashes.get(name) != _hash(receipt[name])]
    whole = {name: value for name, value in receipt.items() if name != "hash"}
    if receipt["hash"] != _hash(whole):
        told.append("the receipt isn't what was written")
    return told


def code_hashes() -> dict[str, str]:
    """SHA-256 of every module that estimates or judges, by name, line ends as on Unix."""
    modules = (entry for entry in files(__package__).iterdir() if entry.name.endswith(".py"))
    texts = {entry.name: entry.read_text(encoding="utf-8").replace("\r\n", "\n") for entry in modules}
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in sorted(texts.items())}


def changes_since(receipt: Mapping[str, Any]) -> list[str]:
    """In what this installation differs from the one that registered: policy, and modules by name."""
    now, then = code_hashes(), receipt["code"]
    changed = sorted(name for name in {*now, *then} if now.get(name) != then.get(name))
    policy = files(__package__).joinpath("policy.yaml").read_text(encoding="utf-8")
    told = ["the policy"] if policy != receipt["policy"] else []
    return told + changed


def registration_of(
    receipts: Iterable[Mapping[str, Any]], programme_id: str, declaration: Mapping[str, Any], who: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """The first receipt that registers this declaration for these people before any result was shown; None where there is none. who: the columns of `ELIGIBILITY`."""
    digest = declaration_digest(declaration)
    own = [
        receipt
        for receipt in receipts
        if receipt["programme_id"] == programme_id
        and not receipt["had_results"]
        and declaration_digest(receipt["declaration"]) == digest
        and all(receipt["protocol"].get(name) == _plain(who.get(name)) for name in ELIGIBILITY)
    ]
    return min(own, key=lambda receipt: str(receipt["registered_at"]), default=None)


def _plain(value: Any) -> Any:
    """As JSON will give it back: dates as text."""
    return json.loads(json.dumps(value, sort_keys=True, default=str))


def _hash(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
