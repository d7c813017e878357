select milestones.pair_id, milestones.programme_id, milestones.cohort_id, milestones.milestone, milestones.due_date
from marts.milestones as milestones
inner join marts.pairs as pairs on milestones.pair_id = pairs.pair_id
cross join raw_registry.workspace as workspace
where milestones.done_date is null and milestones.due_date <= workspace.as_of_date
    and pairs.started_date is not null and pairs.ended_date is null
