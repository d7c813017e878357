"""Other programs on the same instance: `python tests/bench/matching_others.py NAME INSTANCE.npz`, by an interpreter that has the package. Prints JSON.

The instance holds the feasible pairs (rows, columns, scores in millionths) and each mentor's seats; scoring isn't part of their seconds.
"""

import json
import sys
import threading
import time

sys.path = [path for path in sys.path if not path.endswith("bench")]  # this folder's matching.py isn't the package

import numpy as np  # noqa: E402


def scipys_dense_solver(rows, columns, scores, seats, mentees):
    """`linear_sum_assignment` with a column a seat; pairs that may not be gain nothing, all others more than any score."""
    from scipy.optimize import linear_sum_assignment

    gain = np.zeros((mentees, seats.size))
    gain[rows, columns] = scores + 1e9
    gain = np.ascontiguousarray(gain[:, np.repeat(np.arange(seats.size), seats)])
    started = time.perf_counter(), time.process_time()
    one, other = linear_sum_assignment(gain, maximize=True)
    taken = gain[one, other]
    return started, int((taken > 0).sum()), int((taken[taken > 0] - 1e9).sum())


def scipys_sparse_solver(rows, columns, scores, seats, mentees):
    """`min_weight_full_bipartite_matching` with a column a seat; a column of one's own for each mentee, dearer than any score, lets them stay alone."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    started = time.perf_counter(), time.process_time()
    starts = np.concatenate([[0], np.cumsum(seats)])
    count = seats[columns]
    row = np.repeat(rows, count)
    column = np.repeat(starts[columns], count) + np.arange(row.size) - np.repeat(np.cumsum(count) - count, count)
    gain = np.repeat(scores, count) + 10.0**9
    alone = np.arange(mentees)
    graph = csr_array(
        (
            np.concatenate([gain, np.ones(mentees)]),
            (np.concatenate([row, alone]), np.concatenate([column, starts[-1] + alone])),
        )
    )
    one, other = min_weight_full_bipartite_matching(graph, maximize=True)
    taken = np.asarray(graph[one, other]).ravel()
    return started, int((taken > 1).sum()), int((taken[taken > 1] - 1e9).sum())


def ortools_flow(rows, columns, scores, seats, mentees):
    """OR-tools' `SimpleMinCostFlow` on all pairs; staying alone costs more than any score."""
    from ortools.graph.python import min_cost_flow

    mentors, started = seats.size, (time.perf_counter(), time.process_time())
    flow, sink = min_cost_flow.SimpleMinCostFlow(), mentees + seats.size
    pairs = flow.add_arcs_with_capacity_and_unit_cost(
        rows, mentees + columns, np.ones(rows.size, dtype=np.int64), -scores
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        mentees + np.arange(mentors), np.full(mentors, sink), seats, np.zeros(mentors, dtype=np.int64)
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        np.arange(mentees), np.full(mentees, sink), np.ones(mentees, dtype=np.int64), np.full(mentees, 10**9)
    )
    flow.set_nodes_supplies(
        np.arange(sink + 1), np.concatenate([np.ones(mentees), np.zeros(mentors), [-mentees]]).astype(np.int64)
    )
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("not optimal")
    used = flow.flows(pairs) > 0
    return started, int(used.sum()), int(scores[used].sum())


def pot(rows, columns, scores, seats, mentees):
    """POT's `emd` (network simplex) on the dense matrix, with seats for those who stay alone."""
    import ot

    gain = np.zeros((mentees, seats.size + 1))
    gain[rows, columns] = scores + 1e9
    room = np.append(seats, mentees).astype(float)
    people = np.append(np.ones(mentees), room.sum() - mentees)
    cost = np.vstack([-gain, np.zeros(seats.size + 1)])
    started = time.perf_counter(), time.process_time()
    plan = ot.emd(people, room, cost, numItermax=10**8)[:mentees, : seats.size]
    one, other = np.nonzero(plan > 0.5)
    taken = gain[one, other]
    return started, int((taken > 0).sum()), int((taken[taken > 0] - 1e9).sum())


def lapx(rows, columns, scores, seats, mentees):
    """lapx' `lapjv` on the dense matrix with a column a seat."""
    import lap

    cost = np.full((mentees, seats.size), 2e9)
    cost[rows, columns] = 1e9 - scores
    cost = np.ascontiguousarray(cost[:, np.repeat(np.arange(seats.size), seats)])
    started = time.perf_counter(), time.process_time()
    _, other, _ = lap.lapjv(cost, extend_cost=True)
    matched = np.nonzero(other >= 0)[0]
    taken = cost[matched, other[matched]]
    return started, int((taken < 2e9).sum()), int((1e9 - taken[taken < 2e9]).sum())


def highs(rows, columns, scores, seats, mentees):
    """HiGHS' linear programme (`scipy.optimize.linprog`) over all pairs."""
    from scipy.optimize import linprog
    from scipy.sparse import coo_array, vstack

    pairs = rows.size
    sums = [
        coo_array((np.ones(pairs), (at, np.arange(pairs))), shape=(size, pairs))
        for at, size in ((rows, mentees), (columns, seats.size))
    ]
    started = time.perf_counter(), time.process_time()
    found = linprog(
        -(scores + 1e7),
        A_ub=vstack(sums),
        b_ub=np.concatenate([np.ones(mentees), seats]),
        bounds=(0, 1),
        method="highs",
    )
    used = found.x > 0.5
    return started, int(used.sum()), int(scores[used].sum())


def networkx(rows, columns, scores, seats, mentees):
    """`max_flow_min_cost`, the same network as a graph of Python objects."""
    import networkx as nx

    graph = nx.DiGraph()
    graph.add_edges_from((("source", ("a", i)) for i in range(mentees)), capacity=1, weight=0)
    for i, j, score in zip(rows.tolist(), columns.tolist(), scores.tolist(), strict=True):
        graph.add_edge(("a", i), ("b", j), capacity=1, weight=-score)
    for j, free in enumerate(seats.tolist()):
        graph.add_edge(("b", j), "sink", capacity=free, weight=0)
    started = time.perf_counter(), time.process_time()
    flow = nx.max_flow_min_cost(graph, "source", "sink")
    return started, sum(flow["source"].values()), -nx.cost_of_flow(graph, flow)


def matching(rows, columns, scores, seats, mentees):
    """The package `matching`: hospital-resident stable matching, each side's order by score."""
    from matching.games import HospitalResident

    sys.setrecursionlimit(10**6)  # it copies its players deeply
    mentee_lists = {i: [] for i in set(rows.tolist())}
    mentor_lists = {f"m{j}": [] for j in set(columns[seats[columns] > 0].tolist())}
    points = {}
    for at in np.lexsort((rows, columns, -scores)).tolist():
        i, j = int(rows[at]), f"m{columns[at]}"
        if j in mentor_lists:
            mentee_lists[i].append(j)
            mentor_lists[j].append(i)
            points[i, j] = int(scores[at])
    mentee_lists = {i: listed for i, listed in mentee_lists.items() if listed}
    started = time.perf_counter(), time.process_time()
    game = HospitalResident.create_from_dictionaries(
        mentee_lists, mentor_lists, {j: int(seats[int(j[1:])]) for j in mentor_lists}
    )
    found = game.solve()
    pairs = [(resident.name, hospital.name) for hospital, held in found.items() for resident in held]
    return started, len(pairs), sum(points[pair] for pair in pairs)


def mentor_match(rows, columns, scores, seats, mentees):
    """The package `mentor-match`: Hungarian method on a list of lists; a mentor a seat, for it knows no seats."""
    from matching.mentee import Mentee
    from matching.mentor import Mentor
    from matching.process import process_data
    from matching.rules import rule

    points = {(int(i), int(j)): int(s) for i, j, s in zip(rows, columns, scores, strict=True)}
    places = np.repeat(np.arange(seats.size), seats).tolist()
    mentors = [Mentor(grade=1, email=f"m{j}.{k}", role=j) for k, j in enumerate(places)]
    wishing = [Mentee(grade=1, email=f"a{i}", role=i) for i in range(mentees)]

    class Score(rule.Rule):
        def apply(self, match):
            return points.get((match.mentee.role, match.mentor.role), 0) + 10**9

        def evaluate(self, match):
            return True

    barred = rule.Disqualify(lambda match: (match.mentee.role, match.mentor.role) not in points)
    started = time.perf_counter(), time.process_time()
    process_data(mentors, wishing, [[Score(), barred]])
    pairs = [(mentee.role, mentee.mentors[0].role) for mentee in wishing if mentee.mentors]
    return started, len(pairs), sum(points[pair] for pair in pairs)


WAYS = {
    "scipy": scipys_dense_solver,
    "scipy-sparse": scipys_sparse_solver,
    "ortools": ortools_flow,
    "pot": pot,
    "lapx": lapx,
    "highs": highs,
    "networkx": networkx,
    "matching": matching,
    "mentor-match": mentor_match,
}


def main() -> None:
    threading.stack_size(512 << 20)
    thread = threading.Thread(target=_measured)  # a deep recursion needs a deeper stack than a process begins with
    thread.start()
    thread.join()


def _measured() -> None:
    name, path = sys.argv[1:]
    instance = np.load(path)
    started, matched, total = WAYS[name](
        instance["rows"], instance["columns"], instance["scores"], instance["seats"], int(instance["mentees"])
    )
    seconds, cpu = time.perf_counter() - started[0], time.process_time() - started[1]
    answer = {"seconds": round(seconds, 3), "cpu_seconds": round(cpu, 3), "matched": matched, "value": total / 1e6}
    sys.stdout.write(json.dumps(answer) + "\n")


if __name__ == "__main__":
    main()
