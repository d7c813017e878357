"""What leaves the warehouse for readers and for programme managers, one query a published table."""

READERS: dict[str, str] = {
    "programmes": """
        select programme_id, name, mission, strategy_link, kind, objective, population_rule, start_date, end_date, planned_sessions,
            cadence_days, currency, loaded_hourly_rate, coalesce(data_origin, 'real') as data_origin
        from marts.programmes
    """,
    "cohorts": """
        select cohort_id, programme_id, name, start_date, end_date, assignment_rule, status, capacity_mentees
        from marts.cohorts
    """,
    "programme_costs": "select * from metrics.programme_costs",
    "metric_signals": "select * from metrics.metric_signals",
    "goals": """
        select status.*, programmes.name as programme_name
        from metrics.goal_status as status
        left join marts.programmes as programmes on status.programme_id = programmes.programme_id
    """,
    "impact_estimates": """
        select estimates.* exclude (estimate_id), estimates.estimate_id, programmes.name as programme_name
        from impact.estimates as estimates
        left join marts.programmes as programmes on estimates.programme_id = programmes.programme_id
    """,
    "impact_balance": "select * from impact.balance",
    "impact_overlap": "select * from impact.overlap",
    "impact_curves": "select * from impact.curves",
    "impact_steps": "select * from impact.steps",
    "impact_subgroups": "select * from impact.subgroups",
    "impact_pooled": "select * from impact.pooled",
    "impact_looks": "select * from impact.looks",
    "impact_declarations": "select * from impact.declarations",
    "impact_rules": "select * from impact.rules",
    "impact_thresholds": "select * from impact.thresholds",
    "match_runs": """
        select runs.*, cohorts.start_date as cohort_start_date, cohorts.name as cohort_name, cohorts.status as cohort_status,
            (select count(*) from marts.published_pairs as pairs where pairs.cohort_id = runs.cohort_id) as published_pairs
        from analytics.match_runs as runs
        left join marts.cohorts as cohorts on runs.cohort_id = cohorts.cohort_id
    """,
    "match_rules": "select * from analytics.match_rules",
    "match_unmatched_reasons": """
        select run_id, programme_id, cohort_id, role, reason, count(*) as people
        from analytics.match_unmatched group by all
    """,
    "reconciliation": """
        select counts.load_id, counts.source_id, counts.table_name, counts.rows_in, counts.loaded, counts.quarantined,
            counts.duplicates, counts.filtered
        from quality.reconciliation as counts
        inner join quality.loads as loads on counts.load_id = loads.load_id and counts.source_id = loads.source_id
        where loads.is_current
    """,
    "quarantine_counts": """
        select quarantine.source_id, quarantine.table_name, quarantine.rule, quarantine.reason, quarantine.remedy,
            count(*) as rows
        from quality.quarantine as quarantine
        inner join quality.loads as loads
            on quarantine.load_id = loads.load_id and quarantine.source_id = loads.source_id
        where loads.is_current
        group by all
    """,
    "identity_conflicts": """
        select reason, source_instance as source_id, other_source_instance as other_source_id, count(*) as pairs
        from intermediate.int_identity_conflicts group by all
    """,
    "filtered_counts": """
        select filtered.source_id, filtered.table_name, filtered.reason, filtered.rows
        from quality.filtered_rows as filtered
        inner join quality.loads as loads on filtered.load_id = loads.load_id and filtered.source_id = loads.source_id
        where loads.is_current
    """,
    "findings": """
        select findings.source_id, findings.kind, findings.table_name, findings.subject, findings.detail
        from quality.findings as findings
        inner join quality.loads as loads on findings.load_id = loads.load_id and findings.source_id = loads.source_id
        where loads.is_current
    """,
    "check_results": "select * from quality.check_results",
    "loads": """
        select loads.source_id, loads.load_id, loads.source_system, loads.connector, loads.extracted_at, loads.files,
            loads.bytes, coalesce(loads.newest_record_on, cast(loads.extracted_at at time zone coalesce(workspace.zone, 'UTC') as date)) as newest_record_on,
            cast(workspace.as_of_date - coalesce(loads.newest_record_on, cast(loads.extracted_at at time zone coalesce(workspace.zone, 'UTC') as date)) as integer) as age_days
        from quality.loads as loads
        cross join raw_registry.workspace as workspace
        where loads.is_current
    """,
}

MANAGERS: dict[str, str] = {
    "work_pairs": """
        select periods.pair_id, periods.programme_id, periods.cohort_id, periods.started_date, periods.last_held_date,
            periods.cadence_days, periods.sessions_held_ever as sessions_held, pairs.planned_sessions, pairs.planned_end_date,
            list_sort(coalesce((select list(distinct person_key) from marts.pair_members as members where members.pair_id = periods.pair_id and role = 'mentee'), [])) as mentees,
            list_sort(coalesce((select list(distinct person_key) from marts.pair_members as members where members.pair_id = periods.pair_id and role = 'mentor'), [])) as mentors
        from intermediate.int_pair_periods as periods
        inner join marts.pairs as pairs on periods.pair_id = pairs.pair_id
        where periods.period_kind = 'to_date' and periods.is_open_at_the_end
    """,
    "work_milestones": """
        select milestones.pair_id, milestones.programme_id, milestones.cohort_id, milestones.milestone, milestones.due_date
        from marts.milestones as milestones
        inner join marts.pairs as pairs on milestones.pair_id = pairs.pair_id
        cross join raw_registry.workspace as workspace
        where milestones.done_date is null and milestones.due_date <= workspace.as_of_date
            and pairs.started_date is not null and pairs.ended_date is null
    """,
    "work_applicants": """
        select applications.application_id, applications.programme_id, applications.cohort_id, applications.submitted_date,
            applications.decision, cohorts.start_date as cohort_start_date, cohorts.status as cohort_status, applications.person_key
        from marts.applications as applications
        inner join marts.cohorts as cohorts on applications.cohort_id = cohorts.cohort_id
        cross join raw_registry.workspace as workspace
        where applications.role_sought = 'mentee' and applications.decision in ('pending', 'waitlisted')
            and coalesce(cohorts.end_date, date '9999-12-31') > workspace.as_of_date
    """,
    "work_surveys": """
        select invitations.survey_id, invitations.programme_id, invitations.cohort_id, min(invitations.sent_date) as sent_date,
            count(*) as invited, least(count(*), coalesce(any_value(answers.answered), 0)) as answered
        from marts.survey_invitations as invitations
        inner join marts.cohorts as cohorts on invitations.cohort_id = cohorts.cohort_id
        cross join raw_registry.workspace as workspace
        left join (
            select survey_id, count(distinct response_id) as answered from marts.survey_scores group by survey_id
        ) as answers on invitations.survey_id = answers.survey_id
        where coalesce(cohorts.end_date, date '9999-12-31') > workspace.as_of_date
            and invitations.sent_date > workspace.as_of_date - interval 90 day
        group by invitations.survey_id, invitations.programme_id, invitations.cohort_id
    """,
    "work_people": """
        with recursive now_employed as (
            select states.person_key, states.department, states.business_unit, states.manager_person_key
            from marts.job_states as states
            cross join raw_registry.workspace as workspace
            where states.valid_from <= workspace.as_of_date and coalesce(states.valid_to, date '9999-12-31') > workspace.as_of_date
        ),
        lines as (
            select person_key, manager_person_key, 1 as steps from now_employed where manager_person_key is not null
            union
            select lines.person_key, above.manager_person_key, lines.steps + 1
            from lines
            inner join now_employed as above on lines.manager_person_key = above.person_key
            where above.manager_person_key is not null and lines.steps < 20
        )
        select people.person_key, any_value(people.department order by people.department) as department,
            any_value(people.business_unit order by people.business_unit) as business_unit,
            any_value(people.manager_person_key order by people.manager_person_key) as adviser,
            list_sort(coalesce(list(distinct lines.manager_person_key) filter (where lines.manager_person_key is not null), [])) as above
        from now_employed as people
        left join lines on people.person_key = lines.person_key
        where people.person_key in (select person_key from marts.pair_members union select person_key from marts.applications)
        group by people.person_key
    """,
    "match_pairs": "select * from analytics.match_pairs",
    "match_unmatched": "select * from analytics.match_unmatched",
    "match_differences": "select * from analytics.match_differences",
    "match_set_aside": "select * from analytics.match_set_aside",
    "match_what_if": "select * from analytics.match_what_if",
    "match_group_audit": "select * from analytics.match_group_audit",
    "match_baselines": "select * from analytics.match_baselines",
    "match_problems": "select * from analytics.match_problems",
    "match_history": "select * from analytics.match_history",
    "match_mentees": "select * from analytics.match_mentees",
    "match_mentors": "select * from analytics.match_mentors",
    "quarantine": """
        select quarantine.source_id, quarantine.table_name, quarantine.source_file, quarantine.source_line, quarantine.rule,
            quarantine.reason, quarantine.remedy, quarantine.masked_text
        from quality.quarantine as quarantine
        inner join quality.loads as loads
            on quarantine.load_id = loads.load_id and quarantine.source_id = loads.source_id
        where loads.is_current
    """,
}
