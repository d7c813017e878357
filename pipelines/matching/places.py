"""Who gets a place where seats are short: by lot, so that nobody's list of wishes decides it.

Under the greatest sum of scores whoever is easiest to please gets the seat: cutting a list, or padding one, changes who is matched. No scoring mends that: a score that
calls a list fully met 1 and never falls with a further wish is 1 as soon as one wish is met. So who is matched is drawn before scores are looked at.

The sets of mentees that can be matched together are the independent sets of a transversal matroid (Edmonds & Fulkerson 1965): the greatest sum of drawn ranks is the set in
which everybody's turn came as early as it could, and it is as large as the greatest coverage.
"""

from dataclasses import replace

import numpy as np

from pipelines.matching.affinity import ScoreModel
from pipelines.matching.assignment import TieBreak, draws
from pipelines.matching.candidates import Edges, merged
from pipelines.matching.eligibility import IntArray, Mask
from pipelines.matching.feasibility import Feasibility
from pipelines.matching.network import Seats, cheapest_flow, matching_arcs
from pipelines.matching.reach import Coverage, MayHave, alternating

ROUNDS = 60


def turns(ties: TieBreak, best: IntArray) -> IntArray:
    """Each mentee's place in the draw, the greatest first, (mentees,): by lot from the salt and the application id alone, those whom some mentor can help before those whom none can.

    best: the greatest score that each can have. A longer list can only bring somebody from the second group to the first.
    """
    numbers = draws(ties.mentee_ids, "draw", ties.salt)
    order = np.lexsort((numbers, best > 0))
    turn = np.empty(order.size, dtype=np.int64)
    turn[order] = 1 + np.arange(order.size)
    return turn


def drawn(
    edges: Edges, seats: Seats, covered: Coverage, turn: IntArray, model: ScoreModel, feasibility: Feasibility
) -> tuple[Edges, Seats, Coverage]:
    """Seats in which only those want one whose turn came, with the pairs that this needs; the proof of coverage falls if it isn't proven that no turn was passed over."""
    for _ in range(ROUNDS):
        used, left_out = _flow(edges, seats, covered, turn)
        rows, columns = _passed_over(edges, seats, used, left_out, turn, feasibility)
        more = merged(model, edges, rows, columns)
        if more.size == edges.size:
            break
        edges = more
    else:
        covered = replace(covered, proven=False)
    return edges, replace(seats, demand=np.where(left_out, 0, seats.demand)), covered


def _flow(edges: Edges, seats: Seats, covered: Coverage, turn: IntArray) -> tuple[Mask, Mask]:
    """Which edges are used where the turns of those left out are as late as can be, and who is left out."""
    arcs, mentees = matching_arcs(seats, covered.mentees, covered.seats), seats.demand.size
    stays = np.zeros(arcs.tails.size, dtype=np.int64)
    group_or_alone = (arcs.heads > mentees + seats.capacity.size - 1) & (arcs.heads != arcs.partly)
    alone = (arcs.tails < mentees) & group_or_alone
    stays[alone] = turn[arcs.tails[alone]]
    flow = cheapest_flow(edges, 0 * edges.scores, arcs, mentees, arc_costs=stays)
    left_out = np.zeros(mentees, dtype=bool)
    left_out[arcs.tails[alone & (flow.arc_flows > 0)]] = True
    return flow.used, left_out


def _passed_over(
    edges: Edges, seats: Seats, used: Mask, left_out: Mask, turn: IntArray, feasibility: Feasibility
) -> tuple[IntArray, IntArray]:
    """Feasible pairs on the ways from somebody left out to a seat whose holder's turn came later; none where no turn was passed over."""
    may, reached = MayHave(feasibility), np.zeros(seats.demand.size, dtype=bool)
    rows, columns = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for row in np.nonzero(left_out)[0][np.argsort(-turn[left_out])].tolist():
        if reached[row]:
            continue
        found = alternating(np.array([row]), may, edges.rows[used], edges.columns[used], seats)
        new = found.mentees & ~reached & ~left_out & (seats.first_wanted > 0)
        if turn[new].min(initial=turn[row]) < turn[row]:
            at = np.nonzero(found.parent >= 0)[0]
            rows.append(found.parent[at])
            columns.append(at)
        reached |= found.mentees
    return np.concatenate(rows), np.concatenate(columns)
