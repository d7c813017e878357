"""What `expect.yaml` of a case demands, compared with what came of it; differences in sentences."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.cases.outcome import plain_value

WORDS = frozenset("why kinds within tables findings no_findings refused stopped".split())
TABLE_WORDS = frozenset("loaded rows some_rows no_rows repeats left_out rejects rejected".split())
Row = Mapping[str, Any]


def differences(expected: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """Everything in which a case came out otherwise; empty where it is right."""
    return list(_differences(expected, found))


def _differences(expected: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"expect.yaml has an unknown word {word!r}" for word in sorted(set(expected) - WORDS))
    if "traceback" in found:
        yield found["traceback"]
        return
    if "refused" in expected:
        yield from _lacking(expected["refused"], found.get("refused", "(it was read)"), "the refusal")
        return
    if "refused" in found:
        yield f"it was refused: {found['refused']}"
        return
    for table, demands in (expected.get("tables") or {}).items():
        yield from (f"{table}: {word}" for word in _of_table(demands, found["tables"].get(table)))
    yield from _of_findings(expected, found["findings"])
    yield from _of_stops(expected.get("stopped"), found["stopped"])
    yield from _of_parts(found)


def _of_stops(wanted: Any, stopped: Sequence[str]) -> Iterator[str]:
    if wanted is None:
        yield from (f"the load stops: {words}" for words in stopped)
    else:
        yield from _lacking(wanted, " ".join(stopped) or "(it goes on)", "the stop")


def _of_table(demands: Mapping[str, Any], table: Mapping[str, Any] | None) -> Iterator[str]:
    yield from (f"expect.yaml has an unknown word {word!r}" for word in sorted(set(demands) - TABLE_WORDS))
    table = table or {"rows": [], "rejects": [], "left_out": {}, "repeats": 0, "rows_in": 0}
    rows, rejects = table["rows"], table["rejects"]
    if "loaded" in demands and len(rows) != demands["loaded"]:
        yield f"{len(rows)} rows, not {demands['loaded']}"
    if "rows" in demands:
        yield from _same_rows(demands["rows"], rows)
    yield from (f"no row {wanted} in {rows[:5]}" for wanted in demands.get("some_rows", []) if not _any(wanted, rows))
    yield from (f"a row {bad}" for bad in demands.get("no_rows", []) if _any(bad, rows))
    if "rejects" in demands:
        yield from _same_rejects(demands["rejects"], rejects)
    if "rejected" in demands and len(rejects) != demands["rejected"]:
        yield f"{len(rejects)} rejects, not {demands['rejected']}: {[reject['reason'] for reject in rejects][:5]}"
    counts = {"repeats": table["repeats"], "left_out": sum(table["left_out"].values())}
    yield from (f"{name} {n}, not {demands[name]}" for name, n in counts.items() if demands.get(name, n) != n)


def _same_rows(wanted: Sequence[Row], rows: Sequence[Row]) -> Iterator[str]:
    names = list(dict.fromkeys(name for row in wanted for name in row))
    expected = Counter(repr([plain_value(row.get(name)) for name in names]) for row in wanted)
    found = Counter(repr([row.get(name) for name in names]) for row in rows)
    yield from (f"of {names} lacks {row}" for row in expected - found)
    yield from (f"of {names} has {row}" for row in found - expected)


def _any(wanted: Row, rows: Sequence[Row]) -> bool:
    return any(all(row.get(name) == plain_value(value) for name, value in wanted.items()) for row in rows)


def _same_rejects(wanted: Sequence[Row], rejects: Sequence[Row]) -> Iterator[str]:
    left = list(rejects)
    for one in wanted:
        fitting = next((reject for reject in left if _is_reject(one, reject)), None)
        if fitting is None:
            yield f"no reject {dict(one)} among {[(r['source_line'], r['rule'], r['reason']) for r in rejects][:8]}"
        else:
            left.remove(fitting)
    yield from (f"also rejects line {r['source_line']}: {r['rule']}, {r['reason']}" for r in left)


def _is_reject(wanted: Row, reject: Row) -> bool:
    words = " ".join(str(reject[name]) for name in ("reason", "remedy"))
    lines = int(wanted.get("lines", 1))
    return (
        wanted.get("line", reject["source_line"]) == reject["source_line"]
        and wanted.get("rule", reject["rule"]) == reject["rule"]
        and not list(_lacking(wanted.get("words", []), words, ""))
        and (lines == 1 or len(reject["raw_text"].split("\n")) == lines)
    )


def _of_findings(expected: Mapping[str, Any], findings: Sequence[Row]) -> Iterator[str]:
    for wanted in expected.get("findings", []):
        fitting = [
            finding
            for finding in findings
            if wanted.get("kind", finding["kind"]) == finding["kind"]
            and not list(_lacking(wanted.get("words", []), f"{finding['subject']} {finding['detail']}", ""))
        ]
        if not fitting:
            yield f"no finding {wanted} among {findings}"
    unwanted = set(expected.get("no_findings", []))
    yield from (f"a finding {finding}" for finding in findings if finding["kind"] in unwanted)


def _lacking(words: Any, text: str, what: str) -> Iterator[str]:
    for word in [words] if isinstance(words, str) else words:
        if str(word).casefold() not in text.casefold():
            yield f"{what} lacks {word!r}: {text}"


def _of_parts(found: Mapping[str, Any]) -> Iterator[str]:
    """Parts must give the rows and rejects of the whole, where the connector reads in parts."""
    parts = found.get("in_parts")
    if not parts:
        return
    if parts.get("refused"):
        yield f"read in parts it is refused: {parts['refused']}"
        return
    for name, table in found["tables"].items():
        other = parts["tables"].get(name, {"rows": [], "rejects": []})
        for what in ("rows", "rejects"):
            if sorted(map(repr, table[what])) != sorted(map(repr, other[what])):
                yield f"{name}: read in parts it has other {what}: {other[what][:5]}, not {table[what][:5]}"
