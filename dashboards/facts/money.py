"""What the programmes cost and whether that pays: items with their source, cost per participant and per completed pair, break-even, and a return only where evidence supports it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboards.facts.finding import Finding
from dashboards.facts.findings import evidence
from dashboards.facts.programmes import Programme, Published, programmes
from dashboards.facts.words import listed, money, plural

KEPT = ("retained",)
"""How names of outcomes begin that count people who stay: what a replacement costs can be set against them."""
CARRIED = ("caused", "supported")
"""Verdicts for which a return may be worked out; for all others the break-even stands alone."""
SOURCES = {
    "bill": "declared amount",
    "staff_time": "declared hours of own staff, at the loaded rate",
    "meeting_time": "hours in held sessions, at the loaded rate",
}
ITEMS = """
    select * from programme_costs
    order by programme_id, period_kind, case cost_kind when 'bill' then 0 when 'staff_time' then 1 else 2 end, amount desc nulls last, item
"""
COUNTS = """
    select programme_id, metric_id, numerator, denominator, value from metric_values
    where metric_id in ('cost_per_participant', 'completion_rate', 'participants') and period_kind = 'to_date' and cohort_id = 'all' and segment_kind = 'all'
"""


@dataclass(frozen=True)
class Item:
    """One kind of cost. amount: None where hours have no price or are hidden to protect individuals."""

    kind: str
    item: str
    amount: float | None
    hours: float | None
    source: str
    is_hidden: bool


@dataclass(frozen=True)
class Money:
    """The costs of one programme. `total`: everything to date that has an amount; `quarter`: of it the last three complete months. `reason` says why nothing is told."""

    programme_id: str
    programme: str
    currency: str | None
    items: tuple[Item, ...]
    total: float | None
    quarter: float | None
    quarter_items: tuple[Item, ...]
    quarter_start: date | None
    quarter_end: date | None
    start: date | None
    participants: int | None
    completed_pairs: int | None
    hourly_rate: float | None
    reason: str | None

    @property
    def per_participant(self) -> float | None:
        """Cost of each person who ever took part."""
        return self.total / self.participants if self.total is not None and self.participants else None

    @property
    def per_completed_pair(self) -> float | None:
        """Cost of each pair that finished what it agreed."""
        return self.total / self.completed_pairs if self.total is not None and self.completed_pairs else None

    @property
    def shares(self) -> dict[str, float]:
        """Kind of cost to its amount, kinds without an amount left out."""
        kinds: dict[str, float] = {}
        for item in self.items:
            if item.amount is not None:
                kinds[item.kind] = kinds.get(item.kind, 0.0) + item.amount
        return kinds

    @property
    def share_of_time(self) -> float | None:
        """How much of the cost is people's time."""
        if not self.total:
            return None
        return sum(amount for kind, amount in self.shares.items() if kind != "bill") / self.total

    @property
    def title(self) -> str:
        """What a participant costs, and of what."""
        if self.per_participant is None:
            return "Cost: not measured"
        told = f"{money(self.per_participant, self.currency)} per participant"
        return f"{told}; {self.share_of_time:.0%} is people's time" if self.share_of_time else told


@dataclass(frozen=True)
class BreakEven:
    """How many people more must stay for a programme to pay, beside how many the comparison says. A return is told only where the evidence supports it.

    people: of the comparison; needed: people; estimate, low, high: people more who stayed; gain: what they save less `cost`, with its limits.
    """

    programme_id: str
    programme: str
    label: str
    currency: str | None
    replacement_cost: float
    cost: float
    people: int
    needed: float
    estimate: float
    low: float
    high: float
    gain: tuple[float, float, float] | None

    @property
    def sentence(self) -> str:
        """The break-even in words; the return only where one is told."""
        needed = _up(self.needed)
        told = (
            f"If replacing a person costs {money(self.replacement_cost, self.currency)}, {self.people:,} places pay when {plural(needed, 'more person', 'more people')} "
            f"{'stays' if needed == 1 else 'stay'}; the estimate is {_people(self.estimate)} ({_people(self.low)} to {_people(self.high)})."
        )
        if self.gain is None:
            return f"{told} The comparison supports no return."
        value, low, high = (money(one, self.currency) for one in self.gain)
        return f"{told} Return: {value} ({low} to {high})."


def costs(snapshot: Published) -> list[Money]:
    """One row per programme, those without costs last, with the reason."""
    items: dict[str, list[dict[str, Any]]] = {}
    for row in snapshot.frame(ITEMS).to_dicts():
        items.setdefault(row["programme_id"], []).append(row)
    counts = {(row["programme_id"], row["metric_id"]): row for row in snapshot.frame(COUNTS).to_dicts()}
    found = [_money(one, items.get(one.programme_id, []), counts) for one in programmes(snapshot)]
    return sorted(found, key=lambda row: (row.total is None, row.programme))


def costs_of(snapshot: Published, programme_id: str) -> Money | None:
    """The costs of one programme; None where the release doesn't know it."""
    return next((row for row in costs(snapshot) if row.programme_id == programme_id), None)


def break_even_of(snapshot: Published, programme_id: str, replacement_cost: float) -> tuple[BreakEven, ...]:
    """What would pay in one programme, of each rated comparison of people who stay."""
    return tuple(row for row in break_even(snapshot, replacement_cost) if row.programme_id == programme_id)


def costs_sentence(rows: Sequence[Money]) -> str:
    """The last quarter of all programmes, item by item kind, and what they cost since the start; one sentence per currency."""
    told = [row for row in rows if row.total is not None]
    if not told:
        return "Costs are not measured: no programme's costs or hourly rate are loaded."
    currencies = sorted({row.currency or "" for row in told})
    return " ".join(
        _costs_in(currency, [row for row in told if (row.currency or "") == currency]) for currency in currencies
    )


def break_even(snapshot: Published, replacement_cost: float) -> list[BreakEven]:
    """Per programme with a rated comparison of people who stay: what would pay. replacement_cost: of one person, in the programme's currency, as the reader states it."""
    spent = {row.programme_id: row for row in costs(snapshot) if row.per_participant is not None}
    found = []
    for one in evidence(snapshot).shown:
        if one.outcome.startswith(KEPT) and one.programme_id in spent:
            found.append(_break_even(one, spent[one.programme_id], replacement_cost))
    return found


def _break_even(one: Finding, spent: Money, replacement_cost: float) -> BreakEven:
    people = one.drawn[0] if one.drawn else one.n_treated
    cost = (spent.per_participant or 0.0) * people
    kept = (one.estimate * people, one.low * people, one.high * people)
    gain = tuple(share * replacement_cost - cost for share in kept) if one.verdict in CARRIED else None
    return BreakEven(
        programme_id=one.programme_id,
        programme=one.programme,
        label=one.label,
        currency=spent.currency,
        replacement_cost=replacement_cost,
        cost=cost,
        people=people,
        needed=cost / replacement_cost,
        estimate=kept[0],
        low=kept[1],
        high=kept[2],
        gain=None if gain is None else (gain[0], gain[1], gain[2]),
    )


def _money(
    programme: Programme, rows: Sequence[Mapping[str, Any]], counts: Mapping[tuple[str, str], Mapping[str, Any]]
) -> Money:
    ever = [row for row in rows if row["period_kind"] == "to_date"]
    quarter = [row for row in rows if row["period_kind"] == "quarter"]
    participants = counts.get((programme.programme_id, "cost_per_participant"), {}).get("denominator")
    completed = counts.get((programme.programme_id, "completion_rate"), {}).get("numerator")
    return Money(
        programme_id=programme.programme_id,
        programme=programme.name,
        currency=programme.currency,
        items=_items(ever),
        total=_total(ever),
        quarter=_total(quarter),
        quarter_items=_items(quarter),
        quarter_start=quarter[0]["period_start"] if quarter else None,
        quarter_end=quarter[0]["period_end"] if quarter else None,
        start=min((row["period_start"] for row in ever), default=None),
        participants=None if participants is None else int(participants),
        completed_pairs=None if completed is None else int(completed),
        hourly_rate=ever[0]["hourly_rate"] if ever else None,
        reason=None if ever else "no costs and no held sessions are loaded",
    )


def _items(rows: Sequence[Mapping[str, Any]]) -> tuple[Item, ...]:
    return tuple(
        Item(
            row["cost_kind"],
            row["item"],
            row["amount"],
            row["hours"],
            SOURCES[row["cost_kind"]],
            bool(row["is_suppressed"]),
        )
        for row in rows
    )


def _total(rows: Sequence[Mapping[str, Any]]) -> float | None:
    """The sum of all amounts; None where none is there, or where some are hidden: their sum would tell them."""
    amounts = [row["amount"] for row in rows if row["amount"] is not None]
    return sum(amounts) if amounts and not any(row["is_suppressed"] for row in rows) else None


def _costs_in(currency: str, rows: Sequence[Money]) -> str:
    total = sum(row.total or 0.0 for row in rows)
    places = sum(row.participants or 0 for row in rows)
    since = f"Since the start {money(total, currency)}"
    if places:
        since += f", or {money(total / places, currency)} for each of {places:,} participations"
    quarter = [row for row in rows if row.quarter is not None]
    if not quarter:
        return f"{since}."
    kinds: dict[str, float] = {}
    for row in quarter:
        for item in row.quarter_items:
            kinds[item.kind] = kinds.get(item.kind, 0.0) + (item.amount or 0.0)
    words = {"bill": "bills", "staff_time": "staff time", "meeting_time": "mentors' and mentees' time"}
    parts = listed([f"{words[kind]} {money(amount, currency)}" for kind, amount in kinds.items() if amount])
    return f"{money(sum(row.quarter or 0.0 for row in quarter), currency)} in three months: {parts}. {since}."


def _people(value: float) -> str:
    return f"{value:.0f}".replace("-", "−").replace("−0", "0")


def _up(value: float) -> int:
    return int(value) + (value > int(value))
