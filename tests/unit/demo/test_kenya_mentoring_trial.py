"""The real trial: kept byte for byte, and the published figures come out of the rows that the mapping makes."""

import hashlib
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from pipelines.sources import mapped_files
from pipelines.sources.records import SourceFile

EXAMPLE = Path(__file__).parents[3] / "data/examples/kenya_mentoring_trial"
COVARIATES = ["lage_b", "secondaryedu_b", "sec0_b", "sec1_b", "sec2_b", "sec3_b", "sec4_b", "I_emp_b"]


@pytest.fixture(scope="module")
def canonical() -> dict[str, pl.DataFrame]:
    mapping = yaml.safe_load((EXAMPLE / "mappings/bdj_dandora_core.yaml").read_text(encoding="utf-8"))
    data = (EXAMPLE / "bdj_dandora_core.csv").read_bytes()
    extract = mapped_files.read(
        [SourceFile("bdj_dandora_core.csv", data)], {"source_id": "kenya_trial", "mapping": mapping}
    )
    found: dict[str, list[pl.DataFrame]] = {}
    for batch in extract.batches:
        assert batch.rejects.height == 0
        found.setdefault(batch.table, []).append(batch.rows)
    return {table: pl.concat(frames) for table, frames in found.items()}


def test_the_file_is_the_published_extract():
    digest = hashlib.sha256((EXAMPLE / "bdj_dandora_core.csv").read_bytes()).hexdigest()
    assert digest == "57915bf350feeaeff36480beee89b6546dfb30aac85569eff7bbf0be82e65f80"


def test_the_authors_are_named():
    text = (EXAMPLE / "ATTRIBUTION.md").read_text(encoding="utf-8")
    assert all(word in text for word in ("Brooks", "Donovan", "Johnson", "10.1257/app.20170042", "113714", "CC BY 4.0"))


@pytest.mark.slow
def test_arms_and_meetings_are_those_of_the_data(canonical):
    arms = dict(canonical["applications"].group_by("assigned_arm").len().iter_rows())
    assert arms == {"control": 119, "class": 129, "mentor": 124}
    assert canonical["persons"].height == 372
    assert canonical["pairs"].height == 124
    assert canonical["sessions"].height == 332


def test_the_published_pooled_effects_come_out_of_the_canonical_rows(canonical):
    """Table 3 of Brooks, Donovan & Johnson (2018): mentor 371.83 (133.02), class 124.51 (144.90), n 2,578."""
    answers = canonical["survey_answers"].join(canonical["survey_responses"], on=["survey_id", "response_id"])
    profits = answers.filter(pl.col("question_id") == "weekly_profit").join(
        canonical["surveys"].select("survey_id", "wave_no"), on="survey_id"
    )
    before = answers.filter(pl.col("survey_id") == "kenya-baseline-interview").pivot(
        on="question_id", index="respondent_person_id", values="value_num"
    )
    arms = canonical["applications"].select("person_id", "assigned_arm")
    rows = (
        profits.join(before, on="respondent_person_id")
        .join(arms, left_on="respondent_person_id", right_on="person_id")
        .drop_nulls(["value_num", "tprofits_b", *COVARIATES])
        .sort("respondent_person_id", "wave_no")
    )
    assert rows.height == 2578
    after = (rows["wave_no"] > 0).to_numpy()
    design = [np.ones(rows.height)]
    design += [((rows["assigned_arm"] == arm).to_numpy() & after).astype(float) for arm in ("mentor", "class")]
    design += [rows[name].to_numpy() for name in ("tprofits_b", *COVARIATES)]
    design += [(rows["wave_no"] == wave).to_numpy().astype(float) for wave in range(1, 8)]
    x, y = np.column_stack(design), rows["value_num"].to_numpy()
    bread = np.linalg.pinv(x.T @ x)
    beta = bread @ x.T @ y
    errors = y - x @ beta
    ids = rows["respondent_person_id"].to_numpy()
    scores = np.array([(x[ids == one] * errors[ids == one, None]).sum(axis=0) for one in np.unique(ids)])
    clusters, n, k = len(scores), len(y), np.linalg.matrix_rank(x)
    variance = bread @ (scores.T @ scores) @ bread * clusters / (clusters - 1) * (n - 1) / (n - k)
    assert [round(b, 2) for b in beta[1:3]] == [371.83, 124.51]
    assert [round(s, 2) for s in np.sqrt(np.diag(variance))[1:3]] == [133.02, 144.90]


def test_values_pass_from_text_to_number_without_loss(canonical):
    raw = pl.read_csv(EXAMPLE / "bdj_dandora_core.csv", infer_schema_length=0)
    written = sorted(float(v) for v in raw["tprofits"].drop_nulls())
    loaded = canonical["survey_answers"].filter(pl.col("question_id") == "weekly_profit")["value_num"].sort().to_list()
    assert written == loaded
