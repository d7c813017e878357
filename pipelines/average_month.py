"""The average month of the calendar, by which days are months wherever no calendar month is meant; dbt's macro `days_per_month` says the same."""

DAYS_PER_MONTH = 30.4375
