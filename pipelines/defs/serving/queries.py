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
    "impact_declarations": "select * from impact.declarations",
    "impact_rules": "select * from impact.rules",
    "match_runs": "select * from analytics.match_runs",
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
