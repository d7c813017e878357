"""The alarm for questions that were worded anew: the same code in two waves of an instrument, asked of the same people, in other words."""

from collections import defaultdict
from collections.abc import Sequence

from pipelines.sources.records import Finding, TableBatch
from pipelines.sources.shared.surveys.catalogue import Survey, text_hash

UNTOLD = text_hash("")


def reworded(tables: Sequence[TableBatch], catalogue: Sequence[Survey]) -> list[Finding]:
    """A finding per question whose wording differs between waves. Nothing is stopped: a typo that was corrected changes nothing, another question does."""
    compared = {
        survey.survey_id: (str(survey.fields["instrument"]), str(survey.fields["respondent_role"]))
        for survey in catalogue
    }
    waves: dict[tuple[str, str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for batch in tables:
        if batch.table != "survey_questions":
            continue
        for survey_id, code, told in batch.rows.select("survey_id", "stable_code", "text_hash").iter_rows():
            if told not in (None, UNTOLD):
                waves[(*compared[survey_id], code)][told].append(survey_id)
    return [
        Finding(
            "question_reworded",
            "survey_questions",
            code,
            f"{len(wordings)} wordings: "
            + "; ".join(", ".join(sorted(set(surveys))) for surveys in wordings.values())
            + ". Read them side by side; a question that asks something else needs a stable_code of its own",
        )
        for (_, _, code), wordings in waves.items()
        if len(wordings) > 1
    ]
