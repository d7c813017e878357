"""Question sets of the demo's surveys. The survey catalogue (mappings/surveys.yaml) repeats them; a test holds both together."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """import_id is Qualtrics' stable id, tag the column name in the export (people rename it), text what was asked."""

    import_id: str
    tag: str
    text: str
    code: str
    kind: str
    construct: str
    low: int
    high: int
    is_reversed: bool = False


SETS: dict[str, tuple[Question, ...]] = {
    "csat": (
        Question(
            "QID1", "Q1", "Overall, how satisfied are you with the mentoring?", "csat.overall", "csat", "csat", 1, 5
        ),
    ),
    "recommendation": (
        Question(
            "QID2",
            "Q2",
            "How likely are you to recommend the programme to a colleague?",
            "recommendation.programme",
            "recommendation",
            "recommendation",
            0,
            10,
        ),
    ),
    "relationship_quality": (
        Question(
            "QID11_1",
            "Q3_1",
            "We trust each other.",
            "relationship_quality.trust",
            "scale_item",
            "relationship_quality",
            1,
            5,
        ),
        Question(
            "QID11_2",
            "Q3_2",
            "Our meetings are well used.",
            "relationship_quality.time",
            "scale_item",
            "relationship_quality",
            1,
            5,
        ),
        Question(
            "QID11_3",
            "Q3_3",
            "I hold back what really bothers me.",
            "relationship_quality.openness",
            "scale_item",
            "relationship_quality",
            1,
            5,
            True,
        ),
        Question(
            "QID11_4",
            "Q3_4",
            "We agree on what we work at.",
            "relationship_quality.goals",
            "scale_item",
            "relationship_quality",
            1,
            5,
        ),
    ),
    "leadership_confidence": tuple(
        Question(f"QID2{k}", f"Q4_{k}", text, f"leadership_confidence.{code}", "scale_item", "skill_confidence", 1, 5)
        for k, (text, code) in enumerate(
            (
                ("I can lead a team through a difficult phase.", "difficult_phase"),
                ("I can win others for a direction.", "direction"),
                ("I can decide with incomplete information.", "decision"),
                ("I can give critical feedback.", "feedback"),
            ),
            start=1,
        )
    ),
    "project_confidence": tuple(
        Question(f"QID3{k}", f"Q5_{k}", text, f"project_confidence.{code}", "scale_item", "skill_confidence", 1, 5)
        for k, (text, code) in enumerate(
            (
                ("I can plan a project realistically.", "planning"),
                ("I can see risks early.", "risks"),
                ("I can bring a late project back on track.", "recovery"),
                ("I can report a project's state clearly.", "reporting"),
            ),
            start=1,
        )
    ),
    "career_confidence": tuple(
        Question(f"QID4{k}", f"Q6_{k}", text, f"career_confidence.{code}", "scale_item", "skill_confidence", 1, 5)
        for k, (text, code) in enumerate(
            (
                ("I know which jobs suit me.", "fit"),
                ("I can present myself in an interview.", "interview"),
                ("I know people in my field.", "network"),
            ),
            start=1,
        )
    ),
    "engagement": (
        Question(
            "QID51",
            "Q7_1",
            "I like to come to work (or to my courses).",
            "engagement.energy",
            "scale_item",
            "engagement",
            1,
            5,
        ),
        Question(
            "QID52", "Q7_2", "I would choose this place again.", "engagement.choice", "scale_item", "engagement", 1, 5
        ),
        Question(
            "QID53", "Q7_3", "My work here has a meaning.", "engagement.meaning", "scale_item", "engagement", 1, 5
        ),
    ),
}
