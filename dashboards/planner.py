"""The only formulas that a page calculates with: what a planned programme will be able to see. They are the impact library's own, so that planning and judging agree."""

from pipelines.impact.power import detectable_mean, detectable_share, mentees_needed, power_for_share

__all__ = ["detectable_mean", "detectable_share", "mentees_needed", "power_for_share"]
