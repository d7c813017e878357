"""Effects with designs that survive scrutiny, and refusals where the data can't support one. Frames in, frames out.

No warehouse, clock, settings or files, and no randomness that isn't passed in. The public names are below, by what they answer; each module's head
gives its method and papers. `python -m tests.reference.run` recomputes published figures from these names.
"""

from pipelines.contracts.declared_outcomes import (
    Declaration,
    DeclarationError,
    Outcome,
    declaration_digest,
    read_declaration,
)
from pipelines.impact.average_effects import aipw_ate, g_formula
from pipelines.impact.cox import CoxFit, cox_regression, split_at_exposure
from pipelines.impact.difference_in_differences import (
    GroupTimeEffects,
    PreTrend,
    aggregate,
    group_time_effects,
    pre_trend,
)
from pipelines.impact.effect_sizes import hedges_g, hedges_g_paired, newcombe_difference, wilson_interval
from pipelines.impact.error_kinds import ordinary_least_squares
from pipelines.impact.incidence import aalen_johansen, incidence_at, naive_incidence
from pipelines.impact.intention_to_treat import estimate_intention_to_treat
from pipelines.impact.judgement import judge_comparison, policy_table
from pipelines.impact.logit import LogitFit, fit_logit
from pipelines.impact.matching import match_risk_sets, matched_difference
from pipelines.impact.multiplicity import Interaction, benjamini_hochberg, holm, interaction_test
from pipelines.impact.point_outcomes import PointEstimate, aipw_att, assign_folds, difference_in_means, hajek_difference
from pipelines.impact.power import (
    StudyPlan,
    chance_to_see,
    detectable_from_error,
    detectable_mean,
    detectable_share,
    events_needed,
    mentees_needed,
    mentees_to_see,
    power_for_share,
    power_table,
    smallest_change,
)
from pipelines.impact.regression import Fit, NotEstimable, least_squares
from pipelines.impact.rules import RULES, Evidence, Rule
from pipelines.impact.sensitivity import (
    NegativeControl,
    bias_factor,
    e_value,
    e_value_in_words,
    e_value_of_limit,
    response_bounds,
    response_gap,
    risk_ratio_limits,
    risk_ratio_of_hazard_ratio,
    robustness_in_words,
    robustness_value,
)
from pipelines.impact.survival import (
    kaplan_meier,
    log_rank,
    median_survival,
    numbers_at_risk,
    restricted_mean,
    survival_at,
)
from pipelines.impact.take_up import two_stage_least_squares
from pipelines.impact.target_trial import Covariate, LookAheadError, PersonTrials, TargetTrial, emulate
from pipelines.impact.trial_effects import TrialEffects, estimate_effects
from pipelines.impact.trial_evidence import gather_evidence, share_followed
from pipelines.impact.trial_weights import TrialDiagnostics, TrialWeights, diagnose_trials, weight_trials
from pipelines.impact.verdicts import DESIGN_WORDS, POLICY, Verdict, VerdictPolicy
from pipelines.impact.weighting import SampleSize, balance, estimand_weights, overlap, sample_size

__all__ = [
    "DESIGN_WORDS",
    "POLICY",
    "RULES",
    "Covariate",
    "CoxFit",
    "Declaration",
    "DeclarationError",
    "Evidence",
    "Fit",
    "GroupTimeEffects",
    "Interaction",
    "LogitFit",
    "LookAheadError",
    "NegativeControl",
    "NotEstimable",
    "Outcome",
    "PersonTrials",
    "PointEstimate",
    "PreTrend",
    "Rule",
    "SampleSize",
    "StudyPlan",
    "TargetTrial",
    "TrialDiagnostics",
    "TrialEffects",
    "TrialWeights",
    "Verdict",
    "VerdictPolicy",
    "aalen_johansen",
    "aggregate",
    "aipw_ate",
    "aipw_att",
    "assign_folds",
    "balance",
    "benjamini_hochberg",
    "bias_factor",
    "chance_to_see",
    "cox_regression",
    "declaration_digest",
    "detectable_from_error",
    "detectable_mean",
    "detectable_share",
    "diagnose_trials",
    "difference_in_means",
    "e_value",
    "e_value_in_words",
    "e_value_of_limit",
    "emulate",
    "estimand_weights",
    "estimate_effects",
    "estimate_intention_to_treat",
    "events_needed",
    "fit_logit",
    "g_formula",
    "gather_evidence",
    "group_time_effects",
    "hajek_difference",
    "hedges_g",
    "hedges_g_paired",
    "holm",
    "incidence_at",
    "interaction_test",
    "judge_comparison",
    "kaplan_meier",
    "least_squares",
    "log_rank",
    "match_risk_sets",
    "matched_difference",
    "median_survival",
    "mentees_needed",
    "mentees_to_see",
    "naive_incidence",
    "newcombe_difference",
    "numbers_at_risk",
    "ordinary_least_squares",
    "overlap",
    "policy_table",
    "power_for_share",
    "power_table",
    "pre_trend",
    "read_declaration",
    "response_bounds",
    "response_gap",
    "restricted_mean",
    "risk_ratio_limits",
    "risk_ratio_of_hazard_ratio",
    "robustness_in_words",
    "robustness_value",
    "sample_size",
    "share_followed",
    "smallest_change",
    "split_at_exposure",
    "survival_at",
    "two_stage_least_squares",
    "weight_trials",
    "wilson_interval",
]
