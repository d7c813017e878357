"""Which pairs the solver sees: all feasible ones where they are few, else each mentee's best, to which pricing adds what matters.

A scan walks over blocks of mentees that may meet the same mentors, so that infeasible pairs are never scored and the matrix of all
pairs is never held.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.matching.affinity import Matrix, ScoreModel
from pipelines.matching.eligibility import IntArray, Mask
from pipelines.matching.feasibility import Feasibility, Group

BLOCK = 1 << 20
"""Pairs scored at once: four megabytes of float32, so that a block stays in the processor's cache."""

COMPLETE = 60_000
"""Up to so many feasible pairs the solver gets all of them at once."""

HELD = 24_000_000
"""Up to so many pairs (a hundred megabytes) are scored once and held for the scans that follow; beyond, each scan scores them again."""

WHOLE = 1 << 19
"""Up to so many mentees times mentors are scored in one piece, whatever groups the rules part them into."""

Picker = Callable[[IntArray, IntArray, Matrix], tuple[IntArray, IntArray]]


@dataclass(frozen=True)
class Edges:
    """Feasible pairs, sorted by mentee, then mentor: row numbers and scores in units."""

    rows: IntArray
    columns: IntArray
    scores: IntArray

    @property
    def size(self) -> int:
        return int(self.rows.size)

    def where(self, kept: Mask) -> "Edges":
        return Edges(self.rows[kept], self.columns[kept], self.scores[kept])


def distinct(codes: IntArray) -> IntArray:
    """Sorted distinct whole numbers; sorting is ten times faster here than numpy's hashing `unique`."""
    ordered = np.sort(codes)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if ordered.size else ordered


def among_sorted(codes: IntArray, ordered: IntArray) -> Mask:
    """Whether each code is in a sorted array."""
    if not ordered.size:
        return np.zeros(codes.size, dtype=bool)
    found: Mask = ordered[np.minimum(np.searchsorted(ordered, codes), ordered.size - 1)] == codes
    return found


def merged(model: ScoreModel, edges: Edges, rows: IntArray, columns: IntArray) -> Edges:
    """Edges with further pairs; only the new ones are scored."""
    width = max(model.mentors, 1)
    old = edges.rows * width + edges.columns
    new = distinct(rows * width + columns)
    new = new[~among_sorted(new, old)]
    if not new.size:
        return edges
    codes = np.concatenate([old, new])
    scores = np.concatenate([edges.scores, model.scores(new // width, new % width)])
    order = np.argsort(codes, kind="stable")
    codes = codes[order]
    return Edges(codes // width, codes % width, scores[order])


def blocks(
    model: ScoreModel, feasibility: Feasibility, among: Mask | None = None
) -> Iterator[tuple[IntArray, IntArray, Matrix]]:
    """(rows, columns, scores) block by block; scores are -inf where a pair is forbidden by name. among: mentees to scan.

    Scores may be held for the next scan: whoever reads them must not change them.
    """
    if sum(group.rows.size * group.columns.size for group in feasibility.groups) > HELD:
        yield from _scored(model, feasibility, feasibility.groups, among)
        return
    if feasibility.held_for is not model:
        is_small = model.mentees * model.mentors <= WHOLE and len(feasibility.groups) > 1
        held = _in_one if is_small else _scored
        feasibility.held, feasibility.held_for = list(held(model, feasibility, feasibility.groups, None)), model
    for rows, columns, scores in feasibility.held:
        chosen = None if among is None else among[rows]
        if chosen is None or chosen.all():
            yield rows, columns, scores
        elif chosen.any():
            yield rows[chosen], columns, scores[chosen]


def _scored(
    model: ScoreModel, feasibility: Feasibility, groups: list[Group], among: Mask | None
) -> Iterator[tuple[IntArray, IntArray, Matrix]]:
    position = np.full(model.mentors, -1, dtype=np.int64)
    for group in groups:
        rows = group.rows if among is None else group.rows[among[group.rows]]
        if not rows.size or not group.columns.size:
            continue
        seats = model.seats_block(group.columns)
        position[:] = -1
        position[group.columns] = np.arange(group.columns.size)
        step = max(1, BLOCK // group.columns.size)
        for start in range(0, rows.size, step):
            part = rows[start : start + step]
            scores = model.block(part, seats)
            model.add_named(scores, part, position)
            _drop_named(scores, part, position, feasibility)
            yield part, group.columns, scores


def _in_one(
    model: ScoreModel, feasibility: Feasibility, groups: list[Group], _among: Mask | None
) -> Iterator[tuple[IntArray, IntArray, Matrix]]:
    """All pairs as one block. Of a small cohort the calls for each of many groups take longer than scores that nobody may have."""
    rows, columns = np.arange(model.mentees), np.arange(model.mentors)
    worked_out = model.block(rows, model.seats_block(columns))
    model.add_named(worked_out, rows, columns)
    scores = np.full_like(worked_out, -np.inf)
    for group in groups:
        at = np.ix_(group.rows, group.columns)
        scores[at] = worked_out[at]
    _drop_named(scores, rows, columns, feasibility)
    yield rows, columns, scores


def _drop_named(scores: Matrix, rows: IntArray, position: IntArray, feasibility: Feasibility) -> None:
    starts = feasibility.named_starts
    low, high = starts[rows], starts[rows + 1]
    if not (high > low).any():
        return
    local = np.repeat(np.arange(rows.size), high - low)
    first = np.concatenate([[0], np.cumsum(high - low)[:-1]])
    codes = feasibility.named[np.arange(local.size) - np.repeat(first - low, high - low)]
    at = position[codes - rows[local] * feasibility.mentors]
    scores[local[at >= 0], at[at >= 0]] = -np.inf


def _gather(model: ScoreModel, feasibility: Feasibility, pick: Picker, among: Mask | None) -> Edges:
    """The pairs that `pick` chooses in each block, in the order of the blocks, with what `pick` left of their scores."""
    rows, columns, points = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for part, mentors, scores in blocks(model, feasibility, among):
        local, at = pick(part, mentors, scores)
        rows.append(part[local])
        columns.append(mentors[at])
        points.append(scores[local, at].astype(np.int64))
    return Edges(np.concatenate(rows), np.concatenate(columns), np.concatenate(points))


def _sorted(model: ScoreModel, edges: Edges) -> Edges:
    order = np.argsort(edges.rows * max(model.mentors, 1) + edges.columns, kind="stable")
    return Edges(edges.rows[order], edges.columns[order], edges.scores[order])


def all_pairs(model: ScoreModel, feasibility: Feasibility) -> Edges:
    """Every feasible pair."""
    return _sorted(model, _gather(model, feasibility, lambda _r, _c, scores: _feasible(scores), None))


def _feasible(scores: Matrix) -> tuple[IntArray, IntArray]:
    return _positions(scores > -np.inf)


def _positions(chosen: Mask) -> tuple[IntArray, IntArray]:
    """Row and column of every True; over the flat array, which is several times faster than over two dimensions."""
    flat = np.flatnonzero(chosen)
    rows, columns = np.divmod(flat, chosen.shape[1])
    return rows.astype(np.int64), columns.astype(np.int64)


def best_pairs(
    model: ScoreModel, feasibility: Feasibility, count: int, among: Mask | None = None, offered: Mask | None = None
) -> Edges:
    """About `count` of the best feasible mentors of each mentee, the very best always among them; offered (mentors,): only of those.

    The threshold is estimated from every eighth mentor, which costs a tenth of sorting; whoever matters and is missed comes back by pricing.
    """

    def pick(_rows: IntArray, columns: IntArray, scores: Matrix) -> tuple[IntArray, IntArray]:
        if columns.size <= count:
            return _feasible(scores)
        sample = scores[:, :: max(1, min(8, columns.size // (4 * count)))]
        rank = max(1, min(sample.shape[1], round(count * sample.shape[1] / columns.size)))
        threshold = np.partition(sample, sample.shape[1] - rank, axis=1)[:, sample.shape[1] - rank]
        return at_most(scores, threshold, 2 * count)

    return _sorted(model, _gather(model, feasibility, pick if offered is None else _of(offered, pick), among))


def _of(offered: Mask, pick: Picker) -> Picker:
    """The same choice, among some mentors only."""
    if offered.all():
        return pick

    def picked(rows: IntArray, columns: IntArray, scores: Matrix) -> tuple[IntArray, IntArray]:
        open_to = np.flatnonzero(offered[columns])
        if not open_to.size:
            return open_to, open_to
        local, at = pick(rows, columns[open_to], scores[:, open_to])
        return local, open_to[at]

    return picked


def at_most(scores: Matrix, threshold: NDArray[np.float32], limit: int) -> tuple[IntArray, IntArray]:
    """Positions of finite entries >= the row's threshold, at most `limit` a row (the greatest, the first of equals)."""
    np.maximum(threshold, np.finfo(np.float32).min, out=threshold)
    local, at = _positions(scores >= threshold[:, None])
    counts = np.bincount(local, minlength=scores.shape[0])
    if counts.size == 0 or counts.max() <= limit:
        return local, at
    many = counts > limit
    keep = ~many[local]
    wide = np.nonzero(many)[0]
    block = scores[wide]
    least = np.partition(block, block.shape[1] - limit, axis=1)[:, block.shape[1] - limit][:, None]
    equal = block == least
    room = limit - np.count_nonzero(block > least, axis=1)
    best = (block > least) | (equal & (np.cumsum(equal, axis=1) <= room[:, None]))
    wide_local, wide_at = _positions(best)
    return np.concatenate([local[keep], wide[wide_local]]), np.concatenate([at[keep], wide_at])


def pairs_above(
    model: ScoreModel,
    feasibility: Feasibility,
    threshold: NDArray[np.float64],
    prices: NDArray[np.float64],
    *,
    least: IntArray | None = None,
    limit: int = 20,
    among: Mask | None = None,
) -> tuple[IntArray, IntArray]:
    """Feasible pairs of score - price >= the mentee's threshold, at most `limit` per mentee, all in units. least: the mentee's least score."""
    price, wanted = prices.astype(np.float32), threshold.astype(np.float32)

    def pick(rows: IntArray, columns: IntArray, scores: Matrix) -> tuple[IntArray, IntArray]:
        above = scores - price[columns]
        if least is not None and least.any():
            np.putmask(above, scores < least[rows][:, None], -np.inf)
        return at_most(above, wanted[rows], limit)

    found = _gather(model, feasibility, pick, among)
    return found.rows, found.columns


def ranks(model: ScoreModel, feasibility: Feasibility, rows: IntArray, scores: IntArray) -> IntArray:
    """1 + how many feasible mentors score higher for each of some mentees; a mentee may occur with several scores."""
    found = np.zeros(rows.size, dtype=np.int64)
    order = np.argsort(rows, kind="stable")
    turn = np.empty(rows.size, dtype=np.int64)
    turn[order] = np.arange(rows.size) - np.searchsorted(rows[order], rows[order])
    for layer in range(int(turn.max(initial=-1)) + 1):
        chosen = turn == layer
        own = np.full(model.mentees, np.inf, dtype=np.float32)
        own[rows[chosen]] = scores[chosen]
        better = np.zeros(model.mentees, dtype=np.int64)
        for part, _, block in blocks(model, feasibility, np.isfinite(own)):
            better[part] = np.count_nonzero(block > own[part][:, None], axis=1)
        found[chosen] = 1 + better[rows[chosen]]
    return found
