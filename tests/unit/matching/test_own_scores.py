"""Scores of one's own, and the sum of scores as the first aim: through the public functions, against published optima and a linear programme."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.matching import MatchProblem, MatchProblemError, Policy, solve
from tests.unit.matching.people import mentees, mentors

PUBLISHED = Path(__file__).parent / "published/perturbed_max"
SUM_FIRST = Policy(floor=False, keep_bonus=0.0, order="sum")


def by_matrix(scores: np.ndarray, demand: int = 1, capacity: int = 1, **more: object) -> MatchProblem:
    """A problem that knows nothing but a matrix of scores; 0 = no score."""
    one = mentees(*({} for _ in range(scores.shape[0]))).with_columns(pl.lit(demand).alias("demand"))
    other = mentors(*({"capacity": capacity} for _ in range(scores.shape[1])))
    rows, columns = np.nonzero(scores)
    own = pl.DataFrame(
        {
            "mentee_application_id": one["application_id"].gather(rows),
            "mentor_application_id": other["application_id"].gather(columns),
            "score": scores[rows, columns],
        }
    )
    return MatchProblem(one, other, [], {"own_scores": 1.0}, own_scores=own, **more)


@pytest.mark.parametrize(("instance", "load", "optimum"), [("preflib1", 6, 124.25), ("preflib2", 7, 141.5), ("preflib3", 6, 454.25), ("aamas2015", 12, 1406.25)])  # fmt: skip
def test_a_published_optimum_is_reached_through_the_public_function(instance: str, load: int, optimum: float) -> None:
    lines = (PUBLISHED / f"{instance}.in").read_text().splitlines()
    papers = int(lines[0].split()[0])
    similarity = np.array([[float(value) for value in line.split()] for line in lines[1 : papers + 1]])
    result = solve(by_matrix(similarity, demand=3, capacity=load), SUM_FIRST, salt="s", verify=0)
    largest = max(1.0, similarity.max())
    assert result.gap == 0
    assert result.pairs["score"].sum() * largest == pytest.approx(optimum, abs=1e-3)
    assert result.pairs.group_by("mentor_application_id").len()["len"].max() <= load


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 100_000))
def test_sum_first_reaches_the_greatest_sum_and_coverage_first_the_greatest_number(seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 5, (7, 5)) / 4 * (rng.random((7, 5)) < 0.5)
    problem = by_matrix(scores, forbidden=[])
    pairs = list(zip(*np.nonzero(scores == 0), strict=True))
    ids = problem.mentees["application_id"], problem.mentors["application_id"]
    problem = replace(problem, forbidden=[(ids[0][int(i)], ids[1][int(j)]) for i, j in pairs])
    greatest = scores[linear_sum_assignment(scores, maximize=True)].sum()
    first, other = solve(problem, SUM_FIRST, salt="s"), solve(problem, replace(SUM_FIRST, order="coverage"), salt="s")
    assert first.pairs["score"].sum() == pytest.approx(greatest, abs=1e-5)
    assert other.pairs.height >= first.pairs.height
    assert other.pairs["score"].sum() <= greatest + 1e-5
    for mentor, price in first.prices.select("application_id", "price").iter_rows():
        more = first.what_if(seats={mentor: 1}).after.pairs["score"].sum() - first.pairs["score"].sum()
        assert price == pytest.approx(max(more, 0), abs=1e-5)


def test_a_floor_in_figures_leaves_pairs_out_where_the_sum_comes_first() -> None:
    problem = by_matrix(np.array([[0.9, 0.2], [0.8, 0.0]]))
    result = solve(problem, replace(SUM_FIRST, floor=0.3), salt="s")
    assert result.pairs["score"].to_list() == [0.9]
    assert result.unmatched.filter(pl.col("role") == "mentee")["reason"].to_list() == ["sum_gains_nothing"]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"score": -0.1}, "no number of 0 or more"),
        ({"score": float("nan")}, "no number"),
        ({"score": None}, "no number"),
    ],
)
def test_a_score_that_is_none_is_refused(row: dict, words: str) -> None:
    own = pl.DataFrame([{"mentee_application_id": "a", "mentor_application_id": "b", "score": 0.5, **row}])
    with pytest.raises(MatchProblemError, match=words):
        replace(by_matrix(np.array([[0.5]])), own_scores=own)


def test_the_command_takes_scores_with_people_named_as_in_the_sheets(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Name,Email\nAnn Lee,a@x.example\nBob,b@x.example\n")
    (tmp_path / "b.csv").write_text("Name,Email\nKim Park,k@x.example\nLou,l@x.example\n")
    (tmp_path / "s.csv").write_text(
        'mentee,mentor,score\nann lee,l@x.example,0.9\nB@x.example,KIM PARK,"0,4"\nBob,Lou,0.5\n'
    )
    sheets = [str(tmp_path / "a.csv"), str(tmp_path / "b.csv"), "--scores", str(tmp_path / "s.csv")]
    ended = CliRunner().invoke(app, ["match", *sheets, "--out", str(tmp_path / "pairs.csv")], env={"COLUMNS": "200"})
    assert ended.exit_code == 0, ended.output
    pairs = pl.read_csv(tmp_path / "pairs.csv").select("mentee", "mentor", "score").rows()
    assert pairs == [("a@x.example", "l@x.example", 0.9), ("b@x.example", "k@x.example", 0.4)]
    (tmp_path / "s.csv").write_text("mentee,mentor,score\nann lee,Nobody,0.9\nBob,Lou,high\n")
    refused = CliRunner().invoke(app, ["match", *sheets], env={"COLUMNS": "200"}).output
    assert "row 2: 'Nobody' is no mentor" in refused
    assert "row 3: the score is 'high'" in refused


@pytest.mark.parametrize(
    "scores",
    [
        "mentee,mentor,score\nann,kim,90%\nann,lou,10 %\nbob,kim,20%\nbob,lou,80%\n",
        "Mentee;Mentorin;Punkte\nann;kim;0,9\nann;lou;0,1\nbob;kim;0,2\nbob;lou;0,8\n",
        ",Kim Park,lou\nann,0.9,0.1\nbob,0.2,0.8\n",
        "Mentor \\ Mentee,Ann Ash,bob\nkim,9,2\nlou,,8\n",
    ],
    ids=["percent", "german", "a column a mentor", "a row a mentor"],
)
def test_scores_are_read_a_row_a_pair_or_as_a_table_of_one_side_by_the_other(tmp_path: Path, scores: str) -> None:
    (tmp_path / "mentees.csv").write_text("id,name,skills\nann,Ann Ash,sql\nbob,Bob Bay,sql\n")
    (tmp_path / "mentors.csv").write_text("id,name,skills\nkim,Kim Park,sql\nlou,Lou Diaz,sql\n")
    (tmp_path / "scores.csv").write_text(scores)
    words = [str(tmp_path / name) for name in ("mentees.csv", "mentors.csv")]
    ended = CliRunner().invoke(
        app, ["match", *words, "--scores", str(tmp_path / "scores.csv"), "--out", str(tmp_path / "pairs.csv")]
    )
    assert ended.exit_code == 0, ended.output
    pairs = pl.read_csv(tmp_path / "pairs.csv").select("mentee", "mentor").rows()
    assert pairs == [("ann", "kim"), ("bob", "lou")]


def test_a_table_of_scores_of_which_nobody_is_known_says_what_to_write(tmp_path: Path) -> None:
    (tmp_path / "mentees.csv").write_text("id,skills\nann,sql\n")
    (tmp_path / "mentors.csv").write_text("id,skills\nkim,sql\n")
    (tmp_path / "scores.csv").write_text("who,x,y\nz,1,2\n")
    words = [str(tmp_path / name) for name in ("mentees.csv", "mentors.csv")]
    ended = CliRunner().invoke(app, ["match", *words, "--scores", str(tmp_path / "scores.csv")])
    assert ended.exit_code == 1
    assert "lacks the columns mentee, mentor, score" in " ".join(ended.output.split())
