select programme_id, name, mission, strategy_link, kind, objective, population_rule, start_date, end_date, planned_sessions,
    cadence_days, currency, loaded_hourly_rate, coalesce(data_origin, 'real') as data_origin
from marts.programmes
