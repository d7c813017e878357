"""What the newest record of a source is: the day of the latest thing that happened, by table. A list without days tells nothing by itself."""

NEWEST: dict[str, tuple[str, ...]] = {
    "employment_spells": ("hire_date", "end_date"),
    "job_history": ("valid_from",),
    "productivity_readings": ("observed_on",),
    "person_measures": ("measured_on",),
    "applications": ("submitted_at", "decided_at"),
    "pairs": ("requested_at", "decided_at", "actual_start_date", "actual_end_date"),
    "match_decisions": ("made_at",),
    "milestones": ("done_date",),
    "goals": ("created_date",),
    "goal_updates": ("updated_at",),
    "costs": ("incurred_date",),
    "sessions": ("scheduled_start_at", "actual_start_at"),
    "survey_responses": ("submitted_at",),
    "survey_invitations": ("sent_at",),
}
"""Table to its columns of things that have happened."""
