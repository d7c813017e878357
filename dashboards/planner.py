"""The only formulas that a page calculates with: what a planned programme will be able to see. They are the impact library's own, so that planning and judging agree."""

from pipelines.impact.power import (
    USUAL_LOSS,
    StudyPlan,
    chance_to_see,
    detectable_mean,
    mentees_to_see,
    smallest_change,
)

__all__ = ["USUAL_LOSS", "StudyPlan", "chance_to_see", "detectable_mean", "mentees_to_see", "smallest_change"]
