"""Effects with designs that survive scrutiny, and refusals where the data can't carry one. Frames in, frames out.

Today: intention to treat for cohorts whose places were drawn by lot. Everything else is answered "not estimated yet".
"""

from pipelines.impact.intention_to_treat import Outcome, estimate_intention_to_treat
from pipelines.impact.verdicts import POLICY, VerdictPolicy

__all__ = ["POLICY", "Outcome", "VerdictPolicy", "estimate_intention_to_treat"]
