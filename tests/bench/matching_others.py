"""Other programs on the same instance: `python tests/bench/matching_others.py NAME INSTANCE.npz`, by an interpreter that has the package. Prints JSON.

The instance holds the feasible pairs (rows, columns, scores in millionths) and each mentor's seats; scoring isn't part of their seconds.
"""

import json
import sys
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


WAYS = {"scipy": scipys_dense_solver, "networkx": networkx, "matching": matching, "mentor-match": mentor_match}


def main() -> None:
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
