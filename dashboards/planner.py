"""The only formulas that a page calculates with: what a planned programme will be able to see. They are the impact library's own, so that planning and judging agree."""

from functools import lru_cache

from pipelines.impact.power import USUAL_LOSS, StudyPlan, chance_to_see, detectable_mean, mentees_to_see
from pipelines.impact.power import smallest_change as searched_for

smallest_change = lru_cache(maxsize=4096)(searched_for)
"""It is searched for, thirteen times a page, and the same plans are looked at again and again."""

__all__ = ["USUAL_LOSS", "StudyPlan", "chance_to_see", "detectable_mean", "mentees_to_see", "smallest_change"]
