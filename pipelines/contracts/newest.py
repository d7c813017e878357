"""What the newest record of a source is: the day of the latest thing that happened, by table.

Only logs are asked, in which something new stands every few weeks if they are up to date. A list of people or of pairs is the state of its export's day (that nobody joined or left for
a while doesn't make it old), and answers and measures come in waves.
"""

NEWEST: dict[str, tuple[str, ...]] = {
    "milestones": ("done_date",),
    "goal_updates": ("updated_at",),
    "sessions": ("scheduled_start_at", "actual_start_at"),
}
"""Table to its columns of things that have happened."""
